// Which kernel stack an address belongs to. Threads have no name in a trace; each has a kernel stack of its own, so the top of the stack
// tells them apart. Where a stack ends nobody says: an address is taken to lie on the stack whose top, or lowest frame, is nearest above
// it and less than a page away.

import { addressBits } from './crossing.ts';
import { grown, type KernelStack } from './table.ts';

/** Bytes below a known place of a stack that are taken to be of the same stack: no kernel gives a thread less than a page. */
export const STACK_REACH = 4096;
/** Stands for a CR3 nobody knows. */
export const CR3_UNKNOWN = -1;
/** Stacks looked at for one page, at most: bounds what a hostile file can ask for. */
const LOOKED_AT = 64;

export class Threads {
  #tops = new Float64Array(16);
  #cr3s = new Float64Array(16);
  #count = 0;
  /** Threads with a top or a frame in a page. */
  readonly #onPage = new Map<number, number[]>();
  /** Threads whose top nobody has told. */
  readonly #onlyPage = new Set<number>();
  readonly #ofAddressSpace = new Map<number, number>();

  get count(): number {
    return this.#count;
  }

  topOf(thread: number): number {
    return this.#tops[thread]!;
  }

  /** The thread whose kernel stack has its top just here, made when there is none. */
  withTop(top: number, cr3: number): number {
    const found = this.#near(pageOf(top)).find((one) => this.#tops[one] === top && this.#cr3s[one] === cr3);
    if (found !== undefined) this.#onlyPage.delete(found);
    return found ?? this.#add(top, cr3);
  }

  /** The thread of an address no known stack reaches down to: the end of its page stands for the top. */
  ofPage(address: number, cr3: number): number {
    const end = Math.ceil(address / STACK_REACH) * STACK_REACH;
    const found = this.#near(pageOf(end)).find((one) => this.#tops[one] === end && this.#cr3s[one] === cr3);
    if (found !== undefined) return found;
    const made = this.#add(end, cr3);
    this.#onlyPage.add(made);
    return made;
  }

  /** The one thread of an address space, for logs that do not show kernel stacks. */
  ofAddressSpace(cr3: number): number {
    const found = this.#ofAddressSpace.get(cr3) ?? this.#add(NaN, cr3);
    this.#ofAddressSpace.set(cr3, found);
    return found;
  }

  /**
   * The thread whose stack an address lies on, one of this address space before others; -1 for none. `nearest` gives the lowest known
   * place of a thread's stack that is not below the address (NaN for none).
   */
  holding(address: number, cr3: number, nearest: (thread: number, address: number) => number): number {
    let best = -1, bestPlace = Infinity, bestIsHere = false;
    const page = pageOf(address);
    for (const thread of new Set([...this.#near(page), ...this.#near(page + 1)])) {
      const place = nearest(thread, address);
      const isHere = this.#cr3s[thread] === cr3;
      if (!(place - address < STACK_REACH) || (bestIsHere && !isHere)) continue;
      if (place < bestPlace || (isHere && !bestIsHere)) { best = thread; bestPlace = place; bestIsHere = isHere; }
    }
    return best;
  }

  /** Remembers that a thread has a frame at an address. */
  touch(thread: number, address: number): void {
    const page = pageOf(address);
    const there = this.#onPage.get(page);
    if (there === undefined) this.#onPage.set(page, [thread]);
    else if (!this.#near(page).includes(thread)) there.push(thread);
  }

  list(): readonly KernelStack[] {
    return Array.from({ length: this.#count }, (_, index): KernelStack => {
      const top = this.#tops[index]!, cr3 = this.#cr3s[index]!;
      return { stack: Number.isNaN(top) ? null : addressBits(top), cr3: cr3 === CR3_UNKNOWN ? null : BigInt(cr3), isTop: !Number.isNaN(top) && !this.#onlyPage.has(index) };
    });
  }

  #near(page: number): readonly number[] {
    const there = this.#onPage.get(page) ?? [];
    return there.length <= LOOKED_AT ? there : there.slice(-LOOKED_AT);
  }

  #add(top: number, cr3: number): number {
    if (this.#count === this.#tops.length) { this.#tops = grown(this.#tops); this.#cr3s = grown(this.#cr3s); }
    const index = this.#count;
    this.#count += 1;
    this.#tops[index] = top;
    this.#cr3s[index] = cr3;
    if (!Number.isNaN(top)) this.touch(index, top);
    return index;
  }
}

const pageOf = (address: number): number => Math.floor(address / STACK_REACH);
