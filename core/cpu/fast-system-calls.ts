// SYSENTER and SYSEXIT with 32-bit operands. No table is read and nothing is saved: selectors and flat hidden parts come from
// IA32_SYSENTER_CS alone. SDM 2B "SYSENTER—Fast System Call", "SYSEXIT—Fast Return from Fast System Call".
//
//   IA32_SYSENTER_CS = M:   SYSENTER  CS = M & 0xfffc          SS = CS + 8
//                           SYSEXIT   CS = (M & 0xfffc) + 16 | 3   SS = CS + 8

import { CR0_PE } from '../arch/control-registers.ts';
import { EFLAGS_IF, EFLAGS_VM } from '../arch/flags.ts';
import { registerOffset } from '../arch/register-file.ts';
import { codeOf, VIAS } from '../event/kinds.ts';
import { rule } from '../event/rules.ts';
import { demand, GP0 } from './fault.ts';
import { readFlags, writeFlags } from './flags.ts';
import { FLAT_CODE, FLAT_DATA, installFlat } from './segmentation.ts';
import { CS, ECX, EDX, SS, type Cpu } from './state.ts';
import { commitTransition, openTransition, setCpl } from './transition.ts';

const R_ENTER_PROTECTED = rule('sysenter-protected'), R_ENTER_CS = rule('sysenter-cs-set');
const R_EXIT_PROTECTED = rule('sysexit-protected'), R_EXIT_CS = rule('sysexit-cs-set'), R_EXIT_CPL = rule('sysexit-cpl');
const VIA_SYSENTER = codeOf(VIAS, 'sysenter'), VIA_SYSEXIT = codeOf(VIAS, 'sysexit');
const CR0 = registerOffset('cr0'), MSR_CS = registerOffset('sysenter_cs'), MSR_ESP = registerOffset('sysenter_esp'), MSR_EIP = registerOffset('sysenter_eip');

/** SYSENTER: to ring 0 at IA32_SYSENTER_EIP on the stack IA32_SYSENTER_ESP. Faults with #GP(0). */
export function sysenter(cpu: Cpu): void {
  const msr = cpu.register(MSR_CS);
  demand(cpu, R_ENTER_PROTECTED, (cpu.register(CR0) & CR0_PE) !== 0, GP0, cpu.register(CR0), 0);
  // Bits 15:2 of the MSR are the selector that will be loaded; zero would be a null CS.
  demand(cpu, R_ENTER_CS, (msr & 0xfffc) !== 0, GP0, msr, 0);

  const selector = msr & 0xfffc;
  openTransition(cpu, VIA_SYSENTER);
  writeFlags(cpu, readFlags(cpu) & ~(EFLAGS_VM | EFLAGS_IF));
  setCpl(cpu, 0);
  installFlat(cpu, CS, selector, FLAT_CODE, 0);
  installFlat(cpu, SS, (selector + 8) & 0xffff, FLAT_DATA, 0);
  cpu.esp = cpu.register(MSR_ESP);
  cpu.eip = cpu.register(MSR_EIP);
  commitTransition(cpu);
}

/** SYSEXIT: to ring 3 at EDX on the stack ECX. Faults with #GP(0). */
export function sysexit(cpu: Cpu): void {
  const msr = cpu.register(MSR_CS);
  demand(cpu, R_EXIT_PROTECTED, (cpu.register(CR0) & CR0_PE) !== 0, GP0, cpu.register(CR0), 0);
  demand(cpu, R_EXIT_CS, (msr & 0xfffc) !== 0, GP0, msr, 0);
  demand(cpu, R_EXIT_CPL, cpu.cpl === 0, GP0, cpu.cpl, 0);

  const selector = (((msr & 0xfffc) + 16) & 0xffff) | 3;
  openTransition(cpu, VIA_SYSEXIT);
  setCpl(cpu, 3);
  installFlat(cpu, CS, selector, FLAT_CODE, 3);
  installFlat(cpu, SS, (selector + 8) & 0xffff, FLAT_DATA, 3);
  cpu.esp = cpu.get32(ECX);
  cpu.eip = cpu.get32(EDX);
  commitTransition(cpu);
}
