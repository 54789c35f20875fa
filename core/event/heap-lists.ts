// The lists an event carries in its heap: frame slots, page walks, sequence numbers, register snapshots, completeness.
// Every list starts with its count. Readers take what is really there: a damaged count never reads past the heap.

import type { Paging } from '../arch/page-entry.ts';
import { highOfCount, joinCount, joinU64 } from '../base/u64.ts';
import { COMPLETENESS, SLOT_NAMES, type SlotName } from './kinds.ts';
import { wordOf, type EventDraft, type Row } from './draft.ts';

/** One value of a pushed or popped frame, in memory order from the lowest address. */
export interface FrameSlot { readonly name: SlotName; readonly value: bigint }

// a walk level, 8 words: level, physical lo, hi, entry lo, hi, flag bits (below), page size in bytes (0 unless a leaf), rights so far
export const WALK_PRESENT = 1, WALK_WRITABLE = 2, WALK_USER = 4, WALK_NX = 8, WALK_ACCESSED = 16, WALK_DIRTY = 32;
/** The entry is a PDPTE register, which carries no rights; and memory holds something else by now. */
export const WALK_REGISTER = 64, WALK_STALE = 128;
/** The entry is one of PAE paging. */
export const WALK_PAE = 256;
/** Rights bits as used in walks: what a page allows after all levels seen so far. */
export const RIGHT_USER = 1, RIGHT_WRITE = 2, RIGHT_EXECUTE = 4, RIGHT_READ = 8;
export const ALL_RIGHTS = RIGHT_USER | RIGHT_WRITE | RIGHT_EXECUTE | RIGHT_READ;
const LEVEL_WORDS = 8;

export interface WalkLevel {
  /** 5..1; 1 is the page table, 2 the page directory, 3 with PAE a PDPTE register. */
  readonly level: number;
  /** Where the entry lies; of a PDPTE register, where it was loaded from. */
  readonly physical: number;
  readonly entry: bigint;
  readonly paging: Paging;
  /** Of a PDPTE register, which carries no rights (it takes none away: `writable` and `user` are true) and was loaded some time before. */
  readonly register?: { readonly name: string; readonly stale: boolean };
  readonly present: boolean; readonly writable: boolean; readonly user: boolean; readonly nx: boolean;
  readonly accessed: boolean; readonly dirty: boolean;
  /** Bytes mapped by this entry when it is a leaf, otherwise 0. */
  readonly pageSize: number;
  /** Four letters: `u` or `s`, `r`, `w` or `-`, `x` or `-`. */
  readonly rightsSoFar: string;
}
export interface Walk { readonly levels: readonly WalkLevel[]; readonly rights: string; readonly rule: number }

/** The four letters of a rights word: user or supervisor, read, write, execute. */
export function rightsText(bits: number): string {
  return `${bits & RIGHT_USER ? 'u' : 's'}${bits & RIGHT_READ ? 'r' : '-'}${bits & RIGHT_WRITE ? 'w' : '-'}${bits & RIGHT_EXECUTE ? 'x' : '-'}`;
}

/** A scalar view of one level while the walk writes it: `appendWalkLevel(draft, 2, pdePhysical, pde, 0, flags, 0, rights)`. */
export function appendWalkLevel(
  draft: EventDraft, level: number, physical: number, entryLo: number, entryHi: number, flags: number, pageSize: number, rights: number,
): void {
  draft.append(level);
  draft.append(physical >>> 0);
  draft.append(highOfCount(physical));
  draft.append(entryLo);
  draft.append(entryHi);
  draft.append(flags);
  draft.append(pageSize);
  draft.append(rights);
}

/** Appends one slot of a frame list. `name` is a code in SLOT_NAMES. */
export function appendSlot(draft: EventDraft, name: number, lo: number, hi: number): void {
  draft.append(name);
  draft.append(lo);
  draft.append(hi);
}

