// Results that are no numbers: which NaN an operation gives, and that unsupported encodings are invalid operands.
// SDM 1 "Operating on SNaNs and QNaNs", "Table 4-7. Rules for Handling NaNs".

import { IE, type Environment } from '../soft-float/environment.ts';
import { copy, QNAN, quiet, setIndefinite, SNAN, UNSUPPORTED, type Float } from '../soft-float/float.ts';

/** The result of an operation of two operands of which one at least is no number; adds IE when one signals or is not supported. */
export function combineNans(env: Environment, a: Float, b: Float, out: Float): void {
  if (a.kind >= SNAN || b.kind >= SNAN) env.flags |= IE;
  if (a.kind === UNSUPPORTED || b.kind === UNSUPPORTED) {
    setIndefinite(out);
    return;
  }
  copy(isFirstChosen(a, b) ? a : b, out);
  quiet(out);
}

// a quiet one goes before a signalling one; of two of a kind the greater significand; of equal ones the positive
function isFirstChosen(a: Float, b: Float): boolean {
  if (a.kind < QNAN || b.kind < QNAN) return a.kind >= QNAN;
  if (a.kind !== b.kind) return a.kind === QNAN;
  if (a.hi !== b.hi) return a.hi > b.hi;
  return a.lo === b.lo ? a.sign === 0 : a.lo > b.lo;
}

/** The result of an operation of one operand that is no number, in place. */
export function passNan(env: Environment, value: Float): void {
  if (value.kind === QNAN) return;
  env.flags |= IE;
  if (value.kind === UNSUPPORTED) setIndefinite(value);
  else quiet(value);
}
