// A disk image as INT 13h sees it: a drive number, a geometry from its size, sectors. It cannot be written: the image is part of the
// recording, and what a run does must follow from it.

export const SECTOR_BYTES = 512;
export const FIRST_FLOPPY = 0x00, FIRST_HARD_DISK = 0x80;

export interface Geometry { readonly cylinders: number; readonly heads: number; readonly sectors: number }

/** Bytes of a diskette to cylinders, heads, sectors of a track. */
const DISKETTES = new Map<number, Geometry>([
  [160, 40, 1, 8], [180, 40, 1, 9], [320, 40, 2, 8], [360, 40, 2, 9], [720, 80, 2, 9], [1200, 80, 2, 15], [1440, 80, 2, 18], [2880, 80, 2, 36],
].map(([kib, cylinders, heads, sectors]) => [kib! * 1024, { cylinders: cylinders!, heads: heads!, sectors: sectors! }]));
const HIGH_DENSITY_BYTES = 1440 * 1024, DISKETTE_BYTES_MAX = 2880 * 1024;
const HEADS = 16, SECTORS = 63;
const PARTITIONS = 0x1be, PARTITION_BYTES = 16;

export class Disk {
  readonly drive: number;
  readonly geometry: Geometry;
  readonly sectorCount: number;
  readonly #image: Uint8Array;

  /**
   * A diskette when the size is one of a diskette, or when it is small and has no partition table (shorter ones are padded with zeros to
   * 1.44 MB, or 2.88 MB); otherwise a hard disk of 16 heads and 63 sectors, padded to a whole cylinder.
   */
  constructor(image: Uint8Array) {
    const diskette = disketteGeometry(image);
    this.#image = image;
    this.drive = diskette === null ? FIRST_HARD_DISK : FIRST_FLOPPY;
    this.geometry = diskette ?? { cylinders: Math.max(1, Math.ceil(image.length / (SECTOR_BYTES * HEADS * SECTORS))), heads: HEADS, sectors: SECTORS };
    this.sectorCount = this.geometry.cylinders * this.geometry.heads * this.geometry.sectors;
  }

  get isFloppy(): boolean { return this.drive === FIRST_FLOPPY; }

  /** The logical block of a cylinder, head and sector (from 1); -1 when there is none. */
  blockOf({ cylinder, head, sector }: { readonly cylinder: number; readonly head: number; readonly sector: number }): number {
    const { cylinders, heads, sectors } = this.geometry;
    if (cylinder >= cylinders || head >= heads || sector === 0 || sector > sectors) return -1;
    return (cylinder * heads + head) * sectors + sector - 1;
  }

  /** `count` sectors from block `first` on; null when the disk has not so many. */
  read(first: number, count: number): Uint8Array | null {
    if (first < 0 || first + count > this.sectorCount) return null;
    const bytes = new Uint8Array(count * SECTOR_BYTES);
    bytes.set(this.#image.subarray(first * SECTOR_BYTES, (first + count) * SECTOR_BYTES));
    return bytes;
  }
}

function disketteGeometry(image: Uint8Array): Geometry | null {
  const exact = DISKETTES.get(image.length);
  if (exact !== undefined) return exact;
  if (image.length > DISKETTE_BYTES_MAX || hasPartitionTable(image)) return null;
  return DISKETTES.get(image.length <= HIGH_DENSITY_BYTES ? HIGH_DENSITY_BYTES : DISKETTE_BYTES_MAX) ?? null;
}

// four entries whose first byte says active or not, and at least one of a type, beginning behind the boot sector
function hasPartitionTable(image: Uint8Array): boolean {
  const view = new DataView(image.buffer, image.byteOffset, image.byteLength);
  const entries = [0, 1, 2, 3].map((index) => PARTITIONS + index * PARTITION_BYTES);
  if (!entries.every((at) => at + PARTITION_BYTES <= image.length && (image[at] === 0 || image[at] === 0x80))) return false;
  return entries.some((at) => image[at + 4] !== 0 && view.getUint32(at + 8, true) > 0 && view.getUint32(at + 12, true) > 0);
}
