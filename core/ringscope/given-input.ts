// Who gives inputs to a guest that is recorded: a script, or a person at the keyboard, or both. Every input is written to the trace before the guest
// sees it, with the boundary it is given at.

import type { ScriptStep } from '../event/input-script.ts';
import type { GuestInput, InputDevice } from '../event/input.ts';
import { CLOCKS_PER_SECOND } from '../machine/clock-rate.ts';
import type { NewInput, Outside } from '../machine/arrivals.ts';
import { ScriptedInput } from './scripted-input.ts';

/** A person may give so much before the guest has taken any: more is lost. */
const QUEUED_MAX = 1024;
const TICKS_PER_MILLISECOND = CLOCKS_PER_SECOND / 1000;

export interface Givers {
  readonly script: readonly ScriptStep[];
  /** True when a person is there who may give inputs at any time: a guest that waits for one waits, and its idle time passes as `rested` says. */
  readonly isLive: boolean;
}

export class GivenInput implements Outside {
  readonly #script: ScriptedInput;
  readonly #keep: (inputs: readonly GuestInput[]) => void;
  #isLive: boolean;
  #queue: NewInput[] = [];
  /** Ticks a sleeping processor's clock may jump, and how many it was to jump last and might not. */
  #leave = 0;
  #wanted = 0;

  /** `keep` writes inputs to the trace. */
  constructor({ script, isLive }: Givers, keep: (inputs: readonly GuestInput[]) => void) {
    this.#script = new ScriptedInput(script);
    this.#isLive = isLive;
    this.#keep = keep;
  }

  get due(): number { return this.#queue.length > 0 ? 0 : this.#script.due; }
  get isOver(): boolean { return !this.#isLive && this.#script.isOver; }
  /** The step of the script that never came, when there is one. */
  get waitsAt(): ScriptStep | null { return this.#script.waitsAt; }

  /** A person gives something. */
  give(device: InputDevice, bytes: Uint8Array): void {
    if (this.#queue.length < QUEUED_MAX) this.#queue.push({ device, bytes });
  }

  /** The guest printed a byte; true when `due` has come nearer. */
  hear(device: string, byte: number): boolean { return this.#script.hear(device, byte); }

  take(at: { readonly clock: number; readonly isIdle: boolean }): readonly NewInput[] {
    const queued = this.#queue;
    this.#queue = [];
    return queued.length > 0 && at.isIdle ? queued : [...this.#script.take(at), ...queued];
  }

  kept(inputs: readonly GuestInput[]): void { this.#keep(inputs); }

  mayIdle(ticks: number): boolean {
    if (!this.#isLive) return true;
    this.#wanted = ticks;
    if (ticks > this.#leave) return false;
    this.#leave -= ticks;
    return true;
  }

  /** So many milliseconds have passed while the processor slept. */
  rested(milliseconds: number): void {
    // what is more is not saved up: a guest that was slow for a while is not hurried afterwards
    this.#leave = Math.min(this.#leave + milliseconds * TICKS_PER_MILLISECOND, this.#wanted);
  }

  /** The person is gone: time passes freely, and nothing more comes. */
  close(): void {
    this.#isLive = false;
    this.#queue = [];
  }
}
