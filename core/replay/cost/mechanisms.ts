// Transitions by mechanism: those of one group do the same work but for what the caches of the processor hold. A group is a way of going (INT
// n, #PF, an external interrupt, IRET …), the rings it goes between, and the shape of its frame.

import { isPresent, isUnknown, wordOf, type Row } from '../../event/draft.ts';
import { codeOf, EVENT_KINDS, VIAS, type Via } from '../../event/kinds.ts';
import { handleOf } from '../../event/schema.ts';
import type { TraceSource } from '../source.ts';
import { Growing } from '../visits/table.ts';
import { visitName } from '../visits/name.ts';

const handle = (path: string): number => handleOf('transition', path);
const VIA = handle('via'), VECTOR = handle('vector'), FROM = handle('from.cpl'), TO = handle('to.cpl'), WIDTH = handle('frame.width'), SLOTS = handle('frame.slots');
const TRANSITION = codeOf(EVENT_KINDS, 'transition');
/** Mechanisms told apart by vector: external interrupts all do the same. */
const BY_VECTOR: readonly Via[] = ['int', 'exception'];
/** No group. */
export const NO_MECHANISM = 0xffff;
/** Groups at most: bounds what a hostile file can ask for. */
const MECHANISMS_MAX = 4096;

export interface Mechanism {
  /** `int 0x80`, `#PF`, `interrupt`, `iret`. */
  readonly name: string;
  readonly via: Via;
  readonly rings: { readonly from: number | null; readonly to: number | null };
  /** Values in the frame, and bytes of each; 0 without one. */
  readonly slots: number;
  readonly width: number;
  /** Its transitions. */
  readonly seqs: Uint32Array;
}

export interface Mechanisms {
  readonly list: readonly Mechanism[];
  /** Index in `list` of each event; NO_MECHANISM for others. */
  readonly of: Uint16Array;
}

/** Groups the transitions of a recording: one pass. */
export function mechanismsOf(trace: TraceSource): Mechanisms {
  const of = new Uint16Array(trace.eventCount).fill(NO_MECHANISM);
  const indices = new Map<string, number>();
  const found: { readonly shape: Omit<Mechanism, 'seqs'>; readonly seqs: Growing }[] = [];
  for (let seq = 0; seq < trace.eventCount; seq += 1) {
    if (trace.kindAt(seq) !== TRANSITION) continue;
    const shape = shapeOf(trace.row(seq));
    const key = `${shape.name} ${String(shape.rings.from)} ${String(shape.rings.to)} ${String(shape.slots)} ${String(shape.width)}`;
    const index = indices.get(key) ?? found.length;
    if (index >= MECHANISMS_MAX) continue;
    if (index === found.length) { indices.set(key, index); found.push({ shape, seqs: new Growing() }); }
    found[index]!.seqs.push(seq);
    of[seq] = index;
  }
  return { of, list: found.map(({ shape, seqs }) => ({ ...shape, seqs: seqs.take() })) };
}

function shapeOf(row: Row): Omit<Mechanism, 'seqs'> {
  const known = (field: number): number | null => (isPresent(row, field) && !isUnknown(row, field) ? wordOf(row, field) : null);
  const via = VIAS[wordOf(row, VIA)] ?? 'unknown';
  const at = known(SLOTS);
  const slots = at === null || at >= row.heapLength ? 0 : row.heap[at]!;
  return { name: visitName({ via, vector: BY_VECTOR.includes(via) ? known(VECTOR) : null }), via, rings: { from: known(FROM), to: known(TO) }, slots, width: slots === 0 ? 0 : known(WIDTH) ?? 0 };
}
