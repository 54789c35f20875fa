// One counter of an 8254: its output and count are functions of the tick it was loaded at, never counted down. Modes 0, 2, 3 and 4;
// the hardware-triggered ones (1, 5) and BCD are refused. Ticks are those of the crystal (clock-rate.ts).
// Intel "8254 Programmable Interval Timer" data sheet: "Mode Definitions", "Read Operations".

import type { ByteReader } from '../../base/byte-reader.ts';
import type { ByteWriter } from '../../base/byte-writer.ts';
import { Unsupported } from '../../cpu/fault.ts';
import type { Saved } from './port-device.ts';

/** Mode of a counter that got no control word yet. */
const NO_MODE = 7;
const LOW_ONLY = 1, HIGH_ONLY = 2;
const TERMINAL_COUNT = 0, RATE = 2, SQUARE = 3, STROBE = 4;
/** What a byte or count field holds when there is none: one more than any count. All fields are numbers, so that a checkpoint writes them alike. */
const NONE = 0x1_0000;
const FIELDS = ['mode', 'access', 'period', 'start', 'nextPeriod', 'nextStart', 'nextAt', 'gate', 'held', 'low', 'readsHigh', 'latch', 'status'] as const;

export class PitChannel implements Saved {
  private mode = NO_MODE;
  /** The control word's RW bits: which bytes of the count are written and read. */
  private access = LOW_ONLY | HIGH_ONLY;
  /** The count, 1..65536; 0 while none is loaded. */
  private period = 0;
  /** The tick at which the count was (or will be) loaded. */
  private start = 0;
  /** A count written while another is running takes over at tick `nextAt`; 0 when there is none. */
  private nextPeriod = 0;
  private nextStart = 0;
  private nextAt = 0;
  private gate = 1;
  /** Ticks counted when the gate closed. */
  private held = 0;
  /** The low byte of a count whose high byte is still to come. */
  private low = NONE;
  private readsHigh = 0;
  /** Latched count and status, until they are read. */
  private latch = NONE;
  private status = NONE;

  /** The output at a tick. */
  output(tick: number): boolean {
    this.settle(tick);
    const elapsed = this.elapsed(tick);
    if (elapsed < 0) return this.mode !== TERMINAL_COUNT;
    switch (this.mode) {
      case TERMINAL_COUNT: return elapsed >= this.period;
      case RATE: return this.gate === 0 || elapsed % this.period !== this.period - 1;
      case SQUARE: return this.gate === 0 || elapsed % this.period < half(this.period);
      default: return elapsed !== this.period;
    }
  }

  /** The first tick after `tick` at which the output changes; Infinity when it never does by itself. */
  nextEdge(tick: number): number {
    this.settle(tick);
    if (this.period === 0 || this.gate === 0) return Infinity;
    const elapsed = Math.max(this.elapsed(tick), -1), from = Math.max(tick, this.start - 1);
    const phase = elapsed < 0 ? -1 : elapsed % this.period;
    switch (this.mode) {
      case TERMINAL_COUNT: return elapsed < this.period ? this.start + this.period : Infinity;
      case RATE: return from + (phase < this.period - 1 ? this.period - 1 - phase : 1);
      case SQUARE: return from + (phase < half(this.period) ? half(this.period) : this.period) - phase;
      default: return elapsed < this.period ? this.start + this.period : elapsed === this.period ? tick + 1 : Infinity;
    }
  }

  /** True when its output will rise some time after `tick`, whatever it is now. */
  willRise(tick: number): boolean {
    return this.nextEdge(tick) !== Infinity;
  }

  /** A control word for this counter: "Control Word Format". */
  control(value: number, tick: number): void {
    if ((value & 0x30) === 0) {
      this.latchCount(tick);
      return;
    }
    const mode = (value >>> 1) & 7;
    if ((value & 1) !== 0) throw new Unsupported('8254: counting in BCD');
    if (mode === 1 || mode === 5) throw new Unsupported(`8254: mode ${String(mode)} (triggered by hardware)`);
    this.mode = mode > STROBE ? mode & 3 : mode;
    this.access = (value >>> 4) & 3;
    this.period = 0;
    this.nextPeriod = 0;
    this.held = 0;
    this.low = NONE;
    this.readsHigh = 0;
    this.latch = NONE;
    this.status = NONE;
  }

  latchCount(tick: number): void {
    if (this.latch === NONE) this.latch = this.count(tick);
  }

