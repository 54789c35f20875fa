// Asking what lies between events: the machine runs again from the nearest checkpoint. Questions and answers are plain data, so
// that they cross workers and processes unchanged. core/machine implements it; core/replay and the app only ask.

import type { TraceEvent } from './event.ts';
import type { Heard } from './heard.ts';
import type { PackedLevel } from './heap-lists.ts';
import type { Position } from './position.ts';
import type { Screen } from './screen.ts';

/** A half-open range of linear addresses [first, end). */
export interface LinearRange { readonly first: number; readonly end: number }

/** The machine at one point: registers in register-file order, and the bytes around the instruction and the stack pointer. */
export interface Moment {
  readonly position: Position;
  /** REGISTER_FILE_WORDS words. */
  readonly registers: Uint32Array;
  /** x87 and SSE registers, FLOAT_WORDS words; events do not carry them. */
  readonly float: Uint32Array;
  /** Bytes from the linear address of the next instruction on; short where a page is not mapped. */
  readonly code: { readonly linear: number; readonly bytes: Uint8Array };
  /** Bytes from the top of the stack upwards; short where a page is not mapped. */
  readonly stack: { readonly linear: number; readonly bytes: Uint8Array };
  /** Why the machine stands still here, or null while it runs. */
  readonly stopped: string | null;
}

/** One step of a page walk done now with the tables as they are, without setting A/D bits. */
export interface WalkNow {
  readonly levels: readonly PackedLevel[];
  /** Physical address the linear one maps to, or null when it does not. */
  readonly physical: number | null;
  /** The TLB's opinion when it holds the page: its physical address and rights, and whether it disagrees with the tables. */
  readonly tlb: { readonly physical: number; readonly stale: boolean; readonly user: boolean; readonly writable: boolean; readonly nx: boolean } | null;
  /** Id of the rule that ends the walk; null when the address is mapped. */
  readonly rule: string | null;
}

/** Who a write is by. `loader`: the bytes were there before the first instruction. The processor's own accessed, dirty and busy bits are nobody's. */
export type WriterKind = 'cpu' | 'device' | 'loader';

/** The last write to some bytes before a point. */
export interface MemoryWrite {
  readonly by: WriterKind;
  /** The boundary before the attempt that wrote; null for the loader. `seq` is the next event to happen. */
  readonly at: Position | null;
  /** The event that stands for the write (the transition that pushed a frame, a `table-write`), or null. */
  readonly event: number | null;
  readonly cpl: number | null; readonly cs: number | null;
  /** IP of the instruction that wrote; of a delivery, the interrupted one. Null for the loader. */
  readonly ip: bigint | null;
  /** The write itself: where it began and how many bytes. It may reach beyond the bytes asked for. */
  readonly physical: number; readonly size: number;
  /** The bytes asked for, little-endian, before and after. */
  readonly before: bigint; readonly after: bigint;
}

/** The last attempt that changed words of the register file before a point. */
export interface RegisterWrite {
  readonly at: Position;
  /** The event of that attempt that shows the change (`msr-write`, `table-load`, a transition), or null. */
  readonly event: number | null;
  readonly cpl: number; readonly cs: number; readonly ip: bigint;
  readonly before: bigint; readonly after: bigint;
}

/** What a pre-flight tries: the delivery of a vector, and what SYSENTER and SYSEXIT need. */
export type PreflightTrial =
  /** An exception or interrupt, from the ring the processor is in, or from ring 3. */
  | 'delivery' | 'delivery-from-ring-3'
  /** INT n from ring 3, through a gate with DPL 3. */
  | 'int-from-ring-3'
  /** SYSENTER and its first instruction; a push on the stack it loads; its SS and CS loaded again by MOV and IRET; IRET to what SYSEXIT loads. */
  | 'sysenter' | 'sysenter-stack' | 'sysenter-ss' | 'sysenter-cs' | 'sysexit-segments'
  /** An access to a page whose entry has bit 63 set while EFER.NXE is 0; the load of the PDPTE registers when paging is turned on. */
  | 'page-entry' | 'pdptes';

/** What a set-up leaves wrong for later: the procedure was tried on the machine of that moment, as on a copy, and this check failed. */
export interface PreflightFinding {
  readonly trial: PreflightTrial;
  /** Of deliveries: the vectors that fail alike, ascending; else empty. `heard` is of the first. */
  readonly vectors: readonly number[];
  /** From the beginning of the trial to the check that failed. */
  readonly heard: readonly Heard[];
  /** Code in RULES of the check that failed. */
  readonly rule: number;
  /** `#GP(0x10)`. */
  readonly fault: string;
  /** The linear address of a page fault, else null. */
  readonly linear: number | null;
  /** Nothing is there yet (a gate of zeros, a null SS in the TSS): it may be meant to be set up later. */
  readonly isUnset: boolean;
}

