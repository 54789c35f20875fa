// Builds byte strings that end in files: little-endian words, variable-length integers, texts.

import { encodeUtf8 } from './utf8.ts';

/** A growing byte buffer. `view` is valid until the next write; `copy` stays. */
export class ByteWriter {
  private bytes: Uint8Array;
  private used = 0;

  constructor(capacity = 1024) {
    this.bytes = new Uint8Array(capacity);
  }

  /** Bytes written so far. */
  get length(): number {
    return this.used;
  }

  /** Forgets what was written and keeps the buffer. */
  reset(): void {
    this.used = 0;
  }

  u8(value: number): void {
    this.reserve(1);
    this.bytes[this.used] = value;
    this.used += 1;
  }

  /** 32 bits, low byte first. */
  u32(value: number): void {
    this.reserve(4);
    for (let shift = 0; shift < 32; shift += 8) this.bytes[this.used + (shift >> 3)] = value >>> shift;
    this.used += 4;
  }

  /** An unsigned 32-bit value in 1 to 5 bytes: seven bits a byte, low bits first, bit 7 says that more follow. */
  varint(value: number): void {
    this.reserve(5);
    let rest = value >>> 0;
    while (rest > 0x7f) {
      this.bytes[this.used] = rest | 0x80;
      this.used += 1;
      rest >>>= 7;
    }
    this.bytes[this.used] = rest;
    this.used += 1;
  }

  /** An unsigned integer below 2^53 as two varints (low word, high word). */
  count(value: number): void {
    this.varint(value >>> 0);
    this.varint(Math.floor(value / 0x1_0000_0000));
  }

  append(bytes: Uint8Array): void {
    this.reserve(bytes.length);
    this.bytes.set(bytes, this.used);
    this.used += bytes.length;
  }

  /** UTF-8 text after its byte length (varint). */
  text(text: string): void {
    const bytes = encodeUtf8(text);
    this.varint(bytes.length);
    this.append(bytes);
  }

  /** What was written, sharing the buffer. */
  view(): Uint8Array {
    return this.bytes.subarray(0, this.used);
  }

  /** What was written, as bytes of its own. */
  copy(): Uint8Array {
    return this.bytes.slice(0, this.used);
  }

  private reserve(more: number): void {
    if (this.used + more <= this.bytes.length) return;
    const larger = new Uint8Array(Math.max(this.bytes.length * 2, this.used + more));
    larger.set(this.view());
    this.bytes = larger;
  }
}
