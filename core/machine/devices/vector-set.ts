// A set of interrupt vectors as the local APIC keeps three of them (IRR, ISR, TMR): 256 bits, read by software as eight words.
// SDM 3A "Interrupt Acceptance for Fixed Interrupts".

import type { ByteReader } from '../../base/byte-reader.ts';
import type { ByteWriter } from '../../base/byte-writer.ts';
import type { Saved } from './port-device.ts';

const WORDS = 8;

export class VectorSet implements Saved {
  readonly #words = new Uint32Array(WORDS);

  /** The highest vector in it, or -1. */
  get highest(): number {
    for (let index = WORDS - 1; index >= 0; index -= 1) {
      const word = this.#words[index]!;
      if (word !== 0) return index * 32 + 31 - Math.clz32(word);
    }
    return -1;
  }

  has(vector: number): boolean { return ((this.#words[vector >>> 5]! >>> (vector & 31)) & 1) !== 0; }
  add(vector: number): void { this.#words[vector >>> 5]! |= 1 << (vector & 31); }
  remove(vector: number): void { this.#words[vector >>> 5]! &= ~(1 << (vector & 31)); }
  clear(): void { this.#words.fill(0); }
  /** Vectors 32 * index and up, as software reads them. */
  word(index: number): number { return this.#words[index]!; }

  save(writer: ByteWriter): void { for (const word of this.#words) writer.u32(word); }
  restore(reader: ByteReader): void { for (let index = 0; index < WORDS; index += 1) this.#words[index] = reader.u32(); }
}
