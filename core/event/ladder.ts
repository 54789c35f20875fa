// The check ladder of one event: every architectural check on the way to it, in the manual's order (EVENTS.md "Check ladder").

import type { VendorDifference } from '../arch/vendor-differences.ts';
import type { AccessKind, AccessPart } from './heard.ts';

export const STEP_OUTCOMES = ['pass', 'fail', 'skipped', 'not-reached'] as const;
export type StepOutcome = (typeof STEP_OUTCOMES)[number];

export interface LadderAccess {
  readonly what: AccessKind;
  /** Which slot of a frame, field of a TSS, register of a descriptor; null where there is nothing to tell apart. */
  readonly part: AccessPart | null;
  readonly linear: bigint | null;
  readonly physical: bigint;
  readonly size: number;
  readonly value: bigint;
  readonly write: boolean;
}

/**
 * Steps that belong together: one run through one procedure. Page walks, accesses to memory and fetches happen many times in one attempt;
 * `instance` counts them within their procedure, from 0. A procedure that goes on behind a walk keeps its group.
 */
export interface StepGroup {
  readonly procedure: string;
  readonly instance: number;
  /** `interrupt delivery`, `page walk: reading the gate`. */
  readonly label: string;
}

export interface LadderStep {
  /** Rule id. */
  readonly rule: string;
  readonly title: string;
  readonly cite: string;
  /** Procedure of the catalogue. */
  readonly procedure: string;
  readonly group: StepGroup;
  readonly outcome: StepOutcome;
  /** One plain sentence: what was compared, or why it was skipped or not reached. */
  readonly why: string;
  /** Values by name (`CPL`, `selector`, `limit`), lower-case hex or decimal as their kind asks. */
  readonly operands: Readonly<Record<string, string>>;
  /** Memory read for this check, and what was read before and is looked at again here. */
  readonly accesses: readonly LadderAccess[];
}

export interface Ladder {
  readonly steps: readonly LadderStep[];
  /** Memory the processor wrote once all checks had passed: the frame, accessed and busy bits. */
  readonly writes: readonly LadderAccess[];
  /** Choices made on the way on which processors or emulators differ, each once, in order. */
  readonly differences: readonly VendorDifference[];
}
