// Stepping by kernel visits: over one, and out of the one around. From the event at the playhead (about to happen) to another event, either
// way. Stands on pairing alone; where a visit has no other end the answer says why, and nothing moves.

import { codeOf, EVENT_KINDS } from '../../event/kinds.ts';
import { isPresent, isUnknown, wordOf } from '../../event/draft.ts';
import { commonHandle } from '../../event/schema.ts';
import { storedBefore, storedFrom, type Direction, type TraceSource } from '../source.ts';
import { whyUnreturned } from './endings.ts';
import { lastBelow, NONE, visitAround, visitAt, visitOfEvent, type Visits } from './table.ts';

/** Where a step led. `visit`: index of the visit stepped over or out of, null for a plain step. `refused`: why there is nowhere to go. */
export type VisitStep =
  | { readonly kind: 'moved'; readonly seq: number; readonly visit: number | null }
  | { readonly kind: 'edge'; readonly edge: 'start' | 'end' }
  | { readonly kind: 'refused'; readonly reason: string };

/** From which event (`eventCount`: from the end), and which way. */
export interface StepFrom { readonly seq: number; readonly direction: Direction }

const FAULT = codeOf(EVENT_KINDS, 'fault'), TRANSITION = codeOf(EVENT_KINDS, 'transition');
const CPL = commonHandle('cpl');
const USER_RING = 3;

/**
 * To the next event that does not lie in a visit entered here: an entry leads to its exit, a fault to the exit of its handler, any other
 * event to the next one. Backwards an exit leads to its entry, any other event to the one before.
 */
export function stepOver(trace: TraceSource, visits: Visits, { seq, direction }: StepFrom): VisitStep {
  return direction === 'forward' ? overForward(trace, visits, seq) : overBackward(trace, visits, seq);
}

/** To the exit (backwards: the entry) of the visit around. At an exit that is the visit around the one that ends there. */
export function stepOut(trace: TraceSource, visits: Visits, { seq, direction }: StepFrom): VisitStep {
  const around = aroundAt(trace, visits, seq, direction);
  if (around === NONE) return { kind: 'refused', reason: whyNotOut(trace, visits, seq) };
  if (direction === 'backward') return { kind: 'moved', seq: visits.entry[around]!, visit: around };
  return toExit(visits, around);
}

function overForward(trace: TraceSource, visits: Visits, seq: number): VisitStep {
  if (seq >= trace.eventCount) return { kind: 'edge', edge: 'end' };
  const visit = enteredAt(visits, entryFrom(trace, seq));
  if (visit !== NONE) return toExit(visits, visit);
  const next = storedFrom(trace, seq + 1);
  return next >= trace.eventCount ? { kind: 'edge', edge: 'end' } : { kind: 'moved', seq: next, visit: null };
}

function overBackward(trace: TraceSource, visits: Visits, seq: number): VisitStep {
  const visit = seq < trace.eventCount ? visitOfEvent(visits, seq) : NONE;
  if (visit !== NONE && visits.exit[visit] === seq) return { kind: 'moved', seq: visits.entry[visit]!, visit };
  const before = storedBefore(trace, Math.min(seq, trace.eventCount));
  return before < 0 ? { kind: 'edge', edge: 'start' } : { kind: 'moved', seq: before, visit: null };
}

function toExit(visits: Visits, index: number): VisitStep {
  const visit = visitAt(visits, index);
  if (visit.seqExit !== null) return { kind: 'moved', seq: visit.seqExit, visit: index };
  return { kind: 'refused', reason: `kernel visit ${visit.name} of event ${String(visit.seqEntry)} has no exit: ${whyUnreturned(visit)}` };
}

// a fault and its delivery are one thing: further faults may lie between them
function entryFrom(trace: TraceSource, seq: number): number {
  let at = seq;
  while (at < trace.eventCount && trace.kindAt(at) === FAULT) at = storedFrom(trace, at + 1);
  return at < trace.eventCount && trace.kindAt(at) === TRANSITION ? at : seq;
}

function enteredAt(visits: Visits, seq: number): number {
  const at = lastBelow(visits.count, (index) => visits.entry[index]! <= seq);
  return at >= 0 && visits.entry[at] === seq ? at : NONE;
}

// the playhead stands before the event: at an entry that is outside of what it enters, at an exit still inside of what it ends
function aroundAt(trace: TraceSource, visits: Visits, seq: number, direction: Direction): number {
  const own = seq < trace.eventCount ? visitOfEvent(visits, seq) : NONE;
  if (own !== NONE && visits.exit[own] === seq) return direction === 'forward' ? visits.parent[own]! : own;
  if (own !== NONE) return visits.parent[own]!;
  return isUser(trace, seq) ? NONE : visitAround(visits, seq);
}

function whyNotOut(trace: TraceSource, visits: Visits, seq: number): string {
  if (isUser(trace, seq)) return 'user code runs here: there is no kernel visit to leave';
  return seq < trace.eventCount && visitOfEvent(visits, seq) !== NONE ? 'this is the exit of the outermost kernel visit' : 'no kernel visit is known around this point';
}

function isUser(trace: TraceSource, seq: number): boolean {
  const at = storedFrom(trace, seq);
  if (at >= trace.eventCount) return false;
  const row = trace.row(at);
  return isPresent(row, CPL) && !isUnknown(row, CPL) && wordOf(row, CPL) === USER_RING;
}
