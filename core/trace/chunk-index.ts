// Where the events of a trace lie: its event chunks in order with the totals over them. Built when a trace is opened; unfolds nothing.

import { EVENT_KINDS } from '../event/kinds.ts';
import { BadInput } from '../base/bad-input.ts';
import { readEventChunk, type EventChunk } from './event-chunk.ts';
import type { Chunk } from './frames.ts';
import type { Layout } from './layout.ts';
import { ROWS_MAX } from './limits.ts';

/** Totals over all events, those a record filter dropped included. */
export interface Totals {
  /** Events by kind code (index in EVENT_KINDS). */
  readonly kinds: readonly number[];
  /** Events by cpl before them, 0..3, then those without one. */
  readonly rings: readonly number[];
}

export interface ChunkIndex {
  readonly chunks: readonly EventChunk[];
  /** Rows before each chunk. */
  readonly rowFirst: Float64Array;
  readonly rowCount: number;
  readonly eventCount: number;
  readonly totals: Totals;
}

/** Reads the summaries of the event chunks and checks that they follow one another. */
export function indexChunks(frames: readonly Chunk[], layout: Layout): ChunkIndex {
  const chunks = frames.filter(({ type }) => type === 'events')
    .map(({ payload, offset }) => readEventChunk(payload, `the event chunk at byte ${String(offset)}`, layout.kinds.length));
  const rowFirst = new Float64Array(chunks.length);
  let rowCount = 0;
  let eventCount = 0;
  chunks.forEach(({ what, summary }, index) => {
    if (summary.seqFirst < eventCount) throw new BadInput(`${what} is damaged (its events come before those of an earlier chunk); take an undamaged copy or make the trace again`);
    rowFirst[index] = rowCount;
    rowCount += summary.rows;
    eventCount = summary.seqEnd;
  });
  if (rowCount > ROWS_MAX) throw new BadInput(`the trace has ${String(rowCount)} events, at most ${String(ROWS_MAX)} can be opened; record it with a filter or --max-events`);
  return { chunks, rowFirst, rowCount, eventCount, totals: totalsOf(chunks, layout) };
}

function totalsOf(chunks: readonly EventChunk[], layout: Layout): Totals {
  const kinds = new Array<number>(EVENT_KINDS.length).fill(0);
  const rings = [0, 0, 0, 0, 0];
  for (const { summary } of chunks) {
    summary.kinds.forEach((count, fileKind) => { kinds[layout.kinds[fileKind]!.code]! += count; });
    summary.rings.forEach((count, ring) => { rings[ring]! += count; });
  }
  return { kinds, rings };
}

/** The last chunk for which `first(chunk) <= value`, or -1. `first` ascends over the chunks. */
export function chunkNotAfter(index: ChunkIndex, value: number, first: (chunk: number) => number): number {
  let low = 0;
  let high = index.chunks.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (first(middle) <= value) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
