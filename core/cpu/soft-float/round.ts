// Rounding to a format: the one place where results become inexact, overflow and underflow. SDM 1 "Rounding", "Numeric Overflow Exception (#O)",
// "Numeric Underflow Exception (#U)", "Inexact-Result (Precision) Exception (#P)".

import { OE, PE, ROUND_DOWN, ROUND_NEAREST, ROUND_UP, UE, type Environment } from './environment.ts';
import { FINITE, INFINITY, normalise, setSpecial, shiftRight, ZERO, type Float } from './float.ts';
import type { Format } from './formats.ts';

const INTEGER_BIT = 0x8000_0000, WORD = 0x1_0000_0000;

/**
 * Rounds a result to `format` in place: hi:lo keeps the precision's bits, tail is 0, and a number too great or too small becomes what the masks ask for.
 * Adds to `env.flags` and sets `env.roundedUp`. Anything but a FINITE stays as it is.
 */
export function round(env: Environment, value: Float, format: Format): void {
  env.roundedUp = 0;
  if (value.kind !== FINITE) return;
  if (value.exponent < format.minExponent) {
    roundTiny(env, value, format);
    return;
  }
  const isExact = roundSignificand(env, value, format.precision);
  if (value.exponent > format.maxExponent) overflow(env, value, format, isExact);
  else if (!isExact) env.flags |= PE;
}

/** Rounds hi:lo:tail to so many bits, counted from bit 31 of hi, by `env.rounding`. True when nothing was lost. A carry out moves the exponent. */
export function roundSignificand(env: Environment, value: Float, precision: number): boolean {
  const { hi, lo, tail } = value;
  // what is cut off, as a fraction of the last bit kept: its upper word, and whether anything is below
  let rest = tail, isMore = false, unit = lo & 1;
  if (precision === 53) {
    rest = (lo << 21) >>> 0;
    isMore = tail !== 0;
    unit = lo & 0x800;
  } else if (precision === 24) {
    rest = (hi << 24) >>> 0;
    isMore = (lo | tail) !== 0;
    unit = hi & 0x100;
  }
  value.tail = 0;
  env.roundedUp = 0;
  if (precision === 53) value.lo = (lo & 0xffff_f800) >>> 0;
  else if (precision === 24) { value.lo = 0; value.hi = (hi & 0xffff_ff00) >>> 0; }
  if (rest === 0 && !isMore) return true;
  if (goesUp(env.rounding, value.sign, unit !== 0, rest, isMore)) {
    env.roundedUp = 1;
    increment(value, precision);
  }
  return false;
}

// SDM 1 "Rounding Control Fields": nearest, ties to even; down and up by sign; toward zero never
function goesUp(rounding: number, sign: number, isOdd: boolean, rest: number, isMore: boolean): boolean {
  if (rounding === ROUND_NEAREST) return rest > INTEGER_BIT || (rest === INTEGER_BIT && (isMore || isOdd));
  return rounding === (sign === 0 ? ROUND_UP : ROUND_DOWN);
}

function increment(value: Float, precision: number): void {
  if (precision === 24) value.hi += 0x100;
  else {
    value.lo += precision === 53 ? 0x800 : 1;
    if (value.lo < WORD) return;
    value.lo = 0;
    value.hi += 1;
  }
  if (value.hi < WORD) return;
  value.hi = INTEGER_BIT;
  value.exponent += 1;
}

function overflow(env: Environment, value: Float, format: Format, isExact: boolean): void {
  env.flags |= OE;
  if ((env.masks & OE) === 0) {
    if (!isExact) env.flags |= PE;
    value.exponent -= format.wrap;
    if (format.wrap !== 0 && value.exponent > format.maxExponent) becomeBeyond(env, value, INFINITY);
    return;
  }
  env.flags |= PE;
  // SDM 1 "Table 4-10. Masked Responses to Numeric Overflow"
  if (env.rounding === ROUND_NEAREST || env.rounding === (value.sign === 0 ? ROUND_UP : ROUND_DOWN)) {
    env.roundedUp = 1;
    setSpecial(value, INFINITY, value.sign);
    return;
  }
  env.roundedUp = 0;
  value.exponent = format.maxExponent;
  value.hi = format.precision === 24 ? 0xffff_ff00 : 0xffff_ffff;
  value.lo = format.precision === 24 ? 0 : format.precision === 53 ? 0xffff_f800 : 0xffff_ffff;
}

// FSCALE can go so far that not even the wrapped exponent fits: infinity or zero, whatever the rounding. SDM 1 "Numeric Overflow Exception (#O)".
function becomeBeyond(env: Environment, value: Float, kind: number): void {
  env.flags |= PE;
  env.roundedUp = kind === INFINITY ? 1 : 0;
  setSpecial(value, kind, value.sign);
}

// Whether a result is tiny is asked after rounding it as if exponents had no bound; only then is it moved to the smallest exponent.
function roundTiny(env: Environment, value: Float, format: Format): void {
  const { exponent, hi, lo, tail } = value;
  const isExact = roundSignificand(env, value, format.precision);
  if (value.exponent >= format.minExponent) {
    env.flags |= PE;
    return;
  }
  if ((env.masks & UE) === 0) {
    env.flags |= isExact ? UE : UE | PE;
    value.exponent += format.wrap;
    if (format.wrap !== 0 && value.exponent < format.minExponent) becomeBeyond(env, value, ZERO);
    return;
  }
  if (env.flushToZero !== 0) {
    env.flags |= UE | PE;
    env.roundedUp = 0;
    setSpecial(value, ZERO, value.sign);
    return;
  }
  value.hi = hi;
  value.lo = lo;
  value.tail = tail;
  value.exponent = format.minExponent;
  shiftRight(value, format.minExponent - exponent);
  if (!roundSignificand(env, value, format.precision)) env.flags |= UE | PE;
  normalise(value);
}
