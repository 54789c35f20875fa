// What is on a disk now: its image, and what the guest wrote since. Storage (core/cpu/storage.ts) holds the difference of the two, bit by
// bit, so that a page nobody wrote is zero: the image itself is never copied, and a checkpoint holds written pages only.

import { writeStorage } from '../../cpu/storage.ts';
import { PAGE_SIZE, type Cpu } from '../../cpu/state.ts';
import { SECTOR_BYTES, type Disk } from './disk.ts';

/** Bytes of storage a disk needs. */
export const storageBytesOf = (disk: Disk): number => Math.ceil(disk.sectorCount * SECTOR_BYTES / PAGE_SIZE) * PAGE_SIZE;

export class DiskContents {
  readonly disk: Disk;
  readonly #cpu: Cpu;
  readonly #at: number;

  /** `at`: where in storage it begins. */
  constructor(cpu: Cpu, disk: Disk, at: number) {
    this.disk = disk;
    this.#cpu = cpu;
    this.#at = at;
  }

  has(first: number, count: number): boolean {
    return first >= 0 && first + count <= this.disk.sectorCount;
  }

  /** `count` sectors from block `first` on; null when the disk has not so many. */
  read(first: number, count: number): Uint8Array | null {
    return this.has(first, count) ? this.#mixed(first, new Uint8Array(count * SECTOR_BYTES)) : null;
  }

  /** Writes whole sectors from block `first` on; false when the disk has not so many. */
  write(first: number, bytes: Uint8Array): boolean {
    if (!this.has(first, bytes.length / SECTOR_BYTES)) return false;
    const difference = bytes.slice();
    mix(difference, this.disk.image.subarray(first * SECTOR_BYTES));
    writeStorage(this.#cpu, this.#at + first * SECTOR_BYTES, difference);
    return true;
  }

  #mixed(first: number, bytes: Uint8Array): Uint8Array {
    const at = this.#at + first * SECTOR_BYTES;
    bytes.set(this.#cpu.storage.subarray(at, at + bytes.length));
    mix(bytes, this.disk.image.subarray(first * SECTOR_BYTES));
    return bytes;
  }
}

// exclusive or; where `other` is shorter it counts as zeros
function mix(bytes: Uint8Array, other: Uint8Array): void {
  const length = Math.min(bytes.length, other.length);
  for (let index = 0; index < length; index += 1) bytes[index]! ^= other[index]!;
}
