// The receiving half of the 16550: its FIFO, what a sender outside still holds, and when the next byte is complete. The sender waits while
// there is no room or the line is looped, so nothing from outside is lost; only the loop can overrun. Registers: serial-port.ts.
// National Semiconductor "PC16550D" data sheet: "FIFO Interrupt Mode Operation", "Programmable Baud Generator".

import type { ByteReader } from '../../base/byte-reader.ts';
import type { ByteWriter } from '../../base/byte-writer.ts';
import { CLOCKS_PER_SECOND } from '../clock-rate.ts';
import type { Saved } from './port-device.ts';

const FIFO_BYTES = 16;
/** Bytes a sender holds at most; what is more is lost, so that no recording can make us keep more. */
export const SERIAL_WAITING_MAX = 1 << 16;
/** Sixteenths of a bit the crystal makes in a second, at a divisor of 1. */
const SIXTEENTHS_PER_SECOND = 1_843_200;
/** "Time-out": four characters long nothing came and nothing was read. */
const TIMEOUT_CHARACTERS = 4;

/** How the line is set: bits of a whole character with start, parity and stop bits, the divisor, and whether what is sent comes back. */
export interface LineSettings { readonly frameBits: number; readonly divisor: number; readonly isLooped: boolean }

export class SerialReceiver implements Saved {
  /** A byte came from the loop while there was no room: line status bit 1. */
  isOverrun = false;
  /** Fewer bytes than the trigger level have lain in the FIFO too long. */
  hasTimedOut = false;
  readonly #fifo = new Uint8Array(FIFO_BYTES);
  #count = 0;
  #isFifo = false;
  #last = 0;
  #waiting = new Uint8Array(0);
  /** The clock at which the first byte that waits is complete; Infinity when none is on its way. */
  #nextAt = Infinity;
  /** The clock of the time-out; Infinity when none is coming. */
  #timeoutAt = Infinity;
  readonly #clock: () => number;
  readonly #line: () => LineSettings;

  /** `clock` tells the guest's clock, `line` how the line is set now. */
  constructor(clock: () => number, line: () => LineSettings) {
    this.#clock = clock;
    this.#line = line;
  }

  /** Bytes received and not read. */
  get count(): number { return this.#count; }
  /** True when a byte will come, or a time-out. */
  get isExpecting(): boolean { return this.deadline !== Infinity; }
  get deadline(): number { return Math.min(this.#nextAt, this.#timeoutAt); }

  /** Bytes from outside: the first is complete now when the line is idle. */
  give(bytes: Uint8Array): void {
    const taken = bytes.subarray(0, SERIAL_WAITING_MAX - this.#waiting.length);
    const waiting = new Uint8Array(this.#waiting.length + taken.length);
    waiting.set(this.#waiting);
    waiting.set(taken, this.#waiting.length);
    this.#waiting = waiting;
    this.#expect(this.#clock());
  }

  /** A byte from the loop. */
  loop(byte: number): void {
    if (this.#hasRoom) this.#take(byte, this.#clock());
    else this.isOverrun = true;
  }

  /** Takes what is complete by now. */
  catchUp(): void {
    const clock = this.#clock();
    while (this.#nextAt <= clock) {
      const at = this.#nextAt;
      this.#nextAt = Infinity;
      if (this.#waiting.length === 0 || !this.#hasRoom) break;
      this.#take(this.#waiting[0]!, at);
      this.#waiting = this.#waiting.slice(1);
      this.#expect(at + this.#characters(1));
    }
    if (this.#timeoutAt > clock) return;
    this.hasTimedOut = true;
    this.#timeoutAt = Infinity;
  }

  /** The receiver buffer register: takes the oldest byte. An empty FIFO reads as 0, an empty buffer as what it held last. */
  read(): number {
    if (this.#count === 0) return this.#isFifo ? 0 : this.#last;
    this.#last = this.#fifo[0]!;
    this.#fifo.copyWithin(0, 1);
    this.#count -= 1;
    this.#waitForTimeout(this.#clock());
    this.#expect(this.#clock() + this.#characters(1));
    return this.#last;
  }

  /** FIFO control: what was received is gone. */
  reset({ isFifo }: { readonly isFifo: boolean }): void {
    this.#isFifo = isFifo;
    this.#count = 0;
    this.#waitForTimeout(this.#clock());
    this.#expect(this.#clock() + this.#characters(1));
  }

  /** The loop was closed or opened: the sender stops, or goes on. */
  setLoop(): void {
    if (this.#line().isLooped) this.#nextAt = Infinity;
    else this.#expect(this.#clock() + this.#characters(1));
  }

  save(writer: ByteWriter): void {
    writer.u8((this.isOverrun ? 1 : 0) | (this.hasTimedOut ? 2 : 0) | (this.#isFifo ? 4 : 0));
    writer.u8(this.#last);
    writer.u8(this.#count);
    writer.append(this.#fifo);
    for (const at of [this.#nextAt, this.#timeoutAt]) writer.count(at === Infinity ? 0 : at + 1);
    writer.varint(this.#waiting.length);
    writer.append(this.#waiting);
  }

  restore(reader: ByteReader): void {
    const bits = reader.u8();
    this.isOverrun = (bits & 1) !== 0;
    this.hasTimedOut = (bits & 2) !== 0;
    this.#isFifo = (bits & 4) !== 0;
    this.#last = reader.u8();
    this.#count = Math.min(reader.u8(), FIFO_BYTES);
    this.#fifo.set(reader.take(FIFO_BYTES));
    this.#nextAt = (reader.count() || Infinity) - 1;
    this.#timeoutAt = (reader.count() || Infinity) - 1;
    this.#waiting = reader.take(reader.atMost(SERIAL_WAITING_MAX, 'the number of bytes that wait for COM1')).slice();
  }

  get #hasRoom(): boolean { return this.#count < (this.#isFifo ? FIFO_BYTES : 1); }

  #take(byte: number, at: number): void {
    this.#fifo[this.#count] = byte;
    this.#count += 1;
    this.#waitForTimeout(at);
  }

  // the next byte is under way, unless one is already or it would find no room
  #expect(at: number): void {
    if (this.#nextAt === Infinity && this.#waiting.length > 0 && this.#hasRoom && !this.#line().isLooped) this.#nextAt = at;
  }

  #waitForTimeout(from: number): void {
    this.hasTimedOut = false;
    this.#timeoutAt = this.#isFifo && this.#count > 0 ? from + this.#characters(TIMEOUT_CHARACTERS) : Infinity;
  }

  #characters(count: number): number {
    const { frameBits, divisor } = this.#line();
    return Math.ceil(count * frameBits * 16 * Math.max(divisor, 1) * CLOCKS_PER_SECOND / SIXTEENTHS_PER_SECOND);
  }
}
