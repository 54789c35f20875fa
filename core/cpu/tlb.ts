// The translation lookaside buffer, part of the model: TLB_ENTRIES entries, direct-mapped by the low bits of the linear page number, one
// 4 KiB page each (a larger page is cached piecewise). Entries can be stale; they go by the rules of DESIGN.md alone. With paging off
// it holds identity translations, which every change of CR0.PG drops. SDM 3A "Caching Translation Information".
//
//   word 0  31..12 linear page | 6 user fetch 5 supervisor fetch | 4 valid | 3 user write 2 user read 1 supervisor write 0 supervisor read: allowed
//           without a closer look
//   word 1  physical page, bits 31..12      word 2  31..28 bits 35:32 of the physical page | 6..0 rights (TLB_ of core/event/heard.ts)
//   word 3  of entry n: pieces of a large page in the 4 MBytes n may be cached (of a 2-MByte page: bit 0 the lower, bit 1 the upper one)
//
// The six quick bits depend on CR0.WP, CR4.SMEP and CR4.SMAP (refreshed when these change; with SMAP no user page is quick for a supervisor, as AC may
// change at any time) and are never set for pages outside RAM, nor while a listening probe is to hear every access, nor for
// pages with an armed data breakpoint.

import { CR0_PG, CR0_WP, CR4_PAE, CR4_PGE, CR4_SMAP, CR4_SMEP } from '../arch/control-registers.ts';
import { ENTRY_G } from '../arch/page-entry.ts';
import { registerOffset } from '../arch/register-file.ts';
import {
  TLB_DIRTY as DIRTY, TLB_GLOBAL as GLOBAL, TLB_LARGE as LARGE, TLB_NO_EXECUTE as NO_EXECUTE, TLB_USER as USER_PAGE, TLB_WRITABLE as WRITABLE,
} from '../event/heard.ts';
import { isPageWatched } from './breakpoint-match.ts';
import type { PageRights } from './page-rights.ts';
import type { WalkOutcome } from './page-walk-steps.ts';
import { TLB_ENTRIES, TLB_WORDS, type Cpu } from './state.ts';

export const SUPERVISOR_READ = 1, SUPERVISOR_WRITE = 2, USER_READ = 4, USER_WRITE = 8, SUPERVISOR_FETCH = 32, USER_FETCH = 64;
const VALID = 16;
const PAGE_MASK = 0xffff_f000 | 0;
const HIGH_SHIFT = 28, RIGHTS_MASK = 0xff, FOUR_GIB = 0x1_0000_0000;
/** Word that says whether pieces of the large page of a linear address may be cached, and the bits of it that stand for that page. */
const largeAt = (linear: number): number => (linear >>> 22) * TLB_WORDS + 3;
const largeBits = (cpu: Cpu, linear: number): number => (isPae(cpu) ? 1 << ((linear >>> 21) & 1) : 3);
const CR0 = registerOffset('cr0'), CR4 = registerOffset('cr4');
const isPae = (cpu: Cpu): boolean => (cpu.register(CR4) & CR4_PAE) !== 0;

/** Word index of the entry a linear address maps to. */
export const tlbIndex = (linear: number): number => (linear >>> 10) & ((TLB_ENTRIES - 1) * TLB_WORDS);

/** True when the entry at `at` translates this linear address. */
export function isCached(cpu: Cpu, at: number, linear: number): boolean {
  const tag = cpu.tlb[at]!;
  return (tag & VALID) !== 0 && ((tag ^ linear) & PAGE_MASK) === 0;
}
/** The physical page an entry translates to, a number of up to 36 bits. */
export const cachedPage = (cpu: Cpu, at: number): number => cpu.tlb[at + 1]! + (cpu.tlb[at + 2]! >>> HIGH_SHIFT) * FOUR_GIB;
/** The rights cached with a translation: TLB_WRITABLE and the others of core/event/heard.ts. */
export const cachedRights = (cpu: Cpu, at: number): number => cpu.tlb[at + 2]! & RIGHTS_MASK;
export const isCachedDirty = (cpu: Cpu, at: number): boolean => (cpu.tlb[at + 2]! & DIRTY) !== 0;

/** The rights cached with a translation; one record for all, overwritten by the next call. */
export function rightsHeld(cpu: Cpu, at: number): PageRights {
  const rights = cpu.tlb[at + 2]!;
  held.user = (rights & USER_PAGE) !== 0;
  held.writable = (rights & WRITABLE) !== 0;
  held.noExecute = (rights & NO_EXECUTE) !== 0;
  return held;
}
const held = { user: false, writable: false, noExecute: false };

/** True when a walk found what the entry at `at` says: it is not stale. */
export function isHeldBy(cpu: Cpu, at: number, walk: WalkOutcome): boolean {
  const { user, writable, noExecute } = rightsHeld(cpu, at);
  return walk.present && !walk.reserved && walk.page === cachedPage(cpu, at) && walk.user === user && walk.writable === writable && walk.noExecute === noExecute;
}

