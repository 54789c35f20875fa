// QEMU's firmware configuration device at 0x510 and 0x511: a guest selects an item and reads it byte by byte. Here with what a kernel asks for;
// no kernel, initial RAM disk or command line is offered (they are in memory already), there are no files and no DMA.
// QEMU documentation: "QEMU Firmware Configuration (fw_cfg) Device".

import type { ByteReader } from '../../base/byte-reader.ts';
import type { ByteWriter } from '../../base/byte-writer.ts';
import type { PortDevice, Saved } from './port-device.ts';

export const FIRMWARE_CONFIGURATION_PORT = 0x510;
const SIGNATURE = 0x00, ID = 0x01, RAM_SIZE = 0x03, PROCESSORS = 0x05, PROCESSORS_MOST = 0x0f, FILE_DIRECTORY = 0x19, IRQ0_OVERRIDE = 0x8002;
/** The second port: the next byte of the item. */
const DATA = 1;
const ID_PORTS = 1;

export class FirmwareConfiguration implements PortDevice, Saved {
  #selected = 0;
  #at = 0;
  readonly #memoryBytes: () => number;

  constructor(memoryBytes: () => number) { this.#memoryBytes = memoryBytes; }

  read(port: number): number {
    if (port - FIRMWARE_CONFIGURATION_PORT !== DATA) return 0xff;
    const byte = this.#item[this.#at] ?? 0;
    this.#at += 1;
    return byte;
  }

  /** The selector is one register of two bytes; writing an item is not possible. */
  write(): void { /* half a selector selects nothing */ }

  writeWide(port: number, size: number, value: number): void {
    if (port !== FIRMWARE_CONFIGURATION_PORT || size !== 2) return;
    this.#selected = value;
    this.#at = 0;
  }

  save(writer: ByteWriter): void {
    writer.u32(this.#selected);
    writer.count(this.#at);
  }

  restore(reader: ByteReader): void {
    this.#selected = reader.u32();
    this.#at = reader.count();
  }

  // what there is none of reads as zeros
  get #item(): readonly number[] {
    switch (this.#selected) {
      case SIGNATURE: return [0x51, 0x45, 0x4d, 0x55]; // "QEMU"
      case ID: return [ID_PORTS, 0, 0, 0];
      case RAM_SIZE: return [0, 8, 16, 24].map((shift) => (this.#memoryBytes() >>> shift) & 0xff);
      case PROCESSORS: case PROCESSORS_MOST: case IRQ0_OVERRIDE: return [1];
      case FILE_DIRECTORY: return [0, 0, 0, 0];
      default: return [];
    }
  }
}
