// Records events into a trace: a probe that copies each row and the registers that changed, and writes them out in chunks. Recording
// decides nothing and changes nothing. Whoever runs the machine calls `flushIfDue` at safe points and `finish` at the end.

import type { Checkpoint } from '../event/checkpoint.ts';
import type { EventDraft, Row } from '../event/draft.ts';
import type { GuestInput } from '../event/input.ts';
import type { Probe } from '../event/probe.ts';
import { ByteWriter } from '../base/byte-writer.ts';
import { writeCheckpointChunk } from './checkpoint-chunk.ts';
import { ContentHash } from './content-hash.ts';
import { encodeRows, shapesOfRows } from './encode-rows.ts';
import { encodeState } from './encode-state.ts';
import { writeEnd } from './end-chunk.ts';
import { writeEventChunk, type Deflate } from './event-chunk.ts';
import { feedFacts } from './facts.ts';
import { feedChanges, feedRow } from './feed.ts';
import { writeChunk, writeHeader, writeTrailer, type ChunkType } from './frames.ts';
import { makeHeader, type TraceFacts } from './header.ts';
import { writeFileChunks, writeImageChunks, writeInputChunk } from './image-chunk.ts';
import { layoutOf, type Layout } from './layout.ts';
import { RowLog } from './row-log.ts';
import { ShapeTable } from './shapes.ts';
import { StateLog, type MachineView } from './state-log.ts';
import { Tally } from './tally.ts';

/** Events are written out at least this often, in milliseconds, when `flushIfDue` is called often enough. */
export const FLUSH_MILLISECONDS = 250;

/** Where a trace goes; `write` is called with whole chunks and must not keep the bytes' identity. */
export interface Sink { write(bytes: Uint8Array): void }

export interface WriterOptions {
  /** The registers events carry; null for importers, whose events have none. */
  readonly machine: MachineView | null;
  readonly facts: TraceFacts;
  readonly sink: Sink;
  readonly deflate: Deflate;
  /** Milliseconds of any clock; decides only when chunks are written, never what they hold. */
  readonly now?: () => number;
  /** The record filter: false drops the row and leaves its count. The row is reused. */
  readonly keep?: ((seq: number, row: Row) => boolean) | null;
}

export class TraceWriter implements Probe {
  readonly listening = false;
  private readonly options: WriterOptions;
  private readonly layout: Layout;
  private readonly log = new RowLog();
  private readonly states: StateLog | null;
  private readonly tally = new Tally();
  private readonly hash = new ContentHash();
  private readonly keep: ((seq: number, row: Row) => boolean) | null;
  private readonly now: () => number;
  private readonly offsets: number[] = [];
  private readonly sections = [new ByteWriter(1 << 16), new ByteWriter(1 << 16), new ByteWriter(1 << 16)] as const;
  private written = 0;
  private rowsWritten = 0;
  private lastFlush: number;
  private snapshotFed = false;
  private ended = false;

  constructor(options: WriterOptions) {
    this.options = options;
    const header = makeHeader(options.facts);
    this.layout = layoutOf(header.schema);
    this.states = options.machine === null ? null : new StateLog(options.machine);
    this.keep = options.keep ?? null;
    this.now = options.now ?? ((): number => 0);
    this.lastFlush = this.now();
    feedFacts(this.hash, header);
    this.put(writeHeader(header, options.deflate));
  }

  before(): void {
    this.states?.capture();
  }

  emit(seq: number, draft: EventDraft): void {
    this.tally.add(seq, draft);
    if (this.keep !== null && !this.keep(seq, draft)) {
      this.states?.skip();
      return;
    }
    this.log.add(seq, draft);
    this.states?.commit();
    if (this.log.isFull(this.states === null ? 0 : 2 * this.states.used)) this.flush();
  }

  check(): void {
    // a recording does not listen
  }

  differ(): void {
    // a recording does not listen
  }

  access(): void {
    // a recording does not listen
  }

