// Records one guest: machine and trace writer joined, in slices, so that the caller can show progress, cancel and flush.

import type { Row } from '../event/draft.ts';
import type { GuestFile } from '../event/guest-file.ts';
import type { GuestInput, InputDevice } from '../event/input.ts';
import type { LinearRange } from '../event/reexecutor.ts';
import { CLOCKS_PER_SECOND } from '../machine/clock-rate.ts';
import { CheckpointMaker } from '../machine/checkpoint-maker.ts';
import { countDirtyPages } from '../machine/dirty-pages.ts';
import { createMachine, DEVICE_NAMES, type Allocate, type Machine } from '../machine/machine.ts';
import type { PortListener } from '../machine/devices/devices.ts';
import { isPlanar } from '../machine/devices/vga-screen.ts';
import { checkCount, type MachineRequest } from '../machine/options.ts';
import { describeEnd, type RunEnd } from '../machine/run-end.ts';
import { Session } from '../machine/session.ts';
import { hashBytes } from '../trace/content-hash.ts';
import type { Deflate } from '../trace/event-chunk.ts';
import type { TraceFacts } from '../trace/header.ts';
import { ROWS_MAX } from '../trace/limits.ts';
import { TraceWriter } from '../trace/writer.ts';
import { GivenInput, type Givers } from './given-input.ts';
import { optionsForHeader } from './header-options.ts';
import { allocateBuffer } from './platform.ts';
import { RecordingProbe } from './recording-probe.ts';
import { RegistersBefore } from '../machine/registers-before.ts';
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
  /** Inputs of a recording that is made again, at their boundaries. */
  readonly inputs?: readonly GuestInput[];
  /** What else is given on the way, and whether a person is there to give more. */
  readonly givers?: Partial<Givers>;
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
  /** Instructions retired, attempts made (the bound on instructions counts those), and events numbered, so far. */
  readonly instructions: number;
  readonly attempts: number;
  readonly events: number;
  /** Size of the trace, in bytes, and milliseconds the guest ran, so far. */
  readonly bytes: number;
  readonly worked: number;
  /** The processor sleeps, and its time passes as `rested` says: so many milliseconds until it wakes, Infinity when only an input wakes it. 0: it does not. */
  readonly rest: number;
  /** Null while the guest can go on. */
  readonly end: RunEnd | null;
}

/** `ended`: the end in words. `notes`: what a person should know, one sentence each. */
export interface RecordSummary extends RecordProgress {
  readonly end: RunEnd;
  readonly ended: string;
  readonly contentHash: string;
  readonly notes: readonly string[];
}

/** Where a recording ends by itself at the latest: instruction attempts, and events. */
export interface RecordBounds { readonly maxInstructions: number; readonly maxEvents: number }

export interface Recording {
  readonly bounds: RecordBounds;
  /** Runs on for about `milliseconds` (20 unless told otherwise), or until the guest rests. After the end it does nothing and says the end again. */
  runSlice(milliseconds?: number): RecordProgress;
  /** A person gives something to a keyboard or a line; the guest gets it at its next boundary. Only where `givers.isLive`. */
  give(device: InputDevice, bytes: Uint8Array): void;
  /** So many milliseconds have passed since the last slice said that the guest rests. */
  rested(milliseconds: number): void;
  /** Stops the guest where it stands: the end is `cancelled`. `finish` is still to be called. */
  cancel(): void;
  /** Writes the last checkpoint and the closing part. Cancels first when the guest could still run. Once. */
  finish(): RecordSummary;
}

