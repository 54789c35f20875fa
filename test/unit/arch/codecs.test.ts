// The manual's tables: codecs round-trip, bit tables do not overlap, names and numbers agree with each other.

import { describe, expect, test } from 'vitest';
import { fieldValue, namesOfSetBits, type BitField } from '../../../core/arch/bit-field.ts';
import { CR0_FIELDS, CR3_FIELDS, CR4_FIELDS, EFER_FIELDS, fieldsOfRegister } from '../../../core/arch/control-registers.ts';
import { DR6_FIELDS, DR7_FIELDS } from '../../../core/arch/debug-registers.ts';
import { baseOf, describeRights, DESCRIPTOR_FIELDS, encodeDescriptor, limitOf, RIGHTS_FIELDS, rightsOf } from '../../../core/arch/descriptor.ts';
import { decodeSelectorError, describeErrorCode, errorFieldsOf, PAGE_FAULT_FIELDS, SELECTOR_ERROR_FIELDS } from '../../../core/arch/error-code.ts';
import { EFLAGS_FIELDS, ioplOf } from '../../../core/arch/flags.ts';
import { encodeGate, GATE_FIELDS, gateDpl, gateOffset, gateSelector, gateType, isGatePresent } from '../../../core/arch/gate.ts';
import { findMsr, findMsrByName, msrName, MSRS } from '../../../core/arch/msrs.ts';
import { baseOfEntry, fieldsOfEntry, PAE_PDE_FIELDS, PAE_PDE_LARGE_FIELDS, PAE_PTE_FIELDS, PDE_FIELDS, PDE_LARGE_FIELDS, PDPTE_FIELDS, PTE_FIELDS, reservedBitsOf } from '../../../core/arch/page-entry.ts';
import { findRegister } from '../../../core/arch/register-file.ts';
import { TSS32_FIELDS, tssFieldAt, tssStackPlace } from '../../../core/arch/tss.ts';
import { findMnemonic, findVector, vectorName, VECTORS } from '../../../core/arch/vectors.ts';

const TABLES: Readonly<Record<string, readonly BitField[]>> = {
  EFLAGS: EFLAGS_FIELDS, CR0: CR0_FIELDS, CR3: CR3_FIELDS, CR4: CR4_FIELDS, EFER: EFER_FIELDS, DR6: DR6_FIELDS, DR7: DR7_FIELDS, rights: RIGHTS_FIELDS,
  descriptor: DESCRIPTOR_FIELDS, gate: GATE_FIELDS, PDE: PDE_FIELDS, 'large PDE': PDE_LARGE_FIELDS, PTE: PTE_FIELDS, PDPTE: PDPTE_FIELDS, 'PAE PDE': PAE_PDE_FIELDS, 'large PAE PDE': PAE_PDE_LARGE_FIELDS, 'PAE PTE': PAE_PTE_FIELDS, 'selector error': SELECTOR_ERROR_FIELDS,
  'page-fault error': PAGE_FAULT_FIELDS, ...Object.fromEntries(MSRS.filter((row) => row.fields.length > 0).map((row) => [row.name, row.fields])),
};

test.each(Object.entries(TABLES))('%s: fields are in order, do not overlap, and have a name and a meaning', (_, fields) => {
  let next = 0;
  for (const field of fields) {
    expect(field.bit, field.name).toBeGreaterThanOrEqual(next);
    next = field.bit + field.width;
    expect(next).toBeLessThanOrEqual(64);
    expect(field.name).not.toBe('');
    expect(field.title).not.toBe('');
  }
  expect(new Set(fields.map((field) => field.name)).size).toBe(fields.length);
});

describe('descriptors', () => {
  test('round-trip base, limit and rights', () => {
    const { low, high } = encodeDescriptor({ base: 0xfedc_ba98, limit: 0xa_bcde, rights: 0xc0fb });
    expect([low, high]).toEqual([0xba98_bcde, 0xfeca_fbdc]);
    expect([baseOf(low, high), limitOf(low, high), rightsOf(high)]).toEqual([0xfedc_ba98, 0xabcd_efff, 0xc0fb]);
    expect(limitOf(0xffff, 0x000f_0000)).toBe(0xf_ffff);
    expect(limitOf(0xffff, 0x008f_0000)).toBe(0xffff_ffff);
  });

  test.each([[0xc09a, 'code, execute/read'], [0xc09f, 'code, execute/read, conforming, accessed'], [0x98, 'code, execute only'], [0x92, 'data, read/write'], [0x95, 'data, read only, expand-down, accessed'], [0x89, '32-bit TSS (available)'], [0x8b, '32-bit TSS (busy)'], [0x82, 'LDT'], [0x80, 'reserved system type 0']])('rights 0x%s are %s', (rights, text) => {
    expect(describeRights(rights)).toBe(text);
  });

  test('fields of the 64-bit value agree with the codec', () => {
    const raw = 0xfeca_fbdc_ba98_bcden;
    const value = (name: string): bigint => fieldValue(raw, DESCRIPTOR_FIELDS.find((field) => field.name === name)!);
    expect((value('base 31:24') << 24n) | value('base 23:0')).toBe(0xfedc_ba98n);
    expect([value('DPL'), value('P'), value('type'), value('G')]).toEqual([3n, 1n, 0xbn, 1n]);
  });
});

