// The pages of a recording's checkpoints, found by (checkpoint, page). Each checkpoint stores only what changed since the one
// before; this index knows the latest image of each page not after a checkpoint. Loaded checkpoints are kept within a budget.

import { BadInput } from '../../base/bad-input.ts';
import { assert } from '../../base/assert.ts';
import { Lru } from '../../base/lru.ts';
import type { Checkpoint, CheckpointSource } from '../../event/checkpoint.ts';
import type { FrameMap } from './page-frames.ts';
import { PAGE_BYTES } from '../options.ts';

/** Bytes of loaded checkpoints kept at once; one larger than this is kept alone. */
const BUDGET_BYTES = 64 * 1024 * 1024;

interface Loaded { readonly checkpoint: Checkpoint; readonly pages: ReadonlyMap<number, Uint8Array> }

export class CheckpointIndex {
  readonly #source: CheckpointSource;
  readonly #pagesOfMachine: number;
  /** For each page, the checkpoints that store it, ascending. */
  readonly #stored = new Map<number, number[]>();
  #indexed = 0;
  readonly #loaded = new Lru<number, Loaded>(BUDGET_BYTES);

  constructor(source: CheckpointSource, pagesOfMachine: number) {
    this.#source = source;
    this.#pagesOfMachine = pagesOfMachine;
  }

  /** Checkpoint `index`, from memory when it was used lately. Throws BadInput when it is damaged. */
  checkpoint(index: number): Checkpoint {
    return this.#load(index).checkpoint;
  }

  /** The bytes of a page as checkpoint `index` stores them. */
  readonly page = (index: number, page: number): Uint8Array => {
    const bytes = this.#load(index).pages.get(page);
    assert(bytes !== undefined, 'a page that its checkpoint stores');
    return bytes;
  };

  /** Memory at checkpoint `index`: for each page the latest checkpoint, not after it, that stores it. */
  framesAt(index: number): FrameMap {
    this.#indexUpTo(index);
    const frames = new Map<number, number>();
    for (const [page, stored] of this.#stored) {
      const latest = latestNotAfter(stored, index);
      if (latest >= 0) frames.set(page, latest);
    }
    return frames;
  }

  /** The last checkpoint, not after `index`, that stores any of these pages; -1 when none does: they are as the loader left them. */
  lastStored(pages: readonly number[], index: number): number {
    this.#indexUpTo(index);
    return Math.max(-1, ...pages.map((page) => latestNotAfter(this.#stored.get(page) ?? [], index)));
  }

  #indexUpTo(index: number): void {
    for (; this.#indexed <= index; this.#indexed += 1) this.#addToIndex(this.#indexed);
  }

  #addToIndex(index: number): void {
    for (const { index: page } of this.checkpoint(index).pages) {
      const stored = this.#stored.get(page);
      if (stored === undefined) this.#stored.set(page, [index]); else stored.push(index);
    }
  }

  #load(index: number): Loaded {
    const known = this.#loaded.get(index);
    if (known !== undefined) return known;
    const checkpoint = this.#source.load(index);
    for (const page of checkpoint.pages) {
      if (page.index < this.#pagesOfMachine && page.bytes.length === PAGE_BYTES) continue;
      throw new BadInput(`checkpoint ${String(index)} is damaged: it stores a page that the machine does not have; record again`);
    }
    const loaded = { checkpoint, pages: new Map(checkpoint.pages.map((page) => [page.index, page.bytes])) };
    this.#loaded.set(index, loaded, (checkpoint.pages.length + 5) * PAGE_BYTES);
    return loaded;
  }
}

// the last element that is not greater than `limit`, or -1
function latestNotAfter(ascending: readonly number[], limit: number): number {
  let low = 0, high = ascending.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (ascending[middle]! <= limit) low = middle + 1; else high = middle;
  }
  return ascending[low - 1] ?? -1;
}
