// Moving through a recording: from a position to the next one, by events, instructions, kinds of event and breakpoints, either way.
// A position is a plain value; nothing is kept here. Event moves need the trace alone; instruction moves ask a Reexecutor.

import { comparePositions, type Position } from '../event/position.ts';
import type { Moment, Reexecutor } from '../event/reexecutor.ts';
import { activeBreakpoints, hitsBefore, type Breakpoint } from './breakpoints.ts';
import { compile, isRefusal } from './expression/compile.ts';
import type { Compiled } from './expression/compiled.ts';
import { findEvent, findNext, firstRow, noExecution, unanswerable, type SearchFrom, type SearchResult } from './search.ts';
import { endOf, eventAt, positionOfEvent, startOf, type Direction, type TraceSource } from './source.ts';

/** A trace with what may answer between its events; `absent` says why nothing does. */
export interface Replay { readonly trace: TraceSource; readonly reexecutor: Reexecutor | null; readonly absent: string | null }

/**
 * Where a move led. `event`: the event that stands at the new position, null between events. `breakpoint`: id of the one that
 * stopped the run. `edge`: there was nothing further; the position is the start or the end. `absent`: it cannot be known, and why.
 */
export type Moved =
  | { readonly kind: 'moved'; readonly position: Position; readonly event: number | null; readonly breakpoint: number | null; readonly moment: Moment | null }
  | { readonly kind: 'edge'; readonly position: Position; readonly edge: 'start' | 'end' }
  | { readonly kind: 'absent'; readonly reason: string };

const constant = (text: string): Compiled => {
  const result = compile(text);
  if (isRefusal(result)) throw new Error(`internal error: expected "${text}" to compile`);
  return result;
};
/** What the transport's own buttons look for. */
export const MOVES = { fault: constant('fault'), cpl: constant('cpl'), msr: constant('msr'), transition: constant('kind == transition') } as const;
export type Move = keyof typeof MOVES;

/** To the next or previous event. From between two events backwards leads to the one before, never past it. */
export function stepEvent(trace: TraceSource, { from, direction }: SearchFrom): Moved {
  const row = firstRow(trace, { from, direction });
  return row < 0 || row >= trace.rowCount ? edge(trace, direction) : atEvent(trace, trace.seqAt(row));
}

/** To the next or previous fault, CPL change, MSR write or transition. */
export function moveTo(trace: TraceSource, move: Move, where: SearchFrom): Moved {
  const seq = findEvent(trace, MOVES[move], where);
  return seq === null ? edge(trace, where.direction) : atEvent(trace, seq);
}

/** `count` instruction attempts on or back. A REP instruction counts once; a faulting one counts too. */
export async function stepInstruction(replay: Replay, { from, direction, count = 1 }: SearchFrom & { readonly count?: number }): Promise<Moved> {
  if (replay.reexecutor === null) return { kind: 'absent', reason: `single instructions are not in the trace, and it cannot be executed again: ${replay.absent ?? 'no re-execution is at hand'}` };
  const reply = await replay.reexecutor.ask({ kind: 'step', from, direction, count });
  if (reply.kind === 'absent') return { kind: 'absent', reason: reply.reason };
  if (reply.kind !== 'moment' || comparePositions(reply.moment.position, from) === 0) return edge(replay.trace, direction, from);
  return atMoment(replay.trace, reply.moment);
}

/** All event hits of a breakpoint, ascending, where somebody has counted them already; null where nobody has. */
export type KnownHits = (id: number) => Uint32Array | null;

/** Runs (or reverses) to the nearest hit of any enabled breakpoint, or to the end (start). Without breakpoints that is the edge. */
export async function runToBreakpoint(replay: Replay, set: readonly Breakpoint[], where: SearchFrom, knownHits: KnownHits = () => null): Promise<Moved> {
  let best: { readonly position: Position; readonly event: number | null; readonly id: number } | null = null;
  for (const { id, compiled } of activeBreakpoints(set)) {
    const known = compiled.needsExecution || unanswerable(replay.trace, compiled) !== null ? null : knownHits(id);
    const result = known === null ? await findNext(replay.trace, compiled, { ...where, reexecutor: replay.reexecutor, absent: replay.absent }) : nearestHit(replay.trace, known, where);
    if (result.kind === 'absent') return { kind: 'absent', reason: result.reason };
    if (result.kind === 'none') continue;
    const nearer = best === null ? -1 : comparePositions(result.hit.position, best.position) * (where.direction === 'forward' ? 1 : -1);
    if (nearer < 0) best = { ...result.hit, id };
  }
  if (best === null) return edge(replay.trace, where.direction);
  return { kind: 'moved', position: best.position, event: best.event ?? eventAt(replay.trace, best.position), breakpoint: best.id, moment: null };
}

// the same answer findNext gives, from hits that are counted already
function nearestHit(trace: TraceSource, hits: Uint32Array, { from, direction }: SearchFrom): SearchResult {
  const seq = direction === 'forward' ? hits[hitsBefore(hits, eventAt(trace, from) === null ? from.seq : from.seq + 1)] : hits[hitsBefore(hits, from.seq) - 1];
  return seq === undefined ? { kind: 'none' } : { kind: 'hit', hit: { position: positionOfEvent(trace, seq), event: seq } };
}

/** The machine at a position: registers, code and stack bytes; `absent` with the reason when only the trace is there. */
export async function momentAt(replay: Replay, at: Position): Promise<{ readonly kind: 'moment'; readonly moment: Moment } | { readonly kind: 'absent'; readonly reason: string }> {
  if (replay.reexecutor === null) return { kind: 'absent', reason: noExecution('this point', replay.absent) };
  const reply = await replay.reexecutor.ask({ kind: 'moment', at });
  if (reply.kind === 'moment') return reply;
  return { kind: 'absent', reason: reply.kind === 'absent' ? reply.reason : 'the recording does not reach this point' };
}

function atEvent(trace: TraceSource, seq: number): Moved {
  return { kind: 'moved', position: positionOfEvent(trace, seq), event: seq, breakpoint: null, moment: null };
}
function atMoment(trace: TraceSource, moment: Moment): Moved {
  return { kind: 'moved', position: moment.position, event: eventAt(trace, moment.position), breakpoint: null, moment };
}
function edge(trace: TraceSource, direction: Direction, from?: Position): Moved {
  const known = direction === 'backward' ? startOf(trace) : endOf(trace);
  const position = from !== undefined && direction === 'forward' && comparePositions(from, known) > 0 ? from : known;
  return { kind: 'edge', position, edge: direction === 'backward' ? 'start' : 'end' };
}
