// The registers just before the event being emitted, for expressions of --until and --filter that ask for them. Kept only while
// somebody may ask: a copy of the register file per event otherwise buys nothing.

import { REGISTER_FILE_WORDS } from '../arch/register-file.ts';
import type { Cpu } from '../cpu/state.ts';

export class RegistersBefore {
  readonly #cpu: Cpu;
  readonly #copy = new Uint32Array(REGISTER_FILE_WORDS);
  readonly #wanted: boolean;
  #isTaken = false;

  constructor(cpu: Cpu, options: { readonly wanted: boolean }) {
    this.#cpu = cpu;
    this.#wanted = options.wanted;
  }

  /** The state before a coming event; a later call replaces an earlier one. */
  capture(): void {
    if (!this.#wanted) return;
    this.#copy.set(this.#cpu.registerFile.subarray(0, REGISTER_FILE_WORDS));
    this.#isTaken = true;
  }

  /** The event is over. */
  release(): void {
    this.#isTaken = false;
  }

  /** REGISTER_FILE_WORDS words, valid until the event is over. An event that changes nothing itself has no state of its own. */
  readonly words = (): Uint32Array => (this.#isTaken ? this.#copy : this.#cpu.registerFile);
}
