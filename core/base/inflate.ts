// Inflates raw DEFLATE data (RFC 1951) synchronously and bounded: a page in a browser has no such function of its own.
// Node's zlib does the same faster; both are passed to core/trace as one function type.

import { BadInput } from './bad-input.ts';

const LENGTH_BASE = [3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258];
const LENGTH_EXTRA = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0];
const DISTANCE_BASE = [
  1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145, 8193, 12289, 16385, 24577,
];
const DISTANCE_EXTRA = [0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13];
const CODE_LENGTH_ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];
const BITS_MAX = 15;

/** A prefix code: `counts[n]` codes of n bits, their symbols in order of code. */
interface Code { readonly counts: Uint16Array; readonly symbols: Uint16Array }

interface Inflation { readonly input: Uint8Array; at: number; bits: number; bitCount: number; output: Uint8Array; used: number; readonly most: number }

/** The bytes behind raw DEFLATE data. Throws BadInput on damage, and when more than `maxBytes` would come out. */
export function inflateRaw(bytes: Uint8Array, maxBytes: number): Uint8Array {
  const state: Inflation = { input: bytes, at: 0, bits: 0, bitCount: 0, output: new Uint8Array(Math.min(maxBytes, bytes.length * 4 + 64)), used: 0, most: maxBytes };
  for (let last = false; !last;) {
    last = take(state, 1) === 1;
    const type = take(state, 2);
    if (type === 0) copyStored(state);
    else if (type === 1) copyCoded(state, FIXED_LITERALS, FIXED_DISTANCES);
    else if (type === 2) copyDynamic(state);
    else throw damage('unknown block type');
  }
  return state.output.subarray(0, state.used);
}

function damage(why: string): BadInput {
  return new BadInput(`compressed data is damaged (${why}); take an undamaged copy of the file`);
}

function take(state: Inflation, count: number): number {
  while (state.bitCount < count) {
    if (state.at >= state.input.length) throw damage('it ends too early');
    state.bits |= state.input[state.at]! << state.bitCount;
    state.at += 1;
    state.bitCount += 8;
  }
  const value = state.bits & ((1 << count) - 1);
  state.bits >>>= count;
  state.bitCount -= count;
  return value;
}

function makeRoom(state: Inflation, more: number): void {
  const need = state.used + more;
  if (need > state.most) throw damage(`more than ${String(state.most)} bytes would come out`);
  if (need <= state.output.length) return;
  const larger = new Uint8Array(Math.min(state.most, Math.max(need, state.output.length * 2)));
  larger.set(state.output.subarray(0, state.used));
  state.output = larger;
}

function copyStored(state: Inflation): void {
  state.at -= state.bitCount >> 3;
  state.bits = 0;
  state.bitCount = 0;
  const length = take(state, 16);
  if (take(state, 16) !== (length ^ 0xffff)) throw damage('a stored length does not match');
  if (state.at + length > state.input.length) throw damage('it ends too early');
  makeRoom(state, length);
  state.output.set(state.input.subarray(state.at, state.at + length), state.used);
  state.at += length;
  state.used += length;
}

function makeCode(lengths: readonly number[]): Code {
  const counts = new Uint16Array(BITS_MAX + 1);
  for (const length of lengths) counts[length]! += 1;
  counts[0] = 0;
  const next = new Uint16Array(BITS_MAX + 2);
  let left = 1;
  for (let bits = 1; bits <= BITS_MAX; bits += 1) {
    left = left * 2 - counts[bits]!;
    if (left < 0) throw damage('a code is over-full');
    next[bits + 1] = next[bits]! + counts[bits]!;
  }
  const symbols = new Uint16Array(lengths.length);
  lengths.forEach((length, symbol) => {
    if (length === 0) return;
    symbols[next[length]!] = symbol;
    next[length]! += 1;
  });
  return { counts, symbols };
}

const FIXED_LITERALS = makeCode(Array.from({ length: 288 }, (_, symbol) => (symbol < 144 ? 8 : symbol < 256 ? 9 : symbol < 280 ? 7 : 8)));
const FIXED_DISTANCES = makeCode(Array.from({ length: 30 }, () => 5));

function symbolOf(state: Inflation, code: Code): number {
  let value = 0;
  let first = 0;
  let index = 0;
  for (let bits = 1; bits <= BITS_MAX; bits += 1) {
    value |= take(state, 1);
    const count = code.counts[bits]!;
    if (value - first < count) return code.symbols[index + value - first]!;
    index += count;
    first = (first + count) << 1;
    value <<= 1;
  }
  throw damage('unknown code');
}

function copyDynamic(state: Inflation): void {
  const literals = take(state, 5) + 257;
  const distances = take(state, 5) + 1;
  const orders = take(state, 4) + 4;
  const small = new Array<number>(19).fill(0);
  for (let index = 0; index < orders; index += 1) small[CODE_LENGTH_ORDER[index]!] = take(state, 3);
  const code = makeCode(small);
  const lengths: number[] = [];
  while (lengths.length < literals + distances) {
    const symbol = symbolOf(state, code);
    if (symbol < 16) lengths.push(symbol);
    else repeatLength(state, symbol, lengths);
  }
  if (lengths.length > literals + distances) throw damage('too many code lengths');
  copyCoded(state, makeCode(lengths.slice(0, literals)), makeCode(lengths.slice(literals)));
}

function repeatLength(state: Inflation, symbol: number, lengths: number[]): void {
  if (symbol === 16 && lengths.length === 0) throw damage('nothing to repeat');
  const value = symbol === 16 ? lengths[lengths.length - 1]! : 0;
  const times = symbol === 16 ? take(state, 2) + 3 : symbol === 17 ? take(state, 3) + 3 : take(state, 7) + 11;
  for (let index = 0; index < times; index += 1) lengths.push(value);
}

function copyCoded(state: Inflation, literals: Code, distances: Code): void {
  for (;;) {
    const symbol = symbolOf(state, literals);
    if (symbol === 256) return;
    if (symbol < 256) {
      if (state.used >= state.output.length) makeRoom(state, 1);
      state.output[state.used] = symbol;
      state.used += 1;
    } else copyMatch(state, symbol - 257, distances);
  }
}

function copyMatch(state: Inflation, lengthSymbol: number, distances: Code): void {
  if (lengthSymbol >= LENGTH_BASE.length) throw damage('unknown length');
  const length = LENGTH_BASE[lengthSymbol]! + take(state, LENGTH_EXTRA[lengthSymbol]!);
  const symbol = symbolOf(state, distances);
  if (symbol >= DISTANCE_BASE.length) throw damage('unknown distance');
  const distance = DISTANCE_BASE[symbol]! + take(state, DISTANCE_EXTRA[symbol]!);
  if (distance > state.used) throw damage('a distance leaves the data');
  makeRoom(state, length);
  for (let index = 0; index < length; index += 1) state.output[state.used + index] = state.output[state.used + index - distance]!;
  state.used += length;
}
