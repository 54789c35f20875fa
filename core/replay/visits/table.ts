// Kernel visits as typed columns, one entry a visit, in the order of entry: cheap for a million of them. Filled by scan.ts; readers
// take `Visits` and ask `visitAt` for one as an object.

import { VIAS, type Via } from '../../event/kinds.ts';
import { callOf, callText, NO_CALL, type SystemCall } from '../os/system-call.ts';
import { visitName } from './name.ts';

/** In columns: no event, no visit. */
export const NONE = 0xffff_ffff;

/**
 * How a visit ended. `returned`: by the exit that consumed its frame, or that left the stack it began on. `open`: the recording ends
 * first. `stack-reused`: its place on the stack was used again, so it can never return. `shutdown`, `reset`: so ended the processor.
 * `not-logged`: the log says nothing of returns inside the kernel.
 */
export const ENDINGS = ['returned', 'open', 'stack-reused', 'shutdown', 'reset', 'not-logged'] as const;
export type Ending = (typeof ENDINGS)[number];

/** Why an exit belongs to no visit. */
export const UNMATCHED = ['no-entry', 'error-code', 'address-space', 'other-stack', 'filtered'] as const;
export type Unmatched = (typeof UNMATCHED)[number];

/**
 * A kernel stack: what tells one thread from another. `stack`: linear address of its top; null in logs that do not say. `isTop`: false
 * where only the page is known, whose end stands for the top.
 */
export interface KernelStack { readonly stack: bigint | null; readonly cr3: bigint | null; readonly isTop: boolean }

export interface Visits {
  readonly count: number;
  /** Sequence number of the entry; rising. */
  readonly entry: Uint32Array;
  /** Sequence number of the exit, or NONE. */
  readonly exit: Uint32Array;
  /** The event at which it is over: the exit, what shows that it cannot return, or the number of events. */
  readonly over: Uint32Array;
  /** Code in ENDINGS. */
  readonly ending: Uint8Array;
  /** Code in VIAS. */
  readonly via: Uint8Array;
  /** Vector, or -1. */
  readonly vector: Int16Array;
  /** Visits of the same thread around this one. */
  readonly depth: Uint16Array;
  /** Index in `threads`. */
  readonly thread: Uint32Array;
  /** The visit around this one, or NONE. */
  readonly parent: Uint32Array;
  /** Faults met inside, those of visits inside included. */
  readonly faults: Uint32Array;
  /** 1 where the pairing rests on more than what was recorded. */
  readonly inferred: Uint8Array;
  /** 1 where another thread ran before it was over. */
  readonly switched: Uint8Array;
  /** Flags of user code still set in the kernel: a bit for each of USER_FLAGS. */
  readonly survivors: Uint8Array;
  /** Linear address of what its return consumes; of a fast call, of the stack it began on. NaN where nobody knows. Bit 63 is the sign. */
  readonly frame: Float64Array;
  /** Bytes of error code below the frame. */
  readonly codeBytes: Uint8Array;
  /** Number of the system call it serves; NO_CALL for none, and where the operating system was not asked for. */
  readonly call: Uint32Array;
  /** Visits that returned, in the order of their exits. */
  readonly byExit: Uint32Array;
  readonly threads: readonly KernelStack[];
  /** Interrupt line of each vector, as acknowledged; 255 where none was. */
  readonly lines: Uint8Array;
  /** Exits that belong to no visit: sequence numbers, rising, and codes in UNMATCHED. */
  readonly strayExits: Uint32Array;
  readonly strayReasons: Uint8Array;
  readonly misses: Misses;
}

/** No distance is known. */
export const DELTA_UNKNOWN = 0x7fff_ffff;

/**
 * Exits that missed a visit: a return that faulted while it was under way, or one that succeeded with another frame than the pushed one.
 * Ordered by visit, then by event; those no visit was under way for have NONE and stand last.
 */
export interface Misses {
  readonly visit: Uint32Array;
  /** The fault, or the exit. */
  readonly seq: Uint32Array;
  /** Stack pointer of the exit less the address of the frame, in bytes; DELTA_UNKNOWN where that means nothing. */
  readonly delta: Int32Array;
}

/** One visit as readers print it. Exactly one of `seqExit` and `reason` is null. */
export interface Visit {
  readonly index: number;
  readonly seqEntry: number;
  readonly seqExit: number | null;
  readonly reason: Exclude<Ending, 'returned'> | null;
  readonly seqOver: number;
  readonly cause: { readonly via: Via; readonly vector: number | null };
  /** `int 0x80`, `#PF`, `IRQ0`. */
  readonly name: string;
  /** The system call it serves, where the operating system is known. */
  readonly call: SystemCall | null;
  /** The name with the call: `int 0x80 write (4)`. */
  readonly title: string;
  readonly depth: number;
  readonly thread: number;
  readonly stack: KernelStack;
  readonly faults: number;
  readonly inferred: boolean;
  /** Another thread ran before it was over. */
  readonly switched: boolean;
}

/** One visit as an object. */
export function visitAt(visits: Visits, index: number): Visit {
  const ending = ENDINGS[visits.ending[index]!]!;
  const thread = visits.thread[index]!;
  const vector = visits.vector[index]!;
  const cause = { via: VIAS[visits.via[index]!] ?? 'unknown', vector: vector < 0 ? null : vector };
  const line = visits.lines[vector] ?? 255;
  const name = visitName(cause, line === 255 ? null : line), call = callOf(visits.call[index]!);
  return {
    index, seqEntry: visits.entry[index]!, seqExit: ending === 'returned' ? visits.exit[index]! : null, reason: ending === 'returned' ? null : ending,
    seqOver: visits.over[index]!, cause, name, call, title: call === null ? name : `${name} ${callText(call)}`,
    depth: visits.depth[index]!, thread, stack: visits.threads[thread]!, faults: visits.faults[index]!, inferred: visits.inferred[index] === 1,
    switched: visits.switched[index] === 1,
  };
}

