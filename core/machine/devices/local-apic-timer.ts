// The timer of the local APIC: a count that goes down to 0, once or again and again. Nothing is counted here: the count follows from the
// guest's clock, and the run loop stops at `deadline`. SDM 3A "APIC Timer". Registers and vector: local-apic.ts.

import type { ByteReader } from '../../base/byte-reader.ts';
import type { ByteWriter } from '../../base/byte-writer.ts';
import type { WakeQuestion } from '../../cpu/bus.ts';
import { APIC_COUNTS_PER_CLOCK } from '../clock-rate.ts';
import type { Saved, Timed } from './port-device.ts';

/** Bits of the divide configuration register; bit 2 is not one of them. */
const DIVIDE_BITS = 0b1011;

/** `clock` tells the guest's clock, `expire` hears that the count reached 0, `isServed` tells whether that would interrupt the processor now. */
export interface TimerWorld { readonly clock: () => number; readonly expire: () => void; readonly isServed: () => boolean }

export class LocalApicTimer implements Saved, Timed {
  /** The clock at which the count reaches 0 next and somebody hears of it; else Infinity. */
  deadline = Infinity;
  #initial = 0;
  #divide = 0;
  #isPeriodic = false;
  #isMasked = true;
  /** At this clock so much was left: everything else follows. */
  #since = 0;
  #left = 0;
  readonly #world: TimerWorld;

  constructor(world: TimerWorld) { this.#world = world; }

  get initialCount(): number { return this.#initial; }
  get divideConfiguration(): number { return this.#divide; }

  get currentCount(): number {
    const elapsed = this.#elapsed;
    if (elapsed < this.#left) return this.#left - elapsed;
    return this.#repeats ? this.#initial - ((elapsed - this.#left) % this.#initial) : 0;
  }

  willWake({ isMaskableOpen }: WakeQuestion): boolean { return isMaskableOpen && this.deadline !== Infinity && this.#world.isServed(); }

  catchUp(): void {
    if (this.#world.clock() < this.deadline) return;
    this.#arm();
    this.#world.expire();
  }

  /** Starts it anew; 0 stops it. */
  setInitialCount(count: number): void {
    this.#initial = count;
    this.#startFrom(count);
  }

  setDivideConfiguration(value: number): void {
    const left = this.currentCount;
    this.#divide = value & DIVIDE_BITS;
    this.#startFrom(left);
  }

  /** What its entry in the local vector table says. */
  setEntry({ isPeriodic, isMasked }: { readonly isPeriodic: boolean; readonly isMasked: boolean }): void {
    const left = this.currentCount, isSame = isPeriodic === this.#isPeriodic;
    this.#isPeriodic = isPeriodic;
    this.#isMasked = isMasked;
    if (isSame) this.#arm();
    else this.#startFrom(left);
  }

  /** The state after reset, its entry aside. */
  reset(): void {
    this.#divide = 0;
    this.setInitialCount(0);
  }

  save(writer: ByteWriter): void {
    writer.u32(this.#initial);
    writer.u8(this.#divide | (this.#isPeriodic ? 0x10 : 0) | (this.#isMasked ? 0x20 : 0));
    writer.count(this.#since);
    writer.u32(this.#left);
    writer.count(this.deadline === Infinity ? 0 : this.deadline);
  }

  restore(reader: ByteReader): void {
    this.#initial = reader.u32();
    const bits = reader.u8();
    this.#divide = bits & DIVIDE_BITS;
    this.#isPeriodic = (bits & 0x10) !== 0;
    this.#isMasked = (bits & 0x20) !== 0;
    this.#since = reader.count();
    this.#left = reader.u32();
    const deadline = reader.count();
    this.deadline = deadline === 0 ? Infinity : deadline;
  }

  get #repeats(): boolean { return this.#isPeriodic && this.#initial !== 0; }
  // 000: divided by 2, 001: by 4, … 110: by 128, 111: by 1
  get #divisor(): number { return 1 << ((((this.#divide & 3) | ((this.#divide >>> 1) & 4)) + 1) & 7); }
  get #elapsed(): number { return Math.floor(((this.#world.clock() - this.#since) * APIC_COUNTS_PER_CLOCK) / this.#divisor); }

  #startFrom(left: number): void {
    this.#since = this.#world.clock();
    this.#left = left;
    this.#arm();
  }

  #arm(): void {
    const next = this.#isMasked ? Infinity : this.#nextZero();
    this.deadline = next === Infinity ? Infinity : this.#since + Math.ceil((next * this.#divisor) / APIC_COUNTS_PER_CLOCK);
  }

  /** Counts since `#since` at which it is 0 next, after the present moment. */
  #nextZero(): number {
    const elapsed = this.#elapsed;
    if (elapsed < this.#left) return this.#left;
    return this.#repeats ? this.#left + (Math.floor((elapsed - this.#left) / this.#initial) + 1) * this.#initial : Infinity;
  }
}
