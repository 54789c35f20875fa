// What IDENTIFY DEVICE answers: 256 words. Programmed I/O alone: no DMA mode is offered, no packets, no SMART.
// ANSI "AT Attachment with Packet Interface - 6": "IDENTIFY DEVICE"; words of older editions where BIOSes and boot loaders read them.

import { SECTOR_BYTES } from '../disks/disk.ts';
import type { AtaDrive } from './ata-drive.ts';
import { MULTIPLE_MAX } from './ata-drive.ts';

const WORDS = 256;
const MODEL = 'RINGSCOPE HARDDISK', FIRMWARE = '1.0';
const FIXED_DRIVE = 0x0040, CAN_LBA = 0x0200, CAN_IORDY = 0x0800, ALWAYS_ONE = 0x4000, FIELDS_VALID = 0x0003, PIO_MODE_2 = 0x0200, PIO_MODES_3_4 = 0x0003, CYCLE_NANOSECONDS = 120;
const VERSIONS_4_TO_6 = 0x0070, WRITE_CACHE = 0x0020, EXTENDED_ADDRESSES = 0x0400, FLUSHES = 0x3000, MULTIPLE_VALID = 0x0100, MULTIPLE_LIMIT = 0x8000, LBA28_MAX = 0xfff_ffff;

/** The answer of a drive that is there; `unit`: 0 or 1, its number on the channel. */
export function identityOf({ contents, heads, sectors, multiple }: AtaDrive, unit: number): Uint8Array {
  const { geometry, sectorCount } = contents!.disk;
  const words = new Uint16Array(WORDS);
  const cylinders = Math.min(Math.floor(sectorCount / (heads * sectors)), 0xffff), capacity = cylinders * heads * sectors;
  words.set([FIXED_DRIVE, geometry.cylinders, 0, geometry.heads, SECTOR_BYTES * geometry.sectors, SECTOR_BYTES, geometry.sectors]);
  putText(words, 10, 10, `RS${String(unit + 1).padStart(5, '0')}`);
  words.set([3, 512, 4], 20);
  putText(words, 23, 4, FIRMWARE);
  putText(words, 27, 20, MODEL);
  words.set([MULTIPLE_LIMIT | MULTIPLE_MAX, 1, CAN_IORDY | CAN_LBA, ALWAYS_ONE, PIO_MODE_2, 0, FIELDS_VALID, cylinders, heads, sectors], 47);
  putLong(words, 57, capacity);
  words[59] = multiple === 0 ? 0 : MULTIPLE_VALID | multiple;
  putLong(words, 60, Math.min(sectorCount, LBA28_MAX));
  words.set([PIO_MODES_3_4, 0, 0, CYCLE_NANOSECONDS, CYCLE_NANOSECONDS], 64);
  words[80] = VERSIONS_4_TO_6;
  words.set([WRITE_CACHE, ALWAYS_ONE | FLUSHES | EXTENDED_ADDRESSES, ALWAYS_ONE, WRITE_CACHE, FLUSHES | EXTENDED_ADDRESSES, ALWAYS_ONE], 82);
  putLong(words, 100, sectorCount);
  return new Uint8Array(words.buffer);
}

function putLong(words: Uint16Array, at: number, value: number): void {
  words.set([value & 0xffff, value >>> 16], at);
}

// two characters a word, the first one in the high byte; spaces behind
function putText(words: Uint16Array, at: number, length: number, text: string): void {
  const padded = text.padEnd(length * 2);
  for (let index = 0; index < length; index += 1) words[at + index] = padded.charCodeAt(index * 2) << 8 | padded.charCodeAt(index * 2 + 1);
}
