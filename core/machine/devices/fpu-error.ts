// How a PC tells of an x87 error while CR0.NE = 0: FERR# of the processor sets a latch that drives interrupt line 13; a write to port 0xF0 clears the
// latch and raises IGNNE#, which lets the handler use the FPU until FERR# goes away. A write to 0xF1, which reset the 287, does nothing more here.
// SDM 1 "MS-DOS* Compatibility Sub-mode"; IBM "Personal Computer AT Technical Reference": "Coprocessor".

import type { ByteReader } from '../../base/byte-reader.ts';
import type { ByteWriter } from '../../base/byte-writer.ts';
import type { PortDevice, Saved } from './port-device.ts';

export const FPU_ERROR_PORT = 0xf0;
const ERROR = 1, LATCHED = 2, IGNORED = 4, ABSENT = 0xff;

export class FpuError implements PortDevice, Saved {
  #bits = 0;
  readonly #setLine: (isHigh: boolean) => void;

  constructor(setLine: (isHigh: boolean) => void) { this.#setLine = setLine; }

  /** True while IGNNE# is active. */
  get isIgnored(): boolean { return (this.#bits & IGNORED) !== 0; }

  /** The level of FERR#. */
  setError(isRaised: boolean): void {
    if (!isRaised) {
      this.#bits &= ~(ERROR | IGNORED);
      return;
    }
    this.#bits |= ERROR;
    if ((this.#bits & LATCHED) !== 0) return;
    this.#bits |= LATCHED;
    this.#setLine(true);
  }

  read(): number { return ABSENT; }

  write(port: number): void {
    if (port !== FPU_ERROR_PORT) return;
    if ((this.#bits & ERROR) !== 0) this.#bits |= IGNORED;
    if ((this.#bits & LATCHED) === 0) return;
    this.#bits &= ~LATCHED;
    this.#setLine(false);
  }

  save(writer: ByteWriter): void { writer.u8(this.#bits); }
  restore(reader: ByteReader): void { this.#bits = reader.u8(); }
}
