// The power management function of an 82371AB (PIIX4), where QEMU's firmware puts it: timer, status, enable and control registers at 0x600, the
// port that hands them to ACPI (0xB2), and the control register where Bochs has it (0xB004). A guest switches the machine off by them.
// Intel "82371AB (PIIX4)" data sheet: "Power Management"; Advanced Configuration and Power Interface Specification 1.0: "ACPI Hardware Specification".

import type { ByteReader } from '../../base/byte-reader.ts';
import type { ByteWriter } from '../../base/byte-writer.ts';
import type { WakeQuestion } from '../../cpu/bus.ts';
import { Unsupported } from '../../cpu/fault.ts';
import { CLOCKS_PER_PIT_TICK } from '../clock-rate.ts';
import type { PortDevice, PortRange, Saved, Timed } from './port-device.ts';

export const PM_BASE = 0x600, PM_BYTES = 0x40, PM_CONTROL = PM_BASE + 4, PM_TIMER = PM_BASE + 8, GENERAL_EVENTS = 0xafe0, GENERAL_EVENTS_BYTES = 4, SMI_COMMAND = 0xb2;
export const SCI_LINE = 9, ACPI_ENABLE = 0xf1, ACPI_DISABLE = 0xf0;
const BOCHS_CONTROL = 0xb004;
const STATUS = 0, ENABLE = 2, CONTROL = 4, TIMER = 8;
const TIMER_EVENT = 1, ENABLE_BITS = 0x0521;
const SCI_EN = 1, SLEEP_TYPE_SHIFT = 10, SLEEP_ENABLE = 0x2000, CONTROL_BITS = 0x1c07;
/** Sleep types of QEMU: off, to RAM, to disk. */
const SLEEP_OFF = 0, SLEEP_RAM = 1, SLEEP_DISK = 2;
/** Its 3.579545 MHz are three times the 8254's; the timer has 24 bits, and half of its range makes an event. */
const TICKS_PER_PIT_TICK = 3, TIMER_MASK = 0xff_ffff, TIMER_HALF = 0x80_0000;

export interface PowerWiring {
  readonly clock: () => number;
  readonly setLine: (isHigh: boolean) => void;
  readonly isServed: () => boolean;
  /** The guest switched the machine off. */
  readonly onOff: () => void;
}

export class PowerManagement implements PortDevice, Saved, Timed {
  readonly ports: readonly PortRange[] = [
    { first: PM_BASE, end: PM_BASE + PM_BYTES, device: this },
    { first: GENERAL_EVENTS, end: GENERAL_EVENTS + GENERAL_EVENTS_BYTES, device: { read: () => 0, write: () => undefined } },
    { first: SMI_COMMAND, end: SMI_COMMAND + 2, device: { read: (port) => this.#command[port - SMI_COMMAND]!, write: (port, value) => { this.#writeCommand(port - SMI_COMMAND, value); } } },
    { first: BOCHS_CONTROL, end: BOCHS_CONTROL + 2, device: { read: () => 0xff, write: (port, value) => { this.#writeControl(port - BOCHS_CONTROL, value); } } },
  ];
  /** What ports 0xB2 and 0xB3 keep. */
  readonly #command = new Uint8Array(2);
  #enable = 0;
  #control = 0;
  /** Halves of the timer's range up to which its event has been taken back. */
  #seenHalves = 0;
  readonly #wiring: PowerWiring;

  constructor(wiring: PowerWiring) { this.#wiring = wiring; }

  get deadline(): number {
    const isAwaited = (this.#enable & TIMER_EVENT) !== 0 && (this.#control & SCI_EN) !== 0 && !this.#hasTimerEvent;
    return isAwaited ? Math.ceil(((this.#seenHalves + 1) * TIMER_HALF * CLOCKS_PER_PIT_TICK) / TICKS_PER_PIT_TICK) : Infinity;
  }

  catchUp(): void { this.#settle(); }
  willWake({ isMaskableOpen }: WakeQuestion): boolean { return isMaskableOpen && this.deadline !== Infinity && this.#wiring.isServed(); }

  read(port: number): number { return (this.#register((port - PM_BASE) & ~3) >>> ((port & 3) * 8)) & 0xff; }

  readWide(port: number, size: number): number {
    // one look at the timer, not one for each byte
    if ((port & 3) + size <= 4) return (this.#register((port - PM_BASE) & ~3) >>> ((port & 3) * 8)) & (0xffff_ffff >>> (32 - size * 8));
    let value = 0;
    for (let index = 0; index < size; index += 1) value |= this.read(port + index) << (index * 8);
    return value;
  }

  write(port: number, value: number): void {
    const at = port - PM_BASE, shift = (at & 1) * 8;
    if ((at & ~1) === STATUS) {
      if (((value << shift) & TIMER_EVENT) !== 0) this.#seenHalves = this.#halves;
    } else if ((at & ~1) === ENABLE) this.#enable = ((this.#enable & ~(0xff << shift)) | (value << shift)) & ENABLE_BITS;
    else if ((at & ~1) === CONTROL) this.#writeControl(at & 1, value);
    this.#settle();
  }

  save(writer: ByteWriter): void {
    writer.append(this.#command);
    writer.u32(this.#enable);
    writer.u32(this.#control);
    writer.count(this.#seenHalves);
  }

  restore(reader: ByteReader): void {
    this.#command.set(reader.take(this.#command.length));
    this.#enable = reader.u32() & ENABLE_BITS;
    this.#control = reader.u32() & (CONTROL_BITS | SCI_EN);
    this.#seenHalves = reader.count();
  }

  get #ticks(): number { return Math.floor((this.#wiring.clock() * TICKS_PER_PIT_TICK) / CLOCKS_PER_PIT_TICK); }
  get #halves(): number { return Math.floor(this.#ticks / TIMER_HALF); }
  get #hasTimerEvent(): boolean { return this.#halves > this.#seenHalves; }

  #register(at: number): number {
    switch (at) {
      case STATUS: return (this.#hasTimerEvent ? TIMER_EVENT : 0) | (this.#enable << 16);
      case CONTROL: return this.#control;
      case TIMER: return this.#ticks & TIMER_MASK;
      default: return 0;
    }
  }

  #writeCommand(at: number, value: number): void {
    this.#command[at] = value;
    if (at !== 0 || (value !== ACPI_ENABLE && value !== ACPI_DISABLE)) return;
    this.#control = value === ACPI_ENABLE ? this.#control | SCI_EN : this.#control & ~SCI_EN;
    this.#settle();
  }

  // SCI_EN belongs to the firmware: software changes it by 0xB2
  #writeControl(byte: number, value: number): void {
    const shift = byte * 8, word = (this.#control & ~(0xff << shift)) | (value << shift);
    this.#control = (word & CONTROL_BITS & ~SCI_EN) | (this.#control & SCI_EN);
    if (byte === 0 || (word & SLEEP_ENABLE) === 0) return;
    const type = (word >>> SLEEP_TYPE_SHIFT) & 7;
    if (type === SLEEP_RAM) throw new Unsupported('suspending to RAM (sleep type 1)');
    if (type === SLEEP_OFF || type === SLEEP_DISK) this.#wiring.onOff();
  }

  #settle(): void {
    this.#wiring.setLine((this.#control & SCI_EN) !== 0 && (this.#enable & TIMER_EVENT) !== 0 && this.#hasTimerEvent);
  }
}
