// Sum and difference of two numbers, exact but for the sticky bit: round.ts makes a result of it. Operands are ZERO, FINITE or INFINITY.
// SDM 1 "Add, Subtract, Multiply, Divide", SDM 2A "FADD/FADDP/FIADD—Add", "FSUB/FSUBP/FISUB—Subtract".

import { IE, ROUND_DOWN, type Environment } from './environment.ts';
import { copy, FINITE, Float, INFINITY, normalise, setIndefinite, setSpecial, shiftRight, ZERO } from './float.ts';

const WORD = 0x1_0000_0000;
const small = new Float();

/** out = a + b. Infinities of opposite signs: IE and the indefinite. `out` is neither of the operands. */
export function add(env: Environment, a: Float, b: Float, out: Float): void {
  addSigned(env, a, b, b.sign, out);
}

/** out = a - b. */
export function subtract(env: Environment, a: Float, b: Float, out: Float): void {
  addSigned(env, a, b, b.sign ^ 1, out);
}

function addSigned(env: Environment, a: Float, b: Float, sign: number, out: Float): void {
  if (a.kind === FINITE && b.kind === FINITE) {
    if (a.sign === sign) addMagnitudes(a, b, out);
    else subtractMagnitudes(env, a, b, sign, out);
  } else if (a.kind === INFINITY) {
    if (b.kind === INFINITY && a.sign !== sign) {
      env.flags |= IE;
      setIndefinite(out);
    } else setSpecial(out, INFINITY, a.sign);
  } else if (b.kind === INFINITY) setSpecial(out, INFINITY, sign);
  else if (a.kind === FINITE) take(a, a.sign, out);
  else if (b.kind === FINITE) take(b, sign, out);
  else setSpecial(out, ZERO, a.sign === sign ? sign : zeroSign(env));
}

function take(from: Float, sign: number, out: Float): void {
  copy(from, out);
  out.sign = sign;
  out.denormal = 0;
}

// SDM 1 "Signed Zeros": a difference of equal numbers is +0, and -0 when rounding down
const zeroSign = (env: Environment): number => (env.rounding === ROUND_DOWN ? 1 : 0);

function addMagnitudes(a: Float, b: Float, out: Float): void {
  const greater = a.exponent >= b.exponent ? a : b;
  copy(greater === a ? b : a, small);
  shiftRight(small, greater.exponent - small.exponent);
  let lo = greater.lo + small.lo, hi = greater.hi + small.hi;
  if (lo >= WORD) {
    lo -= WORD;
    hi += 1;
  }
  out.kind = FINITE;
  out.sign = a.sign;
  out.exponent = greater.exponent;
  out.denormal = 0;
  out.lo = lo;
  out.tail = small.tail;
  if (hi < WORD) {
    out.hi = hi;
    return;
  }
  out.hi = hi - WORD;
  shiftRight(out, 1);
  out.hi = (out.hi | 0x8000_0000) >>> 0;
  out.exponent += 1;
}

function subtractMagnitudes(env: Environment, a: Float, b: Float, sign: number, out: Float): void {
  const order = compareMagnitudes(a, b);
  if (order === 0) {
    setSpecial(out, ZERO, zeroSign(env));
    return;
  }
  const greater = order > 0 ? a : b;
  copy(order > 0 ? b : a, small);
  shiftRight(small, greater.exponent - small.exponent);
  let tail = greater.tail - small.tail, lo = greater.lo - small.lo, hi = greater.hi - small.hi;
  if (tail < 0) { tail += WORD; lo -= 1; }
  if (lo < 0) { lo += WORD; hi -= 1; }
  out.kind = FINITE;
  out.sign = order > 0 ? a.sign : sign;
  out.exponent = greater.exponent;
  out.denormal = 0;
  out.hi = hi;
  out.lo = lo;
  out.tail = tail;
  normalise(out);
}

/** -1, 0 or 1 as |a| is less than, equal to or greater than |b|; both FINITE. */
export function compareMagnitudes(a: Float, b: Float): number {
  if (a.exponent !== b.exponent) return a.exponent < b.exponent ? -1 : 1;
  if (a.hi !== b.hi) return a.hi < b.hi ? -1 : 1;
  if (a.lo !== b.lo) return a.lo < b.lo ? -1 : 1;
  return 0;
}
