// An IDE channel with up to two ATA drives, by programmed I/O: command block at eight ports, control block at one, one interrupt line.
// Sectors go through the data port block by block; between blocks a drive is busy for a fixed time of the guest's clock. There is no DMA.
// ANSI "AT Attachment with Packet Interface - 6": "Protocol", "Interface register definitions and descriptions"; commands: ata-commands.ts.

import type { ByteReader } from '../../base/byte-reader.ts';
import type { ByteWriter } from '../../base/byte-writer.ts';
import type { WakeQuestion } from '../../cpu/bus.ts';
import type { DiskContents } from '../disks/contents.ts';
import { SECTOR_BYTES } from '../disks/disk.ts';
import { ataCommand, type AtaCommand } from './ata-commands.ts';
import {
  AtaDrive, DEVICE_ALWAYS_ONE, DEVICE_SELECT, ERROR_ABORTED, FEATURES, MULTIPLE_MAX, STATUS_BUSY, STATUS_DRQ, STATUS_ERROR, STATUS_READY, STATUS_SEEK,
} from './ata-drive.ts';
import { identityOf } from './ata-identity.ts';
import type { PortDevice, Saved, Timed } from './port-device.ts';

export const IDE_PORTS = 8;
const DATA = 0, DEVICE = 6, STATUS = 7;
const CONTROL_NO_INTERRUPT = 0x02, CONTROL_RESET = 0x04, CONTROL_PREVIOUS = 0x80;
/** Ticks of the guest's clock (52.4 ns) a drive is busy with a block, a flush or a reset: about 52 us, a block in its cache. */
const BUSY_TICKS = 1000;
const BUFFER_BYTES = MULTIPLE_MAX * SECTOR_BYTES, SECTORS_MAX = 0x1_0000;
/** What becomes of a busy drive. */
const IDLE = 0, SECTORS_READ = 1, SECTORS_WRITTEN = 2, DONE = 3, RESET = 4;
/** Which way data goes. */
const NO_DATA = 0, TO_HOST = 1, TO_DRIVE = 2;

/** What a channel needs of the machine. */
export interface ChannelHost {
  readonly clock: () => number;
  readonly setLine: (isHigh: boolean) => void;
  /** Whether a request of the line would reach the processor. */
  readonly wouldServe: () => boolean;
  /** The channel will act by itself at a new point of the clock. */
  readonly onDeadline: () => void;
}

export class IdeChannel implements PortDevice, Saved, Timed {
  readonly #host: ChannelHost;
  readonly #first: number;
  #drives: readonly [AtaDrive, AtaDrive] = [new AtaDrive(null), new AtaDrive(null)];
  #unit = 0;
  #control = 0;
  #isInterrupting = false;
  #due = Infinity;
  #then = IDLE;
  #direction = NO_DATA;
  readonly #buffer = new Uint8Array(BUFFER_BYTES);
  #at = 0;
  #end = 0;
  // the sectors of the command in progress that are still to be moved
  #block = 0;
  #left = 0;
  #isMultiple = false;
  #isExtended = false;

  /** `first`: the first port of the command block. */
  constructor(first: number, host: ChannelHost) {
    this.#first = first;
    this.#host = host;
  }

  /** Puts drives on the channel, before anything runs. */
  connect(contents: readonly DiskContents[]): void {
    this.#drives = [new AtaDrive(contents[0] ?? null), new AtaDrive(contents[1] ?? null)];
  }

