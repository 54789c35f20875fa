// The clock of the MC146818: time of day, alarm, and its three interrupts on line 8. The time follows the guest's clock from what it was set to; at
// the start it is midnight of 1 January 2000. Nothing is counted: flags are worked out when somebody looks, or at the deadline of one that interrupts.
// Motorola "MC146818A" data sheet: "Time, Calendar, and Alarm Locations", "Interrupts", "Update Cycle", "Registers".

import type { ByteReader } from '../../base/byte-reader.ts';
import type { ByteWriter } from '../../base/byte-writer.ts';
import type { WakeQuestion } from '../../cpu/bus.ts';
import { CLOCKS_PER_SECOND } from '../clock-rate.ts';
import type { Saved, Timed } from './port-device.ts';
import { daysOf } from './calendar.ts';
import { decodeTime, encodeTime, nextAlarm, SECONDS_PER_DAY, TIME_BYTES, type ClockFormat } from './clock-fields.ts';

export const STATUS_A = 10, STATUS_B = 11, STATUS_C = 12, STATUS_D = 13, CLOCK_BYTES = 14, CENTURY = 0x32;
const A_UPDATING = 0x80, A_DIVIDER = 0x70, A_RUNNING = 0x20, A_RATE = 0x0f, A_AT_START = 0x26;
const B_SET = 0x80, B_UPDATED = 0x10, B_BINARY = 0x04, B_24_HOURS = 0x02;
const C_PERIODIC = 0x40, C_ALARM = 0x20, C_UPDATED = 0x10, C_ALL = 0x70, C_REQUEST = 0x80;
const D_VALID = 0x80;
/** The bits that say an update comes, 244 microseconds before it: "Update Cycle". */
const UPDATING_CLOCKS = Math.round(0.000_244 * CLOCKS_PER_SECOND);
const CRYSTAL = 32_768;
const START = daysOf({ year: 2000, month: 1, day: 1 }) * SECONDS_PER_DAY;

/** `setLine`: the level of its interrupt line. `isServed`: whether a request on it would reach the processor. */
export interface ClockWiring { readonly clock: () => number; readonly setLine: (isHigh: boolean) => void; readonly isServed: () => boolean }

export class RealTimeClock implements Saved, Timed {
  /** The clock at which it interrupts next; Infinity while it does not, or its line is high already. */
  deadline = Infinity;
  /** Alarm bytes and status registers in their places; the bytes of the time only while SET holds it. */
  readonly #bytes = new Uint8Array(TIME_BYTES);
  /** The second it was set to, and the second of the guest's clock at which it was. */
  #setTo = START;
  #setAt = 0;
  /** Flags are folded into status C up to this clock. */
  #seenAt = 0;
  #isLineHigh = false;
  readonly #wiring: ClockWiring;

  constructor(wiring: ClockWiring) {
    this.#wiring = wiring;
    this.#bytes.set([A_AT_START, B_24_HOURS, 0, D_VALID], STATUS_A);
  }

