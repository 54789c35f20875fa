// A 16550 UART as COM1: all registers, interrupts on line 4, both FIFOs, loop-back. What is sent is gone at once, and the transmitter asks for
// more right away; what is received comes at the speed the divisor sets (serial-receiver.ts). The modem at the other end is always ready.
// National Semiconductor "PC16550D" data sheet: "Registers", "Interrupt Identification Register", "Modem Control Register".

import type { ByteReader } from '../../base/byte-reader.ts';
import type { ByteWriter } from '../../base/byte-writer.ts';
import type { WakeQuestion } from '../../cpu/bus.ts';
import type { PortDevice, Receiver, Saved, Timed } from './port-device.ts';
import { SerialReceiver } from './serial-receiver.ts';

export const COM1_FIRST = 0x3f8, SERIAL_PORTS = 8;
const DATA = 0, IER = 1, IIR_FCR = 2, LCR = 3, MCR = 4, LSR = 5, MSR = 6, SCR = 7;
const IER_RECEIVED = 0x01, IER_EMPTY = 0x02, IER_LINE = 0x04, IER_MODEM = 0x08;
const IIR_MODEM = 0x00, IIR_NONE = 0x01, IIR_EMPTY = 0x02, IIR_RECEIVED = 0x04, IIR_LINE = 0x06, IIR_TIMEOUT = 0x0c, IIR_FIFO = 0xc0;
const FCR_ENABLE = 0x01, FCR_CLEAR_RECEIVER = 0x02, FCR_CLEAR_SENDER = 0x04;
const LCR_LENGTH = 0x03, LCR_TWO_STOPS = 0x04, LCR_PARITY = 0x08, LCR_DLAB = 0x80;
const MCR_LOOP = 0x10, MCR_WRITABLE = 0x1f;
const LSR_DATA_READY = 0x01, LSR_OVERRUN = 0x02, LSR_CAN_SEND = 0x60;
const MSR_RI = 0x40, MSR_DELTA_RI = 0x04, MSR_DELTAS = 0x0f;
/** CTS, DSR and DCD of a modem that is ready. */
const MSR_READY = 0xb0;
/** Bytes in the FIFO that make an interrupt, by bits 7:6 of FCR. */
const TRIGGERS = [1, 4, 8, 14] as const;
// places in the state bytes
const AT_IER = 0, AT_LCR = 1, AT_MCR = 2, AT_SCR = 3, AT_DIVISOR_LOW = 4, AT_DIVISOR_HIGH = 5, AT_FCR = 6, AT_DELTAS = 7, AT_IS_EMPTY_NEWS = 8, AT_IS_LINE_HIGH = 9;
const STATE_BYTES = 10;
/** 9600 baud, as firmware leaves it. */
const DIVISOR_AT_START = 12;

/** `setLine`: the level of its interrupt line. `isServed`: whether a request on it would reach the processor. `onSent`: a byte for the outside. */
export interface SerialWiring {
  readonly clock: () => number;
  readonly setLine: (isHigh: boolean) => void;
  readonly isServed: () => boolean;
  readonly onSent: (byte: number) => void;
}

export class SerialPort implements PortDevice, Receiver, Saved, Timed {
  readonly #state = new Uint8Array(STATE_BYTES);
  readonly #wiring: SerialWiring;
  readonly #receiver: SerialReceiver;

  constructor(wiring: SerialWiring) {
    this.#wiring = wiring;
    this.#receiver = new SerialReceiver(wiring.clock, () => ({ frameBits: frameBits(this.#state[AT_LCR]!), divisor: this.#divisor, isLooped: this.#isLooped }));
    this.#state[AT_DIVISOR_LOW] = DIVISOR_AT_START;
  }

