// One ATA drive as its host sees it between commands: the task file (each drive of a channel keeps its own copy of what is written to
// both), status and error, and what SET MULTIPLE MODE and INITIALIZE DEVICE PARAMETERS set.
// ANSI "AT Attachment with Packet Interface - 6": "Interface register definitions and descriptions", "48-bit Address feature set".

import type { ByteReader } from '../../base/byte-reader.ts';
import type { ByteWriter } from '../../base/byte-writer.ts';
import type { DiskContents } from '../disks/contents.ts';
import { blockIn } from '../disks/disk.ts';
import type { Saved } from './port-device.ts';

/** Registers of the task file that are two deep, by their offset from the first port. */
export const FEATURES = 1, COUNT = 2, LBA_LOW = 3, LBA_MIDDLE = 4, LBA_HIGH = 5;
const REGISTERS = 6;
export const DEVICE_ALWAYS_ONE = 0xa0, DEVICE_LBA = 0x40, DEVICE_SELECT = 0x10, DEVICE_HEAD = 0x0f;
export const STATUS_ERROR = 0x01, STATUS_DRQ = 0x08, STATUS_SEEK = 0x10, STATUS_READY = 0x40, STATUS_BUSY = 0x80;
export const ERROR_ABORTED = 0x04, ERROR_PASSED = 0x01;
/** Most sectors of one block of READ MULTIPLE and WRITE MULTIPLE. */
export const MULTIPLE_MAX = 16;
const TWO_24 = 0x100_0000;

/** How a command addresses: 28 bits or cylinder, head and sector as the device register says; or 48 bits. */
export interface AddressForm { readonly isExtended: boolean }

export class AtaDrive implements Saved {
  /** Null: no drive answers here. */
  readonly contents: DiskContents | null;
  /** The task file by offset, as written last; and as written before that. */
  readonly current = new Uint8Array(REGISTERS);
  readonly previous = new Uint8Array(REGISTERS);
  device = DEVICE_ALWAYS_ONE;
  status = 0;
  error = 0;
  multiple = MULTIPLE_MAX;
  /** The geometry CHS addresses are taken in. */
  heads = 0;
  sectors = 0;

  constructor(contents: DiskContents | null) {
    this.contents = contents;
    this.reset();
  }

  /** What follows power-on, a software reset and EXECUTE DEVICE DIAGNOSTIC: the signature of a drive without packets. */
  reset(): void {
    this.multiple = MULTIPLE_MAX;
    this.heads = this.contents?.disk.geometry.heads ?? 0;
    this.sectors = this.contents?.disk.geometry.sectors ?? 0;
    this.sign();
  }

  sign(): void {
    this.current.set([1, 1, 0, 0], COUNT);
    this.previous.fill(0);
    this.device = (this.device & DEVICE_SELECT) | DEVICE_ALWAYS_ONE;
    this.error = this.contents === null ? 0 : ERROR_PASSED;
    this.status = this.contents === null ? 0 : STATUS_READY | STATUS_SEEK;
  }

  /** Writes a register that is two deep. */
  write(register: number, value: number): void {
    this.previous[register] = this.current[register]!;
    this.current[register] = value;
  }

  /** Sectors a command is to move: 0 stands for the most. */
  count({ isExtended }: AddressForm): number {
    const { current, previous } = this;
    return isExtended ? (previous[COUNT]! << 8 | current[COUNT]!) || 0x1_0000 : current[COUNT]! || 0x100;
  }

  /** The logical block the task file says; -1 when there is none such. */
  block({ isExtended }: AddressForm): number {
    const { current, previous, device } = this;
    const low = current[LBA_HIGH]! << 16 | current[LBA_MIDDLE]! << 8 | current[LBA_LOW]!;
    if (isExtended) return (previous[LBA_HIGH]! << 16 | previous[LBA_MIDDLE]! << 8 | previous[LBA_LOW]!) * TWO_24 + low;
    if ((device & DEVICE_LBA) !== 0) return (device & DEVICE_HEAD) * TWO_24 + low;
    const geometry = { cylinders: Infinity, heads: this.heads, sectors: this.sectors };
    return blockIn(geometry, { cylinder: low >>> 8, head: device & DEVICE_HEAD, sector: current[LBA_LOW]! });
  }

  /** Makes the task file say a block, and how many sectors are left. */
  tell(block: number, left: number, { isExtended }: AddressForm): void {
    const { current, previous } = this;
    current[COUNT] = left;
    previous[COUNT] = left >>> 8;
    const low = block % TWO_24, high = Math.floor(block / TWO_24);
    if (isExtended) previous.set([high & 0xff, (high >>> 8) & 0xff, (high >>> 16) & 0xff], LBA_LOW);
    if (isExtended || (this.device & DEVICE_LBA) !== 0) current.set([low & 0xff, (low >>> 8) & 0xff, low >>> 16], LBA_LOW);
    else this.#tellPlace(block);
    if (!isExtended && (this.device & DEVICE_LBA) !== 0) this.device = (this.device & ~DEVICE_HEAD) | (high & DEVICE_HEAD);
  }

  #tellPlace(block: number): void {
    const track = Math.floor(block / this.sectors), cylinder = Math.floor(track / this.heads);
    this.current.set([block % this.sectors + 1, cylinder & 0xff, (cylinder >>> 8) & 0xff], LBA_LOW);
    this.device = (this.device & ~DEVICE_HEAD) | (track % this.heads);
  }

  save(writer: ByteWriter): void {
    writer.append(this.current);
    writer.append(this.previous);
    for (const value of [this.device, this.status, this.error, this.multiple, this.heads, this.sectors]) writer.u8(value);
  }

  restore(reader: ByteReader): void {
    this.current.set(reader.take(REGISTERS));
    this.previous.set(reader.take(REGISTERS));
    this.device = reader.u8();
    this.status = reader.u8();
    this.error = reader.u8();
    this.multiple = reader.atMost(MULTIPLE_MAX, 'the sectors of a block');
    this.heads = reader.u8();
    this.sectors = reader.u8();
  }
}
