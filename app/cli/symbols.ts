// Files of names (--symbols): given beside a trace when it is read, or recorded into it. Any number; the first one is asked first.

import { basename } from 'node:path';
import { BadInput } from '../../core/base/bad-input.ts';
import { readGivenSymbols, type GivenSymbols } from '../../core/ringscope/symbols.ts';
import type { Arguments, OptionTable } from './command.ts';
import type { Io } from './io.ts';

/** The option as every command that names addresses has it. */
export const SYMBOLS_OPTION: OptionTable = { symbols: { type: 'string', multiple: true } };

/** Reads the files of --symbols; what of them cannot be read is said on stderr. Throws BadInput for a file that has no names. */
export function givenSymbols(args: Arguments, io: Io): GivenSymbols {
  const given = readGivenSymbols(args.all('symbols').map((path) => {
    if (path === '-') throw new BadInput('--symbols needs a file: standard input is for the trace or the image');
    return { name: basename(path), bytes: io.readFile(path) };
  }));
  for (const problem of given.problems) io.err(`note: ${problem}\n`);
  return given;
}
