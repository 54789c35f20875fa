// Makes the checkpoints of a recording: what changed since the one before, and the hash of the whole state. Where they fall
// changes nothing that is recorded.

import { pageBytes } from '../cpu/storage.ts';
import type { Checkpoint, PageImage } from '../event/checkpoint.ts';
import { takeDirtyPages } from './dirty-pages.ts';
import type { Machine } from './machine.ts';
import { ENDED_BYTES, saveState, type SavedState } from './save-state.ts';
import type { Session } from './session.ts';
import { MemoryHash } from './state-hash.ts';

/** Follows the hash of a machine's whole state. To be made right after loading. */
export class StateHasher {
  readonly #machine: Machine;
  readonly #memory: MemoryHash;

  constructor(machine: Machine) {
    this.#machine = machine;
    this.#memory = new MemoryHash(machine.cpu.pageFlags.length);
    this.update(machine.loadedPages);
  }

  /** These pages were written. */
  update(pages: readonly number[]): void {
    for (const page of pages) this.#memory.update(page, pageBytes(this.#machine.cpu, page));
  }

  /** The hash with everything else as saved, but for whether the run is over: a recorder that was killed had no chance to say. */
  hash(saved: SavedState): string {
    return this.#memory.withParts([saved.processor, saved.devices.subarray(ENDED_BYTES)]);
  }
}

export class CheckpointMaker {
  readonly #session: Session;
  readonly #hasher: StateHasher;

  /** To be made right after loading: the first checkpoint is relative to the memory of now. */
  constructor(session: Session) {
    this.#session = session;
    takeDirtyPages(session.machine.cpu);
    this.#hasher = new StateHasher(session.machine);
  }

  /** A checkpoint of the boundary the machine stands at. */
  make(): Checkpoint {
    const { machine } = this.#session;
    const written = takeDirtyPages(machine.cpu);
    this.#hasher.update(written);
    const saved = saveState(this.#session);
    const pages: PageImage[] = written.map((index) => ({ index, bytes: pageBytes(machine.cpu, index).slice() }));
    return {
      position: saved.position, clock: machine.cpu.clock, processor: saved.processor, devices: saved.devices, pages,
      stateHash: this.#hasher.hash(saved),
    };
  }
}
