// The 8042 at ports 0x60 and 0x64 as system software meets it: self-test, command byte, the A20 gate and the reset pulse. No keyboard is
// attached: nothing answers what is sent to one, and no byte ever arrives from outside.
// IBM "Personal Computer AT Technical Reference": "Keyboard Controller"; commands DD and DF as chip sets added them.

import type { ByteReader } from '../../base/byte-reader.ts';
import type { ByteWriter } from '../../base/byte-writer.ts';
import { Unsupported } from '../../cpu/fault.ts';
import type { PortDevice, Saved } from './port-device.ts';
import { refuseA20 } from './system-control.ts';

export const KEYBOARD_DATA = 0x60, KEYBOARD_STATUS = 0x64;
const STATUS_OUTPUT = 0x01, STATUS_SYSTEM = 0x04, STATUS_COMMAND = 0x08, STATUS_UNLOCKED = 0x10;
const OUTPUT_RESET = 0x01, OUTPUT_A20 = 0x02;
const READ_COMMAND_BYTE = 0x20, WRITE_COMMAND_BYTE = 0x60, SELF_TEST = 0xaa, INTERFACE_TEST = 0xab, DISABLE = 0xad, ENABLE = 0xae, DISABLE_MOUSE = 0xa7, ENABLE_MOUSE = 0xa8,
  READ_OUTPUT = 0xd0, WRITE_OUTPUT = 0xd1, CLOSE_A20 = 0xdd, OPEN_A20 = 0xdf, PULSE_NOTHING = 0xff, PULSE_FIRST = 0xf0;
const PASSED_SELF_TEST = 0x55;
/** Clock lines of keyboard and mouse held low, as after the self-test. */
const COMMAND_BYTE_AFTER_TEST = 0x30;

export class KeyboardController implements PortDevice, Saved {
  #answer = 0;
  #hasAnswer = false;
  #commandByte = COMMAND_BYTE_AFTER_TEST;
  /** The command whose data byte is awaited; 0: none. */
  #awaits = 0;
  #wasCommand = false;
  readonly #onReset: (reason: string) => void;

  /** `onReset` is told when the guest pulses the reset line. */
  constructor(onReset: (reason: string) => void) { this.#onReset = onReset; }

  read(port: number): number {
    if (port === KEYBOARD_STATUS) return STATUS_SYSTEM | STATUS_UNLOCKED | (this.#hasAnswer ? STATUS_OUTPUT : 0) | (this.#wasCommand ? STATUS_COMMAND : 0);
    this.#hasAnswer = false;
    return this.#answer;
  }

  write(port: number, value: number): void {
    this.#wasCommand = port === KEYBOARD_STATUS;
    if (port === KEYBOARD_STATUS) this.#command(value);
    else this.#data(value);
  }

  save(writer: ByteWriter): void {
    for (const value of [this.#answer, this.#hasAnswer ? 1 : 0, this.#commandByte, this.#awaits, this.#wasCommand ? 1 : 0]) writer.u8(value);
  }

  restore(reader: ByteReader): void {
    this.#answer = reader.u8();
    this.#hasAnswer = reader.u8() !== 0;
    this.#commandByte = reader.u8();
    this.#awaits = reader.u8();
    this.#wasCommand = reader.u8() !== 0;
  }

  #command(value: number): void {
    this.#awaits = 0;
    switch (value) {
      case READ_COMMAND_BYTE: this.#say(this.#commandByte); return;
      case SELF_TEST: this.#say(PASSED_SELF_TEST); return;
      case INTERFACE_TEST: this.#say(0); return;
      case READ_OUTPUT: this.#say(OUTPUT_RESET | OUTPUT_A20); return;
      case WRITE_COMMAND_BYTE: case WRITE_OUTPUT: this.#awaits = value; return;
      case DISABLE: case ENABLE: case DISABLE_MOUSE: case ENABLE_MOUSE: case OPEN_A20: case PULSE_NOTHING: return;
      case CLOSE_A20: refuseA20('8042 command 0xdd'); return;
      default:
        if (value < PULSE_FIRST) throw new Unsupported(`8042 command 0x${value.toString(16)}`);
        if ((value & OUTPUT_RESET) === 0) this.#onReset('8042');
    }
  }

  #data(value: number): void {
    if (this.#awaits === WRITE_COMMAND_BYTE) this.#commandByte = value;
    else if (this.#awaits === WRITE_OUTPUT) this.#writeOutput(value);
    this.#awaits = 0;
  }

  #writeOutput(value: number): void {
    if ((value & OUTPUT_RESET) === 0) this.#onReset('8042');
    else if ((value & OUTPUT_A20) === 0) refuseA20('the 8042\'s output port');
  }

  #say(value: number): void {
    this.#answer = value;
    this.#hasAnswer = true;
  }
}
