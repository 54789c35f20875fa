// The 8254 of a PC at ports 0x40..0x43. Counter 0 drives interrupt line 0, counter 1 is the memory refresh nobody sees, counter 2 the
// speaker, whose gate and output are in port 0x61. Nothing is counted: the run loop stops at `deadline` and calls `catchUp`.
// Intel "8254 Programmable Interval Timer" data sheet; IBM "Personal Computer AT Technical Reference": "System Timers".

import type { ByteReader } from '../../base/byte-reader.ts';
import type { ByteWriter } from '../../base/byte-writer.ts';
import { CLOCKS_PER_PIT_TICK } from '../clock-rate.ts';
import { PitChannel } from './pit-channel.ts';
import type { WakeQuestion } from '../../cpu/bus.ts';
import type { PortDevice, Saved, Timed } from './port-device.ts';

export const PIT_PORT = 0x40;
const CONTROL = 3;
/** Bits of a read-back command; its latch bits are active low. */
const READ_BACK = 3, NO_COUNT = 0x20, NO_STATUS = 0x10;
/** The memory refresh of an AT: port 0x61 shows it as a bit that flips at every request. */
const REFRESH_TICKS = 18;

export class Pit implements PortDevice, Saved, Timed {
  readonly #channels = [new PitChannel(), new PitChannel(), new PitChannel()] as const;
  readonly #clock: () => number;
  readonly #onOutput: (isHigh: boolean) => void;
  readonly #isServed: () => boolean;
  /** The tick up to which changes of counter 0's output have been told. */
  #toldTick = 0;

  /** `clock` tells the guest's clock; `onOutput` hears the level of counter 0's output whenever it may have changed; `isServed` tells whether that line would interrupt. */
  constructor(clock: () => number, onOutput: (isHigh: boolean) => void, isServed: () => boolean) {
    this.#clock = clock;
    this.#onOutput = onOutput;
    this.#isServed = isServed;
    this.#channels[2].setGate(false, 0);
  }

  /** The clock at which counter 0's output changes next; Infinity when it never does. */
  get deadline(): number { return this.#channels[0].nextEdge(this.#toldTick) * CLOCKS_PER_PIT_TICK; }
  willWake({ isMaskableOpen }: WakeQuestion): boolean {
    return isMaskableOpen && this.#channels[0].willRise(this.#tick) && this.#isServed();
  }

  /** Tells every change of the output up to now, in order. */
  catchUp(): void {
    while (this.deadline <= this.#clock()) {
      this.#toldTick = this.deadline / CLOCKS_PER_PIT_TICK;
      this.#onOutput(this.#channels[0].output(this.#toldTick));
    }
  }

  read(port: number): number {
    const channel = this.#channels[port & 3];
    return channel === undefined ? 0xff : channel.read(this.#tick);
  }

  write(port: number, value: number): void {
    const channel = this.#channels[port & 3];
    if (channel === undefined) this.#control(value);
    else channel.write(value, this.#tick);
    this.#tellOutput();
  }

  /** Port 0x61 bit 0. */
  setSpeakerGate(isOpen: boolean): void { this.#channels[2].setGate(isOpen, this.#tick); }
  /** Port 0x61 bit 5. */
  get speakerOutput(): boolean { return this.#channels[2].output(this.#tick); }
  /** Port 0x61 bit 4. */
  get refreshToggle(): boolean { return (Math.floor(this.#tick / REFRESH_TICKS) & 1) !== 0; }

  save(writer: ByteWriter): void {
    writer.count(this.#toldTick);
    for (const channel of this.#channels) channel.save(writer);
  }

  restore(reader: ByteReader): void {
    this.#toldTick = reader.count();
    for (const channel of this.#channels) channel.restore(reader);
  }

  get #tick(): number { return Math.floor(this.#clock() / CLOCKS_PER_PIT_TICK); }

  #control(value: number): void {
    const select = value >>> 6;
    if (select < CONTROL) {
      this.#channels[select]!.control(value & 0x3f, this.#tick);
      return;
    }
    this.#channels.forEach((channel, index) => {
      if (((value >>> 1) & (1 << index)) === 0 || select !== READ_BACK) return;
      if ((value & NO_COUNT) === 0) channel.latchCount(this.#tick);
      if ((value & NO_STATUS) === 0) channel.latchStatus(this.#tick);
    });
  }

  #tellOutput(): void {
    this.#toldTick = this.#tick;
    this.#onOutput(this.#channels[0].output(this.#toldTick));
  }
}
