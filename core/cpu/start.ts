// The states a guest may begin in without firmware. Protected mode as Multiboot promises it: flat segments, paging off, interrupts off.

import { CR0_ET, CR0_PE } from '../arch/control-registers.ts';
import { EFLAGS_FIXED } from '../arch/flags.ts';
import { registerOffset } from '../arch/register-file.ts';
import { writeFlags } from './flags.ts';
import { FLAT_CODE, FLAT_DATA, installFlat, installNull } from './segmentation.ts';
import { ACTIVE, CS, DS, ES, FS, GS, LDTR, SS, TR, type Cpu } from './state.ts';
import { dropAll } from './tlb.ts';

const CR0 = registerOffset('cr0'), DR6 = registerOffset('dr6'), DR7 = registerOffset('dr7'), PAT = registerOffset('pat');
const CPL = registerOffset('cpl'), ACTIVITY = registerOffset('activity');
/** Values after reset. SDM 3A "Processor State After Reset", SDM 3A "Page Attribute Table (PAT)". */
const DR6_RESET = 0xffff_0ff0, DR7_RESET = 0x400, PAT_RESET = 0x0007_0406;
const CODE_SELECTOR = 0x8, DATA_SELECTOR = 0x10;

/**
 * Puts a fresh processor into flat 32-bit ring 0 at `entry`: CS 0x8, DS ES FS GS SS 0x10 with flat hidden parts, EFLAGS 2, CR0 PE and ET.
 * GDT, IDT, LDT and TSS are empty until the guest loads them: using one before faults. Multiboot Specification "Machine state".
 */
export function startProtected32(cpu: Cpu, entry: number): void {
  cpu.setRegister(CR0, CR0_PE | CR0_ET, 0);
  cpu.setRegister(DR6, DR6_RESET, 0);
  cpu.setRegister(DR7, DR7_RESET, 0);
  cpu.setRegister(PAT, PAT_RESET, PAT_RESET);
  cpu.setNarrow(CPL, 0);
  cpu.setNarrow(ACTIVITY, ACTIVE);
  cpu.shadow = 0;
  installFlat(cpu, CS, CODE_SELECTOR, FLAT_CODE, 0);
  for (const segment of [ES, SS, DS, FS, GS]) installFlat(cpu, segment, DATA_SELECTOR, FLAT_DATA, 0);
  installNull(cpu, LDTR, 0);
  installNull(cpu, TR, 0);
  dropAll(cpu);
  writeFlags(cpu, EFLAGS_FIXED);
  cpu.eip = entry;
  cpu.instructionEip = entry;
}
