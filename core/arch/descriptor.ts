// Segment and system-segment descriptors: 8 bytes in the GDT or LDT, as two words. SDM 3A "Segment Descriptors", "System Descriptor Types".

import { bits, flag, type BitField } from './bit-field.ts';

//  high word  31..24 base 31:24 | 23 G | 22 D/B | 21 L | 20 AVL | 19..16 limit 19:16 | 15 P | 14..13 DPL | 12 S | 11..8 type | 7..0 base 23:16
//  low word   31..16 base 15:0  | 15..0 limit 15:0
//
//  type with S = 1:  11 code | 10 conforming (code) or expand-down (data) | 9 readable (code) or writable (data) | 8 accessed
//
// Access rights as the register file keeps them are the high word's bits 23..8 without the limit: 15 G | 14 D/B | 13 L | 12 AVL | 7 P | 6..5 DPL | 4 S | 3..0 type.
export const RIGHTS_ACCESSED = 0x1, RIGHTS_RW = 0x2, RIGHTS_CE = 0x4, RIGHTS_CODE = 0x8, RIGHTS_S = 0x10, RIGHTS_P = 0x80, RIGHTS_L = 0x2000, RIGHTS_DB = 0x4000, RIGHTS_G = 0x8000;

/** System descriptor types (S = 0). */
export const TYPE_TSS16 = 1, TYPE_LDT = 2, TYPE_TSS16_BUSY = 3, TYPE_CALL_GATE16 = 4, TYPE_TASK_GATE = 5, TYPE_INTERRUPT_GATE16 = 6, TYPE_TRAP_GATE16 = 7,
  TYPE_TSS32 = 9, TYPE_TSS32_BUSY = 11, TYPE_CALL_GATE32 = 12, TYPE_INTERRUPT_GATE32 = 14, TYPE_TRAP_GATE32 = 15;
/** Bit of the type that makes a TSS busy; in the high word it is bit 9. */
export const TSS_BUSY = 2;
/** The accessed bit as it stands in the high word. */
export const HIGH_ACCESSED = 0x100;
/** The busy bit as it stands in the high word. */
export const HIGH_BUSY = 0x200;

/** Access rights of a descriptor's high word. */
export const rightsOf = (high: number): number => (high >>> 8) & 0xf0ff;
/** Segment base. */
export const baseOf = (low: number, high: number): number => ((high & 0xff00_0000) | ((high & 0xff) << 16) | (low >>> 16)) >>> 0;
/** Segment limit in bytes, granularity applied. */
export function limitOf(low: number, high: number): number {
  const raw = (high & 0xf_0000) | (low & 0xffff);
  return (high & 0x80_0000) === 0 ? raw : ((raw << 12) | 0xfff) >>> 0;
}
export const dplOf = (rights: number): number => (rights >>> 5) & 3;
export const typeOf = (rights: number): number => rights & 15;
export const isPresent = (rights: number): boolean => (rights & RIGHTS_P) !== 0;
/** A code segment, of any kind. */
export const isCode = (rights: number): boolean => (rights & (RIGHTS_S | RIGHTS_CODE)) === (RIGHTS_S | RIGHTS_CODE);
export const isConformingCode = (rights: number): boolean => (rights & (RIGHTS_S | RIGHTS_CODE | RIGHTS_CE)) === (RIGHTS_S | RIGHTS_CODE | RIGHTS_CE);
/** A data segment, of any kind. */
export const isData = (rights: number): boolean => (rights & (RIGHTS_S | RIGHTS_CODE)) === RIGHTS_S;
export const isWritableData = (rights: number): boolean => (rights & (RIGHTS_S | RIGHTS_CODE | RIGHTS_RW)) === (RIGHTS_S | RIGHTS_RW);
/** What DS, ES, FS and GS may hold: data, or readable code. */
export const isReadable = (rights: number): boolean => isData(rights) || (rights & (RIGHTS_S | RIGHTS_CODE | RIGHTS_RW)) === (RIGHTS_S | RIGHTS_CODE | RIGHTS_RW);

/** The two words of a descriptor; `limit` is the raw 20 bits (with G the unit is 4 KiB). */
export function encodeDescriptor(fields: { readonly base: number; readonly limit: number; readonly rights: number }): { readonly low: number; readonly high: number } {
  const { base, limit, rights } = fields;
  return {
    low: (((base & 0xffff) << 16) | (limit & 0xffff)) >>> 0,
    high: ((base & 0xff00_0000) | (limit & 0xf_0000) | ((rights & 0xf0ff) << 8) | ((base >>> 16) & 0xff)) >>> 0,
  };
}

const SYSTEM_TYPES: Readonly<Record<number, string>> = {
  1: '16-bit TSS (available)', 2: 'LDT', 3: '16-bit TSS (busy)', 4: '16-bit call gate', 5: 'task gate', 6: '16-bit interrupt gate', 7: '16-bit trap gate',
  9: '32-bit TSS (available)', 11: '32-bit TSS (busy)', 12: '32-bit call gate', 14: '32-bit interrupt gate', 15: '32-bit trap gate',
};

/** What a descriptor is, in words, from its access rights: `code, execute/read, accessed`. SDM 3A "Code- and Data-Segment Descriptor Types". */
export function describeRights(rights: number): string {
  if ((rights & RIGHTS_S) === 0) return SYSTEM_TYPES[typeOf(rights)] ?? `reserved system type ${typeOf(rights)}`;
  const accessed = (rights & RIGHTS_ACCESSED) === 0 ? '' : ', accessed';
  if (isCode(rights)) return `code, execute${(rights & RIGHTS_RW) === 0 ? ' only' : '/read'}${isConformingCode(rights) ? ', conforming' : ''}${accessed}`;
  return `data, read${(rights & RIGHTS_RW) === 0 ? ' only' : '/write'}${(rights & RIGHTS_CE) === 0 ? '' : ', expand-down'}${accessed}`;
}

/** Fields of access rights as the register file keeps them. */
export const RIGHTS_FIELDS: readonly BitField[] = [
  bits(0, 4, 'type', 'kind of segment'),
  flag(4, 'S', 'code or data (clear: system segment or gate)'),
  bits(5, 2, 'DPL', 'descriptor privilege level'),
  flag(7, 'P', 'present'),
  flag(12, 'AVL', 'for software'),
  flag(13, 'L', '64-bit code'),
  flag(14, 'D/B', '32-bit default size, or 32-bit stack'),
  flag(15, 'G', 'the limit counts 4-KByte units'),
  flag(16, 'unusable', 'a null selector was loaded'),
];
/** Fields of a whole descriptor as a 64-bit value, high word in bits 63..32. */
export const DESCRIPTOR_FIELDS: readonly BitField[] = [
  bits(0, 16, 'limit 15:0', 'segment limit, low part'),
  bits(16, 24, 'base 23:0', 'segment base, low part'),
  bits(40, 4, 'type', 'kind of segment'),
  flag(44, 'S', 'code or data (clear: system segment or gate)'),
  bits(45, 2, 'DPL', 'descriptor privilege level'),
  flag(47, 'P', 'present'),
  bits(48, 4, 'limit 19:16', 'segment limit, high part'),
  flag(52, 'AVL', 'for software'),
  flag(53, 'L', '64-bit code'),
  flag(54, 'D/B', '32-bit default size, or 32-bit stack'),
  flag(55, 'G', 'the limit counts 4-KByte units'),
  bits(56, 8, 'base 31:24', 'segment base, high part'),
];
