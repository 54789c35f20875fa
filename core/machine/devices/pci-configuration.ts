// PCI configuration mechanism 1 at 0xCF8 and 0xCFC, and what is on the bus: the bridges, the IDE function and the power management of QEMU's pc.
// The IDE function has no bus mastering. No device here has a base address register or asks for an interrupt pin but the last one.
// PCI Local Bus Specification 2.1: "Configuration Space"; Intel "82441FX", "82371SB (PIIX3)" and "82371AB (PIIX4)" data sheets.

import type { ByteReader } from '../../base/byte-reader.ts';
import type { ByteWriter } from '../../base/byte-writer.ts';
import { Unsupported } from '../../cpu/fault.ts';
import { PM_BASE, SCI_LINE } from './power-management.ts';
import type { PortDevice, PortRange, Saved } from './port-device.ts';

export const PCI_ADDRESS = 0xcf8, PCI_DATA = 0xcfc;
const ENABLED = 0x8000_0000, FUNCTION_BYTES = 256;
const COMMAND = 0x04, STATUS = 0x06, REVISION = 0x08, HEADER_TYPE = 0x0e, INTERRUPT_LINE = 0x3c, INTERRUPT_PIN = 0x3d, PM_BASE_REGISTER = 0x40;
const INTEL = 0x8086, IS_MULTIFUNCTION = 0x80, USES_PORTS = 1, USES_MEMORY = 2, IS_MASTER = 4, REPORTS_ERRORS = 1, COMMAND_LOW = USES_PORTS | USES_MEMORY | IS_MASTER;
/** Medium DEVSEL# timing, back-to-back transfers: as the data sheets have it. */
const MEDIUM = 0x02, BACK_TO_BACK = 0x80;

interface FunctionRow {
  readonly device: number;
  readonly function: number;
  readonly id: number;
  /** Class code and revision, as the register at 8 has them. */
  readonly kind: number;
  /** Further bytes that are not 0, by offset. */
  readonly bytes: Readonly<Record<number, number>>;
  /** Bytes that keep what is written, without effect; with the interrupt line. */
  readonly kept: readonly number[];
}

/** As firmware leaves every function. */
const FIRST_COMMAND = { [COMMAND]: USES_PORTS | USES_MEMORY, [COMMAND + 1]: REPORTS_ERRORS };
/** All on bus 0. */
const FUNCTIONS: readonly FunctionRow[] = [
  // host bridge
  { device: 0, function: 0, id: 0x1237, kind: 0x0600_0002, bytes: FIRST_COMMAND, kept: [] },
  // ISA bridge: which line each PIRQ drives is kept at 0x60; bit 7: none
  { device: 1, function: 0, id: 0x7000, kind: 0x0601_0000, bytes: { ...FIRST_COMMAND, [STATUS + 1]: MEDIUM, [HEADER_TYPE]: IS_MULTIFUNCTION, 0x60: 0x80, 0x61: 0x80, 0x62: 0x80, 0x63: 0x80 }, kept: [0x60, 0x61, 0x62, 0x63] },
  // IDE at the old ports, both channels decoded (bit 15 of the words at 0x40 and 0x42)
  { device: 1, function: 1, id: 0x7010, kind: 0x0101_0000, bytes: { ...FIRST_COMMAND, [STATUS]: BACK_TO_BACK, [STATUS + 1]: MEDIUM, 0x41: 0x80, 0x43: 0x80 }, kept: [0x40, 0x41, 0x42, 0x43] },
  // power management, its registers on (bit 0 at 0x80)
  { device: 1, function: 3, id: 0x7113, kind: 0x0680_0003, bytes: { ...FIRST_COMMAND, [STATUS]: BACK_TO_BACK, [STATUS + 1]: MEDIUM, [INTERRUPT_LINE]: SCI_LINE, [INTERRUPT_PIN]: 1, [PM_BASE_REGISTER]: PM_BASE & 0xff | 1, [PM_BASE_REGISTER + 1]: PM_BASE >>> 8, 0x80: 1 }, kept: [] },
];

