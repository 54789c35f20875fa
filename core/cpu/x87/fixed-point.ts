// The transcendental functions of x87 on unbounded integers: fixed point with FRACTION bits behind the point, far more than a result keeps.
// They are rare, so this is plain: Taylor series and one division a term. SDM 1 "Transcendental Instruction Accuracy" asks for 1 ulp; these err
// by less than 2^-190 before rounding.

import { FINITE, setSpecial, ZERO, type Float } from '../soft-float/float.ts';

export const FRACTION = 320;
export const ONE = 1n << BigInt(FRACTION);
const SHIFT = BigInt(FRACTION), WORD = 32n, LOW = 0xffff_ffffn;
/** Words of a Float: 64 bits of significand and 32 of tail. */
const KEPT_BITS = 96;
const TOP_BIT = 63;

export const multiplyFixed = (a: bigint, b: bigint): bigint => (a * b) >> SHIFT;
export const divideFixed = (a: bigint, b: bigint): bigint => (a << SHIFT) / b;

/** The magnitude of a FINITE as fixed point; what lies below the last bit is lost, so its exponent should be above -200. */
export function toFixed({ hi, lo, exponent }: Float): bigint {
  const digits = (BigInt(hi) << WORD) | BigInt(lo), shift = exponent - TOP_BIT + FRACTION;
  return shift >= 0 ? digits << BigInt(shift) : digits >> BigInt(-shift);
}

/** The significand of a FINITE as an integer of 64 bits. */
export const significandOf = ({ hi, lo }: Float): bigint => (BigInt(hi) << WORD) | BigInt(lo);

/** `out` becomes (-1)^sign * digits * 2^scale; `isMore`: and a little more, so that it is not exact. Zero digits give a zero. */
export function fromDigits(out: Float, sign: number, digits: bigint, scale: number, isMore: boolean): void {
  setSpecial(out, ZERO, sign);
  if (digits === 0n) return;
  const length = digits.toString(16).length * 4, cut = length - KEPT_BITS;
  const kept = cut > 0 ? digits >> BigInt(cut) : digits << BigInt(-cut);
  const isRest = isMore || (cut > 0 && (kept << BigInt(cut)) !== digits);
  const leading = Math.clz32(Number(kept >> 64n));
  const value = kept << BigInt(leading);
  out.kind = FINITE;
  out.hi = Number((value >> 64n) & LOW);
  out.lo = Number((value >> WORD) & LOW);
  out.tail = (Number(value & LOW) | (isRest ? 1 : 0)) >>> 0;
  out.exponent = scale + length - 1 - leading;
}

/** Takes a little, less than the last bit of the tail, away from an exact magnitude. */
export function decrease(out: Float): void {
  out.tail = 0xffff_ffff;
  out.lo = (out.lo - 1) >>> 0;
  if (out.lo !== 0xffff_ffff) return;
  if (out.hi !== 0x8000_0000) { out.hi -= 1; return; }
  out.hi = 0xffff_ffff;
  out.exponent -= 1;
}

/** e^x - 1 for |x| below 1. */
export function exponentialLessOne(x: bigint): bigint {
  let term = x, sum = x;
  for (let divisor = 2n; term !== 0n && term !== -1n; divisor += 1n) {
    term = multiplyFixed(term, x) / divisor;
    sum += term;
  }
  return sum;
}

/** 2 * artanh(z), which is ln((1 + z) / (1 - z)), for |z| up to one third. */
export function twiceArtanh(z: bigint): bigint {
  return 2n * oddPowers(z, multiplyFixed(z, z));
}

/** arctan(z) for |z| up to one half. */
function arctanOfSmall(z: bigint): bigint {
  return oddPowers(z, -multiplyFixed(z, z));
}

// z + z*s/3 + z*s^2/5 …
function oddPowers(z: bigint, square: bigint): bigint {
  let power = z, sum = z;
  for (let divisor = 3n; power !== 0n && power !== -1n; divisor += 2n) {
    power = multiplyFixed(power, square);
    sum += power / divisor;
  }
  return sum;
}

/** arctan(z) for z in [0, 1]: above one half as arctan(1/2) and the rest. */
export function arctan(z: bigint): bigint {
  const half = ONE >> 1n;
  if (z <= half) return arctanOfSmall(z);
  return ARCTAN_HALF + arctanOfSmall(divideFixed(z - half, ONE + (z >> 1n)));
}

/** sin(x) and cos(x) for |x| up to pi / 4. */
export function sineOf(x: bigint): bigint { return alternating(x, multiplyFixed(x, x), 1n); }
export function cosineOf(x: bigint): bigint { return alternating(ONE, multiplyFixed(x, x), 0n); }

// first - first*s/((n+1)(n+2)) + …
function alternating(first: bigint, square: bigint, from: bigint): bigint {
  let term = first, sum = first;
  for (let factor = from; term !== 0n && term !== -1n; factor += 2n) {
    term = -multiplyFixed(term, square) / ((factor + 1n) * (factor + 2n));
    sum += term;
  }
  return sum;
}

const ARCTAN_HALF = arctanOfSmall(ONE >> 1n);
/** Machin: pi/4 = 4 arctan(1/5) - arctan(1/239). */
export const PI = 4n * (4n * arctanOfSmall(ONE / 5n) - arctanOfSmall(ONE / 239n));
/** Cut to 66 bits, two of them before the point: what FSIN and its relatives reduce their operand by. */
export const PI_66 = (PI >> BigInt(FRACTION - 64)) << BigInt(FRACTION - 64);
/** ln 2 = 2 artanh(1/3), and 1 / ln 2. */
export const LN2 = twiceArtanh(ONE / 3n);
export const LOG2E = divideFixed(ONE, LN2);
