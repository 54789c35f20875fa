// Records one guest: machine and trace writer joined, in slices, so that the caller can show progress, cancel and flush.

import type { Row } from '../event/draft.ts';
import type { GuestFile } from '../event/guest-file.ts';
import type { LinearRange } from '../event/reexecutor.ts';
import { CheckpointMaker } from '../machine/checkpoint-maker.ts';
import { countDirtyPages } from '../machine/dirty-pages.ts';
import { createMachine, DEVICE_NAMES, type Allocate, type Machine } from '../machine/machine.ts';
import type { PortListener } from '../machine/devices/devices.ts';
import { checkCount, type MachineRequest } from '../machine/options.ts';
import { describeEnd, type RunEnd } from '../machine/run-end.ts';
import { Session } from '../machine/session.ts';
import { hashBytes } from '../trace/content-hash.ts';
import type { Deflate } from '../trace/event-chunk.ts';
import type { TraceFacts } from '../trace/header.ts';
import { TraceWriter } from '../trace/writer.ts';
import { optionsForHeader } from './header-options.ts';
import { allocateBuffer } from './platform.ts';
import { RecordingProbe } from './recording-probe.ts';
import { RegistersBefore } from './registers-before.ts';
import { CORE_VERSION, ENGINE } from './version.ts';

/**
 * A question about one event row; the breakpoint language (core/replay) makes one from text. `registersBefore` gives the register
 * file just before the event, valid during the call.
 */
export type RowPredicate = (seq: number, row: Row, registersBefore: () => Uint32Array) => boolean;

export interface RunUntil {
  readonly text: string;
  readonly matches: RowPredicate;
  /** Instructions to stop before: where they may begin, and which of those moments count. */
  readonly execution?: { readonly ranges: readonly LinearRange[]; readonly matches: (registers: Uint32Array) => boolean };
}

export interface RecordRequest extends MachineRequest {
  readonly image: Uint8Array;
  /** For messages: a file name without its folder. Never part of the trace. */
  readonly name: string;
  /** What the guest is given besides its image; embedded in the trace, as the image is. */
  readonly files?: readonly GuestFile[];
  readonly maxEvents?: number;
  /** Receives the trace's bytes in order; may throw (disk full): the error passes through `runSlice` or `finish`. */
  readonly sink: (bytes: Uint8Array) => void;
  /** Makes raw DEFLATE data (Node: deflateRawSync, level 1). */
  readonly deflate: Deflate;
  /** Milliseconds from any fixed point; decides when to flush and to make checkpoints, never what is recorded. */
  readonly now: () => number;
  readonly allocate?: Allocate;
  /**
   * What the guest prints, in order, at the latest when a slice ends: of the first device it prints on (kernels often print the
   * same on two); the `console` events hold all of them. The bytes are the receiver's to keep.
   */
  readonly onConsole?: (device: string, bytes: Uint8Array) => void;
  /** Told every write of the guest to a port (`size` 1, 2 or 4 bytes), in order, while it runs; may throw as `sink` may. */
  readonly onPortWrite?: PortListener;
  /**
   * Ends the run after the instruction that made the first event for which it is true, or before the first instruction of `execution`.
   */
  readonly until?: RunUntil;
  /** Only events for which it is true become rows; the others are counted. */
  readonly filter?: { readonly text: string; readonly matches: RowPredicate };
}

export interface RecordProgress {
  /** Instructions retired, and events numbered, so far. */
  readonly instructions: number;
  readonly events: number;
  /** Null while the guest can go on. */
  readonly end: RunEnd | null;
}

/** `ended`: the end in words. `bytes`: size of the trace. `notes`: what a person should know, one sentence each. */
export interface RecordSummary extends RecordProgress {
  readonly end: RunEnd;
  readonly ended: string;
  readonly contentHash: string;
  readonly bytes: number;
  readonly notes: readonly string[];
}

export interface Recording {
  /** Runs on for about `milliseconds` (20 unless told otherwise). After the end it does nothing and says the end again. */
  runSlice(milliseconds?: number): RecordProgress;
  /** Stops the guest where it stands: the end is `cancelled`. `finish` is still to be called. */
  cancel(): void;
  /** Writes the last checkpoint and the closing part. Cancels first when the guest could still run. Once. */
  finish(): RecordSummary;
}

/** Events after which a recording ends unless told otherwise: a guest that faults for ever must not fill the disk. */
export const MAX_EVENTS_DEFAULT = 10_000_000;
const SLICE_MILLISECONDS = 20;
/** Attempts between two looks at the clock. */
const STRIDE = 10_000;
// a checkpoint falls after so much work: DESIGN.md "Speed"
const CHECKPOINT_ATTEMPTS = 2_000_000, CHECKPOINT_PAGES = 1024, CHECKPOINT_MILLISECONDS = 20;

/** Loads the image and writes the beginning of the trace; nothing runs before the first slice. Throws BadInput. */
export function startRecording(request: RecordRequest): Recording {
  return new GuestRecording(request);
}

class GuestRecording implements Recording {
  readonly #request: RecordRequest;
  readonly #machine: Machine;
  readonly #session: Session;
  readonly #writer: TraceWriter;
  readonly #checkpoints: CheckpointMaker;
  readonly #maxEvents: number;
  #console: { readonly device: string; readonly bytes: number[] } | null = null;
  #attemptsAtCheckpoint = 0;
  /** Milliseconds the guest ran since the last checkpoint. */
  #workedFor = 0;

