// One chunk of events as bytes: a summary that can be read without unfolding anything, then three sections, each deflated by itself,
// so that a reader takes only what it needs.
//   count seqFirst, seqEnd · varint rows · u8 icount known (then count icountFirst, icountLast) · varint kinds, each varint kind, count
//   · 5 counts: events with cpl 0, 1, 2, 3, unknown · per section: u8 method (0 stored, 1 deflated), varint unfolded, varint stored
//   · the sections' bytes: rows, heap, state. A state section of no bytes: no registers were recorded.

import { BadInput } from '../base/bad-input.ts';
import { ByteReader } from '../base/byte-reader.ts';
import type { ByteWriter } from '../base/byte-writer.ts';
import type { Budget } from './columns.ts';
import { decodeHeap, decodeRows, type DecodedHeap, type DecodedRows } from './decode-rows.ts';
import { decodeState, type DecodedState } from './decode-state.ts';
import type { Layout } from './layout.ts';
import { CHUNK_EVENTS, CHUNK_WORDS_MAX, DEFLATE_RATIO_MAX, SECTION_BYTES_MAX } from './limits.ts';

/** Compresses bytes to raw DEFLATE data (RFC 1951), for example Node's `deflateRawSync`. */
export type Deflate = (bytes: Uint8Array) => Uint8Array;
/** Unfolds raw DEFLATE data to at most `maxBytes` bytes; throws beyond, and on damage. */
export type Inflate = (bytes: Uint8Array, maxBytes: number) => Uint8Array;

/** What a chunk holds at a glance; counts include events a record filter dropped. */
export interface ChunkSummary {
  readonly seqFirst: number;
  readonly seqEnd: number;
  readonly rows: number;
  readonly icountFirst: number | null;
  readonly icountLast: number | null;
  /** Events by file kind code. */
  readonly kinds: readonly number[];
  /** Events by cpl 0..3, and without one. */
  readonly rings: readonly number[];
}
interface Section { readonly bytes: Uint8Array; readonly method: number; readonly unfolded: number }
export interface EventChunk { readonly what: string; readonly summary: ChunkSummary; readonly rows: Section; readonly heap: Section; readonly state: Section }

const STORED = 0, DEFLATED = 1;

/** Appends one section head and gives the bytes to store for it. */
export function packSection(out: ByteWriter, bytes: Uint8Array, deflate: Deflate): Uint8Array {
  const deflated = bytes.length < 32 ? bytes : deflate(bytes);
  const smaller = deflated.length < bytes.length;
  out.u8(smaller ? DEFLATED : STORED);
  out.varint(bytes.length);
  out.varint(smaller ? deflated.length : bytes.length);
  return smaller ? deflated : bytes;
}

/** Reads a section head: its bytes follow later. */
export function readSectionHead(input: ByteReader, mostBytes: number): { method: number; unfolded: number; stored: number } {
  const method = input.u8();
  if (method > DEFLATED) throw input.damaged('a section is packed in an unknown way');
  const unfolded = input.atMost(mostBytes, 'a section');
  const stored = input.atMost(input.remaining, 'a stored section');
  if (method === STORED ? stored !== unfolded : unfolded > stored * DEFLATE_RATIO_MAX + 64) throw input.damaged('a section has an impossible size');
  return { method, unfolded, stored };
}

/** The unfolded bytes of a section. Whatever the passed inflate throws is reported as damage of `what`. */
export function unfold(section: Section, what: string, inflate: Inflate): Uint8Array {
  if (section.method === STORED) return section.bytes;
  let bytes: Uint8Array;
  try {
    bytes = inflate(section.bytes, section.unfolded);
  } catch {
    throw new BadInput(`${what} is damaged (its compressed data cannot be unfolded); take an undamaged copy or make the trace again`);
  }
  if (bytes.length !== section.unfolded) throw new BadInput(`${what} is damaged (it unfolds to another size); take an undamaged copy or make the trace again`);
  return bytes;
}

