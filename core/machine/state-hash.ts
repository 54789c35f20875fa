// The hash of a whole machine state, kept up page by page: only pages that changed are read again.
// Not against forgery; it tells two states apart. Zero pages count nothing, so memory size alone changes nothing.

const PRIME_A = 0x9e37_79b1, PRIME_B = 0x85eb_ca77;

/** Two independent 32-bit lanes. */
export interface HashLanes { a: number; b: number }

// whole words; bytes that do not start at a multiple of four are copied
function wordsOf(bytes: Uint8Array): Uint32Array {
  const whole = bytes.length >>> 2;
  return (bytes.byteOffset & 3) === 0 ? new Uint32Array(bytes.buffer, bytes.byteOffset, whole) : new Uint32Array(bytes.slice(0, whole * 4).buffer);
}

/** Mixes bytes into both lanes. */
export function mixBytes(lanes: HashLanes, bytes: Uint8Array): void {
  const whole = bytes.length >>> 2;
  const words = wordsOf(bytes);
  let a = lanes.a, b = lanes.b;
  for (let at = 0; at < whole; at += 1) {
    a = Math.imul(a ^ words[at]!, PRIME_A);
    a ^= a >>> 15;
    b = Math.imul((b << 13 | b >>> 19) ^ words[at]!, PRIME_B);
  }
  for (let at = whole * 4; at < bytes.length; at += 1) {
    a = Math.imul(a ^ bytes[at]!, PRIME_A);
    b = Math.imul((b << 13 | b >>> 19) ^ bytes[at]!, PRIME_B);
  }
  lanes.a = finish(a ^ bytes.length);
  lanes.b = finish(b + bytes.length);
}

function finish(lane: number): number {
  let mixed = Math.imul(lane ^ (lane >>> 16), 0x7feb_352d);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x846c_a68b);
  return mixed ^ (mixed >>> 16);
}

/** The sum over all pages of memory of each page's hash, corrected when pages change. */
export class MemoryHash {
  readonly #a: Int32Array;
  readonly #b: Int32Array;
  #sumA = 0;
  #sumB = 0;

  constructor(pages: number) {
    this.#a = new Int32Array(pages);
    this.#b = new Int32Array(pages);
  }

  /** Page `index` now holds these 4096 bytes. */
  update(index: number, bytes: Uint8Array): void {
    const lanes = isZero(bytes) ? { a: 0, b: 0 } : hashPage(index, bytes);
    this.#sumA = (this.#sumA - this.#a[index]! + lanes.a) | 0;
    this.#sumB = (this.#sumB - this.#b[index]! + lanes.b) | 0;
    this.#a[index] = lanes.a;
    this.#b[index] = lanes.b;
  }

  /** 16 hexadecimal digits over memory and the other parts of the state. */
  withParts(parts: readonly Uint8Array[]): string {
    const lanes: HashLanes = { a: this.#sumA, b: this.#sumB };
    for (const part of parts) mixBytes(lanes, part);
    return hexWord(lanes.a) + hexWord(lanes.b);
  }
}

function hashPage(index: number, bytes: Uint8Array): HashLanes {
  const lanes: HashLanes = { a: finish(index + 1), b: finish(index ^ PRIME_A) };
  mixBytes(lanes, bytes);
  return lanes;
}

/** True when a page holds nothing but zeros. */
export function isZero(bytes: Uint8Array): boolean {
  const words = wordsOf(bytes);
  for (let at = 0; at < words.length; at += 1) if (words[at] !== 0) return false;
  return true;
}

const hexWord = (word: number): string => (word >>> 0).toString(16).padStart(8, '0');
