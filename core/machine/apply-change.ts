// Makes a change on a machine that stands at a boundary, as if it had been so: registers through the functions that own them, memory as a device
// writes it. No event: whoever asks tells. Tables are looked up at that moment. Registers are in change-register.ts. The language: core/event/change.ts.

import { entryBytes, fieldsOfEntry, LARGE_PAGE_BYTES, PAE_LARGE_PAGE_BYTES, type Paging } from '../arch/page-entry.ts';
import { DESCRIPTOR_FIELDS } from '../arch/descriptor.ts';
import { ERROR_TI } from '../arch/error-code.ts';
import { GATE_FIELDS, VECTOR_ENTRY_FIELDS } from '../arch/gate.ts';
import { RIGHTS_UNUSABLE, SEGMENT_NAMES } from '../arch/register-file.ts';
import { TSS32_FIELDS, tssStackPlace } from '../arch/tss.ts';
import { findWholeField, wholeFields, wholeValue, withWholeValue, type WholeField } from '../arch/whole-field.ts';
import { BadInput } from '../base/bad-input.ts';
import { hex, joinU64 } from '../base/u64.ts';
import { PEEK, READ } from '../cpu/access.ts';
import { isTss16 } from '../cpu/inner-stack.ts';
import { isRealMode } from '../cpu/mode.ts';
import { walkTables } from '../cpu/page-walk.ts';
import { newWalkOutcome, POINTER } from '../cpu/page-walk-steps.ts';
import { isPaging } from '../cpu/paging.ts';
import { loadPdptes } from '../cpu/pdpte.ts';
import type { Cpu } from '../cpu/state.ts';
import { baseOfTable, limitOfTable } from '../cpu/table-watch.ts';
import { dropAll, dropPage } from '../cpu/tlb.ts';
import { printChange, type Change } from '../event/change.ts';
import type { EntryTable } from '../event/change-targets.ts';
import { codeOf, TABLES } from '../event/kinds.ts';
import { changeMsr, changeRegister, valueText } from './change-register.ts';
import { linearPlaces, physicalPlaces, readPlaces, writePlaces, type Places } from './reexecution/changed-bytes.ts';

/** Makes a change; what was set, in words: `IDT entry 0x80 DPL: 0 -> 3 (byte at physical 0x10442d)`. Throws BadInput when it cannot be made here. */
export function applyChange(cpu: Cpu, change: Change): string {
  try {
    return apply(cpu, change);
  } catch (problem) {
    if (problem instanceof BadInput) throw new BadInput(`the change ${printChange(change)} cannot be made here: ${problem.message}`);
    throw problem;
  }
}

function apply(cpu: Cpu, change: Change): string {
  switch (change.kind) {
    case 'register': return changeRegister(cpu, change);
    case 'msr': return changeMsr(cpu, change);
    case 'entry': return changeEntry(cpu, change);
    case 'tss': return changeTss(cpu, change);
    case 'page-entry': return changePageEntry(cpu, change);
    case 'memory': {
      const { space, address, bytes, value } = change;
      const places = space === 'linear' ? linearPlaces(cpu, address, bytes) : physicalPlaces(cpu, address, bytes);
      return setBytes(cpu, places, { what: `${String(bytes)} byte${bytes === 1 ? '' : 's'} at ${space} ${hex(address)}`, field: null, value });
    }
  }
}

/** Sets a field, or all, of the entry whose bytes lie at `places`. */
function setBytes(cpu: Cpu, places: Places, to: { readonly what: string; readonly field: WholeField | null; readonly value: bigint }): string {
  const { what, field, value } = to;
  const before = readPlaces(cpu, places);
  const after = field === null ? value : withWholeValue(before, field, value);
  const where = writePlaces(cpu, places, after);
  const shown = (entry: bigint): string => (field === null ? hex(entry) : valueText(wholeValue(entry, field), field.width));
  const name = `${what}${field === null ? '' : ` ${field.name}`}`;
  return where === '' ? `${name}: ${shown(before)}, unchanged` : `${name}: ${shown(before)} -> ${shown(after)} (${where})`;
}

function changeEntry(cpu: Cpu, { table, index, field, value }: Extract<Change, { kind: 'entry' }>): string {
  const name = table.toUpperCase();
  const isVectorTable = isRealMode(cpu) && table === 'idt';
  const unit = isVectorTable ? 4 : 8;
  const code = codeOf(TABLES, table);
  const limit = limitOfTable(cpu, code);
  if (limit < 0) throw new BadInput(`no ${name} is in use`);
  if (index * unit + unit - 1 > limit) throw new BadInput(`the ${name} has no entry ${entryName(table, index)}: its limit is ${hex(limit)}`);
  const tables = isVectorTable ? [VECTOR_ENTRY_FIELDS] : table === 'idt' ? [GATE_FIELDS] : [DESCRIPTOR_FIELDS, GATE_FIELDS];
  if (field === null && value >= 1n << BigInt(unit * 8)) throw new BadInput(`an entry of the interrupt-vector table has ${String(unit)} bytes`);
  const whole = field === null ? null : wholeField(tables.map((one) => wholeFields(one)), field, `an entry of the ${name}`);
  const places = linearPlaces(cpu, baseOfTable(cpu, code) + index * unit, unit);
  const words = setBytes(cpu, places, { what: `${name} entry ${entryName(table, index)}`, field: whole, value });
  return table === 'idt' ? words : `${words}${heldNote(cpu, (index << 3) | (table === 'ldt' ? ERROR_TI : 0))}`;
}

