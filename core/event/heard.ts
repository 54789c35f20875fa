// What a listening probe hears while one attempt is executed again: checks, the memory read or written for them, and events, in order.
// Plain data, so that it crosses processes. A ladder is made from it (core/replay/explain); nothing here decides anything.

import type { EventKind } from './kinds.ts';

/** What memory is looked at for, in the order of the codes `Probe.access` passes (core/cpu/access-report.ts). Append only. */
export const ACCESS_KINDS = ['page-entry', 'descriptor', 'gate', 'tss', 'frame', 'io-map', 'operand', 'pseudo-descriptor'] as const;
/** `operand`: an operand of the instruction itself. `pseudo-descriptor`: the six bytes LGDT and LIDT read. */
export type AccessKind = (typeof ACCESS_KINDS)[number];

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
  /** Null for what is addressed physically: page entries. */
  readonly linear: number | null;
  readonly physical: number;
  readonly size: number;
  readonly value: bigint;
  readonly write: boolean;
}
/** An event left the processor here, with its number in the recording. */
export interface HeardEvent { readonly kind: 'event'; readonly seq: number; readonly event: EventKind }
export type Heard = HeardCheck | HeardAccess | HeardEvent;

/** One attempt may report no more: a REP with a huge count makes millions of accesses. What is beyond is dropped, and `cut` says so. */
export const HEARD_MAX = 20_000;
