// The run loop above the processor's: bounds, what comes from outside, devices' deadlines and requests, and why it ended. Recording,
// verifying and stepping all run through here, so that a run ends at the same instruction whichever of them asks, and however it is sliced.

import { PENDING_CLOCK, PENDING_STOP } from '../cpu/attention.ts';
import type { WakeQuestion } from '../cpu/bus.ts';
import { emitUnsupported } from '../cpu/emit.ts';
import { FLAG_IF } from '../cpu/flags.ts';
import { NO_LIMITS, run, type RunLimits, type StopReason } from '../cpu/run.ts';
import { HALTED, type Cpu } from '../cpu/state.ts';
import { isWatched, type Watched } from '../cpu/watched.ts';
import { Arrivals, type Outside } from './arrivals.ts';
import { isWaitingForKey } from './bios/bios.ts';
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
const NOWHERE = -1;

/**
 * A sleep in which devices act more often than this is not waited for: nothing could stop the run meanwhile. The timer at 18.2 Hz
 * acts so often in more than an hour.
 */
const SERVED_IN_SLEEP_MAX = 200_000;

function refuseToWait(cpu: Cpu): StopReason {
  const refusal = { instruction: 'hlt', detail: `a sleep in which timers that do not wake it act more than ${String(SERVED_IN_SLEEP_MAX)} times` };
  emitUnsupported(cpu, refusal.instruction, refusal.detail);
  return { kind: 'unsupported', ...refusal };
}

export class Session {
  readonly machine: Machine;
  /** Why the run is over; null while it can go on. */
  end: RunEnd | null = null;
  /** True when the last `run` stopped before an instruction it was to watch for. */
  isAtWatched = false;
  /**
   * Why the last `run` made fewer attempts than asked, when it can go on: the processor sleeps, and the clock may not jump yet to what will wake it,
   * so many ticks on; Infinity when an input alone will. 0: it does not rest.
   */
  rest = 0;
  readonly #bounds: Bounds;
  readonly #outside: Outside | null;
  /** What comes from outside belongs to the attempt behind its boundary, as what devices do there: where a run stands, it is yet to come. */
  readonly #arrivals: Arrivals;
  /** The boundary at which devices acted, and the one at which `outside` was asked, or NOWHERE. */
  #servedAt = NOWHERE;
  /** How often devices were served since the processor sleeps. */
  #servedInSleep = 0;
  #askedAt = NOWHERE;

  /** `outside`: who gives inputs beyond those the machine has; null where a recording is executed again. */
  constructor(machine: Machine, bounds: Bounds = UNBOUNDED, outside: Outside | null = null) {
    this.machine = machine;
    this.#bounds = bounds;
    this.#outside = outside;
    this.#arrivals = new Arrivals(machine);
  }

