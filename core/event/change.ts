// What is set in a what-if: the language `cr0.WP=0`, `idt[0x80].DPL=3`, `pte[0x7ff000].US=1`, `[0x8000]:4=0x55`, from text to data and back.
// Only names and widths are looked at here; whether there is such an entry is the machine's to say (core/machine/apply-change.ts).
//
//   changes = change {";" change}          change = target "=" value
//   target  = register ["." field] | MSR ["." field] | ("gdt" | "ldt" | "idt") "[" index "]" ["." field] | "tss" "." field
//           | ("pdpte" | "pde" | "pte") "[" linear "]" ["." field] | "[" linear "]" [":" bytes] | "phys" ":" address [":" bytes]

import { BadInput } from '../base/bad-input.ts';
import { suggestion } from '../base/nearest-word.ts';
import { hex } from '../base/u64.ts';
import { findMsr, findMsrByName } from '../arch/msrs.ts';
import { TSS32_FIELDS } from '../arch/tss.ts';
import { findWholeField, wholeFields, type WholeField } from '../arch/whole-field.ts';
import { ENTRY_TABLES, FIELDS_OF_ENTRY, MSR_NAMES, REFUSED_TARGETS, REGISTER_TARGETS, TSS_NAMES, type EntryTable } from './change-targets.ts';

/** One thing that is set. `field` is null when all of it is; it is spelled as in the manual's table, letters and digits only. */
export type Change =
  /** `register` as REGISTER_TARGETS spells it. */
  | { readonly kind: 'register'; readonly register: string; readonly field: string | null; readonly value: bigint }
  | { readonly kind: 'msr'; readonly msr: number; readonly field: string | null; readonly value: bigint }
  | { readonly kind: 'entry'; readonly table: EntryTable; readonly index: number; readonly field: string | null; readonly value: bigint }
  | { readonly kind: 'tss'; readonly field: string; readonly value: bigint }
  /** The entry of this level (3 PDPTE, 2 directory, 1 table) on the walk of a linear address. */
  | { readonly kind: 'page-entry'; readonly level: 1 | 2 | 3; readonly linear: number; readonly field: string | null; readonly value: bigint }
  | { readonly kind: 'memory'; readonly space: 'linear' | 'physical'; readonly address: number; readonly bytes: 1 | 2 | 4; readonly value: bigint };

/** A change longer than this is refused. */
export const CHANGE_TEXT_MAX = 200;
/** So many changes may be given at once. */
export const CHANGES_MAX = 64;

const EXAMPLES = 'give one such as cr0.WP=0, eflags.IF=1, IA32_SYSENTER_CS=0x8, gdt[3].P=1, idt[0x80].DPL=3, tss.esp0=0x9000, pte[0x7ff000].US=1 or [0x8000]=0x55';
const ADDRESS_MAX = 0xffff_ffff;
const PAGE_ENTRIES = { 3: { name: 'pdpte', what: 'a PDPTE' }, 2: { name: 'pde', what: 'a page-directory entry' }, 1: { name: 'pte', what: 'a page-table entry' } } as const;

/** The change a text means. Throws BadInput: what is wrong, the column, what was expected. */
export function parseChange(text: string): Change {
  return new Parser(text).whole();
}

/** Several changes with `;` between them, made in this order. Throws BadInput. */
export function parseChanges(text: string): readonly Change[] {
  const parts = text.split(';').map((part) => part.trim()).filter((part, index, all) => part !== '' || all.length === 1 || index < all.length - 1);
  if (parts.length > CHANGES_MAX) throw new BadInput(`${String(parts.length)} changes are too many: give at most ${String(CHANGES_MAX)}`);
  return parts.map(parseChange);
}

/** The one spelling of a change; `parseChange` reads it back. */
export function printChange(change: Change): string {
  return `${printTarget(change)}=${hex(change.value)}`;
}

function printTarget(change: Change): string {
  switch (change.kind) {
    case 'register': return withField(change.register, change.field);
    case 'msr': return withField(findMsr(change.msr)?.name ?? hex(change.msr), change.field);
    case 'entry': return withField(`${change.table}[${change.table === 'idt' ? hex(change.index) : String(change.index)}]`, change.field);
    case 'tss': return `tss.${change.field}`;
    case 'page-entry': return withField(`${PAGE_ENTRIES[change.level].name}[${hex(change.linear)}]`, change.field);
    case 'memory': return `${change.space === 'linear' ? `[${hex(change.address)}]` : `phys:${hex(change.address)}`}${change.bytes === 1 ? '' : `:${String(change.bytes)}`}`;
  }
}

