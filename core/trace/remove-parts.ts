// Writes a trace again without its image or checkpoints: everything at event level must still work, and files to pass on get small.

import { readEnd, writeEnd } from './end-chunk.ts';
import { indexChunks } from './chunk-index.ts';
import type { Deflate, Inflate } from './event-chunk.ts';
import { readFrames, writeChunk, writeTrailer, type ChunkType } from './frames.ts';
import { layoutOf } from './layout.ts';
import { rehash } from './rehash.ts';

/**
 * The trace in `bytes` without the chunks of the given types. Events and header stay as they are, so the content hash does too; a
 * truncated trace is closed properly on the way. Throws BadInput when the bytes are no trace.
 */
export function removeParts(bytes: Uint8Array, parts: readonly Extract<ChunkType, 'image' | 'file' | 'checkpoint' | 'input'>[], { inflate, deflate }: { readonly inflate: Inflate; readonly deflate: Deflate }): Uint8Array {
  const frames = readFrames(bytes, inflate);
  const out: Uint8Array[] = [frames.prefix];
  const offsets: number[] = [];
  let length = frames.prefix.length;
  const put = (piece: Uint8Array): void => {
    out.push(piece);
    length += piece.length;
  };
  for (const { type, payload } of frames.chunks) {
    if (type === 'end' || (parts as readonly ChunkType[]).includes(type)) continue;
    offsets.push(length);
    put(writeChunk(type, payload));
  }
  const layout = layoutOf(frames.header.schema);
  const { chunks, rowCount, eventCount } = indexChunks(frames.chunks, layout);
  const old = frames.chunks.find(({ type }) => type === 'end');
  const contentHash = old === undefined ? rehash(frames.header, layout, chunks, inflate) : readEnd(old.payload, inflate).contentHash;
  const end = writeChunk('end', writeEnd({ contentHash, events: eventCount, rows: rowCount, chunks: offsets }, deflate));
  put(end);
  put(writeTrailer(end.length));
  return join(out, length);
}

function join(pieces: readonly Uint8Array[], length: number): Uint8Array {
  const joined = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    joined.set(piece, at);
    at += piece.length;
  }
  return joined;
}
