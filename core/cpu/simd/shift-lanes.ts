// Packed shifts. The count is the lowest quadword of the source, whole: what is not below the lane's width shifts everything out.
// SDM 2B "PSLLW/PSLLD/PSLLQ—Shift Packed Data Left Logical" and the pages of its relatives.

import type { LaneOperation, Lanes } from './lanes.ts';

/** The count, or `width` when it is that or more. */
function countOf({ u32 }: Lanes, width: number): number {
  return u32[1] !== 0 || u32[0]! > width ? width : u32[0]!;
}

export const shiftWordsLeft: LaneOperation = ({ u16 }, source, bytes) => {
  const count = countOf(source, 16);
  for (let index = 0; index < bytes >>> 1; index += 1) u16[index] = u16[index]! << count;
};
export const shiftWordsRight: LaneOperation = ({ u16 }, source, bytes) => {
  const count = countOf(source, 16);
  for (let index = 0; index < bytes >>> 1; index += 1) u16[index] = u16[index]! >>> count;
};
export const shiftWordsArithmetically: LaneOperation = ({ i16 }, source, bytes) => {
  const count = countOf(source, 16);
  for (let index = 0; index < bytes >>> 1; index += 1) i16[index] = i16[index]! >> count;
};
export const shiftDoublewordsLeft: LaneOperation = ({ u32 }, source, bytes) => {
  const count = countOf(source, 32);
  for (let index = 0; index < bytes >>> 2; index += 1) u32[index] = count === 32 ? 0 : u32[index]! << count;
};
export const shiftDoublewordsRight: LaneOperation = ({ u32 }, source, bytes) => {
  const count = countOf(source, 32);
  for (let index = 0; index < bytes >>> 2; index += 1) u32[index] = count === 32 ? 0 : u32[index]! >>> count;
};
export const shiftDoublewordsArithmetically: LaneOperation = ({ i32 }, source, bytes) => {
  const count = Math.min(countOf(source, 32), 31);
  for (let index = 0; index < bytes >>> 2; index += 1) i32[index] = i32[index]! >> count;
};
export const shiftQuadwordsLeft: LaneOperation = ({ u32 }, source, bytes) => {
  const count = countOf(source, 64);
  for (let index = 0; index < bytes >>> 2; index += 2) {
    const low = u32[index]!, high = u32[index + 1]!;
    u32[index] = count >= 32 ? 0 : low << count;
    u32[index + 1] = count >= 64 ? 0 : count >= 32 ? low << (count - 32) : count === 0 ? high : (high << count) | (low >>> (32 - count));
  }
};
export const shiftQuadwordsRight: LaneOperation = ({ u32 }, source, bytes) => {
  const count = countOf(source, 64);
  for (let index = 0; index < bytes >>> 2; index += 2) {
    const low = u32[index]!, high = u32[index + 1]!;
    u32[index + 1] = count >= 32 ? 0 : high >>> count;
    u32[index] = count >= 64 ? 0 : count >= 32 ? high >>> (count - 32) : count === 0 ? low : (low >>> count) | (high << (32 - count));
  }
};

/** PSLLDQ: by bytes, the whole register. */
export const shiftBytesLeft: LaneOperation = ({ u8 }, source, bytes) => {
  const count = countOf(source, bytes);
  u8.copyWithin(count, 0, bytes - count);
  u8.fill(0, 0, count);
};
/** PSRLDQ. */
export const shiftBytesRight: LaneOperation = ({ u8 }, source, bytes) => {
  const count = countOf(source, bytes);
  u8.copyWithin(0, count, bytes);
  u8.fill(0, bytes - count, bytes);
};
