// Paging-structure entries of 32-bit paging and of PAE paging. SDM 3A "32-Bit Paging", "PAE Paging", "Paging-Structure Entries".

import { bits, flag, type BitField } from './bit-field.ts';

/** Entries of 4 bytes in two levels, or of 8 bytes in two levels below four PDPTE registers. */
export type Paging = '32-bit' | 'pae';

// 32-bit paging
//  PDE, page table   31..12 base of the page table                            11..8 -   7 PS=0   6 -   5 A   4 PCD   3 PWT   2 U/S   1 R/W   0 P
//  PDE, 4-MByte page 31..22 base   21..17 reserved   16..13 base 35:32   12 PAT   8 G   7 PS=1   6 D   5 A   4 PCD   3 PWT   2 U/S   1 R/W   0 P
//  PTE               31..12 base of the page                             11..9 -   8 G   7 PAT   6 D   5 A   4 PCD   3 PWT   2 U/S   1 R/W   0 P
// PAE paging
//  PDPTE             63..36 reserved                  35..12 base of the directory   11..9 -   8..5 reserved   4 PCD   3 PWT   2..1 reserved   0 P
//  PDE, page table   63 XD   62..36 reserved          35..12 base of the page table  11..8 -   7 PS=0   5 A   4 PCD   3 PWT   2 U/S   1 R/W   0 P
//  PDE, 2-MByte page 63 XD   62..36 reserved   35..21 base   20..13 reserved   12 PAT   8 G   7 PS=1   6 D   5 A   4 PCD   3 PWT   2 U/S   1 R/W   0 P
//  PTE               63 XD   62..36 reserved          35..12 base of the page   8 G   7 PAT   6 D   5 A   4 PCD   3 PWT   2 U/S   1 R/W   0 P
export const ENTRY_P = 0x1, ENTRY_RW = 0x2, ENTRY_US = 0x4, ENTRY_PWT = 0x8, ENTRY_PCD = 0x10, ENTRY_A = 0x20, ENTRY_D = 0x40, ENTRY_PS = 0x80, ENTRY_G = 0x100;
export const ENTRY_BASE = 0xffff_f000;
export const LARGE_BASE = 0xffc0_0000;
/** Bits 16:13 of a 4-MByte entry: bits 35:32 of its base, with PSE-36. */
export const LARGE_BASE_HIGH = 0x0001_e000, LARGE_BASE_HIGH_BIT = 13;
/** Bits of a 4-MByte entry that must be 0: 21:17 with PSE-36, 21:13 without. */
export const LARGE_RESERVED = 0x003e_0000, LARGE_RESERVED_WITHOUT_PSE36 = 0x003f_e000;
/** In the upper half of a PAE entry: XD, bits 35:32 of the base, bits 62:36. */
export const HIGH_XD = 0x8000_0000, HIGH_BASE = 0xf, HIGH_RESERVED = 0x7fff_fff0;
export const PAE_LARGE_BASE = 0xffe0_0000;
/** Bits 20:13 of a 2-MByte entry. */
export const PAE_LARGE_RESERVED = 0x001f_e000;
/** Bits of a PDPTE that must be 0: 8:5 and 2:1 of the lower half, 63:36. */
export const PDPTE_RESERVED = 0x0000_01e6, PDPTE_HIGH_RESERVED = 0xffff_fff0;
/** How wide physical addresses are: the manual's MAXPHYADDR. */
export const PHYSICAL_ADDRESS_BITS = 36;
export const SMALL_PAGE_BYTES = 0x1000, PAE_LARGE_PAGE_BYTES = 0x20_0000, LARGE_PAGE_BYTES = 0x40_0000;
/** Bytes of one entry. */
export const entryBytes = (paging: Paging): 4 | 8 => (paging === 'pae' ? 8 : 4);

const CACHING: readonly BitField[] = [flag(3, 'PWT', 'write-through'), flag(4, 'PCD', 'not cached')];
const COMMON: readonly BitField[] = [
  flag(0, 'P', 'present'),
  flag(1, 'R/W', 'writes are allowed'),
  flag(2, 'U/S', 'user-mode accesses are allowed'),
  ...CACHING,
  flag(5, 'A', 'accessed: used for a translation'),
];
const DIRTY = flag(6, 'D', 'dirty: written to'), GLOBAL = flag(8, 'G', 'global'), HIGH_PAT = flag(12, 'PAT', 'memory type, high bit'), XD = flag(63, 'XD', 'nothing may be executed here');
const RESERVED = 'must be 0';

