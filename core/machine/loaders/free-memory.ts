// Room in RAM for what a loader hands a kernel: modules, tables, command lines. Lowest address first, never over anything that is placed.

import { BadInput } from '../../base/bad-input.ts';
import { MEMORY_USABLE, memoryMap } from '../memory-map.ts';
import { PAGE_BYTES } from '../options.ts';
import type { LoadPart } from './load-plan.ts';

/** Interrupt vectors, the BIOS data area, and where a boot sector would lie: programs look there for what firmware left. */
const FIRST_FREE = 0x9000;

export interface Wanted {
  /** For the message when there is no room. */
  readonly what: string;
  readonly bytes: number;
  readonly align?: number;
  /** Lowest address that will do. */
  readonly from?: number;
  /** It must end at or below this address. */
  readonly below?: number;
}

/** Throws BadInput when a kernel would lie where the display adapter and the BIOS are. */
function checkBesideFirmware(parts: readonly LoadPart[]): void {
  const inTheWay = parts.find(({ physical, memoryBytes }) => physical < FIRMWARE_END && physical + memoryBytes > FIRMWARE_FIRST);
  if (inTheWay === undefined) return;
  const where = `0x${inTheWay.physical.toString(16)} to 0x${(inTheWay.physical + inTheWay.memoryBytes).toString(16)}`;
  throw new BadInput(`a part of the kernel (${where}) lies over the display memory and the BIOS (0xa0000 to 0x100000): link it at 0x100000 or higher`);
}
const FIRMWARE_FIRST = 0xa_0000, FIRMWARE_END = 0x10_0000;

export class FreeMemory {
  readonly #taken: { readonly first: number; readonly end: number }[];
  readonly #usable: readonly { readonly first: number; readonly end: number }[];

  /** Room beside a kernel. Throws BadInput when that lies where there is no RAM. */
  constructor(memoryBytes: number, parts: readonly LoadPart[]) {
    checkBesideFirmware(parts);
    this.#usable = memoryMap(memoryBytes).filter(({ type }) => type === MEMORY_USABLE).map(({ base, length }) => ({ first: base, end: base + length }));
    this.#taken = parts.map(({ physical, memoryBytes: bytes }) => ({ first: physical, end: physical + bytes }));
  }

  /** The first page behind everything that is placed at or above 1 MiB. */
  get pageBehindAll(): number {
    return roundUp(this.#taken.reduce((end, area) => Math.max(end, area.end), 0x10_0000), PAGE_BYTES);
  }

  /** The lowest free address for so many bytes, which are taken from now on. Throws BadInput. */
  claim({ what, bytes, align = 4, from = FIRST_FREE, below = Infinity }: Wanted): number {
    for (const area of this.#usable) {
      const first = this.#firstFit({ first: Math.max(area.first, from), end: Math.min(area.end, below) }, bytes, align);
      if (first === null) continue;
      this.#taken.push({ first, end: first + bytes });
      return first;
    }
    throw new BadInput(`there is no room in memory for ${what} (${String(bytes)} bytes): give a larger --memory`);
  }

  #firstFit({ first, end }: { readonly first: number; readonly end: number }, bytes: number, align: number): number | null {
    let at = roundUp(first, align);
    for (;;) {
      if (at + bytes > end) return null;
      const inTheWay = this.#taken.find((taken) => taken.first < at + bytes && taken.end > at);
      if (inTheWay === undefined) return at;
      at = roundUp(inTheWay.end, align);
    }
  }
}

const roundUp = (value: number, align: number): number => Math.ceil(value / align) * align;
