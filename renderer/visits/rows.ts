// A row of the table of kernel visits, as text.

import { VIA_COLOURS, type ViaColour } from '../session/via-colours.ts';
import { handlerOf } from '../session/code.ts';
import type { Recording } from '../session/recording.ts';
import { instructionsAt, threadName, whyNoExit } from '../session/visit-words.ts';
import { visitAt, type Visit } from '../../core/replay/visits/table.ts';
import { badgesOf, type Finding } from './findings.ts';

export interface VisitRow {
  readonly index: number;
  readonly name: string;
  /** The function it begins in; empty without symbols. */
  readonly handler: string;
  readonly colour: ViaColour;
  readonly depth: number;
  readonly entry: number;
  /** How long, in the table's unit; empty where nobody knows. `atLeast`: the recording ends first. */
  readonly lasted: string;
  readonly atLeast: boolean;
  /** Share of the longest one, 0..1. */
  readonly share: number;
  readonly faults: number;
  /** `T2`; empty where there is only one thread. */
  readonly thread: string;
  readonly end: string;
  readonly why: string;
  readonly findings: readonly Finding[];
}

/** In place of an exit; the findings say the rest. */
const NO_EXIT: Readonly<Record<Exclude<Visit['reason'], null>, string>> = { 'open': 'still open', 'stack-reused': 'none', 'shutdown': 'none', 'reset': 'reset', 'not-logged': 'not logged' };

/** What a visit lasted: instructions where they are counted, else events. */
export function lastedIn(recording: Recording): (index: number) => number | null {
  const { columns, spans: { visits } } = recording;
  if (columns.counted) return (index) => instructionsAt(recording, index);
  return (index) => (visits.over[index] ?? 0) - (visits.entry[index] ?? 0);
}

/** The row of a visit. `longest`: what a full bar stands for. */
export function visitRow(recording: Recording, index: number, longest: number): VisitRow {
  const { visits } = recording.spans;
  const visit = visitAt(visits, index);
  const lasted = lastedIn(recording)(index);
  const end = visit.seqExit === null ? NO_EXIT[visit.reason ?? 'open'] : `#${String(visit.seqExit)}`;
  return {
    index, name: visit.title, handler: handlerOf(recording, index), colour: VIA_COLOURS[visit.cause.via], depth: visit.depth, entry: visit.seqEntry,
    lasted: lasted === null ? '' : lasted.toLocaleString('en'), atLeast: visit.reason === 'open', share: lasted === null || longest <= 0 ? 0 : lasted / longest,
    faults: visit.faults, thread: visits.threads.length > 1 ? threadName(visit.thread) : '', end, why: whyNoExit(visit), findings: badgesOf(visits, index),
  };
}
