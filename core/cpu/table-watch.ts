// `table-write` events: guest writes to memory in use as GDT, LDT, IDT, TSS or page tables. Pages where such tables lie carry flags
// (page-flags.ts), so that other writes pay nothing. "In use" is decided at the write: GDTR, LDTR, IDTR or TR covers the bytes
// now, CR3 points at the directory, or the current directory points at the page table and a walk has read it. With PAE: CR3 points at the
// PDPTEs, a PDPTE register at the directory.
//
// In real-address mode the interrupt-vector table is the IDT, and there is no other.
//
//   index: GDT, LDT, IDT: entry of 8 bytes (of the vector table: 4) · TSS: doubleword of the segment (byte offset / 4) · page directory, page table: entry of 4 bytes,
//   with PAE 8 · PDPT: entry of 8 bytes

import { CR3_BASE, CR3_PAE_BASE } from '../arch/control-registers.ts';
import { ENTRY_BASE, ENTRY_P, ENTRY_PS, HIGH_BASE } from '../arch/page-entry.ts';
import { registerOffset, RIGHTS_UNUSABLE } from '../arch/register-file.ts';
import { codeOf, TABLES } from '../event/kinds.ts';
import { handleOf } from '../event/schema.ts';
import { beforeEvent, beginEvent, emitEvent, kindCode } from './emit.ts';
import { isRealMode } from './mode.ts';
import { flagPage, PAGE_DIRECTORY, PAGE_SYSTEM_TABLE, PAGE_TABLE } from './page-flags.ts';
import { isPaging, peekPhysical } from './paging.ts';
import { isPaePaging } from './pdpte.ts';
import { readPhysical32, readPhysical8 } from './physical.ts';
import { LDTR, TR, type Cpu } from './state.ts';

const CR3 = registerOffset('cr3'), PDPTE = registerOffset('pdpte0');
const PDPTES = 4, PDPT_BYTES = 32;
const GDTR_BASE = registerOffset('gdtr.base'), GDTR_LIMIT = registerOffset('gdtr.limit'), IDTR_BASE = registerOffset('idtr.base'), IDTR_LIMIT = registerOffset('idtr.limit');
const GDT = codeOf(TABLES, 'gdt'), LDT = codeOf(TABLES, 'ldt'), IDT = codeOf(TABLES, 'idt'), TSS = codeOf(TABLES, 'tss');
const DIRECTORY = codeOf(TABLES, 'page-directory'), TABLE = codeOf(TABLES, 'page-table'), POINTERS = codeOf(TABLES, 'pdpt');
const SYSTEM_TABLES = [GDT, LDT, IDT, TSS];
const K_TABLE_WRITE = kindCode('table-write');
const H_TABLE = handleOf('table-write', 'table'), H_INDEX = handleOf('table-write', 'index'), H_PHYSICAL = handleOf('table-write', 'physical'),
  H_BEFORE = handleOf('table-write', 'before'), H_AFTER = handleOf('table-write', 'after');

/** One entry a write touches; `second` is where its bytes go on after `bytesInFirst`, when it crosses a page. */
interface Touched { table: number; index: number; unit: number; first: number; second: number; bytesInFirst: number; lo: number; hi: number }
// A write of at most 4 bytes touches at most two entries of each of six tables.
const touched: Touched[] = Array.from({ length: 12 }, () => ({ table: 0, index: 0, unit: 0, first: 0, second: 0, bytesInFirst: 0, lo: 0, hi: 0 }));
let touchedCount = 0;

/** Linear base of a system table (code in TABLES); TSS and LDT by their cached descriptors. */
export function baseOfTable(cpu: Cpu, table: number): number {
  if (table === GDT) return cpu.register(GDTR_BASE);
  if (table === IDT) return cpu.register(IDTR_BASE);
  return cpu.segmentBase(table === LDT ? LDTR : TR);
}

/** Limit in bytes of a system table, -1 when there is none. */
export function limitOfTable(cpu: Cpu, table: number): number {
  if (isRealMode(cpu)) return table === IDT ? Math.min(cpu.register(IDTR_LIMIT), VECTOR_TABLE_LIMIT) : -1;
  if (table === GDT) return cpu.register(GDTR_LIMIT);
  if (table === IDT) return cpu.register(IDTR_LIMIT);
  const segment = table === LDT ? LDTR : TR;
  // After reset both have a usable hidden part of 64 KiB at 0, but no guest means a table by it.
  const isNone = (cpu.segmentRights(segment) & RIGHTS_UNUSABLE) !== 0 || cpu.segmentSelector(segment) === 0;
  return isNone ? -1 : cpu.segmentLimit(segment);
}

