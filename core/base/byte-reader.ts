// Reads byte strings that come from outside. Every read is checked against what is left; damage is a BadInput that names the part.

import { BadInput } from './bad-input.ts';
import { joinCount } from './u64.ts';
import { decodeUtf8 } from './utf8.ts';

/** A cursor over bytes. `what` names the part in refusals, for example `the header`. */
export class ByteReader {
  readonly bytes: Uint8Array;
  readonly what: string;
  at = 0;

  constructor(bytes: Uint8Array, what: string) {
    this.bytes = bytes;
    this.what = what;
  }

  /** Bytes not read yet. */
  get remaining(): number {
    return this.bytes.length - this.at;
  }

  /** The refusal for this part: `${what} is damaged (${why}); …`. */
  damaged(why: string): BadInput {
    return new BadInput(`${this.what} is damaged (${why}); take an undamaged copy or make the trace again`);
  }

  u8(): number {
    if (this.at >= this.bytes.length) throw this.damaged('it ends too early');
    const value = this.bytes[this.at]!;
    this.at += 1;
    return value;
  }

  u32(): number {
    const four = this.take(4);
    return (four[0]! | (four[1]! << 8) | (four[2]! << 16) | (four[3]! << 24)) >>> 0;
  }

  /** An unsigned 32-bit varint; more than five bytes is damage. */
  varint(): number {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.u8();
      if (shift === 28 && byte > 0x0f) break;
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value >>> 0;
    }
    throw this.damaged('a number is too long');
  }

  /** A count below 2^53 (two varints). */
  count(): number {
    const lo = this.varint();
    const hi = this.varint();
    if (hi > 0x1f_ffff) throw this.damaged('a count is too large');
    return joinCount(lo, hi);
  }

  /** A varint that may not exceed `most`; `name` says what it counts. */
  atMost(most: number, name: string): number {
    const value = this.varint();
    if (value > most) throw this.damaged(`${name} is ${String(value)}, at most ${String(most)} can be`);
    return value;
  }

  /** The next `length` bytes, sharing the buffer. */
  take(length: number): Uint8Array {
    if (length > this.remaining) throw this.damaged('it ends too early');
    const part = this.bytes.subarray(this.at, this.at + length);
    this.at += length;
    return part;
  }

  /** A UTF-8 text of at most `mostBytes` bytes. */
  text(mostBytes: number): string {
    return decodeUtf8(this.take(this.atMost(mostBytes, 'a text length')));
  }

  /** Refuses bytes nobody asked for. */
  end(): void {
    if (this.remaining !== 0) throw this.damaged(`${String(this.remaining)} bytes too many`);
  }
}
