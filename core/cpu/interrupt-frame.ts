// What an interrupt or exception pushes. Where it lies and whether it fits is stack-frame.ts.
// SDM 3A "Stack Usage with Privilege Level Change".
//
//   highest address:  [SS, ESP: only for an inner ring]  EFLAGS  CS  EIP  [error code]   <- new stack pointer

import { codeOf, SLOT_NAMES } from '../event/kinds.ts';
import { CS, SS, type Cpu } from './state.ts';
import { writeFrame, type StackFrame } from './stack-frame.ts';

const NAMES_PLAIN = (['eip', 'cs', 'eflags', 'esp', 'ss'] as const).map((name) => codeOf(SLOT_NAMES, name));
const NAMES_WITH_CODE = [codeOf(SLOT_NAMES, 'error-code'), ...NAMES_PLAIN];

/** The names of an interrupt frame's slots, lowest address first. */
export const interruptSlotNames = (errorCode: number): readonly number[] => (errorCode >= 0 ? NAMES_WITH_CODE : NAMES_PLAIN);

/** Writes the frame of the current registers; `errorCode` is -1 when there is none. Cannot fault after `layFrame`. */
export function pushInterruptFrame(cpu: Cpu, { values }: StackFrame, content: { readonly isInner: boolean; readonly errorCode: number; readonly flags: number }): void {
  let at = 0;
  if (content.errorCode >= 0) values[at++] = content.errorCode;
  values[at++] = cpu.eip;
  values[at++] = cpu.segmentSelector(CS);
  values[at++] = content.flags;
  if (content.isInner) {
    values[at++] = cpu.esp;
    values[at] = cpu.segmentSelector(SS);
  }
  writeFrame(cpu);
}
