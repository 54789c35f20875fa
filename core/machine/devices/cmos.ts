// The MC146818's 128 bytes at ports 0x70 and 0x71: memory sizes and the drive, as firmware leaves them, and a clock that starts at midnight
// of 1 January 2000 and runs on the guest's own clock. Its interrupts are refused by name. Bit 7 of port 0x70 masks the NMI.
// Motorola "MC146818A" data sheet: "Address Map"; IBM "Personal Computer AT Technical Reference": "CMOS RAM".

import type { ByteReader } from '../../base/byte-reader.ts';
import type { ByteWriter } from '../../base/byte-writer.ts';
import { Unsupported } from '../../cpu/fault.ts';
import { CLOCKS_PER_SECOND } from '../clock-rate.ts';
import type { PortDevice, Saved } from './port-device.ts';

export const CMOS_INDEX = 0x70;
const CMOS_BYTES = 128;
const SECONDS = 0, MINUTES = 2, HOURS = 4, WEEKDAY = 6, YEAR = 9, STATUS_A = 10, STATUS_B = 11, STATUS_C = 12, STATUS_D = 13;
const FLOPPY_TYPES = 0x10, EQUIPMENT = 0x14, BASE_MEMORY = 0x15, EXTENDED_MEMORY = 0x17, EXTENDED_MEMORY_FOUND = 0x30, CENTURY = 0x32, HIGH_MEMORY = 0x34;
const A_DIVIDER = 0x26, B_24_HOURS = 0x02, B_BINARY = 0x04, B_INTERRUPTS = 0x70, D_VALID = 0x80;
const BASE_KIB = 640, KIB = 1024, HIGH_UNIT = 64 * 1024, SIXTEEN_MIB = 16 * 1024 * 1024;
const NMI_MASK = 0x80;

export class Cmos implements PortDevice, Saved {
  #index = 0;
  readonly #bytes = new Uint8Array(CMOS_BYTES);
  readonly #clock: () => number;
  readonly #onMask: (isMasked: boolean) => void;

  /** `clock` tells the guest's clock; `onMask` hears bit 7 of every write to the index. */
  constructor(clock: () => number, onMask: (isMasked: boolean) => void) {
    this.#clock = clock;
    this.#onMask = onMask;
    this.#bytes.set([A_DIVIDER, B_24_HOURS, 0, D_VALID], STATUS_A);
    // a Saturday
    this.#bytes.set([7, 1, 1, 0], WEEKDAY);
    this.#bytes[CENTURY] = 0x20;
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
    this.#bytes[EQUIPMENT] = machine.hasFloppy ? 0x01 : 0;
  }

  read(port: number): number {
    if (port === CMOS_INDEX) return 0xff;
    const seconds = Math.floor(this.#clock() / CLOCKS_PER_SECOND);
    switch (this.#index) {
      case SECONDS: return this.#time(seconds % 60);
      case MINUTES: return this.#time(Math.floor(seconds / 60) % 60);
      case HOURS: return this.#time(Math.floor(seconds / 3600) % 24);
    }
    return this.#bytes[this.#index]!;
  }

  write(port: number, value: number): void {
    if (port === CMOS_INDEX) {
      this.#index = value & (CMOS_BYTES - 1);
      this.#onMask((value & NMI_MASK) !== 0);
      return;
    }
    if (this.#index === STATUS_B && (value & B_INTERRUPTS) !== 0) throw new Unsupported('interrupts of the real-time clock');
    // the time of day follows the guest's clock and cannot be set; status C and D cannot be written
    if (this.#index <= YEAR || this.#index === STATUS_C || this.#index === STATUS_D) return;
    this.#bytes[this.#index] = value;
  }

  save(writer: ByteWriter): void {
    writer.u8(this.#index);
    writer.append(this.#bytes);
  }

  restore(reader: ByteReader): void {
    this.#index = reader.u8() & (CMOS_BYTES - 1);
    this.#bytes.set(reader.take(CMOS_BYTES));
  }

  #time(value: number): number {
    return (this.#bytes[STATUS_B]! & B_BINARY) !== 0 ? value : (Math.floor(value / 10) << 4) | (value % 10);
  }
}
