// The three encodings and their ranges: taking numbers apart and putting rounded ones together. Both are exact: rounding is round.ts.
// SDM 1 "Floating-Point Data Types".
//
//   single   31 sign | 30..23 exponent + 127 | 22..0 fraction          double   63 sign | 62..52 exponent + 1023 | 51..0 fraction
//   extended 79 sign | 78..64 exponent + 16383 | 63 integer bit | 62..0 fraction

import { FINITE, type Float, INFINITY, normalise, QNAN, setSpecial, SNAN, UNSUPPORTED, ZERO } from './float.ts';

export interface Format {
  /** Bits of the significand, its leading 1 included: 24, 53 or 64. */
  readonly precision: 24 | 53 | 64;
  readonly minExponent: number;
  readonly maxExponent: number;
  /** What the exponent of an overflowed or underflowed result is moved by while that exception is not masked; 0: the result is of no use then. */
  readonly wrap: number;
}
export const SINGLE: Format = { precision: 24, minExponent: -126, maxExponent: 127, wrap: 0 };
export const DOUBLE: Format = { precision: 53, minExponent: -1022, maxExponent: 1023, wrap: 0 };
/** SDM 1 "Numeric Overflow Exception (#O)": results in registers are divided by 2^24576. */
const EXTENDED_WRAP = 24576;
export const EXTENDED: Format = { precision: 64, minExponent: -16382, maxExponent: 16383, wrap: EXTENDED_WRAP };
/** Extended registers with the precision control at 24 and 53 bits: the range stays. SDM 1 "Precision Control Field". */
export const EXTENDED_24: Format = { ...EXTENDED, precision: 24 }, EXTENDED_53: Format = { ...EXTENDED, precision: 53 };

export const EXTENDED_BIAS = 16383, EXTENDED_TOP = 0x7fff;
const SINGLE_BIAS = 127, DOUBLE_BIAS = 1023, INTEGER_BIT = 0x8000_0000, QUIET_BIT = 0x4000_0000;

/** Takes a single apart. */
export function unpackSingle(bits: number, out: Float): void {
  const exponent = (bits >>> 23) & 0xff, fraction = (bits << 8) & 0x7fff_ff00;
  unpackFields(out, bits >>> 31, fraction, 0, exponent === 0xff ? EXTENDED_TOP : exponent === 0 ? 0 : exponent - SINGLE_BIAS + EXTENDED_BIAS, 1 - SINGLE_BIAS);
}

/** Takes the double in `words[at]` (low) and `words[at + 1]` apart. */
export function unpackDouble(words: Uint32Array, at: number, out: Float): void {
  const low = words[at]!, high = words[at + 1]!, exponent = (high >>> 20) & 0x7ff;
  const hi = ((high << 11) | (low >>> 21)) & 0x7fff_ffff, lo = (low << 11) >>> 0;
  unpackFields(out, high >>> 31, hi, lo, exponent === 0x7ff ? EXTENDED_TOP : exponent === 0 ? 0 : exponent - DOUBLE_BIAS + EXTENDED_BIAS, 1 - DOUBLE_BIAS);
}

// fraction left-justified below the integer bit, which the exponent implies; `biased` as extended has it, 0 and EXTENDED_TOP special
function unpackFields(out: Float, sign: number, hi: number, lo: number, biased: number, minExponent: number): void {
  out.sign = sign;
  out.tail = 0;
  out.lo = lo;
  out.denormal = 0;
  if (biased === 0) {
    if ((hi | lo) === 0) { setSpecial(out, ZERO, sign); return; }
    setDenormal(out, hi, lo, minExponent);
  } else if (biased === EXTENDED_TOP) {
    if ((hi | lo) === 0) { setSpecial(out, INFINITY, sign); return; }
    out.kind = (hi & QUIET_BIT) === 0 ? SNAN : QNAN;
    out.exponent = 0;
    out.hi = (hi | INTEGER_BIT) >>> 0;
  } else {
    out.kind = FINITE;
    out.exponent = biased - EXTENDED_BIAS;
    out.hi = (hi | INTEGER_BIT) >>> 0;
  }
}

