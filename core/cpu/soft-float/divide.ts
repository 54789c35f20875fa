// Quotient of two numbers, 64 bits and a tail that says on which side of one half the rest lies. Operands are ZERO, FINITE or INFINITY.
// SDM 2A "FDIV/FDIVP/FIDIV—Divide".

import { IE, ZE, type Environment } from './environment.ts';
import { FINITE, INFINITY, setIndefinite, setSpecial, ZERO, type Float } from './float.ts';

const WORD = 0x1_0000_0000;
/** Digits of 21 bits: a digit times a word is exact in a double. */
const DIGIT = 0x20_0000;

/** out = a / b. 0/0 and infinity/infinity: IE; a number through 0: ZE and an infinity. `out` may be an operand. */
export function divide(env: Environment, a: Float, b: Float, out: Float): void {
  const sign = a.sign ^ b.sign;
  if (a.kind === FINITE && b.kind === FINITE) divideFinite(a, b, sign, out);
  else if (a.kind === b.kind) {
    env.flags |= IE;
    setIndefinite(out);
  } else if (a.kind === INFINITY || b.kind === ZERO) {
    if (a.kind === FINITE) env.flags |= ZE;
    setSpecial(out, INFINITY, sign);
  } else setSpecial(out, ZERO, sign);
}

// Long division. The remainder is below the divisor before and after each digit; the estimate of a digit, from doubles, is one off at most.
function divideFinite(a: Float, b: Float, sign: number, out: Float): void {
  const divisorHi = b.hi, divisorLo = b.lo, estimator = DIGIT / (divisorHi * WORD + divisorLo);
  let exponent = a.exponent - b.exponent, hi = a.hi, lo = a.lo;
  if (hi < divisorHi || (hi === divisorHi && lo < divisorLo)) {
    exponent -= 1;
    hi = hi * 2 + (lo >>> 31);
    lo = (lo << 1) >>> 0;
  }
  hi -= divisorHi;
  lo -= divisorLo;
  if (lo < 0) { lo += WORD; hi -= 1; }
  // the leading bit is 1; three digits follow
  let quotientHi = 0, quotientLo = 1;
  for (let index = 0; index < 3; index += 1) {
    let digit = Math.floor((hi * WORD + lo) * estimator);
    const low = lo * DIGIT - digit * divisorLo, carry = Math.floor(low / WORD);
    hi = hi * DIGIT - digit * divisorHi + carry;
    lo = low - carry * WORD;
    if (hi < 0) {
      digit -= 1;
      hi += divisorHi;
      lo += divisorLo;
      if (lo >= WORD) { lo -= WORD; hi += 1; }
    } else if (hi > divisorHi || (hi === divisorHi && lo >= divisorLo)) {
      digit += 1;
      hi -= divisorHi;
      lo -= divisorLo;
      if (lo < 0) { lo += WORD; hi -= 1; }
    }
    const next = quotientLo * DIGIT + digit, over = Math.floor(next / WORD);
    quotientHi = quotientHi * DIGIT + over;
    quotientLo = next - over * WORD;
  }
  out.kind = FINITE;
  out.sign = sign;
  out.exponent = exponent;
  out.denormal = 0;
  out.hi = quotientHi;
  out.lo = quotientLo;
  out.tail = tailOf(hi, lo, divisorHi, divisorLo);
}

// what twice the remainder is to the divisor decides rounding: 0, below one half, one half, above it
function tailOf(hi: number, lo: number, divisorHi: number, divisorLo: number): number {
  if (hi === 0 && lo === 0) return 0;
  const twiceHi = hi * 2 + (lo >>> 31), twiceLo = (lo << 1) >>> 0;
  if (twiceHi === divisorHi && twiceLo === divisorLo) return 0x8000_0000;
  return twiceHi > divisorHi || (twiceHi === divisorHi && twiceLo > divisorLo) ? 0x8000_0001 : 1;
}
