// A recording counted: events by kind, faults and transitions by vector and mechanism, and the addresses that fault most. One pass over
// the rows of faults and transitions.

import { vectorName } from '../../arch/vectors.ts';
import { joinU64 } from '../../base/u64.ts';
import { highWordOf, isPresent, isUnknown, wordOf, type Row } from '../../event/draft.ts';
import { codeOf, EVENT_KINDS, VIAS, type EventKind, type Via } from '../../event/kinds.ts';
import { commonHandle, handleOf } from '../../event/schema.ts';
import type { TraceSource } from '../source.ts';

export interface VectorTally {
  readonly vector: number;
  /** `#PF`, or `vector 0x80`; a vector of an exception that only INT n or a device used has no mnemonic either. */
  readonly name: string;
  /** Faults raised with it, and entries made through it. */
  readonly faults: number;
  readonly entries: number;
}
/** A place that faults: the address a #PF names, of other faults the instruction. */
export interface FaultPlace {
  readonly name: string;
  readonly cr2: bigint | null;
  readonly ip: bigint | null;
  readonly count: number;
  readonly seqFirst: number;
  readonly seqLast: number;
}
export interface Tally {
  /** Stored events by kind, those that occur. */
  readonly kinds: readonly { readonly kind: EventKind; readonly count: number }[];
  readonly vectors: readonly VectorTally[];
  readonly vias: readonly { readonly via: Via; readonly count: number }[];
  /** Most frequent first. */
  readonly places: readonly FaultPlace[];
  /** Places beyond the bound are not told apart. */
  readonly isCut: boolean;
}

const FAULT = codeOf(EVENT_KINDS, 'fault'), TRANSITION = codeOf(EVENT_KINDS, 'transition');
const FAULT_VECTOR = handleOf('fault', 'vector'), CR2 = handleOf('fault', 'cr2'), IP = commonHandle('ip');
const VIA = handleOf('transition', 'via'), VECTOR = handleOf('transition', 'vector');
const AS_EXCEPTION: ReadonlySet<number> = new Set([codeOf(VIAS, 'exception'), codeOf(VIAS, 'nmi')]);
const VECTORS = 256;
/** Places told apart: bounds what a hostile file can ask for. */
const PLACES_MAX = 1 << 16;

interface Place { readonly vector: number; readonly cr2: bigint | null; readonly ip: bigint | null; count: number; readonly seqFirst: number; seqLast: number }

/** Counts a recording; `most`: fault places to list. */
export function tallyOf(trace: TraceSource, { most }: { readonly most: number }): Tally {
  const kinds = new Uint32Array(EVENT_KINDS.length), faults = new Uint32Array(VECTORS), entries = new Uint32Array(VECTORS), exceptions = new Uint32Array(VECTORS), vias = new Uint32Array(VIAS.length);
  const places = new Map<string, Place>();
  let isCut = false;
  for (let at = 0; at < trace.rowCount; at += 1) {
    const seq = trace.seqAt(at);
    const kind = trace.kindAt(seq);
    kinds[kind]! += 1;
    if (kind !== FAULT && kind !== TRANSITION) continue;
    const row = trace.row(seq);
    if (kind === TRANSITION) {
      const via = wordOf(row, VIA);
      vias[via]! += 1;
      if (!isKnown(row, VECTOR)) continue;
      entries[wordOf(row, VECTOR) & 0xff]! += 1;
      if (AS_EXCEPTION.has(via)) exceptions[wordOf(row, VECTOR) & 0xff]! += 1;
    } else {
      faults[wordOf(row, FAULT_VECTOR) & 0xff]! += 1;
      if (!notePlace(places, row, seq)) isCut = true;
    }
  }
  return {
    kinds: EVENT_KINDS.flatMap((kind, code) => (kinds[code] === 0 ? [] : [{ kind, count: kinds[code]! }])).sort((a, b) => b.count - a.count),
    vectors: Array.from({ length: VECTORS }, (_, vector) => ({ vector, name: faults[vector]! + exceptions[vector]! > 0 ? vectorName(vector) : plainName(vector), faults: faults[vector]!, entries: entries[vector]! })).filter((one) => one.faults + one.entries > 0),
    vias: VIAS.flatMap((via, code) => (vias[code] === 0 ? [] : [{ via, count: vias[code]! }])).sort((a, b) => b.count - a.count),
    places: [...places.values()].sort((a, b) => b.count - a.count || a.seqFirst - b.seqFirst).slice(0, most).map(({ vector, ...place }) => ({ name: vectorName(vector), ...place })), isCut,
  };
}

const plainName = (vector: number): string => `vector 0x${vector.toString(16)}`;

function notePlace(places: Map<string, Place>, row: Row, seq: number): boolean {
  const vector = wordOf(row, FAULT_VECTOR);
  const field = isKnown(row, CR2) ? CR2 : IP;
  const key = isKnown(row, field) ? `${String(vector)} ${String(highWordOf(row, field))} ${String(wordOf(row, field))}` : String(vector);
  const there = places.get(key);
  if (there !== undefined) { there.count += 1; there.seqLast = seq; return true; }
  if (places.size >= PLACES_MAX) return false;
  places.set(key, { vector, cr2: wideIn(row, CR2), ip: wideIn(row, IP), count: 1, seqFirst: seq, seqLast: seq });
  return true;
}

function isKnown(row: Row, field: number): boolean {
  return isPresent(row, field) && !isUnknown(row, field);
}

function wideIn(row: Row, field: number): bigint | null {
  return isKnown(row, field) ? joinU64(wordOf(row, field), highWordOf(row, field)) : null;
}
