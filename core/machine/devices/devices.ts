// The world around the processor: the I/O bus with its devices, each in a file of its own, and the lines from them to the processor.
// Where nothing is attached, ports and memory read as all ones and swallow what is written. All of it runs on the guest's clock.

import type { ByteReader } from '../../base/byte-reader.ts';
import type { ByteWriter } from '../../base/byte-writer.ts';
import { decodeUtf8 } from '../../base/utf8.ts';
import { PENDING_CLOCK, PENDING_STOP } from '../../cpu/attention.ts';
import type { Bus, WakeQuestion } from '../../cpu/bus.ts';
import { emitExit, emitReset } from '../../cpu/emit.ts';
import type { Cpu } from '../../cpu/state.ts';
import { EXIT_WAYS, type ExitWay } from '../../event/kinds.ts';
import type { InputDevice } from '../../event/input.ts';
import type { Screen } from '../../event/screen.ts';
import { TRAP_PORT } from '../bios/rom.ts';
import type { DrivesNow } from '../disks/drives.ts';
import { IO_APIC_BASE, LOCAL_APIC_BASE } from '../memory-map.ts';
import { Cmos, CMOS_INDEX } from './cmos.ts';
import { ConsoleOutput } from './console-output.ts';
import { FIRMWARE_CONFIGURATION_PORT, FirmwareConfiguration } from './firmware-configuration.ts';
import { FPU_ERROR_PORT, FpuError } from './fpu-error.ts';
import { InterruptRouting } from './interrupt-routing.ts';
import { IO_APIC_BYTES } from './io-apic.ts';
import { Ide } from './ide.ts';
import { KEYBOARD_DATA, KEYBOARD_STATUS, KeyboardController } from './keyboard-controller.ts';
import { NMI_PORT, NmiTimer } from './nmi-timer.ts';
import { LOCAL_APIC_BYTES } from './local-apic.ts';
import { MASTER_PORT, SLAVE_PORT } from './pic.ts';
import { PciConfiguration } from './pci-configuration.ts';
import { Pit, PIT_PORT } from './pit.ts';
import type { MemoryDevice, MemoryRange, PortDevice, PortRange, Receiver, Saved, Timed } from './port-device.ts';
import { PowerManagement, SCI_LINE } from './power-management.ts';
import { COM1_FIRST, SERIAL_PORTS, SerialPort } from './serial-port.ts';
import { Vga, VGA_END, VGA_FIRST } from './vga.ts';
import { screenOf } from './vga-screen.ts';
import { CONTROL_A_PORT, CONTROL_B_PORT, SystemControl } from './system-control.ts';

export const DEBUG_PORT = 0xe9, EXIT_PORT = 0xf4;
/** Where QEMU puts its isa-debug-exit unless told otherwise. */
const DEBUG_EXIT_PORT = 0x501;
/** The interrupt line counter 0 of the 8254 drives. */
const TIMER_LINE = 0;
const COM1_LINE = 4, CLOCK_LINE = 8;
/** The interrupt line of x87 errors. */
const FPU_LINE = 13;
const TEXT_BYTES_MAX = 64;
/** No machine of ours has memory from here on (options.ts): what lies there is for devices. */
const DEVICE_SPACE = 0xc000_0000;

/** Told every write of the guest to a port, before the device sees it. */
export type PortListener = (port: number, size: number, value: number) => void;

