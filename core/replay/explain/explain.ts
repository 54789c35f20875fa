// Explains one event: its check ladder, the value the failing check turned on and who wrote it, the cascade it belongs to, the chain of causes,
// and what would make the check pass. Event data where that is enough, re-execution where not; `basis` says which.

import type { TraceEvent } from '../../event/event.ts';
import type { Heard } from '../../event/heard.ts';
import { EVENT_KINDS } from '../../event/kinds.ts';
import type { Ladder, LadderStep } from '../../event/ladder.ts';
import { cascadeOf } from './cascade.ts';
import { consequenceOf } from './consequence.ts';
import { explainErrorCode } from './error-code.ts';
import type { Basis, Explanation } from './explanation.ts';
import { explainFailure, type Failure, type Subject } from './failure.ts';
import { Inquiry, type ExplainSource } from './inquiry.ts';
import { ladderOf } from './ladder.ts';
import { sliceOf } from './slice.ts';
import { carriedFlags, sourcesOf } from './sources.ts';
import { explainTss } from './tss-fields.ts';
import { explainWalk } from './walk-levels.ts';

const FAULT = EVENT_KINDS.indexOf('fault');
const NO_LADDER: Ladder = { steps: [], writes: [], differences: [] };
const NO_FAILURE: Failure = { value: null, written: null, chain: [], remedy: null, remedies: [], insight: null };

/**
 * The whole explanation of event `seq`, which must be stored. `onpart` is called as soon as the ladder is there, with that and all that the record
 * alone tells; what is to come is empty in it.
 */
export async function explainEvent(source: ExplainSource, seq: number, onpart: (part: Explanation) => void = () => undefined): Promise<Explanation> {
  const inquiry = new Inquiry(source);
  const event = source.trace.event(seq);
  const heard = await heardAt(inquiry, seq);
  const { ladder, failed } = heard;
  const subject = subjectOf(source, event, heard);
  const part = partOf(source, event, heard);
  onpart(part);

  const { value, written, chain, remedy, remedies, insight } = subject === null ? NO_FAILURE : await explainFailure(inquiry, subject);
  const isExecuted = heard.basis.kind === 're-execution' && source.trace.hasState;
  const registers = source.trace.hasState ? source.trace.stateBefore(seq).slice() : null;
  const lastWriter = written?.writer ?? null, writerSymbol = written?.symbol ?? null;
  return {
    ...part, value, lastWriter, writerSymbol, writerPlace: written?.place ?? null, chain, remedies, remedy,
    errorCode: await explainErrorCode(inquiry, event, registers), walk: event.kind === 'fault' ? await explainWalk(inquiry, event) : [],
    sources: isExecuted && event.kind === 'transition' ? await sourcesOf(inquiry, event, sliceOf(heard.all, seq) ?? []) : [],
    tss: isExecuted && registers !== null ? await explainTss(inquiry, { seq, registers, steps: ladder.steps }) : [],
    consequence: consequenceOf({ event, steps: ladder.steps, failed, value, lastWriter, writerSymbol, insight, remedy }),
  };
}

/** The ladder, and what the event and those around it tell. */
function partOf(source: ExplainSource, event: TraceEvent, { basis, cut, ladder, failed, all }: HeardLadder): Explanation {
  const { steps, writes } = ladder;
  const unknown = { value: null, lastWriter: null, writerSymbol: null, remedy: null };
  return {
    ...unknown, event, basis, cut, steps, writes, failed, writerPlace: null, errorCode: null, walk: [], sources: [], tss: [], chain: [], remedies: [],
    carriedFlags: event.kind === 'transition' ? carriedFlags(event) : [], cascade: cascadeOf(source.trace, event), differences: differencesOf(ladder, innerLadder(event, all)),
    consequence: consequenceOf({ ...unknown, event, steps, failed, insight: null }),
  };
}

/** The ladder of event `seq` alone: one attempt executed again, nothing else. */
export async function explainLadder(source: ExplainSource, seq: number): Promise<Pick<Explanation, 'basis' | 'cut' | 'steps' | 'writes' | 'failed'>> {
  const { basis, cut, ladder, failed } = await heardAt(new Inquiry(source), seq);
  return { basis, cut, steps: ladder.steps, writes: ladder.writes, failed };
}

interface HeardLadder { readonly basis: Basis; readonly cut: boolean; readonly ladder: Ladder; readonly failed: LadderStep | null; readonly all: readonly Heard[] }

async function heardAt(inquiry: Inquiry, seq: number): Promise<HeardLadder> {
  const none = (reason: string): HeardLadder => ({ basis: { kind: 'absent', reason }, cut: false, ladder: NO_LADDER, failed: null, all: [] });
  const reply = await inquiry.ask({ kind: 'listen', at: inquiry.before(seq) }, 'heard');
  if (reply.kind === 'unknown') return none(reply.reason);
  const ladder = ladderOf(reply.heard, seq);
  if (ladder === null) return none('executed again, this attempt does not make the event');
  return { basis: { kind: 're-execution' }, cut: reply.cut, ladder, failed: failedIn(ladder), all: reply.heard };
}

const failedIn = ({ steps }: Ladder): LadderStep | null => steps.find((step) => step.outcome === 'fail') ?? null;

/** What failed, and at which event: of #DF and of a shutdown, what made the delivery before it fail. */
function subjectOf({ trace }: ExplainSource, event: TraceEvent, { ladder: { steps }, failed, all }: HeardLadder): Subject | null {
  if (failed === null) return null;
  const before = madeItFail(event), ladder = innerLadder(event, all);
  const inner = ladder === null ? null : failedIn(ladder);
  return inner === null || ladder === null || before === undefined ? { event, failed, steps } : { event: trace.event(before), failed: inner, steps: ladder.steps };
}

const madeItFail = (event: TraceEvent): number | undefined => (event.kind === 'shutdown' ? event.chain.at(-1) : event.kind === 'fault' ? event.causes?.at(-1) : undefined);

function innerLadder(event: TraceEvent, all: readonly Heard[]): Ladder | null {
  const before = madeItFail(event);
  return before === undefined ? null : ladderOf(all, before);
}

function differencesOf(ladder: Ladder, inner: Ladder | null): Explanation['differences'] {
  return [...new Set([...inner?.differences ?? [], ...ladder.differences])];
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
