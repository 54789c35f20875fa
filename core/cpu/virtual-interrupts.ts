// The virtual interrupt flag: with IOPL below 3, VIF stands in for IF in virtual-8086 mode under CR4.VME (CLI, STI, and PUSHF, POPF and IRET of
// 16 bits) and at CPL 3 of protected mode under CR4.PVI (CLI and STI alone). VIP says that the system holds an interrupt back for the program.
// Which INT n stays inside virtual-8086 mode: interrupt-redirection.ts. SDM 3B "Interrupt and Exception Handling in Virtual-8086 Mode",
// "Protected-Mode Virtual Interrupts".

import { CR4_PVI, CR4_VME } from '../arch/control-registers.ts';
import { ioplOf } from '../arch/flags.ts';
import { registerOffset } from '../arch/register-file.ts';
import { difference } from '../arch/vendor-differences.ts';
import { rule } from '../event/rules.ts';
import { PENDING_SHADOW, PENDING_VIRTUAL } from './attention.ts';
import { differ } from './differ.ts';
import { demand, GP0, skip } from './fault.ts';
import { FLAG_IF, FLAG_IOPL, FLAG_TF, FLAG_VIF, FLAG_VIP, readFlags } from './flags.ts';
import { isVirtual8086 } from './mode.ts';
import { demandInterruptFlagRight, demandVirtual8086Iopl } from './privilege.ts';
import { SHADOW_STI, type Cpu } from './state.ts';

const R_IOPL = rule('iopl-interrupt-flag'), R_STI = rule('sti-virtual-pending'), R_V86_IOPL = rule('v86-iopl'), R_TRAP = rule('virtual-flag-trap'),
  R_PENDING = rule('virtual-flag-pending'), R_DUE = rule('virtual-interrupt-due');
const D_DUE = difference('virtual-interrupt-boundary');
const CR4 = registerOffset('cr4');
const IOPL_ALL = 3;

/** True in virtual-8086 mode with the extensions of CR4.VME, whatever IOPL is. */
export const hasVirtual8086Extensions = (cpu: Cpu): boolean => isVirtual8086(cpu) && (cpu.register(CR4) & CR4_VME) !== 0;

/** True when VIF stands in for IF in CLI and STI. */
function hasVirtualFlag(cpu: Cpu): boolean {
  const enable = isVirtual8086(cpu) ? CR4_VME : CR4_PVI;
  return (cpu.register(CR4) & enable) !== 0 && cpu.cpl === 3 && ioplOf(cpu.rawFlags) < IOPL_ALL;
}

/** CLI. Faults with #GP(0). SDM 2A "CLI—Clear Interrupt Flag", table "Decision Table for CLI Results". */
export function clearInterruptFlag(cpu: Cpu): void {
  if (hasVirtualFlag(cpu)) {
    skip(cpu, R_IOPL);
    cpu.rawFlags &= ~FLAG_VIF;
    return;
  }
  demandInterruptFlagRight(cpu);

  cpu.rawFlags &= ~FLAG_IF;
}

/** STI. Faults with #GP(0). SDM 2B "STI—Set Interrupt Flag", table "Decision Table for STI Results". */
export function setInterruptFlag(cpu: Cpu): void {
  if (hasVirtualFlag(cpu)) {
    skip(cpu, R_IOPL);
    demand(cpu, R_STI, (cpu.rawFlags & FLAG_VIP) === 0, GP0, cpu.rawFlags, FLAG_VIP);

    cpu.rawFlags |= FLAG_VIF;
    return;
  }
  demandInterruptFlagRight(cpu);
  skip(cpu, R_STI);

  if ((cpu.rawFlags & FLAG_IF) !== 0) return;
  // When IF was 0, interrupts are recognised after the next instruction only.
  cpu.rawFlags |= FLAG_IF;
  cpu.shadow |= SHADOW_STI;
  cpu.pending |= PENDING_SHADOW;
}

/**
 * Whether PUSHF, POPF or IRET of this operand size works on VIF; otherwise virtual-8086 mode needs IOPL 3: #GP(0).
 * SDM 2B "PUSHF/PUSHFD/PUSHFQ—Push EFLAGS Register Onto the Stack", "POPF/POPFD/POPFQ—Pop Stack Into EFLAGS Register".
 */
export function demandFlagsImage(cpu: Cpu, operandSize: number): boolean {
  if (operandSize === 16 && hasVirtual8086Extensions(cpu) && ioplOf(cpu.rawFlags) < IOPL_ALL) {
    skip(cpu, R_V86_IOPL);
    return true;
  }
  demandVirtual8086Iopl(cpu);
  return false;
}

/** FLAGS as the 8086 program is to see them: VIF in the place of IF, and IOPL 3. */
export function virtualFlags(cpu: Cpu): number {
  const flags = readFlags(cpu);
  return ((flags & ~FLAG_IF) | FLAG_IOPL | ((flags & FLAG_VIF) !== 0 ? FLAG_IF : 0)) & 0xffff;
}

/** Checks FLAGS that POPF or IRET pops where VIF stands in for IF. Faults with #GP(0). */
export function demandVirtualImage(cpu: Cpu, image: number): void {
  demand(cpu, R_TRAP, (image & FLAG_TF) === 0, GP0, image, FLAG_TF);
  demand(cpu, R_PENDING, (image & FLAG_IF) === 0 || (cpu.rawFlags & FLAG_VIP) === 0, GP0, image, cpu.rawFlags);
}
/** Says that those checks do not apply. */
export function skipVirtualImage(cpu: Cpu): void {
  skip(cpu, R_TRAP);
  skip(cpu, R_PENDING);
}

/** EFLAGS with VIF as the popped image has IF; IF itself stays. */
export const withVirtualFlag = (flags: number, image: number): number => (flags & ~FLAG_VIF) | ((image & FLAG_IF) !== 0 ? FLAG_VIF : 0);

/** Before an instruction, with VIF and VIP both set: where the processor looks at them, the interrupt held back is due. Faults with #GP(0). */
export function demandNoVirtualInterrupt(cpu: Cpu): void {
  if ((cpu.pending & PENDING_VIRTUAL) === 0) return;
  // SDM 3A "System Flags and Fields in the EFLAGS Register": VIP is looked at under VME or PVI with IOPL below 3; SDM 3B "Protected-Mode Virtual Interrupts": at CPL 3 alone.
  const isDue = hasVirtualFlag(cpu);
  if (isDue) differ(cpu, D_DUE);
  demand(cpu, R_DUE, !isDue, GP0, cpu.rawFlags, cpu.register(CR4));
}
