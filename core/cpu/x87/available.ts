// What every x87 instruction does first: may it run (#NM), does an earlier error wait to be told (#MF), and, when it is no control instruction,
// the pointers that name it. SDM 3A "Interrupt 7—Device Not Available Exception (#NM)", "Interrupt 16—x87 FPU Floating-Point Error (#MF)".

import { CR0_EM, CR0_MP, CR0_NE, CR0_TS } from '../../arch/control-registers.ts';
import { registerOffset } from '../../arch/register-file.ts';
import { difference } from '../../arch/vendor-differences.ts';
import { rule } from '../../event/rules.ts';
import type { Insn } from '../../isa/insn.ts';
import { PENDING_ACTIVITY, PENDING_SUSPENDED } from '../attention.ts';
import { differ } from '../differ.ts';
import { demand, MF, NM, skip } from '../fault.ts';
import { CS, HALTED, type Cpu } from '../state.ts';
import { ES } from './status.ts';

const R_AVAILABLE = rule('fpu-available'), R_NO_ERROR = rule('fpu-no-error');
const D_POINTERS = difference('x87-pointers');
const CR0 = registerOffset('cr0'), ACTIVITY = registerOffset('activity');

function demandAvailable(cpu: Cpu): void {
  const cr0 = cpu.register(CR0);
  demand(cpu, R_AVAILABLE, (cr0 & (CR0_EM | CR0_TS)) === 0, NM, cr0, CR0_EM | CR0_TS);
}

/** #NM with CR0.EM or CR0.TS: the beginning of the instructions that wait for no error (FNINIT, FNSTSW …). */
export function beginWithoutWaiting(cpu: Cpu): void {
  demandAvailable(cpu);
  skip(cpu, R_NO_ERROR);
}

/** #NM for WAIT, which only asks for TS, and only with MP. SDM 3A "Table 2-2. Action Taken By x87 FPU Instructions for Different Combinations of EM, MP, and TS". */
export function demandAvailableToWait(cpu: Cpu): void {
  const cr0 = cpu.register(CR0);
  demand(cpu, R_AVAILABLE, (cr0 & (CR0_MP | CR0_TS)) !== (CR0_MP | CR0_TS), NM, cr0, CR0_MP | CR0_TS);
}

/**
 * #MF when an unmasked exception of an earlier instruction is pending. With CR0.NE = 0 the error goes out by FERR# instead, and unless IGNNE# comes back
 * the processor stands still before this instruction until an interrupt: false then, and the instruction has not begun.
 */
export function isErrorFree(cpu: Cpu): boolean {
  const isPending = (cpu.fpuStatus & ES) !== 0, isNative = (cpu.register(CR0) & CR0_NE) !== 0;
  demand(cpu, R_NO_ERROR, !(isPending && isNative), MF, cpu.fpuStatus, cpu.fpuControl);
  if (!isPending || isNative || cpu.bus.ignoresFpuError()) return true;
  // SDM 1 "MS-DOS* Compatibility Sub-mode": the processor waits for an interrupt, then comes back here
  cpu.eip = cpu.instructionEip;
  cpu.setNarrow(ACTIVITY, HALTED);
  cpu.pending |= PENDING_ACTIVITY | PENDING_SUSPENDED;
  return false;
}

/** The beginning of a waiting instruction; false when it has to be left. */
export function begin(cpu: Cpu): boolean {
  demandAvailable(cpu);
  return isErrorFree(cpu);
}

/** Names the last instruction for FNSTENV and FNSAVE: to be called when nothing can fault any more. SDM 1 "x87 FPU Instruction and Data (Operand) Pointers". */
export function noteInstruction(cpu: Cpu, insn: Insn): void {
  cpu.fpuOpcode = ((insn.opcode & 7) << 8) | (insn.mod << 6) | (insn.reg << 3) | insn.rm;
  cpu.fpuIp = cpu.instructionEip;
  cpu.fpuCs = cpu.segmentSelector(CS);
}

/** The same for an instruction with a memory operand at `offset` of its segment. */
export function noteOperand(cpu: Cpu, insn: Insn, offset: number): void {
  noteInstruction(cpu, insn);
  cpu.fpuDp = offset;
  cpu.fpuDs = cpu.segmentSelector(insn.segment);
}

/** Tells that other processors may store other pointers. */
export function tellPointers(cpu: Cpu): void {
  differ(cpu, D_POINTERS);
}
