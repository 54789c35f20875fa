// Kernel visits by name, for the chips above the table: how many of each, how long they usually last, and what a chip filters by.

import type { TraceSource } from '../../core/replay/source.ts';
import { summarize } from '../../core/replay/visits/summary.ts';
import type { Visits } from '../../core/replay/visits/table.ts';
import { VIAS, type Via } from '../../core/event/kinds.ts';

export interface VisitKind {
  /** Tells kinds apart: mechanism and vector. */
  readonly key: number;
  readonly name: string;
  readonly via: Via;
  readonly count: number;
  /** Median of instructions of those that returned; null where none did, or none are counted. */
  readonly median: number | null;
}

const VECTORS = 512;

/** What two visits of the same kind have in common. */
export function kindKey(visits: Visits, index: number): number {
  return (visits.via[index] ?? 0) * VECTORS + (visits.vector[index] ?? -1) + 1;
}

/** The kinds, the most frequent first; and visits that have something to look at. */
export function visitKinds(trace: TraceSource, visits: Visits): { readonly kinds: readonly VisitKind[]; readonly odd: number } {
  const { groups, findings } = summarize(trace, visits);
  const kinds = groups.map(({ name, count, instructions, example }): VisitKind => ({ key: kindKey(visits, example), name, via: VIAS[visits.via[example] ?? 0] ?? 'unknown', count, median: instructions?.median ?? null }));
  return { kinds, odd: findings.visits };
}
