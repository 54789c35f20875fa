// Events whose rows a recording filter dropped have numbers but nothing to show: these helpers keep the playhead on what is stored.

import type { Position } from '../../core/event/position.ts';
import { eventAt, type Direction, type TraceSource } from '../../core/replay/source.ts';

/** The stored event at `seq`, or the nearest one in the direction (forward: null when there is none, the end; backward: then the first one forward). */
export function nearestStored(source: TraceSource, seq: number, direction: Direction): number | null {
  const step = direction === 'forward' ? 1 : -1;
  for (let at = seq; at >= 0 && at < source.eventCount; at += step) if (source.kindAt(at) >= 0) return at;
  return direction === 'backward' ? nearestStored(source, seq, 'forward') : null;
}

/** The event at a point, or null between events, at the end, and where the row was dropped. */
export function positionEvent(source: TraceSource, at: Position): number | null {
  return at.seq < source.eventCount && source.kindAt(at.seq) < 0 ? null : eventAt(source, at);
}
