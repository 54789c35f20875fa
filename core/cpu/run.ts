// The run loop: fetch a block, execute it, look after what is pending, deliver faults, stop at exact boundaries.
// An attempt retires (icount grows), faults (its fault is delivered), or is the delivery of an interrupt; a REP counts once, when it completes.
import { registerOffset } from '../arch/register-file.ts';
import {
  PENDING_ACTIVITY, PENDING_CLOCK, PENDING_CODE_WRITTEN, PENDING_NMI, PENDING_SHADOW, PENDING_STOP, PENDING_SUSPENDED, PENDING_TRAP, PENDING_VIRTUAL,
} from './attention.ts';
import type { LinearRange } from '../event/reexecutor.ts';
import { rule } from '../event/rules.ts';
import { blockCacheOf, type Block, type BlockCache } from './block-cache.ts';
import { deliverExternal, deliverFault, deliverNmi, deliverSingleStep } from './delivery.ts';
import { emitUnsupported } from './emit.ts';
import { executeBlock } from './execute.ts';
import { Fault, judge, skip, Unsupported } from './fault.ts';
import { describeInstruction, fetchBlock } from './fetch.ts';
import { FLAG_TF, materialiseFlags, VIRTUAL_INTERRUPT } from './flags.ts';
import { changedRegisters } from '../isa/changed-registers.ts';
import type { Op } from '../isa/opcode-index.ts';
import { ACTIVE, CS, HALTED, SHADOW_MOV_SS, SHADOW_NMI, SHADOW_STI, SHUTDOWN, type Cpu } from './state.ts';
import { setQuick } from './tlb.ts';
import { demandNoVirtualInterrupt } from './virtual-interrupts.ts';

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

/** Instructions to stop before: those that begin in one of the ranges, and those that may change one of `registers` (changed-registers.ts; 0: none). */
export interface Watched { readonly ranges: readonly LinearRange[]; readonly registers: number }

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
const ACTIVITY = registerOffset('activity');
const R_SINGLE_STEP = rule('single-step-trap');

