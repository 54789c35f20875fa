// Error codes of exceptions, taken apart. SDM 3A "Error Code" and "Interrupt 14—Page-Fault Exception (#PF)".

import { bits, choice, flag, type BitField } from './bit-field.ts';

//  selector error code   15..3 index | 2 TI | 1 IDT | 0 EXT
export const ERROR_EXT = 1, ERROR_IDT = 2, ERROR_TI = 4;
export const SELECTOR_ERROR_FIELDS: readonly BitField[] = [
  flag(0, 'EXT', 'it arose while something outside the program was being delivered'),
  choice(1, 'IDT', 'the index refers to a gate in the IDT', 'the index refers to a descriptor in the GDT or LDT'),
  choice(2, 'TI', 'with IDT clear: the index refers to the LDT', 'with IDT clear: the index refers to the GDT'),
  bits(3, 13, 'index', 'entry of the table'),
];
//  #PF error code   15 SGX | 6 SS | 5 PK | 4 I/D | 3 RSVD | 2 U/S | 1 W/R | 0 P
export const PAGE_FAULT_FIELDS: readonly BitField[] = [
  choice(0, 'P', 'a translation exists but refuses the access', 'no translation: an entry is not present'),
  choice(1, 'W/R', 'a write', 'a read'),
  choice(2, 'U/S', 'a user-mode access', 'a supervisor-mode access'),
  flag(3, 'RSVD', 'a reserved bit is set in a paging-structure entry'),
  flag(4, 'I/D', 'an instruction fetch'),
  flag(5, 'PK', 'a protection key refuses the access'),
  flag(6, 'SS', 'a shadow-stack access'),
  flag(15, 'SGX', 'refused by SGX'),
];

export interface SelectorError {
  readonly ext: boolean;
  readonly table: 'gdt' | 'ldt' | 'idt';
  readonly index: number;
  /** Without a selector or vector the code only carries EXT. */
  readonly isNull: boolean;
}

/** Takes a selector error code (#TS #NP #SS #GP) apart. */
export function decodeSelectorError(code: number): SelectorError {
  const table = (code & ERROR_IDT) !== 0 ? 'idt' : (code & ERROR_TI) !== 0 ? 'ldt' : 'gdt';
  return { ext: (code & ERROR_EXT) !== 0, table, index: (code >>> 3) & 0x1fff, isNull: (code & 0xfffe) === 0 };
}

/** The bit table of a vector's error code, or null when it pushes none (or always zero: #DF, #AC). */
export function errorFieldsOf(vector: number): readonly BitField[] | null {
  if (vector === 14) return PAGE_FAULT_FIELDS;
  return vector >= 10 && vector <= 13 ? SELECTOR_ERROR_FIELDS : null;
}

/** An error code in one line: `GDT entry 2 (selector 0x10)`, `IDT gate 0x80, EXT`, `protection, write, user`. */
export function describeErrorCode(vector: number, code: number): string {
  if (vector === 14) {
    const always = [(code & 1) !== 0 ? 'protection' : 'not present', (code & 2) !== 0 ? 'write' : 'read', (code & 4) !== 0 ? 'user' : 'supervisor'];
    return [...always, ...PAGE_FAULT_FIELDS.filter((field) => field.bit > 2 && ((code >>> field.bit) & 1) !== 0).map((field) => field.name)].join(', ');
  }
  if (errorFieldsOf(vector) === null) return code === 0 ? 'always 0' : `0x${code.toString(16)}`;
  const { ext, table, index, isNull } = decodeSelectorError(code);
  const what = isNull ? 'no selector' : table === 'idt' ? `IDT gate 0x${index.toString(16)}` : `${table.toUpperCase()} entry ${index} (selector 0x${(code & 0xfffc).toString(16)})`;
  return ext ? `${what}, EXT` : what;
}
