// The world around the processor: port 0xE9 (console), 0xF4 (ends the run), COM1 (prints). Everything else is absent: ports and
// memory without a device read as all ones and swallow what is written. Nothing here raises interrupts yet.

import type { Bus } from '../cpu/bus.ts';
import { PENDING_STOP } from '../cpu/attention.ts';
import type { Cpu } from '../cpu/state.ts';
import { ConsoleLine } from './console.ts';
import { emitConsole, emitExit } from '../cpu/emit.ts';
import { SERIAL_STATE_BYTES, SerialPort } from './serial-port.ts';
import type { ByteReader } from '../base/byte-reader.ts';
import type { ByteWriter } from '../base/byte-writer.ts';

export const DEBUG_PORT = 0xe9, EXIT_PORT = 0xf4, COM1_FIRST = 0x3f8;
const COM1_END = COM1_FIRST + 8;

/** Told every byte the guest prints, at once. `device` is `debug` or `com1`. */
export type ConsoleListener = (device: string, byte: number) => void;

export class Devices implements Bus {
  /** What the guest wrote to port 0xF4; null while it has not. */
  exitValue: number | null = null;
  /** Replaced freely: who shows what the guest prints. Never part of what is recorded. */
  onConsole: ConsoleListener | null = null;
  readonly #com1 = new SerialPort();
  readonly #lines = [new ConsoleLine('debug'), new ConsoleLine('com1')] as const;
  #consoleEvents = 0;
  #cpu: Cpu | null = null;

  /** The processor whose events tell what devices did. To be called once, before it runs. */
  attach(cpu: Cpu): void {
    this.#cpu = cpu;
  }

  readPort(port: number, size: number): number {
    let value = 0;
    for (let index = 0; index < size; index += 1) value |= this.#readByte(port + index) << (index * 8);
    return value >>> 0;
  }

  writePort(port: number, size: number, value: number): void {
    if (port === EXIT_PORT) {
      this.#exit(value);
      return;
    }
    for (let index = 0; index < size; index += 1) this.#writeByte(port + index, (value >>> (index * 8)) & 0xff);
  }

  readDevice(_physical: number, size: number): number {
    return size === 4 ? 0xffff_ffff : (1 << (size * 8)) - 1;
  }

  writeDevice(): void {
    // no memory and no device there: the write is lost, as on a real bus
  }

  /** Makes events of what waits for the end of its line: the run is over. */
  flush(): void {
    for (const line of this.#lines) if (line.waiting.length > 0) this.#emitLine(line);
  }

  /** Writes all device state, for a checkpoint. */
  save(writer: ByteWriter): void {
    writer.append(this.#com1.state);
    writer.count(this.#consoleEvents);
    for (const line of this.#lines) {
      writer.count(line.otherEvents);
      writer.varint(line.waiting.length);
      writer.append(line.waiting);
    }
    writer.u8(this.exitValue === null ? 0 : 1);
    writer.u32(this.exitValue ?? 0);
  }

  /** Puts back what `save` wrote. Throws BadInput when it is damaged. */
  restore(reader: ByteReader): void {
    this.#com1.state.set(reader.take(SERIAL_STATE_BYTES));
    this.#consoleEvents = reader.count();
    for (const line of this.#lines) {
      const otherEvents = reader.count();
      line.restore(reader.take(reader.varint()), otherEvents);
    }
    const hasExited = reader.u8() !== 0;
    const value = reader.u32();
    this.exitValue = hasExited ? value : null;
  }

  #readByte(port: number): number {
    if (port >= COM1_FIRST && port < COM1_END) return this.#com1.read(port - COM1_FIRST);
    // Bochs and QEMU answer so, and guests test for it
    return port === DEBUG_PORT ? DEBUG_PORT : 0xff;
  }

  #writeByte(port: number, value: number): void {
    if (port === DEBUG_PORT) this.#print(this.#lines[0], value);
    else if (port >= COM1_FIRST && port < COM1_END) {
      const sent = this.#com1.write(port - COM1_FIRST, value);
      if (sent >= 0) this.#print(this.#lines[1], sent);
    }
  }

  #print(line: ConsoleLine, byte: number): void {
    this.onConsole?.(line.device, byte);
    const otherEvents = this.#processor.seq - this.#consoleEvents;
    if (line.isInterrupted(otherEvents)) this.#emitLine(line);
    if (line.add(byte, otherEvents)) this.#emitLine(line);
  }

  #emitLine(line: ConsoleLine): void {
    this.#consoleEvents += 1;
    emitConsole(this.#processor, line.take(), line.device);
  }

  #exit(value: number): void {
    this.flush();
    this.exitValue = value >>> 0;
    emitExit(this.#processor, this.exitValue);
    this.#processor.pending |= PENDING_STOP;
  }

  get #processor(): Cpu {
    if (this.#cpu === null) throw new Error('internal error: expected devices to be attached to a processor');
    return this.#cpu;
  }
}
