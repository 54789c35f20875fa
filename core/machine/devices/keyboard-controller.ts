// The 8042 at ports 0x60 and 0x64: self-test, command byte, translation of scan codes, interrupt lines 1 and 12, the A20 gate and the reset pulse.
// A keyboard is attached (keyboard.ts). To the other plug, the mouse's, nothing is: what is sent there times out, as it does on a PC without one.
// IBM "Personal System/2 Hardware Interface Technical Reference": "Keyboard Controller"; commands DD and DF as chip sets added them.

import type { ByteReader } from '../../base/byte-reader.ts';
import type { ByteWriter } from '../../base/byte-writer.ts';
import type { WakeQuestion } from '../../cpu/bus.ts';
import { Unsupported } from '../../cpu/fault.ts';
import { isBreak, translated } from './key-codes.ts';
import { Keyboard } from './keyboard.ts';
import type { PortDevice, Receiver, Saved, Timed } from './port-device.ts';
import { refuseA20 } from './system-control.ts';

export const KEYBOARD_DATA = 0x60, KEYBOARD_STATUS = 0x64;
const STATUS_OUTPUT = 0x01, STATUS_SYSTEM = 0x04, STATUS_COMMAND = 0x08, STATUS_UNLOCKED = 0x10, STATUS_AUXILIARY = 0x20, STATUS_TIMEOUT = 0x40;
const OUTPUT_RESET = 0x01, OUTPUT_A20 = 0x02, OUTPUT_ONES = 0xcc, INPUT_UNLOCKED = 0x80;
/** Bits of the command byte. */
const INTERRUPTS = 0x01, AUXILIARY_INTERRUPTS = 0x02, SYSTEM = 0x04, IS_DISABLED = 0x10, IS_AUXILIARY_DISABLED = 0x20, TRANSLATES = 0x40;
const READ_COMMAND_BYTE = 0x20, WRITE_COMMAND_BYTE = 0x60, DISABLE_AUXILIARY = 0xa7, ENABLE_AUXILIARY = 0xa8, TEST_AUXILIARY = 0xa9, SELF_TEST = 0xaa, TEST_KEYBOARD = 0xab,
  DISABLE = 0xad, ENABLE = 0xae, READ_INPUT = 0xc0, READ_OUTPUT = 0xd0, WRITE_OUTPUT = 0xd1, LOOP_KEYBOARD = 0xd2, LOOP_AUXILIARY = 0xd3, WRITE_AUXILIARY = 0xd4,
  CLOSE_A20 = 0xdd, OPEN_A20 = 0xdf, PULSE_NOTHING = 0xff, PULSE_FIRST = 0xf0;
const PASSED_SELF_TEST = 0x55, PASSED_LINE_TEST = 0, RELEASED = 0x80;
/** What the controller says for a device that did not answer in time. */
const NO_ANSWER = 0xfe;
const KEYBOARD_LINE = 1, AUXILIARY_LINE = 12;
// places in the state bytes
const COMMAND_BYTE = 0, AWAITS = 1, OUTPUT = 2, STATUS = 3, REPLY = 4, REPLY_STATUS = 5, SAW_BREAK = 6, LINES = 7;
const STATE_BYTES = 8;

/** `setLine`: the level of interrupt line 1 or 12. `isServed`: whether a request on it would reach the processor. `onReset`: the guest pulses the reset line. */
export interface KeyboardWiring {
  readonly clock: () => number;
  readonly setLine: (line: number, isHigh: boolean) => void;
  readonly isServed: (line: number) => boolean;
  readonly onReset: (reason: string) => void;
}

export class KeyboardController implements PortDevice, Receiver, Saved, Timed {
  readonly keyboard: Keyboard;
  readonly #state = new Uint8Array(STATE_BYTES);
  readonly #wiring: KeyboardWiring;

  constructor(wiring: KeyboardWiring) {
    this.#wiring = wiring;
    this.keyboard = new Keyboard(wiring.clock);
    this.#state[COMMAND_BYTE] = INTERRUPTS | AUXILIARY_INTERRUPTS;
    this.#state[STATUS] = STATUS_UNLOCKED | STATUS_COMMAND;
  }

