// The run loop above the processor's: bounds, devices' requests, and why it ended. Recording, verifying and stepping all run
// through here, so that a run ends at the same instruction whichever of them asks, and however it is sliced.

import { NO_LIMITS, run, type StopReason } from '../cpu/run.ts';
import type { LinearRange } from '../event/reexecutor.ts';
import type { Machine } from './machine.ts';
import type { RunEnd } from './run-end.ts';

/** What stops a run besides the guest and `maxInstructions`. Looked at between instructions only. */
export interface Bounds {
  /** Attempts that may be made in all, given where the machine stands; Infinity when nothing bounds it. */
  lastAttempt(): number;
  /** Asked after PENDING_STOP and at `lastAttempt`: the end, or null to go on. */
  end(): RunEnd | null;
}

const UNBOUNDED: Bounds = { lastAttempt: () => Infinity, end: () => null };

export class Session {
  readonly machine: Machine;
  /** Why the run is over; null while it can go on. */
  end: RunEnd | null = null;
  /** True when the last `run` stopped before an instruction it was to watch for. */
  isAtWatched = false;
  readonly #bounds: Bounds;

  constructor(machine: Machine, bounds: Bounds = UNBOUNDED) {
    this.machine = machine;
    this.#bounds = bounds;
  }

  /** Number of the boundary it stands at. The processor does not count an attempt that ended as unsupported; we must, to tell before from after. */
  get attempts(): number {
    return this.machine.cpu.attempts + (this.end?.kind === 'unsupported' ? 1 : 0);
  }

  /**
   * Makes up to `attempts` instruction attempts: stops exactly there, or before when the run ends, or before an instruction that begins
   * in one of the ranges in `watched` (the next one included).
   */
  run(attempts: number, watched: readonly LinearRange[] | null = null): RunEnd | null {
    const { cpu, options } = this.machine;
    const target = cpu.attempts + attempts;
    this.isAtWatched = false;
    while (this.end === null && !this.isAtWatched && cpu.attempts < target) {
      const last = Math.min(options.maxInstructions, this.#bounds.lastAttempt());
      const stop = this.#runTo(Math.min(target, last), watched);
      this.isAtWatched = stop.kind === 'watched';
      this.end = this.#endOf(stop) ?? (cpu.attempts >= options.maxInstructions ? this.#flushed({ kind: 'limit', bound: 'max-instructions' }) : null);
      if (this.end === null && (stop.kind === 'stop' || cpu.attempts >= last)) this.end = this.#bounds.end();
    }
    return this.end;
  }

  // A stop may have been asked for in the middle of a REP: the instruction is finished first. What else would have made the
  // processor return there (HLT, shutdown) must not be missed: it is asked again.
  #runTo(attempts: number, watched: readonly LinearRange[] | null): StopReason {
    const { cpu } = this.machine;
    const limits = { ...NO_LIMITS, attempts };
    let stop = run(cpu, { ...limits, watched });
    if (stop.kind !== 'stop') return stop;
    while (stop.kind === 'stop') stop = run(cpu, { ...limits, attempts: cpu.iteration > 0 ? cpu.attempts + 1 : cpu.attempts });
    return stop.kind === 'limit' ? { kind: 'stop' } : stop;
  }

  /** The end the guest itself brought about. */
  #endOf(stop: StopReason): RunEnd | null {
    const { exitValue } = this.machine.devices;
    if (exitValue !== null) return { kind: 'exit', value: exitValue };
    switch (stop.kind) {
      case 'limit': case 'stop': case 'watched': return null;
      // no device can raise an interrupt, so nothing will ever wake it
      case 'halted': return this.#flushed({ kind: 'halt' });
      case 'shutdown': return this.#flushed({ kind: 'shutdown' });
      case 'unsupported': return this.#flushed({ kind: 'unsupported', detail: `${stop.instruction}${stop.detail === '' || stop.detail === stop.instruction ? '' : ` (${stop.detail})`}` });
    }
  }

  #flushed(end: RunEnd): RunEnd {
    this.machine.devices.flush();
    return end;
  }
}