export class Devices implements Bus {
  /** How the guest ended the run, and with what value; null while it has not. */
  exit: { readonly value: number; readonly by: ExitWay } | null = null;
  /** How the guest reset the machine; null while it has not. */
  resetReason: string | null = null;
  /** Writes below the devices' part of the address space that no memory took: how many, and where the first went. For people; never part of what is recorded. */
  readonly lostWrites = { count: 0, first: 0 };
  /** What the BIOS reads and writes; the IDE channel has the hard disks. */
  drives: DrivesNow = { floppy: null, hardDisks: [] };
  /** The BIOS, where there is one: told that its ROM's private port was written. */
  onTrap: (() => void) | null = null;
  /** Replaced freely: who logs what the guest writes to ports. Never part of what is recorded. */
  onPortWrite: PortListener | null = null;
  readonly console = new ConsoleOutput(() => this.#processor);
  readonly routing = new InterruptRouting(() => this.#processor, () => { this.reset('INIT from the local APIC'); });
  readonly pic = this.routing.pic;
  readonly pit = new Pit(() => this.#processor.clock, (isHigh) => { this.setLine(TIMER_LINE, isHigh); }, () => this.wouldServe(TIMER_LINE));
  readonly #nmi = new NmiTimer(() => this.#processor.clock, () => { this.routing.raiseNmi(); }, () => this.routing.localApic.passesNmi);
  readonly cmos = new Cmos({
    clock: () => this.#processor.clock, setLine: (isHigh) => { this.setLine(CLOCK_LINE, isHigh); }, isServed: () => this.wouldServe(CLOCK_LINE),
    onMask: (isMasked) => { this.#nmi.setMask(isMasked); },
  });
  readonly #keyboard = new KeyboardController({
    clock: () => this.#processor.clock, setLine: (line, isHigh) => { this.setLine(line, isHigh); }, isServed: (line) => this.wouldServe(line), onReset: (reason) => { this.reset(reason); },
  });
  readonly #control = new SystemControl(this.pit, (reason) => { this.reset(reason); });
  readonly #fpuError = new FpuError((isHigh) => { this.setLine(FPU_LINE, isHigh); });
  readonly #com1 = new SerialPort({
    clock: () => this.#processor.clock, setLine: (isHigh) => { this.setLine(COM1_LINE, isHigh); }, isServed: () => this.wouldServe(COM1_LINE),
    onSent: (byte) => { this.console.print('com1', byte); },
  });
  readonly vga = new Vga(() => this.#processor.clock);
  readonly #ide = new Ide({
    clock: () => this.#processor.clock, setLine: (line, isHigh) => { this.setLine(line, isHigh); }, wouldServe: (line) => this.wouldServe(line), onDeadline: () => { this.#noticeDeadline(); },
  });
  readonly #power = new PowerManagement({
    clock: () => this.#processor.clock, setLine: (isHigh) => { this.setLine(SCI_LINE, isHigh); }, isServed: () => this.wouldServe(SCI_LINE), onOff: () => { this.#exit(0, 'power-off'); },
  });
  readonly #pci = new PciConfiguration(this.#control);
  readonly #firmware = new FirmwareConfiguration(() => this.#processor.ramBytes);
  readonly #ports = portMap([
    { first: MASTER_PORT, end: MASTER_PORT + 2, device: this.pic },
    { first: PIT_PORT, end: PIT_PORT + 4, device: this.pit },
    { first: KEYBOARD_DATA, end: KEYBOARD_DATA + 1, device: this.#keyboard },
    { first: CONTROL_B_PORT, end: CONTROL_B_PORT + 1, device: this.#control },
    { first: KEYBOARD_STATUS, end: KEYBOARD_STATUS + 1, device: this.#keyboard },
    { first: CMOS_INDEX, end: CMOS_INDEX + 2, device: this.cmos },
    { first: CONTROL_A_PORT, end: CONTROL_A_PORT + 1, device: this.#control },
    { first: TRAP_PORT, end: TRAP_PORT + 1, device: { read: () => 0xff, write: () => { this.onTrap?.(); } } },
    { first: SLAVE_PORT, end: SLAVE_PORT + 2, device: this.pic },
    // Bochs and QEMU answer a read with the port's own number, and guests test for it
    { first: DEBUG_PORT, end: DEBUG_PORT + 1, device: { read: () => DEBUG_PORT, write: (_port, byte) => { this.console.print('debug', byte); } } },
    { first: COM1_FIRST, end: COM1_FIRST + SERIAL_PORTS, device: this.#com1 },
    { first: VGA_FIRST, end: VGA_END, device: this.vga },
    ...this.#ide.ports,
    { first: FPU_ERROR_PORT, end: FPU_ERROR_PORT + 2, device: this.#fpuError },
    { first: FIRMWARE_CONFIGURATION_PORT, end: FIRMWARE_CONFIGURATION_PORT + 2, device: this.#firmware },
    ...this.#power.ports,
    ...this.#pci.ports,
  ]);
  /** Registers in memory outside RAM; ranges do not overlap. */
  readonly #memory: readonly MemoryRange[] = [
    { first: IO_APIC_BASE, end: IO_APIC_BASE + IO_APIC_BYTES, device: this.routing.ioApic },
    { first: LOCAL_APIC_BASE, end: LOCAL_APIC_BASE + LOCAL_APIC_BYTES, device: this.routing.localApic },
  ];
  /** Who acts by itself, in the order in which they act at the same clock. */
  readonly #timed: readonly Timed[] = [this.pit, this.#nmi, this.cmos.clock, this.#keyboard, this.#com1, this.#ide, this.routing.localApic.timer, this.#power];
  /** Whose state a checkpoint holds, in this order. */
  readonly #saved: readonly Saved[] = [this.routing, this.pit, this.#nmi, this.cmos, this.#keyboard, this.#control, this.console, this.#fpuError, this.#com1, this.#ide, this.#power, this.#pci, this.#firmware, this.vga];
  /** Who is given what comes from outside. */
  readonly #receivers: readonly Receiver[] = [this.#keyboard, this.#com1];
  #cpu: Cpu | null = null;

  /** The processor whose events tell what devices did. To be called once, before it runs. */
  attach(cpu: Cpu): void {
    this.#cpu = cpu;
  }

  /** The drives of the machine, once, before it runs: hard disks are on the first IDE channel. */
  connectDrives(drives: DrivesNow): void {
    this.drives = drives;
    this.#ide.connect(drives.hardDisks);
  }

  /** What the guest's display shows now. */
  screen(): Screen { return screenOf(this.vga, this.#processor.ram); }

  /** The clock at which a device does something by itself; Infinity when none ever will. */
  get deadline(): number {
    let first = Infinity;
    for (const { deadline } of this.#timed) if (deadline < first) first = deadline;
    return first;
  }

  /** Something from outside, to be called between two instructions. It emits nothing: what follows is due at a deadline, which may be now. */
  input(device: InputDevice, bytes: Uint8Array): void {
    switch (device) {
      case 'com1': this.#com1.give(bytes); break;
      case 'keyboard': this.#key(decodeUtf8(bytes)); break;
    }
    this.#noticeDeadline();
  }

  // `+KeyA` or `-KeyA`; anything else is no key
  #key(text: string): void {
    if (text.startsWith('+') || text.startsWith('-')) this.#keyboard.keyboard.key(text.slice(1), { isPressed: text.startsWith('+') });
  }

  /** Lets devices do what is due, between two instructions. */
  catchUp(): void {
    const cpu = this.#processor;
    cpu.instructionEip = cpu.eip;
    for (const device of this.#timed) device.catchUp();
  }

  /** The level of an ISA interrupt line, 0 to 15, as its device drives it. */
  setLine(line: number, isHigh: boolean): void {
    this.routing.setLine(line, isHigh);
  }

  /** True when a request on an ISA interrupt line would reach the processor now, were maskable interrupts taken. */
  wouldServe(line: number): boolean {
    return this.routing.wouldServe(line);
  }

  acknowledgeInterrupt(): number {
    return this.routing.acknowledge();
  }

  apicBaseWritten(): void {
    this.routing.followApicBase();
  }

  setFpuError({ isRaised }: { readonly isRaised: boolean }): void {
    this.#fpuError.setError(isRaised);
    // an interrupt may be waiting now: the running block ends here
    this.#processor.pending |= PENDING_CLOCK;
  }

  ignoresFpuError(): boolean {
    return this.#fpuError.isIgnored;
  }

  willWake(question: WakeQuestion): boolean {
    return this.willWakeByItself(question) || this.awaitsInput(question);
  }

  /** True when some device will interrupt the processor with nothing coming from outside. */
  willWakeByItself(question: WakeQuestion): boolean {
    return this.#timed.some((device) => device.willWake(question));
  }

  /** True when the keyboard has a byte to give. */
  get isKeyComing(): boolean { return this.#keyboard.deadline !== Infinity; }

  /** True when an input, were it given now, would interrupt the processor. */
  awaitsInput(question: WakeQuestion): boolean {
    return this.#receivers.some((device) => device.awaitsInput(question));
  }

  readPort(port: number, size: number): number {
    const value = this.#read(port, size);
    this.#noticeDeadline();
    return value;
  }

  #read(port: number, size: number): number {
    const wide = size === 1 ? undefined : this.#ports.get(port);
    if (wide?.readWide !== undefined) return wide.readWide(port, size) >>> 0;
    let value = 0;
    for (let index = 0; index < size; index += 1) value |= (this.#ports.get(port + index)?.read(port + index) ?? 0xff) << (index * 8);
    return value >>> 0;
  }

  writePort(port: number, size: number, value: number): void {
    this.onPortWrite?.(port, size, value);
    if (port === EXIT_PORT) this.#exit(value, 'port-0xf4');
    else if (port === DEBUG_EXIT_PORT) this.#exit(value, 'port-0x501');
    else if (port === NMI_PORT) this.#nmi.start(value >>> 0);
    else this.#write(port, size, value);
    this.#noticeDeadline();
  }

  #write(port: number, size: number, value: number): void {
    const wide = size === 1 ? undefined : this.#ports.get(port);
    if (wide?.writeWide !== undefined) wide.writeWide(port, size, value);
    else for (let index = 0; index < size; index += 1) this.#ports.get(port + index)?.write(port + index, (value >>> (index * 8)) & 0xff);
  }

  readDevice(physical: number, size: number): number {
    return this.#memoryAt(physical)?.readMemory(physical, size) ?? (size === 4 ? 0xffff_ffff : (1 << (size * 8)) - 1);
  }

  /** Where there is neither memory nor a device the write is lost, as on a real bus. */
  writeDevice(physical: number, size: number, value: number): void {
    const device = this.#memoryAt(physical);
    if (device === null) {
      this.#noteLost(physical);
      return;
    }
    device.writeMemory(physical, size, value);
    this.routing.endBlock();
    this.#noticeDeadline();
  }

  #noteLost(physical: number): void {
    if (physical >= DEVICE_SPACE) return;
    if (this.lostWrites.count === 0) this.lostWrites.first = physical;
    this.lostWrites.count += 1;
  }

  #memoryAt(physical: number): MemoryDevice | null {
    for (const { first, end, device } of this.#memory) if (physical >= first && physical < end) return device;
    return null;
  }

  /** The guest resets the machine, in the way named: the run is over. */
  reset(reason: string): void {
    this.flush();
    this.resetReason = reason;
    emitReset(this.#processor, reason);
    this.#processor.pending |= PENDING_STOP;
  }

  /** Makes events of what waits for the end of its line: the run is over. */
  flush(): void {
    this.console.flush();
  }

  /** Writes all device state, for a checkpoint. */
  save(writer: ByteWriter): void {
    for (const device of this.#saved) device.save(writer);
    writer.u8((this.exit === null ? 0 : 1) | (this.resetReason === null ? 0 : 2) | (this.exit === null ? 0 : EXIT_WAYS.indexOf(this.exit.by) << 2));
    writer.u32(this.exit?.value ?? 0);
    writer.text(this.resetReason ?? '');
  }

  /** Puts back what `save` wrote. Throws BadInput when it is damaged. */
  restore(reader: ByteReader): void {
    for (const device of this.#saved) device.restore(reader);
    const ended = reader.u8(), value = reader.u32(), reason = reader.text(TEXT_BYTES_MAX);
    this.exit = (ended & 1) !== 0 ? { value, by: EXIT_WAYS[ended >>> 2] ?? 'port-0xf4' } : null;
    this.resetReason = (ended & 2) !== 0 ? reason : null;
  }

  // the run loop may have to stop earlier than it was told
  #noticeDeadline(): void {
    const cpu = this.#processor;
    const { deadline } = this;
    if (deadline >= cpu.clockLimit) return;
    cpu.clockLimit = deadline;
    cpu.pending |= PENDING_CLOCK;
  }

  #exit(value: number, by: ExitWay): void {
    this.flush();
    this.exit = { value: value >>> 0, by };
    emitExit(this.#processor, this.exit);
    this.#processor.pending |= PENDING_STOP;
  }

  get #processor(): Cpu {
    if (this.#cpu === null) throw new Error('internal error: expected devices to be attached to a processor');
    return this.#cpu;
  }
}

function portMap(ranges: readonly PortRange[]): ReadonlyMap<number, PortDevice> {
  const map = new Map<number, PortDevice>();
  for (const { first, end, device } of ranges) for (let port = first; port < end; port += 1) map.set(port, device);
  return map;
}
