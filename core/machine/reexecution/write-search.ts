// Who last wrote some bytes of physical memory before a point: the recording is executed again backwards, from start to start, with a watch on
// their pages. What the checkpoints of the file say was not written is passed over, so a writer long ago is found without executing everything
// between. The watch is set only while something is executed here: no checkpoint, snapshot or hash ever sees it.

import { PAGE_SOUGHT } from '../../cpu/page-flags.ts';
import { ramAddress } from '../../cpu/physical.ts';
import { CS } from '../../cpu/state.ts';
import { BY_DEVICE, type WriteWatch } from '../../cpu/write-watch.ts';
import { comparePositions, type Position } from '../../event/position.ts';
import type { Probe } from '../../event/probe.ts';
import type { MemoryWrite } from '../../event/reexecutor.ts';
import { AttemptWrites, overlaps, valueOf, type NotedWrite, type WatchedBytes } from './attempt-writes.ts';
import { PAGE_BYTES } from '../options.ts';
import type { Rewinder } from './rewinder.ts';
import { positionOf } from '../save-state.ts';

/** Attempts made between two pauses. */
const PAUSE_EVERY = 100_000;

export interface WriteQuestion { readonly before: Position; readonly physical: number; readonly length: number }

export class WriteSearch {
  readonly #rewinder: Rewinder;
  readonly #events: Probe;
  readonly #pause: () => Promise<void>;

  /** `events`: who compares the events of what is executed again. */
  constructor(rewinder: Rewinder, events: Probe, pause: () => Promise<void>) {
    this.#rewinder = rewinder;
    this.#events = events;
    this.#pause = pause;
  }

  /** The last write to any of the bytes; null when they were never written and no loader filled them. */
  async last({ before, physical, length }: WriteQuestion): Promise<MemoryWrite | null> {
    const rewinder = this.#rewinder;
    const { cpu } = rewinder.machine;
    const first = ramAddress(cpu, physical);
    const bytes = { first, end: Math.min(first + length, cpu.ramBytes) };
    if (bytes.end <= first) return null;
    rewinder.goToPosition(before);
    // when `before` lies inside an attempt, that attempt may have written before it
    let end = comparePositions(rewinder.position, before) < 0 ? rewinder.attempts + 1 : rewinder.attempts;
    while (end > 0) {
      const unwritten = rewinder.unwrittenSince(end, pagesOf(bytes));
      if (unwritten < end) {
        end = unwritten;
        continue;
      }
      const start = rewinder.startBefore(end);
      const hits = await this.#hits(bytes, { start, end });
      for (const hit of hits.reverse()) {
        const found = this.#examine(bytes, hit, before);
        if (found !== null) return found;
      }
      end = start;
    }
    return this.#loaded(bytes);
  }

  /** Where in [start, end) the bytes were written: one position for each attempt and event, ascending. */
  async #hits(bytes: WatchedBytes, { start, end }: { readonly start: number; readonly end: number }): Promise<Position[]> {
    const rewinder = this.#rewinder;
    const { cpu } = rewinder.machine;
    const hits: Position[] = [];
    const { first, end: last } = bytes;
    // hot: a page may be written at every third instruction
    const watch: WriteWatch = {
      begin: (physical, size) => { if (physical < last && first < physical + size) keep(hits, positionOf(cpu)); },
      end: () => { /* where is all that is asked */ },
    };
    rewinder.goToAttempts(start);
    while (rewinder.attempts < end && rewinder.session.end === null) {
      this.#watching(bytes, watch, () => { rewinder.goToAttempts(Math.min(end, rewinder.attempts + PAUSE_EVERY)); });
      if (rewinder.attempts < end) await this.#pause();
    }
    return hits;
  }

  /** The last write before `before` of the attempt that contains a hit. */
  #examine(bytes: WatchedBytes, hit: Position, before: Position): MemoryWrite | null {
    const rewinder = this.#rewinder;
    rewinder.goToPosition(hit);
    const { attempts } = rewinder;
    const isAtBoundary = comparePositions(rewinder.position, hit) === 0;
    const found = this.#lastOfAttempt(bytes, before);
    if (found !== null || !isAtBoundary || attempts === 0) return found;
    // what an attempt writes when all its events have been told (a new task's error code) seems to lie at the boundary behind it
    rewinder.goToAttempts(attempts - 1);
    return this.#lastOfAttempt(bytes, before);
  }

  #lastOfAttempt(bytes: WatchedBytes, before: Position): MemoryWrite | null {
    const { machine: { cpu }, session, position: at } = this.#rewinder;
    const { cpl, eip } = cpu, cs = cpu.segmentSelector(CS);
    const noted = new AttemptWrites(cpu, this.#events, bytes);
    cpu.probe = noted;
    try {
      this.#watching(bytes, noted, () => { session.run(1); });
    } finally {
      cpu.probe = this.#events;
    }
    const last = [...noted.writes].reverse().find((one) => isBefore(one, before));
    if (last === undefined) return null;
    const { by, event, physical, size, before: valueBefore, after } = last;
    return { by: by === BY_DEVICE ? 'device' : 'cpu', at, event, cpl, cs, ip: BigInt(eip), physical, size, before: valueBefore, after };
  }

  #watching(bytes: WatchedBytes, watch: WriteWatch, execute: () => void): void {
    const { cpu } = this.#rewinder.machine;
    for (const page of pagesOf(bytes)) cpu.pageFlags[page]! |= PAGE_SOUGHT;
    cpu.writeWatch = watch;
    try {
      execute();
    } finally {
      cpu.writeWatch = null;
      for (const page of pagesOf(bytes)) cpu.pageFlags[page]! &= ~PAGE_SOUGHT;
    }
  }

  #loaded(bytes: WatchedBytes): MemoryWrite | null {
    const { machine } = this.#rewinder;
    const part = [...machine.plan.parts].reverse().find(({ physical, memoryBytes }) => overlaps({ first: physical, end: physical + memoryBytes }, bytes));
    if (part === undefined) return null;
    this.#rewinder.restart();
    return {
      by: 'loader', at: null, event: null, cpl: null, cs: null, ip: null, physical: part.physical, size: part.memoryBytes, before: 0n, after: valueOf(machine.cpu, bytes),
    };
  }
}

// an event that stands for the write comes behind it: before that event the write had not been made
function isBefore({ position, event }: NotedWrite, before: Position): boolean {
  return comparePositions(position, before) < 0 && (event === null || event < before.seq);
}

// of the many writes of a REP one is enough: which of them it was is seen when its attempt is looked at
function keep(hits: Position[], position: Position): void {
  const last = hits.at(-1);
  if (last?.icount === position.icount && last.seq === position.seq) hits.pop();
  hits.push(position);
}

function pagesOf({ first, end }: WatchedBytes): readonly number[] {
  const page = Math.floor(first / PAGE_BYTES), last = Math.floor((end - 1) / PAGE_BYTES);
  return page === last ? [page] : [page, last];
}
