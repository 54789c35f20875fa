// What is worked out about a recording as a whole, for panes that show it: what each mechanism costs.

import { costAnatomy, type CostAnatomy } from '../../core/replay/cost/anatomy.ts';
import type { Work } from './once.svelte.ts';

/** Executes some calls of every mechanism again and counts their work. */
export function costOf({ recording, replay, tell, isDropped }: Work): Promise<CostAnatomy> {
  return costAnatomy({ trace: recording.source, visits: recording.spans.visits, reexecutor: replay.reexecutor, absent: replay.absent }, { onProgress: tell, isCancelled: isDropped });
}