  get deadline(): number { return this.#receiver.deadline; }

  catchUp(): void {
    this.#receiver.catchUp();
    this.#settle();
  }

  willWake(question: WakeQuestion): boolean {
    return this.#receiver.isExpecting && this.#wouldInterrupt(question);
  }

  awaitsInput(question: WakeQuestion): boolean {
    return !this.#isLooped && this.#wouldInterrupt(question);
  }

  /** Bytes from outside: the first one is due at once when the line is idle. */
  give(bytes: Uint8Array): void { this.#receiver.give(bytes); }

  read(port: number): number {
    const value = this.#readRegister(port & (SERIAL_PORTS - 1));
    this.#settle();
    return value;
  }

  write(port: number, value: number): void {
    this.#writeRegister(port & (SERIAL_PORTS - 1), value);
    this.#settle();
  }

  save(writer: ByteWriter): void {
    writer.append(this.#state);
    this.#receiver.save(writer);
  }

  restore(reader: ByteReader): void {
    this.#state.set(reader.take(STATE_BYTES));
    this.#receiver.restore(reader);
  }

  // for a byte received
  #wouldInterrupt({ isMaskableOpen }: WakeQuestion): boolean {
    return isMaskableOpen && (this.#state[AT_IER]! & IER_RECEIVED) !== 0 && this.#state[AT_IS_LINE_HIGH] === 0 && this.#wiring.isServed();
  }

  get #isDivisor(): boolean { return (this.#state[AT_LCR]! & LCR_DLAB) !== 0; }
  get #divisor(): number { return this.#state[AT_DIVISOR_LOW]! | (this.#state[AT_DIVISOR_HIGH]! << 8); }
  get #isLooped(): boolean { return (this.#state[AT_MCR]! & MCR_LOOP) !== 0; }
  get #isFifo(): boolean { return (this.#state[AT_FCR]! & FCR_ENABLE) !== 0; }
  get #modemLines(): number { return this.#isLooped ? loopedModemLines(this.#state[AT_MCR]!) : MSR_READY; }

  #readRegister(register: number): number {
    switch (register) {
      case DATA: return this.#isDivisor ? this.#state[AT_DIVISOR_LOW]! : this.#receiver.read();
      case IER: return this.#state[this.#isDivisor ? AT_DIVISOR_HIGH : AT_IER]!;
      case IIR_FCR: return this.#identify();
      case LCR: return this.#state[AT_LCR]!;
      case MCR: return this.#state[AT_MCR]!;
      case LSR: return this.#lineStatus();
      case MSR: return this.#modemStatus();
      default: return this.#state[AT_SCR]!;
    }
  }

  #writeRegister(register: number, value: number): void {
    switch (register) {
      case DATA: if (this.#isDivisor) this.#state[AT_DIVISOR_LOW] = value; else this.#send(value); return;
      case IER: if (this.#isDivisor) this.#state[AT_DIVISOR_HIGH] = value; else this.#enable(value & MSR_DELTAS); return;
      case IIR_FCR: this.#controlFifos(value); return;
      case LCR: this.#state[AT_LCR] = value; return;
      case MCR: this.#controlModem(value & MCR_WRITABLE); return;
      case SCR: this.#state[AT_SCR] = value; return;
    }
  }

  // "the interrupt with the highest priority": line status, received or timed out, empty, modem
  get #cause(): number {
    const enabled = this.#state[AT_IER]!, received = this.#receiver;
    if ((enabled & IER_LINE) !== 0 && received.isOverrun) return IIR_LINE;
    if ((enabled & IER_RECEIVED) !== 0 && received.hasTimedOut) return IIR_TIMEOUT;
    if ((enabled & IER_RECEIVED) !== 0 && received.count >= (this.#isFifo ? TRIGGERS[this.#state[AT_FCR]! >>> 6]! : 1)) return IIR_RECEIVED;
    if ((enabled & IER_EMPTY) !== 0 && this.#state[AT_IS_EMPTY_NEWS] !== 0) return IIR_EMPTY;
    if ((enabled & IER_MODEM) !== 0 && this.#state[AT_DELTAS] !== 0) return IIR_MODEM;
    return IIR_NONE;
  }

  // On the cards of a PC the output OUT2 gates the line; QEMU's has no such gate, and teaching kernels get along without setting it.
  #settle(): void {
    const isHigh = this.#cause !== IIR_NONE;
    if (isHigh === (this.#state[AT_IS_LINE_HIGH] !== 0)) return;
    this.#state[AT_IS_LINE_HIGH] = isHigh ? 1 : 0;
    this.#wiring.setLine(isHigh);
  }

  // reading it takes the news that the transmitter is empty, when that is what it says
  #identify(): number {
    const cause = this.#cause;
    if (cause === IIR_EMPTY) this.#state[AT_IS_EMPTY_NEWS] = 0;
    return this.#isFifo ? cause | IIR_FIFO : cause;
  }

  #lineStatus(): number {
    const status = LSR_CAN_SEND | (this.#receiver.count > 0 ? LSR_DATA_READY : 0) | (this.#receiver.isOverrun ? LSR_OVERRUN : 0);
    this.#receiver.isOverrun = false;
    return status;
  }

  #modemStatus(): number {
    const status = this.#modemLines | this.#state[AT_DELTAS]!;
    this.#state[AT_DELTAS] = 0;
    return status;
  }

  // The line falls while the byte is on its way, so that a further request makes an edge.
  #send(value: number): void {
    this.#state[AT_IS_EMPTY_NEWS] = 0;
    this.#settle();
    if (this.#isLooped) this.#receiver.loop(value);
    else this.#wiring.onSent(value);
    this.#state[AT_IS_EMPTY_NEWS] = 1;
  }

  // to be enabled while the transmitter is empty is news
  #enable(value: number): void {
    if (((value ^ this.#state[AT_IER]!) & IER_EMPTY) !== 0) this.#state[AT_IS_EMPTY_NEWS] = (value & IER_EMPTY) !== 0 ? 1 : 0;
    this.#state[AT_IER] = value;
  }

  // "FCR0": a change of it clears both FIFOs
  #controlFifos(value: number): void {
    const isToggled = ((value ^ this.#state[AT_FCR]!) & FCR_ENABLE) !== 0;
    this.#state[AT_FCR] = value;
    if (isToggled || (value & FCR_CLEAR_RECEIVER) !== 0) this.#receiver.reset({ isFifo: this.#isFifo });
    if (isToggled || (value & FCR_CLEAR_SENDER) !== 0) this.#state[AT_IS_EMPTY_NEWS] = 1;
  }

  #controlModem(value: number): void {
    const before = this.#modemLines, wasLooped = this.#isLooped;
    this.#state[AT_MCR] = value;
    const changed = before ^ this.#modemLines;
    // bit 2 tells only of the end of a ring
    const deltas = (changed & ~MSR_RI) >>> 4 | ((changed & before & MSR_RI) !== 0 ? MSR_DELTA_RI : 0);
    this.#state[AT_DELTAS]! |= deltas;
    if (wasLooped !== this.#isLooped) this.#receiver.setLoop();
  }
}

// a start bit, 5 to 8 data bits, parity, one or two stop bits (the half of one and a half counts as one)
function frameBits(lcr: number): number {
  return 1 + 5 + (lcr & LCR_LENGTH) + ((lcr & LCR_PARITY) !== 0 ? 1 : 0) + ((lcr & LCR_TWO_STOPS) !== 0 ? 2 : 1);
}

// in loop mode the modem's inputs show its own outputs: DTR -> DSR, RTS -> CTS, OUT1 -> RI, OUT2 -> DCD
function loopedModemLines(mcr: number): number {
  return ((mcr & 1) << 5) | ((mcr & 2) << 3) | ((mcr & 4) << 4) | ((mcr & 8) << 4);
}
