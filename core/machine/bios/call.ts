// One call of a BIOS service, as its host side sees it: the caller's registers, the FLAGS image that IRET will restore, and memory by
// segment and offset. Writes count as a device's: they are not the guest's own, so no `table-write` tells of them.

import { Unsupported } from '../../cpu/fault.ts';
import { peekPhysical } from '../../cpu/paging.ts';
import { PAGE_ROM } from '../../cpu/page-flags.ts';
import { ramAddress, writeByDevice } from '../../cpu/physical.ts';
import { stackOffset } from '../../cpu/stack.ts';
import { SS, type Cpu } from '../../cpu/state.ts';
import type { Devices } from '../devices/devices.ts';
import { PAGE_BYTES } from '../options.ts';

const FLAG_CF = 0x01, FLAG_ZF = 0x40;
/** The stub runs on the frame of INT: IP, CS, FLAGS. */
const FLAGS_IN_FRAME = 4;
const AH = 4;

/** What services work with. */
export interface BiosWorld { readonly cpu: Cpu; readonly devices: Devices }

export class BiosCall implements BiosWorld {
  readonly cpu: Cpu;
  readonly devices: Devices;
  readonly vector: number;

  constructor(world: BiosWorld, vector: number) {
    this.cpu = world.cpu;
    this.devices = world.devices;
    this.vector = vector;
  }

  get ah(): number { return this.cpu.get8(AH); }
  set ah(value: number) { this.cpu.set8(AH, value); }
  get al(): number { return this.cpu.get8(0); }
  set al(value: number) { this.cpu.set8(0, value); }

  set carry(isSet: boolean) { this.#setFlag(FLAG_CF, isSet); }
  set zero(isSet: boolean) { this.#setFlag(FLAG_ZF, isSet); }

  /** Bytes from a segment's base and a 16-bit offset on; the offset does not wrap. Unmapped bytes read as all ones. */
  read(segment: number, offset: number, length: number): Uint8Array {
    return this.readLinear(this.cpu.segmentBase(segment) + (offset & 0xffff), length);
  }

  write(segment: number, offset: number, bytes: Uint8Array): void {
    this.writeLinear(this.cpu.segmentBase(segment) + (offset & 0xffff), bytes);
  }

  readLinear(linear: number, length: number): Uint8Array {
    const bytes = new Uint8Array(length).fill(0xff);
    this.#eachPiece(linear, length, (physical, from, end) => {
      if (physical < this.cpu.ramBytes) bytes.set(this.cpu.ram.subarray(physical, physical + end - from), from);
    });
    return bytes;
  }

  writeLinear(linear: number, bytes: Uint8Array): void {
    this.#eachPiece(linear, bytes.length, (physical, from, end) => { this.#writePiece(physical, bytes.subarray(from, end)); });
  }

  readByte(linear: number): number {
    return this.readLinear(linear, 1)[0]!;
  }

  writeByte(linear: number, value: number): void {
    this.writeLinear(linear, Uint8Array.of(value));
  }

  readWord(linear: number): number {
    const [low, high] = this.readLinear(linear, 2);
    return low! | (high! << 8);
  }

  writeWord(linear: number, value: number): void {
    this.writeLinear(linear, Uint8Array.of(value & 0xff, (value >>> 8) & 0xff));
  }

  /** Ends the run: this service, or this form of it, is not there. `detail`: what besides AH makes it out, for example `AL=13h`. */
  refuse(detail = ''): never {
    const hex = (value: number): string => `${value.toString(16).toUpperCase().padStart(2, '0')}h`;
    throw new Unsupported(`the BIOS service INT ${hex(this.vector)} AH=${hex(this.ah)}${detail === '' ? '' : ` ${detail}`}`);
  }

  /** The same by physical addresses. */
  readPhysical(physical: number, length: number): Uint8Array {
    const bytes = new Uint8Array(length).fill(0xff);
    if (physical < this.cpu.ramBytes) bytes.set(this.cpu.ram.subarray(physical, physical + length));
    return bytes;
  }

  writePhysical(physical: number, bytes: Uint8Array): void {
    for (let from = 0, end = 0; from < bytes.length; from = end) {
      end = Math.min(bytes.length, from + PAGE_BYTES - ((physical + from) & (PAGE_BYTES - 1)));
      this.#writePiece(physical + from, bytes.subarray(from, end));
    }
  }

  // within a page; to a ROM nothing is written
  #writePiece(physical: number, bytes: Uint8Array): void {
    if (((this.cpu.pageFlags[physical >>> 12] ?? 0) & PAGE_ROM) === 0) writeByDevice(this.cpu, physical, bytes);
  }

  #setFlag(bit: number, isSet: boolean): void {
    const at = this.cpu.segmentBase(SS) + stackOffset(this.cpu, FLAGS_IN_FRAME);
    const flags = this.readWord(at);
    this.writeWord(at, isSet ? flags | bit : flags & ~bit);
  }

  // page by page, as the caller's translation says (it may run in virtual-8086 mode); what is not mapped is passed over
  #eachPiece(linear: number, length: number, visit: (physical: number, from: number, end: number) => void): void {
    for (let from = 0; from < length;) {
      const at = (linear + from) >>> 0;
      const end = Math.min(length, from + PAGE_BYTES - (at & (PAGE_BYTES - 1)));
      const physical = peekPhysical(this.cpu, at);
      if (physical >= 0) visit(ramAddress(this.cpu, physical), from, end);
      from = end;
    }
  }
}
