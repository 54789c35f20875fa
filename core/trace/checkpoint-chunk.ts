// Checkpoints as chunks. The position stands in front and plain, so that a reader knows all positions without unfolding anything.
//   count icount, iteration, seq, clock · text state hash · section head · section:
//   varint bytes, processor · varint bytes, devices · varint pages, their indices as varint gaps (the first from -1) · 4096 bytes a page

import { ByteReader } from '../base/byte-reader.ts';
import { ByteWriter } from '../base/byte-writer.ts';
import type { Checkpoint, PageImage } from '../event/checkpoint.ts';
import type { Position } from '../event/position.ts';
import { packSection, readSectionHead, unfold, type Deflate, type Inflate } from './event-chunk.ts';
import { CHECKPOINT_BYTES_MAX } from './limits.ts';

const PAGE_BYTES = 4096;
const HASH_BYTES_MAX = 128;

/** The payload of a checkpoint chunk. */
export function writeCheckpointChunk(checkpoint: Checkpoint, deflate: Deflate): Uint8Array {
  const body = new ByteWriter(1 << 16);
  for (const part of [checkpoint.processor, checkpoint.devices]) {
    body.varint(part.length);
    body.append(part);
  }
  const pages = [...checkpoint.pages].sort((a, b) => a.index - b.index);
  body.varint(pages.length);
  pages.forEach(({ index }, at) => { body.varint(index - (pages[at - 1]?.index ?? -1) - 1); });
  for (const { bytes } of pages) body.append(bytes.subarray(0, PAGE_BYTES));
  const out = new ByteWriter();
  const { position } = checkpoint;
  for (const count of [position.icount, position.iteration, position.seq, checkpoint.clock]) out.count(count);
  out.text(checkpoint.stateHash);
  out.append(packSection(out, body.view(), deflate));
  return out.copy();
}

function readHead(input: ByteReader): { readonly position: Position; readonly clock: number; readonly stateHash: string } {
  const position = { icount: input.count(), iteration: input.count(), seq: input.count() };
  return { position, clock: input.count(), stateHash: input.text(HASH_BYTES_MAX) };
}

/** Where the checkpoint of this payload stands. */
export function readCheckpointPosition(payload: Uint8Array): Position {
  return readHead(new ByteReader(payload, 'a checkpoint of the trace')).position;
}

/** Reads one checkpoint whole. */
export function readCheckpointChunk(payload: Uint8Array, inflate: Inflate): Checkpoint {
  const what = 'a checkpoint of the trace';
  const input = new ByteReader(payload, what);
  const head = readHead(input);
  const { method, unfolded, stored } = readSectionHead(input, CHECKPOINT_BYTES_MAX);
  const body = new ByteReader(unfold({ method, unfolded, bytes: input.take(stored) }, what, inflate), what);
  input.end();
  const processor = body.take(body.varint()).slice();
  const devices = body.take(body.varint()).slice();
  return { ...head, processor, devices, pages: readPages(body) };
}

function readPages(body: ByteReader): readonly PageImage[] {
  const many = body.atMost(Math.floor(body.remaining / PAGE_BYTES), 'the number of pages');
  let last = -1;
  const indices = Array.from({ length: many }, () => (last += body.varint() + 1));
  const pages = indices.map((index) => ({ index, bytes: body.take(PAGE_BYTES).slice() }));
  body.end();
  return pages;
}
