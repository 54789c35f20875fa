// Opens a trace and answers by sequence number: rows, events, register states, checkpoints. Chunks are unfolded when asked for and
// kept within a budget. Nothing here executes anything, and no file can make it allocate beyond limits.ts.

import { REGISTER_FILE_WORDS } from '../arch/register-file.ts';
import { BadInput } from '../base/bad-input.ts';
import { Lru } from '../base/lru.ts';
import { joinCount } from '../base/u64.ts';
import type { CheckpointSource } from '../event/checkpoint.ts';
import { decodeEvent, type Names } from '../event/decode.ts';
import type { GuestFile } from '../event/guest-file.ts';
import type { GuestInput } from '../event/input.ts';
import { EventDraft, highWordOf, isPresent, isUnknown, wordOf, type Row } from '../event/draft.ts';
import type { TraceEvent } from '../event/event.ts';
import { commonHandle } from '../event/schema.ts';
import { readCheckpointChunk, readCheckpointPosition } from './checkpoint-chunk.ts';
import { chunkNotAfter, indexChunks, type ChunkIndex, type Totals } from './chunk-index.ts';
import { hashBytes } from './content-hash.ts';
import { stateOf, type DecodedState } from './decode-state.ts';
import { readEnd } from './end-chunk.ts';
import { seqOfRow, unfoldRows, unfoldState, type Inflate, type UnfoldedChunk } from './event-chunk.ts';
import { readFrames, type Frames } from './frames.ts';
import { gather, planGather, type GatherPlan } from './gather.ts';
import type { TraceHeader } from './header.ts';
import { readFiles, readImage, readInputChunk } from './image-chunk.ts';
import { layoutOf, type Layout } from './layout.ts';
import { CACHE_BYTES, CHUNK_WORDS_MAX } from './limits.ts';
import { rehash } from './rehash.ts';
import { fillColumns, makeColumns, type TimelineColumns } from './timeline-columns.ts';

const ICOUNT = commonHandle('icount');

interface OpenChunk extends UnfoldedChunk { readonly plans: readonly GatherPlan[] }
/** Where a stored row lies. */
interface Place { readonly chunk: number; readonly row: number }

/** Opens the bytes of a `.rtrace` file. Throws BadInput when they are none, of a newer version, or damaged in the header. */
export function openTrace(bytes: Uint8Array, inflate: Inflate): TraceReader {
  return new TraceReader(readFrames(bytes, inflate), inflate);
}

export class TraceReader {
  readonly header: TraceHeader;
  /** Names of this trace's rules by code, for `decodeEvent`. */
  readonly names: Names;
  /** Events of the run: sequence numbers are 0 to eventCount - 1, dropped ones included. */
  readonly eventCount: number;
  /** Rows the file holds: eventCount less what a record filter dropped or damage took. */
  readonly rowCount: number;
  readonly totals: Totals;
  /** The recorder did not close the file, or its end is cut off. */
  readonly truncated: boolean;
  /** Some chunk is damaged: its events are missing. */
  readonly damaged: boolean;
  /** Bytes at the end that belong to no whole chunk. */
  readonly ignoredBytes: number;
  /** What a user should be told about this file, one sentence each; empty for a sound file of this version. */
  readonly notes: readonly string[];
  /** The content hash the recorder wrote; null when the file is truncated. */
  readonly contentHash: string | null;
  readonly checkpoints: CheckpointSource;
  /** Registers were recorded with the events (imports have none). */
  readonly hasState: boolean;
  private readonly inflate: Inflate;
  private readonly frames: Frames;
  private readonly layout: Layout;
  private readonly index: ChunkIndex;
  private readonly open = new Lru<number, OpenChunk>(CACHE_BYTES);
  private readonly states = new Lru<number, DecodedState | null>(CACHE_BYTES);
  private readonly draft = new EventDraft();
  /** The chunk used last, ahead of the cache. */
  private latest = -1;
  private latestChunk: OpenChunk | null = null;
  private timeline: TimelineColumns | null = null;

  constructor(frames: Frames, inflate: Inflate) {
    this.frames = frames;
    this.inflate = inflate;
    this.header = frames.header;
    this.layout = layoutOf(frames.header.schema);
    this.names = { rules: this.layout.rules };
    this.index = indexChunks(frames.chunks, this.layout);
    const end = frames.chunks.find(({ type }) => type === 'end');
    this.contentHash = end === undefined ? null : readEnd(end.payload, inflate).contentHash;
    this.eventCount = this.index.eventCount;
    this.rowCount = this.index.rowCount;
    this.totals = this.index.totals;
    this.truncated = !frames.complete;
    this.damaged = frames.damage.length > 0;
    this.ignoredBytes = frames.ignoredBytes;
    this.notes = [...truncationNotes(frames, this.eventCount), ...frames.damage, ...this.layout.notes];
    this.checkpoints = this.checkpointSource();
    this.hasState = this.index.chunks.some(({ state }) => state.unfolded > 0);
  }

