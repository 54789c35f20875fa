// The 82093AA I/O APIC at FEC00000: 24 pins, each with an entry that says as what its interrupt reaches the local APIC. A pin is asserted when
// its device asks, whatever polarity the entry names, as in QEMU. An edge that comes while a pin is masked is lost.
// Intel "82093AA I/O Advanced Programmable Interrupt Controller" data sheet; the version (20H) with an EOI register is QEMU's.

import type { ByteReader } from '../../base/byte-reader.ts';
import type { ByteWriter } from '../../base/byte-writer.ts';
import { Unsupported } from '../../cpu/fault.ts';
import {
  DELIVER_EXTINT, DELIVER_FIXED, DELIVER_LOWEST, DELIVER_NAMES, DELIVER_NMI, deliveryModeOf, ENTRY_LEVEL, ENTRY_LOGICAL, ENTRY_MASKED, ENTRY_REMOTE_IRR, type ApicMessage,
} from './apic-message.ts';
import type { MemoryDevice, Saved } from './port-device.ts';

export const IO_APIC_PINS = 24, IO_APIC_BYTES = 0x1000;
const SELECT = 0x00, WINDOW = 0x10, END = 0x40;
const ID = 0, VERSION = 1, ARBITRATION = 2, ENTRIES = 0x10;
const VERSION_VALUE = ((IO_APIC_PINS - 1) << 16) | 0x20;
/** What can be written of the low half; delivery status and remote IRR cannot. */
const LOW_BITS = 0x1_afff;

export interface IoApicWorld {
  /** False where no processor has a local APIC: nobody is at the address. */
  readonly isPresent: () => boolean;
  /** Sends; true when it was accepted. */
  readonly send: (message: ApicMessage, pin: number) => boolean;
}

export class IoApic implements MemoryDevice, Saved {
  readonly #low = new Uint32Array(IO_APIC_PINS).fill(ENTRY_MASKED);
  readonly #high = new Uint32Array(IO_APIC_PINS);
  /** Pins that are asserted, a bit each. */
  #asserted = 0;
  #select = 0;
  #id = 0;
  readonly #world: IoApicWorld;

  constructor(world: IoApicWorld) { this.#world = world; }

  /** The device behind a pin asks, or no more. */
  setPin(pin: number, isAsserted: boolean): void {
    const rises = isAsserted && (this.#asserted & (1 << pin)) === 0;
    if (isAsserted) this.#asserted |= 1 << pin;
    else this.#asserted &= ~(1 << pin);
    if (rises) this.#serve(pin);
  }

  /** What a rising edge of the pin would send; null when nothing. */
  messageOf(pin: number): ApicMessage | null {
    const low = this.#low[pin]!;
    if ((low & ENTRY_MASKED) !== 0 || (low & ENTRY_REMOTE_IRR) !== 0) return null;
    return { mode: deliveryModeOf(low), vector: low & 0xff, destination: this.#high[pin]! >>> 24, isLogical: (low & ENTRY_LOGICAL) !== 0, isLevel: (low & ENTRY_LEVEL) !== 0 };
  }

  /** A level-triggered interrupt of this vector has ended: pins that are still asserted ask again. */
  end(vector: number): void {
    for (let pin = 0; pin < IO_APIC_PINS; pin += 1) {
      const low = this.#low[pin]!;
      if ((low & 0xff) !== vector || (low & ENTRY_REMOTE_IRR) === 0) continue;
      this.#low[pin] = low & ~ENTRY_REMOTE_IRR;
      this.#serveLevel(pin);
    }
  }

  readMemory(physical: number, size: number): number {
    const all = 0xffff_ffff >>> (32 - size * 8);
    if (!this.#world.isPresent()) return all;
    const offset = physical & 0xff;
    return ((offset === SELECT ? this.#select : offset === WINDOW ? this.#read() : 0) & all) >>> 0;
  }

  writeMemory(physical: number, _size: number, value: number): void {
    if (!this.#world.isPresent()) return;
    const offset = physical & 0xff;
    if (offset === SELECT) this.#select = value & 0xff;
    else if (offset === WINDOW) this.#write(value >>> 0);
    else if (offset === END) this.end(value & 0xff);
  }

  save(writer: ByteWriter): void {
    for (const word of [...this.#low, ...this.#high, this.#asserted]) writer.u32(word >>> 0);
    writer.u8(this.#select);
    writer.u8(this.#id);
  }

  restore(reader: ByteReader): void {
    for (const words of [this.#low, this.#high]) for (let pin = 0; pin < IO_APIC_PINS; pin += 1) words[pin] = reader.u32();
    this.#asserted = reader.u32() | 0;
    this.#select = reader.u8();
    this.#id = reader.u8();
  }

  #read(): number {
    const register = this.#select, pin = (register - ENTRIES) >> 1;
    if (register === ID || register === ARBITRATION) return (this.#id << 24) >>> 0;
    if (register === VERSION) return VERSION_VALUE;
    return (pin < 0 ? undefined : ((register & 1) === 0 ? this.#low : this.#high)[pin]) ?? 0;
  }

  #write(value: number): void {
    const register = this.#select, pin = (register - ENTRIES) >> 1;
    if (register === ID) this.#id = (value >>> 24) & 0xf;
    if (pin < 0 || pin >= IO_APIC_PINS) return;
    if ((register & 1) !== 0) {
      this.#high[pin] = (value & 0xff00_0000) >>> 0;
      return;
    }
    const low = (value & LOW_BITS) | (this.#low[pin]! & ENTRY_REMOTE_IRR), mode = deliveryModeOf(low);
    if ((low & ENTRY_MASKED) === 0 && mode !== DELIVER_FIXED && mode !== DELIVER_LOWEST && mode !== DELIVER_NMI) {
      // the 8259 reaches the processor by the local APIC's own pin, as in QEMU: behind pin 0 there is nothing
      if (mode !== DELIVER_EXTINT || pin !== 0) throw new Unsupported(`pin ${String(pin)} of the I/O APIC with delivery mode ${DELIVER_NAMES[mode]!}`);
    }
    // an entry that becomes edge-triggered waits for no end of interrupt
    this.#low[pin] = (low & ENTRY_LEVEL) === 0 ? low & ~ENTRY_REMOTE_IRR : low;
    this.#serveLevel(pin);
  }

  #serveLevel(pin: number): void {
    if ((this.#low[pin]! & ENTRY_LEVEL) !== 0 && (this.#asserted & (1 << pin)) !== 0) this.#serve(pin);
  }

  #serve(pin: number): void {
    const message = this.messageOf(pin);
    if (message === null) return;
    if (this.#world.send(message, pin) && message.isLevel) this.#low[pin]! |= ENTRY_REMOTE_IRR;
  }
}
