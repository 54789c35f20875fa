// Kernel visits by name: how many of each, and how long they usually last.

import { visitAt, type Visits } from '../../core/replay/visits/table.ts';
import { VIAS, type Via } from '../../core/event/kinds.ts';

export interface VisitKind {
  /** Tells kinds apart: mechanism and vector. */
  readonly key: number;
  readonly name: string;
  readonly via: Via;
  readonly count: number;
  /** Median of what is known; null when nothing is. */
  readonly median: number | null;
}

const VECTORS = 512;

/** What two visits of the same name have in common. */
export function kindKey(visits: Visits, index: number): number {
  return (visits.via[index] ?? 0) * VECTORS + (visits.vector[index] ?? -1) + 1;
}

/** The kinds, the most frequent first. `lasted` as in order.ts. */
export function visitKinds(visits: Visits, lasted: (index: number) => number | null): readonly VisitKind[] {
  const lists = new Map<number, { readonly first: number; count: number; readonly lengths: number[] }>();
  for (let index = 0; index < visits.count; index += 1) {
    const key = kindKey(visits, index);
    const list = lists.get(key) ?? { first: index, count: 0, lengths: [] };
    lists.set(key, list);
    list.count += 1;
    const length = lasted(index);
    if (length !== null) list.lengths.push(length);
  }
  const kinds = [...lists].map(([key, { first, count, lengths }]): VisitKind => ({ key, name: visitAt(visits, first).name, via: VIAS[visits.via[first] ?? 0] ?? 'unknown', count, median: medianOf(lengths) }));
  return kinds.sort((a, b) => b.count - a.count || a.key - b.key);
}

/** The middle one; of an even number the lower of the two, so that it is a length that occurred. Null of none. */
export function medianOf(lengths: readonly number[]): number | null {
  const sorted = Float64Array.from(lengths).sort();
  return sorted[(sorted.length - 1) >> 1] ?? null;
}
