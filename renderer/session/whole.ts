// What is worked out about a recording as a whole, for panes that show it: counts, rings, and what each mechanism costs.

import { costAnatomy, type CostAnatomy } from '../../core/replay/cost/anatomy.ts';
import { dwellOf } from '../../core/replay/stats/dwell.ts';
import { tallyOf, type Tally } from '../../core/replay/stats/tally.ts';
import type { Work } from './once.svelte.ts';
import { yieldToWindow } from './slices.ts';

/** Places that fault most: so many are listed. */
const PLACES = 10;

export interface Counts { readonly tally: Tally; readonly dwell: ReturnType<typeof dwellOf> }

/** Events counted, and how long each ring ran. */
export async function countsOf({ recording }: Work): Promise<Counts> {
  const tally = tallyOf(recording.source, { most: PLACES });
  await yieldToWindow();
  return { tally, dwell: dwellOf(recording.source) };
}

/** Executes some calls of every mechanism again and counts their work. */
export function costOf({ recording, replay, tell, isDropped }: Work): Promise<CostAnatomy> {
  return costAnatomy({ trace: recording.source, visits: recording.spans.visits, reexecutor: replay.reexecutor, absent: replay.absent }, { onProgress: tell, isCancelled: isDropped });
}
