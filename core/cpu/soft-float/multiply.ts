// Product of two numbers, exact but for the sticky bit. Operands are ZERO, FINITE or INFINITY. SDM 2A "FMUL/FMULP/FIMUL—Multiply".

import { IE, type Environment } from './environment.ts';
import { FINITE, INFINITY, setIndefinite, setSpecial, ZERO, type Float } from './float.ts';

const WORD = 0x1_0000_0000, INTEGER_BIT = 0x8000_0000;

/** Bits 63..32 of the product of two unsigned words. Its low word is `Math.imul(a, b) >>> 0`. */
export function multiplyHigh(a: number, b: number): number {
  const aHigh = a >>> 16, aLow = a & 0xffff, bHigh = b >>> 16, bLow = b & 0xffff;
  const middle = aHigh * bLow + ((aLow * bLow) >>> 16);
  return aHigh * bHigh + (middle >>> 16) + ((aLow * bHigh + (middle & 0xffff)) >>> 16);
}

/** out = a * b. Zero times infinity: IE and the indefinite. `out` may be an operand. */
export function multiply(env: Environment, a: Float, b: Float, out: Float): void {
  const sign = a.sign ^ b.sign;
  if (a.kind === FINITE && b.kind === FINITE) multiplyFinite(a, b, sign, out);
  else if (a.kind === INFINITY || b.kind === INFINITY) {
    if (a.kind === ZERO || b.kind === ZERO) {
      env.flags |= IE;
      setIndefinite(out);
    } else setSpecial(out, INFINITY, sign);
  } else setSpecial(out, ZERO, sign);
}

// schoolbook on 32-bit words, sums as exact doubles
function multiplyFinite(a: Float, b: Float, sign: number, out: Float): void {
  const low = Math.imul(a.lo, b.lo) >>> 0;
  const first = multiplyHigh(a.lo, b.lo) + (Math.imul(a.lo, b.hi) >>> 0) + (Math.imul(a.hi, b.lo) >>> 0);
  const second = Math.floor(first / WORD) + multiplyHigh(a.lo, b.hi) + multiplyHigh(a.hi, b.lo) + (Math.imul(a.hi, b.hi) >>> 0);
  let hi = Math.floor(second / WORD) + multiplyHigh(a.hi, b.hi), lo = second >>> 0, tail = first >>> 0;
  let exponent = a.exponent + b.exponent + 1;
  if (hi < INTEGER_BIT) {
    hi = ((hi << 1) | (lo >>> 31)) >>> 0;
    lo = ((lo << 1) | (tail >>> 31)) >>> 0;
    tail = ((tail << 1) | (low >>> 31)) >>> 0;
    exponent -= 1;
    if ((low << 1) !== 0) tail = (tail | 1) >>> 0;
  } else if (low !== 0) tail = (tail | 1) >>> 0;
  out.kind = FINITE;
  out.sign = sign;
  out.exponent = exponent;
  out.denormal = 0;
  out.hi = hi;
  out.lo = lo;
  out.tail = tail;
}
