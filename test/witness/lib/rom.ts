// Wraps an ELF image into a 64 KiB ROM around loader.asm, which see for the table's layout.

import { readElf } from './elf.ts';

const ROM_BYTES = 0x10000;
const TABLE = 0x200;
const RESET_VECTOR = 0xfff0;

/** The ROM that loads `image` and jumps to its entry. `loader` is loader.asm, assembled: 64 KiB. Throws when the image does not fit. */
export function wrapIntoRom(image: Buffer, loader: Buffer): Buffer {
  if (loader.length !== ROM_BYTES) throw new Error(`the assembled loader has ${String(loader.length)} bytes instead of ${String(ROM_BYTES)}`);
  const rom = Buffer.from(loader);
  const elf = readElf(image);
  let row = TABLE + 8;
  let data = row + 16 * elf.segments.length;
  rom.writeUInt32LE(elf.entry, TABLE);
  rom.writeUInt32LE(elf.segments.length, TABLE + 4);
  for (const segment of elf.segments) {
    if (data + segment.fileBytes > RESET_VECTOR) throw new Error('the image does not fit into 64 KiB of ROM');
    image.copy(rom, data, segment.offset, segment.offset + segment.fileBytes);
    [data, segment.address, segment.fileBytes, segment.memoryBytes].forEach((value, column) => rom.writeUInt32LE(value, row + 4 * column));
    row += 16;
    data += segment.fileBytes;
  }
  return rom;
}
