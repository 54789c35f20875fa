// Repeats of a recording that make no progress, found once when it opens: what the table folds, the timeline marks and the statistics list.

import { foldsOf, type Fold } from '../../core/replay/storm-folds.ts';
import { StormScan, type Storms } from '../../core/replay/storms.ts';
import type { TraceSource } from '../../core/replay/source.ts';
import type { Visits } from '../../core/replay/visits/table.ts';
import { workSlice, yieldToWindow } from './slices.ts';

export interface Repeats {
  readonly storms: Storms;
  /** Rising, without overlap. */
  readonly folds: readonly Fold[];
}

/** Looks for them, in slices: one pass over the events. */
export async function repeatsOf(source: TraceSource, visits: Visits): Promise<Repeats> {
  const scan = new StormScan(source, visits);
  while (!workSlice((budget) => scan.advance(budget))) await yieldToWindow();
  const storms = scan.storms();
  return { storms, folds: foldsOf(source, storms.list) };
}