const withField = (target: string, field: string | null): string => (field === null ? target : `${target}.${field}`);

/** A name and where it stands. */
interface Word { readonly text: string; readonly column: number }
/** What follows the target: a field of so many bits, or all of it. */
interface Part { readonly field: string | null; readonly width: number }

/** Reads one change from left to right; holds only the place. */
class Parser {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  whole(): Change {
    if (this.#text.length > CHANGE_TEXT_MAX) throw new BadInput(`a change has at most ${String(CHANGE_TEXT_MAX)} characters, and this one has ${String(this.#text.length)}: ${EXAMPLES}`);
    if (this.#text.trim() === '') throw new BadInput(`a change is empty: ${EXAMPLES}`);
    if (this.#peek('[')) return this.#memory('linear');
    const word = this.#word('a register, a table or an address');
    switch (word.text.toLowerCase()) {
      case 'gdt': case 'ldt': case 'idt': return this.#entry(word.text.toLowerCase() as EntryTable);
      case 'pdpte': return this.#pageEntry(3);
      case 'pde': return this.#pageEntry(2);
      case 'pte': return this.#pageEntry(1);
      case 'tss': return this.#tss();
      case 'phys': return this.#memory('physical');
    }
    return this.#register(word);
  }

  #register(word: Word): Change {
    const name = word.text.toLowerCase();
    const refused = REFUSED_TARGETS[name];
    if (refused !== undefined) throw this.#refused(word.column, refused);
    const table = name === 'gdtr' || name === 'idtr' ? this.#tableRegister(name) : null;
    const target = REGISTER_TARGETS.find(({ spelled }) => spelled === (table ?? name));
    if (target !== undefined) {
      const { field, width } = this.#field(target.fields, target.width, target.spelled.toUpperCase());
      return { kind: 'register', register: target.spelled, field, value: this.#value(width) };
    }
    const msr = findMsrByName(word.text);
    if (msr === null) {
      const known = [...REGISTER_TARGETS.map(({ spelled }) => spelled), ...MSR_NAMES, ...Object.keys(ENTRY_TABLES), 'pdpte', 'pde', 'pte', 'tss', 'phys'];
      throw this.#refused(word.column, `there is no ${JSON.stringify(word.text)} that can be set${suggestion(word.text, known)}: ${EXAMPLES}`);
    }
    const { field, width } = this.#field(wholeFields(msr.fields), 64, msr.name);
    return { kind: 'msr', msr: msr.number, field, value: this.#value(width) };
  }

  #tableRegister(name: string): string {
    const expected = `"${name}.base" or "${name}.limit"`;
    this.#expect('.', expected);
    const { text, column } = this.#word(expected);
    if (text.toLowerCase() === 'base' || text.toLowerCase() === 'limit') return `${name}.${text.toLowerCase()}`;
    throw this.#refused(column, `${name.toUpperCase()} has no ${JSON.stringify(text)}: give ${expected}`);
  }

  #entry(table: EntryTable): Change {
    const { entries, width, what } = ENTRY_TABLES[table];
    const index = this.#inBrackets(`an entry of the ${table.toUpperCase()}`, entries - 1);
    const part = this.#field(FIELDS_OF_ENTRY[table], width, what);
    return { kind: 'entry', table, index, field: part.field, value: this.#value(part.width) };
  }

  // whether an entry has 32 or 64 bits shows only when it is set
  #pageEntry(level: 1 | 2 | 3): Change {
    const { name, what } = PAGE_ENTRIES[level];
    const linear = this.#inBrackets('a linear address', ADDRESS_MAX);
    const part = this.#field(FIELDS_OF_ENTRY[name], 64, what);
    return { kind: 'page-entry', level, linear, field: part.field, value: this.#value(part.width) };
  }

  #tss(): Change {
    this.#expect('.', 'a field of the TSS, such as tss.esp0');
    const word = this.#word('a field of the TSS');
    const field = TSS32_FIELDS.find(({ name }) => name.toLowerCase() === word.text.toLowerCase());
    if (field === undefined) throw this.#refused(word.column, `a TSS has no field ${JSON.stringify(word.text)}${suggestion(word.text, TSS_NAMES)}: give one of ${TSS_NAMES.join(' ')}`);
    return { kind: 'tss', field: field.name, value: this.#value(field.bytes * 8) };
  }

  #memory(space: 'linear' | 'physical'): Change {
    if (space === 'physical') this.#expect(':', '":" and a physical address, such as phys:0x8000');
    const address = space === 'linear' ? this.#inBrackets('a linear address', ADDRESS_MAX) : this.#number('a physical address', ADDRESS_MAX);
    const bytes = this.#take(':') ? this.#bytes() : 1;
    return { kind: 'memory', space, address, bytes, value: this.#value(bytes * 8) };
  }

  #bytes(): 1 | 2 | 4 {
    const column = this.#column;
    const bytes = this.#number('how many bytes: 1, 2 or 4', ADDRESS_MAX);
    if (bytes === 1 || bytes === 2 || bytes === 4) return bytes;
    throw this.#refused(column, `${String(bytes)} bytes cannot be set at once: give 1, 2 or 4`);
  }

  #field(fields: readonly WholeField[], width: number, what: string): Part {
    if (!this.#take('.')) return { field: null, width };
    if (fields.length === 0) throw this.#refused(this.#column - 1, `${what} has no fields: set all of it with "="`);
    const word = this.#word(`a field of ${what}`);
    // two letters may have a bar between them, as the manual writes U/S
    const tail = this.#take('/') ? this.#word(`a field of ${what}`).text : '';
    const field = findWholeField(fields, word.text + tail);
    if (field !== null) return { field: field.name, width: field.width };
    const names = fields.map(({ name }) => name);
    throw this.#refused(word.column, `${what} has no field ${JSON.stringify(word.text + tail)}${suggestion(word.text + tail, names)}: give one of ${names.join(' ')}`);
  }

  #value(width: number): bigint {
    this.#expect('=', '"=" and a value');
    this.#spaces();
    const column = this.#column;
    const most = (1n << BigInt(width)) - 1n;
    const value = this.#integer(`a value from 0 to ${hex(most)}`);
    if (value > most) throw this.#refused(column, `${hex(value)} does not fit into ${width === 1 ? 'one bit' : `${String(width)} bits`}: give 0 to ${hex(most)}`);
    this.#spaces();
    if (this.#at < this.#text.length) throw this.#refused(this.#column, `there is ${JSON.stringify(this.#text.slice(this.#at))} behind the value: give one change, and others behind ";"`);
    return value;
  }

  #inBrackets(what: string, most: number): number {
    this.#expect('[', `"[" and ${what}`);
    const value = this.#number(what, most);
    this.#expect(']', '"]"');
    return value;
  }

