// A disk image as a drive: diskette or hard disk, with a geometry and a number of sectors that follow from its bytes. What the guest
// writes to it: contents.ts. The sizes and the geometry of a hard disk are those QEMU gives the same image.

export const SECTOR_BYTES = 512;

export interface Geometry { readonly cylinders: number; readonly heads: number; readonly sectors: number }
export interface Chs { readonly cylinder: number; readonly head: number; /** From 1. */ readonly sector: number }

/** Bytes of a diskette to cylinders, heads, sectors of a track. */
const DISKETTES = new Map<number, Geometry>([
  [160, 40, 1, 8], [180, 40, 1, 9], [320, 40, 2, 8], [360, 40, 2, 9], [720, 80, 2, 9], [1200, 80, 2, 15], [1440, 80, 2, 18], [2880, 80, 2, 36],
].map(([kib, cylinders, heads, sectors]) => [kib! * 1024, { cylinders: cylinders!, heads: heads!, sectors: sectors! }]));
const HIGH_DENSITY_BYTES = 1440 * 1024, DISKETTE_BYTES_MAX = 2880 * 1024;
/** What a hard disk has unless its partition table says otherwise; more heads than an ATA drive can have are the BIOS's translation. */
const HEADS = 16, SECTORS = 63, CYLINDERS_MIN = 2, CYLINDERS_MAX = 16_383;
const PARTITIONS = 0x1be, PARTITION_BYTES = 16, SIGNATURE_AT = 510;

export class Disk {
  readonly image: Uint8Array;
  readonly isFloppy: boolean;
  readonly geometry: Geometry;
  /** A diskette has all sectors of its geometry, a hard disk as many as its image; zeros fill what the image lacks. */
  readonly sectorCount: number;

  constructor(image: Uint8Array, { isFloppy }: { readonly isFloppy: boolean }) {
    this.image = image;
    this.isFloppy = isFloppy;
    const sectors = Math.ceil(image.length / SECTOR_BYTES);
    this.geometry = isFloppy ? disketteGeometry(image.length) : geometryOfTable(image, sectors) ?? geometryOfSize(sectors);
    this.sectorCount = isFloppy ? sectorsOf(this.geometry) : sectors;
  }

  /** True for a diskette that is not as large as any: its image may have been meant for another drive. */
  get isPadded(): boolean { return this.isFloppy && !DISKETTES.has(this.image.length); }

  /** The logical block of a cylinder, head and sector; -1 when there is none. */
  blockOf(place: Chs): number {
    const block = blockIn(this.geometry, place);
    return block < this.sectorCount ? block : -1;
  }
}

/** The logical block of a place in a geometry; -1 when there is none. */
export function blockIn({ cylinders, heads, sectors }: Geometry, { cylinder, head, sector }: Chs): number {
  if (cylinder >= cylinders || head >= heads || sector === 0 || sector > sectors) return -1;
  return (cylinder * heads + head) * sectors + sector - 1;
}

/** A boot image: a diskette when its size is one of a diskette, or when it is small and has no partition table; otherwise a hard disk. */
export function bootDiskOf(image: Uint8Array): Disk {
  return new Disk(image, { isFloppy: DISKETTES.has(image.length) || (image.length <= DISKETTE_BYTES_MAX && !hasPartitionTable(image)) });
}

const sectorsOf = ({ cylinders, heads, sectors }: Geometry): number => cylinders * heads * sectors;

// what is no diskette's size is padded with zeros to 1.44 MB, or 2.88 MB
function disketteGeometry(bytes: number): Geometry {
  return DISKETTES.get(bytes) ?? DISKETTES.get(bytes <= HIGH_DENSITY_BYTES ? HIGH_DENSITY_BYTES : DISKETTE_BYTES_MAX)!;
}

function geometryOfSize(sectorCount: number): Geometry {
  const cylinders = Math.floor(sectorCount / (HEADS * SECTORS));
  return { cylinders: Math.min(Math.max(cylinders, CYLINDERS_MIN), CYLINDERS_MAX), heads: HEADS, sectors: SECTORS };
}

interface Partition { readonly status: number; readonly type: number; readonly lastHead: number; readonly lastSector: number; readonly first: number; readonly count: number }

function partitionsOf(image: Uint8Array): readonly Partition[] {
  if (image.length < SECTOR_BYTES) return [];
  const view = new DataView(image.buffer, image.byteOffset, image.byteLength);
  return [0, 1, 2, 3].map((index) => {
    const at = PARTITIONS + index * PARTITION_BYTES;
    return {
      status: image[at]!, type: image[at + 4]!, lastHead: image[at + 5]!, lastSector: image[at + 6]! & 0x3f, first: view.getUint32(at + 8, true), count: view.getUint32(at + 12, true),
    };
  });
}

// four entries whose first byte says active or not, and at least one of a type, beginning behind the boot sector
function hasPartitionTable(image: Uint8Array): boolean {
  const partitions = partitionsOf(image);
  return partitions.every(({ status }) => status === 0 || status === 0x80) && partitions.some(({ type, first, count }) => type !== 0 && first > 0 && count > 0);
}

// who partitioned the disk wrote where each partition ends, in the geometry he saw: its last head and sector are the last ones of a cylinder
function geometryOfTable(image: Uint8Array, sectorCount: number): Geometry | null {
  if (image[SIGNATURE_AT] !== 0x55 || image[SIGNATURE_AT + 1] !== 0xaa) return null;
  for (const { lastHead, lastSector, count } of partitionsOf(image)) {
    if (count === 0 || lastHead === 0 || lastSector === 0) continue;
    const heads = lastHead + 1, cylinders = Math.floor(sectorCount / (heads * lastSector));
    if (cylinders < 1 || cylinders > CYLINDERS_MAX) continue;
    return heads > HEADS ? null : { cylinders, heads, sectors: lastSector };
  }
  return null;
}
