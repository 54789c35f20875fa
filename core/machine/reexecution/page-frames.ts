// Which version of each memory page the machine's RAM (and the storage behind it) holds, so that going back copies only the pages that differ.
// A version is either bytes kept in memory, shared between snapshots, or the number of the file checkpoint that has them.

import { PAGE_DIRTY } from '../../cpu/page-flags.ts';
import { writeByDevice } from '../../cpu/physical.ts';
import { pageBytes, writeStorage } from '../../cpu/storage.ts';
import { PAGE_BYTES } from '../options.ts';
import type { Machine } from '../machine.ts';
import { takeDirtyPages } from '../dirty-pages.ts';

/** Bytes of a page, or the index of the checkpoint that holds them. */
export type FrameVersion = Uint8Array | number;
/** Versions by page index; a page that is absent is as the loader left it. */
export type FrameMap = ReadonlyMap<number, FrameVersion>;
/** Finds the bytes of page `page` in checkpoint `checkpoint`. */
export type CheckpointPages = (checkpoint: number, page: number) => Uint8Array;

const ZERO_PAGE = new Uint8Array(PAGE_BYTES);

export class PageFrames {
  readonly #machine: Machine;
  readonly #fromCheckpoint: CheckpointPages;
  /** Pages the loader filled; all others began as zeros. */
  readonly #loaded = new Map<number, Uint8Array>();
  /** The versions at the last capture or restore, shared with whoever holds it; and what was written since. */
  #base: FrameMap = new Map();
  readonly #since = new Map<number, FrameVersion>();

  /** To be made right after loading: RAM as it is now is what absent pages mean. */
  constructor(machine: Machine, fromCheckpoint: CheckpointPages) {
    this.#machine = machine;
    this.#fromCheckpoint = fromCheckpoint;
    takeDirtyPages(machine.cpu);
    for (const page of machine.loadedPages) this.#loaded.set(page, pageBytes(this.#machine.cpu, page).slice());
  }

  /** Gives every page written since the last call a version of its own, and says which they are. */
  sync(): readonly number[] {
    const dirty = takeDirtyPages(this.#machine.cpu);
    for (const page of dirty) this.#since.set(page, pageBytes(this.#machine.cpu, page).slice());
    return dirty;
  }

  /** The versions RAM holds now. */
  capture(): FrameMap {
    this.sync();
    if (this.#since.size === 0) return this.#base;
    this.#base = new Map([...this.#base, ...this.#since]);
    this.#since.clear();
    return this.#base;
  }

  /** Makes RAM hold `target`: copies the pages whose version differs. Back to the last capture: only what was written since. */
  apply(target: FrameMap): void {
    for (const page of [...takeDirtyPages(this.#machine.cpu), ...this.#since.keys()]) this.#put(page, target.get(page));
    if (target !== this.#base) {
      for (const [page, version] of this.#base) if (target.get(page) !== version) this.#put(page, target.get(page));
      for (const [page, version] of target) if (!this.#base.has(page)) this.#put(page, version);
    }
    this.#base = target;
    this.#since.clear();
  }

  #put(page: number, version: FrameVersion | undefined): void {
    const bytes = version === undefined ? this.#loaded.get(page) ?? ZERO_PAGE : typeof version === 'number' ? this.#fromCheckpoint(version, page) : version;
    const { cpu } = this.#machine;
    if (page * PAGE_BYTES < cpu.ramBytes) writeByDevice(cpu, page * PAGE_BYTES, bytes);
    else writeStorage(cpu, page * PAGE_BYTES - cpu.ramBytes, bytes);
    cpu.pageFlags[page]! &= ~PAGE_DIRTY;
  }
}
