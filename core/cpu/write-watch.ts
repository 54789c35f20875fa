// A watch on physical memory: who writes to pages flagged PAGE_SOUGHT (page-flags.ts). Only a search for a writer sets one, while it executes
// a recording again; without the flag every write goes the way it always goes. What the processor does for itself (accessed, dirty and busy
// bits) is nobody's write and is not told; the state that a task switch saves is.

/** By whom: an instruction or a delivery; a device; the processor, which saves a task in its TSS. */
export const BY_PROGRAM = 0, BY_DEVICE = 1, BY_TASK_SWITCH = 2;

export interface WriteWatch {
  /** The bytes [physical, physical + size) are about to be written; they need not all be watched. A write across pages comes in pieces. */
  begin(physical: number, size: number, by: number): void;
  /** They have been. */
  end(): void;
}
