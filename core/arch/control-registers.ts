// The bits of CR0, CR3, CR4 and EFER. SDM 3A "Control Registers" and "Extended Feature Enable Register".

import { bits, flag, type BitField } from './bit-field.ts';
import { DR6_FIELDS, DR7_FIELDS } from './debug-registers.ts';

//  CR0   31 30 29  28..19  18 17 16  15..6  5  4  3  2  1  0
//        PG CD NW    -     AM -  WP    -    NE ET TS EM MP PE
export const CR0_PE = 0x1, CR0_MP = 0x2, CR0_EM = 0x4, CR0_TS = 0x8, CR0_ET = 0x10, CR0_NE = 0x20;
export const CR0_WP = 0x1_0000, CR0_AM = 0x4_0000, CR0_NW = 0x2000_0000, CR0_CD = 0x4000_0000, CR0_PG = 0x8000_0000;
/** Bits of CR0 that exist; writing the others is ignored. */
export const CR0_DEFINED = 0xe005_003f;
export const CR0_FIELDS: readonly BitField[] = [
  flag(0, 'PE', 'protected mode'),
  flag(1, 'MP', 'WAIT obeys TS'),
  flag(2, 'EM', 'there is no FPU: its instructions raise #NM'),
  flag(3, 'TS', 'task switched: the next FPU instruction raises #NM'),
  flag(4, 'ET', 'FPU type; always 1'),
  flag(5, 'NE', 'FPU errors raise #MF'),
  flag(16, 'WP', 'supervisor writes obey read-only pages'),
  flag(18, 'AM', 'EFLAGS.AC checks alignment at CPL 3'),
  flag(29, 'NW', 'not write-through'),
  flag(30, 'CD', 'caches disabled'),
  flag(31, 'PG', 'paging'),
];

//  CR3   31..12 page-directory base (with PAE 31..5 base of the four PDPTEs)   4 PCD   3 PWT
export const CR3_BASE = 0xffff_f000, CR3_PAE_BASE = 0xffff_ffe0;
export const CR3_FIELDS: readonly BitField[] = [
  flag(3, 'PWT', 'write-through access to the top paging structure'),
  flag(4, 'PCD', 'the top paging structure is not cached'),
  bits(12, 40, 'base', 'physical page of the top paging structure'),
];

//  CR4   22  21   20   18      17   16       14  13   12   11   10         9      8   7   6   5   4   3  2   1   0
//        PKE SMAP SMEP OSXSAVE PCID FSGSBASE SMX VMXE LA57 UMIP OSXMMEXCPT OSFXSR PCE PGE MCE PAE PSE DE TSD PVI VME
export const CR4_VME = 0x1, CR4_PVI = 0x2, CR4_TSD = 0x4, CR4_DE = 0x8, CR4_PSE = 0x10, CR4_PAE = 0x20, CR4_MCE = 0x40, CR4_PGE = 0x80, CR4_PCE = 0x100, CR4_OSFXSR = 0x200, CR4_OSXMMEXCPT = 0x400, CR4_UMIP = 0x800;
export const CR4_SMEP = 0x10_0000, CR4_SMAP = 0x20_0000;
export const CR4_FIELDS: readonly BitField[] = [
  flag(0, 'VME', 'virtual-8086 extensions'),
  flag(1, 'PVI', 'protected-mode virtual interrupts'),
  flag(2, 'TSD', 'RDTSC only at CPL 0'),
  flag(3, 'DE', 'debugging extensions: DR4 and DR5 raise #UD'),
  flag(4, 'PSE', '4-MByte pages in 32-bit paging'),
  flag(5, 'PAE', 'physical address extension: 64-bit page entries'),
  flag(6, 'MCE', 'machine-check exceptions'),
  flag(7, 'PGE', 'global pages stay in the TLB'),
  flag(8, 'PCE', 'RDPMC at any CPL'),
  flag(9, 'OSFXSR', 'the system saves SSE state'),
  flag(10, 'OSXMMEXCPT', 'the system handles #XM'),
  flag(11, 'UMIP', 'SGDT, SIDT, SLDT, SMSW and STR only at CPL 0'),
  flag(12, 'LA57', 'five-level paging'),
  flag(13, 'VMXE', 'VMX'),
  flag(14, 'SMXE', 'SMX'),
  flag(16, 'FSGSBASE', 'RDFSBASE and its relatives'),
  flag(17, 'PCIDE', 'process-context identifiers'),
  flag(18, 'OSXSAVE', 'XSAVE and XCR0'),
  flag(20, 'SMEP', 'the supervisor may not execute user pages'),
  flag(21, 'SMAP', 'the supervisor may not touch user pages unless AC is set'),
  flag(22, 'PKE', 'protection keys for user pages'),
];

//  EFER  11 NXE   10 LMA   8 LME   0 SCE
export const EFER_NXE = 0x800;
export const EFER_FIELDS: readonly BitField[] = [
  flag(0, 'SCE', 'SYSCALL and SYSRET'),
  flag(8, 'LME', 'IA-32e mode wanted'),
  flag(10, 'LMA', 'IA-32e mode active'),
  flag(11, 'NXE', 'no-execute bit in page entries'),
];

/** The bit table of a register of this family by its register-file name, or null. */
export function fieldsOfRegister(name: string): readonly BitField[] | null {
  return TABLES[name] ?? null;
}
const TABLES: Readonly<Record<string, readonly BitField[]>> = {
  cr0: CR0_FIELDS, cr3: CR3_FIELDS, cr4: CR4_FIELDS, efer: EFER_FIELDS, dr6: DR6_FIELDS, dr7: DR7_FIELDS,
};
