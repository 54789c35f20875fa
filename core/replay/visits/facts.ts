// One visit in full, for a card or a row: how long it lasted, between which rings, on which stack, and what is odd. Reads its two rows;
// everything stands on event data.

import type { TransitionEvent } from '../../event/event.ts';
import { callResult } from '../os/system-call.ts';
import { eventOf, type TraceSource } from '../source.ts';
import { addressBits } from './crossing.ts';
import { deltaText, findingsOf, type VisitFinding } from './findings.ts';
import { visitAt, type Visit, type Visits } from './table.ts';

/** The kernel stack at both ends. */
export interface VisitStack {
  /** Linear address of the pushed frame, above an error code; of a fast call, of the stack it began on. Null where the log does not say. */
  readonly entry: bigint | null;
  /** The stack pointer the exit used, as a linear address. Null without an exit, or where it is not known. */
  readonly exit: bigint | null;
  /** Exit less entry, in bytes. */
  readonly deltaBytes: number | null;
  /** What the difference means; null without one. */
  readonly means: string | null;
}

export interface VisitFacts {
  readonly visit: Visit;
  /** Instructions from entry to exit, as far as it ran when it did not return; null where none are counted. */
  readonly instructions: number | null;
  /** True when it did not return: it lasted at least that long. */
  readonly isAtLeast: boolean;
  /** Time from entry to exit by the clock of the log; null where it has none. */
  readonly time: { readonly value: number; readonly unit: string } | null;
  readonly rings: { readonly from: number | null; readonly to: number | null };
  readonly stack: VisitStack;
  /** What its system call gave back; null where it did not return, and for any other visit. */
  readonly result: number | null;
  readonly findings: readonly VisitFinding[];
}

/** Everything about one visit. */
export function visitFacts(trace: TraceSource, visits: Visits, index: number): VisitFacts {
  const visit = visitAt(visits, index);
  const entry = transitionAt(trace, visit.seqEntry);
  const exit = visit.seqExit === null ? null : transitionAt(trace, visit.seqExit);
  return {
    visit, instructions: instructionsOf(trace, visit), isAtLeast: visit.seqExit === null, time: timeBetween(entry, exit),
    rings: { from: entry?.from.cpl ?? null, to: entry?.to.cpl ?? null }, stack: stackOf(visits, index, exit),
    result: visit.call === null || visit.seqExit === null ? null : callResult(trace, visit.seqExit), findings: findingsOf(visits, index),
  };
}

/** Instructions a visit lasted; of one that did not return, as far as the record goes. Null where none are counted. */
export function instructionsOf(trace: TraceSource, { seqEntry, seqOver, reason }: Pick<Visit, 'seqEntry' | 'seqOver' | 'reason'>): number | null {
  const first = reason === 'not-logged' ? -1 : trace.icountAt(seqEntry);
  if (first < 0) return null;
  const end = trace.icountAt(Math.min(seqOver, trace.seqAt(trace.rowCount - 1)));
  return end < first ? null : end - first;
}

function transitionAt(trace: TraceSource, seq: number): TransitionEvent | null {
  if (trace.kindAt(seq) < 0) return null;
  const event = eventOf(trace, seq);
  return event.kind === 'transition' ? event : null;
}

function timeBetween(entry: TransitionEvent | null, exit: TransitionEvent | null): VisitFacts['time'] {
  if (entry?.time === undefined || exit?.time === undefined || entry.time.unit !== exit.time.unit) return null;
  return { value: exit.time.value - entry.time.value, unit: entry.time.unit };
}

// an exit that took the pushed frame was at it; what a fast call left behind counts from where its stack began
function stackOf(visits: Visits, index: number, exit: TransitionEvent | null): VisitStack {
  const place = visits.frame[index]!;
  const entry = Number.isNaN(place) ? null : addressBits(place);
  const used = exit === null ? null : exit.frame?.linear ?? (exit.via === 'sysexit' || exit.via === 'sysret' ? exit.from.sp : null);
  const isBuilt = exit?.frame !== undefined && used !== entry;
  if (entry === null || used === null || isBuilt) return { entry, exit: used, deltaBytes: null, means: isBuilt ? 'the kernel left by a frame it built itself' : null };
  const deltaBytes = Number(BigInt.asIntN(64, used - entry));
  const text = deltaText(deltaBytes, visits.codeBytes[index]!);
  return { entry, exit: used, deltaBytes, means: text === null || exit?.frame !== undefined ? text : `${text}; the next fast call begins anew, so nothing is lost` };
}
