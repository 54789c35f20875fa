// Square root, 64 bits and a sticky tail, one bit after another. SDM 2A "FSQRT—Square Root".

import { IE, type Environment } from './environment.ts';
import { copy, FINITE, INFINITY, setIndefinite, ZERO, type Float } from './float.ts';

const WORD = 0x1_0000_0000;

/** out = root of `a` (ZERO, FINITE or INFINITY). A negative number other than -0: IE and the indefinite. `out` may be `a`. */
export function squareRoot(env: Environment, a: Float, out: Float): void {
  if (a.kind === ZERO || (a.kind === INFINITY && a.sign === 0)) copy(a, out);
  else if (a.sign !== 0) {
    env.flags |= IE;
    setIndefinite(out);
  } else rootOfFinite(a, out);
}

// The radicand lies in [1, 4) with an even exponent; every step brings down two of its bits and decides one of the root.
// Remainder and trial value stay below 2^67: upper part and lower word as doubles.
function rootOfFinite(a: Float, out: Float): void {
  const isOdd = (a.exponent & 1) !== 0;
  // 130 bits of radicand: two bits before the point at the top of four words, brought down from the front
  let radicandHi = isOdd ? a.hi : a.hi >>> 1;
  let radicandMiddle = isOdd ? a.lo : ((a.hi << 31) | (a.lo >>> 1)) >>> 0;
  let radicandLo = isOdd ? 0 : (a.lo << 31) >>> 0;
  let rootHi = 0, rootLo = 0, hi = 0, lo = 0;
  for (let step = 0; step < 64; step += 1) {
    const next = lo * 4 + (radicandHi >>> 30);
    const over = Math.floor(next / WORD);
    hi = hi * 4 + over;
    lo = next - over * WORD;
    radicandHi = ((radicandHi << 2) | (radicandMiddle >>> 30)) >>> 0;
    radicandMiddle = ((radicandMiddle << 2) | (radicandLo >>> 30)) >>> 0;
    radicandLo = (radicandLo << 2) >>> 0;
    // the trial value is 4 * root + 1
    const trialHi = rootHi * 4 + (rootLo >>> 30), trialLo = ((rootLo << 2) | 1) >>> 0;
    rootHi = rootHi * 2 + (rootLo >>> 31);
    rootLo = (rootLo << 1) >>> 0;
    if (hi > trialHi || (hi === trialHi && lo >= trialLo)) {
      hi -= trialHi;
      lo -= trialLo;
      if (lo < 0) { lo += WORD; hi -= 1; }
      rootLo = (rootLo | 1) >>> 0;
    }
  }
  out.kind = FINITE;
  out.sign = 0;
  out.exponent = (a.exponent - (isOdd ? 1 : 0)) / 2;
  out.denormal = 0;
  out.hi = rootHi;
  out.lo = rootLo;
  out.tail = tailOf(rootHi, rootLo, hi, lo);
}

// A root never lies on one half of its last bit. It lies above when the remainder is greater than the root.
function tailOf(rootHi: number, rootLo: number, hi: number, lo: number): number {
  if (hi === 0 && lo === 0) return 0;
  return hi > rootHi || (hi === rootHi && lo > rootLo) ? 0x8000_0001 : 1;
}
