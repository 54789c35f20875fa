// Comparison. SDM 1 "Floating-Point Comparison", "Unordered".

import { compareMagnitudes } from './add.ts';
import { INFINITY, QNAN, ZERO, type Float } from './float.ts';

/** Relations: the first three are numbers in order. */
export const LESS = -1, EQUAL = 0, GREATER = 1, UNORDERED = 2;

/** How `a` stands to `b`; UNORDERED when either is no number. Zeros are equal whatever their signs. No exception is raised: that is the instruction's. */
export function compare(a: Float, b: Float): number {
  if (a.kind >= QNAN || b.kind >= QNAN) return UNORDERED;
  if (a.kind === ZERO && b.kind === ZERO) return EQUAL;
  if (a.kind === ZERO) return b.sign === 0 ? LESS : GREATER;
  if (b.kind === ZERO || a.sign !== b.sign) return a.sign === 0 ? GREATER : LESS;
  const order = magnitudes(a, b);
  return a.sign === 0 ? order : 0 - order;
}

function magnitudes(a: Float, b: Float): number {
  if (a.kind === INFINITY) return b.kind === INFINITY ? EQUAL : GREATER;
  return b.kind === INFINITY ? LESS : compareMagnitudes(a, b);
}
