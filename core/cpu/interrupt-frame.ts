// The frame an interrupt or exception pushes: probed whole for limit and paging before anything changes, then written.
// SDM 3A "Stack Usage with Privilege Level Change".
//
//   highest address:  [SS, ESP: only for an inner ring]  EFLAGS  CS  EIP  [error code]   <- new stack pointer

import { RIGHTS_DB } from '../arch/descriptor.ts';
import { codeOf, SLOT_NAMES } from '../event/kinds.ts';
import { privilegeOf } from './access.ts';
import { tellAccess, WHAT_FRAME_SLOT } from './access-report.ts';
import { demand, type FaultCode } from './fault.ts';
import { prepareLinearWrite, writeLinear32 } from './linear-memory.ts';
import { isWithinLimit } from './memory.ts';
import { CS, SS, type Cpu } from './state.ts';

const SLOT = 4;
const NAMES_PLAIN = (['eip', 'cs', 'eflags', 'esp', 'ss'] as const).map((name) => codeOf(SLOT_NAMES, name));
const NAMES_WITH_CODE = [codeOf(SLOT_NAMES, 'error-code'), ...NAMES_PLAIN];

/** The stack a frame goes to. `pointer` is ESP before the frame. */
export interface FrameStack { readonly rights: number; readonly limit: number; readonly base: number; readonly pointer: number; readonly cpl: number }
/** A frame with its place; reused by every delivery. `linear` is its lowest byte, `newPointer` the ESP after it. */
export interface InterruptFrame {
  linear: number; newPointer: number; count: number; privilege: number; pointer: number; base: number; mask: number;
  names: readonly number[]; readonly values: number[];
}
const frame: InterruptFrame = { linear: 0, newPointer: 0, count: 0, privilege: 0, pointer: 0, base: 0, mask: 0, names: NAMES_PLAIN, values: [0, 0, 0, 0, 0, 0] };

/** Checks that `count` slots fit on the stack: every slot within the limit (`rule`, `fault`), every page writable (#PF). */
export function layFrame(cpu: Cpu, rule: number, fault: FaultCode, count: number, stack: FrameStack): InterruptFrame {
  const is32 = (stack.rights & RIGHTS_DB) !== 0;
  frame.mask = is32 ? 0xffff_ffff : 0xffff;
  frame.count = count;
  frame.base = stack.base;
  frame.pointer = stack.pointer;
  frame.privilege = privilegeOf(stack.cpl);
  const lowest = offsetOf(frame, 0);
  frame.newPointer = is32 ? lowest : ((stack.pointer & 0xffff_0000) | lowest) >>> 0;
  frame.linear = (stack.base + lowest) >>> 0;
  demand(cpu, rule, fits(frame, stack), fault, stack.pointer, count * SLOT);
  for (let slot = count - 1; slot >= 0; slot -= 1) prepareLinearWrite(cpu, frame.base + offsetOf(frame, slot), SLOT, frame.privilege);
  return frame;
}

/** Writes the frame of the current registers; `errorCode` is -1 when there is none. Cannot fault after `layFrame`. */
export function pushFrame(cpu: Cpu, content: { readonly isInner: boolean; readonly errorCode: number; readonly flags: number }): void {
  const hasCode = content.errorCode >= 0;
  const { values } = frame;
  let at = 0;
  frame.names = hasCode ? NAMES_WITH_CODE : NAMES_PLAIN;
  if (hasCode) values[at++] = content.errorCode;
  values[at++] = cpu.eip;
  values[at++] = cpu.segmentSelector(CS);
  values[at++] = content.flags;
  if (content.isInner) {
    values[at++] = cpu.esp;
    values[at] = cpu.segmentSelector(SS);
  }
  for (let slot = frame.count - 1; slot >= 0; slot -= 1) {
    const linear = (frame.base + offsetOf(frame, slot)) >>> 0;
    writeLinear32(cpu, linear, values[slot]!, frame.privilege);
    tellAccess(cpu, WHAT_FRAME_SLOT, linear, linear, SLOT, values[slot]!, 1);
  }
}

/** Stack offset of a slot, slot 0 being the lowest; wraps to the stack's size. */
function offsetOf(one: InterruptFrame, slot: number): number {
  return ((one.pointer - (one.count - slot) * SLOT) & one.mask) >>> 0;
}

function fits(one: InterruptFrame, stack: FrameStack): boolean {
  for (let slot = 0; slot < one.count; slot += 1) {
    if (!isWithinLimit(stack.rights, stack.limit, offsetOf(one, slot), SLOT)) return false;
  }
  return true;
}
