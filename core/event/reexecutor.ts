// Asking what lies between events: the machine runs again from the nearest checkpoint. Questions and answers are plain data, so
// that they cross workers and processes unchanged. core/machine implements it; core/replay and the app only ask.

import type { Position } from './position.ts';

/** A half-open range of linear addresses [first, end). */
export interface LinearRange { readonly first: number; readonly end: number }

/** The machine at one point: registers in register-file order, and the bytes around the instruction and the stack pointer. */
export interface Moment {
  readonly position: Position;
  /** REGISTER_FILE_WORDS words. */
  readonly registers: Uint32Array;
  /** Bytes from the linear address of the next instruction on; short where a page is not mapped. */
  readonly code: { readonly linear: number; readonly bytes: Uint8Array };
  /** Bytes from the top of the stack upwards; short where a page is not mapped. */
  readonly stack: { readonly linear: number; readonly bytes: Uint8Array };
  /** Why the machine stands still here, or null while it runs. */
  readonly stopped: string | null;
}

/** One step of a page walk done now with the tables as they are, without setting A/D bits. */
export interface WalkNow {
  readonly levels: readonly { readonly level: number; readonly physical: number; readonly entry: bigint; readonly flags: number; readonly pageSize: number; readonly rights: number }[];
  /** Physical address the linear one maps to, or null when it does not. */
  readonly physical: number | null;
  /** The TLB's opinion when it holds the page: its physical address and whether it disagrees with the tables. */
  readonly tlb: { readonly physical: number; readonly stale: boolean } | null;
}

export type ReexecuteRequest =
  /** The machine at the last instruction boundary not after `at`. */
  | { readonly kind: 'moment'; readonly at: Position }
  /** `count` instruction attempts forward or backward from `from`; stops at the ends of the recording. */
  | { readonly kind: 'step'; readonly from: Position; readonly direction: 'forward' | 'backward'; readonly count: number }
  /** The next (or previous) boundary strictly after (before) `from` whose instruction begins in one of the ranges; null when there is none up to `until`. */
  | { readonly kind: 'find-execution'; readonly from: Position; readonly direction: 'forward' | 'backward'; readonly ranges: readonly LinearRange[]; readonly until: Position | null }
  | { readonly kind: 'read-linear'; readonly at: Position; readonly linear: number; readonly length: number }
  | { readonly kind: 'read-physical'; readonly at: Position; readonly physical: number; readonly length: number }
  | { readonly kind: 'walk'; readonly at: Position; readonly linear: number }
  /** Runs the whole recording again and compares every event and checkpoint. */
  | { readonly kind: 'verify' };

export type ReexecuteReply =
  | { readonly kind: 'moment'; readonly moment: Moment }
  | { readonly kind: 'not-found' }
  | { readonly kind: 'bytes'; readonly linear: number | null; readonly physical: number | null; readonly bytes: Uint8Array }
  | { readonly kind: 'walk'; readonly walk: WalkNow }
  | { readonly kind: 'verified'; readonly events: number; readonly checkpoints: number }
  /** Re-execution cannot say: no image, or this core differs from the recording (`differsAt` is the first seq that differs). */
  | { readonly kind: 'absent'; readonly reason: string; readonly differsAt: number | null };

/** Bytes a single read request may ask for. */
export const READ_BYTES_MAX = 1 << 20;

export interface Reexecutor {
  /** Answers one request. Rejects with BadInput when the request itself is malformed (unknown kind, negative length…). */
  ask(request: ReexecuteRequest): Promise<ReexecuteReply>;
}
