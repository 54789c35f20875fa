// A 16550 UART that prints: what a kernel's polled output and its presence test need. It receives nothing from outside and
// raises no interrupt line; everything sent is gone at once.
// National Semiconductor "PC16550D" data sheet: "Registers".

const IER = 1, IIR_FCR = 2, LCR = 3, MCR = 4, LSR = 5, MSR = 6, SCR = 7;
const LCR_DLAB = 0x80;
const MCR_LOOP = 0x10;
const LSR_DATA_READY = 0x01, LSR_CAN_SEND = 0x60;
const MSR_PRESENT = 0xb0;
const FCR_ENABLE = 1;
const IIR_NONE = 0x01, IIR_FIFO = 0xc0;
// places in the state bytes
const AT_IER = 0, AT_LCR = 1, AT_MCR = 2, AT_SCR = 3, AT_DIVISOR_LOW = 4, AT_DIVISOR_HIGH = 5, AT_FCR = 6, AT_RECEIVED = 7, AT_IS_READY = 8;
export const SERIAL_STATE_BYTES = 9;
export const COM1_FIRST = 0x3f8, SERIAL_PORTS = 8;

export class SerialPort {
  /** All of its state, as checkpoints store it. */
  readonly state = new Uint8Array(SERIAL_STATE_BYTES);

  /** Reads register 0..7. */
  read(register: number): number {
    switch (register) {
      case IER: return this.state[this.#isDivisor ? AT_DIVISOR_HIGH : AT_IER]!;
      case IIR_FCR: return (this.state[AT_FCR]! & FCR_ENABLE) !== 0 ? IIR_NONE | IIR_FIFO : IIR_NONE;
      case LCR: return this.state[AT_LCR]!;
      case MCR: return this.state[AT_MCR]!;
      case LSR: return LSR_CAN_SEND | (this.state[AT_IS_READY]! !== 0 ? LSR_DATA_READY : 0);
      case MSR: return this.#isLooped ? loopedModemLines(this.state[AT_MCR]!) : MSR_PRESENT;
      case SCR: return this.state[AT_SCR]!;
    }
    return this.#isDivisor ? this.state[AT_DIVISOR_LOW]! : this.#receive();
  }

  /** Writes register 0..7. Returns the byte sent to the outside, or -1. */
  write(register: number, value: number): number {
    if (register === 0 && !this.#isDivisor) return this.#send(value);
    switch (register) {
      case 0: this.state[AT_DIVISOR_LOW] = value; break;
      case IER: if (this.#isDivisor) this.state[AT_DIVISOR_HIGH] = value; else this.state[AT_IER] = value & 15; break;
      case IIR_FCR: this.state[AT_FCR] = value; break;
      case LCR: this.state[AT_LCR] = value; break;
      case MCR: this.state[AT_MCR] = value & 0x1f; break;
      case SCR: this.state[AT_SCR] = value; break;
    }
    return -1;
  }

  get #isDivisor(): boolean { return (this.state[AT_LCR]! & LCR_DLAB) !== 0; }
  get #isLooped(): boolean { return (this.state[AT_MCR]! & MCR_LOOP) !== 0; }

  #receive(): number {
    this.state[AT_IS_READY] = 0;
    return this.state[AT_RECEIVED]!;
  }

  #send(value: number): number {
    if (!this.#isLooped) return value;
    this.state[AT_RECEIVED] = value;
    this.state[AT_IS_READY] = 1;
    return -1;
  }
}

// in loop mode the modem's inputs show its own outputs: DTR -> DSR, RTS -> CTS, OUT1 -> RI, OUT2 -> DCD
function loopedModemLines(mcr: number): number {
  return ((mcr & 1) << 5) | ((mcr & 2) << 3) | ((mcr & 4) << 4) | ((mcr & 8) << 4);
}