/** Runs until a limit, a requested stop, HLT, shutdown or something unsupported. EFLAGS in the register file is up to date on return. */
export function run(cpu: Cpu, limits: RunLimits): StopReason {
  noticeState(cpu);
  cpu.clockLimit = limits.clock;
  if (cpu.probe.listening) setQuick(cpu, { isQuick: false });
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
    cpu.pending &= ~(PENDING_CODE_WRITTEN | PENDING_SUSPENDED | PENDING_CLOCK);
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
  if ((cpu.rawFlags & VIRTUAL_INTERRUPT) === VIRTUAL_INTERRUPT) cpu.pending |= PENDING_VIRTUAL;
  if ((cpu.shadow & (SHADOW_STI | SHADOW_MOV_SS)) !== 0) cpu.pending |= PENDING_SHADOW;
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

/** Null when an interrupt was taken. */
function runUntilStop(cpu: Cpu, limits: RunLimits, delivered: number): StopReason | null {
  const cache = blockCacheOf(cpu);
  let stopAt = stopPoint(cpu, limits, delivered);
  for (;;) {
    let budget = stopAt - cpu.icount;
    if (cpu.pending !== 0 || budget <= 0 || (cpu.interruptRequest & cpu.rawFlags) !== 0) {
      const stop = attend(cpu);
      if (stop !== null) return stop;
      stopAt = stopPoint(cpu, limits, delivered);
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
      runGuarded(cpu, cache, budget);
      cpu.iterationLimit = Infinity;
    } else {
      if (limits.watched !== null && isWatched(cpu, limits.watched)) return WATCHED;
      cpu.instructionEip = cpu.eip;
      const block = fetchBlock(cpu, cache);
      if (limits.watched === null) executeBlock(cpu, block, budget);
      else {
        const free = unwatched(cpu, limits.watched, block);
        if (free === 0) return WATCHED;
        executeBlock(cpu, block, Math.min(budget, free));
      }
    }
  }
}

/** True when the instruction at CS:`eip` (the next one unless said otherwise) begins in a watched range. */
export function isWatched(cpu: Cpu, { ranges }: Watched, eip: number = cpu.eip): boolean {
  const linear = (cpu.segmentBase(CS) + eip) >>> 0;
  return ranges.some((range) => linear >= range.first && linear < range.end);
}

/** How many instructions of a block come before the next watched one; where the first begins is not looked at. */
function unwatched(cpu: Cpu, watched: Watched, block: Block): number {
  const changing = watched.registers === 0 ? block.insns.length : firstChanging(block, watched.registers);
  if (watched.ranges.length === 0) return changing;
  let { eip } = cpu;
  for (let index = 1; index < changing; index += 1) {
    eip = (eip + block.insns[index - 1]!.lengthBytes) >>> 0;
    if (isWatched(cpu, watched, eip)) return index;
  }
  return changing;
}

/** The first instruction of a block that may change one of these registers; their number when none may. */
function firstChanging(block: Block, registers: number): number {
  const changes = block.changes ??= changesOf(block);
  const { length } = block.insns;
  if ((changes[length]! & registers) === 0) return length;
  let index = 0;
  while ((changes[index]! & registers) === 0) index += 1;
  return index;
}

// what each instruction may change, and behind them what any of them may
function changesOf({ insns }: Block): Uint16Array {
  const changes = new Uint16Array(insns.length + 1);
  insns.forEach((insn, index) => {
    changes[index] = changedRegisters(insn);
    changes[insns.length]! |= changes[index];
  });
  return changes;
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
  if ((cpu.pending & PENDING_SHADOW) !== 0) return false;
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

/** One instruction while something is pending; a shadow ends with it. */
function runGuarded(cpu: Cpu, cache: BlockCache, budget: number): void {
  const isShadowed = (cpu.pending & PENDING_SHADOW) !== 0;
  const isStepped = (cpu.rawFlags & FLAG_TF) !== 0;
  cpu.instructionEip = cpu.eip;
  demandNoVirtualInterrupt(cpu);
  const block = fetchBlock(cpu, cache);
  executeBlock(cpu, block, cpu.pending === 0 ? budget : 1);
  if (isShadowed) endShadow(cpu);
  if (isStepped && !trapsWhenStepped(cpu, block.insns[0]!.op)) skip(cpu, R_SINGLE_STEP);
  else if (!judge(cpu, R_SINGLE_STEP, !isStepped, cpu.instructionEip, 0)) takeSingleStep(cpu);
}

/**
 * SDM 3B "Single-Step Exception Condition": INT n, INT3 and INTO clear TF before the trap could be raised (an INTO without overflow
 * does not); after a MOV or POP to SS the trap waits for the next instruction. A REP traps after every iteration.
 */
function trapsWhenStepped(cpu: Cpu, op: Op): boolean {
  if (op === 'into') return (cpu.rawFlags & FLAG_TF) !== 0;
  return op !== 'int' && op !== 'int3' && (cpu.shadow & SHADOW_MOV_SS) === 0;
}

function takeSingleStep(cpu: Cpu): void {
  if (cpu.activity === HALTED) cpu.setNarrow(ACTIVITY, ACTIVE);
  deliverSingleStep(cpu);
  endIterations(cpu);
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
  return null;
}

function takeFault(cpu: Cpu, fault: Fault): void {
  cpu.eip = cpu.instructionEip;
  deliverFault(cpu, fault);
  endShadow(cpu);
  endIterations(cpu);
  if (cpu.activity !== ACTIVE) cpu.pending |= PENDING_ACTIVITY;
}

function endShadow(cpu: Cpu): void {
  cpu.pending &= ~PENDING_SHADOW;
  if ((cpu.shadow & (SHADOW_STI | SHADOW_MOV_SS)) !== 0) cpu.shadow &= ~(SHADOW_STI | SHADOW_MOV_SS);
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