/** A page-directory entry that points to a page table. */
export const PDE_FIELDS: readonly BitField[] = [...COMMON, flag(7, 'PS', 'maps a 4-MByte page'), bits(12, 20, 'base', 'physical page of the page table')];
/** A page-directory entry that maps 4 MBytes. */
export const PDE_LARGE_FIELDS: readonly BitField[] = [
  ...COMMON, DIRTY, flag(7, 'PS', 'maps a 4-MByte page'), GLOBAL, HIGH_PAT,
  bits(13, 4, 'base high', 'bits 35:32 of the physical address (PSE-36)'), bits(17, 5, 'reserved', RESERVED), bits(22, 10, 'base', 'physical 4-MByte page'),
];
/** A page-table entry. */
export const PTE_FIELDS: readonly BitField[] = [
  ...COMMON, DIRTY, flag(7, 'PAT', 'memory type, high bit'), GLOBAL, bits(12, 20, 'base', 'physical page'),
];

/** A PDPTE: it carries no rights, and is neither accessed nor dirty. */
export const PDPTE_FIELDS: readonly BitField[] = [
  flag(0, 'P', 'present'), bits(1, 2, 'reserved 2:1', RESERVED), ...CACHING, bits(5, 4, 'reserved 8:5', RESERVED),
  bits(12, 24, 'base', 'physical page of the page directory'), bits(36, 28, 'reserved 63:36', RESERVED),
];
/** A page-directory entry of PAE paging that points to a page table. */
export const PAE_PDE_FIELDS: readonly BitField[] = [
  ...COMMON, flag(7, 'PS', 'maps a 2-MByte page'), bits(12, 24, 'base', 'physical page of the page table'), bits(36, 27, 'reserved 62:36', RESERVED), XD,
];
/** A page-directory entry that maps 2 MBytes. */
export const PAE_PDE_LARGE_FIELDS: readonly BitField[] = [
  ...COMMON, DIRTY, flag(7, 'PS', 'maps a 2-MByte page'), GLOBAL, HIGH_PAT, bits(13, 8, 'reserved 20:13', RESERVED),
  bits(21, 15, 'base', 'physical 2-MByte page'), bits(36, 27, 'reserved 62:36', RESERVED), XD,
];
/** A page-table entry of PAE paging. */
export const PAE_PTE_FIELDS: readonly BitField[] = [
  ...COMMON, DIRTY, flag(7, 'PAT', 'memory type, high bit'), GLOBAL, bits(12, 24, 'base', 'physical page'), bits(36, 27, 'reserved 62:36', RESERVED), XD,
];

/** The bit table for an entry met at `level` (3 PDPTE, 2 directory, 1 table). */
export function fieldsOfEntry(level: number, entry: bigint, paging: Paging): readonly BitField[] {
  const isLarge = (entry & BigInt(ENTRY_PS)) !== 0n;
  if (paging === '32-bit') return level === 1 ? PTE_FIELDS : isLarge ? PDE_LARGE_FIELDS : PDE_FIELDS;
  return level === 3 ? PDPTE_FIELDS : level === 1 ? PAE_PTE_FIELDS : isLarge ? PAE_PDE_LARGE_FIELDS : PAE_PDE_FIELDS;
}

/** The physical address an entry holds: of the next table, or of the page. */
export function baseOfEntry(level: number, entry: bigint, paging: Paging): bigint {
  const isLarge = level === 2 && (entry & BigInt(ENTRY_PS)) !== 0n;
  if (paging === 'pae') return entry & (isLarge ? 0xf_ffe0_0000n : 0xf_ffff_f000n);
  return isLarge ? (entry & BigInt(LARGE_BASE)) | (((entry & BigInt(LARGE_BASE_HIGH)) >> BigInt(LARGE_BASE_HIGH_BIT)) << 32n) : entry & BigInt(ENTRY_BASE);
}

/** Numbers of the bits that must be 0 and are not: of XD only while EFER.NXE is 0. */
export function reservedBitsOf(level: number, entry: bigint, { paging, isNxe }: { readonly paging: Paging; readonly isNxe: boolean }): readonly number[] {
  const fields = fieldsOfEntry(level, entry, paging).filter(({ name }) => name.startsWith('reserved') || (name === 'XD' && !isNxe));
  return fields.flatMap(({ bit, width }) => Array.from({ length: width }, (_, index) => bit + index)).filter((bit) => ((entry >> BigInt(bit)) & 1n) !== 0n);
}
