// Register changes of the chunk being recorded: for every kept event the words that changed between the event before and its
// instruction (before), and those it changed itself (after). Hot: compares words, allocates nothing per event.

import { FAST_WORDS, REGISTER_FILE_WORDS } from '../arch/register-file.ts';
import { CHUNK_EVENTS } from './limits.ts';

/** What a writer sees of a machine. `generation` changes whenever a word from FAST_WORDS on may have changed. */
export interface MachineView { readonly registers: Uint32Array; readonly generation: number | (() => number) }

export class StateLog {
  /** The register file before the first event of this chunk; zero until something was captured. */
  readonly snapshot = new Uint32Array(REGISTER_FILE_WORDS);
  /** Changed words: offset and new value; those of row r before it end at `ends[2 r]`, those by it at `ends[2 r + 1]`. */
  offsets = new Uint16Array(1 << 12);
  values = new Uint32Array(1 << 12);
  readonly ends = new Uint32Array(2 * CHUNK_EVENTS);
  used = 0;
  private rows = 0;
  private readonly machine: MachineView;
  private fast: Uint32Array;
  private slow: Uint32Array;
  private source: Uint32Array;
  private readonly base = new Uint32Array(REGISTER_FILE_WORDS);
  private readonly pending = new Uint32Array(REGISTER_FILE_WORDS);
  private readonly pendingFast = this.pending.subarray(0, FAST_WORDS);
  private readonly pendingSlow = this.pending.subarray(FAST_WORDS);
  private baseGeneration = NaN;
  private pendingGeneration = NaN;
  private captured = false;
  private started = false;

  constructor(machine: MachineView) {
    this.machine = machine;
    this.source = machine.registers;
    this.fast = this.source.subarray(0, FAST_WORDS);
    this.slow = this.source.subarray(FAST_WORDS, REGISTER_FILE_WORDS);
  }

  /** Remembers the registers as they are: the state before the coming event. A later call replaces an earlier one. */
  capture(): void {
    if (this.machine.registers !== this.source) this.attach();
    const generation = this.generation();
    this.pendingFast.set(this.fast);
    if (generation !== this.baseGeneration) this.pendingSlow.set(this.slow);
    this.pendingGeneration = generation;
    this.captured = true;
  }

  /** The event was kept: notes what changed up to it and by it. Without a capture it changed nothing itself. */
  commit(): void {
    if (!this.captured) this.capture();
    if (!this.started) this.start();
    this.note(this.pending, 0, FAST_WORDS);
    if (this.pendingGeneration !== this.baseGeneration) this.note(this.pending, FAST_WORDS, REGISTER_FILE_WORDS);
    this.baseGeneration = this.pendingGeneration;
    this.ends[2 * this.rows] = this.used;
    const generation = this.generation();
    this.note(this.source, 0, FAST_WORDS);
    if (generation !== this.baseGeneration) this.note(this.source, FAST_WORDS, REGISTER_FILE_WORDS);
    this.baseGeneration = generation;
    this.ends[2 * this.rows + 1] = this.used;
    this.rows += 1;
    this.captured = false;
  }

  /** The event was dropped: its changes count to the time before the next one. */
  skip(): void {
    this.captured = false;
  }

  /** Begins the next chunk. */
  clear(): void {
    this.snapshot.set(this.base);
    this.rows = 0;
    this.used = 0;
  }

  private generation(): number {
    const { generation } = this.machine;
    return typeof generation === 'number' ? generation : generation.call(this.machine);
  }

  private start(): void {
    this.started = true;
    this.base.set(this.pending);
    this.snapshot.set(this.pending);
    this.baseGeneration = this.pendingGeneration;
  }

  private note(now: Uint32Array, first: number, end: number): void {
    const base = this.base;
    for (let offset = first; offset < end; offset += 1) {
      const value = now[offset]!;
      if (value === base[offset]) continue;
      base[offset] = value;
      if (this.used === this.values.length) this.grow();
      this.offsets[this.used] = offset;
      this.values[this.used] = value;
      this.used += 1;
    }
  }

  // the machine's buffer may have moved (a WebAssembly.Memory that grew)
  private attach(): void {
    this.source = this.machine.registers;
    this.fast = this.source.subarray(0, FAST_WORDS);
    this.slow = this.source.subarray(FAST_WORDS, REGISTER_FILE_WORDS);
  }

  private grow(): void {
    const offsets = new Uint16Array(this.offsets.length * 2);
    offsets.set(this.offsets);
    this.offsets = offsets;
    const values = new Uint32Array(this.values.length * 2);
    values.set(this.values);
    this.values = values;
  }
}
