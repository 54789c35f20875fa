// What is known about addresses from all files together: names and source lines. Files are asked in order; the first that knows answers.
// Read by read-symbols.ts. An address is a linear one, of 32 or 64 bits; a bigint where a number would not be exact.

import { linearKey } from './linear-key.ts';
import type { SourceLine } from './line-table.ts';
import { NameTable, type SymbolHit } from './name-table.ts';

export type { SourceLine } from './line-table.ts';
export type { SymbolHit } from './name-table.ts';

/** What is asked of names at a moment: the table itself, or the same where paging is off. */
export interface CodeNames {
  /** The symbol that covers a linear address and how far behind its start that lies; null when none does. */
  symbolAt(linear: number | bigint): SymbolHit | null;
  /** The source line an instruction was made from; null where no table says. */
  lineAt(linear: number | bigint): SourceLine | null;
}

export class SymbolTable implements CodeNames {
  readonly files: readonly NameTable[];
  /** The names while paging is off: an address is physical then, and a file may say which linear one it becomes. */
  readonly unpaged: CodeNames;

  constructor(files: readonly NameTable[]) {
    this.files = files;
    this.unpaged = files.every(({ placed }) => placed.length === 0) ? this : new Unpaged(files);
  }

  /** How many names, and how many rows of source lines. */
  get count(): number {
    return this.files.reduce((sum, { symbols }) => sum + symbols.length, 0);
  }

  get lineCount(): number {
    return this.files.reduce((sum, { lines }) => sum + lines.count, 0);
  }

  symbolAt(linear: number | bigint): SymbolHit | null {
    const key = linearKey(linear);
    return firstOf(this.files, (file) => file.at(key));
  }

  lineAt(linear: number | bigint): SourceLine | null {
    const key = linearKey(linear);
    return firstOf(this.files, (file) => file.lines.at(key));
  }

  /** The linear address of a name, negative in the upper half of 64 bits (linear-key.ts); null when there is none. */
  addressOf(name: string): number | null {
    return firstOf(this.files, (file) => file.addressOf(name));
  }
}

/** The names of one file. */
export function symbolTable(...of: ConstructorParameters<typeof NameTable>): SymbolTable {
  return new SymbolTable([new NameTable(...of)]);
}

/** Several tables as one; the first is asked first. Null when there is none. */
export function mergeSymbols(tables: readonly (SymbolTable | null)[]): SymbolTable | null {
  const files = tables.flatMap((table) => table?.files ?? []);
  return files.length === 0 ? null : new SymbolTable(files);
}

class Unpaged implements CodeNames {
  readonly #files: readonly NameTable[];

  constructor(files: readonly NameTable[]) {
    this.#files = files;
  }

  symbolAt(physical: number | bigint): SymbolHit | null {
    const key = linearKey(physical);
    return firstOf(this.#files, (file) => file.at(file.linkedAt(key)));
  }

  lineAt(physical: number | bigint): SourceLine | null {
    const key = linearKey(physical);
    return firstOf(this.#files, (file) => file.lines.at(file.linkedAt(key)));
  }
}

function firstOf<Answer>(files: readonly NameTable[], ask: (file: NameTable) => Answer | null): Answer | null {
  for (const file of files) {
    const answer = ask(file);
    if (answer !== null) return answer;
  }
  return null;
}
