// The names, source lines and load addresses of one file, sorted once and searched by halving. Several together: symbol-table.ts.

import { LineTable } from './line-table.ts';

/**
 * One name. `address`: a key (linear-key.ts). `size` in bytes; 0 when the file does not say: then it reaches up to the next symbol, and no
 * farther than `reach` bytes (to the end of its section; 1 for a number that only names one address).
 */
export interface SymbolEntry { readonly name: string; readonly address: number; readonly size: number; readonly reach?: number }
/** `offset` bytes behind the start of `name`. */
export interface SymbolHit { readonly name: string; readonly offset: number }
/** Bytes a file loads at `physical` and links for `linear`: there they are seen once the guest has set its pages up. */
export interface Placed { readonly physical: number; readonly linear: number; readonly bytes: number }

/** No file may bring more names than this. */
export const SYMBOLS_MAX = 1 << 20;
/** An address farther than this behind a symbol of unknown size is not called by its name. */
const OFFSET_MAX = 0x1_0000;
/** How many smaller symbols may lie inside a larger one that covers an address. */
const NESTED_MAX = 64;
const NO_LINES = new LineTable([]);

export class NameTable {
  /** By ascending address; of several names for one address, the first in the file first. */
  readonly symbols: readonly SymbolEntry[];
  readonly lines: LineTable;
  /** Where bytes are loaded at another address than they are linked for. */
  readonly placed: readonly Placed[];
  readonly #byName = new Map<string, SymbolEntry>();

  constructor(symbols: readonly SymbolEntry[], { lines = NO_LINES, placed = [] }: { readonly lines?: LineTable; readonly placed?: readonly Placed[] } = {}) {
    this.symbols = [...symbols].sort((a, b) => a.address - b.address);
    for (const one of symbols) if (!this.#byName.has(one.name)) this.#byName.set(one.name, one);
    this.lines = lines;
    this.placed = placed.filter(({ physical, linear }) => physical !== linear);
  }

  /** The symbol that covers an address; null when none does. */
  at(key: number): SymbolHit | null {
    let at = this.#firstOfAddress(this.#lastNotAfter(key));
    for (let tries = 0; at >= 0 && tries < NESTED_MAX; tries += 1) {
      const candidate = this.symbols[at]!;
      const offset = key - candidate.address;
      if (offset < candidate.size || (candidate.size === 0 && tries === 0 && offset < (candidate.reach ?? OFFSET_MAX))) return { name: candidate.name, offset };
      at = this.#firstOfAddress(at - 1);
    }
    return null;
  }

  /** The address of a name; null when there is none. */
  addressOf(name: string): number | null {
    return this.#byName.get(name)?.address ?? null;
  }

  /** What is linked for an address where these bytes are loaded; the address itself where the file loads nothing. */
  linkedAt(physical: number): number {
    const home = this.placed.find((one) => physical >= one.physical && physical - one.physical < one.bytes);
    return home === undefined ? physical : physical - home.physical + home.linear;
  }

  #lastNotAfter(key: number): number {
    let low = 0, high = this.symbols.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.symbols[middle]!.address <= key) low = middle + 1; else high = middle;
    }
    return low - 1;
  }

  #firstOfAddress(from: number): number {
    let at = from;
    while (at > 0 && this.symbols[at - 1]!.address === this.symbols[at]!.address) at -= 1;
    return at;
  }
}
