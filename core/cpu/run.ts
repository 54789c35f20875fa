// The run loop: fetch a block, execute it, look after what is pending, deliver faults, stop at exact boundaries.
// An attempt retires (icount grows), faults (its fault is delivered), or is the delivery of an interrupt; a REP counts once, when it completes.
import { registerOffset } from '../arch/register-file.ts';
import {
  PENDING_ACTIVITY, PENDING_BREAKPOINTS, PENDING_CLOCK, PENDING_CODE_WRITTEN, PENDING_DEBUG, PENDING_NMI, PENDING_RESUME, PENDING_SHADOW, PENDING_STOP, PENDING_SUSPENDED,
  PENDING_TRAP, PENDING_VIRTUAL,
} from './attention.ts';
import { DR6_BS } from '../arch/debug-registers.ts';
import { difference } from '../arch/vendor-differences.ts';
import { blockCacheOf, type BlockCache } from './block-cache.ts';
import { ARMED_INSTRUCTION } from './breakpoint-match.ts';
import { armBreakpoints, demandNoBreakpoint, isDebugTrapOpen, isWatchful, judgeDebugTraps } from './breakpoints.ts';
import { deliverDebugTrap, deliverExternal, deliverFault, deliverNmi } from './delivery.ts';
import { emitUnsupported } from './emit.ts';
import { executeBlock } from './execute.ts';
import { differ } from './differ.ts';
import { DB, Fault, Unsupported } from './fault.ts';
import { describeInstruction, fetchBlock } from './fetch.ts';
import { FLAG_RF, FLAG_TF, materialiseFlags, VIRTUAL_INTERRUPT } from './flags.ts';
import { ACTIVE, HALTED, SHADOW_MOV_SS, SHADOW_NMI, SHADOW_STI, SHUTDOWN, type Cpu } from './state.ts';
import { setQuick } from './tlb.ts';
import { demandNoVirtualInterrupt } from './virtual-interrupts.ts';
import { isWatched, unwatched, withoutBreakpoint, type Watched } from './watched.ts';

/**
 * Where `run` stops by itself, whichever comes first; Infinity where there is no bound. `icount` with `iteration`: that many
 * instructions retired and that many iterations of the next one done (0: its beginning). `attempts`, `clock`: those counters' values.
 * `watched`: before any instruction that is looked for, the first one included; null when none is.
 */
export interface RunLimits {
  readonly icount: number;
  readonly iteration: number;
  readonly attempts: number;
  readonly clock: number;
  readonly watched: Watched | null;
}

/** No bound at all. */
export const NO_LIMITS: RunLimits = { icount: Infinity, iteration: 0, attempts: Infinity, clock: Infinity, watched: null };

/** Why `run` returned; the processor stands at an instruction boundary, or between iterations of a REP. */
export type StopReason =
  /** A bound of the limits. */
  | { readonly kind: 'limit' }
  /** The next instruction begins in a watched range. */
  | { readonly kind: 'watched' }
  /** PENDING_STOP was set by a probe or a device. */
  | { readonly kind: 'stop' }
  /** HLT, and no interrupt is waiting that may be taken: devices may yet send one. */
  | { readonly kind: 'halted' }
  | { readonly kind: 'shutdown' }
  /** The event `unsupported` was emitted; EIP is at the instruction. */
  | { readonly kind: 'unsupported'; readonly instruction: string; readonly detail: string };

const LIMIT: StopReason = { kind: 'limit' }, WATCHED: StopReason = { kind: 'watched' }, STOP: StopReason = { kind: 'stop' }, HALT: StopReason = { kind: 'halted' }, SHUT_DOWN: StopReason = { kind: 'shutdown' };
const D_STI = difference('nmi-behind-sti');
const ACTIVITY = registerOffset('activity');

/** Runs until a limit, a requested stop, HLT, shutdown or something unsupported. EFLAGS in the register file is up to date on return. */
export function run(cpu: Cpu, limits: RunLimits): StopReason {
  noticeState(cpu);
  cpu.clockLimit = limits.clock;
  if (isWatchful(cpu)) setQuick(cpu, { isQuick: false });
  try {
    for (;;) {
      const stop = runUntilDelivery(cpu, limits);
      if (stop !== null) return stop;
    }
  } catch (thrown) {
    if (!(thrown instanceof Unsupported)) throw thrown;
    return endUnsupported(cpu, thrown);
  } finally {
    if (!cpu.isQuick) setQuick(cpu, { isQuick: true });
    cpu.clockLimit = Infinity;
    cpu.iterationLimit = Infinity;
    cpu.pending &= ~(PENDING_CODE_WRITTEN | PENDING_SUSPENDED | PENDING_CLOCK | PENDING_BREAKPOINTS | (cpu.debugCauses === 0 ? PENDING_DEBUG : 0));
    materialiseFlags(cpu);
  }
}