/** The console device of what the BIOS prints. */
const BIOS_SCREEN = 'screen';
/** Events after which a recording ends unless told otherwise: a guest that faults for ever must not fill the disk. */
export const MAX_EVENTS_DEFAULT = 10_000_000;
const SLICE_MILLISECONDS = 20;
/** Attempts between two looks at the clock. */
const STRIDE = 10_000;
// a checkpoint falls after so much work: DESIGN.md "Speed"
const CHECKPOINT_ATTEMPTS = 2_000_000, CHECKPOINT_PAGES = 1024, CHECKPOINT_MILLISECONDS = 20;
/** A trace that is larger, or has more rows, could not be opened again; what one stretch adds stays well below the difference. */
const BYTES_MAX = 2 ** 31 - 2 ** 28, ROWS_LAST = ROWS_MAX - 2 ** 20;
const TICKS_PER_MILLISECOND = CLOCKS_PER_SECOND / 1000;

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
  /** Null when nothing is given but `inputs`. */
  readonly #given: GivenInput | null;
  #console: { readonly device: string; readonly bytes: number[] } | null = null;
  #attemptsAtCheckpoint = 0;
  /** Milliseconds the guest ran, in all and up to the last checkpoint. */
  #worked = 0;
  #workedAtCheckpoint = 0;

  constructor(request: RecordRequest) {
    this.#request = request;
    const maxEvents = checkCount('--max-events', request.maxEvents ?? MAX_EVENTS_DEFAULT);
    const machine = createMachine({ image: request.image, files: request.files ?? [], inputs: request.inputs ?? [], request, allocate: request.allocate ?? allocateBuffer });
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
    if (request.inputs !== undefined && request.inputs.length > 0) this.#writer.writeInputs(request.inputs);
    this.#given = this.#giversOf(request);
    this.#session = new Session(machine, { lastAttempt: () => Infinity, end: () => probe.end }, this.#given);
    this.#checkpoints = new CheckpointMaker(this.#session);
    if (request.onConsole !== undefined || this.#given !== null) machine.devices.console.listener = (device, byte) => { this.#print(device, byte); };
    machine.devices.onPortWrite = request.onPortWrite ?? null;
    this.#writeCheckpoint();
  }

  #giversOf({ givers: { script = [], isLive = false } = {} }: RecordRequest): GivenInput | null {
    return script.length === 0 && !isLive ? null : new GivenInput({ script, isLive }, (inputs) => { this.#writer.writeInputs(inputs); });
  }

  runSlice(milliseconds = SLICE_MILLISECONDS): RecordProgress {
    const { now } = this.#request;
    let time = now();
    for (const until = time + milliseconds; this.#session.end === null && time < until;) {
      const started = time;
      this.#run();
      time = now();
      this.#worked += time - started;
      if (this.#isCheckpointDue()) this.#writeCheckpoint();
      this.#writer.flushIfDue();
      if (this.#isFull) this.#stop({ kind: 'full' });
      if (this.#session.rest !== 0) break;
    }
    this.#flushConsole();
    return this.#progress;
  }

  give(device: InputDevice, bytes: Uint8Array): void {
    this.#given?.give(device, bytes);
  }

  rested(milliseconds: number): void {
    this.#given?.rested(milliseconds);
  }

  #run(): void {
    const execution = this.#request.until?.execution;
    this.#session.run(STRIDE, execution === undefined ? null : { ranges: execution.ranges, registers: 0 });
    if (!this.#session.isAtWatched) return;
    if (execution?.matches(this.#machine.cpu.registerFile) === true) this.#session.end ??= { kind: 'until' };
    else this.#session.run(1);
  }

  cancel(): void {
    this.#given?.close();
    this.#stop({ kind: 'cancelled' });
  }

  // an input that did not wake the processor has begun an attempt: it is to be over before the last checkpoint
  #stop(end: RunEnd): void {
    if (this.#session.end === null && !this.#session.isAtBoundary) {
      this.#given?.close();
      this.#session.run(1);
    }
    this.#session.end ??= end;
  }

  finish(): RecordSummary {
    this.cancel();
    this.#flushConsole();
    this.#writeCheckpoint();
    const { contentHash } = this.#writer.finish();
    const end = this.#session.end ?? { kind: 'cancelled' };
    return { ...this.#progress, end, ended: describeEnd(end), contentHash, notes: notesOf(this.#machine, this.#request, end, this.#given) };
  }

  get bounds(): RecordBounds {
    return { maxInstructions: this.#machine.options.maxInstructions, maxEvents: this.#maxEvents };
  }

  get #progress(): RecordProgress {
    const { cpu } = this.#machine;
    return {
      instructions: cpu.icount, attempts: cpu.attempts, events: Math.min(cpu.seq, this.#maxEvents), bytes: this.#writer.bytesWritten, worked: this.#worked,
      rest: this.#session.end === null ? this.#session.rest / TICKS_PER_MILLISECOND : 0, end: this.#session.end,
    };
  }

  get #isFull(): boolean { return this.#writer.bytesWritten >= BYTES_MAX || this.#writer.rowCount >= ROWS_LAST; }

  #isCheckpointDue(): boolean {
    if (this.#session.end !== null || !this.#session.isAtBoundary) return false;
    const attempts = this.#machine.cpu.attempts - this.#attemptsAtCheckpoint;
    return attempts >= CHECKPOINT_ATTEMPTS || this.#worked - this.#workedAtCheckpoint >= CHECKPOINT_MILLISECONDS || countDirtyPages(this.#machine.cpu) >= CHECKPOINT_PAGES;
  }

  // events first: a file that ends with a checkpoint then holds all events before it
  #writeCheckpoint(): void {
    this.#writer.flush();
    this.#writer.writeCheckpoint(this.#checkpoints.make());
    this.#attemptsAtCheckpoint = this.#machine.cpu.attempts;
    this.#workedAtCheckpoint = this.#worked;
  }

  #print(device: string, byte: number): void {
    if (this.#given?.hear(device, byte) === true) this.#session.hurry();
    this.#console ??= { device, bytes: [] };
    // a boot loader speaks through the BIOS, the kernel it loads by a port
    if (this.#console.device === BIOS_SCREEN && device !== BIOS_SCREEN) {
      this.#flushConsole();
      this.#console = { device, bytes: [] };
    }
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

function planesOf({ devices }: Machine): readonly string[] {
  return isPlanar(devices.vga) ? ['the guest draws in the planes of the VGA, which are not modelled: its picture is not shown, and what it reads back at 0xa0000 is what was written last'] : [];
}

function notesOf(machine: Machine, request: RecordRequest, end: RunEnd, given: GivenInput | null): readonly string[] {
  const notes = [...machine.plan.notes, ...lostWritesOf(machine), ...planesOf(machine)];
  const isDefault = end.kind === 'limit' && (end.bound === 'max-events' ? request.maxEvents : request.maxInstructions) === undefined;
  if (isDefault) notes.push(`the run was ended by the default bound; give a larger --${end.bound} to record on`);
  if (given !== null && given.waitsAt !== null) notes.push(`line ${String(given.waitsAt.line)} of the input script never came: the guest ${given.waitsAt.kind === 'after' ? 'did not print its text' : 'did not run so long'}`);
  else if (end.kind === 'waiting') notes.push('the guest waits for a key or a byte: give some with --input, or record it in the app');
  return notes;
}
