// What an image is, from its bytes alone: `--format auto`.

import { BadInput } from '../../base/bad-input.ts';
import { isElf } from '../../symbols/elf.ts';
import { SECTOR_BYTES } from '../disks/disk.ts';
import { hasBootSignature } from './load-boot.ts';
import { isLinux } from './linux-header.ts';
import { looksLikeRom } from './load-rom.ts';
import { findMultiboot } from './multiboot-header.ts';
import type { ImageFormat } from '../options.ts';

/** What the bytes are: a Multiboot and a Linux kernel by their headers, another ELF file by its magic number, a boot disk by size and signature, a ROM by size and reset vector, anything else is flat. Throws BadInput for formats that are known and not supported. */
export function detectFormat(image: Uint8Array): ImageFormat {
  if (findMultiboot(image) !== null) return 'multiboot';
  if (isElf(image)) return 'elf';
  // a kernel with an EFI stub begins as a Windows executable does
  if (isLinux(image)) return 'linux';
  if (startsWith(image, [0x4d, 0x5a])) throw new BadInput('the image is a DOS or Windows executable: build an ELF32 executable or a flat binary');
  if (startsWith(image, TRACE_MAGIC)) throw new BadInput('the image is itself a trace, not a guest: `ringscope info` and `ringscope open` take it');
  if (image.length > 0 && image.length % SECTOR_BYTES === 0 && hasBootSignature(image)) return 'boot';
  return looksLikeRom(image) ? 'rom' : 'flat';
}

// 0x89 "RTRACE": what people pass by mistake
const TRACE_MAGIC = [0x89, 0x52, 0x54, 0x52, 0x41, 0x43, 0x45];

function startsWith(image: Uint8Array, bytes: readonly number[]): boolean {
  return bytes.every((byte, index) => image[index] === byte);
}
