// Which files a kernel may be given besides its image, by the format of the image.

import { BadInput } from '../../base/bad-input.ts';
import { FILE_NAME_MAX, FILES_MAX, type FileRole } from '../../event/guest-file.ts';
import type { ImageFormat } from '../options.ts';
import type { Guest } from './load-plan.ts';
import { describeWrongDisk } from './wrong-file.ts';

/** What `--initrd` means for a format: the initial RAM disk of Linux, a module of the others' boot protocols; null where nothing is handed over. */
export function bootFileRole(format: ImageFormat): Extract<FileRole, 'initrd' | 'module'> | null {
  switch (format) {
    case 'linux': return 'initrd';
    case 'multiboot': case 'multiboot2': case 'pvh': return 'module';
    case 'flat': case 'elf': case 'boot': case 'rom': return null;
  }
}

/** Throws BadInput for files the format has no use for, too many, or with a name that cannot be told. */
export function checkFiles(format: ImageFormat, { files }: Guest): void {
  if (files.length > FILES_MAX) throw new BadInput(`${String(files.length)} files are given with the image: at most ${String(FILES_MAX)} are possible`);
  const expected = bootFileRole(format);
  for (const { role, name, bytes } of files) {
    if (name.length > FILE_NAME_MAX || /[\0\n\r]/.test(name)) throw new BadInput(`a name of more than ${String(FILE_NAME_MAX)} characters, or with a line break, is not possible for a file that is given with the image`);
    if ((role === 'initrd' || role === 'module') && role !== expected) {
      throw new BadInput(expected === null ? `--initrd is for kernels with a boot protocol: an image of format ${format} is given no ${role}` : `a kernel of format ${format} is given ${expected}s, not ${role}s`);
    }
    const wrong = role === 'disk' ? describeWrongDisk(name, bytes) : null;
    if (wrong !== null) throw new BadInput(wrong);
  }
}