export type ReexecuteRequest =
  /** The attempt that emitted the event at `at` (its position, seq included), executed again with a listening probe. */
  | { readonly kind: 'listen'; readonly at: Position }
  /** The last write to `length` (1..8) bytes of physical memory before `before`. */
  | { readonly kind: 'last-write'; readonly before: Position; readonly physical: number; readonly length: number }
  /** The last change of `words` (1..2) words of the register file from `offset` on before `before`; `mask`: only these bits of the first word count, null: all of both. */
  | { readonly kind: 'last-register-write'; readonly before: Position; readonly offset: number; readonly words: number; readonly mask: number | null }
  /** As on a copy: set something (`cr0.WP=0; idt[0x80].DPL=3`, core/event/change.ts) at the boundary before the event at `at`, then make `attempts` attempts. */
  | { readonly kind: 'try'; readonly at: Position; readonly change: string; readonly attempts: number }
  /** As on a copy, behind the event at `at`: tries what that set-up is for (core/machine/reexecution/preflight.ts says which events have trials; others have no findings). */
  | { readonly kind: 'preflight'; readonly at: Position }
  /** The machine at the last instruction boundary not after `at`. */
  | { readonly kind: 'moment'; readonly at: Position }
  /** `count` instruction attempts forward or backward from `from`; stops at the ends of the recording. */
  | { readonly kind: 'step'; readonly from: Position; readonly direction: 'forward' | 'backward'; readonly count: number }
  /** The next (or previous) boundary strictly after (before) `from` whose instruction begins in one of the ranges; null when there is none up to `until`. */
  | { readonly kind: 'find-execution'; readonly from: Position; readonly direction: 'forward' | 'backward'; readonly ranges: readonly LinearRange[]; readonly until: Position | null }
  | { readonly kind: 'read-linear'; readonly at: Position; readonly linear: number; readonly length: number }
  | { readonly kind: 'read-physical'; readonly at: Position; readonly physical: number; readonly length: number }
  | { readonly kind: 'walk'; readonly at: Position; readonly linear: number }
  /** What the guest's display shows at the last instruction boundary not after `at`. */
  | { readonly kind: 'screen'; readonly at: Position }
  /** Runs the whole recording again and compares every event and checkpoint. */
  | { readonly kind: 'verify' };

export type ReexecuteReply =
  | { readonly kind: 'moment'; readonly moment: Moment }
  | { readonly kind: 'not-found' }
  | { readonly kind: 'bytes'; readonly linear: number | null; readonly physical: number | null; readonly bytes: Uint8Array }
  | { readonly kind: 'walk'; readonly walk: WalkNow }
  | { readonly kind: 'screen'; readonly screen: Screen }
  /** `cut`: more was reported than is kept (HEARD_MAX). */
  | { readonly kind: 'heard'; readonly heard: readonly Heard[]; readonly cut: boolean }
  /** Null: never written since the machine was reset, and not by the loader. */
  | { readonly kind: 'written'; readonly write: MemoryWrite | null }
  /** Null: as the machine started. */
  | { readonly kind: 'register-written'; readonly write: RegisterWrite | null }
  /**
   * `boundary`: how many attempts came before the change. `changed`: what was set, in words, from what to what. `events`: what happened instead, from
   * there on; they are numbered on from the recorded ones before. `stopped`: why fewer attempts were made, or null.
   */
  | { readonly kind: 'tried'; readonly boundary: number; readonly changed: string; readonly events: readonly TraceEvent[]; readonly stopped: string | null }
  | { readonly kind: 'preflight'; readonly findings: readonly PreflightFinding[] }
  | { readonly kind: 'verified'; readonly events: number; readonly checkpoints: number }
  /** Re-execution cannot say: no image, or this core differs from the recording (`differsAt` is the first seq that differs). */
  | { readonly kind: 'absent'; readonly reason: string; readonly differsAt: number | null };

/** Bytes a single read request may ask for. */
export const READ_BYTES_MAX = 1 << 20;

/** Attempts a `try` may make. */
export const TRY_ATTEMPTS_MAX = 100_000;
/** Events a `try` answers with; it ends with the attempt that makes the last of them. */
export const TRY_EVENTS_MAX = 1000;

export interface Reexecutor {
  /** Answers one request. Rejects with BadInput when the request itself is malformed (unknown kind, negative length…). */
  ask(request: ReexecuteRequest): Promise<ReexecuteReply>;
}
