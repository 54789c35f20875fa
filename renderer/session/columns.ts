// What the timeline and the event table need of every event, as typed columns with prefix sums: one pass when a trace opens,
// then every question about a stretch of events costs the same however long it is.

import { joinCount } from '../../core/base/u64.ts';
import { highWordOf, isPresent, isUnknown, wordOf, type Row } from '../../core/event/draft.ts';
import { completenessOf } from '../../core/event/heap-lists.ts';
import { EVENT_KINDS, VIAS, type EventKind } from '../../core/event/kinds.ts';
import { commonHandle, handleOf } from '../../core/event/schema.ts';
import type { TraceSource } from '../../core/replay/source.ts';

/** A ring that is not recorded. */
export const RING_UNKNOWN = 4;
/** What a mark stands for, from plain to grave. */
export const MARKS = ['none', 'minor', 'transition', 'console', 'msr', 'cr', 'fault', 'end'] as const;
export type Mark = (typeof MARKS)[number];
/** Marks that keep counts for the overview. */
export const COUNTED = ['fault', 'msr', 'cr', 'end', 'change'] as const;
export type Counted = (typeof COUNTED)[number];

export interface Columns {
  readonly count: number;
  /** Code of the kind in EVENT_KINDS; 255 where a recording filter dropped the row. */
  readonly kind: Uint8Array;
  readonly mark: Uint8Array;
  /** Ring before and after the event, RING_UNKNOWN where nobody knows. */
  readonly ringBefore: Uint8Array;
  readonly ringAfter: Uint8Array;
  /** Mechanism (code in VIAS) of a transition, vector of a fault, otherwise 0. */
  readonly detail: Uint8Array;
  /** 1 where the event, or the ring it leads to, is no record but follows from two of them. */
  readonly inferred: Uint8Array;
  /** Instructions retired before the event; never falling. Where none are recorded: the sequence number. */
  readonly icount: Float64Array;
  /** True when the instruction count is recorded. */
  readonly counted: boolean;
  /** Events before index i that stand in each ring (index 0..3), i from 0 to count. */
  readonly ringSums: readonly Uint32Array[];
  /** Events before index i with the mark; `change` counts CPL changes. */
  readonly sums: Readonly<Record<Counted, Uint32Array>>;
  /** Rings that occur; index RING_UNKNOWN: an event whose ring nobody knows. */
  readonly rings: readonly boolean[];
}

const MARK_OF: Readonly<Record<EventKind, Mark>> = {
  'fault': 'fault', 'transition': 'transition', 'msr-write': 'msr', 'msr-read': 'minor', 'cr-write': 'cr', 'dr-write': 'cr', 'table-load': 'minor',
  'mode-change': 'minor', 'table-write': 'minor', 'tlb-flush': 'minor', 'interrupt-line': 'minor', 'input': 'minor', 'snapshot': 'minor', 'vm-exit': 'minor',
  'os': 'minor', 'console': 'console', 'marker': 'minor', 'halt': 'end', 'exit': 'end', 'reset': 'end', 'shutdown': 'end', 'unsupported': 'end',
};
const MARK_CODES = EVENT_KINDS.map((kind) => MARKS.indexOf(MARK_OF[kind]));
const ICOUNT = commonHandle('icount');
const CPL = commonHandle('cpl');
const COMPLETENESS = commonHandle('completeness');
const INFERRED = commonHandle('inferred.after');
const TO_CPL = handleOf('transition', 'to.cpl');
const FROM_CPL = handleOf('transition', 'from.cpl');
const VIA = handleOf('transition', 'via');
const VECTOR = handleOf('fault', 'vector');
const TRANSITION = EVENT_KINDS.indexOf('transition');
const FAULT = EVENT_KINDS.indexOf('fault');

/** Reads every event once. */
export function columnsOf(source: TraceSource): Columns {
  const reading = new ColumnsReading(source);
  reading.advance(source.eventCount);
  return reading.columns();
}

/** Reads the events in slices, so that a window stays responsive. */
export class ColumnsReading {
  readonly #source: TraceSource;
  readonly #columns: Omit<Columns, 'ringSums' | 'sums' | 'rings'>;
  #ring = RING_UNKNOWN;
  #icount = 0;
  #seq = 0;
  /** The transition whose new ring is unknown, until the next event tells it; -1 for none. */
  #openEnd = -1;