interface PciFunction { readonly row: FunctionRow; readonly bytes: Uint8Array }

export class PciConfiguration implements PortDevice, Saved {
  readonly ports: readonly PortRange[];
  readonly #functions: readonly PciFunction[] = FUNCTIONS.map((row) => ({ row, bytes: spaceOf(row) }));
  #address = 0;
  readonly #reset: PortDevice;

  /** `reset` answers at 0xCF9, in the middle of the address register, to accesses of a byte. */
  constructor(reset: PortDevice) {
    this.#reset = reset;
    this.ports = [{ first: PCI_ADDRESS, end: PCI_DATA + 4, device: this }];
  }

  read(port: number): number {
    if (port === PCI_ADDRESS + 1) return this.#reset.read(port);
    return port < PCI_DATA ? 0xff : this.#current?.bytes[this.#offsetOf(port)] ?? 0xff;
  }

  readWide(port: number, size: number): number {
    if (port === PCI_ADDRESS && size === 4) return this.#address;
    let value = 0;
    for (let index = 0; index < size; index += 1) value |= (port + index < PCI_DATA + 4 ? this.read(port + index) : 0xff) << (index * 8);
    return value >>> 0;
  }

  write(port: number, value: number): void {
    if (port === PCI_ADDRESS + 1) this.#reset.write(port, value);
    else if (port >= PCI_DATA && this.#current !== null) writeByte(this.#current, this.#offsetOf(port), value);
  }

  writeWide(port: number, size: number, value: number): void {
    if (port === PCI_ADDRESS && size === 4) this.#address = (value & ~3) >>> 0;
    else for (let index = 0; index < size && port + index < PCI_DATA + 4; index += 1) this.write(port + index, (value >>> (index * 8)) & 0xff);
  }

  save(writer: ByteWriter): void {
    writer.u32(this.#address);
    for (const { row, bytes } of this.#functions) for (const at of writableOf(row)) writer.u8(bytes[at]!);
  }

  restore(reader: ByteReader): void {
    this.#address = reader.u32();
    for (const { row, bytes } of this.#functions) for (const at of writableOf(row)) bytes[at] = reader.u8();
  }

  //  address: 31 enabled   23..16 bus   15..11 device   10..8 function   7..2 register
  get #current(): PciFunction | null {
    if ((this.#address & ENABLED) === 0 || ((this.#address >>> 16) & 0xff) !== 0) return null;
    const device = (this.#address >>> 11) & 31, number = (this.#address >>> 8) & 7;
    return this.#functions.find(({ row }) => row.device === device && row.function === number) ?? null;
  }

  #offsetOf(port: number): number { return (this.#address & 0xfc) | (port & 3); }
}

const writableOf = ({ kept }: FunctionRow): readonly number[] => [COMMAND, COMMAND + 1, INTERRUPT_LINE, ...kept];

function spaceOf({ id, kind, bytes }: FunctionRow): Uint8Array {
  const space = new Uint8Array(FUNCTION_BYTES), view = new DataView(space.buffer);
  view.setUint16(0, INTEL, true);
  view.setUint16(2, id, true);
  view.setUint32(REVISION, kind, true);
  for (const [at, value] of Object.entries(bytes)) space[Number(at)] = value;
  return space;
}

function writeByte({ row, bytes }: PciFunction, at: number, value: number): void {
  if (at === COMMAND) bytes[at] = value & COMMAND_LOW;
  else if (at === COMMAND + 1) bytes[at] = value & REPORTS_ERRORS;
  else if (writableOf(row).includes(at)) bytes[at] = value;
  else if ((row.bytes[PM_BASE_REGISTER] ?? 0) !== 0 && at >= PM_BASE_REGISTER && at < PM_BASE_REGISTER + 4 && (value | (at === PM_BASE_REGISTER ? 1 : 0)) !== bytes[at]) {
    throw new Unsupported('moving the power management registers (PCI function 00:01.3)');
  }
}