/** One attempt: an instruction, with the delivery of its fault if it has one, or the delivery of a waiting interrupt. */
export function step(cpu: Cpu): StopReason {
  return run(cpu, { ...NO_LIMITS, attempts: cpu.attempts + 1 });
}

/** Sets the pending bits that follow from the registers: they may have been restored or loaded from outside. */
function noticeState(cpu: Cpu): void {
  if (cpu.activity !== ACTIVE) cpu.pending |= PENDING_ACTIVITY;
  if ((cpu.rawFlags & FLAG_TF) !== 0) cpu.pending |= PENDING_TRAP;
  if ((cpu.rawFlags & FLAG_RF) !== 0) cpu.pending |= PENDING_RESUME;
  if ((cpu.rawFlags & VIRTUAL_INTERRUPT) === VIRTUAL_INTERRUPT) cpu.pending |= PENDING_VIRTUAL;
  if ((cpu.shadow & (SHADOW_STI | SHADOW_MOV_SS)) !== 0) cpu.pending |= PENDING_SHADOW;
  armBreakpoints(cpu);
}

/** Null when a fault or an interrupt was delivered and the run goes on. Keeps `attempts` = retired + delivered, whichever way it is left. */
function runUntilDelivery(cpu: Cpu, limits: RunLimits): StopReason | null {
  let delivered = cpu.attempts - cpu.icount;
  try {
    const stop = runUntilStop(cpu, limits, delivered);
    if (stop === null) delivered += 1;
    return stop;
  } catch (thrown) {
    if (!(thrown instanceof Fault)) throw thrown;
    delivered += 1;
    takeFault(cpu, thrown);
    return null;
  } finally {
    // writing icount folds in what the block retired before it was left
    cpu.icount += 0;
    cpu.attempts = cpu.icount + delivered;
  }
}

/** Null when an interrupt was taken, or a trap between iterations of a REP. */
function runUntilStop(cpu: Cpu, limits: RunLimits, delivered: number): StopReason | null {
  const cache = blockCacheOf(cpu);
  let stopAt = stopPoint(cpu, limits, delivered);
  let isLooking = looksAtAddresses(cpu, limits);
  for (;;) {
    let budget = stopAt - cpu.icount;
    if (cpu.pending !== 0 || budget <= 0 || (cpu.interruptRequest & cpu.rawFlags) !== 0) {
      if (cpu.pending === PENDING_RESUME && budget > 0 && !isLooking && (cpu.interruptRequest & cpu.rawFlags) === 0) {
        runResumed(cpu, cache);
        continue;
      }
      if (isDebugTrapOpen(cpu) && takeDebugTraps(cpu, { isStepped: false })) return null;
      const stop = attend(cpu);
      if (stop !== null) return stop;
      stopAt = stopPoint(cpu, limits, delivered);
      isLooking = looksAtAddresses(cpu, limits);
      budget = stopAt - cpu.icount;
      if (budget <= 0) {
        if (!isInsideNext(cpu, limits, delivered)) return LIMIT;
        cpu.iterationLimit = limits.iteration;
        budget = 1;
      }
      if (limits.watched !== null) {
        // while something is pending any instruction may be the one
        if (isWatched(cpu, limits.watched) || limits.watched.registers !== 0) return WATCHED;
        budget = 1;
      }
      if (takeInterrupt(cpu)) return null;
      const isInterrupted = runGuarded(cpu, cache, budget);
      cpu.iterationLimit = Infinity;
      if (isInterrupted) return null;
    } else if (isLooking) {
      if (isWatchedNow(cpu, cache, limits.watched, budget)) return WATCHED;
    } else {
      cpu.instructionEip = cpu.eip;
      executeBlock(cpu, fetchBlock(cpu, cache), budget);
    }
  }
}

/** True when blocks are looked through before they are executed: for a search, or for instruction breakpoints. Changes only with something pending. */
function looksAtAddresses(cpu: Cpu, limits: RunLimits): boolean {
  return limits.watched !== null || (cpu.armed & ARMED_INSTRUCTION) !== 0;
}

