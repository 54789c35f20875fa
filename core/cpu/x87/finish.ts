// How an operation ends: which exceptions go before which, rounding, and what is reported. SDM 1 "Floating-Point Exception Priority".

import { DE, IE, PE, ZE, type Environment } from '../soft-float/environment.ts';
import { QNAN, type Float } from '../soft-float/float.ts';
import type { Format } from '../soft-float/formats.ts';
import { round } from '../soft-float/round.ts';
import type { Cpu } from '../state.ts';
import { C1, report } from './status.ts';

/**
 * Ends an operation: the denormal operand comes behind the invalid ones, and rounding only when none of these forbids the result.
 * Reports everything; true when `value`, rounded, is to be stored. `denormal`: 1 when an operand was.
 */
export function finish(cpu: Cpu, env: Environment, value: Float, denormal: number, format: Format): boolean {
  if (denormal !== 0 && (env.flags & (IE | ZE)) === 0 && value.kind < QNAN) env.flags |= DE;
  if ((env.flags & ~env.masks & (IE | DE | ZE)) !== 0) {
    report(cpu, env.flags & ~PE, 0);
    return false;
  }
  round(env, value, format);
  report(cpu, env.flags, env.roundedUp === 0 ? 0 : C1);
  return true;
}