  /** The control block's port: reads the status and leaves the interrupt alone. */
  readonly controlPort: PortDevice = { read: () => this.#status, write: (_port, value) => { this.#writeControl(value); } };

  get deadline(): number { return this.#due; }

  willWake({ isMaskableOpen }: WakeQuestion): boolean {
    return isMaskableOpen && this.#due !== Infinity && this.#then !== RESET && (this.#control & CONTROL_NO_INTERRUPT) === 0 && this.#host.wouldServe();
  }

  catchUp(): void {
    if (this.#host.clock() < this.#due) return;
    const then = this.#then;
    this.#due = Infinity;
    this.#then = IDLE;
    switch (then) {
      case SECTORS_READ: this.#offerSectors(); return;
      case SECTORS_WRITTEN: if (this.#left > 0) this.#askForSectors(); else this.#succeed(); this.#interrupt(true); return;
      case DONE: this.#succeed(); this.#interrupt(true); return;
      case RESET: this.#sign(); return;
    }
  }

  read(port: number): number {
    const register = port - this.#first, { current, previous, error, device } = this.#drive;
    if (register === DATA) return 0xff;
    if (!this.#hasDrives) return 0;
    if (register === STATUS) {
      this.#interrupt(false);
      return this.#status;
    }
    if (register === DEVICE) return device;
    if (register === FEATURES) return error;
    return ((this.#control & CONTROL_PREVIOUS) !== 0 ? previous : current)[register]!;
  }

  write(port: number, value: number): void {
    const register = port - this.#first;
    if (register === DATA) return;
    const isTaken = (this.#drive.status & (STATUS_BUSY | STATUS_DRQ)) === 0;
    if (register === STATUS) this.#command(value);
    // what is written while a command is in progress is lost
    else if (!isTaken) return;
    else if (register === DEVICE) this.#select(value);
    else for (const drive of this.#drives) drive.write(register, value);
    this.#control &= ~CONTROL_PREVIOUS;
  }

  readWide(port: number, size: number): number {
    if (port === this.#first) return size === 2 ? this.#readData() : this.#readData() | (this.#readData() << 16);
    let value = 0;
    for (let index = 0; index < size; index += 1) value |= (port + index < this.#first + IDE_PORTS ? this.read(port + index) : 0xff) << (index * 8);
    return value;
  }

  writeWide(port: number, size: number, value: number): void {
    if (port === this.#first) for (let shift = 0; shift < size * 8; shift += 16) this.#writeData((value >>> shift) & 0xffff);
    else for (let index = 0; index < size && port + index < this.#first + IDE_PORTS; index += 1) this.write(port + index, (value >>> (index * 8)) & 0xff);
  }

  save(writer: ByteWriter): void {
    for (const drive of this.#drives) drive.save(writer);
    for (const value of [this.#unit, this.#control, this.#isInterrupting ? 1 : 0, this.#then, this.#direction, this.#isMultiple ? 1 : 0, this.#isExtended ? 1 : 0]) writer.u8(value);
    writer.count(this.#then === IDLE ? 0 : this.#due);
    for (const value of [this.#at, this.#end, this.#block, this.#left]) writer.count(value);
    if (this.#direction !== NO_DATA) writer.append(this.#buffer);
  }

  restore(reader: ByteReader): void {
    for (const drive of this.#drives) drive.restore(reader);
    this.#unit = reader.u8() & 1;
    this.#control = reader.u8();
    this.#isInterrupting = reader.u8() !== 0;
    this.#then = reader.u8();
    this.#direction = reader.u8();
    this.#isMultiple = reader.u8() !== 0;
    this.#isExtended = reader.u8() !== 0;
    const due = reader.count();
    this.#due = this.#then === IDLE ? Infinity : due;
    this.#at = Math.min(reader.count(), BUFFER_BYTES);
    this.#end = Math.min(reader.count(), BUFFER_BYTES);
    this.#block = reader.count();
    this.#left = Math.min(reader.count(), SECTORS_MAX);
    if (this.#direction !== NO_DATA) this.#buffer.set(reader.take(BUFFER_BYTES));
    const isAtWork = this.#direction !== NO_DATA || (this.#then !== IDLE && this.#then !== RESET);
    if (isAtWork && this.#drive.contents === null) throw reader.damaged('a drive that is not there is at work');
  }

  get #drive(): AtaDrive { return this.#drives[this.#unit]!; }
  get #hasDrives(): boolean { return this.#drives[0].contents !== null || this.#drives[1].contents !== null; }
  get #status(): number { return this.#drive.contents === null ? 0 : this.#drive.status; }

  #select(value: number): void {
    for (const drive of this.#drives) drive.device = value | DEVICE_ALWAYS_ONE;
    this.#unit = (value & DEVICE_SELECT) === 0 ? 0 : 1;
  }

  /** The drives' request; the line follows unless the host has turned it off. */
  #interrupt(isRaised: boolean): void {
    this.#isInterrupting = isRaised;
    this.#host.setLine(isRaised && (this.#control & CONTROL_NO_INTERRUPT) === 0);
  }

  #writeControl(value: number): void {
    const was = this.#control;
    this.#control = value;
    this.#interrupt(this.#isInterrupting);
    if (((was ^ value) & CONTROL_RESET) === 0) return;
    if ((value & CONTROL_RESET) === 0) {
      this.#stayBusy(RESET);
      return;
    }
    this.#endData();
    this.#due = Infinity;
    this.#then = IDLE;
    for (const drive of this.#drives) drive.status = STATUS_BUSY | STATUS_SEEK;
    this.#interrupt(false);
  }

  #sign(): void {
    for (const drive of this.#drives) drive.reset();
    this.#unit = 0;
  }

  // while a drive is busy or data is to be moved a command is passed over
  #command(code: number): void {
    const drive = this.#drive;
    if (drive.contents === null || (drive.status & (STATUS_BUSY | STATUS_DRQ)) !== 0 || (this.#control & CONTROL_RESET) !== 0) return;
    this.#interrupt(false);
    drive.error = 0;
    drive.status = STATUS_READY | STATUS_SEEK;
    const command = ataCommand(code);
    if (command === null || !this.#start(drive, command)) this.#fail();
  }

  /** False when the drive aborts the command. */
  #start(drive: AtaDrive, command: AtaCommand): boolean {
    switch (command.kind) {
      case 'read': case 'write': return this.#startMoving(drive, command);
      case 'verify':
        if (!drive.contents!.has(drive.block(command), drive.count(command))) return false;
        this.#stayBusy(DONE);
        return true;
      case 'identify':
        this.#buffer.set(identityOf(drive, this.#unit));
        this.#left = 0;
        this.#moveData(TO_HOST, SECTOR_BYTES);
        this.#interrupt(true);
        return true;
      case 'diagnose':
        for (const one of this.#drives) one.sign();
        this.#unit = 0;
        this.#interrupt(true);
        return true;
      case 'act': case 'slow':
        if (!command.act(drive)) return false;
        if (command.kind === 'slow') this.#stayBusy(DONE);
        else this.#interrupt(true);
        return true;
    }
  }

  #startMoving(drive: AtaDrive, command: AtaCommand & { readonly kind: 'read' | 'write' }): boolean {
    if (command.isMultiple && drive.multiple === 0) return false;
    this.#isMultiple = command.isMultiple;
    this.#isExtended = command.isExtended;
    this.#block = drive.block(command);
    this.#left = drive.count(command);
    if (!drive.contents!.has(this.#block, this.#sectorsNow)) return false;
    if (command.kind === 'read') this.#stayBusy(SECTORS_READ);
    else this.#askForSectors();
    return true;
  }

  /** Sectors that go through the data port before the drive is busy again. */
  get #sectorsNow(): number {
    return Math.min(this.#left, this.#isMultiple ? this.#drive.multiple : 1);
  }

  #offerSectors(): void {
    const bytes = this.#drive.contents!.read(this.#block, this.#sectorsNow);
    if (bytes === null) {
      this.#fail();
      return;
    }
    this.#buffer.set(bytes);
    this.#advance(bytes.length / SECTOR_BYTES);
    this.#moveData(TO_HOST, bytes.length);
    this.#interrupt(true);
  }

  #askForSectors(): void {
    this.#moveData(TO_DRIVE, this.#sectorsNow * SECTOR_BYTES);
  }

  #advance(sectors: number): void {
    this.#block += sectors;
    this.#left -= sectors;
    this.#drive.tell(this.#block, this.#left, { isExtended: this.#isExtended });
  }

  #readData(): number {
    if (this.#direction !== TO_HOST) return 0;
    const value = this.#buffer[this.#at]! | (this.#buffer[this.#at + 1]! << 8);
    this.#at += 2;
    if (this.#at < this.#end) return value;
    this.#endData();
    if (this.#left > 0 && this.#drive.contents!.has(this.#block, this.#sectorsNow)) this.#stayBusy(SECTORS_READ);
    else if (this.#left > 0) this.#fail();
    else this.#succeed();
    return value;
  }

  #writeData(value: number): void {
    if (this.#direction !== TO_DRIVE) return;
    this.#buffer[this.#at] = value & 0xff;
    this.#buffer[this.#at + 1] = value >>> 8;
    this.#at += 2;
    if (this.#at < this.#end) return;
    const sectors = this.#buffer.subarray(0, this.#end);
    this.#endData();
    if (!this.#drive.contents!.write(this.#block, sectors)) {
      this.#fail();
      return;
    }
    this.#advance(sectors.length / SECTOR_BYTES);
    this.#stayBusy(SECTORS_WRITTEN);
  }

  #moveData(direction: number, bytes: number): void {
    this.#direction = direction;
    this.#at = 0;
    this.#end = bytes;
    this.#drive.status = STATUS_READY | STATUS_SEEK | STATUS_DRQ;
  }

  #endData(): void {
    this.#direction = NO_DATA;
    this.#drive.status &= ~STATUS_DRQ;
  }

  #stayBusy(then: number): void {
    this.#drive.status = STATUS_BUSY | STATUS_SEEK;
    this.#then = then;
    this.#due = this.#host.clock() + BUSY_TICKS;
    this.#host.onDeadline();
  }

  #succeed(): void {
    this.#drive.status = STATUS_READY | STATUS_SEEK;
  }

  #fail(): void {
    this.#endData();
    this.#drive.error = ERROR_ABORTED;
    this.#drive.status = STATUS_READY | STATUS_ERROR;
    this.#interrupt(true);
  }
}
