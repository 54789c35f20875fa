// The visits under way: by the frame that ends them, by their thread, and the fast calls apart. Everything a new entry or an exit makes
// impossible is closed here, so that nothing is looked at twice.

import type { Crossing } from './crossing.ts';
import { grown, Growing, NONE, VisitColumns, type Ending } from './table.ts';
import { STACK_REACH, Threads } from './threads.ts';

/** Visits of one place looked at, at most: bounds what a hostile file can ask for. */
const LOOKED_AT = 64;

/** The exit of a visit. `exact`: its frame or stack said so. */
export interface Match { readonly visit: number; readonly exact: boolean }

export class OpenVisits {
  readonly columns = new VisitColumns();
  readonly threads = new Threads();
  readonly byExit = new Growing();
  /** The address space of each visit's frame. */
  #cr3 = new Float64Array(64);
  /** How often the thread had changed when a visit began. */
  #changesBefore = new Uint32Array(64);
  #changes = 0;
  #lastThread = -1;
  /** The innermost visit under way of each thread. */
  readonly #innermost = new Map<number, number>();
  /** Visits under way by the address of their frame, the latest last. */
  readonly #byFrame = new Map<number, number[]>();
  /** Fast calls, and entries of logs without frames, under way: the latest last. */
  #loose: number[] = [];