test('gates round-trip', () => {
  const { low, high } = encodeGate({ selector: 0x1234, offset: 0x89ab_cdef, type: 15, dpl: 2, present: true });
  expect([low, high]).toEqual([0x1234_cdef, 0x89ab_cf00]);
  expect([gateSelector(low), gateOffset(low, high), gateType(high), gateDpl(high), isGatePresent(high)]).toEqual([0x1234, 0x89ab_cdef, 15, 2, true]);
  expect(gateType(high | 0x1000)).toBe(31);
});

test('the TSS: stack fields where the manual has them, 104 bytes in all', () => {
  expect([0, 1, 2].map((cpl) => tssStackPlace(cpl, 4))).toEqual([4, 12, 20].map((pointer) => ({ pointer, segment: pointer + 4, bytes: 4 })));
  expect([0, 1, 2].map((cpl) => tssStackPlace(cpl, 2))).toEqual([2, 6, 10].map((pointer) => ({ pointer, segment: pointer + 2, bytes: 2 })));
  expect(tssFieldAt(5)?.name).toBe('esp0');
  expect(tssFieldAt(10)).toBeNull();
  const last = TSS32_FIELDS.at(-1)!;
  expect(last.offset + last.bytes).toBe(104);
});

describe('vectors', () => {
  test('by number and by mnemonic', () => {
    expect(VECTORS.filter((row) => row.hasErrorCode).map((row) => row.vector)).toEqual([8, 10, 11, 12, 13, 14, 17, 21]);
    expect(VECTORS.filter((row) => row.contribution === 'contributory').map((row) => row.mnemonic)).toEqual(['#DE', '#DF', '#TS', '#NP', '#SS', '#GP', '#CP']);
    expect([findMnemonic('gp')?.vector, findMnemonic('#PF')?.vector, findMnemonic('xx')]).toEqual([13, 14, null]);
    expect([vectorName(6), vectorName(0x80), findVector(15)]).toEqual(['#UD', 'vector 0x80', null]);
  });
});

describe('error codes', () => {
  test.each([[13, 0x10, 'GDT entry 2 (selector 0x10)'], [13, 0x17, 'IDT gate 0x2, EXT'], [13, 0x402, 'IDT gate 0x80'], [10, 0xc, 'LDT entry 1 (selector 0xc)'], [13, 1, 'no selector, EXT'], [14, 7, 'protection, write, user'], [14, 0x1d, 'protection, read, user, RSVD, I/D'], [14, 0, 'not present, read, supervisor'], [8, 0, 'always 0']])('vector %i, code %i: %s', (vector, code, text) => {
    expect(describeErrorCode(vector, code)).toBe(text);
  });

  test('which vectors have which', () => {
    expect([errorFieldsOf(14), errorFieldsOf(13), errorFieldsOf(8), errorFieldsOf(6)]).toEqual([PAGE_FAULT_FIELDS, SELECTOR_ERROR_FIELDS, null, null]);
    expect(decodeSelectorError(0xfff8)).toEqual({ ext: false, table: 'gdt', index: 0x1fff, isNull: false });
  });
});

test('MSRs: by number and by name, kept where the register file has them', () => {
  expect(findMsr(0x176)?.name).toBe('IA32_SYSENTER_EIP');
  expect([findMsrByName('sysenter_cs')?.number, findMsrByName('TSC')?.number, findMsrByName('IA32_NOTHING')]).toEqual([0x174, 0x10, null]);
  expect([msrName(0x277), msrName(0xc000_0105)]).toEqual(['IA32_PAT', 'MSR 0xc0000105']);
  for (const row of MSRS) if (row.register !== null) expect(findRegister(row.register), row.name).not.toBeNull();
});

test('registers, entries and flags name their bits', () => {
  expect(namesOfSetBits(0x8001_0011n, CR0_FIELDS)).toEqual(['PG', 'WP', 'ET', 'PE']);
  expect([fieldsOfRegister('cr4'), fieldsOfRegister('rax')]).toEqual([CR4_FIELDS, null]);
  expect([fieldsOfEntry(2, 0x83n, '32-bit'), fieldsOfEntry(2, 3n, '32-bit'), fieldsOfEntry(1, 0x83n, '32-bit')]).toEqual([PDE_LARGE_FIELDS, PDE_FIELDS, PTE_FIELDS]);
  expect([3, 2, 1].map((level) => fieldsOfEntry(level, 0x83n, 'pae'))).toEqual([PDPTE_FIELDS, PAE_PDE_LARGE_FIELDS, PAE_PTE_FIELDS]);
  expect(ioplOf(0x3202)).toBe(3);
});

test('page entries tell where they lead and which of their reserved bits are set', () => {
  expect(baseOfEntry(2, 0xffc1_2083n, '32-bit')).toBe(0x9_ffc0_0000n);
  expect(baseOfEntry(2, 0x8000_000f_0020_1083n, 'pae')).toBe(0xf_0020_0000n);
  expect(baseOfEntry(1, 0x8000_000f_0020_1083n, 'pae')).toBe(0xf_0020_1000n);
  expect(reservedBitsOf(2, 0xffff_ffffn, { paging: '32-bit', isNxe: false })).toEqual([17, 18, 19, 20, 21]);
  expect(reservedBitsOf(3, 0x1ffn | (1n << 36n) | (1n << 63n), { paging: 'pae', isNxe: true })).toEqual([1, 2, 5, 6, 7, 8, 36, 63]);
  expect(reservedBitsOf(1, (1n << 63n) | 7n, { paging: 'pae', isNxe: true })).toEqual([]);
  expect(reservedBitsOf(1, (1n << 63n) | 7n, { paging: 'pae', isNxe: false })).toEqual([63]);
});
