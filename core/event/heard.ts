// What a listening probe hears while one attempt is executed again: checks, the memory read or written for them, and events, in order.
// Plain data, so that it crosses processes. A ladder is made from it (core/replay/explain); nothing here decides anything.

import type { DifferenceId } from '../arch/vendor-differences.ts';
import type { EventKind } from './kinds.ts';

/** What memory is looked at for; a place in the list is the code `Probe.access` passes. Append only. */
export const ACCESS_KINDS = ['page-entry', 'descriptor', 'gate', 'tss', 'frame', 'io-map', 'operand', 'pseudo-descriptor', 'tlb', 'redirection-map'] as const;
/**
 * `operand`: an operand of the instruction itself, its stack slots included. `pseudo-descriptor`: the six bytes LGDT and LIDT read. `gate`: of the
 * IDT or the vector table, and a call or task gate that a far transfer goes through. `tlb`: no memory was read, a cached translation was used: of the page
 * at `linear`, to the page at `physical`; the value is its rights, TLB_WRITABLE and the others below.
 */
export type AccessKind = (typeof ACCESS_KINDS)[number];

/** Which part of a frame, TSS, table or operand an access is; a place in the list is its code, -1 stands for none. Names leave the width open. Append only. */
export const ACCESS_PARTS = [
  'ip', 'cs', 'flags', 'sp', 'ss', 'es', 'ds', 'fs', 'gs', 'error-code', 'parameter',
  'link', 'cr3', 'ldt', 'io-map', 'trap', 'ax', 'cx', 'dx', 'bx', 'bp', 'si', 'di',
  'limit', 'base', 'directory-entry', 'table-entry', 'data', 'target', 'tss', 'pointer-entry',
] as const;
export type AccessPart = (typeof ACCESS_PARTS)[number];

/** Bits of a `tlb` access's value: the rights of all levels as they were cached, and whether the tables say something else by now. */
export const TLB_WRITABLE = 1, TLB_USER = 2, TLB_DIRTY = 4, TLB_LARGE = 8, TLB_GLOBAL = 16, TLB_STALE = 32, TLB_NO_EXECUTE = 64;

export interface HeardCheck {
  readonly kind: 'check';
  /** Code in RULES. */
  readonly rule: number;
  /** CHECK_PASS, CHECK_FAIL or CHECK_SKIPPED of probe.ts. */
  readonly outcome: number;
  /** The operands, as `OPERANDS` of the rule names them; 0 where a rule has fewer. */
  readonly a: number;
  readonly b: number;
}
export interface HeardAccess {
  readonly kind: 'access';
  readonly what: AccessKind;
  /** Of a frame the slot, of a TSS the field, of a descriptor the register it is for, of a page entry its table; null where there is nothing to tell apart. */
  readonly part: AccessPart | null;
  /** Null for what is addressed physically: page entries. */
  readonly linear: number | null;
  /** Where its first byte lies; it may cross a page. */
  readonly physical: number;
  readonly size: number;
  readonly value: bigint;
  readonly write: boolean;
}
/** A choice was made on which processors differ. */
export interface HeardDifference { readonly kind: 'difference'; readonly id: DifferenceId }
/** An event left the processor here, with its number in the recording. */
export interface HeardEvent { readonly kind: 'event'; readonly seq: number; readonly event: EventKind }
export type Heard = HeardCheck | HeardAccess | HeardDifference | HeardEvent;

/** One attempt may report no more: a REP with a huge count makes millions of accesses. Behind the first HEARD_FIRST, what is older is dropped then, and `cut` says so. */
export const HEARD_MAX = 20_000, HEARD_FIRST = 2_000;