/** Writes the payload of an event chunk. */
export function writeEventChunk(out: ByteWriter, summary: ChunkSummary, sections: readonly Uint8Array[], deflate: Deflate): void {
  out.count(summary.seqFirst);
  out.count(summary.seqEnd);
  out.varint(summary.rows);
  out.u8(summary.icountFirst === null ? 0 : 1);
  if (summary.icountFirst !== null) {
    out.count(summary.icountFirst);
    out.count(summary.icountLast ?? summary.icountFirst);
  }
  const kinds = summary.kinds.map((count, kind) => ({ kind, count })).filter(({ count }) => count !== 0);
  out.varint(kinds.length);
  for (const { kind, count } of kinds) {
    out.varint(kind);
    out.count(count);
  }
  for (const count of summary.rings) out.count(count);
  const stored = sections.map((bytes) => packSection(out, bytes, deflate));
  for (const bytes of stored) out.append(bytes);
}

/** Reads summary and sections of an event chunk; unfolds nothing. `what` names the chunk in refusals. */
export function readEventChunk(payload: Uint8Array, what: string, kindCount: number): EventChunk {
  const input = new ByteReader(payload, what);
  const summary = readSummary(input, kindCount);
  const heads = [0, 1, 2].map(() => readSectionHead(input, SECTION_BYTES_MAX));
  const [rows, heap, state] = heads.map(({ method, unfolded, stored }) => ({ method, unfolded, bytes: input.take(stored) }));
  input.end();
  return { what, summary, rows: rows!, heap: heap!, state: state! };
}

function readSummary(input: ByteReader, kindCount: number): ChunkSummary {
  const seqFirst = input.count();
  const seqEnd = input.count();
  const rows = input.atMost(CHUNK_EVENTS, 'the number of rows');
  if (seqEnd < seqFirst || seqEnd - seqFirst < rows) throw input.damaged('it has more rows than sequence numbers');
  const known = input.u8() !== 0;
  const icountFirst = known ? input.count() : null;
  const icountLast = known ? input.count() : null;
  const kinds = new Array<number>(kindCount).fill(0);
  for (let left = input.atMost(kindCount, 'the number of kinds'); left > 0; left -= 1) kinds[input.atMost(kindCount - 1, 'a kind')] = input.count();
  const rings = Array.from({ length: 5 }, () => input.count());
  return { seqFirst, seqEnd, rows, icountFirst, icountLast, kinds, rings };
}

/** A chunk unfolded; the state follows when somebody asks for it. */
export interface UnfoldedChunk { readonly rows: DecodedRows; readonly heap: DecodedHeap; readonly budget: Budget }

/** Unfolds rows and heap of a chunk and checks that its sequence numbers ascend inside the summary's range. */
export function unfoldRows(chunk: EventChunk, layout: Layout, inflate: Inflate): UnfoldedChunk {
  const budget = { words: CHUNK_WORDS_MAX };
  const input = new ByteReader(unfold(chunk.rows, chunk.what, inflate), chunk.what);
  const rows = decodeRows(input, layout, chunk.summary.rows, budget);
  let before = chunk.summary.seqFirst - 1;
  for (let row = 0; row < rows.count; row += 1) {
    const seq = seqOfRow(rows, row);
    if (seq <= before || seq >= chunk.summary.seqEnd) throw input.damaged('its sequence numbers do not ascend');
    before = seq;
  }
  const heap = decodeHeap(new ByteReader(unfold(chunk.heap, chunk.what, inflate), chunk.what), rows, budget);
  return { rows, heap, budget };
}

/** Sequence number of row `row` of a chunk. */
export function seqOfRow(rows: DecodedRows, row: number): number {
  return rows.seqHi.data[row & rows.seqHi.mask]! * 0x1_0000_0000 + rows.seqLo.data[row & rows.seqLo.mask]!;
}

/** Unfolds the register state of a chunk; null when none was recorded. */
export function unfoldState(chunk: EventChunk, layout: Layout, inflate: Inflate): DecodedState | null {
  if (chunk.state.unfolded === 0) return null;
  const input = new ByteReader(unfold(chunk.state, chunk.what, inflate), chunk.what);
  return decodeState(input, layout.registerWords, chunk.summary.rows, { words: CHUNK_WORDS_MAX });
}