  /** The clock at which the keyboard's next byte comes. */
  get deadline(): number { return this.#canReceive ? this.keyboard.readyAt : Infinity; }
  catchUp(): void { this.#settle(); }
  willWake(question: WakeQuestion): boolean {
    return this.deadline !== Infinity && this.#wouldInterrupt(question);
  }
  awaitsInput(question: WakeQuestion): boolean {
    return this.#canReceive && this.keyboard.isScanning && this.#wouldInterrupt(question);
  }

  read(port: number): number {
    if (port === KEYBOARD_STATUS) return this.#state[STATUS]!;
    const value = this.#state[OUTPUT]!;
    this.#state[STATUS]! &= ~(STATUS_OUTPUT | STATUS_AUXILIARY | STATUS_TIMEOUT);
    this.#drive();
    this.#settle();
    return value;
  }

  write(port: number, value: number): void {
    if (port === KEYBOARD_STATUS) {
      this.#state[STATUS]! |= STATUS_COMMAND;
      this.#command(value);
    } else {
      this.#state[STATUS]! &= ~STATUS_COMMAND;
      this.#data(value);
    }
    this.#settle();
  }

  save(writer: ByteWriter): void {
    writer.append(this.#state);
    this.keyboard.save(writer);
  }

  restore(reader: ByteReader): void {
    this.#state.set(reader.take(STATE_BYTES));
    this.keyboard.restore(reader);
  }

  get #isFull(): boolean { return (this.#state[STATUS]! & STATUS_OUTPUT) !== 0; }
  #wouldInterrupt({ isMaskableOpen }: WakeQuestion): boolean {
    return isMaskableOpen && this.#enables(INTERRUPTS) && this.#wiring.isServed(KEYBOARD_LINE);
  }
  get #canReceive(): boolean { return !this.#isFull && !this.#enables(IS_DISABLED); }
  #enables(bit: number): boolean { return (this.#state[COMMAND_BYTE]! & bit) !== 0; }
  #setBit(bit: number, isSet: boolean): void { this.#state[COMMAND_BYTE] = isSet ? this.#state[COMMAND_BYTE]! | bit : this.#state[COMMAND_BYTE]! & ~bit; }

  #command(value: number): void {
    this.#state[AWAITS] = 0;
    switch (value) {
      case READ_COMMAND_BYTE: this.#say(this.#state[COMMAND_BYTE]!); return;
      case SELF_TEST:
        this.#state[STATUS]! |= STATUS_SYSTEM;
        this.#say(PASSED_SELF_TEST);
        return;
      case TEST_KEYBOARD: case TEST_AUXILIARY: this.#say(PASSED_LINE_TEST); return;
      case READ_INPUT: this.#say(INPUT_UNLOCKED); return;
      case READ_OUTPUT: this.#say(OUTPUT_RESET | OUTPUT_A20 | OUTPUT_ONES); return;
      case WRITE_COMMAND_BYTE: case WRITE_OUTPUT: case LOOP_KEYBOARD: case LOOP_AUXILIARY: case WRITE_AUXILIARY: this.#state[AWAITS] = value; return;
      case DISABLE: case ENABLE:
        this.#setBit(IS_DISABLED, value === DISABLE);
        this.#drive();
        return;
      case DISABLE_AUXILIARY: case ENABLE_AUXILIARY: this.#setBit(IS_AUXILIARY_DISABLED, value === DISABLE_AUXILIARY); return;
      case OPEN_A20: case PULSE_NOTHING: return;
      case CLOSE_A20: refuseA20('8042 command 0xdd'); return;
      default:
        if (value < PULSE_FIRST) throw new Unsupported(`8042 command 0x${value.toString(16)}`);
        if ((value & OUTPUT_RESET) === 0) this.#wiring.onReset('8042');
    }
  }

  #data(value: number): void {
    const awaited = this.#state[AWAITS]!;
    this.#state[AWAITS] = 0;
    switch (awaited) {
      case WRITE_COMMAND_BYTE: this.#writeCommandByte(value); return;
      case WRITE_OUTPUT: this.#writeOutput(value); return;
      case LOOP_KEYBOARD: this.#say(value); return;
      case LOOP_AUXILIARY: this.#say(value, STATUS_AUXILIARY); return;
      case WRITE_AUXILIARY: this.#say(NO_ANSWER, STATUS_AUXILIARY | STATUS_TIMEOUT); return;
      default:
        // to send, the controller lets the clock line go
        this.#setBit(IS_DISABLED, false);
        this.#drive();
        this.keyboard.write(value);
    }
  }

  #writeCommandByte(value: number): void {
    this.#state[COMMAND_BYTE] = value;
    if ((value & SYSTEM) !== 0) this.#state[STATUS]! |= STATUS_SYSTEM;
    this.#drive();
  }

  #writeOutput(value: number): void {
    if ((value & OUTPUT_RESET) === 0) this.#wiring.onReset('8042');
    else if ((value & OUTPUT_A20) === 0) refuseA20('the 8042\'s output port');
  }

  // the controller's own answer waits while something else has not been read
  #say(value: number, status = 0): void {
    this.#state[REPLY] = value;
    this.#state[REPLY_STATUS] = STATUS_OUTPUT | status;
  }

  // fills the output buffer when it is empty: with an answer, or with what the keyboard has
  #settle(): void {
    if (!this.#isFull && this.#state[REPLY_STATUS] !== 0) {
      this.#fill(this.#state[REPLY]!, this.#state[REPLY_STATUS]!);
      this.#state[REPLY_STATUS] = 0;
    }
    while (this.#canReceive && this.keyboard.readyAt <= this.#wiring.clock()) this.#receive(this.keyboard.take());
  }

  #receive(byte: number): void {
    if (!this.#enables(TRANSLATES)) this.#fill(byte, STATUS_OUTPUT);
    else if (isBreak(byte)) this.#state[SAW_BREAK] = RELEASED;
    else {
      this.#fill(translated(byte) | this.#state[SAW_BREAK]!, STATUS_OUTPUT);
      this.#state[SAW_BREAK] = 0;
    }
  }

  #fill(value: number, status: number): void {
    this.#state[OUTPUT] = value;
    this.#state[STATUS]! |= status;
    this.#drive();
  }

  // Line 1 for the keyboard, line 12 for the mouse: high while their byte waits and the command byte lets them. While the keyboard is disabled line 1
  // stays low: a program that has disabled it reads the controller's answers itself, with interrupts on.
  #drive(): void {
    const isAuxiliary = (this.#state[STATUS]! & STATUS_AUXILIARY) !== 0;
    this.#setLine(KEYBOARD_LINE, 1, this.#isFull && !isAuxiliary && this.#enables(INTERRUPTS) && !this.#enables(IS_DISABLED));
    this.#setLine(AUXILIARY_LINE, 2, this.#isFull && isAuxiliary && this.#enables(AUXILIARY_INTERRUPTS));
  }

  #setLine(line: number, bit: number, isHigh: boolean): void {
    if (((this.#state[LINES]! & bit) !== 0) === isHigh) return;
    this.#state[LINES]! ^= bit;
    this.#wiring.setLine(line, isHigh);
  }
}
