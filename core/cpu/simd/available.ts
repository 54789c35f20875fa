// What must hold before an MMX or SSE instruction that the model has (core/cpu/features.ts) looks at its operands. SDM 2A "Exception Conditions of Legacy SIMD Instructions Operating on
// MMX Registers", SDM 3A "System Programming for Instruction Set Extensions".

import { CR0_EM, CR0_TS, CR4_OSFXSR } from '../../arch/control-registers.ts';
import { registerOffset } from '../../arch/register-file.ts';
import { rule } from '../../event/rules.ts';
import { demand, NM, skip, UD } from '../fault.ts';
import type { Cpu } from '../state.ts';
import { isErrorFree } from '../x87/available.ts';

const R_EMULATION = rule('simd-emulation'), R_OS = rule('simd-os-support'), R_SWITCHED = rule('simd-task-switched');
const CR0 = registerOffset('cr0'), CR4 = registerOffset('cr4');

/** Before an instruction that uses XMM registers or MXCSR. Faults with #UD, #NM. */
export function demandSse(cpu: Cpu): void {
  const cr0 = cpu.register(CR0), cr4 = cpu.register(CR4);
  demand(cpu, R_EMULATION, (cr0 & CR0_EM) === 0, UD, cr0, 0);
  demand(cpu, R_OS, (cr4 & CR4_OSFXSR) !== 0, UD, cr4, 0);
  demand(cpu, R_SWITCHED, (cr0 & CR0_TS) === 0, NM, cr0, 0);
}

/** Before an instruction that uses MMX registers alone; false when it waits for FERR# and has to be left. Faults with #UD, #NM, #MF. */
export function beginMmx(cpu: Cpu): boolean {
  const cr0 = cpu.register(CR0);
  demand(cpu, R_EMULATION, (cr0 & CR0_EM) === 0, UD, cr0, 0);
  skip(cpu, R_OS);
  demand(cpu, R_SWITCHED, (cr0 & CR0_TS) === 0, NM, cr0, 0);
  return isErrorFree(cpu);
}

/** Before an instruction between MMX and XMM registers, the same. SDM 3A "Effect of MMX Instructions on Pending x87 Floating-Point Exceptions". */
export function beginSseAndMmx(cpu: Cpu): boolean {
  demandSse(cpu);
  return isErrorFree(cpu);
}
