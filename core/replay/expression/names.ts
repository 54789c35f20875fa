// Names of bits, MSRs and vectors as expressions spell them, read from core/arch. Bits never cross a 32-bit border here.

import type { BitField } from '../../arch/bit-field.ts';
import { fieldsOfRegister } from '../../arch/control-registers.ts';
import { RIGHTS_FIELDS } from '../../arch/descriptor.ts';
import { PAGE_FAULT_FIELDS, SELECTOR_ERROR_FIELDS } from '../../arch/error-code.ts';
import { EFLAGS_FIELDS } from '../../arch/flags.ts';
import { findMsrByName, MSRS } from '../../arch/msrs.ts';
import { findMnemonic, VECTORS } from '../../arch/vectors.ts';

/** `width` bits from bit `shift` on. */
export interface BitPlace { readonly shift: number; readonly width: number }
export interface NamedBit extends BitPlace { readonly name: string }

function fieldsOf(register: string): readonly BitField[] {
  const fields = register === 'rflags' ? EFLAGS_FIELDS : register === 'rights' ? RIGHTS_FIELDS : fieldsOfRegister(register) ?? [];
  return fields.filter((field) => field.bit + field.width <= 32);
}

/** Names of a register's bits (`rflags`, `cr0`, `efer`, `rights` of a segment…); none when it has no named ones. */
export function bitNames(register: string): readonly string[] {
  return fieldsOf(register).map(spelled);
}

/** The bit or bit group of that name (any case) in a register, or null. */
export function bitOf(register: string, name: string): NamedBit | null {
  const field = fieldsOf(register).find((one) => spelled(one).toLowerCase() === name.toLowerCase());
  return field === undefined ? null : { name: spelled(field), shift: field.bit, width: field.width };
}
/** The manual's D/B is DB here. */
function spelled(field: BitField): string {
  return field.name.replace('/', '');
}

/** Number of an MSR by its name in any case, with or without `IA32_`; null when unknown. */
export function msrNumber(name: string): number | null {
  return findMsrByName(name)?.number ?? null;
}

/** All MSR names known. */
export function msrNames(): readonly string[] {
  return MSRS.map((one) => one.name);
}

/** Vector of a mnemonic (`#PF`, `pf`), or null. */
export function vectorOf(mnemonic: string): number | null {
  return findMnemonic(mnemonic)?.vector ?? null;
}

/** Mnemonics of all vectors that have one. */
export function mnemonics(): readonly string[] {
  return VECTORS.map((one) => one.mnemonic);
}

/** A part of an error code: its names (the normal one first), place, and the vectors whose code has it. */
export interface ErrorBit { readonly names: readonly string[]; readonly bits: BitPlace; readonly vectors: readonly number[] }
/** Plain words for the manual's letters. */
const WORDS: Readonly<Record<string, readonly string[]>> = {
  'P': ['present', 'P'], 'W/R': ['write', 'W', 'WR'], 'U/S': ['user', 'U', 'US'], 'RSVD': ['reserved', 'RSVD'], 'I/D': ['fetch', 'I', 'ID'],
  'PK': ['protectionKey', 'PK'], 'SS': ['shadowStack', 'SS'], 'SGX': ['sgx'], 'EXT': ['ext'], 'IDT': ['idt'], 'TI': ['ti'], 'index': ['index'],
};
const errorBits = (fields: readonly BitField[], vectors: readonly number[]): readonly ErrorBit[] =>
  fields.map((field) => ({ names: WORDS[field.name] ?? [field.name], bits: { shift: field.bit, width: field.width }, vectors }));

/** Parts of an error code as `error.NAME` reads them: the page-fault format on #PF, the selector format on #TS #NP #SS #GP. */
export const ERROR_BITS: readonly ErrorBit[] = [...errorBits(PAGE_FAULT_FIELDS, [14]), ...errorBits(SELECTOR_ERROR_FIELDS, [10, 11, 12, 13])];