  /** "Read-Back Command": output, null count, and the control word. */
  latchStatus(tick: number): void {
    if (this.status !== NONE) return;
    const isOutput = this.output(tick);
    const isNull = this.elapsed(tick) < 0 || this.nextPeriod !== 0;
    this.status = (isOutput ? 0x80 : 0) | (isNull ? 0x40 : 0) | (this.access << 4) | ((this.mode & 7) << 1);
  }

  /** Reads the counter's port. */
  read(tick: number): number {
    if (this.status !== NONE) {
      const { status } = this;
      this.status = NONE;
      return status;
    }
    const count = this.latch === NONE ? this.count(tick) : this.latch;
    const isHigh = this.access === HIGH_ONLY || (this.access !== LOW_ONLY && this.readsHigh === 1);
    if (this.access === (LOW_ONLY | HIGH_ONLY)) this.readsHigh ^= 1;
    if (isHigh || this.access === LOW_ONLY) this.latch = NONE;
    return isHigh ? count >>> 8 : count & 0xff;
  }

  /** Writes the counter's port. */
  write(value: number, tick: number): void {
    this.settle(tick);
    if (this.mode === NO_MODE) return;
    if (this.access === LOW_ONLY) this.load(value, tick);
    else if (this.access === HIGH_ONLY) this.load(value << 8, tick);
    else if (this.low === NONE) {
      this.low = value;
      // "Mode 0": the first byte stops the count
      if (this.mode === TERMINAL_COUNT) this.period = 0;
    } else {
      const count = this.low | (value << 8);
      this.low = NONE;
      this.load(count, tick);
    }
  }

  /** The gate input. Modes 2 and 3 start over when it opens, the others go on counting. */
  setGate(isOpen: boolean, tick: number): void {
    this.settle(tick);
    if (isOpen === (this.gate === 1)) return;
    if (!isOpen) this.held = Math.max(0, this.elapsed(tick));
    this.gate = isOpen ? 1 : 0;
    if (!isOpen) return;
    if (this.mode !== RATE && this.mode !== SQUARE) {
      this.start = tick - this.held;
      return;
    }
    if (this.nextPeriod !== 0) this.period = this.nextPeriod;
    this.nextPeriod = 0;
    this.start = tick + 1;
  }

  // a tick may lie before the run began, by less than a period
  save(writer: ByteWriter): void {
    for (const field of FIELDS) writer.count(this[field] + NONE);
  }

  restore(reader: ByteReader): void {
    for (const field of FIELDS) this[field] = reader.count() - NONE;
  }

  // ticks counted since the count was loaded; negative before that
  private elapsed(tick: number): number {
    if (this.period === 0) return -1;
    return this.gate === 0 ? this.held : tick - this.start;
  }

  private count(tick: number): number {
    this.settle(tick);
    const elapsed = Math.max(0, this.elapsed(tick));
    if (this.mode === RATE) return (this.period - elapsed % this.period) & 0xffff;
    if (this.mode !== SQUARE) return (this.period - elapsed) & 0xffff;
    // it counts by two, an odd count from one less: "Mode 3"
    const phase = elapsed % this.period;
    return ((this.period & ~1) - 2 * (phase < half(this.period) ? phase : phase - half(this.period))) & 0xffff;
  }

  private load(count: number, tick: number): void {
    const period = count === 0 ? 0x1_0000 : count;
    const isPeriodic = this.mode === RATE || this.mode === SQUARE;
    if (isPeriodic && period === 1) throw new Unsupported(`8254: a count of 1 in mode ${String(this.mode)}`);
    if (isPeriodic && this.gate === 1 && this.elapsed(tick) >= 0) {
      this.loadLater(period, tick);
      return;
    }
    this.period = period;
    this.nextPeriod = 0;
    this.held = 0;
    this.start = tick + 1;
  }

  // "Mode 2": at the end of the cycle. "Mode 3": at the end of the half cycle, which keeps its phase.
  private loadLater(period: number, tick: number): void {
    const phase = this.elapsed(tick) % this.period;
    const begins = tick - phase;
    const endsHigh = this.mode === SQUARE && phase < half(this.period);
    this.nextAt = begins + (endsHigh ? half(this.period) : this.period);
    this.nextStart = endsHigh ? this.nextAt - half(period) : this.nextAt;
    this.nextPeriod = period;
  }

  // a waiting count takes over
  private settle(tick: number): void {
    if (this.nextPeriod === 0 || this.gate === 0 || tick < this.nextAt) return;
    this.period = this.nextPeriod;
    this.start = this.nextStart;
    this.nextPeriod = 0;
  }
}

/** How long mode 3's output is high: "for odd counts, (N + 1) / 2". */
const half = (period: number): number => (period + 1) >>> 1;
