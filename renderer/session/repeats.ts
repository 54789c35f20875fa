// Repeats of a recording that make no progress, found once when it opens: what the table folds, the timeline marks and the statistics list.

import { foldsOf, type Fold } from '../../core/replay/storm-folds.ts';
import { stormsOf, type Storms } from '../../core/replay/storms.ts';
import type { TraceSource } from '../../core/replay/source.ts';
import type { Visits } from '../../core/replay/visits/table.ts';

export interface Repeats {
  readonly storms: Storms;
  /** Rising, without overlap. */
  readonly folds: readonly Fold[];
}

/** Looks for them: one pass over the events. */
export function repeatsOf(source: TraceSource, visits: Visits): Repeats {
  const storms = stormsOf(source, visits);
  return { storms, folds: foldsOf(source, storms.list) };
}