/** Appends a sequence number to a `seqs` list. */
export function appendSeq(draft: EventDraft, seq: number): void {
  draft.append(seq >>> 0);
  draft.append(highOfCount(seq));
}

/** The frame slots a field points at. */
export function slotsOf(row: Row, handle: number): readonly FrameSlot[] {
  return readList(row, wordOf(row, handle), 3, (heap, at) => ({ name: SLOT_NAMES[heap[at]!] ?? 'parameter', value: joinU64(heap[at + 1]!, heap[at + 2]!) }));
}

/** The sequence numbers a field points at. */
export function seqsOf(row: Row, handle: number): readonly number[] {
  return readList(row, wordOf(row, handle), 2, (heap, at) => joinCount(heap[at]!, heap[at + 1]!));
}

/** The register values (offset in the register file, value) a snapshot carries. */
export function registersOf(row: Row, handle: number): readonly { readonly offset: number; readonly value: bigint }[] {
  return readList(row, wordOf(row, handle), 3, (heap, at) => ({ offset: heap[at]!, value: joinU64(heap[at + 1]!, heap[at + 2]!) }));
}

/** Which fields of an imported event were not recorded: pairs of field handle and state. */
export function completenessOf(row: Row, handle: number): readonly { readonly handle: number; readonly state: string }[] {
  return readList(row, wordOf(row, handle), 2, (heap, at) => ({ handle: heap[at]!, state: COMPLETENESS[heap[at + 1]!] ?? 'absent' }));
}

/** The page walk a field points at; its verdict (rights, rule code) stands behind the levels. */
export function walkOf(row: Row, handle: number): Walk {
  const at = wordOf(row, handle);
  const levels = readList(row, at, LEVEL_WORDS, levelAt);
  const end = at + 1 + levels.length * LEVEL_WORDS;
  const whole = end + 1 < row.heapLength;
  return { levels, rights: rightsText(whole ? row.heap[end]! : 0), rule: whole ? row.heap[end + 1]! : -1 };
}

function levelAt(heap: Uint32Array, at: number): WalkLevel {
  const flags = heap[at + 5]!, pageSize = heap[at + 6]!, rights = heap[at + 7]!;
  return walkLevel({ level: heap[at]!, physical: joinCount(heap[at + 1]!, heap[at + 2]!), entry: joinU64(heap[at + 3]!, heap[at + 4]!), flags, pageSize, rights });
}

/** A level from its flag bits and rights as they are packed. */
export function walkLevel({ level, physical, entry, flags, pageSize, rights }: PackedLevel): WalkLevel {
  const isRegister = (flags & WALK_REGISTER) !== 0;
  return {
    level, physical, entry, paging: (flags & WALK_PAE) === 0 ? '32-bit' : 'pae', ...(isRegister ? { register: { name: `pdpte${String((physical >>> 3) & 3)}`, stale: (flags & WALK_STALE) !== 0 } } : {}),
    present: (flags & WALK_PRESENT) !== 0, writable: isRegister || (flags & WALK_WRITABLE) !== 0, user: isRegister || (flags & WALK_USER) !== 0,
    nx: (flags & WALK_NX) !== 0, accessed: (flags & WALK_ACCESSED) !== 0, dirty: (flags & WALK_DIRTY) !== 0,
    pageSize, rightsSoFar: rightsText(rights),
  };
}
/** A level as walks are packed: WALK_ flags, RIGHT_ bits. */
export interface PackedLevel { readonly level: number; readonly physical: number; readonly entry: bigint; readonly flags: number; readonly pageSize: number; readonly rights: number }

function readList<Item>(row: Row, first: number, stride: number, read: (heap: Uint32Array, at: number) => Item): readonly Item[] {
  if (first >= row.heapLength) return [];
  const count = Math.min(row.heap[first]!, Math.floor((row.heapLength - first - 1) / stride));
  return Array.from({ length: count }, (_, index) => read(row.heap, first + 1 + index * stride));
}
