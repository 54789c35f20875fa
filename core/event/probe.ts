// The only way out of the processor. Recording never changes execution: a probe receives scalars and one reused draft, and
// nothing it does is visible to the guest. One row type (EventDraft) stands for all kinds, so that a writer, a verifier
// and a breakpoint see the same words.

import type { EventDraft } from './draft.ts';

/** Outcome of one check of a procedure, as a ladder shows it. */
export const CHECK_PASS = 0, CHECK_FAIL = 1, CHECK_SKIPPED = 2;

export interface Probe {
  /** Called before anything of the coming event changes: the register file holds the state before it. Calls may repeat without an event. */
  before(): void;
  /** One event, complete. The register file holds the state after it. `seq` numbers all events, filtered ones too. The draft is reused. */
  emit(seq: number, draft: EventDraft): void;
  /** True while checks and accesses are wanted (a ladder is being made); recording leaves it false and pays nothing. */
  readonly listening: boolean;
  /** One architectural check: `rule` is a code of the catalogue, `a` and `b` its operands. */
  check(rule: number, outcome: number, a: number, b: number): void;
  /**
   * One memory access, when it was made: `what` and `part` are codes of ACCESS_KINDS and ACCESS_PARTS (-1: none) of heard.ts, `lo` and `hi` the value,
   * `write` 1 for a write. `linear` of a page entry is its physical address.
   */
  access(what: number, part: number, linear: number, physical: number, size: number, lo: number, hi: number, write: number): void;
  /** A choice was made on which processors differ: `difference` is a code of core/arch/vendor-differences.ts. */
  differ(difference: number): void;
}

/** A probe that hears nothing. */
export const SILENT_PROBE: Probe = {
  before(): void { /* nothing is recorded */ },
  emit(): void { /* nothing is recorded */ },
  listening: false,
  check(): void { /* not listening */ },
  access(): void { /* not listening */ },
  differ(): void { /* not listening */ },
};