/** Executes up to the next instruction that is watched for or has a breakpoint; true when the first one is watched for. Faults with #DB. */
function isWatchedNow(cpu: Cpu, cache: BlockCache, watched: Watched | null, budget: number): boolean {
  if (watched !== null && isWatched(cpu, watched)) return true;
  cpu.instructionEip = cpu.eip;
  demandNoBreakpoint(cpu);
  const block = fetchBlock(cpu, cache);
  const free = Math.min(withoutBreakpoint(cpu, block), watched === null ? Infinity : unwatched(cpu, watched, block));
  if (free === 0) return true;
  executeBlock(cpu, block, Math.min(budget, free));
  return false;
}

/** The icount to stop at. Moves when REP iterations or idle ticks were counted or a device wants the clock sooner, which only happens with something pending. */
function stopPoint(cpu: Cpu, limits: RunLimits, delivered: number): number {
  return Math.min(limits.icount, limits.attempts - delivered, cpu.clockLimit - cpu.extraIterations - cpu.idleTicks);
}

/** True when the wanted point lies inside the next instruction (a REP), whose beginning is reached. */
function isInsideNext(cpu: Cpu, limits: RunLimits, delivered: number): boolean {
  return cpu.icount === limits.icount && cpu.iteration < limits.iteration && cpu.icount + delivered < limits.attempts && cpu.clock < cpu.clockLimit;
}

/** Takes an interrupt that is waiting and may be taken, a non-maskable one first; false when there is none. SDM 3A "Prioritization of Concurrent Events". */
function takeInterrupt(cpu: Cpu): boolean {
  // SDM 3A "Masking Exceptions and Interrupts When Switching Stacks", SDM 2B "STI": not right behind MOV SS, POP SS or STI
  if ((cpu.pending & PENDING_SHADOW) !== 0) {
    if (isNmiOpen(cpu) && (cpu.shadow & SHADOW_STI) !== 0) differ(cpu, D_STI);
    return false;
  }
  if (isNmiOpen(cpu)) {
    cpu.pending &= ~PENDING_NMI;
    cpu.shadow |= SHADOW_NMI;
    deliverNmi(cpu);
  } else if (isInterruptOpen(cpu)) {
    cpu.instructionEip = cpu.eip;
    deliverExternal(cpu, cpu.bus.acknowledgeInterrupt());
  } else return false;
  endIterations(cpu);
  return true;
}

/** One instruction while something is pending. A shadow ends with it, RF does, and traps come behind it. True when one came between iterations of a REP. */
function runGuarded(cpu: Cpu, cache: BlockCache, budget: number): boolean {
  const isShadowed = (cpu.pending & PENDING_SHADOW) !== 0, shadow = cpu.shadow & (SHADOW_STI | SHADOW_MOV_SS);
  const isStepped = (cpu.rawFlags & FLAG_TF) !== 0, isResumed = (cpu.pending & PENDING_RESUME) !== 0;
  cpu.pending &= ~PENDING_RESUME;
  cpu.instructionEip = cpu.eip;
  demandNoVirtualInterrupt(cpu);
  demandNoBreakpoint(cpu);
  const block = fetchBlock(cpu, cache);
  // SDM 3B "Single-Step Exception Condition": what clears TF on its way (INT n, a task switch) takes the cause away again (delivery.ts, task-switch.ts).
  if (isStepped) cpu.debugCauses |= DR6_BS;
  const isAlone = cpu.pending !== 0 || isStepped || isResumed || (cpu.armed & ARMED_INSTRUCTION) !== 0;
  executeBlock(cpu, block, isAlone ? 1 : budget);
  if (isResumed) endResume(cpu);
  if (isShadowed) endShadow(cpu, shadow);
  // SDM 3A "Masking Exceptions and Interrupts When Switching Stacks": the single step of MOV SS and POP SS itself is lost.
  if ((cpu.shadow & SHADOW_MOV_SS) !== 0) cpu.debugCauses &= ~DR6_BS;
  return takeDebugTraps(cpu, { isStepped });
}

/** The instruction behind an IRET that set RF, with nothing else pending: the return from every fault comes by here. */
function runResumed(cpu: Cpu, cache: BlockCache): void {
  cpu.pending = 0;
  cpu.instructionEip = cpu.eip;
  executeBlock(cpu, fetchBlock(cpu, cache), 1);
  endResume(cpu);
}