  willWake({ isMaskableOpen }: WakeQuestion): boolean { return isMaskableOpen && this.deadline !== Infinity && this.#wiring.isServed(); }
  catchUp(): void { this.#settle(); }

  /** Reads a byte of the clock, index 0 to 13, or the century (CENTURY). */
  read(index: number): number {
    switch (index) {
      case STATUS_A: return this.#bytes[STATUS_A]! | (!this.#isHeld && this.#wiring.clock() % CLOCKS_PER_SECOND >= CLOCKS_PER_SECOND - UPDATING_CLOCKS ? A_UPDATING : 0);
      case STATUS_B: case STATUS_D: case 1: case 3: case 5: return this.#bytes[index]!;
      case STATUS_C: return this.#takeFlags();
    }
    return (this.#isHeld ? this.#bytes : encodeTime(this.#now, this.#format))[timeIndex(index)]!;
  }

  write(index: number, value: number): void {
    this.#fold();
    switch (index) {
      case STATUS_A: this.#bytes[STATUS_A] = value & ~A_UPDATING; break;
      case STATUS_B: this.#writeB(value); break;
      case STATUS_C: case STATUS_D: return;
      case 1: case 3: case 5: this.#bytes[index] = value; break;
      default: this.#writeTime(timeIndex(index), value);
    }
    this.#settle();
  }

  save(writer: ByteWriter): void {
    writer.append(this.#bytes);
    for (const value of [this.#setTo, this.#setAt, this.#seenAt]) writer.count(value);
    writer.u8(this.#isLineHigh ? 1 : 0);
  }

  restore(reader: ByteReader): void {
    this.#bytes.set(reader.take(TIME_BYTES));
    this.#setTo = reader.count();
    this.#setAt = reader.count();
    this.#seenAt = reader.count();
    this.#isLineHigh = reader.u8() !== 0;
    this.deadline = this.#nextInterrupt();
  }

  get #isHeld(): boolean { return (this.#bytes[STATUS_B]! & B_SET) !== 0; }
  get #format(): ClockFormat { return { isBinary: (this.#bytes[STATUS_B]! & B_BINARY) !== 0, has24Hours: (this.#bytes[STATUS_B]! & B_24_HOURS) !== 0 }; }
  get #now(): number { return this.#timeAt(this.#wiring.clock()); }
  #timeAt(clock: number): number { return Math.max(0, this.#setTo + secondOf(clock) - this.#setAt); }

  // "SET": the time stands in its bytes and may be written; it goes on from there when SET is cleared
  #writeB(value: number): void {
    const wasHeld = this.#isHeld;
    if (!wasHeld && (value & B_SET) !== 0) this.#hold();
    if (wasHeld && (value & B_SET) === 0) this.#goOn();
    this.#bytes[STATUS_B] = (value & B_SET) !== 0 ? value & ~B_UPDATED : value;
  }

  #writeTime(index: number, value: number): void {
    const isHeld = this.#isHeld;
    if (!isHeld) this.#hold();
    this.#bytes[index] = value;
    if (!isHeld) this.#goOn();
  }

  #hold(): void {
    const kept = [1, 3, 5, STATUS_A, STATUS_B, STATUS_C, STATUS_D].map((index) => [index, this.#bytes[index]!] as const);
    this.#bytes.set(encodeTime(this.#now, this.#format));
    for (const [index, value] of kept) this.#bytes[index] = value;
  }

  #goOn(): void {
    this.#setTo = decodeTime(this.#bytes, this.#format);
    this.#setAt = secondOf(this.#wiring.clock());
  }

  #takeFlags(): number {
    this.#fold();
    const flags = this.#bytes[STATUS_C]!;
    const isRequested = (flags & this.#bytes[STATUS_B]!) !== 0;
    this.#bytes[STATUS_C] = 0;
    this.#settle();
    return flags | (isRequested ? C_REQUEST : 0);
  }

  // what has happened since flags were looked at: "a flag bit is set whether or not its interrupt is enabled"
  #fold(): void {
    const from = this.#seenAt, to = this.#wiring.clock();
    this.#seenAt = to;
    let flags = this.#edgesPerSecond > 0 && this.#edge(to) > this.#edge(from) ? C_PERIODIC : 0;
    if (!this.#isHeld && secondOf(to) > secondOf(from)) {
      flags |= C_UPDATED;
      if (nextAlarm(this.#bytes, this.#timeAt(from), this.#format) <= this.#timeAt(to)) flags |= C_ALARM;
    }
    this.#bytes[STATUS_C]! |= flags;
  }

  #settle(): void {
    this.#fold();
    const isHigh = (this.#bytes[STATUS_C]! & this.#bytes[STATUS_B]! & C_ALL) !== 0;
    if (isHigh !== this.#isLineHigh) {
      this.#isLineHigh = isHigh;
      this.#wiring.setLine(isHigh);
    }
    this.deadline = this.#nextInterrupt();
  }

  #nextInterrupt(): number {
    const enabled = this.#bytes[STATUS_B]!, clock = this.#seenAt;
    if (this.#isLineHigh) return Infinity;
    let next = Infinity;
    if ((enabled & C_PERIODIC) !== 0 && this.#edgesPerSecond > 0) next = this.#clockOfEdge(this.#edge(clock) + 1);
    if (this.#isHeld) return next;
    if ((enabled & C_UPDATED) !== 0) next = Math.min(next, (secondOf(clock) + 1) * CLOCKS_PER_SECOND);
    if ((enabled & C_ALARM) === 0) return next;
    return Math.min(next, (secondOf(clock) + nextAlarm(this.#bytes, this.#timeAt(clock), this.#format) - this.#timeAt(clock)) * CLOCKS_PER_SECOND);
  }

  // "Periodic Interrupt Rate": 32768 Hz divided by 2 to the rate minus one; rates 1 and 2 are 8 and 9 again; none while the divider is held
  get #edgesPerSecond(): number {
    const rate = this.#bytes[STATUS_A]! & A_RATE;
    return rate === 0 || (this.#bytes[STATUS_A]! & A_DIVIDER) !== A_RUNNING ? 0 : CRYSTAL >>> ((rate < 3 ? rate + 7 : rate) - 1);
  }
  #edge(clock: number): number { return secondOf(clock) * this.#edgesPerSecond + Math.floor(clock % CLOCKS_PER_SECOND * this.#edgesPerSecond / CLOCKS_PER_SECOND); }
  #clockOfEdge(edge: number): number {
    const count = this.#edgesPerSecond;
    return Math.floor(edge / count) * CLOCKS_PER_SECOND + Math.ceil(edge % count * CLOCKS_PER_SECOND / count);
  }
}

const secondOf = (clock: number): number => Math.floor(clock / CLOCKS_PER_SECOND);
/** Where the bytes of a time hold what lies at an index: the century comes behind the registers. */
const timeIndex = (index: number): number => (index === CENTURY ? CLOCK_BYTES : index);
