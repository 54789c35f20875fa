// Paging-structure entries of 32-bit paging. SDM 3A "32-Bit Paging", "Paging-Structure Entries".

import { bits, flag, type BitField } from './bit-field.ts';

//  PDE, page table   31..12 base of the page table            11..8 -   7 PS=0   6 -   5 A   4 PCD   3 PWT   2 U/S   1 R/W   0 P
//  PDE, 4-MByte page 31..22 base   21..13 reserved   12 PAT   11..9 -   8 G   7 PS=1   6 D   5 A   4 PCD   3 PWT   2 U/S   1 R/W   0 P
//  PTE               31..12 base of the page                  11..9 -   8 G   7 PAT    6 D   5 A   4 PCD   3 PWT   2 U/S   1 R/W   0 P
export const ENTRY_P = 0x1, ENTRY_RW = 0x2, ENTRY_US = 0x4, ENTRY_PWT = 0x8, ENTRY_PCD = 0x10, ENTRY_A = 0x20, ENTRY_D = 0x40, ENTRY_PS = 0x80, ENTRY_G = 0x100;
export const ENTRY_BASE = 0xffff_f000;
export const LARGE_BASE = 0xffc0_0000;
/** Bits 21:13 of a 4-MByte entry: reserved, as this processor has no PSE-36. */
export const LARGE_RESERVED = 0x003f_e000;
export const SMALL_PAGE_BYTES = 0x1000, LARGE_PAGE_BYTES = 0x40_0000;

const COMMON: readonly BitField[] = [
  flag(0, 'P', 'present'),
  flag(1, 'R/W', 'writes are allowed'),
  flag(2, 'U/S', 'user-mode accesses are allowed'),
  flag(3, 'PWT', 'write-through'),
  flag(4, 'PCD', 'not cached'),
  flag(5, 'A', 'accessed: used for a translation'),
];
/** A page-directory entry that points to a page table. */
export const PDE_FIELDS: readonly BitField[] = [...COMMON, flag(7, 'PS', 'maps a 4-MByte page'), bits(12, 20, 'base', 'physical page of the page table')];
/** A page-directory entry that maps 4 MBytes. */
export const PDE_LARGE_FIELDS: readonly BitField[] = [
  ...COMMON, flag(6, 'D', 'dirty: written to'), flag(7, 'PS', 'maps a 4-MByte page'), flag(8, 'G', 'global'), flag(12, 'PAT', 'memory type, high bit'),
  bits(13, 9, 'reserved', 'must be 0'), bits(22, 10, 'base', 'physical 4-MByte page'),
];
/** A page-table entry. */
export const PTE_FIELDS: readonly BitField[] = [
  ...COMMON, flag(6, 'D', 'dirty: written to'), flag(7, 'PAT', 'memory type, high bit'), flag(8, 'G', 'global'), bits(12, 20, 'base', 'physical page'),
];

/** The bit table for an entry met at `level` (2 directory, 1 table). */
export function fieldsOfEntry(level: number, entry: bigint): readonly BitField[] {
  if (level === 1) return PTE_FIELDS;
  return (entry & BigInt(ENTRY_PS)) !== 0n ? PDE_LARGE_FIELDS : PDE_FIELDS;
}
