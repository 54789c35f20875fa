// What one attempt, executed again, writes to some bytes: every write in order, with the bytes before and after it and the event that stands
// for it. Listens as a probe as well, since a slot of a frame is known by what the processor says of it.

import { isRealMode } from '../../cpu/mode.ts';
import type { Cpu } from '../../cpu/state.ts';
import { BY_DEVICE, BY_TASK_SWITCH, type WriteWatch } from '../../cpu/write-watch.ts';
import { joinCount } from '../../base/u64.ts';
import { highWordOf, wordOf, type EventDraft } from '../../event/draft.ts';
import { ACCESS_KINDS } from '../../event/heard.ts';
import { EVENT_KINDS, TABLES } from '../../event/kinds.ts';
import type { Position } from '../../event/position.ts';
import type { Probe } from '../../event/probe.ts';
import { handleOf } from '../../event/schema.ts';
import { PAGE_BYTES } from '../options.ts';
import { positionOf } from '../save-state.ts';

/** Physical bytes [first, end), at most 8. */
export interface WatchedBytes { readonly first: number; readonly end: number }

/** One write to some of the watched bytes. */
export interface NotedWrite {
  readonly by: number;
  /** Where in the attempt: iterations done, and the next event then. */
  readonly position: Position;
  readonly physical: number; readonly size: number;
  /** All watched bytes. */
  readonly before: bigint; readonly after: bigint;
  /** The event that stands for it, or null. */
  readonly event: number | null;
}

type Growing = { -readonly [Key in keyof NotedWrite]: NotedWrite[Key] } & {
  /** Bytes of its last piece. */
  piece: number;
  touches: boolean;
  /** A slot of a frame, or part of a task: a transition stands for it. */
  isOfTransition: boolean;
  /** Transitions before it. */
  readonly transitions: number;
};

const TABLE_WRITE = EVENT_KINDS.indexOf('table-write'), TRANSITION = EVENT_KINDS.indexOf('transition');
const TABLE = handleOf('table-write', 'table'), PHYSICAL = handleOf('table-write', 'physical');
const ENTRIES_OF_8 = ['gdt', 'ldt', 'idt'];
const FRAME = ACCESS_KINDS.indexOf('frame');

export class AttemptWrites implements Probe, WriteWatch {
  readonly listening = true;
  readonly #cpu: Cpu;
  readonly #events: Probe;
  readonly #bytes: WatchedBytes;
  readonly #writes: Growing[] = [];
  readonly #transitions: number[] = [];
  #current: Growing | null = null;

  /** `events`: who else is told of events. */
  constructor(cpu: Cpu, events: Probe, bytes: WatchedBytes) {
    this.#cpu = cpu;
    this.#events = events;
    this.#bytes = bytes;
  }

  /** The writes to the watched bytes, in order. To be asked when the attempt is over. */
  get writes(): readonly NotedWrite[] {
    return this.#writes.map((one) => (one.event === null && one.isOfTransition ? { ...one, event: this.#transitionOf(one) } : one));
  }

  begin(physical: number, size: number, by: number): void {
    const position = positionOf(this.#cpu);
    const before = valueOf(this.#cpu, this.#bytes);
    const isPiece = this.#current !== null && continues(this.#current, { physical, size, by, position });
    if (!isPiece) {
      this.#current = {
        by, position, physical, size: 0, before, after: before, event: null, piece: 0, touches: false, isOfTransition: by === BY_TASK_SWITCH, transitions: this.#transitions.length,
      };
    }
    const one = this.#current!;
    one.size += size;
    one.piece = size;
    if (one.touches || !overlaps({ first: physical, end: physical + size }, this.#bytes)) return;
    one.touches = true;
    this.#writes.push(one);
  }

  end(): void {
    if (this.#current !== null) this.#current.after = valueOf(this.#cpu, this.#bytes);
  }

  // the processor tells of a slot right behind writing it
  access(...told: Parameters<Probe['access']>): void {
    const what = told[0], write = told[7];
    if (what === FRAME && write !== 0 && this.#current !== null) this.#current.isOfTransition = true;
  }

  before(): void { this.#events.before(); }

  // table writes are told of right behind the write
  emit(seq: number, draft: EventDraft): void {
    if (draft.kind === TRANSITION) this.#transitions.push(seq);
    if (draft.kind === TABLE_WRITE && this.#current?.touches === true && this.#isAbout(draft)) this.#current.event ??= seq;
    this.#events.emit(seq, draft);
  }

  check(): void {
    // what was checked is another question
  }

  differ(): void {
    // so is what others do
  }

  #isAbout(draft: EventDraft): boolean {
    const first = joinCount(wordOf(draft, PHYSICAL), highWordOf(draft, PHYSICAL));
    const is8 = ENTRIES_OF_8.includes(TABLES[wordOf(draft, TABLE)] ?? '') && !isRealMode(this.#cpu);
    return overlaps({ first, end: first + (is8 ? 8 : 4) }, this.#bytes);
  }

  // the transition is told of behind its frame; behind a task switch the new task's error code comes last
  #transitionOf({ transitions }: Growing): number | null {
    return this.#transitions[transitions] ?? this.#transitions[transitions - 1] ?? null;
  }
}

/** True when two ranges share a byte. */
export const overlaps = (a: WatchedBytes, b: WatchedBytes): boolean => a.first < b.end && b.first < a.end;

/** Watched bytes as they are now, little-endian. */
export function valueOf(cpu: Cpu, { first, end }: WatchedBytes): bigint {
  let value = 0n;
  for (let at = end - 1; at >= first; at -= 1) value = (value << 8n) | BigInt(cpu.ram[at] ?? 0);
  return value;
}

// a write across pages comes byte by byte, or in a part for each page
function continues(last: Growing, next: { readonly physical: number; readonly size: number; readonly by: number; readonly position: Position }): boolean {
  const isSameMoment = last.position.icount === next.position.icount && last.position.iteration === next.position.iteration;
  if (!isSameMoment || last.by !== next.by || next.by === BY_DEVICE) return false;
  const end = last.physical + last.size;
  const isNextByte = end === next.physical && last.piece === 1 && next.size === 1;
  return isNextByte || (end % PAGE_BYTES === 0 && next.physical % PAGE_BYTES === 0);
}
