// The page walk of 32-bit paging: one function, steps labelled as in the manual, returning an outcome. It sets accessed and dirty
// bits on the way (unless it only peeks) and faults nobody: paging.ts turns a refusal into #PF. SDM 3A "32-Bit Paging".

import { CR0_WP, CR4_PSE } from '../arch/control-registers.ts';
import { ENTRY_A, ENTRY_BASE, ENTRY_D, ENTRY_P, ENTRY_PS, ENTRY_RW, ENTRY_US, LARGE_BASE, LARGE_RESERVED } from '../arch/page-entry.ts';
import { registerOffset } from '../arch/register-file.ts';
import { difference } from '../arch/vendor-differences.ts';
import { rule } from '../event/rules.ts';
import { PEEK, TYPE_MASK, USER, WRITE } from './access.ts';
import { IS_READ, IS_WRITE, partCode, WHAT_PAGE_ENTRY } from './access-codes.ts';
import { differ } from './differ.ts';
import { judge, skip, skipAll } from './fault.ts';
import { flagPage, PAGE_DIRECTORY, PAGE_TABLE } from './page-flags.ts';
import { readPhysical32, writeByProcessor32 } from './physical.ts';
import type { Cpu } from './state.ts';

const R_PDE_PRESENT = rule('page-directory-present'), R_PDE_RESERVED = rule('page-directory-reserved'), R_PTE_PRESENT = rule('page-table-present');
const R_USER = rule('page-user'), R_USER_WRITE = rule('page-user-writable'), R_SUPERVISOR_WRITE = rule('page-supervisor-writable');
const D_ACCESSED = difference('accessed-before-refusal');
/** What a TLB hit spares. */
const WALK_RULES = [R_PDE_PRESENT, R_PDE_RESERVED, R_PTE_PRESENT], USER_RULES = [R_USER, R_USER_WRITE];
const DIRECTORY_ENTRY = partCode('directory-entry'), TABLE_ENTRY = partCode('table-entry');
const CR0 = registerOffset('cr0'), CR3 = registerOffset('cr3'), CR4 = registerOffset('cr4');

/** What a walk saw. Entries are as they were read, before any accessed or dirty bit was set. */
export interface WalkOutcome {
  /** Entries read: 1 (directory only) or 2. */
  levels: number;
  pdePhysical: number; pde: number; ptePhysical: number; pte: number;
  /** The leaf maps 4 MBytes. */
  large: boolean;
  /** Rights of all levels together. */
  writable: boolean; user: boolean;
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
    levels: 0, pdePhysical: 0, pde: 0, ptePhysical: 0, pte: 0, large: false, writable: false, user: false, dirty: false, page: 0,
    refused: 0, present: false, reserved: false,
  };
}

/** Walks the tables CR3 points at for one access (access.ts) to a linear address and fills `out`. Returns true when the access is allowed. */
export function walkTables(cpu: Cpu, linear: number, access: number, out: WalkOutcome): boolean {
  // Step 1: the PDE lies at CR3[31:12] + 4 * linear[31:22].
  out.levels = 1;
  out.present = false; out.reserved = false; out.large = false; out.refused = 0;
  out.pdePhysical = ((cpu.register(CR3) & ENTRY_BASE) | ((linear >>> 22) << 2)) >>> 0;
  out.pde = readEntry(cpu, out.pdePhysical, access, PAGE_DIRECTORY);
  // Step 2: a PDE with P = 0 translates nothing.
  if (!decide(cpu, access, R_PDE_PRESENT, (out.pde & ENTRY_P) !== 0, out.pde)) return refuse(out, R_PDE_PRESENT);

  out.writable = (out.pde & ENTRY_RW) !== 0;
  out.user = (out.pde & ENTRY_US) !== 0;
  // Step 3: with CR4.PSE = 1 and PS = 1 the PDE maps a 4-MByte page.
  if ((out.pde & ENTRY_PS) !== 0 && (cpu.register(CR4) & CR4_PSE) !== 0) return walkLarge(cpu, linear, access, out);
  if (access < PEEK) {
    skip(cpu, R_PDE_RESERVED);
    markEntry(cpu, out.pdePhysical, out.pde, ENTRY_A, DIRECTORY_ENTRY);
  }

  // Step 4: otherwise the PTE lies at PDE[31:12] + 4 * linear[21:12].
  out.levels = 2;
  out.ptePhysical = ((out.pde & ENTRY_BASE) | ((linear >>> 10) & 0xffc)) >>> 0;
  out.pte = readEntry(cpu, out.ptePhysical, access, PAGE_TABLE);
  if (access < PEEK && (out.pte & ENTRY_P) === 0 && (out.pde & ENTRY_A) === 0) differ(cpu, D_ACCESSED);
  if (!decide(cpu, access, R_PTE_PRESENT, (out.pte & ENTRY_P) !== 0, out.pte)) return refuse(out, R_PTE_PRESENT);

  out.writable &&= (out.pte & ENTRY_RW) !== 0;
  out.user &&= (out.pte & ENTRY_US) !== 0;
  out.page = (out.pte & ENTRY_BASE) >>> 0;
  return finish(cpu, access, out);
}

