// The part of one attempt that belongs to one event. An attempt can emit several: a fault and the transition that delivers it, or a whole
// cascade. What was heard since the last fault, transition or shutdown before the event led to the event.

import type { Heard } from '../../event/heard.ts';
import type { EventKind } from '../../event/kinds.ts';

/** What was heard for event `seq`, in order, without the event itself; null when the attempt did not emit it (or it was cut off). */
export function sliceOf(heard: readonly Heard[], seq: number): readonly Heard[] | null {
  const end = heard.findIndex((one) => one.kind === 'event' && one.seq === seq);
  if (end < 0) return null;
  return heard.slice(startOf(heard, end), end);
}

/** Events an attempt may go on behind: what is heard after them leads to something else. */
const ENDS: readonly EventKind[] = ['fault', 'transition', 'shutdown'];

function startOf(heard: readonly Heard[], end: number): number {
  for (let at = end - 1; at >= 0; at -= 1) {
    const one = heard[at]!;
    if (one.kind === 'event' && ENDS.includes(one.event)) return at + 1;
  }
  return 0;
}
