// Lanes change places: packing, unpacking, shuffling. SDM 1 "Conversion Instructions" of MMX, "SSE Shuffle and Unpack Instructions".

import type { LaneOperation, Lanes } from './lanes.ts';

type View = 'u8' | 'u16' | 'u32';

// PUNPCKL*: the lower halves, lane by lane, DEST first. From the top down, so that no lane is overwritten before it is moved.
function unpackLow(view: View): LaneOperation {
  return (destination, source, bytes) => {
    const to: Lanes[View] = destination[view], from: Lanes[View] = source[view], half = bytes / to.BYTES_PER_ELEMENT / 2;
    for (let index = half - 1; index >= 0; index -= 1) {
      to[index * 2] = to[index]!;
      to[index * 2 + 1] = from[index]!;
    }
  };
}

// PUNPCKH*: the upper halves, from the bottom up.
function unpackHigh(view: View): LaneOperation {
  return (destination, source, bytes) => {
    const to: Lanes[View] = destination[view], from: Lanes[View] = source[view], half = bytes / to.BYTES_PER_ELEMENT / 2;
    for (let index = 0; index < half; index += 1) {
      to[index * 2] = to[half + index]!;
      to[index * 2 + 1] = from[half + index]!;
    }
  };
}

export const unpackLowBytes = unpackLow('u8'), unpackLowWords = unpackLow('u16'), unpackLowDoublewords = unpackLow('u32');
export const unpackHighBytes = unpackHigh('u8'), unpackHighWords = unpackHigh('u16'), unpackHighDoublewords = unpackHigh('u32');

function moveQuadword(from: Lanes, fromIndex: number, to: Lanes, toIndex: number): void {
  to.u32[toIndex * 2] = from.u32[fromIndex * 2]!;
  to.u32[toIndex * 2 + 1] = from.u32[fromIndex * 2 + 1]!;
}

/** PUNPCKLQDQ, UNPCKLPD, MOVLHPS. */
export const unpackLowQuadwords: LaneOperation = (destination, source) => { moveQuadword(source, 0, destination, 1); };
/** PUNPCKHQDQ, UNPCKHPD. */
export const unpackHighQuadwords: LaneOperation = (destination, source) => {
  moveQuadword(destination, 1, destination, 0);
  moveQuadword(source, 1, destination, 1);
};
/** MOVHLPS. */
export const moveHighToLow: LaneOperation = (destination, source) => { moveQuadword(source, 1, destination, 0); };

type Narrow = (value: number) => number;
const toByte: Narrow = (value) => Math.max(-0x80, Math.min(0x7f, value)), toUnsignedByte: Narrow = (value) => Math.max(0, Math.min(0xff, value));
const toWord: Narrow = (value) => Math.max(-0x8000, Math.min(0x7fff, value));

// PACK*: DEST's lanes narrowed into its lower half, SRC's into the upper one.
function packWords(narrow: Narrow): LaneOperation {
  return (destination, source, bytes) => {
    const half = bytes >>> 1;
    for (let index = 0; index < half; index += 1) destination.u8[index] = narrow(destination.i16[index]!);
    for (let index = 0; index < half; index += 1) destination.u8[half + index] = narrow(source.i16[index]!);
  };
}
export const packSignedWords = packWords(toByte), packUnsignedWords = packWords(toUnsignedByte);
export const packSignedDoublewords: LaneOperation = (destination, source, bytes) => {
  const half = bytes >>> 2;
  for (let index = 0; index < half; index += 1) destination.i16[index] = toWord(destination.i32[index]!);
  for (let index = 0; index < half; index += 1) destination.i16[half + index] = toWord(source.i32[index]!);
};

/** Which of four lanes field `index` of an order byte names. */
const chosen = (order: number, index: number): number => (order >>> (index * 2)) & 3;

/** PSHUFD. */
export const shuffleDoublewords: LaneOperation = ({ u32: to }, { u32: from }, _bytes, order) => {
  for (let index = 0; index < 4; index += 1) to[index] = from[chosen(order, index)]!;
};

// PSHUFW, PSHUFLW, PSHUFHW: four words from `first` on; the other half of an XMM register is copied.
function shuffleWords(first: number): LaneOperation {
  return ({ u8, u16: to }, { u8: source, u16: from }, bytes, order) => {
    for (let index = 0; index < bytes; index += 1) u8[index] = source[index]!;
    for (let index = 0; index < 4; index += 1) to[first + index] = from[first + chosen(order, index)]!;
  };
}
export const shuffleLowWords = shuffleWords(0), shuffleHighWords = shuffleWords(4);

/** SHUFPS: two lanes of DEST, then two of SRC. */
export const shuffleSingles: LaneOperation = ({ u32: to }, { u32: from }, _bytes, order) => {
  const first = to[chosen(order, 0)]!, second = to[chosen(order, 1)]!;
  to[0] = first;
  to[1] = second;
  to[2] = from[chosen(order, 2)]!;
  to[3] = from[chosen(order, 3)]!;
};
/** SHUFPD. */
export const shuffleDoubles: LaneOperation = (destination, source, _bytes, order) => {
  moveQuadword(destination, order & 1, destination, 0);
  moveQuadword(source, (order >>> 1) & 1, destination, 1);
};

/** PINSRW: the count is cut to the words there are. */
export const insertWord: LaneOperation = ({ u16: to }, { u16: from }, bytes, position) => { to[position & ((bytes >>> 1) - 1)] = from[0]!; };

/** MOVSLDUP, MOVSHDUP, MOVDDUP (SSE3). */
export const duplicateEvenSingles: LaneOperation = ({ u32: to }, { u32: from }) => { to[0] = to[1] = from[0]!; to[2] = to[3] = from[2]!; };
export const duplicateOddSingles: LaneOperation = ({ u32: to }, { u32: from }) => { to[0] = to[1] = from[1]!; to[2] = to[3] = from[3]!; };
export const duplicateLowDouble: LaneOperation = (destination, source) => {
  moveQuadword(source, 0, destination, 0);
  moveQuadword(source, 0, destination, 1);
};
