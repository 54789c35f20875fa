// Imports a log of another tool into a trace: bytes in, in pieces of any size, and a report out. Synchronous and in the caller's hands, so
// that the command line and the app's worker show progress and stop between two pieces. Unpacking gzip is the caller's.

import { BadInput } from '../base/bad-input.ts';
import { findVector, vectorName } from '../arch/vectors.ts';
import { detectLog, DETECT_BYTES, LOG_KINDS, type LogKind } from '../import/detect.ts';
import type { RuleCount, UnknownLine } from '../import/line-counts.ts';
import { LineSplitter } from '../import/line-splitter.ts';
import { NOT_DUMPED } from '../import/qemu/dump.ts';
import { QemuImporter } from '../import/qemu/importer.ts';
import { remarksOf } from '../import/qemu/notes.ts';
import type { Deflate } from '../trace/event-chunk.ts';
import type { TraceFacts } from '../trace/header.ts';
import { TraceWriter } from '../trace/writer.ts';
import { CORE_VERSION } from './version.ts';

export { LOG_KINDS, type LogKind };

export interface ImportRequest {
  /** For messages: a file name without its folder. Never part of the trace. */
  readonly name: string;
  /** `auto` finds out; a kind is taken at its word as long as one line is of it. */
  readonly from: 'auto' | LogKind;
  /** Receives the trace's bytes in order; the first ones when the file has turned out to be a log. May throw (disk full). */
  readonly sink: (bytes: Uint8Array) => void;
  /** Makes raw DEFLATE data (Node: deflateRawSync, level 1). */
  readonly deflate: Deflate;
  /** Milliseconds from any fixed point; decides only when to flush. */
  readonly now: () => number;
}

export interface ImportProgress { readonly bytes: number; readonly lines: number; readonly events: number }

/** Records of the log (`v=0e`), not events: a refused record makes no transition, and a delivered exception makes two events. */
export interface VectorCount { readonly vector: number; readonly name: string; readonly title: string | null; readonly records: number }

export interface ImportReport {
  /** What wrote the log, for example `qemu -d int`. */
  readonly tool: string;
  /** Lines in all; the lines of `rules` sum up to it. */
  readonly lines: number;
  readonly logBytes: number;
  /** Every rule that met a line, in the grammar's order. */
  readonly rules: readonly RuleCount[];
  /** The first lines no rule knows. */
  readonly unknown: readonly UnknownLine[];
  readonly events: number;
  readonly vectors: readonly VectorCount[];
  /** What is not in the log, what was inferred, and how the tool differs from a processor; one sentence each. */
  readonly notes: readonly string[];
  /** How more could have been captured, with the options to give. */
  readonly advice: readonly string[];
  readonly contentHash: string;
  /** Size of the trace. */
  readonly bytes: number;
}

export interface LogImport {
  /** Takes the next piece of the log; the bytes are the caller's again afterwards. Throws BadInput when the beginning is no log. */
  feed(bytes: Uint8Array): void;
  readonly progress: ImportProgress;
  /** Writes what is left and closes the trace. Throws BadInput when there was no log; then nothing has been written. Once. */
  finish(): ImportReport;
}

/** Begins an import; nothing is written before the log has been recognised. */
export function startImport(request: ImportRequest): LogImport {
  return new RunningImport(request);
}

class RunningImport implements LogImport {
  readonly #request: ImportRequest;
  readonly #importer: QemuImporter;
  readonly #splitter: LineSplitter;
  #writer: TraceWriter | null = null;
  /** The beginning, until its kind is known. */
  #head: Uint8Array | null = new Uint8Array(DETECT_BYTES);
  #headLength = 0;
  #bytes = 0;

  constructor(request: ImportRequest) {
    this.#request = request;
    this.#importer = new QemuImporter(() => this.#open());
    this.#splitter = new LineSplitter(this.#importer);
    if (request.from !== 'auto') this.#head = null;
  }

  feed(bytes: Uint8Array): void {
    this.#bytes += bytes.length;
    const taken = this.#head === null ? 0 : Math.min(bytes.length, DETECT_BYTES - this.#headLength);
    if (this.#head !== null) {
      this.#head.set(bytes.subarray(0, taken), this.#headLength);
      this.#headLength += taken;
      if (this.#headLength < DETECT_BYTES) return;
      this.#detect({ isWhole: false });
    }
    this.#splitter.feed(bytes.subarray(taken));
    this.#writer?.flushIfDue();
  }

  get progress(): ImportProgress {
    return { bytes: this.#bytes, lines: this.#importer.counts.lines, events: this.#importer.rows.seq };
  }

  finish(): ImportReport {
    if (this.#head !== null) this.#detect({ isWhole: true });
    this.#splitter.finish();
    const { counts, facts, rows } = this.#importer;
    if (counts.unknownLines === counts.lines) throw new BadInput(`${this.#request.name} has no line of a QEMU log: ${counts.lines === 0 ? 'it is empty' : 'give a log of qemu -d int'}`);
    this.#importer.finish();
    const writer = this.#writer ?? this.#open();
    const { contentHash } = writer.finish();
    return {
      tool: TOOL, lines: counts.lines, logBytes: this.#bytes, rules: counts.list(), unknown: counts.unknown, events: rows.seq, vectors: vectorsOf(facts.vectors),
      ...remarksOf(facts, counts), contentHash, bytes: writer.bytesWritten,
    };
  }

  #detect({ isWhole }: { readonly isWhole: boolean }): void {
    const head = this.#head!.subarray(0, this.#headLength);
    this.#head = null;
    detectLog(head, this.#request.name, { isWhole });
    this.#splitter.feed(head);
  }

  #open(): TraceWriter {
    const { rows } = this.#importer;
    const { sink, deflate, now } = this.#request;
    this.#writer = new TraceWriter({ machine: { registers: rows.registers, generation: () => rows.generation }, facts: FACTS, sink: { write: sink }, deflate, now });
    return this.#writer;
  }
}

const TOOL = 'qemu -d int';
const FACTS: TraceFacts = {
  kind: 'imported', coreVersion: CORE_VERSION, engine: null, cpuModel: null, devices: [], memoryBytes: null,
  options: { 'not-logged': NOT_DUMPED.join(' ') }, filter: null, image: null, files: [], sourceTool: TOOL,
};

function vectorsOf(counts: Float64Array): readonly VectorCount[] {
  return Array.from(counts, (records, vector) => ({ vector, name: vectorName(vector), title: findVector(vector)?.title ?? null, records })).filter(({ records }) => records > 0);
}
