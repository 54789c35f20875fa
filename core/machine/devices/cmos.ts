// The MC146818's 128 bytes at ports 0x70 and 0x71: the clock (real-time-clock.ts), and memory sizes and the drive as firmware leaves them.
// Bit 7 of port 0x70 masks the NMI.
// Motorola "MC146818A" data sheet: "Address Map"; IBM "Personal Computer AT Technical Reference": "CMOS RAM".

import type { ByteReader } from '../../base/byte-reader.ts';
import type { ByteWriter } from '../../base/byte-writer.ts';
import type { PortDevice, Saved } from './port-device.ts';
import { CENTURY, CLOCK_BYTES, RealTimeClock, type ClockWiring } from './real-time-clock.ts';

export const CMOS_INDEX = 0x70;
const CMOS_BYTES = 128;
const FLOPPY_TYPES = 0x10, EQUIPMENT = 0x14, BASE_MEMORY = 0x15, EXTENDED_MEMORY = 0x17, EXTENDED_MEMORY_FOUND = 0x30, HIGH_MEMORY = 0x34;
const BASE_KIB = 640, KIB = 1024, HIGH_UNIT = 64 * 1024, SIXTEEN_MIB = 16 * 1024 * 1024;
/** Bits of the equipment byte; its display bits are 0 for a VGA. */
const HAS_DISKETTE = 0x01, HAS_COPROCESSOR = 0x02;
const NMI_MASK = 0x80;

export class Cmos implements PortDevice, Saved {
  readonly clock: RealTimeClock;
  #index = 0;
  readonly #bytes = new Uint8Array(CMOS_BYTES);
  readonly #onMask: (isMasked: boolean) => void;

  /** `onMask` hears bit 7 of every write to the index. */
  constructor(wiring: ClockWiring & { readonly onMask: (isMasked: boolean) => void }) {
    this.clock = new RealTimeClock(wiring);
    this.#onMask = wiring.onMask;
  }

  /** What firmware finds: memory, and a 1.44 MB drive when there is a floppy disk. */
  describe(machine: { readonly memoryBytes: number; readonly hasFloppy: boolean }): void {
    const word = (at: number, value: number): void => { this.#bytes.set([value & 0xff, (value >>> 8) & 0xff], at); };
    const extended = Math.min(machine.memoryBytes / KIB - KIB, 0xffff);
    word(BASE_MEMORY, BASE_KIB);
    word(EXTENDED_MEMORY, extended);
    word(EXTENDED_MEMORY_FOUND, extended);
    word(HIGH_MEMORY, Math.max(0, machine.memoryBytes - SIXTEEN_MIB) / HIGH_UNIT);
    this.#bytes[FLOPPY_TYPES] = machine.hasFloppy ? 0x40 : 0;
    this.#bytes[EQUIPMENT] = HAS_COPROCESSOR | (machine.hasFloppy ? HAS_DISKETTE : 0);
  }

  read(port: number): number {
    if (port === CMOS_INDEX) return 0xff;
    return this.#isClock ? this.clock.read(this.#index) : this.#bytes[this.#index]!;
  }

  write(port: number, value: number): void {
    if (port === CMOS_INDEX) {
      this.#index = value & (CMOS_BYTES - 1);
      this.#onMask((value & NMI_MASK) !== 0);
    } else if (this.#isClock) this.clock.write(this.#index, value);
    else this.#bytes[this.#index] = value;
  }

  save(writer: ByteWriter): void {
    writer.u8(this.#index);
    writer.append(this.#bytes);
    this.clock.save(writer);
  }

  restore(reader: ByteReader): void {
    this.#index = reader.u8() & (CMOS_BYTES - 1);
    this.#bytes.set(reader.take(CMOS_BYTES));
    this.clock.restore(reader);
  }

  get #isClock(): boolean { return this.#index < CLOCK_BYTES || this.#index === CENTURY; }
}
