// The one source of non-maskable interrupts: a port of our own. `out 0xEA, eax` (al, ax) asks for an NMI once that many ticks of the
// guest's clock have passed after the instruction; 0: right after it. A later write replaces an earlier one that has not come yet.
// Port 0x70 bit 7 holds an NMI back until it is cleared. IBM "Personal Computer AT Technical Reference": "Non-Maskable Interrupt".

import type { ByteReader } from '../../base/byte-reader.ts';
import type { ByteWriter } from '../../base/byte-writer.ts';
import type { Saved, Timed } from './port-device.ts';

export const NMI_PORT = 0xea;

export class NmiTimer implements Saved, Timed {
  /** The clock at which the NMI comes; Infinity when none is asked for. */
  deadline = Infinity;
  #isMasked = false;
  /** It came while it was masked. */
  #isWaiting = false;
  readonly #clock: () => number;
  readonly #raise: () => void;
  readonly #isServed: () => boolean;

  /** `clock` tells the guest's clock; `raise` passes an NMI on to the processor; `isServed` tells whether it would get there. */
  constructor(clock: () => number, raise: () => void, isServed: () => boolean) {
    this.#clock = clock;
    this.#raise = raise;
    this.#isServed = isServed;
  }

  willWake(): boolean { return this.deadline !== Infinity && !this.#isMasked && this.#isServed(); }

  /** Asks for an NMI `delay` ticks after the instruction that is being executed. */
  start(delay: number): void {
    this.deadline = this.#clock() + 1 + delay;
  }

  catchUp(): void {
    if (this.#clock() < this.deadline) return;
    this.deadline = Infinity;
    if (this.#isMasked) this.#isWaiting = true;
    else this.#raise();
  }

  setMask(isMasked: boolean): void {
    this.#isMasked = isMasked;
    if (isMasked || !this.#isWaiting) return;
    this.#isWaiting = false;
    this.#raise();
  }

  save(writer: ByteWriter): void {
    writer.count(this.deadline === Infinity ? 0 : this.deadline);
    writer.u8((this.#isMasked ? 1 : 0) | (this.#isWaiting ? 2 : 0));
  }

  restore(reader: ByteReader): void {
    const deadline = reader.count();
    this.deadline = deadline === 0 ? Infinity : deadline;
    const bits = reader.u8();
    this.#isMasked = (bits & 1) !== 0;
    this.#isWaiting = (bits & 2) !== 0;
  }
}
