// Machine states kept in memory while a recording is explored, so that going back starts near. Bounded: the least recently used go.

import { PAGE_BYTES } from '../options.ts';
import type { FrameMap } from './page-frames.ts';
import type { SavedState } from '../save-state.ts';

export interface Snapshot extends SavedState { readonly frames: FrameMap }

const BUDGET_BYTES = 128 * 1024 * 1024;
/** What an entry of a frame map costs, roughly. */
const FRAME_ENTRY_BYTES = 64;

interface Held { readonly snapshot: Snapshot; readonly cost: number; usedAt: number }

export class Snapshots {
  /** By ascending attempts. */
  readonly #held: Held[] = [];
  #cost = 0;
  #uses = 0;

  /** Keeps a snapshot. `newPages`: how many pages were copied for it alone. */
  add(snapshot: Snapshot, newPages: number): void {
    const at = this.#firstAfter(snapshot.attempts);
    if (this.#held[at - 1]?.snapshot.attempts === snapshot.attempts) return;
    const cost = snapshot.processor.length + newPages * PAGE_BYTES + snapshot.frames.size * FRAME_ENTRY_BYTES;
    this.#held.splice(at, 0, { snapshot, cost, usedAt: this.#tick() });
    this.#cost += cost;
    while (this.#cost > BUDGET_BYTES && this.#held.length > 1) this.#dropOldest();
  }

  /** The last snapshot not after boundary number `attempts`. */
  latestNotAfter(attempts: number): Snapshot | null {
    return this.#use(this.#held[this.#firstAfter(attempts) - 1]);
  }

  /** The last snapshot for whose position `isNotAfter` holds; positions ascend with attempts. */
  latestWhere(isNotAfter: (snapshot: Snapshot) => boolean): Snapshot | null {
    let low = 0, high = this.#held.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (isNotAfter(this.#held[middle]!.snapshot)) low = middle + 1; else high = middle;
    }
    return this.#use(this.#held[low - 1]);
  }

  #use(held: Held | undefined): Snapshot | null {
    if (held === undefined) return null;
    held.usedAt = this.#tick();
    return held.snapshot;
  }

  #firstAfter(attempts: number): number {
    let low = 0, high = this.#held.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#held[middle]!.snapshot.attempts <= attempts) low = middle + 1; else high = middle;
    }
    return low;
  }

  #dropOldest(): void {
    const oldest = this.#held.reduce((least, one) => (one.usedAt < least.usedAt ? one : least));
    this.#held.splice(this.#held.indexOf(oldest), 1);
    this.#cost -= oldest.cost;
  }

  #tick(): number {
    this.#uses += 1;
    return this.#uses;
  }
}
