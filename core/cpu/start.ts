// The states a guest may begin in: after reset, as a BIOS leaves the processor to a boot sector, and protected mode as Multiboot
// promises it. Every register is set; no event is emitted, as nothing is seen of what came before.

import { CR0_CD, CR0_ET, CR0_NW, CR0_PE } from '../arch/control-registers.ts';
import { RIGHTS_P, TYPE_LDT, TYPE_TSS32_BUSY } from '../arch/descriptor.ts';
import { EFLAGS_FIXED, EFLAGS_IF } from '../arch/flags.ts';
import { APIC_BASE_RESET } from '../arch/msrs.ts';
import { registerOffset } from '../arch/register-file.ts';
import { writeFlags } from './flags.ts';
import { REAL_LIMIT, REAL_RIGHTS } from './real-mode.ts';
import { FLAT_CODE, FLAT_DATA, installFlat, installNull, installSegment } from './segmentation.ts';
import { MXCSR_RESET } from './simd/mxcsr.ts';
import { CS, DS, EAX, EBX, EDX, ES, ESI, FS, GS, LDTR, SS, TR, type Cpu } from './state.ts';
import { initialise, resetFpu } from './x87/control.ts';
import { watchSystemTables } from './table-watch.ts';
import { dropAll } from './tlb.ts';

const CR0 = registerOffset('cr0'), DR6 = registerOffset('dr6'), DR7 = registerOffset('dr7'), PAT = registerOffset('pat'), APIC_BASE = registerOffset('apic_base');
const GDTR_BASE = registerOffset('gdtr.base'), GDTR_LIMIT = registerOffset('gdtr.limit'), IDTR_LIMIT = registerOffset('idtr.limit');
/** Values after reset. SDM 3A "Processor State After Reset", SDM 3A "Page Attribute Table (PAT)". */
const DR6_RESET = 0xffff_0ff0, DR7_RESET = 0x400, PAT_RESET = 0x0007_0406, CR0_RESET = (CR0_CD | CR0_NW | CR0_ET) >>> 0;
const CS_RESET = 0xf000, CS_BASE_RESET = 0xffff_0000, EIP_RESET = 0xfff0;
const CODE_SELECTOR = 0x8, DATA_SELECTOR = 0x10;
/** What a PC's BIOS leaves: where the boot sector lies, its stack, the interrupt-vector table at 0, the mark of a BIOS in AX. */
const BOOT_IP = 0x7c00, BOOT_SP = 0x6f00, BOOT_IDT_LIMIT = 0x3ff, BOOT_AX = 0xaa55;

/** Puts the processor into its state after reset: real-address mode, the first instruction at physical 0xfffffff0. SDM 3A "Processor State After Reset". */
export function startReal(cpu: Cpu): void {
  startFixed(cpu, CR0_RESET);
  resetFpu(cpu);
  for (const segment of [ES, SS, DS, FS, GS]) installSegment(cpu, segment, 0, REAL_RIGHTS, REAL_LIMIT, 0);
  installSegment(cpu, CS, CS_RESET, REAL_RIGHTS, REAL_LIMIT, CS_BASE_RESET);
  installSegment(cpu, LDTR, 0, RIGHTS_P | TYPE_LDT, REAL_LIMIT, 0);
  installSegment(cpu, TR, 0, RIGHTS_P | TYPE_TSS32_BUSY, REAL_LIMIT, 0);
  cpu.setNarrow(GDTR_LIMIT, REAL_LIMIT);
  cpu.setNarrow(IDTR_LIMIT, REAL_LIMIT);
  cpu.set32(EDX, cpu.model.signature);
  begin(cpu, EFLAGS_FIXED, EIP_RESET);
}

/**
 * Puts the processor where a BIOS jumps to the boot sector of `drive` (0x80: the first hard disk), or to code at another linear `entry` below 1 MiB:
 * real-address mode, CS a multiple of 0x1000, interrupts on.
 */
export function startBoot(cpu: Cpu, { drive, entry = BOOT_IP }: { readonly drive: number; readonly entry?: number }): void {
  startReal(cpu);
  cpu.setRegister(CR0, CR0_ET, 0);
  initialise(cpu);
  cpu.setNarrow(GDTR_LIMIT, 0);
  cpu.setNarrow(IDTR_LIMIT, BOOT_IDT_LIMIT);
  const base = entry & ~REAL_LIMIT;
  installSegment(cpu, CS, base >>> 4, REAL_RIGHTS, REAL_LIMIT, base);
  cpu.set32(EAX, BOOT_AX);
  cpu.set32(EDX, drive);
  cpu.esp = BOOT_SP;
  begin(cpu, EFLAGS_FIXED | EFLAGS_IF, entry - base);
}

/** What a boot protocol promises beyond flat segments. Selectors, the GDT they come from (none: an empty one), and registers that are not 0. */
export interface ProtectedStart {
  readonly code?: number;
  readonly data?: number;
  readonly gdt?: { readonly base: number; readonly limitBytes: number };
  readonly registers?: { readonly eax?: number; readonly ebx?: number; readonly esi?: number };
}

/**
 * Puts the processor into flat 32-bit ring 0 at `entry`: CS 0x8, DS ES FS GS SS 0x10 (unless given) with flat hidden parts, EFLAGS 2, CR0 PE and ET.
 * IDT, LDT and TSS, and the GDT unless one is given, are empty until the guest loads them: using one before faults. Multiboot Specification "Machine state".
 */
export function startProtected32(cpu: Cpu, entry: number, { code = CODE_SELECTOR, data = DATA_SELECTOR, gdt = { base: 0, limitBytes: 0 }, registers = {} }: ProtectedStart = {}): void {
  startFixed(cpu, CR0_PE | CR0_ET);
  installFlat(cpu, CS, code, FLAT_CODE, 0);
  for (const segment of [ES, SS, DS, FS, GS]) installFlat(cpu, segment, data, FLAT_DATA, 0);
  installNull(cpu, LDTR, 0);
  installNull(cpu, TR, 0);
  cpu.setRegister(GDTR_BASE, gdt.base, 0);
  cpu.setNarrow(GDTR_LIMIT, gdt.limitBytes);
  cpu.set32(EAX, registers.eax ?? 0);
  cpu.set32(EBX, registers.ebx ?? 0);
  cpu.set32(ESI, registers.esi ?? 0);
  begin(cpu, EFLAGS_FIXED, entry);
}

function startFixed(cpu: Cpu, cr0: number): void {
  cpu.registerFile.fill(0);
  cpu.setRegister(CR0, cr0, 0);
  cpu.setRegister(DR6, DR6_RESET, 0);
  cpu.setRegister(DR7, DR7_RESET, 0);
  cpu.setRegister(PAT, PAT_RESET, PAT_RESET);
  cpu.setRegister(APIC_BASE, cpu.model.hasLocalApic ? APIC_BASE_RESET : 0, 0);
  cpu.xmm.fill(0);
  cpu.mxcsr = MXCSR_RESET;
  cpu.x87.fill(0);
  initialise(cpu);
  dropAll(cpu);
}

function begin(cpu: Cpu, flags: number, eip: number): void {
  writeFlags(cpu, flags);
  cpu.eip = eip;
  cpu.instructionEip = eip;
  watchSystemTables(cpu);
}
