// A PS/2 keyboard on the 8042's wire: its commands, scan code sets 1 and 2, and keys from outside, a byte each millisecond or so. It does not
// repeat by itself, whatever rate it is given: a key that is held repeats when it is pressed again from outside. Codes: key-codes.ts.
// IBM "Personal System/2 Hardware Interface Technical Reference": "Keyboard (101- and 102-Key)".

import type { ByteReader } from '../../base/byte-reader.ts';
import type { ByteWriter } from '../../base/byte-writer.ts';
import { CLOCKS_PER_SECOND } from '../clock-rate.ts';
import { keyBytes } from './key-codes.ts';
import type { Saved } from './port-device.ts';

const SET_LEDS = 0xed, ECHO = 0xee, SCAN_CODE_SET = 0xf0, IDENTIFY = 0xf2, TYPEMATIC = 0xf3, ENABLE = 0xf4, DISABLE = 0xf5, DEFAULTS = 0xf6, RESEND = 0xfe, RESET = 0xff;
const ACKNOWLEDGE = 0xfa, TEST_PASSED = 0xaa;
const IDENTITY = [0xab, 0x83] as const;
/** Bytes of keys that wait to be taken; the keys that do not fit are lost. */
const WAITING_MAX = 256;
/** "Clock and data": eleven bits at 12 kHz. */
const BYTE_CLOCKS = Math.round(11 * CLOCKS_PER_SECOND / 12_000);

export class Keyboard implements Saved {
  /** Scroll lock, num lock, caps lock: bits 0 to 2. */
  leds = 0;
  #set: 1 | 2 = 2;
  #isScanning = true;
  /** The command whose data byte is awaited; 0: none. */
  #awaits = 0;
  #last = 0;
  /** What it answers to commands: goes before keys, without delay. */
  #answers: number[] = [];
  #keys: number[] = [];
  /** The clock at which the next byte of a key may be sent. */
  #readyAt = 0;
  readonly #clock: () => number;

  /** `clock` tells the guest's clock. */
  constructor(clock: () => number) { this.#clock = clock; }

  /** True when a key from outside is sent to the controller. */
  get isScanning(): boolean { return this.#isScanning; }

  /** The clock at which it has a byte to give, which may be past; Infinity when it has none. */
  get readyAt(): number {
    if (this.#answers.length > 0) return 0;
    return this.#keys.length > 0 ? this.#readyAt : Infinity;
  }

  /** The next byte; to be asked for when `readyAt` is past. */
  take(): number {
    const answer = this.#answers.shift(), byte = answer ?? this.#keys.shift() ?? 0;
    if (answer === undefined) this.#readyAt = this.#clock() + BYTE_CLOCKS;
    this.#last = byte;
    return byte;
  }

  /** A key goes down or up. */
  key(name: string, { isPressed }: { readonly isPressed: boolean }): void {
    const bytes = keyBytes(name, { isPressed, set: this.#set });
    if (!this.#isScanning || this.#keys.length + bytes.length > WAITING_MAX) return;
    if (this.#keys.length === 0) this.#readyAt = Math.max(this.#readyAt, this.#clock());
    this.#keys.push(...bytes);
  }

  /** A byte from the system: a command, or the data of one. */
  write(byte: number): void {
    const awaited = this.#awaits;
    this.#awaits = 0;
    // "any other valid command ends it": only data is below the commands
    if (awaited !== 0 && byte < SET_LEDS) this.#data(awaited, byte);
    else this.#command(byte);
  }

  save(writer: ByteWriter): void {
    for (const value of [this.leds, this.#set, this.#isScanning ? 1 : 0, this.#awaits, this.#last]) writer.u8(value);
    writer.count(this.#readyAt);
    for (const bytes of [this.#answers, this.#keys]) {
      writer.varint(bytes.length);
      writer.append(Uint8Array.from(bytes));
    }
  }

  restore(reader: ByteReader): void {
    this.leds = reader.u8();
    this.#set = reader.u8() === 1 ? 1 : 2;
    this.#isScanning = reader.u8() !== 0;
    this.#awaits = reader.u8();
    this.#last = reader.u8();
    this.#readyAt = reader.count();
    const bytes = (): number[] => [...reader.take(reader.atMost(WAITING_MAX, 'the number of bytes that wait in the keyboard'))];
    this.#answers = bytes();
    this.#keys = bytes();
  }

  #command(byte: number): void {
    switch (byte) {
      case SET_LEDS: case SCAN_CODE_SET: case TYPEMATIC:
        this.#awaits = byte;
        break;
      case ECHO: this.#say(ECHO); return;
      case RESEND: this.#say(this.#last); return;
      case IDENTIFY: this.#say(ACKNOWLEDGE, ...IDENTITY); return;
      case ENABLE:
        this.#keys = [];
        this.#isScanning = true;
        break;
      case DISABLE: case DEFAULTS:
        this.#setDefaults();
        this.#isScanning = byte === DEFAULTS;
        break;
      case RESET:
        this.#setDefaults();
        this.leds = 0;
        this.#isScanning = true;
        this.#say(ACKNOWLEDGE, TEST_PASSED);
        return;
      default: this.#say(RESEND); return;
    }
    this.#say(ACKNOWLEDGE);
  }

  #data(command: number, byte: number): void {
    if (command === SET_LEDS) this.leds = byte & 7;
    if (command !== SCAN_CODE_SET) this.#say(ACKNOWLEDGE);
    else if (byte === 0) this.#say(ACKNOWLEDGE, this.#set);
    else this.#chooseSet(byte);
  }

  // set 3 is refused, as by a keyboard that has none
  #chooseSet(set: number): void {
    if (set === 1 || set === 2) this.#set = set;
    this.#say(set === this.#set ? ACKNOWLEDGE : RESEND);
  }

  #setDefaults(): void {
    this.#set = 2;
    this.#keys = [];
  }

  // bounded: a system that never reads loses the oldest answers
  #say(...bytes: readonly number[]): void {
    this.#answers.push(...bytes);
    if (this.#answers.length > WAITING_MAX) this.#answers.splice(0, this.#answers.length - WAITING_MAX);
  }
}