  /** True when the row of this event is stored. */
  has(seq: number): boolean {
    return this.find(seq) !== null;
  }

  /** Kind code of an event (index in EVENT_KINDS), or -1 when its row is not stored. */
  kindAt(seq: number): number {
    const place = this.find(seq);
    if (place === null) return -1;
    const { rows, plans } = this.unfolded(place.chunk);
    return plans[rows.shapeOfRow[place.row]!]!.kind;
  }

  /** The stored row of an event. It is reused: valid until the next call. Throws BadInput when the row is not stored. */
  row(seq: number): Row {
    this.readRow(seq, this.draft);
    return this.draft;
  }

  /** Copies the stored row of an event into a draft of the caller's. */
  readRow(seq: number, draft: EventDraft): void {
    this.gatherRow(this.place(seq), draft);
  }

  /** The event as a plain object. Throws BadInput when its row is not stored. */
  event(seq: number): TraceEvent {
    return decodeEvent(this.row(seq), seq, this.names);
  }

  /** REGISTER_FILE_WORDS words just before the event. Throws BadInput where none were recorded. */
  stateBefore(seq: number): Uint32Array {
    return this.state(seq, 'before');
  }

  /** REGISTER_FILE_WORDS words just after the event. Throws BadInput where none were recorded. */
  stateAfter(seq: number): Uint32Array {
    return this.state(seq, 'after');
  }

  /** Instructions retired before the event; of an event that is not stored, those before the last stored one; -1 where the log does not say. */
  icountAt(seq: number): number {
    const row = this.rowNotAfter(seq);
    if (row < 0) return this.index.chunks[0]?.summary.icountFirst === null ? -1 : 0;
    this.gatherRow(this.placeOfRow(row), this.draft);
    if (!isPresent(this.draft, ICOUNT) || isUnknown(this.draft, ICOUNT)) return -1;
    return joinCount(wordOf(this.draft, ICOUNT), highWordOf(this.draft, ICOUNT));
  }

