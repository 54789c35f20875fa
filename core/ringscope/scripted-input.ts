// Runs an input script against a guest that is recorded: says what is due at a boundary. Everything follows from the guest's clock and from what
// it printed, so the same script gives the same recording.

import type { ScriptStep, ScriptTime } from '../event/input-script.ts';
import { CLOCKS_PER_SECOND } from '../machine/clock-rate.ts';
import type { NewInput } from '../machine/arrivals.ts';

/** Between two characters that are typed: a fast typist's 30 ms. */
const TYPING_TICKS = Math.round(0.03 * CLOCKS_PER_SECOND);
/** Of what was printed and not waited for yet, so many characters are remembered: the longest text to wait for is shorter. */
const HEARD_MAX = 1 << 14, HEARD_KEPT = 1 << 13;

const ticksOf = ({ unit, value }: ScriptTime): number => (unit === 'clock' ? value : Math.round(value * CLOCKS_PER_SECOND));

export class ScriptedInput {
  /** The clock from which on `take` is to be called; Infinity while a text is waited for, and at the end. */
  due = 0;
  readonly #steps: readonly ScriptStep[];
  #at = 0;
  /** What a `wait`, or typing, waits for; -1: nothing yet. */
  #until = -1;
  readonly #heard = new Map<string, string>();
  #isStuck = false;

  constructor(steps: readonly ScriptStep[]) {
    this.#steps = steps;
  }

  /** True when nothing will come any more: the script is through, or waits for what cannot happen. */
  get isOver(): boolean { return this.#step === null || this.#isStuck; }
  /** The step that is waited for, when the script is not through. */
  get waitsAt(): ScriptStep | null { return this.#step; }

  /** The guest printed a byte. True when `due` has come nearer. */
  hear(device: string, byte: number): boolean {
    const before = this.#heard.get(device) ?? '';
    const heard = `${before.length >= HEARD_MAX ? before.slice(-HEARD_KEPT) : before}${String.fromCharCode(byte)}`;
    this.#heard.set(device, heard);
    const step = this.#step;
    if (this.due !== Infinity || step?.kind !== 'after' || (step.device !== null && step.device !== device) || !heard.endsWith(step.text)) return false;
    this.due = 0;
    return true;
  }

  /** What is given at this boundary. `isIdle`: the guest's clock stands still until something is given, so what waits for it is due. */
  take({ clock, isIdle }: { readonly clock: number; readonly isIdle: boolean }): readonly NewInput[] {
    const given: NewInput[] = [];
    this.#isStuck = false;
    for (let step = this.#step; step !== null; step = this.#step) {
      if (!this.#isDue(step, clock, { isForced: isIdle && given.length === 0 })) {
        this.#isStuck = isIdle && given.length === 0;
        return given;
      }
      if (step.kind === 'give') given.push(...step.inputs.map((bytes) => ({ device: step.device, bytes })));
      this.#at += 1;
      this.#until = -1;
    }
    this.due = Infinity;
    return given;
  }

  get #step(): ScriptStep | null { return this.#steps[this.#at] ?? null; }

  #isDue(step: ScriptStep, clock: number, { isForced }: { readonly isForced: boolean }): boolean {
    switch (step.kind) {
      case 'after': return this.#hasHeard(step);
      case 'at': return this.#isReached(ticksOf(step.time), clock, isForced);
      case 'wait': return this.#isReached(clock + ticksOf(step.time), clock, isForced);
      case 'give': return !step.isTyped || this.#isReached(clock + this.#pauseBefore, clock, isForced);
    }
  }

  /** A first character is typed at once. */
  get #pauseBefore(): number {
    const before = this.#steps[this.#at - 1];
    return before?.kind === 'give' && before.isTyped ? TYPING_TICKS : 0;
  }

  #isReached(until: number, clock: number, isForced: boolean): boolean {
    if (this.#until < 0) this.#until = until;
    this.due = this.#until;
    return isForced || clock >= this.#until;
  }

  // what was printed before the text is over and done with, on every device
  #hasHeard({ device, text }: Extract<ScriptStep, { readonly kind: 'after' }>): boolean {
    this.due = Infinity;
    const found = [...this.#heard].find(([name, heard]) => (device === null || name === device) && heard.includes(text));
    if (found === undefined) return false;
    const [name, heard] = found;
    this.#heard.clear();
    this.#heard.set(name, heard.slice(heard.indexOf(text) + text.length));
    return true;
  }
}
