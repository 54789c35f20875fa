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

export const IA32_P5_MC_ADDR = 0x0, IA32_P5_MC_TYPE = 0x1, PENTIUM_CESR = 0x11, PENTIUM_CTR0 = 0x12, IA32_PLATFORM_ID = 0x17, BIOS_UPDT_TRIG = 0x79, IA32_BIOS_SIGN_ID = 0x8b, PERFCTR0 = 0xc1, PERFEVTSEL0 = 0x186;
export const IA32_MCG_CAP = 0x179, IA32_MCG_STATUS = 0x17a, IA32_MCG_CTL = 0x17b, IA32_MC0_CTL = 0x400;
/** Machine-check banks this processor has where it has machine-check architecture, and the MSR numbers from one to the next. */
export const MC_BANKS = 5, MC_BANK_REGISTERS = 4;
export const IA32_TIME_STAMP_COUNTER = 0x10, IA32_APIC_BASE = 0x1b, IA32_SYSENTER_CS = 0x174, IA32_SYSENTER_ESP = 0x175, IA32_SYSENTER_EIP = 0x176;
/** IA32_APIC_BASE: the local APIC is enabled; its value after reset of the one processor. */
export const APIC_BASE_EN = 0x800, APIC_BASE_RESET = 0xfee0_0900, APIC_BASE_ADDRESS = 0xfee0_0000;
export const IA32_MISC_ENABLE = 0x1a0, IA32_PAT = 0x277, IA32_EFER = 0xc000_0080, IA32_TSC_AUX = 0xc000_0103;

const memoryType = (entry: number): BitField => bits(entry * 8, 3, `PA${entry}`, '0 UC, 1 WC, 4 WT, 5 WP, 6 WB, 7 UC-');

/** Every MSR that has a name here. */
export const MSRS: readonly MsrRow[] = [
  row(IA32_TIME_STAMP_COUNTER, 'IA32_TIME_STAMP_COUNTER', null, 'time-stamp counter'),
  row(IA32_APIC_BASE, 'IA32_APIC_BASE', 'apic_base', 'local APIC: base and enable', [flag(8, 'BSP', 'bootstrap processor'), flag(10, 'EXTD', 'x2APIC mode'), flag(11, 'EN', 'enabled'), bits(12, 40, 'base', 'physical page')]),
  row(IA32_P5_MC_ADDR, 'IA32_P5_MC_ADDR', null, 'machine check of the Pentium: address'),
  row(IA32_P5_MC_TYPE, 'IA32_P5_MC_TYPE', null, 'machine check of the Pentium: kind of bus cycle'),
  row(PENTIUM_CESR, 'CESR', null, 'what the counters of the Pentium count', [bits(0, 6, 'ES0', 'event of counter 0'), bits(6, 3, 'CC0', 'what counter 0 counts; 0: nothing'), bits(16, 6, 'ES1', 'event of counter 1'), bits(22, 3, 'CC1', 'what counter 1 counts; 0: nothing')]),
  row(PENTIUM_CTR0, 'CTR0', null, 'counter 0 of the Pentium'), row(PENTIUM_CTR0 + 1, 'CTR1', null, 'counter 1 of the Pentium'),
  row(IA32_PLATFORM_ID, 'IA32_PLATFORM_ID', null, 'which platform the processor is for', [bits(50, 3, 'platform', 'slot or socket')]),
  row(BIOS_UPDT_TRIG, 'IA32_BIOS_UPDT_TRIG', null, 'a write loads a microcode update'), row(IA32_BIOS_SIGN_ID, 'IA32_BIOS_SIGN_ID', null, 'revision of the microcode update', [bits(32, 32, 'revision', '0: none')]),
  row(PERFCTR0, 'PERFCTR0', null, 'performance counter 0 of P6'), row(PERFCTR0 + 1, 'PERFCTR1', null, 'performance counter 1 of P6'),
  row(PERFEVTSEL0, 'PERFEVTSEL0', null, 'what counter 0 of P6 counts', [bits(0, 8, 'event', 'the event'), flag(22, 'EN', 'both counters count')]), row(PERFEVTSEL0 + 1, 'PERFEVTSEL1', null, 'what counter 1 of P6 counts', [bits(0, 8, 'event', 'the event')]),
  row(IA32_MCG_CAP, 'IA32_MCG_CAP', null, 'machine check: what there is', [bits(0, 8, 'count', 'number of banks'), flag(8, 'MCG_CTL_P', 'IA32_MCG_CTL exists')]),
  row(IA32_MCG_STATUS, 'IA32_MCG_STATUS', null, 'machine check: state', [flag(0, 'RIPV', 'the program can go on'), flag(1, 'EIPV', 'the error is of the instruction'), flag(2, 'MCIP', 'machine check in progress')]),
  row(IA32_MCG_CTL, 'IA32_MCG_CTL', null, 'machine check: what is reported'),
  ...Array.from({ length: MC_BANKS }, (_, bank) => ['CTL', 'STATUS', 'ADDR'].map((name, index) => row(IA32_MC0_CTL + bank * MC_BANK_REGISTERS + index, `IA32_MC${String(bank)}_${name}`, null, `machine check, bank ${String(bank)}`))).flat(),
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