  #number(what: string, most: number): number {
    this.#spaces();
    const column = this.#column;
    const value = this.#integer(what);
    if (value > BigInt(most)) throw this.#refused(column, `${hex(value)} is too large for ${what}: give 0 to ${hex(most)}`);
    return Number(value);
  }

  #integer(what: string): bigint {
    this.#spaces();
    const found = /^(?:0[xX][0-9a-fA-F][0-9a-fA-F_]*|0[bB][01][01_]*|[0-9][0-9_]*)(?![0-9A-Za-z_])/.exec(this.#text.slice(this.#at));
    if (found === null) throw this.#refused(this.#column, `${this.#here()} is no number: give ${what}`);
    this.#at += found[0].length;
    return BigInt(found[0].replaceAll('_', ''));
  }

  #word(what: string): Word {
    this.#spaces();
    const column = this.#column;
    const found = /^[A-Za-z_][A-Za-z0-9_]*/.exec(this.#text.slice(this.#at));
    if (found === null) throw this.#refused(column, `${this.#here()} stands where ${what} is expected`);
    this.#at += found[0].length;
    return { text: found[0], column };
  }

  #expect(mark: string, what: string): void {
    if (!this.#take(mark)) throw this.#refused(this.#column, `${this.#here()} stands where ${what} is expected`);
  }

  #take(mark: string): boolean {
    if (!this.#peek(mark)) return false;
    this.#at += 1;
    return true;
  }

  #peek(mark: string): boolean {
    this.#spaces();
    return this.#text.startsWith(mark, this.#at);
  }

  #spaces(): void {
    while (this.#text[this.#at] === ' ') this.#at += 1;
  }

  get #column(): number {
    return this.#at + 1;
  }

  #here(): string {
    const rest = /^(?:\w+|.)/.exec(this.#text.slice(this.#at))?.[0];
    return rest === undefined ? 'the end' : JSON.stringify(rest);
  }

  #refused(column: number, why: string): BadInput {
    return new BadInput(`the change ${JSON.stringify(this.#text)} is refused at column ${String(column)}: ${why}`);
  }
}