/** 256 vectors; what IDTR's limit says beyond is never read in real-address mode. */
const VECTOR_TABLE_LIMIT = 0x3ff;
// The part of a table that is watched: a TSS with a huge limit is watched for 64 KiB + I/O map, like the other tables.
const WATCHED_BYTES_MAX = 0x1_2000;

/** Flags the pages the system tables lie on now. Called when a table register, CR3, CR0.PG or CR0.PE changes. */
export function watchSystemTables(cpu: Cpu): void {
  for (const table of SYSTEM_TABLES) {
    const limit = Math.min(limitOfTable(cpu, table), WATCHED_BYTES_MAX);
    const base = baseOfTable(cpu, table);
    for (let linear = base & ~0xfff; limit > 0 && (linear >>> 0) <= base + limit; linear += 0x1000) {
      const physical = peekPhysical(cpu, linear >>> 0);
      if (physical >= 0) flagPage(cpu, physical, PAGE_SYSTEM_TABLE);
      if ((linear >>> 0) + 0x1000 > 0xffff_ffff) break;
    }
  }
}

/** Notes the entries a write of `size` bytes is about to change, with their values before it. Call before the bytes change. */
export function rememberTables(cpu: Cpu, physical: number, size: number, flags: number): void {
  touchedCount = 0;
  if ((flags & PAGE_SYSTEM_TABLE) !== 0) for (const table of SYSTEM_TABLES) rememberSystemTable(cpu, table, physical, size);
  if ((flags & (PAGE_DIRECTORY | PAGE_TABLE)) === 0 || !isPaging(cpu)) return;
  const frame = (physical & ENTRY_BASE) >>> 0;
  if (isPaePaging(cpu)) rememberPaeEntries(cpu, { physical, size, frame }, flags);
  else if ((cpu.register(CR3) & CR3_BASE) >>> 0 === frame) rememberPageEntries(cpu, DIRECTORY, physical, size, 4);
  else if ((flags & PAGE_TABLE) !== 0 && isPageTableInUse(cpu, frame)) rememberPageEntries(cpu, TABLE, physical, size, 4);
}

function rememberPaeEntries(cpu: Cpu, { physical, size, frame }: { readonly physical: number; readonly size: number; readonly frame: number }, flags: number): void {
  const pointers = (cpu.register(CR3) & CR3_PAE_BASE) >>> 0;
  if (physical + size > pointers && physical < pointers + PDPT_BYTES) rememberPageEntries(cpu, POINTERS, physical, size, 8);
  else if (isPaeDirectory(cpu, frame)) rememberPageEntries(cpu, DIRECTORY, physical, size, 8);
  else if ((flags & PAGE_TABLE) !== 0 && isPaeTableInUse(cpu, frame)) rememberPageEntries(cpu, TABLE, physical, size, 8);
}

/** Emits the events for what `rememberTables` noted. Call after the bytes changed. */
export function noteTableWrite(cpu: Cpu): void {
  for (let at = 0; at < touchedCount; at += 1) {
    const entry = touched[at]!;
    beforeEvent(cpu);
    const draft = beginEvent(cpu, K_TABLE_WRITE);
    draft.set(H_TABLE, entry.table);
    draft.set(H_INDEX, entry.index);
    draft.set64(H_PHYSICAL, entry.first, 0);
    draft.set64(H_BEFORE, entry.lo, entry.hi);
    draft.set64(H_AFTER, wordOfEntry(cpu, entry, 0), entry.unit === 8 ? wordOfEntry(cpu, entry, 4) : 0);
    emitEvent(cpu);
  }
  touchedCount = 0;
}

function rememberSystemTable(cpu: Cpu, table: number, physical: number, size: number): void {
  const limit = Math.min(limitOfTable(cpu, table), WATCHED_BYTES_MAX);
  const base = baseOfTable(cpu, table);
  const unit = table === TSS || isRealMode(cpu) ? 4 : 8;
  for (let page = (base & ~0xfff) >>> 0; limit > 0 && page <= base + limit; page += 0x1000) {
    const linear = page + (physical & 0xfff);
    if (linear + size - 1 < base || linear > base + limit) continue;
    if (peekPhysical(cpu, page) !== physical - (physical & 0xfff)) continue;
    const first = Math.floor((Math.max(linear, base) - base) / unit);
    const last = Math.floor((Math.min(linear + size - 1, base + limit) - base) / unit);
    for (let index = first; index <= last; index += 1) remember(cpu, table, index, unit, base + index * unit);
  }
}

