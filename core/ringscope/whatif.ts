// What-if as a recording: the guest of a trace is recorded again from the start, with changes made at one boundary; and what became of an event.

import { BadInput } from '../base/bad-input.ts';
import { parseChanges } from '../event/change.ts';
import { orderedPlan, type PlannedChange } from '../event/change-plan.ts';
import type { TraceEvent } from '../event/event.ts';
import type { ReexecuteReply, ReexecuteRequest } from '../event/reexecutor.ts';
import { isSameRow } from '../machine/reexecution/comparing-probe.ts';
import { requestOf } from '../machine/options.ts';
import { compile, describeRefusal, isRefusal } from '../replay/expression/compile.ts';
import type { Compiled } from '../replay/expression/compiled.ts';
import { positionOfEvent } from '../replay/source.ts';
import type { TraceReader } from '../trace/reader.ts';
import { machineOptionsOf } from './header-options.ts';
import { inputsOf, type OpenedRecording } from './open.ts';
import type { RecordRequest } from './record.ts';
import { isSameEvent } from './same-event.ts';

/** What is to be recorded. */
export interface WhatIf {
  /** The event that was asked about. */
  readonly seq: number;
  /** How many instruction attempts come before the changes. */
  readonly boundary: number;
  /** What is set there, in words, from what to what. */
  readonly changed: string;
  /** The first event of the old recording that comes behind the changes, and how many events the new one has more before it. */
  readonly firstSeq: number;
  readonly shift: number;
  /** For `startRecording`, with what is the caller's: sink, clock, deflate. */
  readonly request: Pick<RecordRequest, 'image' | 'files' | 'inputs' | 'changes' | 'maxEvents' | 'until' | 'filter' | 'format' | 'memoryBytes' | 'org' | 'entry' | 'maxInstructions' | 'cpuModel'>;
}

/** Plans the changes of `texts` at the boundary before event `seq`. Throws BadInput: no re-execution, a change that cannot be read or made there. */
export async function planWhatIf(opened: OpenedRecording, seq: number, texts: readonly string[]): Promise<WhatIf> {
  const { reader } = opened;
  const image = reader.image();
  if (opened.reexecutor === null || image === null) throw new BadInput(opened.absent ?? 'this trace cannot be executed again');
  const changes = texts.flatMap(parseChanges);
  const at = positionOfEvent(reader, seq);
  const tried = await answer(opened, { kind: 'try', at, change: texts.join('; '), attempts: 0 }, 'tried');
  const { moment } = await answer(opened, { kind: 'moment', at }, 'moment');
  const options = machineOptionsOf(reader.header);
  const earlier = options.changes.filter(({ attempts }) => attempts === tried.boundary).length;
  return {
    seq, boundary: tried.boundary, changed: tried.changed, firstSeq: moment.position.seq + earlier, shift: changes.length,
    request: { ...requestOf(options), ...boundsOf(opened), image, files: reader.files(), inputs: inputsOf(reader), changes: orderedPlan([...options.changes, ...changes.map((change): PlannedChange => ({ attempts: tried.boundary, change }))]) },
  };
}

async function answer<Kind extends ReexecuteReply['kind']>({ reexecutor }: OpenedRecording, request: ReexecuteRequest, wanted: Kind): Promise<Extract<ReexecuteReply, { readonly kind: Kind }>> {
  const reply = await reexecutor?.ask(request);
  if (reply?.kind === wanted) return reply as Extract<ReexecuteReply, { readonly kind: Kind }>;
  throw new BadInput(reply?.kind === 'absent' ? `this trace cannot be executed again: ${reply.reason}` : 'the re-execution does not reach this point');
}

/** The bounds and the filter of the old recording hold for the new one. */
function boundsOf({ reader, symbols }: OpenedRecording): Pick<RecordRequest, 'maxEvents' | 'until' | 'filter'> {
  const { options, filter } = reader.header;
  const maxEvents = options['max-events'], until = options['until'];
  const compiled = (text: string): Compiled => {
    const result = compile(text, { symbols });
    if (isRefusal(result)) throw new BadInput(`the expression ${JSON.stringify(text)} of the recording is refused ${describeRefusal(result)}`);
    return result;
  };
  return {
    ...(typeof maxEvents === 'number' ? { maxEvents } : {}),
    ...(typeof until === 'string' ? { until: untilOf(compiled(until)) } : {}),
    ...(filter === null ? {} : { filter: filterOf(compiled(filter)) }),
  };
}

function untilOf(compiled: Compiled): NonNullable<RecordRequest['until']> {
  return {
    text: compiled.text, matches: (seq, row, registersBefore) => compiled.matches(row, registersBefore, seq),
    ...(compiled.needsExecution ? { execution: { ranges: compiled.ranges, matches: (registers: Uint32Array): boolean => compiled.matchesMoment(registers) } } : {}),
  };
}

const filterOf = (compiled: Compiled): NonNullable<RecordRequest['filter']> => ({ text: compiled.text, matches: (seq, row, registersBefore) => compiled.matches(row, registersBefore, seq) });

/** An event of the old recording beside the one of the new recording in its place; null where a recording has ended, or did not keep it. */
export interface Pair { readonly before: TraceEvent | null; readonly after: TraceEvent | null }

/** What the changes changed. Stands on event data of both recordings. */
export interface Outcome {
  /** The event asked about. */
  readonly asked: Pair;
  /** The first difference behind the changes; null when there is none. */
  readonly first: Pair | null;
}

/** Holds the new recording against the old one. */
export function outcomeOf(before: TraceReader, after: TraceReader, { seq, firstSeq, shift }: Pick<WhatIf, 'seq' | 'firstSeq' | 'shift'>): Outcome {
  const pairAt = (at: number): Pair => ({ before: eventOf(before, at), after: eventOf(after, at < firstSeq ? at : at + shift) });
  const end = Math.max(before.eventCount, after.eventCount - shift);
  for (let at = firstSeq; at < end; at += 1) {
    if (before.has(at) && after.has(at + shift) && isSameRow(before.row(at), after.row(at + shift))) continue;
    const pair = pairAt(at);
    if (!isSameEvent(pair.before, pair.after, shift)) return { asked: pairAt(seq), first: pair };
  }
  return { asked: pairAt(seq), first: null };
}

const eventOf = (reader: TraceReader, seq: number): TraceEvent | null => (reader.has(seq) ? reader.event(seq) : null);
