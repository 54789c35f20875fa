// System control ports A (0x92) and B (0x61) and the reset control register (0xCF9): A20, the speaker's gate, and three ways to reset.
// A20 is open from the start; closing it is refused by name, since addresses above 1 MiB would then have to wrap.
// IBM "Personal System/2 Hardware Interface Technical Reference": "System Control Port"; Intel "82371SB" data sheet: "Reset Control Register".

import type { ByteReader } from '../../base/byte-reader.ts';
import type { ByteWriter } from '../../base/byte-writer.ts';
import { Unsupported } from '../../cpu/fault.ts';
import type { Pit } from './pit.ts';
import type { PortDevice, Saved } from './port-device.ts';

export const CONTROL_A_PORT = 0x92, CONTROL_B_PORT = 0x61, RESET_PORT = 0xcf9;
const A_RESET = 0x01, A_A20 = 0x02;
const B_GATE = 0x01, B_WRITABLE = 0x0f, B_REFRESH = 0x10, B_OUTPUT = 0x20;
const RESET_HARD = 0x02, RESET_CPU = 0x04;

/** What every way to close A20 is refused with. */
export function refuseA20(how: string): never {
  throw new Unsupported(`closing the A20 gate by ${how}`);
}

export class SystemControl implements PortDevice, Saved {
  #controlA = A_A20;
  #controlB = 0;
  #reset = 0;
  readonly #pit: Pit;
  readonly #onReset: (reason: string) => void;

  /** `onReset` is told when the guest resets the machine, with the way it took. */
  constructor(pit: Pit, onReset: (reason: string) => void) {
    this.#pit = pit;
    this.#onReset = onReset;
  }

  read(port: number): number {
    if (port === CONTROL_A_PORT) return this.#controlA;
    if (port === RESET_PORT) return this.#reset;
    return this.#controlB | (this.#pit.refreshToggle ? B_REFRESH : 0) | (this.#pit.speakerOutput ? B_OUTPUT : 0);
  }

  write(port: number, value: number): void {
    if (port === CONTROL_A_PORT) this.#writeA(value);
    else if (port === CONTROL_B_PORT) {
      this.#controlB = value & B_WRITABLE;
      this.#pit.setSpeakerGate((value & B_GATE) !== 0);
    } else this.#writeReset(value);
  }

  save(writer: ByteWriter): void {
    for (const value of [this.#controlA, this.#controlB, this.#reset]) writer.u8(value);
  }

  restore(reader: ByteReader): void {
    this.#controlA = reader.u8();
    this.#controlB = reader.u8();
    this.#reset = reader.u8();
  }

  #writeA(value: number): void {
    if ((value & A_RESET) !== 0 && (this.#controlA & A_RESET) === 0) this.#onReset('port 0x92');
    else if ((value & A_A20) === 0) refuseA20('port 0x92');
    this.#controlA = value;
  }

  #writeReset(value: number): void {
    if ((value & RESET_CPU) !== 0 && (this.#reset & RESET_CPU) === 0) this.#onReset('port 0xcf9');
    this.#reset = value & (RESET_HARD | RESET_CPU);
  }
}
