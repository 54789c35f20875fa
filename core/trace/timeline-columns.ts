// The columns a timeline paints and a search skims: one entry a stored row, in row order, 22 bytes a row.

import { joinCount } from '../base/u64.ts';
import { highWordOf, isPresent, isUnknown, wordOf, type Row } from '../event/draft.ts';
import { EVENT_KINDS, codeOf } from '../event/kinds.ts';
import { commonHandle, handleOf } from '../event/schema.ts';

/** What stands for "none" or "not known" in the columns. */
export const NO_CPL = 0xff;
export const NO_VECTOR = 0xffff;
export const NO_VIA = 0xff;

export interface TimelineColumns {
  /** Sequence numbers; equal to the index unless a filter dropped events. */
  readonly seq: Float64Array;
  readonly kind: Uint8Array;
  /** Rings before and after; equal but for transitions; NO_CPL where not known. */
  readonly fromCpl: Uint8Array;
  readonly toCpl: Uint8Array;
  /** Of faults, transitions and interrupt lines; NO_VECTOR otherwise. */
  readonly vector: Uint16Array;
  /** Mechanism of a transition (index in VIAS); NO_VIA otherwise. */
  readonly via: Uint8Array;
  /** icount where the trace has it, else the log's time value, else the sequence number. */
  readonly time: Float64Array;
}

const ICOUNT = commonHandle('icount'), TIME = commonHandle('time.value'), CPL = commonHandle('cpl');
const FROM = handleOf('transition', 'from.cpl'), TO = handleOf('transition', 'to.cpl'), VIA = handleOf('transition', 'via');
const TRANSITION = codeOf(EVENT_KINDS, 'transition'), FAULT = codeOf(EVENT_KINDS, 'fault'), LINE = codeOf(EVENT_KINDS, 'interrupt-line');
const VECTORS = new Map([
  [TRANSITION, handleOf('transition', 'vector')], [FAULT, handleOf('fault', 'vector')], [LINE, handleOf('interrupt-line', 'vector')],
]);

/** Empty columns for `rows` rows. */
export function makeColumns(rows: number): TimelineColumns {
  return {
    seq: new Float64Array(rows), kind: new Uint8Array(rows), fromCpl: new Uint8Array(rows), toCpl: new Uint8Array(rows),
    vector: new Uint16Array(rows), via: new Uint8Array(rows), time: new Float64Array(rows),
  };
}

const known = (row: Row, handle: number): boolean => isPresent(row, handle) && !isUnknown(row, handle);
const small = (row: Row, handle: number, none: number): number => (known(row, handle) ? Math.min(wordOf(row, handle), none) : none);

/** Fills entry `index` from a row. */
export function fillColumns(columns: TimelineColumns, index: number, seq: number, row: Row): void {
  columns.seq[index] = seq;
  columns.kind[index] = row.kind;
  const cpl = small(row, CPL, NO_CPL);
  const isTransition = row.kind === TRANSITION;
  const from = isTransition ? small(row, FROM, NO_CPL) : cpl;
  columns.fromCpl[index] = from === NO_CPL ? cpl : from;
  columns.toCpl[index] = isTransition ? small(row, TO, NO_CPL) : cpl;
  const vector = VECTORS.get(row.kind);
  columns.vector[index] = vector === undefined ? NO_VECTOR : small(row, vector, NO_VECTOR);
  columns.via[index] = isTransition ? small(row, VIA, NO_VIA) : NO_VIA;
  columns.time[index] = timeOf(row, seq);
}

function timeOf(row: Row, seq: number): number {
  for (const handle of [ICOUNT, TIME]) if (known(row, handle)) return joinCount(wordOf(row, handle), highWordOf(row, handle));
  return seq;
}
