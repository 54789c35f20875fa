// The END chunk: one deflated JSON object that closes a trace, with the content hash, the totals and the place of every chunk.
// All of it but the hash's stored value can be made again by reading the other chunks.

import { BadInput } from '../base/bad-input.ts';
import { ByteReader } from '../base/byte-reader.ts';
import { ByteWriter } from '../base/byte-writer.ts';
import { decodeUtf8, encodeUtf8 } from '../base/utf8.ts';
import { packSection, readSectionHead, unfold, type Deflate, type Inflate } from './event-chunk.ts';
import { CHUNKS_MAX, END_BYTES_MAX } from './limits.ts';

export interface EndChunk {
  /** 32 hexadecimal digits; see content-hash.ts. */
  readonly contentHash: string;
  /** Events of the run, dropped ones included; stored rows. */
  readonly events: number;
  readonly rows: number;
  /** File offsets of all chunks before this one. */
  readonly chunks: readonly number[];
}

/** The payload of an END chunk. */
export function writeEnd(end: EndChunk, deflate: Deflate): Uint8Array {
  const out = new ByteWriter();
  out.append(packSection(out, encodeUtf8(JSON.stringify(end)), deflate));
  return out.copy();
}

/** Reads the payload of an END chunk. Throws BadInput when it is not what writeEnd makes. */
export function readEnd(payload: Uint8Array, inflate: Inflate): EndChunk {
  const what = 'the closing chunk of the trace';
  const input = new ByteReader(payload, what);
  const { method, unfolded, stored } = readSectionHead(input, END_BYTES_MAX);
  const json = decodeUtf8(unfold({ method, unfolded, bytes: input.take(stored) }, what, inflate));
  input.end();
  const value = parse(json);
  const { contentHash, events, rows, chunks } = value;
  const isCount = (item: unknown): item is number => typeof item === 'number' && Number.isSafeInteger(item) && item >= 0;
  if (typeof contentHash !== 'string' || !/^[0-9a-f]{32}$/.test(contentHash) || !isCount(events) || !isCount(rows)) throw input.damaged('its totals are missing');
  if (!Array.isArray(chunks) || chunks.length > CHUNKS_MAX || !chunks.every(isCount)) throw input.damaged('its index is no list of offsets');
  return { contentHash, events, rows, chunks };
}

function parse(json: string): Readonly<Record<string, unknown>> {
  try {
    const value = JSON.parse(json) as unknown;
    if (typeof value === 'object' && value !== null) return value as Readonly<Record<string, unknown>>;
  } catch {
    // falls through: no JSON and no object are the same damage
  }
  throw new BadInput('the closing chunk of the trace is damaged (it is no JSON); take an undamaged copy or make the trace again');
}
