// Which of the three ways of the IA-32 processor to see a segment register is in force. Events name them by `modeOf` (emit.ts).
// SDM 3A "Modes of Operation".

import { CR0_PE } from '../arch/control-registers.ts';
import { EFLAGS_VM } from '../arch/flags.ts';
import { registerOffset } from '../arch/register-file.ts';
import type { Cpu } from './state.ts';

const CR0 = registerOffset('cr0');

/** Real-address mode: CR0.PE = 0. A selector is a paragraph number, nothing is protected. */
export const isRealMode = (cpu: Cpu): boolean => (cpu.register(CR0) & CR0_PE) === 0;

/** Virtual-8086 mode: EFLAGS.VM = 1 (which PE = 1 goes without saying). Selectors as in real-address mode, at CPL 3 under paging. */
export const isVirtual8086 = (cpu: Cpu): boolean => (cpu.rawFlags & EFLAGS_VM) !== 0;

/** Protected mode proper: PE = 1 and VM = 0. A selector names a descriptor. */
export const isProtectedMode = (cpu: Cpu): boolean => !isRealMode(cpu) && !isVirtual8086(cpu);
