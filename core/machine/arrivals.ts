// What comes from outside at the boundaries of a run: the changes of a what-if, and inputs. Both are made as the first thing of the attempt behind
// their boundary, changes first, each with its event. Replay makes them at the same boundaries; only a recording has somebody who gives new ones.

import { decodeUtf8 } from '../base/utf8.ts';
import { emitInput } from '../cpu/emit.ts';
import { printChange } from '../event/change.ts';
import { WHAT_IF_DEVICE } from '../event/change-plan.ts';
import type { GuestInput } from '../event/input.ts';
import { applyChange } from './apply-change.ts';
import type { Machine } from './machine.ts';

/** Something to be given now: the boundary is where the guest stands. */
export type NewInput = Omit<GuestInput, 'attempts'>;

/**
 * Who gives inputs while a guest is recorded: a script, a person. Asked between instructions only, at most once at a boundary, so that what is given
 * follows from the boundary alone.
 */
export interface Outside {
  /** The clock from which on it is to be asked; Infinity: not by itself. Looked at where the run loop stops anyway, and after `Session.hurry`. */
  readonly due: number;
  /** True when nothing will be given any more: a guest that waits for an input then waits in vain. */
  readonly isOver: boolean;
  /** What is given here, in order. `isIdle`: nothing but an input will wake the processor, so its clock stands still. */
  take(at: { readonly clock: number; readonly isIdle: boolean }): readonly NewInput[];
  /** Told what was kept, before the guest sees it. */
  kept(inputs: readonly GuestInput[]): void;
  /** Asked before a sleeping processor's clock jumps by so many ticks to what will wake it; false: not yet. */
  mayIdle(ticks: number): boolean;
}

export class Arrivals {
  readonly #machine: Machine;
  /** The boundary at which something was made, or -1: the attempt behind it has begun. */
  #madeAt = -1;
  /** The first input that is not made yet. */
  #next = 0;

  constructor(machine: Machine) {
    this.#machine = machine;
    this.resume();
  }

  /** True when something of this boundary was made. */
  get hasBegun(): boolean { return this.#madeAt === this.#machine.cpu.attempts; }

  /** The next boundary at which something is to be made, this one included; Infinity when none is left. */
  get next(): number {
    return Math.min(this.#nextChange, this.#machine.inputs[this.#next]?.attempts ?? Infinity);
  }

  /** True when something is to be made at the boundary the machine stands at. */
  get isDue(): boolean { return this.next <= this.#machine.cpu.attempts; }

  /** The machine was put to a boundary from outside: nothing of it is made yet. */
  resume(): void {
    const { cpu, inputs } = this.#machine;
    this.#madeAt = -1;
    const next = inputs.findIndex(({ attempts }) => attempts >= cpu.attempts);
    this.#next = next < 0 ? inputs.length : next;
  }

  /** Keeps inputs for the boundary the machine stands at. */
  add(given: readonly NewInput[]): readonly GuestInput[] {
    const inputs = given.map((one) => ({ ...one, attempts: this.#machine.cpu.attempts }));
    this.#machine.inputs.push(...inputs);
    return inputs;
  }

  /** Makes what is due, one `input` event each. Throws BadInput when a change cannot be made. */
  make(): void {
    const { cpu, options, inputs, devices } = this.#machine;
    if (!this.hasBegun) {
      for (const { attempts, change } of options.changes) {
        if (attempts === cpu.attempts) emitInput(cpu, { device: WHAT_IF_DEVICE, data: printChange(change) }, () => { applyChange(cpu, change); });
      }
    }
    this.#madeAt = cpu.attempts;
    for (let input = inputs[this.#next]; input !== undefined && input.attempts <= cpu.attempts; input = inputs[this.#next]) {
      const { device, bytes } = input;
      this.#next += 1;
      // the event first: what the device does about it, a line raised, has events of its own
      emitInput(cpu, { device, data: decodeUtf8(bytes) }, () => undefined);
      devices.input(device, bytes);
    }
  }

  get #nextChange(): number {
    const { cpu, options } = this.#machine;
    const first = this.hasBegun ? cpu.attempts + 1 : cpu.attempts;
    return options.changes.length === 0 ? Infinity : options.changes.find(({ attempts }) => attempts >= first)?.attempts ?? Infinity;
  }
}
