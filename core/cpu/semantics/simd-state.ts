// MXCSR, fences and cache hints: SDM 1 "SSE MXCSR State Management Instructions", "SSE Cacheability Control, Prefetch, and Instruction
// Ordering Instructions". Memory is always in order here and no cache is modelled: fences do nothing.
import type { Insn } from '../../isa/insn.ts';
import { read8 } from '../memory.ts';
import { effectiveAddress, readOperand32, writeOperand32 } from '../operands.ts';
import { demandSse } from '../simd/available.ts';
import { writeMxcsr } from '../simd/mxcsr.ts';
import type { Cpu } from '../state.ts';

function ldmxcsr(cpu: Cpu, insn: Insn): void {
  demandSse(cpu);
  writeMxcsr(cpu, readOperand32(cpu, insn, insn.destination) >>> 0);
}
function stmxcsr(cpu: Cpu, insn: Insn): void {
  demandSse(cpu);
  writeOperand32(cpu, insn, insn.destination, cpu.mxcsr);
}

function fence(): void { /* nothing waits */ }

// SDM 2A "CLFLUSH": checked as the load of a byte is.
function clflush(cpu: Cpu, insn: Insn): void {
  read8(cpu, insn.segment, effectiveAddress(cpu, insn));
}

export const SIMD_STATE = { ldmxcsr, stmxcsr, sfence: fence, lfence: fence, mfence: fence, clflush };
