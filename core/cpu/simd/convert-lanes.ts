// Conversions of one lane between singles, doubles and signed doublewords. DEST's and SRC's lanes have the same index, also where their sizes
// differ. SDM 2A "CVTPS2PD—Convert Packed Single Precision Floating-Point Values to Packed Double Precision Floating-Point Values" and its relatives.

import { ROUND_ZERO } from '../soft-float/environment.ts';
import { Float, QNAN, quiet, SNAN } from '../soft-float/float.ts';
import { fromInteger, Integer, toInteger } from '../soft-float/integer.ts';
import { IE } from '../soft-float/environment.ts';
import { round } from '../soft-float/round.ts';
import { environment, noteAfter, noteBefore } from './exceptions.ts';
import { DOUBLES, SINGLES, type LaneFormat } from './float-formats.ts';
import type { FloatLane } from './float-lanes.ts';
import type { Lanes } from './lanes.ts';

const value = new Float(), integer = new Integer();

function between(from: LaneFormat, to: LaneFormat): FloatLane {
  return (destination, source, index) => {
    from.unpack(source, index, value);
    if (value.kind >= QNAN) {
      if (value.kind === SNAN) environment.flags |= IE;
      quiet(value);
      noteBefore(0);
    } else {
      noteBefore(value.denormal);
      value.denormal = 0;
      round(environment, value, to.format);
      noteAfter();
    }
    to.pack(value, destination, index);
  };
}
export const singleToDouble = between(SINGLES, DOUBLES), doubleToSingle = between(DOUBLES, SINGLES);

/** CVTDQ2PS and its relatives. */
export const integerToSingle: FloatLane = (destination, { u32, i32 }, index) => {
  fromInteger(u32[index]!, (i32[index]! >> 31) >>> 0, value);
  round(environment, value, SINGLES.format);
  noteAfter();
  SINGLES.pack(value, destination, index);
};
/** CVTDQ2PD and its relatives: always exact. */
export const integerToDouble: FloatLane = ({ f64 }, { i32 }, index) => { f64[index] = i32[index]!; };

// The integer indefinite and invalid when it does not fit; a denormal operand is only inexact.
function toDoubleword(from: LaneFormat, way: 'rounded' | 'truncated'): (source: Lanes, index: number) => number {
  return (source, index) => {
    const { rounding } = environment;
    from.unpack(source, index, value);
    if (way === 'truncated') environment.rounding = ROUND_ZERO;
    if (toInteger(environment, value, 32, integer)) noteAfter();
    else noteBefore(0);
    environment.rounding = rounding;
    return integer.lo | 0;
  };
}
/** A float lane as a signed doubleword. */
export const singleToInteger = toDoubleword(SINGLES, 'rounded'), doubleToInteger = toDoubleword(DOUBLES, 'rounded');
export const singleTruncated = toDoubleword(SINGLES, 'truncated'), doubleTruncated = toDoubleword(DOUBLES, 'truncated');

/** The same as an operation on lanes. */
export const intoLane = (convert: (source: Lanes, index: number) => number): FloatLane => ({ i32 }, source, index) => { i32[index] = convert(source, index); };
