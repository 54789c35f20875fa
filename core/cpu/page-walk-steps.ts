// What the walks of 32-bit paging (page-walk.ts) and PAE paging (page-walk-pae.ts) share: the outcome, reading and marking entries, the last step.

import { ENTRY_A, ENTRY_BASE, ENTRY_D, HIGH_BASE } from '../arch/page-entry.ts';
import { difference } from '../arch/vendor-differences.ts';
import { PEEK, TYPE_MASK, WRITE } from './access.ts';
import { IS_READ, IS_WRITE, partCode, WHAT_PAGE_ENTRY } from './access-codes.ts';
import { differ } from './differ.ts';
import { judge, skip } from './fault.ts';
import { flagPage, PAGE_DIRECTORY, PAGE_TABLE } from './page-flags.ts';
import { refusalOf } from './page-rights.ts';
import { readPhysical32, writeByProcessor32 } from './physical.ts';
import type { Cpu } from './state.ts';

const D_ACCESSED = difference('accessed-before-refusal');
/** Levels of entries, as events number them. */
export const POINTER = 3, DIRECTORY = 2, TABLE = 1;
// by level
const PARTS = [0, partCode('table-entry'), partCode('directory-entry'), partCode('pointer-entry')];
const FLAGS = [0, PAGE_TABLE, PAGE_DIRECTORY, 0];
const FOUR_GIB = 0x1_0000_0000;

/** What a walk saw. Entries are as they were read, before any accessed or dirty bit was set. */
export interface WalkOutcome {
  /** Levels of the first and the last entry that was looked at: 2 and 2 or 1; with PAE the first is 3, a PDPTE register. */
  top: number; last: number;
  /** By level: where the entry lies (of a PDPTE register, where CR3 says it is loaded from), its lower and upper half. */
  readonly physical: number[]; readonly low: Int32Array; readonly high: Int32Array;
  /** The leaf maps more than 4 KiB: `last` is 2 then. */
  large: boolean;
  /** Rights of all levels together. */
  writable: boolean; user: boolean; noExecute: boolean;
  /** The leaf's dirty bit as it is after the walk. */
  dirty: boolean;
  /** Physical address of the 4 KiB page the linear address lies in; meaningful when `refused` is 0. */
  page: number;
  /** The rule that failed, 0 when the access is allowed. */
  refused: number;
  /** The translation exists: the refusal is about reserved bits or rights (error code P = 1). */
  present: boolean;
  reserved: boolean;
}

/** A fresh record for walks. */
export function newWalkOutcome(): WalkOutcome {
  return {
    top: DIRECTORY, last: DIRECTORY, physical: [0, 0, 0, 0], low: new Int32Array(4), high: new Int32Array(4), large: false,
    writable: false, user: false, noExecute: false, dirty: false, page: 0, refused: 0, present: false, reserved: false,
  };
}

/** Clears what a walk adds to. */
export function beginWalk(out: WalkOutcome, top: number): void {
  out.top = top; out.last = top;
  out.large = false; out.noExecute = false;
  out.refused = 0; out.present = false; out.reserved = false;
}

/** Reads an entry of 4 bytes as the walk's last one. */
export function readEntry(cpu: Cpu, out: WalkOutcome, level: number, physical: number, access: number): void {
  out.last = level;
  out.physical[level] = physical;
  out.low[level] = readPhysical32(cpu, physical);
  out.high[level] = 0;
  if (access < PEEK) noteRead(cpu, out, 4);
}

/** Reads an entry of 8 bytes as the walk's last one. */
export function readWideEntry(cpu: Cpu, out: WalkOutcome, level: number, physical: number, access: number): void {
  out.last = level;
  out.physical[level] = physical;
  out.low[level] = readPhysical32(cpu, physical);
  out.high[level] = readPhysical32(cpu, physical + 4);
  if (access < PEEK) noteRead(cpu, out, 8);
}

function noteRead(cpu: Cpu, out: WalkOutcome, bytes: number): void {
  flagPage(cpu, out.physical[out.last]!, FLAGS[out.last]!);
  tellEntry(cpu, out, bytes);
}

/** Tells a listening probe of the PDPTE register a walk begins with; with no bytes, as no memory is read. */
export function tellPointerEntry(cpu: Cpu, out: WalkOutcome): void {
  tellEntry(cpu, out, 0);
}

function tellEntry(cpu: Cpu, { last, physical, low, high }: WalkOutcome, bytes: number): void {
  if (cpu.probe.listening) cpu.probe.access(WHAT_PAGE_ENTRY, PARTS[last]!, physical[last]!, physical[last]!, bytes, low[last]! >>> 0, high[last]! >>> 0, IS_READ);
}

/** The physical address in an entry that points to a table or a 4-KByte page, or in a PDPTE. */
export function baseOf(out: WalkOutcome, level: number): number {
  return ((out.low[level]! & ENTRY_BASE) >>> 0) + (out.high[level]! & HIGH_BASE) * FOUR_GIB;
}

/** Sets bits of an entry in memory where they are clear, for the processor itself. The outcome keeps what was read. */
export function markEntry(cpu: Cpu, out: WalkOutcome, level: number, bits: number): void {
  const low = out.low[level]!;
  if ((low & bits) === bits) return;
  writeByProcessor32(cpu, out.physical[level]!, low | bits);
  if (cpu.probe.listening) cpu.probe.access(WHAT_PAGE_ENTRY, PARTS[level]!, out.physical[level]!, out.physical[level]!, out.top === POINTER ? 8 : 4, (low | bits) >>> 0, out.high[level]! >>> 0, IS_WRITE);
}

/** The last step: rights, then the accessed bits of the entries, and the leaf's dirty bit for a write. SDM 3A "Accessed and Dirty Flags". */
export function finishWalk(cpu: Cpu, access: number, out: WalkOutcome): boolean {
  out.present = true;
  if (access >= PEEK) return true;
  out.refused = refusalOf(cpu, access, out);
  if (out.refused !== 0) {
    if (out.last === TABLE) leaveDirectory(cpu, out);
    return false;
  }
  if (out.last === TABLE) markEntry(cpu, out, DIRECTORY, ENTRY_A);
  const bits = (access & TYPE_MASK) === WRITE ? ENTRY_A | ENTRY_D : ENTRY_A;
  markEntry(cpu, out, out.last, bits);
  out.dirty = ((out.low[out.last]! | bits) & ENTRY_D) !== 0;
  return true;
}

/** A translation that fails at the page table leaves no mark in the directory. */
export function leaveDirectory(cpu: Cpu, out: WalkOutcome): void {
  if ((out.low[DIRECTORY]! & ENTRY_A) === 0) differ(cpu, D_ACCESSED);
}

/** Judges one step of a walk; a peek decides alike and tells nobody. */
export function decide(cpu: Cpu, access: number, rule: number, condition: boolean, a: number, b: number): boolean {
  return access < PEEK ? judge(cpu, rule, condition, a >>> 0, b >>> 0) : condition;
}

/** Says that a step does not apply, unless it only peeks. */
export function skipStep(cpu: Cpu, access: number, rule: number): void {
  if (access < PEEK) skip(cpu, rule);
}

/** Ends a walk at an entry that translates nothing. */
export function refuse(out: WalkOutcome, rule: number): false {
  out.refused = rule;
  return false;
}

/** Ends a walk at an entry with reserved bits. SDM 3A "Page-Fault Exceptions": RSVD is only reported for a present entry, so P is 1 with it. */
export function refuseReserved(out: WalkOutcome, rule: number): false {
  out.present = true;
  out.reserved = true;
  return refuse(out, rule);
}
