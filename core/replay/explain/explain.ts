// Explains one event: its check ladder, the value the failing check turned on and who wrote it, the cascade it belongs to, the chain of causes,
// and what would make the check pass. Event data where that is enough, re-execution where not; `basis` says which.

import type { TraceEvent } from '../../event/event.ts';
import { EVENT_KINDS } from '../../event/kinds.ts';
import type { Ladder } from '../../event/ladder.ts';
import { cascadeOf } from './cascade.ts';
import type { Basis, Explanation } from './explanation.ts';
import { Inquiry, type ExplainSource } from './inquiry.ts';
import { ladderOf } from './ladder.ts';

const FAULT = EVENT_KINDS.indexOf('fault');
const NO_LADDER: Ladder = { steps: [], writes: [] };

/** The whole explanation of event `seq`, which must be stored. */
export async function explainEvent(source: ExplainSource, seq: number): Promise<Explanation> {
  const event = source.trace.event(seq);
  const inquiry = new Inquiry(source);
  const { basis, ladder, cut } = await ladderAt(inquiry, seq);
  const failed = ladder.steps.find((step) => step.outcome === 'fail') ?? null;
  return {
    event, basis, cut, steps: ladder.steps, writes: ladder.writes, failed, value: null, lastWriter: null, writerSymbol: null, writerPlace: null, errorCode: null, walk: [], tss: [],
    cascade: cascadeOf(source.trace, event), chain: [], remedies: [], remedy: null, notes: [], consequence: consequenceOf(event, failed?.why ?? null),
  };
}

/** The ladder alone: one attempt executed again. */
async function ladderAt(inquiry: Inquiry, seq: number): Promise<{ readonly basis: Basis; readonly ladder: Ladder; readonly cut: boolean }> {
  const reply = await inquiry.ask({ kind: 'listen', at: inquiry.before(seq) }, 'heard');
  if (reply.kind === 'unknown') return { basis: { kind: 'absent', reason: reply.reason }, ladder: NO_LADDER, cut: false };
  const ladder = ladderOf(reply.heard, seq);
  if (ladder === null) return { basis: { kind: 'absent', reason: 'executed again, this attempt does not make the event' }, ladder: NO_LADDER, cut: reply.cut };
  return { basis: { kind: 're-execution' }, ladder, cut: reply.cut };
}

function consequenceOf(event: TraceEvent, why: string | null): string {
  if (event.kind !== 'fault' || event.rule === null) return '';
  return why === null ? `${event.rule} failed.` : `${event.rule} failed: ${why}.`;
}

/** Sequence number of the last fault of a trace, of the last trap where there is no other; null when there is neither. */
export function lastFault({ trace }: Pick<ExplainSource, 'trace'>): number | null {
  let trap: number | null = null;
  for (let row = trace.rowCount - 1; row >= 0; row -= 1) {
    const seq = trace.seqAt(row);
    const event = trace.kindAt(seq) === FAULT ? trace.event(seq) : null;
    if (event?.kind !== 'fault') continue;
    if (event.class !== 'trap') return seq;
    trap ??= seq;
  }
  return trap;
}
