// Reads the numbers DWARF is made of, each against what is left. DWARF Debugging Information Format version 5: "Data Representation".

import { BadInput } from '../base/bad-input.ts';
import { decodeUtf8 } from '../base/utf8.ts';

const TEXT_BYTES_MAX = 4096;

export class DwarfReader {
  readonly bytes: Uint8Array;
  at: number;
  readonly end: number;

  constructor(bytes: Uint8Array, at: number, end: number) {
    this.bytes = bytes;
    this.at = at;
    this.end = end;
  }

  get remaining(): number {
    return this.end - this.at;
  }

  damaged(): BadInput {
    return new BadInput('the line numbers (.debug_line) are damaged: build the file again');
  }

  skip(count: number): void {
    if (count > this.remaining) throw this.damaged();
    this.at += count;
  }

  u8(): number {
    if (this.at >= this.end) throw this.damaged();
    this.at += 1;
    return this.bytes[this.at - 1]!;
  }

  u16(): number {
    return this.u8() | (this.u8() << 8);
  }

  u32(): number {
    return (this.u16() + this.u16() * 0x1_0000) >>> 0;
  }

  /** A length or place in a section, 8 bytes in the 64-bit format. */
  offset(isWide: boolean): number {
    const low = this.u32();
    return isWide ? low + this.u32() * 0x1_0000_0000 : low;
  }

  /** Unsigned LEB128 below 2^53. */
  uleb(): number {
    let value = 0;
    for (let scale = 1; scale <= 2 ** 49; scale *= 128) {
      const byte = this.u8();
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
    }
    throw this.damaged();
  }

  /** Signed LEB128 of at most 35 bits. */
  sleb(): number {
    let value = 0, scale = 1;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.u8();
      value += (byte & 0x7f) * scale;
      scale *= 128;
      if (byte < 0x80) return (byte & 0x40) === 0 ? value : value - scale;
    }
    throw this.damaged();
  }

  /** A text that ends in a zero byte. */
  text(): string {
    const first = this.at;
    while (this.u8() !== 0) if (this.at - first > TEXT_BYTES_MAX) throw this.damaged();
    return decodeUtf8(this.bytes.subarray(first, this.at - 1));
  }

  /** The text at a place of another section. */
  textOf(section: Uint8Array | null, from: number): string {
    if (section === null || from >= section.length) throw this.damaged();
    return new DwarfReader(section, from, section.length).text();
  }
}
