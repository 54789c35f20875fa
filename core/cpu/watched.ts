// Which instructions a run stops before: those a search watches for, and those with an instruction breakpoint. Blocks are looked through before they are
// executed, so that what lies between runs at full speed.

import type { LinearRange } from '../event/reexecutor.ts';
import { changedRegisters } from '../isa/changed-registers.ts';
import type { Block } from './block-cache.ts';
import { ARMED_INSTRUCTION, instructionsMet } from './breakpoint-match.ts';
import { CS, type Cpu } from './state.ts';

/** Instructions to stop before: those that begin in one of the ranges, and those that may change one of `registers` (changed-registers.ts; 0: none). */
export interface Watched { readonly ranges: readonly LinearRange[]; readonly registers: number }

/** True when the instruction at CS:`eip` (the next one unless said otherwise) begins in a watched range. */
export function isWatched(cpu: Cpu, { ranges }: Watched, eip: number = cpu.eip): boolean {
  const linear = (cpu.segmentBase(CS) + eip) >>> 0;
  return ranges.some((range) => linear >= range.first && linear < range.end);
}

/** How many instructions of a block come before the next watched one; where the first begins is not looked at. */
export function unwatched(cpu: Cpu, watched: Watched, block: Block): number {
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

/** How many instructions of a block come before the next one with a breakpoint; where the first begins is not looked at. */
export function withoutBreakpoint(cpu: Cpu, block: Block): number {
  if ((cpu.armed & ARMED_INSTRUCTION) === 0) return block.insns.length;
  let linear = (cpu.segmentBase(CS) + cpu.eip) >>> 0;
  for (let index = 1; index < block.insns.length; index += 1) {
    linear = (linear + block.insns[index - 1]!.lengthBytes) >>> 0;
    if (instructionsMet(cpu, linear) !== 0) return index;
  }
  return block.insns.length;
}
