// One column of u32 values as bytes. Six encodings; the writer takes the shortest, DEFLATE does the rest.
//   0 constant   varint value
//   1 raw        4 bytes a value, low byte first
//   2 delta      zigzag varint of the difference (mod 2^32) from the value before; the first from 0
//   3 varint     one varint a value
//   4 runs       pairs: zigzag varint difference, varint how often it repeats; arithmetic series take one pair
//   5 dictionary varint how many (1..256), the values as varints, then one byte a value

import type { ByteReader } from '../base/byte-reader.ts';
import type { ByteWriter } from '../base/byte-writer.ts';

const CONSTANT = 0, RAW = 1, DELTA = 2, VARINT = 3, RUNS = 4, DICTIONARY = 5;
const DISTINCT_MAX = 256;
const SLOTS = 1024;

/** A decoded column: value `index` is `data[index & mask]`, so that a constant column takes one word. */
export interface Column { readonly data: Uint32Array; readonly mask: number }

// the distinct values seen by `survey`: an open-addressing table that is emptied by raising `stamp`
const slotStamp = new Uint32Array(SLOTS);
const slotValue = new Uint32Array(SLOTS);
const slotIndex = new Uint32Array(SLOTS);
const distinct = new Uint32Array(DISTINCT_MAX);
let distinctCount = 0;
let stamp = 0;

/** Writes the first `count` values of a column, tag first. No values: no bytes. */
export function encodeColumn(out: ByteWriter, values: Uint32Array, count: number): void {
  if (count === 0) return;
  const encoding = isConstant(values, count) ? CONSTANT : survey(values, count);
  out.u8(encoding);
  if (encoding === CONSTANT) out.varint(values[0]!);
  else if (encoding === RAW) for (let index = 0; index < count; index += 1) out.u32(values[index]!);
  else if (encoding === DELTA) writeDeltas(out, values, count);
  else if (encoding === VARINT) for (let index = 0; index < count; index += 1) out.varint(values[index]!);
  else if (encoding === RUNS) writeRuns(out, values, count);
  else writeDictionary(out, values, count);
}

function isConstant(values: Uint32Array, count: number): boolean {
  const first = values[0]!;
  for (let index = 1; index < count; index += 1) if (values[index] !== first) return false;
  return true;
}

const zigzag = (difference: number): number => ((difference << 1) ^ (difference >> 31)) >>> 0;
const unzigzag = (code: number): number => (code >>> 1) ^ -(code & 1);
const sizeOf = (value: number): number => (value < 0x80 ? 1 : value < 0x4000 ? 2 : value < 0x20_0000 ? 3 : value < 0x1000_0000 ? 4 : 5);

/** Chooses the shortest encoding of a column that is not constant; leaves its distinct values in the table. */
function survey(values: Uint32Array, count: number): number {
  stamp += 1;
  distinctCount = 0;
  let delta = 0, plain = 0, runs = 0, dictionary = 2, before = 0, runCode = -1, runLength = 0, full = false;
  for (let index = 0; index < count; index += 1) {
    const value = values[index]!;
    const code = zigzag((value - before) | 0);
    before = value;
    delta += sizeOf(code);
    plain += sizeOf(value);
    if (code === runCode) runLength += 1;
    else {
      runs += runCode < 0 ? 0 : sizeOf(runCode) + sizeOf(runLength);
      runCode = code;
      runLength = 1;
    }
    if (!full) full = !note(value);
  }
  runs += sizeOf(runCode) + sizeOf(runLength);
  for (let index = 0; index < distinctCount; index += 1) dictionary += sizeOf(distinct[index]!);
  return shortest(count * 4, delta, plain, runs, full ? Infinity : dictionary + count);
}

function shortest(raw: number, delta: number, plain: number, runs: number, dictionary: number): number {
  const least = Math.min(raw, delta, plain, runs, dictionary);
  if (least === runs) return RUNS;
  if (least === dictionary) return DICTIONARY;
  if (least === delta) return DELTA;
  return least === plain ? VARINT : RAW;
}

