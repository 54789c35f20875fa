// A boot disk: the BIOS of our own (bios/) is in memory, the first sector lies at 0x7C00 and is what runs first. The disk itself
// is reached through INT 13h, and a hard disk through its IDE channel. IBM "Personal Computer AT Technical Reference": "System BIOS", INT 19h.

import { BadInput } from '../../base/bad-input.ts';
import { bootDiskOf, SECTOR_BYTES } from '../disks/disk.ts';
import { FIRST_FLOPPY, FIRST_HARD_DISK } from '../disks/drives.ts';
import type { Guest, LoadPlan } from './load-plan.ts';

export const BOOT_SECTOR = 0x7c00;
const SIGNATURE_AT = 510, SIGNATURE = [0x55, 0xaa];
/** A disk larger than this is no boot image anybody means. */
const DISK_BYTES_MAX = 256 * 1024 * 1024;

/** True when the image begins with a sector that ends in 55 AA. */
export function hasBootSignature(image: Uint8Array): boolean {
  return SIGNATURE.every((byte, index) => image[SIGNATURE_AT + index] === byte);
}

/** What lies where when a boot sector starts. Throws BadInput when the image is no boot disk. */
export function planBoot({ image, request }: Guest): LoadPlan {
  if (request.org !== undefined) throw new BadInput('--org is for flat images: a boot sector is always loaded at 0x7c00');
  if (request.entry !== undefined) throw new BadInput('--entry is for flat and ELF images: a boot sector always starts at 0x7c00');
  if (image.length < SECTOR_BYTES) throw new BadInput(`a boot disk has at least one sector of 512 bytes, the image has ${String(image.length)}: pad it (times 510-($-$$) db 0)`);
  if (!hasBootSignature(image)) {
    const [first, second] = image.subarray(SIGNATURE_AT, SECTOR_BYTES);
    const found = [first!, second!].map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
    throw new BadInput(`the boot signature is missing: bytes 510 and 511 are ${found}, not 55 aa (dw 0xAA55); give --format flat when this is no boot disk`);
  }
  if (image.length > DISK_BYTES_MAX) throw new BadInput(`the disk image is larger than ${String(DISK_BYTES_MAX)} bytes: cut it to the part the guest reads`);
  const disk = bootDiskOf(image);
  const sector = { physical: BOOT_SECTOR, bytes: image.subarray(0, SECTOR_BYTES), memoryBytes: SECTOR_BYTES };
  return { format: 'boot', org: 0, entry: BOOT_SECTOR, parts: [sector], start: { kind: 'boot', drive: disk.isFloppy ? FIRST_FLOPPY : FIRST_HARD_DISK }, hasBios: true, disk, notes: [] };
}
