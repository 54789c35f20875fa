// Computes the content hash again from a file, feeding what the writer fed (feed.ts), in the file's own layout.

import { ContentHash } from './content-hash.ts';
import { unfoldRows, unfoldState, type EventChunk, type Inflate, type UnfoldedChunk } from './event-chunk.ts';
import { feedFacts } from './facts.ts';
import { feedChanges, feedRow } from './feed.ts';
import type { TraceHeader } from './header.ts';
import type { Layout } from './layout.ts';

/** The content hash of the events in these chunks: 32 hexadecimal digits. */
export function rehash(header: TraceHeader, layout: Layout, chunks: readonly EventChunk[], inflate: Inflate): string {
  const hash = new ContentHash();
  feedFacts(hash, header);
  let snapshotFed = false;
  for (const chunk of chunks) {
    if (chunk.summary.rows === 0) continue;
    const unfolded = unfoldRows(chunk, layout, inflate);
    const state = unfoldState(chunk, layout, inflate);
    if (!snapshotFed && state !== null) for (const word of state.snapshot) hash.word(word);
    snapshotFed = true;
    const words = new Uint32Array(layout.rowWords);
    for (let row = 0; row < unfolded.rows.count; row += 1) {
      rehashRow(hash, unfolded, row, layout, words);
      for (let index = 2 * row; state !== null && index < 2 * row + 2; index += 1) {
        feedChanges(hash, state.offsets, state.values, index === 0 ? 0 : state.ends[index - 1]!, state.ends[index]!);
      }
    }
  }
  return hash.digest();
}

function rehashRow(hash: ContentHash, { rows, heap }: UnfoldedChunk, row: number, layout: Layout, words: Uint32Array): void {
  const { shape, columns } = rows.shapes[rows.shapeOfRow[row]!]!;
  const rank = rows.rankOfRow[row]!;
  shape.offsets.forEach((offset, index) => { words[offset] = columns[index]!.data[rank & columns[index]!.mask]!; });
  const seq = { lo: rows.seqLo.data[row & rows.seqLo.mask]!, hi: rows.seqHi.data[row & rows.seqHi.mask]! };
  feedRow(hash, shape, layout.ruleHashes, seq, words, 0, heap.words, heap.starts[row]!, heap.starts[row + 1]! - heap.starts[row]!);
}
