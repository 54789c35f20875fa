// The levels of a walk as events and peeks show them: what each entry says, and the rights that are left behind it. Decides nothing.

import { ENTRY_A, ENTRY_D, ENTRY_P, ENTRY_RW, ENTRY_US, HIGH_XD, LARGE_PAGE_BYTES, PAE_LARGE_PAGE_BYTES, SMALL_PAGE_BYTES } from '../arch/page-entry.ts';
import {
  RIGHT_EXECUTE, RIGHT_USER, RIGHT_WRITE, WALK_ACCESSED, WALK_DIRTY, WALK_NX, WALK_PAE, WALK_PRESENT, WALK_REGISTER, WALK_STALE, WALK_USER, WALK_WRITABLE,
} from '../event/heap-lists.ts';
import { DIRECTORY, POINTER, TABLE, type WalkOutcome } from './page-walk-steps.ts';
import { isPdpteStale } from './pdpte.ts';
import type { Cpu } from './state.ts';

const PDPTE_BYTES = 8, PDPTES = 4;

/** Flag bits of the entry at a level (WALK_ of core/event/heap-lists.ts). A PDPTE register is compared with the table in memory. */
export function flagsOfLevel(cpu: Cpu, walk: WalkOutcome, level: number): number {
  const low = walk.low[level]!;
  const present = ((low & ENTRY_P) !== 0 ? WALK_PRESENT : 0) | (walk.top === POINTER ? WALK_PAE : 0);
  if (level === POINTER) return present | WALK_REGISTER | (isPdpteStale(cpu, (walk.physical[level]! / PDPTE_BYTES) % PDPTES) ? WALK_STALE : 0);
  return present | ((low & ENTRY_RW) !== 0 ? WALK_WRITABLE : 0) | ((low & ENTRY_US) !== 0 ? WALK_USER : 0) | ((walk.high[level]! & HIGH_XD) !== 0 ? WALK_NX : 0)
    | ((low & ENTRY_A) !== 0 ? WALK_ACCESSED : 0) | (isLeaf(walk, level) && (low & ENTRY_D) !== 0 ? WALK_DIRTY : 0);
}

/** Bytes the entry at a level maps; 0 when it is no leaf, or not present. */
export function pageBytesOf(walk: WalkOutcome, level: number): number {
  if (!isLeaf(walk, level) || (walk.low[level]! & ENTRY_P) === 0) return 0;
  return !walk.large ? SMALL_PAGE_BYTES : walk.top === POINTER ? PAE_LARGE_PAGE_BYTES : LARGE_PAGE_BYTES;
}

const isLeaf = (walk: WalkOutcome, level: number): boolean => level === TABLE || (level === DIRECTORY && walk.large);

/** What is left of the rights above behind an entry: they only shrink on the way down; an entry that is not present gives none, a PDPTE takes none. */
export function rightsBehind(walk: WalkOutcome, level: number, above: number): number {
  const low = walk.low[level]!;
  if ((low & ENTRY_P) === 0) return 0;
  if (level === POINTER) return above;
  return above & ((low & ENTRY_RW) !== 0 ? -1 : ~RIGHT_WRITE) & ((low & ENTRY_US) !== 0 ? -1 : ~RIGHT_USER) & ((walk.high[level]! & HIGH_XD) === 0 ? -1 : ~RIGHT_EXECUTE);
}
