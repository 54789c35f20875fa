// How long each ring ran, in instructions: from one event to the next the ring does not change, so the counts between events say it. An
// instruction that itself goes to another ring (INT n, IRET, SYSENTER …) is done in the ring it leaves.

import { isPresent, isUnknown, wordOf, type Row } from '../../event/draft.ts';
import { codeOf, EVENT_KINDS, VIAS, type Via } from '../../event/kinds.ts';
import { commonHandle, handleOf } from '../../event/schema.ts';
import type { TraceSource } from '../source.ts';

export interface Dwell {
  /** Instructions retired in rings 0 to 3. */
  readonly instructions: readonly [number, number, number, number];
  /** Stretches without a change of ring. */
  readonly stays: readonly [number, number, number, number];
  /** Instructions of which the record does not say the ring. */
  readonly unknown: number;
}

const CPL = commonHandle('cpl');
const VIA = handleOf('transition', 'via'), TO = handleOf('transition', 'to.cpl'), VECTOR = handleOf('transition', 'vector');
const TRANSITION = codeOf(EVENT_KINDS, 'transition');
/** Not instructions of their own: what comes from outside, or from an instruction that did not retire. */
const UNRETIRED: readonly Via[] = ['exception', 'interrupt', 'nmi', 'smi', 'unknown'];
const RETIRES = VIAS.map((via) => !UNRETIRED.includes(via));
const TASK_SWITCH = codeOf(VIAS, 'task-switch');
const NOBODY_KNOWS = 4;

/** Up to the last event; a reason where the record cannot say it. */
export function dwellOf(trace: TraceSource): Dwell | { readonly absent: string } {
  if (trace.rowCount === 0) return { absent: 'there are no events' };
  if (trace.icountAt(trace.seqAt(0)) < 0) return { absent: 'the log counts no instructions' };
  if (trace.rowCount < trace.eventCount) return { absent: 'the recording does not keep every event, so a change of ring may be missing' };
  const instructions = new Float64Array(NOBODY_KNOWS + 1), stays = new Float64Array(NOBODY_KNOWS + 1);
  let ring = -1, last = 0, own = -1;
  for (let seq = 0; seq < trace.eventCount; seq += 1) {
    const row = trace.row(seq);
    const before = ringIn(row, CPL);
    if (ring < 0) { ring = before; stays[ring]! += 1; }
    const icount = trace.icountAt(seq);
    const ran = Math.max(0, icount - last);
    if (own >= 0 && ran > 0) { instructions[own]! += 1; instructions[ring]! += ran - 1; } else instructions[ring]! += ran;
    last = Math.max(last, icount);
    own = ran > 0 ? -1 : own;
    const after = trace.kindAt(seq) === TRANSITION ? ringIn(row, TO) : ring === NOBODY_KNOWS ? before : ring;
    if (trace.kindAt(seq) === TRANSITION && retires(row)) own = before;
    if (after !== ring) { ring = after; stays[ring]! += 1; }
  }
  const four = (of: Float64Array): Dwell['stays'] => [of[0]!, of[1]!, of[2]!, of[3]!];
  return { instructions: four(instructions), stays: four(stays), unknown: instructions[NOBODY_KNOWS]! };
}

// a task switch by an interrupt or exception is no instruction of its own
function retires(row: Row): boolean {
  const via = wordOf(row, VIA);
  return RETIRES[via] === true && !(via === TASK_SWITCH && isPresent(row, VECTOR));
}

function ringIn(row: Row, handle: number): number {
  return isPresent(row, handle) && !isUnknown(row, handle) && wordOf(row, handle) < NOBODY_KNOWS ? wordOf(row, handle) : NOBODY_KNOWS;
}
