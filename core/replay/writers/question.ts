// What somebody asks about, in words: `0x401000`, `user_stack_top`, `phys:0x1000`, `gdt[2]`, `idt[0x80]`, `tss.esp0`, `pte[0x7ff000]`, `cr0`.
// The command line and the app read it alike.

import type { Position } from '../../event/position.ts';
import type { SymbolTable } from '../../symbols/symbol-table.ts';
import { tableEntryAt, type TableEntry } from '../walk/table-entry.ts';
import { PLACE_BYTES_MAX, placeLinear, placePageEntry, placePhysical, type Absent, type Place, type SystemTable, type WriterReplay } from './place.ts';
import { findNamedRegister } from './register.ts';

export type Question =
  | { readonly kind: 'linear' | 'physical'; readonly address: number; readonly length: number }
  | { readonly kind: 'entry'; readonly table: SystemTable; readonly index: number }
  | { readonly kind: 'tss-field'; readonly field: string }
  | { readonly kind: 'page-entry'; readonly level: 1 | 2 | 3; readonly linear: number }
  | { readonly kind: 'register'; readonly name: string };
/** The text is no question; `refused` says why and what one looks like. */
export interface RefusedQuestion { readonly refused: string }

const ENTRY = /^(gdt|ldt|idt|tss)\[(.+)\]$/i, FIELD = /^tss\.([a-z0-9]+)$/i, PAGE_ENTRY = /^(pdpte|pde|pte)\[(.+)\]$/i, PHYSICAL = /^phys:(.+)$/i;
const LEVELS: Readonly<Record<string, 1 | 2 | 3>> = { pte: 1, pde: 2, pdpte: 3 };
const EXAMPLES = 'give an address (0x401000, a symbol, phys:0x1000), an entry (gdt[2], idt[0x80], tss.esp0, pte[0x401000]) or a register (eax, cr0, idtr, IA32_SYSENTER_CS) or bits of one (eflags.AC)';

/** Reads a question; `length` is how many bytes an address asks about. */
export function parseQuestion(text: string, { symbols, length }: { readonly symbols: SymbolTable | null; readonly length: number }): Question | RefusedQuestion {
  if (!Number.isInteger(length) || length < 1 || length > PLACE_BYTES_MAX) return { refused: `a length of ${String(length)} bytes is not possible: give 1 to ${String(PLACE_BYTES_MAX)}` };
  const [, table, entry] = ENTRY.exec(text) ?? [];
  if (table !== undefined && entry !== undefined) return numbered(entry, `the index of ${text}`, (index) => ({ kind: 'entry', table: table.toLowerCase() as SystemTable, index }));
  const [, field] = FIELD.exec(text) ?? [];
  if (field !== undefined) return { kind: 'tss-field', field };
  const [, level, of] = PAGE_ENTRY.exec(text) ?? [];
  if (level !== undefined && of !== undefined) return addressed(of, symbols, (linear) => ({ kind: 'page-entry', level: LEVELS[level.toLowerCase()] ?? 2, linear }));
  const [, physical] = PHYSICAL.exec(text) ?? [];
  if (physical !== undefined) return numbered(physical, text, (address) => ({ kind: 'physical', address, length }));
  if (findNamedRegister(text) !== null) return { kind: 'register', name: text };
  return addressed(text, symbols, (address) => ({ kind: 'linear', address, length }));
}

/** A linear address given as a number, a symbol, or a symbol and an offset (`kernel_start+0x12`); null when it is neither. */
export function parseAddress(text: string, symbols: SymbolTable | null): number | null {
  const number = numberOf(text);
  if (number !== null) return number <= 0xffff_ffff ? number : null;
  const [, name, offset] = /^(.+?)(?:\+(0x[0-9a-f]+|[0-9]+))?$/i.exec(text) ?? [];
  const base = symbols?.addressOf(text) ?? (name === undefined ? null : symbols?.addressOf(name) ?? null);
  if (base === null || base < 0 || base > 0xffff_ffff) return null;
  const isWhole = symbols?.addressOf(text) === base;
  return isWhole || offset === undefined ? base : (base + Number(offset)) % 0x1_0000_0000;
}

function addressed(text: string, symbols: SymbolTable | null, make: (address: number) => Question): Question | RefusedQuestion {
  const address = parseAddress(text, symbols);
  if (address !== null) return make(address);
  const why = symbols === null ? 'is no 32-bit address, and this trace has no symbols' : 'is neither a 32-bit address nor a symbol of this trace';
  return { refused: `${JSON.stringify(text)} ${why}: ${EXAMPLES}` };
}

function numbered(text: string, what: string, make: (value: number) => Question): Question | RefusedQuestion {
  const value = numberOf(text);
  return value === null ? { refused: `${what} is not a number: ${EXAMPLES}` } : make(value);
}

function numberOf(text: string): number | null {
  const value = /^(?:[0-9][0-9_]*|0x[0-9a-f_]+)$/i.test(text) ? Number(text.replaceAll('_', '')) : Number.NaN;
  return Number.isSafeInteger(value) ? value : null;
}

/** Where in memory the answer lies; of a register there is no place. */
export function placeOfQuestion(replay: WriterReplay, at: Position, question: Exclude<Question, { readonly kind: 'register' | 'entry' | 'tss-field' }>): Promise<Place | Absent> {
  switch (question.kind) {
    case 'linear': return placeLinear(replay, at, { linear: question.address, length: question.length });
    case 'physical': return Promise.resolve(placePhysical(question.address, question.length));
    case 'page-entry': return placePageEntry(replay, at, question);
  }
}

/** A table's entry, decoded. */
export function entryOfQuestion(replay: WriterReplay, at: Position, question: Extract<Question, { readonly kind: 'entry' | 'tss-field' }>): Promise<TableEntry | Absent> {
  return tableEntryAt(replay, at, question.kind === 'entry' ? question : { tssField: question.field });
}