  /** Stored rows so far. */
  get rowCount(): number {
    return this.rowsWritten + this.log.rows;
  }

  /** Bytes given to the sink so far. */
  get bytesWritten(): number {
    return this.written;
  }

  /** Writes out what is pending when FLUSH_MILLISECONDS have passed since the last time. */
  flushIfDue(): void {
    if (this.now() - this.lastFlush >= FLUSH_MILLISECONDS) this.flush();
  }

  /** Writes out what is pending. */
  flush(): void {
    this.lastFlush = this.now();
    if (this.tally.count === 0) return;
    const [rows, heap, state] = this.sections;
    for (const section of this.sections) section.reset();
    const table = new ShapeTable(this.layout);
    const shapes = shapesOfRows(this.log, table);
    encodeRows(this.log, table, shapes, rows, heap);
    if (this.states !== null && this.log.rows > 0) encodeState(this.states, this.log.rows, state);
    this.feed(table, shapes);
    const payload = new ByteWriter(1 << 16);
    writeEventChunk(payload, this.tally.summary(this.log.rows), this.sections.map((section) => section.view()), this.options.deflate);
    this.putChunk('events', payload.view());
    this.rowsWritten += this.log.rows;
    this.log.clear();
    this.states?.clear();
    this.tally.clear();
  }

  /** Embeds the guest image. */
  writeImage(image: Uint8Array): void {
    for (const payload of writeImageChunks(image, this.options.deflate)) this.putChunk('image', payload);
  }

  /** Embeds the file that is number `index` in the header's list. */
  writeFile(index: number, bytes: Uint8Array): void {
    for (const payload of writeFileChunks(index, bytes, this.options.deflate)) this.putChunk('file', payload);
  }

  /** Stores a checkpoint; where checkpoints fall is not part of the content. */
  writeCheckpoint(checkpoint: Checkpoint): void {
    this.putChunk('checkpoint', writeCheckpointChunk(checkpoint, this.options.deflate));
  }

  /** Stores inputs the recording was given. */
  writeInputs(inputs: readonly GuestInput[]): void {
    this.putChunk('input', writeInputChunk(inputs, this.options.deflate));
  }

  /** Writes what is pending and closes the trace; returns the content hash. Once. */
  finish(): { readonly contentHash: string; readonly events: number; readonly rows: number } {
    if (this.ended) throw new Error('internal error: expected a trace to be finished once');
    this.flush();
    this.ended = true;
    const end = { contentHash: this.hash.digest(), events: this.tally.end, rows: this.rowsWritten, chunks: [...this.offsets] };
    const chunk = writeChunk('end', writeEnd(end, this.options.deflate));
    this.put(chunk);
    this.put(writeTrailer(chunk.length));
    return { contentHash: end.contentHash, events: end.events, rows: end.rows };
  }

  private feed(table: ShapeTable, shapes: Uint32Array): void {
    const { log, states, hash } = this;
    if (!this.snapshotFed && states !== null && log.rows > 0) for (const word of states.snapshot) hash.word(word);
    this.snapshotFed ||= log.rows > 0;
    const seq = { lo: 0, hi: 0 };
    let first = 0;
    for (let row = 0; row < log.rows; row += 1) {
      seq.lo = log.seqLo[row]!;
      seq.hi = log.seqHi[row]!;
      feedRow(hash, table.shapes[shapes[row]!]!, this.layout.ruleHashes, seq, log.words, log.starts[row]!, log.words, log.heapStart(row), log.heapLengths[row]!);
      for (let index = 2 * row; states !== null && index < 2 * row + 2; index += 1) {
        const end = states.ends[index]!;
        feedChanges(hash, states.offsets, states.values, first, end);
        first = end;
      }
    }
  }

  private putChunk(type: ChunkType, payload: Uint8Array): void {
    this.offsets.push(this.written);
    this.put(writeChunk(type, payload));
  }

  private put(bytes: Uint8Array): void {
    this.options.sink.write(bytes);
    this.written += bytes.length;
  }
}
