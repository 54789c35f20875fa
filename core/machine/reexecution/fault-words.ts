// A guest fault as people write it, `#GP(0x10)`, and the check that failed.

import { vectorName } from '../../arch/vectors.ts';
import { hex } from '../../base/u64.ts';
import { faultErrorCode, faultHasErrorCode, faultVector, type Fault } from '../../cpu/fault.ts';
import { ruleOf } from '../../event/rules.ts';

/** `#GP(0x10)`; without an error code `#UD`. */
export function faultName(fault: Fault): string {
  return `${vectorName(faultVector(fault.code))}${faultHasErrorCode(fault.code) ? `(${hex(faultErrorCode(fault.code))})` : ''}`;
}

/** `#GP(0x10), as this does not hold: the descriptor is a data segment`. */
export function faultWords(fault: Fault): string {
  return `${faultName(fault)}, as this does not hold: ${ruleOf(fault.rule)?.title ?? 'an unknown check'}`;
}
