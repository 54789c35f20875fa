// Names for addresses: those a guest brings, and those given beside it, before a recording or when one is read. What the files are:
// core/symbols/read-symbols.ts.

import type { GuestFile } from '../event/guest-file.ts';
import { readSymbolFile, symbolsOfGuest } from '../symbols/read-symbols.ts';
import { mergeSymbols, type SymbolTable } from '../symbols/symbol-table.ts';
import type { OpenedRecording } from './open.ts';

export interface GivenSymbols {
  readonly table: SymbolTable | null;
  /** The same files, to be recorded with a guest. */
  readonly files: readonly GuestFile[];
  /** What of them could not be read, one sentence each. */
  readonly problems: readonly string[];
}

/** Reads files that were given for their names; the first one is asked first. Throws BadInput for a file that has none. */
export function readGivenSymbols(given: readonly { readonly name: string; readonly bytes: Uint8Array }[]): GivenSymbols {
  const read = given.map(({ name, bytes }) => ({ name, ...readSymbolFile(bytes, name) }));
  return {
    table: mergeSymbols(read.map(({ table }) => table)), files: given.map(({ name, bytes }) => ({ role: 'symbols', name, bytes })),
    problems: read.flatMap(({ name, problems }) => problems.map((problem) => `${name}: ${problem}`)),
  };
}

/** The names while a guest is recorded: the given ones, then those of its image. */
export function symbolsWhileRecording(image: Uint8Array, given: GivenSymbols): SymbolTable | null {
  return mergeSymbols([given.table, symbolsOfGuest(image, [])]);
}

/** A recording with further names, which are asked first. */
export function withSymbols<Opened extends OpenedRecording>(opened: Opened, { table }: GivenSymbols): Opened {
  return table === null ? opened : { ...opened, symbols: mergeSymbols([table, opened.symbols]) };
}
