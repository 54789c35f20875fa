// Brings a machine to any instruction boundary of a recording: the nearest checkpoint or snapshot before it is restored, the rest
// is executed again. Boundaries are numbered by instruction attempts (faulted ones count), without gaps from 0.

import { BadInput } from '../../base/bad-input.ts';
import type { CheckpointSource } from '../../event/checkpoint.ts';
import { comparePositions, type Position } from '../../event/position.ts';
import { CheckpointIndex } from './checkpoint-pages.ts';
import type { Machine } from '../machine.ts';
import { PageFrames } from './page-frames.ts';
import { positionOf, readAttempts, restoreState, saveState, type SavedState } from '../save-state.ts';
import type { Session } from '../session.ts';
import { Snapshots } from './snapshots.ts';

/** While running far, a snapshot is kept every so many attempts. */
const SPACING = 250_000;
/** Shortly before a target another one is kept: the next step backwards starts there. */
const NEAR = 500;

/** Where to start again: a snapshot in memory or a checkpoint of the file. */
interface Start extends SavedState { readonly frames: ReturnType<PageFrames['capture']> }

export class Rewinder {
  readonly machine: Machine;
  readonly session: Session;
  readonly #source: CheckpointSource;
  readonly #index: CheckpointIndex;
  readonly #frames: PageFrames;
  readonly #snapshots = new Snapshots();
  readonly #first: Start;
  /** Boundary numbers of file checkpoints, once read. */
  readonly #attempts = new Map<number, number>();

  /** `machine` freshly made and not run. Checkpoints must be of the same image and options. */
  constructor(session: Session, source: CheckpointSource) {
    this.session = session;
    this.machine = session.machine;
    this.#source = source;
    this.#index = new CheckpointIndex(source, this.machine.cpu.pageFlags.length);
    this.#frames = new PageFrames(this.machine, this.#index.page);
    this.#first = this.#capture();
  }

  /** Number of the boundary the machine stands at. */
  get attempts(): number { return this.session.attempts; }
  get position(): Position { return positionOf(this.machine.cpu); }

  /** Pages written since the last call (or restore, or snapshot). */
  takeChangedPages(): readonly number[] {
    return this.#frames.sync();
  }

  /** Back to the first instruction. */
  restart(): void {
    this.#restore(this.#first);
  }

  /** Goes to boundary `attempts`, or to the end when the run is shorter. */
  goToAttempts(attempts: number): void {
    if (this.attempts > attempts || this.#isFar(attempts - this.attempts)) {
      const start = this.#startNotAfter(attempts);
      if (this.attempts > attempts || start.attempts > this.attempts) this.#restore(start);
    }
    this.#runTo(attempts);
  }

  /** Goes to the last boundary not after `at`, or to the end when the run is shorter. */
  goToPosition(at: Position): void {
    const isBehind = comparePositions(this.position, at) > 0;
    if (isBehind || this.#isFar(at.icount - this.machine.cpu.icount)) {
      const start = this.#startNotAfterPosition(at);
      if (isBehind || start.attempts > this.attempts) this.#restore(start);
    }
    // every attempt retires at most one instruction: so many can be made without passing `at`
    for (let left = at.icount - this.machine.cpu.icount - 1; left > 0 && this.session.end === null; left = at.icount - this.machine.cpu.icount - 1) {
      this.#runTo(this.attempts + left);
    }
    this.#creepTo(at);
  }

  /** The last place to start from that lies before boundary `attempts`; its number. Nothing is restored. */
  startBefore(attempts: number): number {
    return this.#startNotAfter(attempts - 1).attempts;
  }

  /**
   * Runs `act` on the machine and then puts everything back, its probe included: nothing of it is kept. `act` must not move this rewinder.
   */
  trial<Result>(act: () => Result): Result {
    const before = this.#capture();
    const { end } = this.session;
    const { probe } = this.machine.cpu;
    try {
      return act();
    } finally {
      this.machine.cpu.probe = probe;
      this.#restore(before);
      this.session.end = end;
    }
  }

