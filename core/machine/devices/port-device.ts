// What every device is to the bus (devices.ts): ports or memory it answers at, when it acts by itself, and its state for checkpoints.

import type { ByteReader } from '../../base/byte-reader.ts';
import type { ByteWriter } from '../../base/byte-writer.ts';
import type { WakeQuestion } from '../../cpu/bus.ts';

export interface PortDevice {
  /** Reads one byte; may change the device. */
  read(port: number): number;
  /** Writes one byte. Throws Unsupported for what the device has and this one does not. */
  write(port: number, value: number): void;
  /** Reads 2 or 4 bytes at once. Without it the bus splits a wider access into bytes, lowest port first, as the ISA bus does. */
  readWide?(port: number, size: number): number;
  /** Writes 2 or 4 bytes at once. */
  writeWide?(port: number, size: number, value: number): void;
}

/** Registers in physical memory outside RAM. */
export interface MemoryDevice {
  /** Reads `size` bytes (1, 2 or 4), unsigned; may change the device. */
  readMemory(physical: number, size: number): number;
  writeMemory(physical: number, size: number, value: number): void;
}

/** What a checkpoint keeps of a device. */
export interface Saved {
  save(writer: ByteWriter): void;
  /** Puts back what `save` wrote. Throws BadInput when it is damaged. */
  restore(reader: ByteReader): void;
}

/** Something that acts by itself at a point of the guest's clock. */
export interface Timed {
  /** The clock at which it acts next; Infinity when never. */
  readonly deadline: number;
  /** Does everything that is due at the clock it sees, in order. */
  catchUp(): void;
  /** True when, left alone, it will interrupt a processor that takes maskable interrupts when `isMaskableOpen`: HLT is not the end then. */
  willWake(question: WakeQuestion): boolean;
}

/** Something that is given what comes from outside: keys, bytes. */
export interface Receiver {
  /** True when an input, were it given now, would interrupt a processor that takes maskable interrupts when `isMaskableOpen`. */
  awaitsInput(question: WakeQuestion): boolean;
}

/** Physical addresses [first, end) and who answers there. */
export interface MemoryRange { readonly first: number; readonly end: number; readonly device: MemoryDevice }

/** Ports [first, end) and who answers there. */
export interface PortRange { readonly first: number; readonly end: number; readonly device: PortDevice }
