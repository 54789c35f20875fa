// What every device on the I/O bus is to the bus: bytes in, bytes out, and its state for checkpoints. Wider accesses are split into
// bytes by the bus (devices.ts), lowest port first, as the ISA bus does it.

import type { ByteReader } from '../../base/byte-reader.ts';
import type { ByteWriter } from '../../base/byte-writer.ts';

export interface PortDevice {
  /** Reads one byte; may change the device. */
  read(port: number): number;
  /** Writes one byte. Throws Unsupported for what the device has and this one does not. */
  write(port: number, value: number): void;
}

/** What a checkpoint keeps of a device. */
export interface Saved {
  save(writer: ByteWriter): void;
  /** Puts back what `save` wrote. Throws BadInput when it is damaged. */
  restore(reader: ByteReader): void;
}

/** Ports [first, end) and who answers there. */
export interface PortRange { readonly first: number; readonly end: number; readonly device: PortDevice }
