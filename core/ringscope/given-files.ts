// The files a person gives beside an image, as the machine takes them: what `--initrd` means follows from the format of the image.

import { BadInput } from '../base/bad-input.ts';
import type { GuestFile } from '../event/guest-file.ts';
import { detectFormat } from '../machine/loaders/detect-format.ts';
import { bootFileRole } from '../machine/loaders/given-files.ts';
import type { ImageFormat } from '../machine/options.ts';

/** What `--initrd` and `--disk` name: paths, of modules with their arguments behind a space. */
export interface NamedFiles { readonly initrds: readonly string[]; readonly disks: readonly string[] }

/**
 * The files in the order a loader hands them over. `read` gives the bytes of a path; the path's folder enters nothing. Throws BadInput where the format
 * takes none.
 */
export function givenFiles({ initrds, disks }: NamedFiles, guest: { readonly image: Uint8Array; readonly format: ImageFormat | 'auto' }, read: (path: string) => Uint8Array): readonly GuestFile[] {
  return [...initrds.map((text) => bootFile(text, guest, read)), ...disks.map((path): GuestFile => ({ role: 'disk', name: baseName(path), bytes: read(path) }))];
}

function bootFile(text: string, { image, format }: { readonly image: Uint8Array; readonly format: ImageFormat | 'auto' }, read: (path: string) => Uint8Array): GuestFile {
  const known = format === 'auto' ? detectFormat(image).format : format;
  const role = bootFileRole(known);
  if (role === null) throw new BadInput(`--initrd is for kernels with a boot protocol (multiboot, multiboot2, linux, pvh): the image is of format ${known}`);
  return { role, ...(role === 'initrd' ? { name: baseName(text), bytes: read(text) } : moduleOf(text, read)) };
}

/** `F args`: the file F, and the command line that begins with its name. */
function moduleOf(text: string, read: (path: string) => Uint8Array): Omit<GuestFile, 'role'> {
  const space = text.indexOf(' ');
  const path = space < 0 ? text : text.slice(0, space);
  return { name: baseName(path) + (space < 0 ? '' : text.slice(space)), bytes: read(path) };
}

/** A file's name without its folder. */
const baseName = (path: string): string => path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