  /** Opens a visit on the thread; what the thread's stack cannot hold beside it is over. */
  enter(seq: number, crossing: Crossing, place: { readonly thread: number; readonly cr3: number; readonly frame: number; readonly inferred?: boolean }): number {
    const { thread, cr3, frame } = place;
    const visit = this.columns.add({ entry: seq, via: crossing.via, vector: crossing.vector, thread, parent: this.innermost(thread) });
    if (visit >= this.#cr3.length) { this.#cr3 = grown(this.#cr3); this.#changesBefore = grown(this.#changesBefore); }
    this.#cr3[visit] = cr3;
    this.#changesBefore[visit] = this.#changes;
    this.columns.frame[visit] = frame;
    this.columns.codeBytes[visit] = crossing.codeBytes;
    this.columns.survivors[visit] = crossing.survivors;
    this.#innermost.set(thread, visit);
    if (Number.isNaN(crossing.frame)) this.#loose.push(visit);
    else push(this.#byFrame, frame, visit);
    if (!Number.isNaN(frame)) this.threads.touch(thread, frame);
    if (place.inferred === true) this.columns.inferred[visit] = 1;
    return visit;
  }

  /** Notes that a thread runs; -1 for one nobody knows. */
  runs(thread: number): void {
    if (thread === this.#lastThread) return;
    this.#lastThread = thread;
    this.#changes += 1;
  }

  isOpen(visit: number): boolean {
    return this.columns.over[visit] === NONE;
  }

  /** The innermost visit under way of a thread, or NONE. */
  innermost(thread: number): number {
    return this.#innermost.get(thread) ?? NONE;
  }

  /** The lowest known place of a thread's stack at or above an address: a frame, a start, or the top. */
  readonly placeAbove = (thread: number, address: number): number => {
    let visit = this.innermost(thread);
    for (let looked = 0; visit !== NONE && looked < LOOKED_AT; looked += 1) {
      if (this.columns.frame[visit]! >= address) return this.columns.frame[visit]!;
      visit = this.columns.parent[visit]!;
    }
    const top = this.threads.topOf(thread);
    return top >= address ? top : NaN;
  };

  /** The thread whose stack holds an address; -1 for none. */
  threadHolding(address: number, cr3: number): number {
    return this.threads.holding(address, cr3, this.placeAbove);
  }

  /** Closes what lies below a place of a thread's stack (`atToo`: or begins just there): the stack pointer has been above it, so it can never return. */
  unwind(thread: number, above: number, seq: number, { atToo }: { readonly atToo: boolean }): void {
    for (let visit = this.innermost(thread); visit !== NONE; visit = this.innermost(thread)) {
      const frame = this.columns.frame[visit]!;
      if (!(frame < above || (atToo && frame === above))) return;
      this.close(visit, 'stack-reused', seq);
    }
  }

  /** The visit whose frame an exit consumes. */
  withFrame(frame: number, cr3: number): number {
    return this.#last(this.#byFrame.get(frame), (visit) => this.#cr3[visit] === cr3);
  }

  /** True when a visit's frame lies there in another address space. */
  hasFrameElsewhere(frame: number): boolean {
    return this.#last(this.#byFrame.get(frame), () => true) !== NONE;
  }

  /** The visit whose error code, left on the stack, an exit at `frame` takes for its instruction pointer. */
  withCodeAt(frame: number, codeBytes: number, cr3: number): number {
    return this.#last(this.#byFrame.get(frame + codeBytes), (visit) => this.#cr3[visit] === cr3 && this.columns.codeBytes[visit] === codeBytes && codeBytes > 0);
  }

  /** The fast call that began on the stack an exit leaves: just there, else nearest above, else the only one of the address space. */
  fastOn(sp: number, cr3: number, fits: (via: number) => boolean): Match | null {
    const here = this.#loose.slice(-LOOKED_AT).filter((visit) => this.isOpen(visit) && this.#cr3[visit] === cr3 && fits(this.columns.via[visit]!));
    const above = here.filter((visit) => this.columns.frame[visit]! >= sp && this.columns.frame[visit]! - sp < STACK_REACH).sort((a, b) => this.columns.frame[a]! - this.columns.frame[b]! || b - a);
    if (above[0] !== undefined) return { visit: above[0], exact: true };
    return here.length === 1 && here[0] !== undefined ? { visit: here[0], exact: false } : null;
  }

  /** The latest visit under way without a frame that fits, of one address space or of any (null). */
  looseIn(cr3: number | null, fits: (via: number) => boolean): number {
    return this.#last(this.#loose, (visit) => (cr3 === null || this.#cr3[visit] === cr3) && fits(this.columns.via[visit]!));
  }

  /** Ends a visit by its exit; those that lie deeper on its stack can never return. */
  leave(visit: number, seq: number, { exact }: { readonly exact: boolean }): void {
    const thread = this.columns.thread[visit]!;
    this.runs(thread);
    for (let inner = this.innermost(thread); inner !== NONE && inner !== visit; inner = this.innermost(thread)) this.close(inner, 'stack-reused', seq);
    if (!exact) this.columns.inferred[visit] = 1;
    this.close(visit, 'returned', seq);
    this.byExit.push(visit);
  }

  /** Ends a visit. */
  close(visit: number, ending: Ending, seq: number): void {
    const { columns } = this;
    const thread = columns.thread[visit]!;
    columns.switched[visit] = this.#changes === this.#changesBefore[visit]! ? 0 : 1;
    columns.close(visit, { ending, exit: ending === 'returned' ? seq : NONE, over: seq });
    if (this.innermost(thread) === visit) this.#innermost.set(thread, columns.parent[visit]!);
    const frame = this.#byFrame.get(this.columns.frame[visit]!);
    if (frame !== undefined) remove(this.#byFrame, this.columns.frame[visit]!, frame, visit);
    // what is over goes when it comes to the end: the list stays in order and as short as what is under way
    while (this.#loose.length > 0 && !this.isOpen(this.#loose[this.#loose.length - 1]!)) this.#loose.pop();
    if (this.#loose.length > 2 * LOOKED_AT) this.#loose = this.#loose.slice(-LOOKED_AT);
  }

  /** Ends everything under way: the processor stopped, or the recording. */
  closeAll(ending: Ending, seq: number): void {
    for (const [thread] of this.#innermost) for (let visit = this.innermost(thread); visit !== NONE; visit = this.innermost(thread)) this.close(visit, ending, seq);
  }

  #last(list: readonly number[] | undefined, fits: (visit: number) => boolean): number {
    if (list === undefined) return NONE;
    for (let at = list.length - 1; at >= 0 && at >= list.length - LOOKED_AT; at -= 1) if (this.isOpen(list[at]!) && fits(list[at]!)) return list[at]!;
    return NONE;
  }
}

function push(map: Map<number, number[]>, key: number, value: number): void {
  const there = map.get(key);
  if (there === undefined) map.set(key, [value]); else there.push(value);
}

function remove(map: Map<number, number[]>, key: number, list: number[], value: number): void {
  const at = list.lastIndexOf(value);
  if (at >= 0) list.splice(at, 1);
  if (list.length === 0) map.delete(key);
}
