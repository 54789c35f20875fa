// Rows of kernel visits for tests of replay: entries and exits by frame, on two kernel stacks.

import type { EventDraft } from '../../../core/event/draft.ts';
import { appendSlot } from '../../../core/event/heap-lists.ts';
import { codeOf, SLOT_NAMES, type SlotName } from '../../../core/event/kinds.ts';
import { handleOf } from '../../../core/event/schema.ts';
import { row, transition, type Values } from './synthetic.ts';

export const SLOTS_3: readonly SlotName[] = ['eip', 'cs', 'eflags'];
export const SLOTS_5: readonly SlotName[] = [...SLOTS_3, 'esp', 'ss'];
export const TOP_A = 0x10_7000, TOP_B = 0x10_9000;

/** A transition with a frame of 4-byte slots whose lowest byte is at `linear`. */
export function framed(from: number, to: number, via: string, linear: number | bigint, slots: readonly SlotName[], more: Values = {}): EventDraft {
  const draft = transition(from, to, via, { 'frame.ss': 0x10, 'frame.linear': linear, 'frame.width': 4, 'from.sp': linear, ...more });
  draft.setList(handleOf('transition', 'frame.slots'));
  draft.append(slots.length);
  for (const name of slots) appendSlot(draft, codeOf(SLOT_NAMES, name), 0, 0);
  return draft;
}
/** From ring 3 on the stack with this top; with an error code for vectors that push one. */
export const enter = (top: number, via = 'int', more: Values = {}, code = false): EventDraft =>
  framed(3, 0, via, top - (code ? 24 : 20), code ? ['error-code', ...SLOTS_5] : SLOTS_5, { vector: 0x80, 'to.sp': top - 20, ...more });
export const leave = (top: number, more: Values = {}): EventDraft => framed(0, 3, 'iret', top - 20, SLOTS_5, more);
export const interrupt = (above: number, vector = 32, more: Values = {}): EventDraft => framed(0, 0, 'interrupt', above - 12, SLOTS_3, { vector, 'from.sp': above, ...more });
export const backFrom = (above: number, more: Values = {}): EventDraft => framed(0, 0, 'iret', above - 12, SLOTS_3, more);
export const sysenter = (sp: number, more: Values = {}): EventDraft => transition(3, 0, 'sysenter', { 'to.sp': sp, 'from.sp': 0x40_4000, ...more });
export const sysexit = (sp: number): EventDraft => transition(0, 3, 'sysexit', { 'from.sp': sp, 'to.sp': 0x40_4000 });
export const fault = (vector = 14, more: Values = {}): EventDraft => row('fault', { vector, mnemonic: vector === 14 ? '#PF' : '#GP', class: 'fault', ...more });
