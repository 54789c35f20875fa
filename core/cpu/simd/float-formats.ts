// Single and double lanes for the soft-float: taken apart with denormals as zeros where MXCSR asks for it, and put together again.

import { setSpecial, ZERO, type Float } from '../soft-float/float.ts';
import { DOUBLE, packDouble, packSingle, SINGLE, unpackDouble, unpackSingle, type Format } from '../soft-float/formats.ts';
import { denormalsAreZeros } from './exceptions.ts';
import type { Lanes } from './lanes.ts';

export interface LaneFormat {
  readonly format: Format;
  /** Words of a lane. */
  readonly words: 1 | 2;
  readonly unpack: (lanes: Lanes, index: number, out: Float) => void;
  readonly pack: (value: Float, lanes: Lanes, index: number) => void;
  /** The lane as the host's number, which is the same but for the payloads of NaNs. */
  readonly get: (lanes: Lanes, index: number) => number;
  readonly set: (lanes: Lanes, index: number, value: number) => void;
}

function dropDenormal(value: Float): void {
  if (denormalsAreZeros && value.denormal !== 0) setSpecial(value, ZERO, value.sign);
}

export const SINGLES: LaneFormat = {
  format: SINGLE,
  words: 1,
  unpack: ({ u32 }, index, out) => { unpackSingle(u32[index]!, out); dropDenormal(out); },
  pack: (value, { u32 }, index) => { u32[index] = packSingle(value); },
  get: ({ f32 }, index) => f32[index]!,
  set: ({ f32 }, index, value) => { f32[index] = value; },
};
export const DOUBLES: LaneFormat = {
  format: DOUBLE,
  words: 2,
  unpack: ({ u32 }, index, out) => { unpackDouble(u32, index * 2, out); dropDenormal(out); },
  pack: (value, { u32 }, index) => { packDouble(value, u32, index * 2); },
  get: ({ f64 }, index) => f64[index]!,
  set: ({ f64 }, index, value) => { f64[index] = value; },
};
