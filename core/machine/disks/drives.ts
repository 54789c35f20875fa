// Which drives a machine has: the diskette drive, when the boot image is a diskette, and up to two hard disks on the first IDE channel, the
// boot image before the files given as disks. A small boot image that is no diskette by its size is in both kinds of drives when no disk is
// given: programs that know their drive before they ask expect either.

import { BadInput } from '../../base/bad-input.ts';
import type { Cpu } from '../../cpu/state.ts';
import type { GuestFile } from '../../event/guest-file.ts';
import { DiskContents, storageBytesOf } from './contents.ts';
import { Disk } from './disk.ts';

export const FIRST_FLOPPY = 0x00, FIRST_HARD_DISK = 0x80;
const HARD_DISKS_MAX = 2;

/** Drives and what is in them: as images while a run is planned, with their contents in a machine. */
export interface Drives<Drive = Disk> { readonly floppy: Drive | null; readonly hardDisks: readonly Drive[] }
export type DrivesNow = Drives<DiskContents>;

/** The drives of a machine that boots from `boot` (null: not from a disk) and is given `files`. Throws BadInput. */
export function drivesOf(boot: Disk | null, files: readonly GuestFile[]): Drives {
  const given = files.filter(({ role }) => role === 'disk').map(({ name, bytes }) => {
    if (bytes.length === 0) throw new BadInput(`the disk ${JSON.stringify(name)} is empty: give a raw disk image of at least one byte`);
    return new Disk(bytes, { isFloppy: false });
  });
  const hardDisks = boot === null || (boot.isFloppy && !(boot.isPadded && given.length === 0)) ? given : [boot.isFloppy ? new Disk(boot.image, { isFloppy: false }) : boot, ...given];
  if (hardDisks.length > HARD_DISKS_MAX) throw new BadInput(`${String(hardDisks.length)} hard disks are more than the two a channel has: give fewer --disk`);
  return { floppy: boot?.isFloppy === true ? boot : null, hardDisks };
}

/** Bytes of storage the drives need. */
export function driveStorageBytes({ floppy, hardDisks }: Drives): number {
  return [floppy, ...hardDisks].reduce((sum, disk) => sum + (disk === null ? 0 : storageBytesOf(disk)), 0);
}

/** The drives with their contents, in the storage of a processor that was made with so many bytes. */
export function fillDrives(cpu: Cpu, { floppy, hardDisks }: Drives): DrivesNow {
  let at = 0;
  const fill = (disk: Disk): DiskContents => {
    const contents = new DiskContents(cpu, disk, at);
    at += storageBytesOf(disk);
    return contents;
  };
  return { floppy: floppy === null ? null : fill(floppy), hardDisks: hardDisks.map(fill) };
}

/** The drive of a BIOS number; null when there is none. */
export function driveOf<Drive>({ floppy, hardDisks }: Drives<Drive>, number: number): Drive | null {
  return number === FIRST_FLOPPY ? floppy : hardDisks[number - FIRST_HARD_DISK] ?? null;
}