/** The visit an event enters or returns from; NONE for any other event. */
export function visitOfEvent(visits: Visits, seq: number): number {
  const entered = lastBelow(visits.count, (index) => visits.entry[index]! <= seq);
  if (entered >= 0 && visits.entry[entered] === seq) return entered;
  const left = lastBelow(visits.byExit.length, (index) => visits.exit[visits.byExit[index]!]! <= seq);
  return left >= 0 && visits.exit[visits.byExit[left]!] === seq ? visits.byExit[left]! : NONE;
}

/** Visits looked at before giving up, when the last one entered is over with all around it: the one sought is of another thread. */
const LOOKED_AT = 4096;

/** The innermost visit under way just before event `seq`, of the thread that entered last; NONE outside all. */
export function visitAround(visits: Visits, seq: number): number {
  const last = lastEnteredBefore(visits, seq);
  for (let start = last; start >= 0 && last - start < LOOKED_AT; start -= 1) {
    for (let index = start; index !== NONE; index = visits.parent[index]!) if (visits.over[index]! >= seq) return index;
  }
  return NONE;
}

/** Index of the last visit whose entry is before event `seq`; -1 when there is none. */
export function lastEnteredBefore(visits: Visits, seq: number): number {
  return lastBelow(visits.count, (index) => visits.entry[index]! < seq);
}

/** The last index below `count` for which it holds, where it holds for all before; -1 for none. */
export function lastBelow(count: number, holds: (index: number) => boolean): number {
  let low = 0, high = count;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (holds(middle)) low = middle + 1; else high = middle;
  }
  return low - 1;
}

/** A column of numbers that grows. */
export class Growing {
  #words = new Uint32Array(64);
  length = 0;

  push(value: number): void {
    if (this.length === this.#words.length) this.#words = grown(this.#words);
    this.#words[this.length] = value;
    this.length += 1;
  }

  take(): Uint32Array {
    return this.#words.slice(0, this.length);
  }
}

/** Columns that grow. */
export class VisitColumns {
  count = 0;
  entry = new Uint32Array(64); exit = new Uint32Array(64); over = new Uint32Array(64); ending = new Uint8Array(64); via = new Uint8Array(64);
  vector = new Int16Array(64); depth = new Uint16Array(64); thread = new Uint32Array(64); parent = new Uint32Array(64); faults = new Uint32Array(64);
  inferred = new Uint8Array(64); switched = new Uint8Array(64); survivors = new Uint8Array(64); frame = new Float64Array(64); codeBytes = new Uint8Array(64);
  call = new Uint32Array(64);

  /** Adds a visit that is under way. Returns its index. */
  add(visit: { readonly entry: number; readonly via: number; readonly vector: number; readonly thread: number; readonly parent: number }): number {
    if (this.count === this.entry.length) this.#grow();
    const index = this.count;
    this.count += 1;
    this.entry[index] = visit.entry;
    this.exit[index] = this.over[index] = NONE;
    this.call[index] = NO_CALL;
    this.ending[index] = ENDINGS.indexOf('open');
    this.via[index] = visit.via;
    this.vector[index] = visit.vector;
    this.thread[index] = visit.thread;
    this.parent[index] = visit.parent;
    this.depth[index] = visit.parent === NONE ? 0 : Math.min(0xffff, this.depth[visit.parent]! + 1);
    return index;
  }

  /** Ends a visit; `exit` is NONE unless it returned. Its faults count for the visit around it, too. */
  close(index: number, end: { readonly ending: Ending; readonly exit: number; readonly over: number }): void {
    this.exit[index] = end.exit;
    this.over[index] = end.over;
    this.ending[index] = ENDINGS.indexOf(end.ending);
    const parent = this.parent[index]!;
    if (parent !== NONE) this.faults[parent]! += this.faults[index]!;
  }

  /** The columns at their length. */
  take(more: Pick<Visits, 'threads' | 'lines' | 'byExit' | 'strayExits' | 'strayReasons' | 'misses'>): Visits {
    const { count } = this;
    return {
      count, ...more, entry: this.entry.slice(0, count), exit: this.exit.slice(0, count), over: this.over.slice(0, count), ending: this.ending.slice(0, count),
      via: this.via.slice(0, count), vector: this.vector.slice(0, count), depth: this.depth.slice(0, count), thread: this.thread.slice(0, count),
      parent: this.parent.slice(0, count), faults: this.faults.slice(0, count), inferred: this.inferred.slice(0, count),
      switched: this.switched.slice(0, count), survivors: this.survivors.slice(0, count), frame: this.frame.slice(0, count), codeBytes: this.codeBytes.slice(0, count),
      call: this.call.slice(0, count),
    };
  }

  #grow(): void {
    this.entry = grown(this.entry); this.exit = grown(this.exit); this.over = grown(this.over); this.ending = grown(this.ending); this.via = grown(this.via);
    this.vector = grown(this.vector); this.depth = grown(this.depth); this.thread = grown(this.thread); this.parent = grown(this.parent);
    this.faults = grown(this.faults); this.inferred = grown(this.inferred);
    this.switched = grown(this.switched); this.survivors = grown(this.survivors); this.frame = grown(this.frame); this.codeBytes = grown(this.codeBytes);
    this.call = grown(this.call);
  }
}

/** The same numbers in twice the room. */
export function grown<Column extends Uint32Array | Uint8Array | Uint16Array | Int16Array | Float64Array>(column: Column): Column {
  const larger = new (column.constructor as new (length: number) => Column)(column.length * 2);
  larger.set(column);
  return larger;
}
