// Filling the parts of a `transition` row that not every transition has: gate and return address of an entry, frames, TSS stack.

import { ERROR_TI } from '../arch/error-code.ts';
import type { EventDraft } from '../event/draft.ts';
import { appendSlot } from '../event/heap-lists.ts';
import { codeOf, TABLES } from '../event/kinds.ts';
import { handleOf } from '../event/schema.ts';

const H_SOURCE = handleOf('transition', 'source'), H_VECTOR = handleOf('transition', 'vector'), H_CODE = handleOf('transition', 'errorCode'),
  H_RETURN = handleOf('transition', 'returnIp'), H_GATE_TABLE = handleOf('transition', 'gate.table'), H_GATE_INDEX = handleOf('transition', 'gate.index'),
  H_GATE_PHYSICAL = handleOf('transition', 'gate.physical'), H_GATE_RAW = handleOf('transition', 'gate.raw');
const H_FRAME_SS = handleOf('transition', 'frame.ss'), H_FRAME_LINEAR = handleOf('transition', 'frame.linear'), H_FRAME_WIDTH = handleOf('transition', 'frame.width'),
  H_FRAME_SLOTS = handleOf('transition', 'frame.slots');
const H_STACK_TSS = handleOf('transition', 'stackFrom.tss'), H_STACK_OFFSET = handleOf('transition', 'stackFrom.offset'), H_STACK_VALUE = handleOf('transition', 'stackFrom.value');
const GDT = codeOf(TABLES, 'gdt'), LDT = codeOf(TABLES, 'ldt'), IDT = codeOf(TABLES, 'idt');

/** What an entry through an IDT gate says beyond its two sides. `errorCode` is -1 when none is pushed. */
export interface EntryFields {
  readonly source: number; readonly vector: number; readonly errorCode: number; readonly returnIp: number;
  readonly gatePhysical: number; readonly gateLow: number; readonly gateHigh: number;
}

/** Fills source, vector, error code (absent when none), return address and gate. */
export function fillEntry(draft: EventDraft, entry: EntryFields): void {
  fillCause(draft, entry);
  draft.set64(H_RETURN, entry.returnIp, 0);
  fillGate(draft, interruptGateFields(entry.vector, { physical: entry.gatePhysical, low: entry.gateLow, high: entry.gateHigh }));
}

/** Fills what is delivered: source, vector, error code (absent when -1). */
export function fillCause(draft: EventDraft, cause: { readonly source: number; readonly vector: number; readonly errorCode: number }): void {
  draft.set(H_SOURCE, cause.source);
  draft.set(H_VECTOR, cause.vector);
  if (cause.errorCode >= 0) draft.set(H_CODE, cause.errorCode);
}

/** The gate an entry goes through: `table` is a code of TABLES, `index` its entry there. */
export interface GateFields { readonly table: number; readonly index: number; readonly physical: number; readonly low: number; readonly high: number }

/** A gate of the IDT. */
export const interruptGateFields = (vector: number, gate: { readonly physical: number; readonly low: number; readonly high: number }): GateFields =>
  ({ table: IDT, index: vector, physical: gate.physical, low: gate.low, high: gate.high });

/** A gate of the GDT or LDT, as its descriptor was read. */
export const descriptorGateFields = ({ selector, physical, low, high }: Pick<GateFields, 'physical' | 'low' | 'high'> & { readonly selector: number }): GateFields =>
  ({ table: (selector & ERROR_TI) === 0 ? GDT : LDT, index: selector >>> 3, physical, low, high });

/** Fills the gate. */
export function fillGate(draft: EventDraft, gate: GateFields): void {
  draft.set(H_GATE_TABLE, gate.table);
  draft.set(H_GATE_INDEX, gate.index);
  draft.set64(H_GATE_PHYSICAL, gate.physical, 0);
  draft.set64(H_GATE_RAW, gate.low, gate.high);
}

/** A frame as it lies in memory: slot names are codes of SLOT_NAMES, lowest address first; `width` is the bytes of one slot. */
export interface FrameFields {
  readonly ss: number; readonly linear: number; readonly width: number;
  readonly count: number; readonly names: readonly number[]; readonly values: readonly number[];
}

/** Fills the frame pushed or popped: the first `count` of names and values. */
export function fillFrame(draft: EventDraft, frame: FrameFields): void {
  draft.set(H_FRAME_SS, frame.ss);
  draft.set64(H_FRAME_LINEAR, frame.linear, 0);
  draft.set(H_FRAME_WIDTH, frame.width);
  draft.setList(H_FRAME_SLOTS);
  draft.append(frame.count);
  for (let index = 0; index < frame.count; index += 1) appendSlot(draft, frame.names[index]!, frame.values[index]! >>> 0, 0);
}

/** Fills where the new stack pointer came from: TSS selector, offset in it, the value read. */
export function fillStackFrom(draft: EventDraft, from: { readonly tss: number; readonly offset: number; readonly value: number }): void {
  draft.set(H_STACK_TSS, from.tss);
  draft.set(H_STACK_OFFSET, from.offset);
  draft.set64(H_STACK_VALUE, from.value, 0);
}

/** Fills the return address: of a return instruction where it goes on, of a call where it will come back to. */
export function fillReturn(draft: EventDraft, returnIp: number): void {
  draft.set64(H_RETURN, returnIp, 0);
}
