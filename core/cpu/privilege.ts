// The plain privilege checks of instructions: CPL 0, and CPL against IOPL. SDM 3A "Privileged Instructions".

import { CR4_UMIP } from '../arch/control-registers.ts';
import { ioplOf } from '../arch/flags.ts';
import { registerOffset } from '../arch/register-file.ts';
import { rule } from '../event/rules.ts';
import { demand, GP0, skip } from './fault.ts';
import { isVirtual8086 } from './mode.ts';
import type { Cpu } from './state.ts';

const R_UMIP = rule('umip-cpl');
const CR4 = registerOffset('cr4');
const R_CPL = rule('privileged-cpl'), R_IOPL = rule('iopl-interrupt-flag'), R_VIRTUAL = rule('v86-iopl');
const IOPL_ALL = 3;

/** #GP(0) unless CPL is 0: HLT, LGDT, MOV CR, RDMSR and the other privileged instructions. Asked before operands are read from memory. */
export function demandPrivileged(cpu: Cpu): void {
  demand(cpu, R_CPL, cpu.cpl === 0, GP0, cpu.cpl, 0);
}

/** #GP(0) above CPL 0 with CR4.UMIP set, in virtual-8086 mode too: SGDT, SIDT, SLDT, SMSW and STR. Asked before an operand is looked at. */
export function demandUmip(cpu: Cpu): void {
  const cr4 = cpu.register(CR4);
  if ((cr4 & CR4_UMIP) === 0) skip(cpu, R_UMIP);
  else demand(cpu, R_UMIP, cpu.cpl === 0, GP0, cpu.cpl, cr4);
}

/** #GP(0) unless CPL <= IOPL: CLI and STI. */
export function demandInterruptFlagRight(cpu: Cpu): void {
  demand(cpu, R_IOPL, cpu.cpl <= ioplOf(cpu.rawFlags), GP0, cpu.cpl, ioplOf(cpu.rawFlags));
}

/** In virtual-8086 mode #GP(0) unless IOPL is 3: PUSHF, POPF, INT n and IRET, which its monitor emulates. SDM 3B "Sensitive Instructions". */
export function demandVirtual8086Iopl(cpu: Cpu): void {
  if (isVirtual8086(cpu)) demand(cpu, R_VIRTUAL, ioplOf(cpu.rawFlags) === IOPL_ALL, GP0, ioplOf(cpu.rawFlags), IOPL_ALL);
  else skip(cpu, R_VIRTUAL);
}