/** Caches the translation a walk found. */
export function cacheWalk(cpu: Cpu, at: number, linear: number, walk: WalkOutcome): void {
  const rights = (walk.writable ? WRITABLE : 0) | (walk.user ? USER_PAGE : 0) | (walk.noExecute ? NO_EXECUTE : 0) | (walk.dirty ? DIRTY : 0) | (walk.large ? LARGE : 0);
  fill(cpu, at, linear, walk.page, isGlobal(cpu, walk) ? rights | GLOBAL : rights);
}

// the leaf's G bit counts while CR4.PGE = 1
function isGlobal(cpu: Cpu, walk: WalkOutcome): boolean {
  return (walk.low[walk.last]! & ENTRY_G) !== 0 && (cpu.register(CR4) & CR4_PGE) !== 0;
}

/** Caches the identity translation that holds while paging is off. */
export function cacheIdentity(cpu: Cpu, at: number, linear: number): void {
  fill(cpu, at, linear, (linear & PAGE_MASK) >>> 0, WRITABLE | USER_PAGE | DIRTY);
}

function fill(cpu: Cpu, at: number, linear: number, page: number, rights: number): void {
  cpu.tlb[at] = (linear & PAGE_MASK) | VALID | quickBits(cpu, linear, page, rights);
  cpu.tlb[at + 1] = page;
  cpu.tlb[at + 2] = rights | (Math.floor(page / FOUR_GIB) << HIGH_SHIFT);
  if ((rights & LARGE) !== 0) cpu.tlb[largeAt(linear)]! |= largeBits(cpu, linear);
}

function quickBits(cpu: Cpu, linear: number, page: number, rights: number): number {
  if (page >= cpu.ramBytes || (!cpu.isQuick && (cpu.probe.listening || isPageWatched(cpu, linear)))) return 0;
  const isPaged = (cpu.register(CR0) & CR0_PG) !== 0, cr4 = cpu.register(CR4);
  const isWritten = (rights & DIRTY) !== 0, isUser = (rights & USER_PAGE) !== 0, isExecutable = (rights & NO_EXECUTE) === 0;
  const writable = (rights & WRITABLE) !== 0;
  const protects = (cpu.register(CR0) & CR0_WP) !== 0 && isPaged;
  const data = isUser && isPaged && (cr4 & CR4_SMAP) !== 0 ? 0 : SUPERVISOR_READ | (isWritten && (writable || !protects) ? SUPERVISOR_WRITE : 0);
  const fetch = isExecutable && !(isUser && isPaged && (cr4 & CR4_SMEP) !== 0) ? SUPERVISOR_FETCH : 0;
  return data | fetch | (isUser ? USER_READ | (isWritten && writable ? USER_WRITE : 0) | (isExecutable ? USER_FETCH : 0) : 0);
}

/** Drops everything. */
export function dropAll(cpu: Cpu): void {
  cpu.tlb.fill(0);
}

/** Drops everything but global pages: MOV to CR3 and task switches. SDM 3A "Global Pages". */
export function dropNonGlobal(cpu: Cpu): void {
  for (let at = 0; at < TLB_ENTRIES * TLB_WORDS; at += TLB_WORDS) if ((cpu.tlb[at + 2]! & GLOBAL) === 0) cpu.tlb[at] = 0;
}

/** Drops what is cached for the page of a linear address; of a larger page all pieces. SDM 3A "Operations that Invalidate TLBs". */
export function dropPage(cpu: Cpu, linear: number): void {
  const at = tlbIndex(linear);
  if (isCached(cpu, at, linear)) cpu.tlb[at] = 0;
  if ((cpu.tlb[largeAt(linear)]! & largeBits(cpu, linear)) !== 0) dropLargePage(cpu, linear);
}

function dropLargePage(cpu: Cpu, linear: number): void {
  const shift = isPae(cpu) ? 21 : 22;
  cpu.tlb[largeAt(linear)]! &= ~largeBits(cpu, linear);
  for (let at = 0; at < TLB_ENTRIES * TLB_WORDS; at += TLB_WORDS) {
    if ((cpu.tlb[at + 2]! & LARGE) !== 0 && cpu.tlb[at]! >>> shift === linear >>> shift) cpu.tlb[at] = 0;
  }
}

/** Takes the quick bits away, so that accesses go the long way, or puts them back: all accesses while a probe listens, otherwise those to pages with a data breakpoint. They decide nothing but the way. */
export function setQuick(cpu: Cpu, { isQuick }: { readonly isQuick: boolean }): void {
  cpu.isQuick = isQuick;
  refreshQuickBits(cpu);
}

/** CR0.WP, CR4.SMEP or CR4.SMAP changed: cached rights stay, what they allow is decided anew. */
export function refreshQuickBits(cpu: Cpu): void {
  for (let at = 0; at < TLB_ENTRIES * TLB_WORDS; at += TLB_WORDS) {
    const tag = cpu.tlb[at]!;
    if ((tag & VALID) !== 0) cpu.tlb[at] = (tag & PAGE_MASK) | VALID | quickBits(cpu, tag, cachedPage(cpu, at), cpu.tlb[at + 2]!);
  }
}