/** Adds a value to the distinct ones; false when there are too many. */
function note(value: number): boolean {
  let slot = slotOf(value);
  for (; slotStamp[slot] === stamp; slot = (slot + 1) & (SLOTS - 1)) if (slotValue[slot] === value) return true;
  if (distinctCount === DISTINCT_MAX) return false;
  slotStamp[slot] = stamp;
  slotValue[slot] = value;
  slotIndex[slot] = distinctCount;
  distinct[distinctCount] = value;
  distinctCount += 1;
  return true;
}

const slotOf = (value: number): number => Math.imul(value, 0x9e37_79b1) >>> 22;

function indexOf(value: number): number {
  let slot = slotOf(value);
  while (slotValue[slot] !== value || slotStamp[slot] !== stamp) slot = (slot + 1) & (SLOTS - 1);
  return slotIndex[slot]!;
}

function writeDeltas(out: ByteWriter, values: Uint32Array, count: number): void {
  let before = 0;
  for (let index = 0; index < count; index += 1) {
    out.varint(zigzag((values[index]! - before) | 0));
    before = values[index]!;
  }
}

function writeRuns(out: ByteWriter, values: Uint32Array, count: number): void {
  let before = 0;
  for (let index = 0; index < count;) {
    const difference = (values[index]! - before) | 0;
    const first = index;
    while (index < count && ((values[index]! - before) | 0) === difference) {
      before = values[index]!;
      index += 1;
    }
    out.varint(zigzag(difference));
    out.varint(index - first);
  }
}

function writeDictionary(out: ByteWriter, values: Uint32Array, count: number): void {
  out.varint(distinctCount);
  for (let index = 0; index < distinctCount; index += 1) out.varint(distinct[index]!);
  for (let index = 0; index < count; index += 1) out.u8(indexOf(values[index]!));
}

/** What may still be unfolded from one chunk, in words; see limits.ts. */
export interface Budget { words: number }

/** Takes words from a budget; a chunk that asks for more than its bound is refused. */
export function spend(input: ByteReader, budget: Budget, words: number): void {
  budget.words -= words;
  if (budget.words < 0) throw input.damaged('it unfolds to more than a chunk may hold');
}

/** Reads a column of `count` values; a column that is not constant takes `count` words from the budget. */
export function decodeColumn(input: ByteReader, count: number, budget: Budget): Column {
  if (count === 0) return { data: new Uint32Array(0), mask: 0 };
  const encoding = input.u8();
  if (encoding === CONSTANT) return { data: Uint32Array.of(input.varint()), mask: 0 };
  spend(input, budget, count);
  if (encoding === RAW && input.remaining < count * 4) throw input.damaged('a column ends too early');
  if (encoding !== RAW && encoding !== RUNS && input.remaining < count) throw input.damaged('a column ends too early');
  const data = new Uint32Array(count);
  if (encoding === RAW) for (let index = 0; index < count; index += 1) data[index] = input.u32();
  else if (encoding === DELTA) readDeltas(input, data);
  else if (encoding === VARINT) for (let index = 0; index < count; index += 1) data[index] = input.varint();
  else if (encoding === RUNS) readRuns(input, data);
  else if (encoding === DICTIONARY) readDictionary(input, data);
  else throw input.damaged(`column encoding ${String(encoding)} is unknown`);
  return { data, mask: 0x7fff_ffff };
}

function readDeltas(input: ByteReader, data: Uint32Array): void {
  let value = 0;
  for (let index = 0; index < data.length; index += 1) {
    value = (value + unzigzag(input.varint())) | 0;
    data[index] = value;
  }
}

function readRuns(input: ByteReader, data: Uint32Array): void {
  let value = 0;
  for (let index = 0; index < data.length;) {
    const difference = unzigzag(input.varint());
    const length = input.varint();
    if (length === 0 || length > data.length - index) throw input.damaged('a run leaves its column');
    for (const end = index + length; index < end; index += 1) {
      value = (value + difference) | 0;
      data[index] = value;
    }
  }
}

function readDictionary(input: ByteReader, data: Uint32Array): void {
  const values = new Uint32Array(input.atMost(DISTINCT_MAX, 'a dictionary'));
  for (let index = 0; index < values.length; index += 1) values[index] = input.varint();
  for (let index = 0; index < data.length; index += 1) {
    const code = input.u8();
    if (code >= values.length) throw input.damaged('a value is not in its dictionary');
    data[index] = values[code]!;
  }
}
