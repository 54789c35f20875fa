// A frame read at the wrong place: a return that pops a slot as one thing which a delivery pushed as another. Most often an error code was left
// on the stack. SDM 3A "Error Code": the handler has to remove it before IRET.

import { findVector } from '../../arch/vectors.ts';
import { hex } from '../../base/u64.ts';
import { labelEvent } from '../../event/describe.ts';
import type { FaultEvent, TransitionEvent } from '../../event/event.ts';
import type { SlotName } from '../../event/kinds.ts';
import type { LadderStep } from '../../event/ladder.ts';
import type { Inquiry } from './inquiry.ts';
import { nameOfPart } from './names.ts';
import { writerOfMemory } from './writer.ts';

export interface FrameBalance {
  /** `CS was pushed as EIP by #GP at event 12: the error code was not removed`. */
  readonly text: string;
  /** What to do, beginning with a verb. */
  readonly remedy: string;
  /** Bytes the frame lies above the stack pointer of the return. */
  readonly bytes: number;
  /** The delivery that pushed the frame. */
  readonly event: number;
}

const PARTS_OF_SLOT: Readonly<Partial<Record<SlotName, string>>> = { eip: 'ip', rip: 'ip', ip: 'ip', eflags: 'flags', rflags: 'flags', flags: 'flags', esp: 'sp', rsp: 'sp', sp: 'sp' };

/** What is wrong with the frame a return popped; null where its slots are what they were pushed as, or nobody can tell. */
export async function frameBalance(inquiry: Inquiry, event: FaultEvent, failed: LadderStep): Promise<FrameBalance | null> {
  if (failed.procedure !== 'iret' && failed.procedure !== 'far-return') return null;
  const popped = failed.accesses.filter((one) => one.what === 'frame' && !one.write && one.part !== null).sort((a, b) => Number((a.linear ?? 0n) - (b.linear ?? 0n)));
  const slot = popped.find((one) => one.part === 'cs') ?? popped[0];
  if (slot === undefined || slot.linear === null) return null;
  const { writer } = await writerOfMemory(inquiry, { before: inquiry.before(event.seq), physical: Number(slot.physical), length: slot.size });
  if ('absent' in writer || writer.seq === null) return null;
  const pushed = inquiry.trace.event(writer.seq);
  return pushed.kind === 'transition' ? compare(pushed, slot.linear, slot.part ?? '') : null;
}

function compare(pushed: TransitionEvent, linear: bigint, part: string): FrameBalance | null {
  const { frame } = pushed;
  if (frame === undefined) return null;
  const index = Number(linear - frame.linear) / frame.width;
  const slot = frame.slots[index];
  const wanted = frame.slots.findIndex(({ name }) => partOf(name) === part);
  if (slot === undefined || wanted < 0 || wanted === index) return null;
  const bytes = (wanted - index) * frame.width;
  const hasCode = frame.slots[0]?.name === 'error-code';
  const names = `${nameOfPart(part === 'cs' ? 'cs' : 'ip')} was pushed as ${slot.name === 'error-code' ? 'the error code' : slot.name.toUpperCase()} by ${labelEvent(pushed)} at event ${String(pushed.seq)}`;
  const taken = takenFor(pushed);
  if (taken !== null && bytes === -frame.width) return { text: `${names}: no ${taken}, and no error code`, remedy: 'give interrupt lines vectors from 0x20 on', bytes, event: pushed.seq };
  if (hasCode && bytes === frame.width) return { text: `${names}: its error code was not removed`, remedy: `add ${String(bytes)} to ESP before the return, which removes the error code`, bytes, event: pushed.seq };
  return { text: `${names}: the frame is off by ${String(Math.abs(bytes))} bytes`, remedy: `${bytes > 0 ? 'add' : 'subtract'} ${hex(Math.abs(bytes))} ${bytes > 0 ? 'to' : 'from'} ESP before the return`, bytes, event: pushed.seq };
}

/** The exception with an error code that an external interrupt was taken for, as it has its vector; null for none. */
function takenFor({ via, vector }: TransitionEvent): string | null {
  const row = via === 'interrupt' && vector !== undefined ? findVector(vector) : null;
  return row?.hasErrorCode === true ? row.mnemonic : null;
}

const partOf = (name: SlotName): string => PARTS_OF_SLOT[name] ?? name;
