// One 8259A interrupt controller, edge-triggered, in 8086 mode: requests, masks, priorities, end of interrupt. Two of them make the pair
// of a PC (pic.ts). What no PC uses (8080 mode, level triggering, a single chip, special fully nested mode) is refused by name.
// Intel "8259A Programmable Interrupt Controller" data sheet: "Interrupt Sequence", "Programming the 8259A".

import { Unsupported } from '../../cpu/fault.ts';

// places in the state bytes
const LINES = 0, IRR = 1, ISR = 2, IMR = 3, BASE = 4, EXPECTS = 5, LOWEST = 6, MODE = 7;
export const PIC_STATE_BYTES = 8;
/** Bits of MODE. */
const READY = 1, AUTO_EOI = 2, ROTATES = 4, SPECIAL_MASK = 8, READS_ISR = 16, POLLED = 32;
/** EXPECTS: which initialization command word comes next at the odd port; 0 when none does. */
const ICW2 = 2, ICW3 = 3, ICW4 = 4;
const ICW1_IC4 = 0x01, ICW1_SINGLE = 0x02, ICW1_LEVEL = 0x08, IS_ICW1 = 0x10, IS_OCW3 = 0x08;
const ICW4_8086 = 0x01, ICW4_AUTO_EOI = 0x02, ICW4_FULLY_NESTED = 0x10;

export class PicChip {
  /** All of its state, as checkpoints store it. */
  readonly state = new Uint8Array(PIC_STATE_BYTES);
  readonly #cascade: number;

  /** `cascade`: the ICW3 this chip's place on the board asks for. */
  constructor(cascade: number) {
    this.#cascade = cascade;
    this.state[LOWEST] = 7;
  }

  /** Requests latched and not masked, a bit a line; none before the chip is initialised. */
  get visible(): number { return (this.state[MODE]! & READY) === 0 ? 0 : this.state[IRR]! & ~this.state[IMR]!; }
  /** Requests latched. */
  get requests(): number { return this.state[IRR]!; }
  /** The level of its INT output. */
  get isRequesting(): boolean { return this.#served(this.visible) >= 0; }

  /** True when a request on `line` would be passed on now. */
  wouldServe(line: number): boolean {
    return this.#served((1 << line) & ~this.state[IMR]!) >= 0;
  }

  /** An input changed. A request is latched at the rising edge and withdrawn when the input falls before it was acknowledged. */
  setLine(line: number, isHigh: boolean): void {
    const bit = 1 << line;
    if (!isHigh) {
      this.state[LINES]! &= ~bit;
      this.state[IRR]! &= ~bit;
    } else if ((this.state[LINES]! & bit) === 0) {
      this.state[LINES]! |= bit;
      this.state[IRR]! |= bit;
    }
  }

  /** INTA: the line now in service, or -1 when nothing asks any more (a spurious interrupt, which the chip answers as line 7). */
  acknowledge(): number {
    const line = this.#served(this.visible);
    if (line < 0) return -1;
    this.state[IRR]! &= ~(1 << line);
    if ((this.state[MODE]! & AUTO_EOI) === 0) this.state[ISR]! |= 1 << line;
    else if ((this.state[MODE]! & ROTATES) !== 0) this.state[LOWEST] = line;
    return line;
  }

  /** The vector of a line. */
  vectorOf(line: number): number { return this.state[BASE]! | line; }

  /** Reads the even (0) or odd (1) port. After a poll command either one is an acknowledge. */
  read(register: number): number {
    if ((this.state[MODE]! & POLLED) !== 0) {
      this.state[MODE]! &= ~POLLED;
      const line = this.acknowledge();
      return line < 0 ? 0 : 0x80 | line;
    }
    if (register === 1) return this.state[IMR]!;
    return this.state[(this.state[MODE]! & READS_ISR) !== 0 ? ISR : IRR]!;
  }

  /** Writes the even (0) or odd (1) port. */
  write(register: number, value: number): void {
    if (register === 1) this.#writeOdd(value);
    else if ((value & IS_ICW1) !== 0) this.#initialise(value);
    else if ((value & IS_OCW3) !== 0) this.#control(value);
    else this.#endInterrupt(value);
  }

  // The highest of `requests` that no interrupt in service holds back; -1 when there is none. In special mask mode only what is not
  // masked holds back. "Fully Nested Mode", "Special Mask Mode", "Automatic Rotation".
  #served(requests: number): number {
    if ((this.state[MODE]! & READY) === 0 || requests === 0) return -1;
    const holding = (this.state[MODE]! & SPECIAL_MASK) !== 0 ? this.state[ISR]! & ~this.state[IMR]! : this.state[ISR]!;
    for (let rank = 1; rank <= 8; rank += 1) {
      const line = (this.state[LOWEST]! + rank) & 7;
      if (((holding >>> line) & 1) !== 0) return -1;
      if (((requests >>> line) & 1) !== 0) return line;
    }
    return -1;
  }