// vectors are written in hexadecimal, other indices as selectors count them
const entryName = (table: EntryTable, index: number): string => (table === 'idt' ? hex(index) : String(index));

// what a segment register loaded is no longer in memory: only loading it again brings the new entry
function heldNote(cpu: Cpu, selector: number): string {
  const holders = SEGMENT_NAMES.filter((_, segment) => (cpu.segmentSelector(segment) & 0xfffc) === selector && (cpu.segmentRights(segment) & RIGHTS_UNUSABLE) === 0);
  return holders.length === 0 ? '' : `; ${holders.map((one) => one.toUpperCase()).join(', ')} ${holders.length === 1 ? 'keeps' : 'keep'} what was loaded before`;
}

function changeTss(cpu: Cpu, { field, value }: Extract<Change, { kind: 'tss' }>): string {
  const code = codeOf(TABLES, 'tss');
  const limit = limitOfTable(cpu, code);
  if (limit < 0) throw new BadInput('TR holds no TSS');
  const { offset, bytes } = placeInTss(cpu, field);
  if (offset + bytes - 1 > limit) throw new BadInput(`${field} is at offset ${hex(offset)} of the TSS, whose limit is ${hex(limit)}`);
  if (value >= 1n << BigInt(bytes * 8)) throw new BadInput(`${field} has ${String(bytes)} bytes in this TSS`);
  return setBytes(cpu, linearPlaces(cpu, baseOfTable(cpu, code) + offset, bytes), { what: `TSS ${field}`, field: null, value });
}

function placeInTss(cpu: Cpu, name: string): { readonly offset: number; readonly bytes: number } {
  const field = TSS32_FIELDS.find((one) => one.name === name);
  if (field === undefined) throw new BadInput(`a TSS has no field ${name}`);
  if (!isTss16(cpu)) return field;
  const stack = /^(esp|ss)([012])$/.exec(name);
  if (stack === null) throw new BadInput('TR holds a 16-bit TSS: only its stacks (esp0 ss0 to esp2 ss2) can be set by name');
  const place = tssStackPlace(Number(stack[2]), 2);
  return { offset: stack[1] === 'ss' ? place.segment : place.pointer, bytes: 2 };
}

const walk = newWalkOutcome();
const PAGE_BYTES = 4096;
const ENTRY_NAMES = { 3: ['PDPTE', 'a PDPTE'], 2: ['PDE', 'this page-directory entry'], 1: ['PTE', 'a page-table entry'] } as const;

function changePageEntry(cpu: Cpu, { level, linear, field, value }: Extract<Change, { kind: 'page-entry' }>): string {
  if (!isPaging(cpu)) throw new BadInput('paging is off');
  walkTables(cpu, linear, READ | PEEK, walk);
  const { physical } = walk;
  const paging: Paging = walk.top === POINTER ? 'pae' : '32-bit', bytes = entryBytes(paging);
  if (level > walk.top) throw new BadInput('32-bit paging has no PDPTEs');
  if (level < walk.last) {
    const end = walk.last === POINTER ? 'PDPTE register' : 'page directory';
    throw new BadInput(`the walk of linear ${hex(linear)} ends at the ${end} (entry ${hex(joinU64(walk.low[walk.last]!, walk.high[walk.last]!))} at physical ${hex(physical[walk.last]!)}): there is no page-${level === 1 ? 'table' : 'directory'} entry`);
  }
  const places = physicalPlaces(cpu, physical[level]!, bytes);
  const [name, what] = ENTRY_NAMES[level];
  const whole = field === null ? null : wholeField([wholeFields(fieldsOfEntry(level, readPlaces(cpu, places), paging))], field, what);
  const width = whole?.width ?? bytes * 8;
  if (value >> BigInt(width) !== 0n) throw new BadInput(`${whole === null ? 'the entry' : whole.name} has ${String(width)} bits here`);
  const words = setBytes(cpu, places, { what: `${name} of linear ${hex(linear)}`, field: whole, value });
  return `${words}; the TLB forgets ${forget(cpu, level, { linear, paging })}`;
}

// as if the entry had always been so: nothing that was cached from it before may be used, and of a PDPTE its register holds it
function forget(cpu: Cpu, level: 1 | 2 | 3, { linear, paging }: { readonly linear: number; readonly paging: Paging }): string {
  if (level === 1) {
    dropPage(cpu, linear);
    return 'this page';
  }
  if (level === 3) {
    loadPdptes(cpu);
    dropAll(cpu);
    return 'everything, and the PDPTE registers are loaded';
  }
  const bytes = paging === 'pae' ? PAE_LARGE_PAGE_BYTES : LARGE_PAGE_BYTES;
  const first = linear - (linear % bytes);
  for (let page = first; page < first + bytes; page += PAGE_BYTES) dropPage(cpu, page);
  return `the ${paging === 'pae' ? '2' : '4'} MBytes from ${hex(first)} on`;
}

function wholeField(tables: readonly (readonly WholeField[])[], name: string, what: string): WholeField {
  for (const fields of tables) {
    const found = findWholeField(fields, name);
    if (found !== null) return found;
  }
  throw new BadInput(`${what} has no field ${name}: it has ${(tables[0] ?? []).map((field) => field.name).join(' ')}`);
}
