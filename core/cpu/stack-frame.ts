// A frame that the processor pushes when control enters through a gate: probed whole for limit and paging before anything changes, then
// written. What the slots hold is interrupt-frame.ts and call-gate.ts. SDM 3A "Stack Switching".

import { RIGHTS_DB } from '../arch/descriptor.ts';
import { ERROR_EXT } from '../arch/error-code.ts';
import { privilegeOf } from './access.ts';
import { SLOT_NAMES, type SlotName } from '../event/kinds.ts';
import type { AccessPart } from '../event/heard.ts';
import { IS_WRITE, partCode, WHAT_FRAME } from './access-codes.ts';
import { tellAccess } from './access-report.ts';
import { demandFrameAligned } from './alignment.ts';
import { meetData } from './breakpoints.ts';
import { demand, faultErrorCode, type FaultCode } from './fault.ts';
import { prepareLinearWrite, writeLinear16, writeLinear32 } from './linear-memory.ts';
import { isWithinLimit } from './memory.ts';
import type { Cpu } from './state.ts';

/** The most slots a frame has: SS and ESP, 31 parameters, CS and EIP. */
const SLOTS_MAX = 35;

/** A slot's name without its width, as accesses tell it. */
const UNSIZED: Readonly<Partial<Record<SlotName, AccessPart>>> = { eip: 'ip', rip: 'ip', eflags: 'flags', rflags: 'flags', esp: 'sp', rsp: 'sp' };
const PART_OF_NAME = SLOT_NAMES.map((name) => partCode(UNSIZED[name] ?? name as AccessPart));

/** The stack a frame goes to. `pointer` is ESP before the frame. */
export interface FrameStack { readonly rights: number; readonly limit: number; readonly base: number; readonly pointer: number; readonly cpl: number }
/** A frame with its place; reused by every entry. `linear` is its lowest byte, `newPointer` the ESP after it; `values` lowest address first. */
export interface StackFrame {
  linear: number; newPointer: number; count: number; width: number; privilege: number; pointer: number; base: number; mask: number;
  readonly values: number[];
}
const frame: StackFrame = { linear: 0, newPointer: 0, count: 0, width: 4, privilege: 0, pointer: 0, base: 0, mask: 0, values: new Array<number>(SLOTS_MAX).fill(0) };

/** What is asked of the stack: the check and its fault, and the frame's size in slots of `width` bytes. */
export interface FrameDemand { readonly rule: number; readonly fault: FaultCode; readonly count: number; readonly width: number }

/** Checks that a frame fits on a stack: every slot within the limit (`rule`, `fault`), aligned in ring 3 (#AC), every page writable (#PF). */
export function layFrame(cpu: Cpu, wanted: FrameDemand, stack: FrameStack): StackFrame {
  const is32 = (stack.rights & RIGHTS_DB) !== 0;
  frame.mask = is32 ? 0xffff_ffff : 0xffff;
  frame.count = wanted.count;
  frame.width = wanted.width;
  frame.base = stack.base;
  frame.pointer = stack.pointer;
  frame.privilege = privilegeOf(stack.cpl);
  const lowest = offsetOf(frame, 0);
  frame.newPointer = is32 ? lowest : ((stack.pointer & 0xffff_0000) | lowest) >>> 0;
  frame.linear = (stack.base + lowest) >>> 0;
  demand(cpu, wanted.rule, fits(frame, stack), wanted.fault, stack.pointer, wanted.count * wanted.width);
  if (stack.cpl === 3) demandFrameAligned(cpu, frame.linear, wanted.width, faultErrorCode(wanted.fault) & ERROR_EXT);
  for (let slot = wanted.count - 1; slot >= 0; slot -= 1) prepareLinearWrite(cpu, frame.base + offsetOf(frame, slot), wanted.width, frame.privilege);
  return frame;
}

/** Writes the frame's `values`, the highest slot first; `names` are the slots' codes in SLOT_NAMES, lowest first. Cannot fault after `layFrame`. */
export function writeFrame(cpu: Cpu, names: readonly number[]): void {
  const { width, privilege, values } = frame;
  const isNoted = !cpu.isQuick;
  for (let slot = frame.count - 1; slot >= 0; slot -= 1) {
    const linear = (frame.base + offsetOf(frame, slot)) >>> 0;
    if (width === 4) writeLinear32(cpu, linear, values[slot]!, privilege);
    else writeLinear16(cpu, linear, values[slot]! & 0xffff, privilege);
    if (!isNoted) continue;
    meetData(cpu, linear, width, IS_WRITE);
    tellAccess(cpu, WHAT_FRAME, PART_OF_NAME[names[slot]!]!, linear, width, width === 4 ? values[slot]! : values[slot]! & 0xffff, 0, IS_WRITE);
  }
}

/** Stack offset of a slot, slot 0 being the lowest; wraps to the stack's size. */
function offsetOf(one: StackFrame, slot: number): number {
  return ((one.pointer - (one.count - slot) * one.width) & one.mask) >>> 0;
}

function fits(one: StackFrame, stack: FrameStack): boolean {
  for (let slot = 0; slot < one.count; slot += 1) {
    if (!isWithinLimit(stack.rights, stack.limit, offsetOf(one, slot), one.width)) return false;
  }
  return true;
}
