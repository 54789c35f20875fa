// What an image is, from its bytes alone: `--format auto`.

import { BadInput } from '../../base/bad-input.ts';
import { isElf } from '../../symbols/elf.ts';
import { SECTOR_BYTES } from '../disks/disk.ts';
import type { ImageFormat } from '../options.ts';
import { startsWith } from './bytes-at.ts';
import { isLinux } from './linux-header.ts';
import { hasBootSignature } from './load-boot.ts';
import { findPvhEntry } from './load-pvh.ts';
import { looksLikeRom } from './load-rom.ts';
import { findMultiboot } from './multiboot-header.ts';
import { findMultiboot2 } from './multiboot2-header.ts';
import { describeWrongImage } from './wrong-file.ts';

/** `why`: what was seen, to stand behind "the image was taken as". */
export interface DetectedFormat { readonly format: ImageFormat; readonly why: string }

/**
 * What the bytes are. A kernel that can be started in several ways is started as QEMU would: by its Multiboot header, its boot protocol, its PVH entry.
 * Throws BadInput for files that are something else than a guest.
 */
export function detectFormat(image: Uint8Array): DetectedFormat {
  // a disk may hold a Multiboot kernel behind its boot sector: what starts is the boot sector
  const isDisk = !isElf(image) && hasBootSignature(image);
  const multiboot = isDisk ? null : findMultiboot(image), multiboot2 = isDisk ? null : findMultiboot2(image);
  if (multiboot !== null) return { format: 'multiboot', why: `a Multiboot kernel: the header lies at 0x${multiboot.offset.toString(16)}${multiboot2 === null ? '' : ' (it has a Multiboot 2 header, too)'}` };
  if (multiboot2 !== null) return { format: 'multiboot2', why: `a Multiboot 2 kernel: the header lies at 0x${multiboot2.toString(16)}` };
  if (isElf(image)) return detectElf(image);
  // a kernel with an EFI stub begins as a Windows executable does
  if (isLinux(image)) return { format: 'linux', why: 'a Linux kernel: HdrS stands at 0x202' };
  if (isBootable(image)) return { format: 'boot', why: 'a boot disk: its first sector ends in 55 aa' };
  const wrong = describeWrongImage(image);
  if (wrong !== null) throw new BadInput(wrong);
  return looksLikeRom(image) ? { format: 'rom', why: 'a ROM: a jump lies at its reset vector' } : { format: 'flat', why: 'flat 32-bit code: nothing in it says anything else' };
}

function detectElf(image: Uint8Array): DetectedFormat {
  const entry = findPvhEntry(image);
  return entry === null ? { format: 'elf', why: 'an ELF executable without Multiboot header or PVH entry' } : { format: 'pvh', why: `a kernel with a PVH entry, at 0x${entry.toString(16)}` };
}

const PARTITIONS_AT = 0x1be, GPT = Array.from('EFI PART', (letter) => letter.charCodeAt(0));

function isBootable(image: Uint8Array): boolean {
  if (!hasBootSignature(image)) return false;
  if (startsWith(image, GPT, SECTOR_BYTES) && image.subarray(0, PARTITIONS_AT).every((byte) => byte === 0)) {
    throw new BadInput('the image is a disk that starts by UEFI only (its boot sector is empty): there is no UEFI here; give a disk with a BIOS boot loader, or the kernel itself');
  }
  return true;
}
