// Names of addresses, whatever file they came from. Sorted once, searched by halving. Readers: elf.ts, map-files.ts.

/**
 * One name. `size` in bytes; 0 when the file does not say: then it reaches up to the next symbol, and no farther than `reach` bytes
 * (to the end of its section; 1 for a number that only names one address).
 */
export interface SymbolEntry { readonly name: string; readonly address: number; readonly size: number; readonly reach?: number }
/** `offset` bytes behind the start of `name`. */
export interface SymbolHit { readonly name: string; readonly offset: number }

/** No file may bring more names than this. */
export const SYMBOLS_MAX = 1 << 20;
/** An address farther than this behind a symbol of unknown size is not called by its name. */
const OFFSET_MAX = 0x1_0000;
/** How many smaller symbols may lie inside a larger one that covers an address. */
const NESTED_MAX = 64;

export class SymbolTable {
  /** By ascending address; of several names for one address, the first in the file first. */
  readonly symbols: readonly SymbolEntry[];
  readonly #byName = new Map<string, SymbolEntry>();

  constructor(symbols: readonly SymbolEntry[]) {
    this.symbols = [...symbols].sort((a, b) => a.address - b.address);
    for (const one of symbols) if (!this.#byName.has(one.name)) this.#byName.set(one.name, one);
  }

  /** The symbol that covers a linear address and how far behind its start that lies; null when none does. */
  symbolAt(linear: number): SymbolHit | null {
    let at = this.#firstOfAddress(this.#lastNotAfter(linear));
    for (let tries = 0; at >= 0 && tries < NESTED_MAX; tries += 1) {
      const candidate = this.symbols[at]!;
      const offset = linear - candidate.address;
      if (offset < candidate.size || (candidate.size === 0 && tries === 0 && offset < (candidate.reach ?? OFFSET_MAX))) return { name: candidate.name, offset };
      at = this.#firstOfAddress(at - 1);
    }
    return null;
  }

  /** The linear address of a name; null when there is none. */
  addressOf(name: string): number | null {
    return this.#byName.get(name)?.address ?? null;
  }

  #lastNotAfter(linear: number): number {
    let low = 0, high = this.symbols.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.symbols[middle]!.address <= linear) low = middle + 1; else high = middle;
    }
    return low - 1;
  }

  #firstOfAddress(from: number): number {
    let at = from;
    while (at > 0 && this.symbols[at - 1]!.address === this.symbols[at]!.address) at -= 1;
    return at;
  }
}