function walkLarge(cpu: Cpu, linear: number, access: number, out: WalkOutcome): boolean {
  out.large = true;
  out.reserved = !decide(cpu, access, R_PDE_RESERVED, (out.pde & LARGE_RESERVED) === 0, out.pde);
  // SDM 3A "Page-Fault Exceptions": RSVD is only reported for a present entry, so P is 1 with it.
  if (out.reserved) { out.present = true; return refuse(out, R_PDE_RESERVED); }
  out.page = ((out.pde & LARGE_BASE) | (linear & 0x003f_f000)) >>> 0;
  if (access < PEEK) skip(cpu, R_PTE_PRESENT);
  return finish(cpu, access, out);
}

// Step 5: rights, then the leaf's accessed bit, and its dirty bit for a write. SDM 3A "Accessed and Dirty Flags".
function finish(cpu: Cpu, access: number, out: WalkOutcome): boolean {
  out.present = true;
  out.refused = refusalOf(cpu, access, out.user, out.writable);
  if (out.refused !== 0) return false;
  const bits = (access & TYPE_MASK) === WRITE ? ENTRY_A | ENTRY_D : ENTRY_A;
  const leaf = out.large ? out.pde : out.pte;
  if (access < PEEK) markEntry(cpu, out.large ? out.pdePhysical : out.ptePhysical, leaf, bits, out.large ? DIRECTORY_ENTRY : TABLE_ENTRY);
  out.dirty = ((leaf | bits) & ENTRY_D) !== 0;
  return true;
}

/**
 * The rule that refuses an access to a page with these rights, 0 when none does. Used on walks and on TLB hits alike.
 * SDM 3A "Determination of Access Rights".
 */
export function refusalOf(cpu: Cpu, access: number, user: boolean, writable: boolean): number {
  const isWrite = (access & TYPE_MASK) === WRITE;
  if ((access & USER) !== 0) {
    if (!decide(cpu, access, R_USER, user, rightsBits(user, writable))) return R_USER;
    if (!isWrite) skipUnlessPeek(cpu, access, R_USER_WRITE);
    else if (!decide(cpu, access, R_USER_WRITE, writable, rightsBits(user, writable))) return R_USER_WRITE;
    skipUnlessPeek(cpu, access, R_SUPERVISOR_WRITE);
    return 0;
  }
  if (access < PEEK) skipAll(cpu, USER_RULES);
  const protects = (cpu.register(CR0) & CR0_WP) !== 0;
  if (!isWrite || !protects) skipUnlessPeek(cpu, access, R_SUPERVISOR_WRITE);
  else if (!decide(cpu, access, R_SUPERVISOR_WRITE, writable, rightsBits(user, writable))) return R_SUPERVISOR_WRITE;
  return 0;
}

/** Says that a translation came from the TLB: nothing was walked. */
export function skipWalk(cpu: Cpu): void {
  skipAll(cpu, WALK_RULES);
}

// what all levels together allow, in the places of a page entry's bits
const rightsBits = (user: boolean, writable: boolean): number => (user ? ENTRY_US : 0) | (writable ? ENTRY_RW : 0);

function skipUnlessPeek(cpu: Cpu, access: number, rule: number): void {
  if (access < PEEK) skip(cpu, rule);
}

function readEntry(cpu: Cpu, physical: number, access: number, kind: number): number {
  const entry = readPhysical32(cpu, physical);
  if (access < PEEK) {
    flagPage(cpu, physical, kind);
    tellEntry(cpu, kind === PAGE_DIRECTORY ? DIRECTORY_ENTRY : TABLE_ENTRY, physical, entry, IS_READ);
  }
  return entry;
}

function markEntry(cpu: Cpu, physical: number, entry: number, bits: number, part: number): void {
  if ((entry & bits) === bits) return;
  writeByProcessor32(cpu, physical, entry | bits);
  tellEntry(cpu, part, physical, entry | bits, IS_WRITE);
}

function tellEntry(cpu: Cpu, part: number, physical: number, entry: number, write: number): void {
  if (cpu.probe.listening) cpu.probe.access(WHAT_PAGE_ENTRY, part, physical, physical, 4, entry >>> 0, 0, write);
}

function decide(cpu: Cpu, access: number, rule: number, condition: boolean, operand: number): boolean {
  return access < PEEK ? judge(cpu, rule, condition, operand >>> 0, access) : condition;
}

function refuse(out: WalkOutcome, rule: number): false {
  out.refused = rule;
  return false;
}
