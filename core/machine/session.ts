// The run loop above the processor's: bounds, changes that a what-if makes, devices' deadlines and requests, and why it ended. Recording,
// verifying and stepping all run through here, so that a run ends at the same instruction whichever of them asks, and however it is sliced.

import { PENDING_STOP } from '../cpu/attention.ts';
import { emitInput } from '../cpu/emit.ts';
import { FLAG_IF } from '../cpu/flags.ts';
import { NO_LIMITS, run, type StopReason } from '../cpu/run.ts';
import { HALTED } from '../cpu/state.ts';
import { isWatched, type Watched } from '../cpu/watched.ts';
import { printChange } from '../event/change.ts';
import { WHAT_IF_DEVICE } from '../event/change-plan.ts';
import { applyChange } from './apply-change.ts';
import type { Machine } from './machine.ts';
import type { RunEnd } from './run-end.ts';

/** What stops a run besides the guest and `maxInstructions`. Looked at between instructions only. */
export interface Bounds {
  /** Attempts that may be made in all, given where the machine stands; Infinity when nothing bounds it. */
  lastAttempt(): number;
  /** Asked after PENDING_STOP and at `lastAttempt`: the end, or null to go on. */
  end(): RunEnd | null;
}

const LIMIT: StopReason = { kind: 'limit' }, WATCHED: StopReason = { kind: 'watched' }, STOP: StopReason = { kind: 'stop' };
const UNBOUNDED: Bounds = { lastAttempt: () => Infinity, end: () => null };

export class Session {
  readonly machine: Machine;
  /** Why the run is over; null while it can go on. */
  end: RunEnd | null = null;
  /** True when the last `run` stopped before an instruction it was to watch for. */
  isAtWatched = false;
  readonly #bounds: Bounds;
  /** The boundary whose changes are made, or -1. They belong to the attempt behind it, as what devices do there: where a run stands, they are yet to come. */
  #changedAt = -1;

  constructor(machine: Machine, bounds: Bounds = UNBOUNDED) {
    this.machine = machine;
    this.#bounds = bounds;
  }

  /**
   * Number of the boundary it stands at. The processor does not count an attempt that ended as unsupported, nor one that a change made impossible (of a
   * halted processor that nothing wakes any more); we must, to tell before from after.
   */
  get attempts(): number {
    const { cpu } = this.machine;
    const isInside = this.end !== null && (this.end.kind === 'unsupported' || this.#changedAt === cpu.attempts);
    return cpu.attempts + (isInside ? 1 : 0);
  }

  /** The machine was put to a boundary from outside: the run goes on from there. */
  resume(): void {
    this.end = null;
    this.#changedAt = -1;
  }

  /** Makes the changes of the boundary it stands at, one `input` event each; the attempt behind it is to be made next. Throws BadInput when one cannot be made. */
  makeChanges(): void {
    const { cpu, options } = this.machine;
    this.#changedAt = cpu.attempts;
    for (const { attempts, change } of options.changes) {
      if (attempts === cpu.attempts) emitInput(cpu, { device: WHAT_IF_DEVICE, data: printChange(change) }, () => { applyChange(cpu, change); });
    }
  }

  /**
   * Makes up to `attempts` instruction attempts: stops exactly there, or before when the run ends, or before a watched instruction (the
   * next one included).
   */
  run(attempts: number, watched: Watched | null = null): RunEnd | null {
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

  /**
   * Runs to boundary `attempts`, lets devices act at their deadlines on the way, and wakes a halted processor that will be interrupted.
   * What a device does at a boundary belongs to the attempt behind it: a run that ends at the boundary does not see it yet. A stop that
   * was asked for in the middle of a REP, or by what a device or a change did, lets that attempt finish, so that it ends at a boundary, too.
   */
  #runTo(attempts: number, watched: Watched | null): StopReason {
    const { cpu, devices } = this.machine;
    let goal = attempts, isStopped = false;
    for (;;) {
      const isChanged = this.#changedAt === cpu.attempts;
      const stop = run(cpu, {
        ...NO_LIMITS, attempts: Math.min(goal, isChanged ? cpu.attempts + 1 : this.#nextChange()), clock: devices.deadline, watched: isStopped || isChanged ? null : watched,
      });
      if (stop.kind === 'stop') {
        isStopped = true;
        goal = cpu.iteration > 0 ? cpu.attempts + 1 : cpu.attempts;
        continue;
      }
      const canGoOn = stop.kind === 'limit' || (stop.kind === 'halted' && devices.willWake({ isMaskableOpen: (cpu.rawFlags & FLAG_IF) !== 0 }));
      if (!canGoOn) return stop;
      if (cpu.attempts >= goal) return isStopped ? STOP : LIMIT;
      const isBeforeChange = this.#changedAt !== cpu.attempts;
      if (watched !== null && !isStopped && isBeforeChange && isWatched(cpu, watched)) return WATCHED;
      if (isBeforeChange && this.#nextChange() === cpu.attempts) this.makeChanges();
      else if (stop.kind === 'halted' || cpu.clock >= devices.deadline) this.#serveDevices();
      if ((cpu.pending & PENDING_STOP) === 0) continue;
      cpu.pending &= ~PENDING_STOP;
      isStopped = true;
      goal = cpu.attempts + 1;
    }
  }

  /** The next boundary with changes, this one included; Infinity when none is left. */
  #nextChange(): number {
    const { cpu, options } = this.machine;
    return options.changes.length === 0 ? Infinity : options.changes.find(({ attempts }) => attempts >= cpu.attempts)?.attempts ?? Infinity;
  }

  /** Advances a halted processor's clock to the next deadline, and lets devices do what is due. */
  #serveDevices(): void {
    const { cpu, devices } = this.machine;
    if (cpu.activity === HALTED) cpu.idleTicks += Math.max(0, devices.deadline - cpu.clock);
    devices.catchUp();
  }

  /** The end the guest itself brought about. */
  #endOf(stop: StopReason): RunEnd | null {
    const { exitValue, resetReason } = this.machine.devices;
    if (exitValue !== null) return { kind: 'exit', value: exitValue };
    if (resetReason !== null) return { kind: 'reset', by: resetReason };
    switch (stop.kind) {
      case 'limit': case 'stop': case 'watched': return null;
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