  /**
   * The boundary since which, up to boundary `attempts`, none of these pages was written, as the checkpoints of the file tell; `attempts`
   * itself when one may have been since the last checkpoint before it. Nothing is restored.
   */
  unwrittenSince(attempts: number, pages: readonly number[]): number {
    const { positions } = this.#source;
    const next = 1 + lastIndexWhere(positions.length, (one) => positions[one]!.icount < attempts && this.#attemptsOf(one) < attempts);
    if (next === positions.length) return attempts;
    const written = this.#index.lastStored(pages, next);
    if (written === next) return attempts;
    return written < 0 ? 0 : this.#attemptsOf(written);
  }

  // What is left differs in seq alone, or is one instruction: strides that go too far are taken back and made smaller. A guest
  // whose handler faults at once makes attempts without end and retires nothing, so strides must grow with the distance.
  #creepTo(at: Position): void {
    const { cpu } = this.machine;
    let stride = Math.max(1, Math.floor((at.seq - cpu.seq) / 4));
    while (this.session.end === null && !(cpu.icount === at.icount && cpu.seq >= at.seq)) {
      const copied = this.#frames.sync();
      const before = this.#capture();
      if (stride > NEAR) this.#snapshots.add(before, copied.length);
      this.session.run(stride);
      if (comparePositions(this.position, at) <= 0) continue;
      this.#restore(before);
      if (stride === 1) return;
      stride = Math.max(1, stride >> 2);
    }
  }

  #isFar(attempts: number): boolean {
    return attempts > SPACING;
  }

  #runTo(attempts: number): void {
    while (this.attempts < attempts && this.session.end === null) {
      const left = attempts - this.attempts;
      if (left > SPACING) this.session.run(SPACING);
      else if (left > NEAR) this.session.run(left - NEAR);
      else {
        this.session.run(left);
        continue;
      }
      this.#keep();
    }
  }

  #keep(): void {
    if (this.session.end !== null) return;
    const copied = this.#frames.sync();
    this.#snapshots.add(this.#capture(), copied.length);
  }

  #capture(): Start {
    return { ...saveState(this.session), frames: this.#frames.capture() };
  }

  #restore(start: Start): void {
    this.#frames.apply(start.frames);
    restoreState(this.machine, start);
    this.session.resume();
    const isAsSaid = comparePositions(this.position, start.position) === 0 && this.attempts === start.attempts;
    if (!isAsSaid) throw new BadInput('a checkpoint is damaged (it is not where it says): record again to see instructions');
  }

  #startNotAfter(attempts: number): Start {
    const snapshot = this.#snapshots.latestNotAfter(attempts) ?? this.#first;
    const index = lastIndexWhere(this.#source.positions.length, (one) => this.#source.positions[one]!.icount <= attempts && this.#attemptsOf(one) <= attempts);
    return this.#later(snapshot, index);
  }

  #startNotAfterPosition(at: Position): Start {
    const snapshot = this.#snapshots.latestWhere((one) => comparePositions(one.position, at) <= 0) ?? this.#first;
    const index = lastIndexWhere(this.#source.positions.length, (one) => comparePositions(this.#source.positions[one]!, at) <= 0);
    return this.#later(snapshot, index);
  }

  #later(snapshot: Start, index: number): Start {
    if (index < 0 || comparePositions(this.#source.positions[index]!, snapshot.position) <= 0) return snapshot;
    const checkpoint = this.#index.checkpoint(index);
    const { attempts, ended } = readAttempts(checkpoint.devices);
    if (ended) return this.#later(snapshot, index - 1);
    return { position: checkpoint.position, attempts, ended, processor: checkpoint.processor, devices: checkpoint.devices, frames: this.#index.framesAt(index) };
  }

  #attemptsOf(index: number): number {
    const known = this.#attempts.get(index);
    if (known !== undefined) return known;
    const { attempts } = readAttempts(this.#index.checkpoint(index).devices);
    this.#attempts.set(index, attempts);
    return attempts;
  }
}

// the last index below `length` for which `holds`, which must be true up to some index and false after it; -1 when for none
function lastIndexWhere(length: number, holds: (index: number) => boolean): number {
  let low = 0, high = length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (holds(middle)) low = middle + 1; else high = middle;
  }
  return low - 1;
}
