// What `explain` answers about one event, as data: command line and inspector draw it and decide nothing. Made by explain.ts.

import type { TraceEvent } from '../../event/event.ts';
import type { LastWriter } from '../../event/json.ts';
import type { Position } from '../../event/position.ts';
import type { LadderAccess, LadderStep } from '../../event/ladder.ts';

/** What an answer stands on: facts in the record, instructions executed again, or neither and why. */
export type Basis = { readonly kind: 'record' } | { readonly kind: 're-execution' } | { readonly kind: 'absent'; readonly reason: string };

/** A place that can be gone to: an event, or a boundary between instructions. */
export interface Place { readonly event: number | null; readonly at: Position | null }

/** The value a failed check turned on, and where it was read. */
export interface ValueRead {
  /** `gate 0x80 of the IDT`, `SS slot of the frame`, `IA32_SYSENTER_CS`. */
  readonly name: string;
  /** Lower-case hex. */
  readonly value: string;
  /** What the value means, decoded by the manual's tables; null when it has no fields. */
  readonly meaning: string | null;
  readonly from:
    | { readonly kind: 'memory'; readonly linear: bigint | null; readonly physical: bigint; readonly size: number }
    | { readonly kind: 'register'; readonly register: string }
    | { readonly kind: 'instruction' };
}

/** One link of a cause chain, from the failing operand backwards. */
export interface CauseLink {
  /** One sentence: `SS slot = 0x2b, pushed by kernel_start+0x12 (push 0x2b)`. */
  readonly text: string;
  /** `gap`: here neither events nor re-execution prove more; the text says why. */
  readonly kind: 'check' | 'memory' | 'push' | 'register' | 'selector' | 'msr' | 'constant' | 'loader' | 'gap';
  readonly place: Place | null;
  readonly ip: bigint | null;
  /** `label` or `label+0x12`, where symbols are known. */
  readonly symbol: string | null;
}

/** One cell of a fault cascade, first fault first. */
export interface CascadeStep {
  readonly seq: number;
  /** `#GP(0x6b)`, `#DF`, `shutdown`. */
  readonly name: string;
  /** `user code executes hlt`, `while #GP is delivered`. */
  readonly when: string;
  readonly rule: string | null;
  readonly title: string | null;
  /** Of a step that joined the one before to #DF, or was delivered after it: the cell of the manual's table. */
  readonly pair: { readonly first: string; readonly second: string; readonly outcome: 'double fault' | 'serial' | 'shutdown' } | null;
}

/** A step of the walk with its writer. Rights as in EVENTS.md (`urwx`). */
export interface ExplainedLevel {
  readonly level: number; readonly physical: bigint; readonly entry: bigint;
  readonly rightsSoFar: string;
  /** The letters this level took away from what was left, `` when none. */
  readonly took: string;
  /** Names of reserved bits that are set. */
  readonly reserved: readonly string[];
  /** Bits the access itself changes in the entry: `A`, `D`. */
  readonly sets: readonly string[];
  readonly lastWriter: LastWriter;
}

export interface Explanation {
  readonly event: TraceEvent;
  readonly basis: Basis;
  readonly steps: readonly LadderStep[];
  readonly writes: readonly LadderAccess[];
  /** The one step that failed; null when nothing did, or without a ladder. */
  readonly failed: LadderStep | null;
  readonly value: ValueRead | null;
  readonly lastWriter: LastWriter | null;
  /** `label` or `label+0x12` of the writer. */
  readonly writerSymbol: string | null;
  readonly cascade: readonly CascadeStep[];
  readonly chain: readonly CauseLink[];
  /** What would be set to make the check pass, in the words of `whatif --set`; empty when nothing simple would. */
  readonly remedies: readonly string[];
  /** At most 60 words. */
  readonly consequence: string;
}
