// A moment from which a recording can be executed again. Made by core/machine, stored by core/trace; neither knows the other.

import type { Position } from './position.ts';

/** One 4 KiB page of guest memory as it is at the checkpoint. */
export interface PageImage { readonly index: number; readonly bytes: Uint8Array }

/**
 * The machine at `position`, all of it: processor words (register file, internals, TLB), devices, clock, and the memory pages that
 * changed since the checkpoint before it (the first one is relative to the freshly loaded machine).
 */
export interface Checkpoint {
  readonly position: Position;
  /** EVENTS.md "clock": icount + REP iterations beyond the first + idle ticks. */
  readonly clock: number;
  /** The processor's part of the state buffer, opaque to everything but core/cpu. */
  readonly processor: Uint8Array;
  /** Device state, opaque to everything but core/machine. */
  readonly devices: Uint8Array;
  readonly pages: readonly PageImage[];
  /** Hash over processor, devices and all of memory: `verify` compares it. */
  readonly stateHash: string;
}

/** Where a re-executor gets its checkpoints from. Positions are known without loading. */
export interface CheckpointSource {
  readonly positions: readonly Position[];
  /** Loads checkpoint `index`. Throws BadInput when its bytes are damaged. */
  load(index: number): Checkpoint;
}