  constructor(request: RecordRequest) {
    this.#request = request;
    const maxEvents = checkCount('--max-events', request.maxEvents ?? MAX_EVENTS_DEFAULT);
    const machine = createMachine({ image: request.image, files: request.files ?? [], request, allocate: request.allocate ?? allocateBuffer });
    const { cpu } = machine;
    this.#machine = machine;
    this.#maxEvents = maxEvents;
    const { filter } = request;
    const registers = new RegistersBefore(cpu, { wanted: filter !== undefined || request.until !== undefined });
    this.#writer = new TraceWriter({
      machine: { registers: cpu.registerFile, generation: () => cpu.generation },
      facts: factsOf(request, machine, maxEvents), sink: { write: request.sink }, deflate: request.deflate, now: request.now,
      keep: filter === undefined ? null : (seq, row) => filter.matches(seq, row, registers.words),
    });
    this.#writer.writeImage(request.image);
    request.files?.forEach(({ bytes }, index) => { this.#writer.writeFile(index, bytes); });
    const probe = new RecordingProbe(cpu, this.#writer, { maxEvents, until: request.until?.matches ?? null, registers });
    cpu.probe = probe;
    this.#session = new Session(machine, { lastAttempt: () => Infinity, end: () => probe.end });
    this.#checkpoints = new CheckpointMaker(this.#session);
    if (request.onConsole !== undefined) machine.devices.console.listener = (device, byte) => { this.#print(device, byte); };
    machine.devices.onPortWrite = request.onPortWrite ?? null;
    this.#writeCheckpoint();
  }

  runSlice(milliseconds = SLICE_MILLISECONDS): RecordProgress {
    const { now } = this.#request;
    let time = now();
    for (const until = time + milliseconds; this.#session.end === null && time < until;) {
      const started = time;
      this.#run();
      time = now();
      this.#workedFor += time - started;
      if (this.#isCheckpointDue()) this.#writeCheckpoint();
      this.#writer.flushIfDue();
    }
    this.#flushConsole();
    return this.#progress;
  }

  #run(): void {
    const execution = this.#request.until?.execution;
    this.#session.run(STRIDE, execution === undefined ? null : { ranges: execution.ranges, registers: 0 });
    if (!this.#session.isAtWatched) return;
    if (execution?.matches(this.#machine.cpu.registerFile) === true) this.#session.end ??= { kind: 'until' };
    else this.#session.run(1);
  }

  cancel(): void {
    this.#session.end ??= { kind: 'cancelled' };
  }

  finish(): RecordSummary {
    this.cancel();
    this.#flushConsole();
    this.#writeCheckpoint();
    const { contentHash } = this.#writer.finish();
    const end = this.#session.end ?? { kind: 'cancelled' };
    return { ...this.#progress, end, ended: describeEnd(end), contentHash, bytes: this.#writer.bytesWritten, notes: notesOf(this.#machine, this.#request, end) };
  }

  get #progress(): RecordProgress {
    return { instructions: this.#machine.cpu.icount, events: Math.min(this.#machine.cpu.seq, this.#maxEvents), end: this.#session.end };
  }

  #isCheckpointDue(): boolean {
    if (this.#session.end !== null) return false;
    const attempts = this.#machine.cpu.attempts - this.#attemptsAtCheckpoint;
    return attempts >= CHECKPOINT_ATTEMPTS || this.#workedFor >= CHECKPOINT_MILLISECONDS || countDirtyPages(this.#machine.cpu) >= CHECKPOINT_PAGES;
  }

  // events first: a file that ends with a checkpoint then holds all events before it
  #writeCheckpoint(): void {
    this.#writer.flush();
    this.#writer.writeCheckpoint(this.#checkpoints.make());
    this.#attemptsAtCheckpoint = this.#machine.cpu.attempts;
    this.#workedFor = 0;
  }

  #print(device: string, byte: number): void {
    this.#console ??= { device, bytes: [] };
    if (device === this.#console.device) this.#console.bytes.push(byte);
  }

  #flushConsole(): void {
    if (this.#console === null || this.#console.bytes.length === 0) return;
    this.#request.onConsole?.(this.#console.device, Uint8Array.from(this.#console.bytes));
    this.#console.bytes.length = 0;
  }
}

function factsOf(request: RecordRequest, machine: Machine, maxEvents: number): TraceFacts {
  return {
    kind: 'recorded', coreVersion: CORE_VERSION, engine: ENGINE, cpuModel: machine.options.cpuModel, devices: DEVICE_NAMES, memoryBytes: machine.options.memoryBytes,
    options: optionsForHeader(machine.options, { maxEvents, until: request.until?.text ?? null }), filter: request.filter?.text ?? null,
    image: { format: machine.options.format, bytes: request.image.length, hash: hashBytes(request.image) },
    files: (request.files ?? []).map(({ role, name, bytes }) => ({ role, name, bytes: bytes.length, hash: hashBytes(bytes) })), sourceTool: null,
  };
}

/** More than a kernel's probing for the end of memory makes. */
const LOST_WRITES = 256;

function lostWritesOf({ devices: { lostWrites: { count, first } }, options: { memoryBytes } }: Machine): readonly string[] {
  if (count < LOST_WRITES) return [];
  return [`${String(count)} writes of the guest went where there is no memory, the first to 0x${first.toString(16)}; it has ${String(memoryBytes >>> 20)} MiB, give more with --memory`];
}

function notesOf(machine: Machine, request: RecordRequest, end: RunEnd): readonly string[] {
  const notes = [...machine.plan.notes, ...lostWritesOf(machine)];
  const isDefault = end.kind === 'limit' && (end.bound === 'max-events' ? request.maxEvents : request.maxInstructions) === undefined;
  if (isDefault) notes.push(`the run was ended by the default bound; give a larger --${end.bound} to record on`);
  return notes;
}