/** RF lasts for one instruction, of a REP for all iterations; what has set it anew (IRET, a task switch) says so. SDM 3B "Instruction-Breakpoint Exception Condition". */
function endResume(cpu: Cpu): void {
  if ((cpu.pending & PENDING_SUSPENDED) !== 0) cpu.pending |= PENDING_RESUME;
  else if ((cpu.pending & PENDING_RESUME) === 0) cpu.rawFlags &= ~FLAG_RF;
}

/** The debug traps of the instruction that is done, in one #DB; HLT wakes. True for one between iterations of a REP, which is an attempt of its own. */
function takeDebugTraps(cpu: Cpu, instruction: { readonly isStepped: boolean }): boolean {
  const broken = judgeDebugTraps(cpu, instruction), isBetween = cpu.iteration !== 0;
  if (broken === 0) return false;
  if (cpu.activity === HALTED) cpu.setNarrow(ACTIVITY, ACTIVE);
  deliverDebugTrap(cpu, broken);
  endIterations(cpu);
  return isBetween;
}

/** True when a maskable interrupt is waiting and IF is 1. SDM 3A "Masking Maskable Hardware Interrupts". */
const isInterruptOpen = (cpu: Cpu): boolean => (cpu.interruptRequest & cpu.rawFlags) !== 0;

/** True when an NMI is waiting and none is being handled. SDM 3A "Handling Multiple NMIs". */
const isNmiOpen = (cpu: Cpu): boolean => (cpu.pending & PENDING_NMI) !== 0 && (cpu.shadow & SHADOW_NMI) === 0;

/** Looks at every pending bit but NMI and the shadow; a reason to return, or null. */
function attend(cpu: Cpu): StopReason | null {
  cpu.pending &= ~(PENDING_CODE_WRITTEN | PENDING_SUSPENDED | PENDING_CLOCK);
  if ((cpu.pending & PENDING_STOP) !== 0) {
    cpu.pending &= ~PENDING_STOP;
    return STOP;
  }
  if ((cpu.pending & PENDING_ACTIVITY) !== 0) {
    if (cpu.activity === SHUTDOWN) return SHUT_DOWN;
    if (cpu.activity === HALTED && !isInterruptOpen(cpu) && !isNmiOpen(cpu)) return HALT;
    if (cpu.activity === HALTED) cpu.setNarrow(ACTIVITY, ACTIVE);
    cpu.pending &= ~PENDING_ACTIVITY;
  }
  if ((cpu.rawFlags & FLAG_TF) === 0) cpu.pending &= ~PENDING_TRAP;
  if ((cpu.rawFlags & VIRTUAL_INTERRUPT) !== VIRTUAL_INTERRUPT) cpu.pending &= ~PENDING_VIRTUAL;
  if (cpu.debugCauses === 0) cpu.pending &= ~PENDING_DEBUG;
  return null;
}

function takeFault(cpu: Cpu, fault: Fault): void {
  cpu.eip = cpu.instructionEip;
  // what the instruction met on its way to the fault is met again when it is executed again
  if (cpu.debugCauses !== 0 && fault.code !== DB) cpu.debugCauses = 0;
  deliverFault(cpu, fault);
  endShadow(cpu, SHADOW_STI | SHADOW_MOV_SS);
  endIterations(cpu);
  if (cpu.activity !== ACTIVE) cpu.pending |= PENDING_ACTIVITY;
}

/** Ends these shadows, the ones an instruction began in: it may have begun one of another kind. */
function endShadow(cpu: Cpu, shadow: number): void {
  if ((cpu.shadow & shadow) !== 0) cpu.shadow &= ~shadow;
  if ((cpu.shadow & (SHADOW_STI | SHADOW_MOV_SS)) === 0) cpu.pending &= ~PENDING_SHADOW;
}

/** An unfinished REP was left: its iterations all count into `clock`, as its retirement will stand for one more. */
function endIterations(cpu: Cpu): void {
  if (cpu.iteration === 0) return;
  cpu.extraIterations += 1;
  cpu.iteration = 0;
}

function endUnsupported(cpu: Cpu, what: Unsupported): StopReason {
  cpu.eip = cpu.instructionEip;
  const instruction = describeInstruction(cpu);
  emitUnsupported(cpu, instruction, what.detail);
  return { kind: 'unsupported', instruction, detail: what.detail };
}
