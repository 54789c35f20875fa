// Finding the next place an expression matches, either way. Events are found from the trace alone; `exec` asks a Reexecutor for the
// instructions between events, and the nearer of the two is the answer.

import { comparePositions, type Position } from '../event/position.ts';
import type { Reexecutor } from '../event/reexecutor.ts';
import type { Compiled } from './expression/compiled.ts';
import { eventAt, positionOfEvent, type Direction, type TraceSource } from './source.ts';

/** A place where an expression holds: an event, or (seq of the next event, `event` null) an instruction about to run. */
export interface Hit { readonly position: Position; readonly event: number | null }
/** Where to look from; the place itself is not an answer. An icount of -1 lies before the first instruction. */
export interface SearchFrom { readonly from: Position; readonly direction: Direction }

/** `absent`: it cannot be known, with the reason in a sentence; never the same as no hit. */
export type SearchResult = { readonly kind: 'hit'; readonly hit: Hit } | { readonly kind: 'none' } | { readonly kind: 'absent'; readonly reason: string };

/** True when the expression matches event `seq`. Reads the row only when its kind can match. */
export function matchesEvent(trace: TraceSource, compiled: Compiled, seq: number): boolean {
  const kind = trace.kindAt(seq);
  if (kind < 0 || (compiled.kinds & (1 << kind)) === 0) return false;
  return compiled.matches(trace.row(seq), () => (trace.hasState ? trace.stateBefore(seq) : null), seq);
}

/** Why an expression has no answer on this trace at all, in one sentence, or null. */
export function unanswerable(trace: TraceSource, compiled: Compiled): string | null {
  if (!compiled.needsRegisters || trace.hasState) return null;
  return `"${compiled.text}" asks for registers, and this trace has none: they were not recorded with its events`;
}

/** The nearest event strictly before or after a point that matches, or null. The event at the point itself does not count. */
export function findEvent(trace: TraceSource, compiled: Compiled, { from, direction }: SearchFrom): number | null {
  const step = direction === 'forward' ? 1 : -1;
  for (let row = firstRow(trace, { from, direction }); row >= 0 && row < trace.rowCount; row += step) {
    const seq = trace.seqAt(row);
    if (matchesEvent(trace, compiled, seq)) return seq;
  }
  return null;
}

/** Index of the first stored event strictly after (before) a point; `rowCount` or -1 when there is none. */
export function firstRow(trace: TraceSource, { from, direction }: SearchFrom): number {
  const before = trace.rowNotAfter(from.seq - 1);
  if (direction === 'backward') return before;
  return eventAt(trace, from) === null ? before + 1 : before + 2;
}

/**
 * The nearest place strictly before or after `from` where the expression holds. With `exec` in it a Reexecutor is needed; without
 * one, or when it cannot say, the answer is `absent` with the reason.
 */
export async function findNext(
  trace: TraceSource, compiled: Compiled, where: SearchFrom & { readonly reexecutor: Reexecutor | null; readonly absent?: string | null },
): Promise<SearchResult> {
  const reason = unanswerable(trace, compiled);
  if (reason !== null) return { kind: 'absent', reason };
  const seq = findEvent(trace, compiled, where);
  const event: Hit | null = seq === null ? null : { position: positionOfEvent(trace, seq), event: seq };
  if (!compiled.needsExecution) return event === null ? { kind: 'none' } : { kind: 'hit', hit: event };
  if (where.reexecutor === null) return { kind: 'absent', reason: noExecution(JSON.stringify(compiled.text), where.absent ?? null) };
  const execution = await findExecution(compiled, { ...where, reexecutor: where.reexecutor, until: event?.position ?? null });
  if (execution.kind !== 'none') return execution;
  return event === null ? { kind: 'none' } : { kind: 'hit', hit: event };
}

/** Why an expression with `exec` has no answer on this trace, and what to do. */
export function noExecution(what: string, reason: string | null): string {
  return `${what} needs the instructions between events, and this trace cannot be executed again: ${reason ?? 'no re-execution is at hand'}`;
}

async function findExecution(
  compiled: Compiled, { from, direction, reexecutor, until }: SearchFrom & { readonly reexecutor: Reexecutor; readonly until: Position | null },
): Promise<SearchResult> {
  let at = from;
  if (direction === 'forward' && at.icount < 0) {
    const start = await reexecutor.ask({ kind: 'moment', at: { icount: 0, iteration: 0, seq: 0 } });
    if (start.kind === 'absent') return { kind: 'absent', reason: noExecution(JSON.stringify(compiled.text), start.reason) };
    if (start.kind !== 'moment') return { kind: 'none' };
    at = start.moment.position;
    if (compiled.matchesMoment(start.moment.registers)) return { kind: 'hit', hit: { position: at, event: null } };
  }
  for (;;) {
    const reply = await reexecutor.ask({ kind: 'find-execution', from: at, direction, ranges: compiled.ranges, until });
    if (reply.kind === 'absent') return { kind: 'absent', reason: noExecution(JSON.stringify(compiled.text), reply.reason) };
    if (reply.kind !== 'moment') return { kind: 'none' };
    const { position, registers } = reply.moment;
    if (until !== null && isBeyond(position, until, direction)) return { kind: 'none' };
    if (comparePositions(position, at) === 0) return { kind: 'none' };
    if (compiled.matchesMoment(registers)) return { kind: 'hit', hit: { position, event: null } };
    at = position;
  }
}

function isBeyond(position: Position, until: Position, direction: Direction): boolean {
  const order = comparePositions(position, until);
  return direction === 'forward' ? order > 0 : order < 0;
}
