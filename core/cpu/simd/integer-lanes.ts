// Integer arithmetic, logic and comparison on packed lanes, the same for MMX and XMM registers. SDM 1 "Programming with Intel MMX Technology",
// SDM 2B "PADDB/PADDW/PADDD/PADDQ—Add Packed Integers" and the pages around it.

import { multiplyHigh } from '../multiply-divide.ts';
import type { LaneOperation, Lanes } from './lanes.ts';

type OnLane = (a: number, b: number) => number;
type View = 'u8' | 'i8' | 'u16' | 'i16' | 'u32' | 'i32';

// One lane after another; storing cuts to the lane's size, so that sums wrap around.
function each(view: View, on: OnLane): LaneOperation {
  return (destination, source, bytes) => {
    const to: Lanes[View] = destination[view], from: Lanes[View] = source[view], count = bytes / to.BYTES_PER_ELEMENT;
    for (let index = 0; index < count; index += 1) to[index] = on(to[index]!, from[index]!);
  };
}

/** SDM 1 "Saturation and Wraparound Modes". */
const saturate = (value: number, lowest: number, highest: number): number => (value < lowest ? lowest : value > highest ? highest : value);
const byte = (value: number): number => saturate(value, -0x80, 0x7f), unsignedByte = (value: number): number => saturate(value, 0, 0xff);
const word = (value: number): number => saturate(value, -0x8000, 0x7fff), unsignedWord = (value: number): number => saturate(value, 0, 0xffff);
const plus: OnLane = (a, b) => a + b, minus: OnLane = (a, b) => a - b;
const equal: OnLane = (a, b) => (a === b ? -1 : 0), greater: OnLane = (a, b) => (a > b ? -1 : 0);
const average: OnLane = (a, b) => (a + b + 1) >>> 1;
const lower: OnLane = (a, b) => (a < b ? a : b), higher: OnLane = (a, b) => (a > b ? a : b);

export const addBytes = each('u8', plus), addWords = each('u16', plus), addDoublewords = each('i32', plus);
export const subtractBytes = each('u8', minus), subtractWords = each('u16', minus), subtractDoublewords = each('i32', minus);
export const addSignedBytes = each('i8', (a, b) => byte(a + b)), addSignedWords = each('i16', (a, b) => word(a + b));
export const addUnsignedBytes = each('u8', (a, b) => unsignedByte(a + b)), addUnsignedWords = each('u16', (a, b) => unsignedWord(a + b));
export const subtractSignedBytes = each('i8', (a, b) => byte(a - b)), subtractSignedWords = each('i16', (a, b) => word(a - b));
export const subtractUnsignedBytes = each('u8', (a, b) => unsignedByte(a - b)), subtractUnsignedWords = each('u16', (a, b) => unsignedWord(a - b));
export const equalBytes = each('u8', equal), equalWords = each('u16', equal), equalDoublewords = each('u32', equal);
export const greaterBytes = each('i8', greater), greaterWords = each('i16', greater), greaterDoublewords = each('i32', greater);
export const averageBytes = each('u8', average), averageWords = each('u16', average);
export const lowerUnsignedBytes = each('u8', lower), higherUnsignedBytes = each('u8', higher), lowerWords = each('i16', lower), higherWords = each('i16', higher);
export const and = each('i32', (a, b) => a & b), andNot = each('i32', (a, b) => ~a & b), or = each('i32', (a, b) => a | b), xor = each('i32', (a, b) => a ^ b);
export const multiplyLow = each('i16', (a, b) => a * b), multiplyHighSigned = each('i16', (a, b) => (a * b) >> 16);
export const multiplyHighUnsigned = each('u16', (a, b) => Math.imul(a, b) >>> 16);

/** PADDQ. */
export const addQuadwords: LaneOperation = ({ u32: to }, { u32: from }, bytes) => {
  for (let index = 0; index < bytes >>> 2; index += 2) {
    const low = to[index]! + from[index]!;
    to[index + 1] = to[index + 1]! + from[index + 1]! + (low > 0xffff_ffff ? 1 : 0);
    to[index] = low;
  }
};

/** PSUBQ. */
export const subtractQuadwords: LaneOperation = ({ u32: to }, { u32: from }, bytes) => {
  for (let index = 0; index < bytes >>> 2; index += 2) {
    const low = to[index]! - from[index]!;
    to[index + 1] = to[index + 1]! - from[index + 1]! - (low < 0 ? 1 : 0);
    to[index] = low;
  }
};

/** PMULUDQ: the even doublewords, unsigned, into quadwords. */
export const multiplyDoublewords: LaneOperation = ({ u32: to }, { u32: from }, bytes) => {
  for (let index = 0; index < bytes >>> 2; index += 2) {
    const a = to[index]!, b = from[index]!;
    to[index] = Math.imul(a, b);
    to[index + 1] = multiplyHigh(a, b);
  }
};

/** PMADDWD: products of signed words, added in pairs; the sum of four times 8000H wraps around. */
export const multiplyAndAdd: LaneOperation = ({ i16: to, i32: sums }, { i16: from }, bytes) => {
  for (let index = 0; index < bytes >>> 2; index += 1) {
    const low = index * 2, high = low + 1;
    sums[index] = to[low]! * from[low]! + to[high]! * from[high]!;
  }
};

/** PSADBW: in each quadword the sum of the differences of its bytes, as a word; the rest is zero. */
export const sumOfDifferences: LaneOperation = ({ u8: to, u32: sums }, { u8: from }, bytes) => {
  for (let first = 0; first < bytes; first += 8) {
    let sum = 0;
    for (let index = first; index < first + 8; index += 1) sum += Math.abs(to[index]! - from[index]!);
    sums[first >>> 2] = sum;
    sums[(first >>> 2) + 1] = 0;
  }
};