  /**
   * Number of the boundary it stands at. The processor does not count an attempt that ended as unsupported, nor one that is not made because no input
   * came, nor one that a change or an input began and that nothing wakes the processor for; we must, to tell before from after.
   */
  get attempts(): number {
    const { cpu } = this.machine;
    const isInside = this.end !== null && (this.end.kind === 'unsupported' || this.end.kind === 'waiting' || this.#arrivals.hasBegun);
    return cpu.attempts + (isInside ? 1 : 0);
  }

  /** True when nothing of the attempt behind the boundary was done yet: the state can be put back and gone on from. */
  get isAtBoundary(): boolean {
    const { cpu } = this.machine;
    return cpu.iteration === 0 && !this.#arrivals.hasBegun && this.#servedAt !== cpu.attempts;
  }

  /** The machine was put to a boundary from outside: the run goes on from there. */
  resume(): void {
    this.end = null;
    this.#servedAt = NOWHERE;
    this.#arrivals.resume();
  }

  /** Makes what comes from outside at the boundary it stands at; the attempt behind it is to be made next. Throws BadInput when a change cannot be made. */
  makeArrivals(): void {
    this.#arrivals.make();
  }

  /** To be called when `outside.due` has come nearer while the guest runs: it is asked at the next boundary. */
  hurry(): void {
    this.machine.cpu.clockLimit = 0;
    this.machine.cpu.pending |= PENDING_CLOCK;
  }

  /**
   * Makes up to `attempts` instruction attempts: stops exactly there, or before when the run ends or rests, or before a watched instruction (the
   * next one included).
   */
  run(attempts: number, watched: Watched | null = null): RunEnd | null {
    const { cpu, options } = this.machine;
    const target = cpu.attempts + attempts;
    this.isAtWatched = false;
    this.rest = 0;
    this.#askedAt = NOWHERE;
    while (this.end === null && !this.isAtWatched && this.rest === 0 && cpu.attempts < target) {
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
      if (!isStopped) this.#askWhenDue();
      const { hasBegun } = this.#arrivals;
      const stop = run(cpu, this.#limits(goal, isStopped || hasBegun ? null : watched));
      if (stop.kind === 'stop') {
        isStopped = true;
        goal = cpu.iteration > 0 ? cpu.attempts + 1 : cpu.attempts;
        continue;
      }
      if (stop.kind !== 'limit' && stop.kind !== 'halted') return stop;
      const isAsleep = stop.kind === 'halted' && (!devices.willWakeByItself(this.#question) || this.#isWaitingForKey);
      if (isAsleep && !this.#arrivals.isDue && !this.#isWaiting) return stop;
      if (cpu.attempts >= goal) return isStopped ? STOP : LIMIT;
      if (watched !== null && !isStopped && !this.#arrivals.hasBegun && isWatched(cpu, watched)) return WATCHED;
      if (isAsleep && !isStopped && !this.#arrivals.isDue) this.#ask({ isIdle: true });
      if (this.#arrivals.isDue) this.#arrivals.make();
      else if (isAsleep && (isStopped || this.#outside?.isOver !== false)) return stop;
      else if (isAsleep) this.rest = Infinity;
      else if (stop.kind === 'halted' || cpu.clock >= devices.deadline) this.#serveDevices();
      if (this.#servedInSleep > SERVED_IN_SLEEP_MAX) return refuseToWait(cpu);
      if (this.rest !== 0) return LIMIT;
      if ((cpu.pending & PENDING_STOP) === 0) continue;
      cpu.pending &= ~PENDING_STOP;
      isStopped = true;
      goal = cpu.attempts + 1;
    }
  }

  #limits(goal: number, watched: Watched | null): RunLimits {
    const { cpu, devices } = this.machine;
    const due = this.#outside?.due ?? Infinity;
    // what is due and cannot be given here is given at the next boundary
    const isBegun = this.#arrivals.hasBegun || due <= cpu.clock;
    return { ...NO_LIMITS, attempts: Math.min(goal, this.#arrivals.next, isBegun ? cpu.attempts + 1 : Infinity), clock: Math.min(devices.deadline, due <= cpu.clock ? Infinity : due), watched };
  }

  #askWhenDue(): void {
    if (this.#outside !== null && this.#outside.due <= this.machine.cpu.clock && this.#askedAt !== this.machine.cpu.attempts) this.#ask({ isIdle: false });
  }

  /** Asks `outside`, where nothing of the attempt behind the boundary was done but what came from outside itself. */
  #ask({ isIdle }: { readonly isIdle: boolean }): void {
    const { cpu } = this.machine;
    if (this.#outside === null || cpu.iteration !== 0 || this.#servedAt === cpu.attempts) return;
    this.#askedAt = cpu.attempts;
    const given = this.#outside.take({ clock: cpu.clock, isIdle });
    if (given.length > 0) this.#outside.kept(this.#arrivals.add(given));
  }

  /** True when an input would wake the processor, and may be given here. */
  get #isWaiting(): boolean {
    const { cpu, devices } = this.machine;
    return this.#servedAt !== cpu.attempts && devices.awaitsInput(this.#question);
  }

  /** True when a program asked the BIOS for a key, and none is on its way: time stands still until one comes. */
  get #isWaitingForKey(): boolean {
    return isWaitingForKey(this.machine.cpu) && !this.machine.devices.isKeyComing;
  }

  get #question(): WakeQuestion {
    return { isMaskableOpen: (this.machine.cpu.rawFlags & FLAG_IF) !== 0 };
  }

  /** Advances a halted processor's clock to the next deadline, and lets devices do what is due; or rests before that. */
  #serveDevices(): void {
    const { cpu, devices } = this.machine;
    if (cpu.activity === HALTED) {
      const ticks = Math.max(0, devices.deadline - cpu.clock);
      if (ticks > 0 && this.isAtBoundary && this.#outside?.mayIdle(ticks) === false) {
        this.rest = ticks;
        return;
      }
      cpu.idleTicks += ticks;
    }
    this.#servedInSleep = this.#servedAt === cpu.attempts && cpu.activity === HALTED ? this.#servedInSleep + 1 : 0;
    this.#servedAt = cpu.attempts;
    devices.catchUp();
  }

  /** The end the guest itself brought about. */
  #endOf(stop: StopReason): RunEnd | null {
    const { exit, resetReason } = this.machine.devices;
    if (exit !== null) return exit.by === 'power-off' ? { kind: 'exit', value: exit.value, by: exit.by } : { kind: 'exit', value: exit.value };
    if (resetReason !== null) return { kind: 'reset', by: resetReason };
    switch (stop.kind) {
      case 'limit': case 'stop': case 'watched': return null;
      case 'halted': return this.#flushed({ kind: this.#isWaiting ? 'waiting' : 'halt' });
      case 'shutdown': return this.#flushed({ kind: 'shutdown' });
      case 'unsupported': return this.#flushed({ kind: 'unsupported', detail: `${stop.instruction}${stop.detail === '' || stop.detail === stop.instruction ? '' : ` (${stop.detail})`}` });
    }
  }

  #flushed(end: RunEnd): RunEnd {
    this.machine.devices.flush();
    return end;
  }
}
