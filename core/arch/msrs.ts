// Model-specific registers by number: the manual's name, where the register file keeps them, their fields.
// SDM 4 "Architectural MSRs". Which of them this processor has: core/cpu/model-specific-registers.ts.

import { bits, flag, type BitField } from './bit-field.ts';

export interface MsrRow {
  readonly number: number;
  /** The SDM's name. */
  readonly name: string;
  /** Name in the register file, or null when it is kept elsewhere (the TSC is derived from the clock). */
  readonly register: string | null;
  readonly title: string;
  readonly fields: readonly BitField[];
}
const row = (number: number, name: string, register: string | null, title: string, fields: readonly BitField[] = []): MsrRow => ({ number, name, register, title, fields });

export const IA32_TIME_STAMP_COUNTER = 0x10, IA32_APIC_BASE = 0x1b, IA32_SYSENTER_CS = 0x174, IA32_SYSENTER_ESP = 0x175, IA32_SYSENTER_EIP = 0x176;
export const IA32_MISC_ENABLE = 0x1a0, IA32_PAT = 0x277, IA32_EFER = 0xc000_0080, IA32_TSC_AUX = 0xc000_0103;

const memoryType = (entry: number): BitField => bits(entry * 8, 3, `PA${entry}`, '0 UC, 1 WC, 4 WT, 5 WP, 6 WB, 7 UC-');

/** Every MSR that has a name here. */
export const MSRS: readonly MsrRow[] = [
  row(IA32_TIME_STAMP_COUNTER, 'IA32_TIME_STAMP_COUNTER', null, 'time-stamp counter'),
  row(IA32_APIC_BASE, 'IA32_APIC_BASE', 'apic_base', 'local APIC: base and enable', [flag(8, 'BSP', 'bootstrap processor'), flag(10, 'EXTD', 'x2APIC mode'), flag(11, 'EN', 'enabled'), bits(12, 40, 'base', 'physical page')]),
  row(IA32_SYSENTER_CS, 'IA32_SYSENTER_CS', 'sysenter_cs', 'code segment SYSENTER loads; the stack segment is the next one', [bits(0, 16, 'CS', 'selector; bits 1:0 are ignored')]),
  row(IA32_SYSENTER_ESP, 'IA32_SYSENTER_ESP', 'sysenter_esp', 'stack pointer SYSENTER loads'),
  row(IA32_SYSENTER_EIP, 'IA32_SYSENTER_EIP', 'sysenter_eip', 'instruction pointer SYSENTER loads'),
  row(IA32_MISC_ENABLE, 'IA32_MISC_ENABLE', 'misc_enable', 'miscellaneous features'),
  row(IA32_PAT, 'IA32_PAT', 'pat', 'page attribute table: memory types', [0, 1, 2, 3, 4, 5, 6, 7].map(memoryType)),
  row(IA32_EFER, 'IA32_EFER', 'efer', 'extended features', [flag(0, 'SCE', 'SYSCALL and SYSRET'), flag(8, 'LME', 'IA-32e mode wanted'), flag(10, 'LMA', 'IA-32e mode active'), flag(11, 'NXE', 'no-execute pages')]),
  row(0xc000_0081, 'IA32_STAR', 'star', 'segments of SYSCALL and SYSRET', [bits(0, 32, 'EIP', 'target outside 64-bit mode (AMD)'), bits(32, 16, 'SYSCALL', 'CS; SS is the next one'), bits(48, 16, 'SYSRET', 'CS + 16 in 64-bit mode; SS is this + 8')]),
  row(0xc000_0082, 'IA32_LSTAR', 'lstar', 'RIP SYSCALL loads in 64-bit mode'),
  row(0xc000_0083, 'IA32_CSTAR', 'cstar', 'RIP SYSCALL loads in compatibility mode (AMD)'),
  row(0xc000_0084, 'IA32_FMASK', 'fmask', 'flags SYSCALL clears'),
  row(0xc000_0102, 'IA32_KERNEL_GS_BASE', 'kernel_gs_base', 'GS base SWAPGS brings'),
  row(IA32_TSC_AUX, 'IA32_TSC_AUX', 'tsc_aux', 'value RDTSCP returns'),
];

/** The row of an MSR number, or null. */
export function findMsr(number: number): MsrRow | null {
  return MSRS.find((one) => one.number === number) ?? null;
}
/** The row of an MSR name in any case, or null. `TSC` and `EFER` and the like (without `IA32_`) are found too. */
export function findMsrByName(name: string): MsrRow | null {
  const wanted = name.toUpperCase();
  if (wanted === 'TSC' || wanted === 'IA32_TSC') return findMsr(IA32_TIME_STAMP_COUNTER);
  return MSRS.find((one) => one.name === wanted || one.name === `IA32_${wanted}`) ?? null;
}
/** The name of an MSR number: the SDM's, or `MSR 0x123`. */
export function msrName(number: number): string {
  return findMsr(number)?.name ?? `MSR 0x${(number >>> 0).toString(16)}`;
}