  constructor(source: TraceSource) {
    const count = source.eventCount;
    this.#source = source;
    this.#columns = {
      count, kind: new Uint8Array(count), mark: new Uint8Array(count), ringBefore: new Uint8Array(count), ringAfter: new Uint8Array(count),
      detail: new Uint8Array(count), inferred: new Uint8Array(count), icount: new Float64Array(count), counted: count === 0 || source.icountAt(0) >= 0,
    };
  }

  /** Reads up to `budget` more events. True when all were read. */
  advance(budget: number): boolean {
    const end = Math.min(this.#columns.count, this.#seq + budget);
    for (; this.#seq < end; this.#seq += 1) this.#read(this.#seq);
    return this.#seq >= this.#columns.count;
  }

  /** The columns with their sums; to be called when all events were read. */
  columns(): Columns {
    return { ...this.#columns, ...sumsOf(this.#columns) };
  }

  #read(seq: number): void {
    const columns = this.#columns;
    const code = this.#source.kindAt(seq);
    columns.kind[seq] = code < 0 ? 255 : code;
    columns.mark[seq] = code < 0 ? 0 : MARK_CODES[code] ?? 0;
    columns.ringBefore[seq] = columns.ringAfter[seq] = this.#ring;
    columns.icount[seq] = columns.counted ? this.#icount : seq;
    if (code < 0) return;
    const row = this.#source.row(seq);
    if (columns.counted) columns.icount[seq] = this.#icount = Math.max(this.#icount, countIn(row));
    if (isPresent(row, INFERRED)) columns.inferred[seq] = 1;
    let ring = ringIn(row, CPL, this.#ring);
    if (code === TRANSITION) ring = ringIn(row, FROM_CPL, ring);
    if (ring !== RING_UNKNOWN && this.#openEnd >= 0) this.#closeEnd(seq, ring);
    columns.ringBefore[seq] = ring;
    if (code === TRANSITION) {
      if (isPresent(row, TO_CPL) && isUnknown(row, TO_CPL) && ring !== RING_UNKNOWN) { this.#openEnd = seq; ring = RING_UNKNOWN; }
      else ring = ringIn(row, TO_CPL, ring);
      if (isReconstructed(row, TO_CPL)) columns.inferred[seq] = 1;
      columns.detail[seq] = wordOf(row, VIA);
    }
    if (code === FAULT) columns.detail[seq] = wordOf(row, VECTOR);
    columns.ringAfter[seq] = this.#ring = ring;
  }

  // a log that does not say where a transition led: the ring the next event finds is where
  #closeEnd(seq: number, ring: number): void {
    const { ringBefore, ringAfter, inferred } = this.#columns;
    ringAfter.fill(ring, this.#openEnd, seq);
    ringBefore.fill(ring, this.#openEnd + 1, seq);
    inferred[this.#openEnd] = 1;
    this.#openEnd = -1;
  }
}

function countIn(row: Row): number {
  return isPresent(row, ICOUNT) && !isUnknown(row, ICOUNT) ? joinCount(wordOf(row, ICOUNT), highWordOf(row, ICOUNT)) : 0;
}

function isReconstructed(row: Row, handle: number): boolean {
  return isPresent(row, COMPLETENESS) && completenessOf(row, COMPLETENESS).some((mark) => mark.handle === handle && mark.state === 'reconstructed');
}

function ringIn(row: Row, handle: number, otherwise: number): number {
  if (!isPresent(row, handle) || isUnknown(row, handle)) return otherwise;
  const ring = wordOf(row, handle);
  return ring <= 3 ? ring : otherwise;
}

function sumsOf(columns: Pick<Columns, 'count' | 'mark' | 'ringBefore' | 'ringAfter'>): Pick<Columns, 'ringSums' | 'sums' | 'rings'> {
  const { count, mark, ringBefore, ringAfter } = columns;
  const marked = (name: Mark): Uint32Array => { const code = MARKS.indexOf(name); return runningCount(count, (index) => mark[index] === code); };
  const ringSums = [0, 1, 2, 3].map((ring) => runningCount(count, (index) => ringBefore[index] === ring));
  const change = runningCount(count, (index) => ringBefore[index] !== ringAfter[index]);
  const rings = [0, 1, 2, 3, RING_UNKNOWN].map((ring) => ringBefore.includes(ring) || ringAfter.includes(ring));
  return { ringSums, rings, sums: { fault: marked('fault'), msr: marked('msr'), cr: marked('cr'), end: marked('end'), change } };
}

// entry i: how many of the first i events are counted
function runningCount(count: number, isCounted: (index: number) => boolean): Uint32Array {
  const sums = new Uint32Array(count + 1);
  let sum = 0;
  for (let index = 0; index < count; index += 1) {
    if (isCounted(index)) sum += 1;
    sums[index + 1] = sum;
  }
  return sums;
}

/** The kind of an event, or null where its row was dropped. */
export function kindOf(columns: Columns, seq: number): EventKind | null {
  return EVENT_KINDS[columns.kind[seq] ?? 255] ?? null;
}

/** The mechanism of a transition. */
export function viaOf(columns: Columns, seq: number): (typeof VIAS)[number] {
  return VIAS[columns.detail[seq] ?? 0] ?? 'unknown';
}

/** The nearest counted event at or after `from` (forward) or before it (backward); null when there is none. Costs no look at the events. */
export function nearestCounted(columns: Columns, what: Counted, from: number, direction: 'forward' | 'backward'): number | null {
  const sums = columns.sums[what];
  const before = sums[Math.min(from, columns.count)] ?? 0;
  const wanted = direction === 'forward' ? before + 1 : before;
  if (wanted < 1 || wanted > (sums[columns.count] ?? 0)) return null;
  let low = 0;
  let high = columns.count;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sums[middle + 1] ?? 0) < wanted) low = middle + 1; else high = middle;
  }
  return low;
}

/** Index of the first event at or after `icount` instructions. */
export function firstAtCount(columns: Columns, icount: number): number {
  let low = 0;
  let high = columns.count;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((columns.icount[middle] ?? 0) < icount) low = middle + 1; else high = middle;
  }
  return low;
}

/** Instructions the recording spans, at least 1. */
export function spanOf(columns: Columns): number {
  return Math.max(1, (columns.icount[columns.count - 1] ?? 0) + 1);
}