function rememberPageEntries(cpu: Cpu, table: number, physical: number, size: number, unit: 4 | 8): void {
  const mask = table === POINTERS ? PDPT_BYTES - 1 : 0xfff;
  for (let entry = physical - (physical % unit); entry < physical + size; entry += unit) {
    const one = touched[touchedCount]!;
    touchedCount += 1;
    one.table = table; one.index = (entry & mask) / unit; one.unit = unit;
    one.first = entry; one.second = 0; one.bytesInFirst = unit;
    one.lo = readPhysical32(cpu, entry);
    one.hi = unit === 8 ? readPhysical32(cpu, entry + 4) : 0;
  }
}

function remember(cpu: Cpu, table: number, index: number, unit: number, linear: number): void {
  if (touchedCount === touched.length) return;
  const one = touched[touchedCount]!;
  const first = peekPhysical(cpu, linear >>> 0);
  if (first < 0) return;
  touchedCount += 1;
  one.table = table; one.index = index; one.unit = unit; one.first = first;
  one.bytesInFirst = Math.min(unit, 0x1000 - (linear & 0xfff));
  one.second = one.bytesInFirst === unit ? 0 : peekPhysical(cpu, (linear + one.bytesInFirst) >>> 0);
  one.lo = wordOfEntry(cpu, one, 0);
  one.hi = unit === 8 ? wordOfEntry(cpu, one, 4) : 0;
}

function wordOfEntry(cpu: Cpu, entry: Touched, from: number): number {
  if (from + 4 <= entry.bytesInFirst) return readPhysical32(cpu, entry.first + from);
  let word = 0;
  for (let index = 0; index < 4; index += 1) {
    const at = from + index;
    const physical = at < entry.bytesInFirst ? entry.first + at : entry.second + at - entry.bytesInFirst;
    word |= (physical < 0 ? 0xff : readPhysical8(cpu, physical)) << (index * 8);
  }
  return word;
}

function isPageTableInUse(cpu: Cpu, frame: number): boolean {
  return isPointedAtBy(cpu, (cpu.register(CR3) & CR3_BASE) >>> 0, frame, 4);
}

/** True when a PDPTE register points at this frame. */
function isPaeDirectory(cpu: Cpu, frame: number): boolean {
  for (let index = 0; index < PDPTES; index += 1) if (directoryOf(cpu, index) === frame) return true;
  return false;
}

function isPaeTableInUse(cpu: Cpu, frame: number): boolean {
  for (let index = 0; index < PDPTES; index += 1) if (isPointedAtBy(cpu, directoryOf(cpu, index), frame, 8)) return true;
  return false;
}

/** The directory a PDPTE register points at; Infinity when it is not present, or lies above 4 GiB. */
function directoryOf(cpu: Cpu, index: number): number {
  const low = cpu.register(PDPTE + index * 2), high = cpu.registerHigh(PDPTE + index * 2);
  return (low & ENTRY_P) !== 0 && (high & HIGH_BASE) === 0 ? (low & ENTRY_BASE) >>> 0 : Infinity;
}

/** True when a directory with entries of so many bytes points at a page table. */
function isPointedAtBy(cpu: Cpu, directory: number, frame: number, bytes: 4 | 8): boolean {
  if (directory >= cpu.ramBytes) return false;
  if (pointsAt(cpu, directory + lastFound - (lastFound % bytes), frame, bytes)) return true;
  for (let at = 0; at < 0x1000; at += bytes) {
    if (!pointsAt(cpu, directory + at, frame, bytes)) continue;
    lastFound = at;
    return true;
  }
  return false;
}
// Where the last search ended: only tried first, so it decides nothing.
let lastFound = 0;

function pointsAt(cpu: Cpu, entryPhysical: number, frame: number, bytes: 4 | 8): boolean {
  const entry = cpu.ramView.getInt32(entryPhysical, true);
  if ((entry & (ENTRY_P | ENTRY_PS)) !== ENTRY_P || (entry & ENTRY_BASE) >>> 0 !== frame) return false;
  return bytes === 4 || (cpu.ramView.getInt32(entryPhysical + 4, true) & HIGH_BASE) === 0;
}