  /** The first stored event with icount at least this; eventCount when there is none, or when the trace has no icounts. */
  seqAtIcount(icount: number): number {
    let low = 0;
    let high = this.rowCount;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.icountAt(this.seqAt(middle)) < icount) low = middle + 1;
      else high = middle;
    }
    return low === this.rowCount ? this.eventCount : this.seqAt(low);
  }

  /** Sequence number of the `row`-th stored row. */
  seqAt(row: number): number {
    const { chunk, row: at } = this.placeOfRow(row);
    return seqOfRow(this.unfolded(chunk).rows, at);
  }

  /** Index of the last stored row whose event is not after `seq`; -1 when there is none. */
  rowNotAfter(seq: number): number {
    const chunk = chunkNotAfter(this.index, seq, (one) => this.index.chunks[one]!.summary.seqFirst);
    if (chunk < 0) return -1;
    return this.index.rowFirst[chunk]! + this.rowInChunk(chunk, seq);
  }

  /** The columns of the timeline; made at the first call, then kept. */
  columns(): TimelineColumns {
    this.timeline ??= this.makeTimeline();
    return this.timeline;
  }

  /** The embedded guest image; null when there is none. */
  image(): Uint8Array | null {
    return readImage(this.payloads('image'), this.inflate);
  }

  /** The files the guest was given, in the header's order. Throws BadInput when one is missing or damaged. */
  files(): readonly GuestFile[] {
    const { files } = this.header;
    const found = readFiles(this.payloads('file'), files.length, this.inflate);
    return files.map(({ role, name, hash }, index) => {
      const bytes = found[index];
      if (bytes === null || bytes === undefined) throw new BadInput(`the ${role} ${JSON.stringify(name)} is not in this trace: record again`);
      if (hashBytes(bytes) !== hash) throw new BadInput(`the ${role} ${JSON.stringify(name)} inside this trace is not the one that was recorded; record again`);
      return { role, name, bytes };
    });
  }

  /** The inputs the recording was given. */
  inputs(): readonly GuestInput[] {
    return this.payloads('input').flatMap((payload) => readInputChunk(payload, this.inflate));
  }

  /** The content hash computed again from what the file holds. */
  recomputeHash(): string {
    return rehash(this.header, this.layout, this.index.chunks, this.inflate);
  }

  private payloads(type: 'image' | 'file' | 'input' | 'checkpoint'): Uint8Array[] {
    return this.frames.chunks.filter((chunk) => chunk.type === type).map(({ payload }) => payload);
  }

  private checkpointSource(): CheckpointSource {
    const stored = this.payloads('checkpoint').map((payload) => ({ payload, position: readCheckpointPosition(payload) }))
      .filter(({ position }) => position.seq <= this.eventCount);
    return {
      positions: stored.map(({ position }) => position),
      load: (index) => {
        const one = stored[index];
        if (one === undefined) throw new BadInput(`the trace has no checkpoint ${String(index)}; it has ${String(stored.length)}`);
        return readCheckpointChunk(one.payload, this.inflate);
      },
    };
  }

  private makeTimeline(): TimelineColumns {
    const columns = makeColumns(this.rowCount);
    for (let row = 0; row < this.rowCount; row += 1) {
      const place = this.placeOfRow(row);
      this.gatherRow(place, this.draft);
      fillColumns(columns, row, seqOfRow(this.unfolded(place.chunk).rows, place.row), this.draft);
    }
    return columns;
  }

  private gatherRow({ chunk, row }: Place, draft: EventDraft): void {
    const { rows, heap, plans } = this.unfolded(chunk);
    gather(plans[rows.shapeOfRow[row]!]!, rows.rankOfRow[row]!, heap, row, this.layout, draft);
  }

  private unfolded(chunk: number): OpenChunk {
    if (chunk !== this.latest || this.latestChunk === null) {
      this.latestChunk = this.open.get(chunk) ?? this.unfold(chunk);
      this.latest = chunk;
    }
    return this.latestChunk;
  }

  private unfold(chunk: number): OpenChunk {
    const unfolded = unfoldRows(this.index.chunks[chunk]!, this.layout, this.inflate);
    const opened = { ...unfolded, plans: unfolded.rows.shapes.map((shape) => planGather(shape, this.layout)) };
    this.open.set(chunk, opened, 4 * (CHUNK_WORDS_MAX - unfolded.budget.words));
    return opened;
  }

  private state(seq: number, moment: 'before' | 'after'): Uint32Array {
    const { chunk, row } = this.place(seq);
    let state = this.states.get(chunk);
    if (state === undefined) {
      state = unfoldState(this.index.chunks[chunk]!, this.layout, this.inflate);
      this.states.set(chunk, state, state === null ? 0 : 6 * state.values.length + 8 * this.layout.registerWords * (1 + state.ends.length / 2048));
    }
    if (state === null) throw new BadInput(`no registers were recorded with event ${String(seq)}; imported logs have none unless they dump them`);
    const words = stateOf(state, row, moment);
    return this.layout.registersMoved || words.length !== REGISTER_FILE_WORDS ? this.mapped(words) : words;
  }

  private mapped(words: Uint32Array): Uint32Array {
    const own = new Uint32Array(REGISTER_FILE_WORDS);
    this.layout.registerTargets.forEach((target, offset) => { if (target >= 0) own[target] = words[offset]!; });
    return own;
  }

  private place(seq: number): Place {
    const place = this.find(seq);
    if (place !== null) return place;
    if (seq >= 0 && seq < this.eventCount && Number.isInteger(seq)) throw new BadInput(`event ${String(seq)} is not stored (a record filter dropped it, or its chunk is damaged); choose another`);
    throw new BadInput(`there is no event ${String(seq)}; the trace has ${this.eventCount === 0 ? 'none' : `0 to ${String(this.eventCount - 1)}`}`);
  }

  private find(seq: number): Place | null {
    const chunk = chunkNotAfter(this.index, seq, (one) => this.index.chunks[one]!.summary.seqFirst);
    if (chunk < 0 || seq >= this.index.chunks[chunk]!.summary.seqEnd) return null;
    const row = this.rowInChunk(chunk, seq);
    return row >= 0 && seqOfRow(this.unfolded(chunk).rows, row) === seq ? { chunk, row } : null;
  }

  // index in the chunk of the last row not after seq, or -1
  private rowInChunk(chunk: number, seq: number): number {
    const { summary } = this.index.chunks[chunk]!;
    if (summary.rows === summary.seqEnd - summary.seqFirst) return Math.min(seq - summary.seqFirst, summary.rows - 1);
    const { rows } = this.unfolded(chunk);
    let low = 0;
    let high = rows.count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (seqOfRow(rows, middle) <= seq) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }

  private placeOfRow(row: number): Place {
    const chunk = chunkNotAfter(this.index, row, (one) => this.index.rowFirst[one]!);
    const first = chunk < 0 ? 0 : this.index.rowFirst[chunk]!;
    if (chunk < 0 || row - first >= this.index.chunks[chunk]!.summary.rows) throw new BadInput(`there is no row ${String(row)}; the trace has ${String(this.rowCount)}`);
    return { chunk, row: row - first };
  }
}

function truncationNotes(frames: Frames, events: number): string[] {
  if (frames.complete) return [];
  const ignored = frames.ignoredBytes === 0 ? 'nothing of what is there is lost' : `the last ${String(frames.ignoredBytes)} bytes are not a whole chunk and are ignored`;
  return [`the trace is cut off after ${String(events)} events (its recorder was stopped, or the file is incomplete); ${ignored}`];
}
