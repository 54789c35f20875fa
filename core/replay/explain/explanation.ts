// What `explain` answers about one event, as data: command line and inspector draw it and decide nothing. Made by explain.ts.

import type { VendorDifference } from '../../arch/vendor-differences.ts';
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
    /** `bits`: the field of it that counts, where that is one. */
    | { readonly kind: 'register'; readonly register: string; readonly bits?: string }
    | { readonly kind: 'instruction'; readonly linear: bigint; readonly physical: bigint | null; readonly size: number };
}

/** One link of a cause chain, from the failing operand backwards. */
export interface CauseLink {
  /** One sentence: `SS slot = 0x2b, pushed by kernel_start+0x12 (push 0x2b)`. */
  readonly text: string;
  /** `gap`: here neither events nor re-execution prove more; the text says why. */
  readonly kind: 'check' | 'memory' | 'push' | 'register' | 'selector' | 'msr' | 'constant' | 'loader' | 'gap';
  readonly place: Place | null;
  readonly ip: bigint | null;
  /** `label+0x12 (boot.c:31)`, where symbols are known. */
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
/** A level with names for what it holds and for its writer. */
export interface NamedLevel extends ExplainedLevel {
  /** Of a PDPTE register: its name, and whether memory holds something else by now. */
  readonly register: { readonly name: string; readonly stale: boolean } | null;
  /** `P R/W U/S, base 0x105000`. */
  readonly meaning: string;
  readonly writerSymbol: string | null;
}

/** An error code taken apart: the fields, the table entry it names as that was then, and why it is what it is. */
export interface ExplainedErrorCode {
  /** Lower-case hex. */
  readonly value: string;
  /** `GDT entry 2 (selector 0x10)`. */
  readonly meaning: string;
  readonly fields: readonly { readonly name: string; readonly value: string; readonly title: string }[];
  readonly table: 'gdt' | 'ldt' | 'idt' | null;
  readonly index: number | null;
  /** The entry of that table when the event happened; absent with the reason where it cannot be read. Null: the code names none. */
  readonly entry: { readonly linear: bigint; readonly physical: bigint; readonly raw: string; readonly meaning: string } | { readonly absent: string } | null;
}

/** A field of the current TSS that the event used or failed to use. */
export interface TssField {
  /** TR, `GDT entry 5 (selector 0x28)`. */
  readonly tr: string;
  readonly base: bigint; readonly limit: number;
  /** `esp0`, `ss0`. */
  readonly name: string;
  readonly offset: number;
  readonly physical: bigint;
  readonly value: string;
  readonly lastWriter: LastWriter;
  readonly writerSymbol: string | null;
}

/** Where a transition took one register from. */
export interface TransitionSource {
  /** `CS`, `ESP`. */
  readonly register: string;
  readonly value: string;
  /** `IA32_SYSENTER_CS = 0x8`, `the gate it went through`. */
  readonly from: string;
  readonly lastWriter: LastWriter;
  readonly writerSymbol: string | null;
  readonly writerPlace: Place | null;
}

export interface Explanation {
  readonly event: TraceEvent;
  /** What the ladder and all that follows from it stands on. The cascade is of the record always. */
  readonly basis: Basis;
  /** The re-executed attempt reported more than is kept: the ladder is cut. */
  readonly cut: boolean;
  readonly steps: readonly LadderStep[];
  readonly writes: readonly LadderAccess[];
  /** The one step that failed; null when nothing did, or without a ladder. */
  readonly failed: LadderStep | null;
  readonly value: ValueRead | null;
  readonly lastWriter: LastWriter | null;
  /** `label` or `label+0x12` of the writer. */
  readonly writerSymbol: string | null;
  /** Where the writer can be gone to. */
  readonly writerPlace: Place | null;
  readonly errorCode: ExplainedErrorCode | null;
  /** The walk of a page fault, level by level, each with its writer; empty for others. */
  readonly walk: readonly NamedLevel[];
  /** Of a transition: where the registers it changed came from; empty for others. */
  readonly sources: readonly TransitionSource[];
  /** Of a transition to an inner ring: flags of the outer one that are still set (`TF`, `AC`). */
  readonly carriedFlags: readonly string[];
  /** Fields of the TSS that were read, in order. */
  readonly tss: readonly TssField[];
  readonly cascade: readonly CascadeStep[];
  readonly chain: readonly CauseLink[];
  /** What would be set to make the check pass, in the words of `whatif --set`; empty when nothing simple would. */
  readonly remedies: readonly string[];
  /** The one remedy, in words. */
  readonly remedy: string | null;
  /** Where processors or emulators differ about what happened on the way; empty without a ladder. */
  readonly differences: readonly VendorDifference[];
  /** At most 60 words. */
  readonly consequence: string;
}
