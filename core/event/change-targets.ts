// What a change can name, from the manual's tables: registers, model-specific registers, entries of tables, fields of each. No machine here.

import type { BitField } from '../arch/bit-field.ts';
import { fieldsOfRegister } from '../arch/control-registers.ts';
import { DESCRIPTOR_FIELDS } from '../arch/descriptor.ts';
import { EFLAGS_FIELDS } from '../arch/flags.ts';
import { GATE_FIELDS, VECTOR_ENTRY_FIELDS } from '../arch/gate.ts';
import { MSRS } from '../arch/msrs.ts';
import { PAE_PDE_FIELDS, PAE_PDE_LARGE_FIELDS, PAE_PTE_FIELDS, PDE_FIELDS, PDE_LARGE_FIELDS, PDPTE_FIELDS, PTE_FIELDS } from '../arch/page-entry.ts';
import { TSS32_FIELDS } from '../arch/tss.ts';
import { wholeFields, type WholeField } from '../arch/whole-field.ts';

/** A register as a change names it (`eax`, `cr0`, `gdtr.limit`). `name` is that of the register file. */
export interface RegisterTarget { readonly spelled: string; readonly name: string; readonly width: number; readonly fields: readonly WholeField[] }

const register = (spelled: string, name: string, width: number, fields: readonly BitField[] = []): RegisterTarget => ({ spelled, name, width, fields: wholeFields(fields) });

/** Registers that a change may set. */
export const REGISTER_TARGETS: readonly RegisterTarget[] = [
  ...['eax', 'ecx', 'edx', 'ebx', 'esp', 'ebp', 'esi', 'edi', 'eip'].map((name) => register(name, `r${name.slice(1)}`, 32)),
  register('eflags', 'rflags', 32, EFLAGS_FIELDS),
  ...['cr0', 'cr2', 'cr3', 'cr4'].map((name) => register(name, name, 32, fieldsOfRegister(name) ?? [])),
  ...['gdtr', 'idtr'].flatMap((name) => [register(`${name}.base`, `${name}.base`, 32), register(`${name}.limit`, `${name}.limit`, 16)]),
  ...['es', 'ss', 'ds', 'fs', 'gs'].map((name) => register(name, `${name}.selector`, 16)),
];

/** Registers that a change may not set, and what to set instead. */
export const REFUSED_TARGETS: Readonly<Record<string, string>> = {
  cs: 'CS is loaded by far transfers and interrupts only: change the selector where it comes from (a gate, a frame on the stack, IA32_SYSENTER_CS)',
  cpl: 'CPL changes by transitions only: change the selector or descriptor a transition loads',
  ldtr: 'LDTR is loaded by LLDT only: change the descriptor (gdt[…]) before it is loaded, or the register the selector comes from',
  ...Object.fromEntries([0, 1, 2, 3, 6, 7].map((number) => [`dr${String(number)}`, 'debug registers are kept but arm no breakpoint on this processor: setting one would change nothing'])),
  tr: 'TR is loaded by LTR only: change the descriptor (gdt[…]) before it is loaded, or the register the selector comes from',
};

/** Every name an MSR has in the manual. */
export const MSR_NAMES: readonly string[] = MSRS.map((one) => one.name);

/** Tables whose entries a change may set: how many entries there can be, and the width of one. */
export const ENTRY_TABLES = {
  gdt: { entries: 8192, width: 64, what: 'a descriptor' },
  ldt: { entries: 8192, width: 64, what: 'a descriptor' },
  idt: { entries: 256, width: 64, what: 'a gate' },
} as const;
export type EntryTable = keyof typeof ENTRY_TABLES;

const DESCRIPTOR = wholeFields(DESCRIPTOR_FIELDS), GATE = wholeFields(GATE_FIELDS);
const only = (fields: readonly WholeField[], ...names: readonly string[]): readonly WholeField[] => fields.filter(({ name }) => names.includes(name));

/** The fields an entry may have: of a GDT or LDT entry those of call gates too, of an IDT entry those of the real-mode vector table too. */
export const FIELDS_OF_ENTRY: Readonly<Record<EntryTable | 'pdpte' | 'pde' | 'pte', readonly WholeField[]>> = {
  gdt: [...DESCRIPTOR, ...only(GATE, 'selector', 'offset', 'parameters')],
  ldt: [...DESCRIPTOR, ...only(GATE, 'selector', 'offset', 'parameters')],
  idt: [...GATE, ...wholeFields(VECTOR_ENTRY_FIELDS)],
  pdpte: wholeFields(PDPTE_FIELDS),
  pde: widest([PDE_FIELDS, PDE_LARGE_FIELDS, PAE_PDE_FIELDS, PAE_PDE_LARGE_FIELDS].flatMap(wholeFields)),
  pte: widest([PTE_FIELDS, PAE_PTE_FIELDS].flatMap(wholeFields)),
};

/** The fields of a TSS, each as wide as its slot. */
export const TSS_NAMES: readonly string[] = TSS32_FIELDS.map((one) => one.name);

// a directory entry's base is wider when it points to a table: which one it is shows only when it is set
function widest(fields: readonly WholeField[]): readonly WholeField[] {
  return fields.filter((field) => !fields.some((other) => other !== field && other.name === field.name && (other.width > field.width || (other.width === field.width && fields.indexOf(other) < fields.indexOf(field)))));
}
