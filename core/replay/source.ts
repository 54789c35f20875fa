// What replay needs of an open trace: rows by sequence number and registers around them. core/trace's TraceReader satisfies it; so
// does a synthetic one in a test. Nothing here executes anything. A record filter may have dropped rows: sequence numbers have gaps
// then, and replay stands only on stored events.

import { joinCount } from '../base/u64.ts';
import { highWordOf, isPresent, isUnknown, wordOf, type Row } from '../event/draft.ts';
import { CURRENT_NAMES, decodeEvent, type Names } from '../event/decode.ts';
import type { TraceEvent } from '../event/event.ts';
import type { Position } from '../event/position.ts';
import { commonHandle } from '../event/schema.ts';

/** A trace as replay sees it. Sequence numbers run from 0 to `eventCount` - 1, dropped events included. */
export interface TraceSource {
  readonly eventCount: number;
  /** Stored events. */
  readonly rowCount: number;
  /** False when no registers were recorded with the events (imported logs). */
  readonly hasState: boolean;
  /** Sequence number of the `row`-th stored event. */
  seqAt(row: number): number;
  /** Index of the last stored event that is not after `seq`; -1 when there is none. */
  rowNotAfter(seq: number): number;
  /** Code of the event's kind (index in EVENT_KINDS), or -1 when its row is not stored. Cheap: reads no row. */
  kindAt(seq: number): number;
  /** The stored row. May be reused by the next call: read what is needed at once. */
  row(seq: number): Row;
  /** REGISTER_FILE_WORDS words as they were just before the event. */
  stateBefore(seq: number): Uint32Array;
  /** REGISTER_FILE_WORDS words as they were just after the event. */
  stateAfter(seq: number): Uint32Array;
  /** Instructions retired before the event; -1 where an imported log does not say. */
  icountAt(seq: number): number;
  /** The rules its codes stand for; left out, those of this version. */
  readonly names?: Names;
}

/** A stored event as an object. */
export function eventOf(trace: TraceSource, seq: number): TraceEvent {
  return decodeEvent(trace.row(seq), seq, trace.names ?? CURRENT_NAMES);
}

/** Which way through a recording. */
export type Direction = 'forward' | 'backward';

/** The first stored event not before `seq`, or `eventCount` when there is none. */
export function storedFrom(trace: TraceSource, seq: number): number {
  const row = trace.rowNotAfter(seq);
  if (row >= 0 && trace.seqAt(row) === seq) return seq;
  return row + 1 < trace.rowCount ? trace.seqAt(row + 1) : trace.eventCount;
}

/** The last stored event before `seq`, or -1 when there is none. */
export function storedBefore(trace: TraceSource, seq: number): number {
  const row = trace.rowNotAfter(seq - 1);
  return row < 0 ? -1 : trace.seqAt(row);
}

/** The point just before event `seq`; for an event that is not stored, before the next stored one; behind the last one, the end. */
export function positionOfEvent(trace: TraceSource, seq: number): Position {
  const stored = storedFrom(trace, seq);
  return stored >= trace.eventCount ? endOf(trace) : { icount: trace.icountAt(stored), iteration: iterationOf(trace.row(stored)), seq: stored };
}

/** The first point of a recording: nothing has run. */
export function startOf(trace: TraceSource): Position {
  const imported = trace.rowCount > 0 && trace.icountAt(trace.seqAt(0)) < 0;
  return { icount: imported ? -1 : 0, iteration: 0, seq: 0 };
}

/** The point after the last event, as far as the trace itself knows; re-execution may go on from there. */
export function endOf(trace: TraceSource): Position {
  const icount = trace.rowCount > 0 ? trace.icountAt(trace.seqAt(trace.rowCount - 1)) : 0;
  return { icount, iteration: 0, seq: trace.eventCount };
}

/** The event that stands at this very point (about to happen), or null when the point lies between events. */
export function eventAt(trace: TraceSource, at: Position): number | null {
  const stored = storedFrom(trace, at.seq);
  if (stored >= trace.eventCount) return null;
  return trace.icountAt(stored) === at.icount && iterationOf(trace.row(stored)) === at.iteration ? stored : null;
}

const ITERATION = commonHandle('iteration');
function iterationOf(row: Row): number {
  return isPresent(row, ITERATION) && !isUnknown(row, ITERATION) ? joinCount(wordOf(row, ITERATION), highWordOf(row, ITERATION)) : 0;
}
