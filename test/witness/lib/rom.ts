// Wraps an ELF image into a ROM around loader.asm, which see for the table's layout. The loader is its last 64 KiB.

import { readElf } from './elf.ts';

const LOADER_BYTES = 0x10000;
const TABLE = 0x200;
const RESET_VECTOR = 0xfff0;
/** Where the loader sees itself; it adds this to the table's offsets. */
const LOADER_ADDRESS = 0xf0000, ROM_END = 0x1_0000_0000;
export const ROM_BYTES_MAX = 0x20_0000;

/**
 * The ROM that loads `image` and jumps to its entry, of 64 KiB or of the power of two that is needed. `loader` is loader.asm, assembled. Its place is
 * the end of the 4-GByte space. Throws when the image does not fit into ROM_BYTES_MAX.
 */
export function wrapIntoRom(image: Buffer, loader: Buffer): Buffer {
  if (loader.length !== LOADER_BYTES) throw new Error(`the assembled loader has ${String(loader.length)} bytes instead of ${String(LOADER_BYTES)}`);
  const { segments, entry } = readElf(image);
  const tableEnd = TABLE + 8 + 16 * segments.length;
  const data = Buffer.concat(segments.map(({ offset, fileBytes }) => image.subarray(offset, offset + fileBytes)));
  const fits = tableEnd + data.length <= RESET_VECTOR;
  let bytes = LOADER_BYTES;
  while (!fits && bytes < LOADER_BYTES + data.length) bytes *= 2;
  if (bytes > ROM_BYTES_MAX) throw new Error(`the image does not fit into a ROM of ${ROM_BYTES_MAX >> 20} MiB`);
  const rom = Buffer.alloc(bytes);
  const last = rom.subarray(bytes - LOADER_BYTES);
  last.set(loader);
  let at = fits ? bytes - LOADER_BYTES + tableEnd : 0;
  rom.set(data, at);
  last.writeUInt32LE(entry, TABLE);
  last.writeUInt32LE(segments.length, TABLE + 4);
  segments.forEach((segment, row) => {
    const source = (ROM_END - bytes + at - LOADER_ADDRESS) >>> 0;
    [source, segment.address, segment.fileBytes, segment.memoryBytes].forEach((value, column) => last.writeUInt32LE(value, TABLE + 8 + 16 * row + 4 * column));
    at += segment.fileBytes;
  });
  return rom;
}
