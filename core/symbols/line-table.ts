// Source lines of addresses: rows by ascending address, each true up to the next one. Made by dwarf-lines.ts.

/** `file` as the compiler was given it, relative to where it ran. */
export interface SourceLine { readonly file: string; readonly line: number }

/** Rows of instructions that follow one another; line 0: no source line, as behind the last instruction. */
export interface LineSequence {
  readonly addresses: Float64Array;
  /** Index in `files` of each row. */
  readonly fileOf: Uint32Array;
  readonly lineOf: Uint32Array;
  readonly files: readonly string[];
}

/** Rows in all at most; 16 bytes each. */
export const LINE_ROWS_MAX = 1 << 22;

export class LineTable {
  readonly files: readonly string[];
  readonly #addresses: Float64Array;
  readonly #fileOf: Uint32Array;
  readonly #lineOf: Uint32Array;

  /** Of rows with one address, the last one counts. */
  constructor(sequences: readonly LineSequence[]) {
    const ordered = sequences.filter(({ addresses }) => addresses.length > 0).sort((a, b) => a.addresses[0]! - b.addresses[0]!);
    const rows = ordered.reduce((sum, { addresses }) => sum + addresses.length, 0);
    const index = new Map<string, number>();
    const addresses = new Float64Array(rows), fileOf = new Uint32Array(rows), lineOf = new Uint32Array(rows);
    let at = 0;
    for (const one of ordered) {
      const own = one.files.map((file) => numberOf(index, file));
      addresses.set(one.addresses, at);
      lineOf.set(one.lineOf, at);
      for (let row = 0; row < one.fileOf.length; row += 1) fileOf[at + row] = own[one.fileOf[row]!] ?? 0;
      at += one.addresses.length;
    }
    const order = isRising(addresses) ? null : Uint32Array.from(addresses, (_, row) => row).sort((a, b) => addresses[a]! - addresses[b]! || a - b);
    this.files = [...index.keys()];
    this.#addresses = order === null ? addresses : Float64Array.from(order, (row) => addresses[row]!);
    this.#fileOf = order === null ? fileOf : Uint32Array.from(order, (row) => fileOf[row]!);
    this.#lineOf = order === null ? lineOf : Uint32Array.from(order, (row) => lineOf[row]!);
  }

  /** Rows, those that only end a stretch included. */
  get count(): number {
    return this.#addresses.length;
  }

  /** The line of an address (linear-key.ts); null where no row says. */
  at(key: number): SourceLine | null {
    const row = this.#rowAt(key);
    const line = row < 0 ? 0 : this.#lineOf[row]!;
    return line === 0 ? null : { file: this.files[this.#fileOf[row]!] ?? '', line };
  }

  /**
   * Where code of a line begins: the first address of each stretch of it, rising. `file` may leave folders out at its front (`trap.c` for
   * `kernel/trap.c`). Empty when no code was made from that line.
   */
  addressesOf(file: string, line: number): readonly number[] {
    const wanted = new Set(this.files.flatMap((known, index) => (isNamed(known, file) ? [index] : [])));
    const found: number[] = [];
    for (let row = 0; row < this.count && wanted.size > 0; row += 1) {
      if (this.#lineOf[row] !== line || !wanted.has(this.#fileOf[row]!) || this.#isOvertaken(row)) continue;
      const before = this.#rowAt(this.#addresses[row]! - 1);
      if (before < 0 || this.#lineOf[before] !== line || this.#fileOf[before] !== this.#fileOf[row]) found.push(this.#addresses[row]!);
    }
    return found;
  }

  /** The lines of a file that code was made from, rising; empty when no such file is known. */
  linesOf(file: string): readonly number[] {
    const wanted = new Set(this.files.flatMap((known, index) => (isNamed(known, file) ? [index] : [])));
    const lines = new Set<number>();
    for (let row = 0; row < this.count && wanted.size > 0; row += 1) if (wanted.has(this.#fileOf[row]!) && this.#lineOf[row] !== 0) lines.add(this.#lineOf[row]!);
    return [...lines].sort((a, b) => a - b);
  }

  // another row says something else of the same address
  #isOvertaken(row: number): boolean {
    return row + 1 < this.count && this.#addresses[row + 1] === this.#addresses[row];
  }

  #rowAt(key: number): number {
    let low = 0, high = this.count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#addresses[middle]! <= key) low = middle + 1; else high = middle;
    }
    return low - 1;
  }
}

function numberOf(index: Map<string, number>, file: string): number {
  const known = index.get(file);
  if (known !== undefined) return known;
  index.set(file, index.size);
  return index.size - 1;
}

const isNamed = (known: string, file: string): boolean => known === file || known.endsWith(`/${file}`);

function isRising(addresses: Float64Array): boolean {
  for (let row = 1; row < addresses.length; row += 1) if (addresses[row]! < addresses[row - 1]!) return false;
  return true;
}
