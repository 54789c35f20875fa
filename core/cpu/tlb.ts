// The translation lookaside buffer, part of the model: TLB_ENTRIES entries, direct-mapped by the low bits of the linear page number, one
// 4 KiB page each (a 4-MByte page is cached piecewise). Entries can be stale; they go by the rules of DESIGN.md alone. With paging off
// it holds identity translations, which every change of CR0.PG drops. SDM 3A "Caching Translation Information".
//
//   word 0  31..12 linear page | 4 valid | 3 user write 2 user read 1 supervisor write 0 supervisor read: allowed without a closer look
//   word 1  physical page      word 2  4 global | 3 4-MByte page | 2 dirty | 1 user | 0 writable      word 3  of entry n: pieces of 4-MByte page n may be cached
//
// The four quick bits depend on CR0.WP (refreshed when it changes) and are never set for pages outside RAM, nor while a listening probe is to hear
// every access, nor for pages with an armed data breakpoint.

import { CR0_PG, CR0_WP, CR4_PGE } from '../arch/control-registers.ts';
import { ENTRY_G } from '../arch/page-entry.ts';
import { registerOffset } from '../arch/register-file.ts';
import { TLB_DIRTY as DIRTY, TLB_GLOBAL as GLOBAL, TLB_LARGE as LARGE, TLB_USER as USER_PAGE, TLB_WRITABLE as WRITABLE } from '../event/heard.ts';
import { isPageWatched } from './breakpoint-match.ts';
import { TLB_ENTRIES, TLB_WORDS, type Cpu } from './state.ts';
import type { WalkOutcome } from './page-walk.ts';

export const SUPERVISOR_READ = 1, SUPERVISOR_WRITE = 2, USER_READ = 4, USER_WRITE = 8;
const VALID = 16;
const PAGE_MASK = 0xffff_f000 | 0;
/** Word that says whether pieces of the 4-MByte page of a linear address may be cached. */
const largeAt = (linear: number): number => (linear >>> 22) * TLB_WORDS + 3;
const CR0 = registerOffset('cr0'), CR4 = registerOffset('cr4');

/** Word index of the entry a linear address maps to. */
export const tlbIndex = (linear: number): number => (linear >>> 10) & ((TLB_ENTRIES - 1) * TLB_WORDS);

/** True when the entry at `at` translates this linear address. */
export function isCached(cpu: Cpu, at: number, linear: number): boolean {
  const tag = cpu.tlb[at]!;
  return (tag & VALID) !== 0 && ((tag ^ linear) & PAGE_MASK) === 0;
}
export const cachedPage = (cpu: Cpu, at: number): number => cpu.tlb[at + 1]!;
/** The rights cached with a translation: TLB_WRITABLE and the others of core/event/heard.ts. */
export const cachedRights = (cpu: Cpu, at: number): number => cpu.tlb[at + 2]!;
export const isCachedWritable = (cpu: Cpu, at: number): boolean => (cpu.tlb[at + 2]! & WRITABLE) !== 0;
export const isCachedUser = (cpu: Cpu, at: number): boolean => (cpu.tlb[at + 2]! & USER_PAGE) !== 0;
export const isCachedDirty = (cpu: Cpu, at: number): boolean => (cpu.tlb[at + 2]! & DIRTY) !== 0;

/** Caches the translation a walk found. */
export function cacheWalk(cpu: Cpu, at: number, linear: number, walk: WalkOutcome): void {
  fill(cpu, at, linear, walk.page, (walk.writable ? WRITABLE : 0) | (walk.user ? USER_PAGE : 0) | (walk.dirty ? DIRTY : 0) | (walk.large ? LARGE : 0) | (isGlobal(cpu, walk) ? GLOBAL : 0));
}

// the leaf's G bit counts while CR4.PGE = 1
function isGlobal(cpu: Cpu, walk: WalkOutcome): boolean {
  return ((walk.large ? walk.pde : walk.pte) & ENTRY_G) !== 0 && (cpu.register(CR4) & CR4_PGE) !== 0;
}

/** Caches the identity translation that holds while paging is off. */
export function cacheIdentity(cpu: Cpu, at: number, linear: number): void {
  fill(cpu, at, linear, (linear & PAGE_MASK) >>> 0, WRITABLE | USER_PAGE | DIRTY);
}

function fill(cpu: Cpu, at: number, linear: number, page: number, rights: number): void {
  cpu.tlb[at] = (linear & PAGE_MASK) | VALID | quickBits(cpu, linear, page, rights);
  cpu.tlb[at + 1] = page;
  cpu.tlb[at + 2] = rights;
  if ((rights & LARGE) !== 0) cpu.tlb[largeAt(linear)] = 1;
}

function quickBits(cpu: Cpu, linear: number, page: number, rights: number): number {
  if (page >= cpu.ramBytes || (!cpu.isQuick && (cpu.probe.listening || isPageWatched(cpu, linear)))) return 0;
  const isWritten = (rights & DIRTY) !== 0;
  const writable = (rights & WRITABLE) !== 0;
  const protects = (cpu.register(CR0) & CR0_WP) !== 0 && (cpu.register(CR0) & CR0_PG) !== 0;
  return SUPERVISOR_READ | (isWritten && (writable || !protects) ? SUPERVISOR_WRITE : 0)
    | ((rights & USER_PAGE) === 0 ? 0 : USER_READ | (isWritten && writable ? USER_WRITE : 0));
}

/** Drops everything. */
export function dropAll(cpu: Cpu): void {
  cpu.tlb.fill(0);
}

/** Drops everything but global pages: MOV to CR3 and task switches. SDM 3A "Global Pages". */
export function dropNonGlobal(cpu: Cpu): void {
  for (let at = 0; at < TLB_ENTRIES * TLB_WORDS; at += TLB_WORDS) if ((cpu.tlb[at + 2]! & GLOBAL) === 0) cpu.tlb[at] = 0;
}

/** Drops what is cached for the page of a linear address; of a 4-MByte page all pieces. SDM 3A "Operations that Invalidate TLBs". */
export function dropPage(cpu: Cpu, linear: number): void {
  const at = tlbIndex(linear);
  if (isCached(cpu, at, linear)) cpu.tlb[at] = 0;
  if (cpu.tlb[largeAt(linear)] !== 0) dropLargePage(cpu, linear);
}

function dropLargePage(cpu: Cpu, linear: number): void {
  cpu.tlb[largeAt(linear)] = 0;
  for (let at = 0; at < TLB_ENTRIES * TLB_WORDS; at += TLB_WORDS) {
    if ((cpu.tlb[at + 2]! & LARGE) !== 0 && cpu.tlb[at]! >>> 22 === linear >>> 22) cpu.tlb[at] = 0;
  }
}

/** Takes the quick bits away, so that accesses go the long way, or puts them back: all accesses while a probe listens, otherwise those to pages with a data breakpoint. They decide nothing but the way. */
export function setQuick(cpu: Cpu, { isQuick }: { readonly isQuick: boolean }): void {
  cpu.isQuick = isQuick;
  refreshQuickBits(cpu);
}

/** CR0.WP changed: cached rights stay, what they allow is decided anew. */
export function refreshQuickBits(cpu: Cpu): void {
  for (let at = 0; at < TLB_ENTRIES * TLB_WORDS; at += TLB_WORDS) {
    const tag = cpu.tlb[at]!;
    if ((tag & VALID) !== 0) cpu.tlb[at] = (tag & PAGE_MASK) | VALID | quickBits(cpu, tag, cpu.tlb[at + 1]!, cpu.tlb[at + 2]!);
  }
}
