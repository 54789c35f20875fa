// From a device's line to the processor's INTR: by the 8259 pair and LINT0 of the local APIC ("virtual wire"), and by the I/O APIC and the
// local APIC itself. Both see every line; which of them lets it through is the guest's doing. Intel "MultiProcessor Specification" 1.4: "Interrupt Modes".

import type { ByteReader } from '../../base/byte-reader.ts';
import type { ByteWriter } from '../../base/byte-writer.ts';
import { PENDING_CLOCK, PENDING_NMI } from '../../cpu/attention.ts';
import { emitInterruptLine } from '../../cpu/emit.ts';
import { FLAG_IF } from '../../cpu/flags.ts';
import { isApicEnabled } from '../../cpu/model-specific-registers.ts';
import type { Cpu } from '../../cpu/state.ts';
import { DELIVER_NMI } from './apic-message.ts';
import { IoApic } from './io-apic.ts';
import { LocalApic } from './local-apic.ts';
import { PicPair } from './pic.ts';
import type { Saved } from './port-device.ts';

/** The timer's line comes in at pin 2 of the I/O APIC: the MP table and the MADT say so. */
export const TIMER_PIN = 2;
const pinOf = (line: number): number => (line === 0 ? TIMER_PIN : line);
const lineOf = (pin: number): number => (pin === TIMER_PIN ? 0 : pin);

export class InterruptRouting implements Saved {
  readonly pic = new PicPair({
    onLine: (line, state, vector) => { emitInterruptLine(this.#processor(), { line, state, vector, source: null }); },
    onRequest: (isRaised) => {
      this.localApic.setPin(0, isRaised);
      this.#drive();
    },
  });
  readonly localApic: LocalApic = new LocalApic({
    clock: () => this.#processor().clock,
    isEnabled: () => isApicEnabled(this.#processor()),
    onChange: ({ pin, state, vector, source }) => { emitInterruptLine(this.#processor(), { line: pin === null ? null : lineOf(pin), state, vector, source }); },
    onOutput: () => { this.#drive(); },
    onNmi: () => { this.#processor().pending |= PENDING_NMI; },
    onInit: () => { this.#onInit(); },
    onEnd: (vector) => { this.ioApic.end(vector); },
  });
  readonly ioApic: IoApic = new IoApic({
    isPresent: () => this.#processor().model.hasLocalApic,
    send: (message, pin) => this.localApic.receive(message, pin),
  });
  readonly #processor: () => Cpu;
  readonly #onInit: () => void;

  constructor(processor: () => Cpu, onInit: () => void) {
    this.#processor = processor;
    this.#onInit = onInit;
  }

  /** The level of an ISA interrupt line, 0 to 15, as its device drives it. */
  setLine(line: number, isHigh: boolean): void {
    this.pic.setLine(line, isHigh);
    this.ioApic.setPin(pinOf(line), isHigh);
  }

  /** True when a request on the line would reach the processor now, were maskable interrupts taken. */
  wouldServe(line: number): boolean {
    if (this.localApic.passesIntr && this.pic.wouldServe(line)) return true;
    const message = this.ioApic.messageOf(pinOf(line));
    return message !== null && this.localApic.isAddressed(message) && (message.mode === DELIVER_NMI || this.localApic.wouldTake(message.vector));
  }

  /** An NMI of the machine, at LINT1. */
  raiseNmi(): void {
    this.localApic.setPin(1, true);
    this.localApic.setPin(1, false);
  }

  /** INTA. The local APIC's own interrupts come before those of the 8259, as in QEMU. */
  acknowledge(): number {
    return this.localApic.isRequesting ? this.localApic.acknowledge() : this.pic.acknowledge();
  }

  /** IA32_APIC_BASE was written: an APIC that is switched off or on forgets everything. SDM 3A "Enabling or Disabling the Local APIC". */
  followApicBase(): void {
    this.localApic.reset();
    this.#drive();
    this.endBlock();
  }

  /** An interrupt may have begun to wait in the middle of a block: it ends here. */
  endBlock(): void {
    const cpu = this.#processor();
    if (cpu.interruptRequest !== 0) cpu.pending |= PENDING_CLOCK;
  }

  save(writer: ByteWriter): void {
    for (const part of [this.pic, this.localApic, this.ioApic]) part.save(writer);
  }

  restore(reader: ByteReader): void {
    for (const part of [this.pic, this.localApic, this.ioApic]) part.restore(reader);
  }

  #drive(): void {
    const isRaised = this.localApic.isRequesting || (this.pic.isRequesting && this.localApic.passesIntr);
    this.#processor().interruptRequest = isRaised ? FLAG_IF : 0;
  }
}