function setDenormal(out: Float, hi: number, lo: number, exponent: number): void {
  out.kind = FINITE;
  out.hi = hi;
  out.lo = lo;
  out.exponent = exponent;
  normalise(out);
  out.denormal = 1;
}

/** Takes an extended number apart: `words[at]` significand low, then high, then sign and exponent in 16 bits. */
export function unpackExtended(words: Uint32Array, at: number, out: Float): void {
  const lo = words[at]!, hi = words[at + 1]!, top = words[at + 2]!;
  const sign = (top >>> 15) & 1, biased = top & EXTENDED_TOP;
  out.sign = sign;
  out.tail = 0;
  out.hi = hi;
  out.lo = lo;
  out.denormal = 0;
  if (biased === 0) {
    if ((hi | lo) === 0) setSpecial(out, ZERO, sign);
    else setDenormal(out, hi, lo, EXTENDED.minExponent);
    return;
  }
  out.exponent = biased - EXTENDED_BIAS;
  if (hi < INTEGER_BIT) out.kind = UNSUPPORTED;
  else if (biased !== EXTENDED_TOP) out.kind = FINITE;
  else if (hi === INTEGER_BIT && lo === 0) setSpecial(out, INFINITY, sign);
  else out.kind = (hi & QUIET_BIT) === 0 ? SNAN : QNAN;
}

/** The single of a number rounded to SINGLE. The significand of a NaN is cut. */
export function packSingle(value: Float): number {
  const sign = (value.sign << 31) >>> 0;
  switch (value.kind) {
    case ZERO: return sign;
    case INFINITY: return (sign | 0x7f80_0000) >>> 0;
    case FINITE:
      if (value.exponent >= SINGLE.minExponent) return (sign | ((value.exponent + SINGLE_BIAS) << 23) | ((value.hi >>> 8) & 0x7f_ffff)) >>> 0;
      return (sign | (value.hi >>> (8 + SINGLE.minExponent - value.exponent))) >>> 0;
    default: return (sign | 0x7f80_0000 | ((value.hi >>> 8) & 0x7f_ffff)) >>> 0;
  }
}

/** Stores the double of a number rounded to DOUBLE at `words[at]` (low) and `words[at + 1]`. The significand of a NaN is cut. */
export function packDouble(value: Float, words: Uint32Array, at: number): void {
  const sign = value.sign << 31;
  let { hi, lo } = value, biased = 0x7ff;
  if (value.kind === ZERO) biased = 0;
  else if (value.kind === FINITE) {
    biased = value.exponent + DOUBLE_BIAS;
    if (biased <= 0) ({ hi, lo } = denormalised(value, 1 - biased));
    if (biased <= 0) biased = 0;
  }
  words[at] = (lo >>> 11) | (hi << 21);
  words[at + 1] = sign | (biased << 20) | ((hi >>> 11) & 0xf_ffff);
}

/** Stores a number rounded to EXTENDED at `words[at]`: significand low, high, sign and exponent. */
export function packExtended(value: Float, words: Uint32Array, at: number): void {
  let { hi, lo } = value, biased = 0;
  switch (value.kind) {
    case ZERO: break;
    case FINITE:
      biased = value.exponent + EXTENDED_BIAS;
      if (biased <= 0) ({ hi, lo } = denormalised(value, 1 - biased));
      if (biased <= 0) biased = 0;
      break;
    case UNSUPPORTED: biased = value.exponent + EXTENDED_BIAS; break;
    case INFINITY: hi = INTEGER_BIT; biased = EXTENDED_TOP; break;
    default: biased = EXTENDED_TOP;
  }
  words[at] = lo;
  words[at + 1] = hi;
  words[at + 2] = (value.sign << 15) | biased;
}

function denormalised({ hi, lo }: Float, count: number): { readonly hi: number; readonly lo: number } {
  if (count < 32) return { hi: hi >>> count, lo: ((hi << (32 - count)) | (lo >>> count)) >>> 0 };
  return { hi: 0, lo: count >= 64 ? 0 : hi >>> (count - 32) };
}