  // "Initialization Command Words 1 and 2": edges must come anew, the mask is cleared, IR7 has the lowest priority, IRR is what is read.
  #initialise(value: number): void {
    if ((value & ICW1_LEVEL) !== 0) throw new Unsupported('8259: level-triggered inputs (ICW1 bit 3)');
    if ((value & ICW1_SINGLE) !== 0) throw new Unsupported('8259: a single controller (ICW1 bit 1)');
    if ((value & ICW1_IC4) === 0) throw new Unsupported('8259: MCS-80/85 mode (ICW1 bit 0 clear)');
    for (const cleared of [IRR, ISR, IMR, MODE]) this.state[cleared] = 0;
    this.state[LOWEST] = 7;
    this.state[EXPECTS] = ICW2;
  }

  #writeOdd(value: number): void {
    switch (this.state[EXPECTS]) {
      case ICW2:
        this.state[BASE] = value & 0xf8;
        this.state[EXPECTS] = ICW3;
        return;
      case ICW3:
        if (value !== this.#cascade) throw new Unsupported(`8259: a cascade that a PC does not have (ICW3 0x${value.toString(16)}, wired as 0x${this.#cascade.toString(16)})`);
        this.state[EXPECTS] = ICW4;
        return;
      case ICW4:
        if ((value & ICW4_8086) === 0) throw new Unsupported('8259: MCS-80/85 mode (ICW4 bit 0 clear)');
        if ((value & ICW4_FULLY_NESTED) !== 0) throw new Unsupported('8259: special fully nested mode (ICW4 bit 4)');
        this.state[MODE] = READY | ((value & ICW4_AUTO_EOI) !== 0 ? AUTO_EOI : 0);
        this.state[EXPECTS] = 0;
        return;
      default: this.state[IMR] = value;
    }
  }

  // OCW3: special mask mode (bits 6, 5), poll (bit 2), what the even port reads (bits 1, 0)
  #control(value: number): void {
    if ((value & 0x40) !== 0) this.#setMode(SPECIAL_MASK, (value & 0x20) !== 0);
    if ((value & 0x04) !== 0) this.#setMode(POLLED, true);
    else if ((value & 0x02) !== 0) this.#setMode(READS_ISR, (value & 0x01) !== 0);
  }

  #setMode(bit: number, isSet: boolean): void {
    this.state[MODE] = isSet ? this.state[MODE]! | bit : this.state[MODE]! & ~bit;
  }

  // OCW2, by its bits R, SL, EOI: "End of Interrupt (EOI)", "Automatic Rotation", "Specific Rotation"
  #endInterrupt(value: number): void {
    const line = value & 7;
    switch (value >>> 5) {
      case 0: this.#setMode(ROTATES, false); return;
      case 1: this.#end(this.#highestInService()); return;
      case 3: this.#end(line); return;
      case 4: this.#setMode(ROTATES, true); return;
      case 5: this.#rotate(this.#end(this.#highestInService())); return;
      case 6: this.#rotate(line); return;
      case 7: this.#rotate(this.#end(line)); return;
    }
  }

  #end(line: number): number {
    if (line >= 0) this.state[ISR]! &= ~(1 << line);
    return line;
  }

  #rotate(line: number): void {
    if (line >= 0) this.state[LOWEST] = line;
  }

  // in special mask mode a non-specific EOI leaves masked levels alone: "Special Mask Mode"
  #highestInService(): number {
    const serving = (this.state[MODE]! & SPECIAL_MASK) !== 0 ? this.state[ISR]! & ~this.state[IMR]! : this.state[ISR]!;
    for (let rank = 1; rank <= 8; rank += 1) {
      const line = (this.state[LOWEST]! + rank) & 7;
      if (((serving >>> line) & 1) !== 0) return line;
    }
    return -1;
  }
}
