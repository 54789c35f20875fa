// The content hash: 128 bits over what a trace says, printed by `info`, equal on every machine and engine. It runs over u32 words in
// event order, before any column encoding, so chunk borders, flush times, checkpoints and DEFLATE cannot reach it. What is fed and
// in which order: facts.ts and feed.ts. Not cryptographic: it finds differences, it does not prove origin.
//
// Four lanes a b c d. Each word w:  x = rotl(a ^ (rotl(w * K1, 15) * K2), 13) * 5 + C;  then (a b c d) = (b + x, c, d, x): the lanes
// take turns and each feeds its neighbour. The end folds in the word count and mixes every lane with an avalanche (xor-shift and
// multiply), adding all lanes to all, twice.

import { encodeUtf8 } from '../base/utf8.ts';

const K1 = 0xcc9e_2d51, K2 = 0x1b87_3593, C = 0xe654_6b64;
const rotl = (value: number, bits: number): number => (value << bits) | (value >>> (32 - bits));

/** Words collected before they are mixed. Mixing them in one loop is twice as fast as one by one. */
const BLOCK_WORDS = 4096;

/** A running hash over u32 words. */
export class ContentHash {
  private readonly lanes = new Int32Array([0x9e37_79b9, 0x243f_6a88, 0xb7e1_5162, 0x6a09_e667]);
  private readonly block: Uint32Array;
  private used = 0;
  private mixed = 0;

  /** `blockWords`: words collected at a time; the hash does not depend on it. */
  constructor(blockWords = BLOCK_WORDS) {
    this.block = new Uint32Array(blockWords);
  }

  /** Feeds one word. */
  word(value: number): void {
    this.block[this.used] = value;
    this.used += 1;
    if (this.used !== this.block.length) return;
    mixBlock(this.lanes, this.block, this.used);
    this.mixed += this.used;
    this.used = 0;
  }

  /** Feeds a text as its byte length and its UTF-8 bytes, four a word. */
  text(text: string): void {
    this.bytes(encodeUtf8(text));
  }

  /** Feeds bytes as their length and four a word, low byte first. */
  bytes(bytes: Uint8Array): void {
    this.word(bytes.length);
    for (let at = 0; at < bytes.length; at += 4) {
      this.word(bytes[at]! | ((bytes[at + 1] ?? 0) << 8) | ((bytes[at + 2] ?? 0) << 16) | ((bytes[at + 3] ?? 0) << 24));
    }
  }

  /** The hash of everything fed so far, 32 lower-case hexadecimal digits; feeding may go on. */
  digest(): string {
    const words = this.mixed + this.used;
    const lanes = this.lanes.slice();
    mixBlock(lanes, this.block, this.used);
    const end = Uint32Array.from(lanes, (lane) => lane ^ words);
    for (let round = 0; round < 2; round += 1) {
      const sum = end.reduce((total, lane) => (total + lane) >>> 0, Math.floor(words / 0x1_0000_0000));
      for (let lane = 0; lane < 4; lane += 1) end[lane] = avalanche(end[lane]! + sum + lane);
    }
    return [...end].map((lane) => lane.toString(16).padStart(8, '0')).join('');
  }
}

function mixBlock(lanes: Int32Array, block: Uint32Array, count: number): void {
  let a = lanes[0]!, b = lanes[1]!, c = lanes[2]!, d = lanes[3]!;
  for (let at = 0; at < count; at += 1) {
    const lane = (Math.imul(rotl(a ^ Math.imul(rotl(Math.imul(block[at]!, K1), 15), K2), 13), 5) + C) | 0;
    a = (b + lane) | 0;
    b = c;
    c = d;
    d = lane;
  }
  lanes.set([a, b, c, d]);
}

function avalanche(value: number): number {
  let mixed = value;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85eb_ca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2_ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}

/** The hash of a byte string, for example of a guest image: 32 hexadecimal digits. */
export function hashBytes(bytes: Uint8Array): string {
  const hash = new ContentHash();
  hash.bytes(bytes);
  return hash.digest();
}

/** 32 bits of the hash of a text, as a name stands in the content hash. */
export function hashText(text: string): number {
  const hash = new ContentHash(32);
  hash.text(text);
  return parseInt(hash.digest().slice(0, 8), 16);
}
