// Between numbers and integers of 16, 32 and 64 bits, two's complement in two words. SDM 1 "Conversion Instructions" of x87 and SSE.

import { IE, PE, type Environment } from './environment.ts';
import { FINITE, normalise, setSpecial, shiftRight, ZERO, type Float } from './float.ts';
import { roundSignificand } from './round.ts';

const WORD = 0x1_0000_0000, INTEGER_BIT = 0x8000_0000;

/** A 64-bit integer, two's complement, both words unsigned. */
export class Integer {
  lo = 0;
  hi = 0;
}

/** `out` becomes the signed integer hi:lo, exactly. */
export function fromInteger(lo: number, hi: number, out: Float): void {
  setSpecial(out, ZERO, 0);
  const isNegative = hi >>> 31 !== 0;
  out.lo = (isNegative ? -lo : lo) >>> 0;
  out.hi = (isNegative ? ~hi + (out.lo === 0 ? 1 : 0) : hi) >>> 0;
  if ((out.hi | out.lo) === 0) return;
  out.kind = FINITE;
  out.sign = isNegative ? 1 : 0;
  out.exponent = 63;
  normalise(out);
}

/** Rounds to an integer in place by `env.rounding`: PE when that changed it; a zero keeps the sign. Infinities and NaNs stay. SDM 2A "FRNDINT—Round to Integer". */
export function roundToIntegral(env: Environment, value: Float): void {
  env.roundedUp = 0;
  if (value.kind !== FINITE || value.exponent >= 63) return;
  shiftRight(value, 63 - value.exponent);
  value.exponent = 63;
  if (!roundSignificand(env, value, 64)) env.flags |= PE;
  normalise(value);
}

/**
 * Converts a number to an integer of `bits` bits by `env.rounding`. False, with IE and no other exception, when it is none or does not fit: the result is then
 * the integer indefinite (the most negative one). The value is rounded in place.
 */
export function toInteger(env: Environment, value: Float, bits: 16 | 32 | 64, out: Integer): boolean {
  const before = env.flags;
  roundToIntegral(env, value);
  if (value.kind === ZERO) {
    out.lo = 0;
    out.hi = 0;
    return true;
  }
  if (value.kind !== FINITE || !fits(value, bits)) {
    env.flags = before | IE;
    env.roundedUp = 0;
    out.lo = bits === 64 ? 0 : bits === 32 ? INTEGER_BIT : 0xffff_8000;
    out.hi = bits === 64 ? INTEGER_BIT : 0xffff_ffff;
    return false;
  }
  takeInteger(value, out);
  return true;
}

// -2^(bits-1) is the only number of that exponent
function fits({ exponent, sign, hi, lo }: Float, bits: number): boolean {
  return exponent < bits - 1 || (exponent === bits - 1 && sign !== 0 && hi === INTEGER_BIT && lo === 0);
}

function takeInteger({ exponent, sign, hi, lo }: Float, out: Integer): void {
  const count = 63 - exponent;
  let high = hi, low = lo;
  if (count >= 32) {
    low = hi >>> (count - 32);
    high = 0;
  } else if (count !== 0) {
    low = ((hi << (32 - count)) | (lo >>> count)) >>> 0;
    high = hi >>> count;
  }
  if (sign === 0) {
    out.lo = low;
    out.hi = high;
    return;
  }
  out.lo = low === 0 ? 0 : WORD - low;
  out.hi = (~high + (low === 0 ? 1 : 0)) >>> 0;
}
