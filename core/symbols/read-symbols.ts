// Any file of names: an ELF file (symbol table, DWARF line numbers), System.map or other output of nm, a map of nasm.
// What a file is follows from its bytes; what is none of these is refused in one line.

import { BadInput } from '../base/bad-input.ts';
import { readLines } from './dwarf-lines.ts';
import { isElf } from './elf.ts';
import { debugBytes, readElfSections, SHF_ALLOC, SHF_EXECINSTR, type ElfSections } from './elf-sections.ts';
import { elfSymbols } from './elf-symbols.ts';
import { LineTable, type LineSequence } from './line-table.ts';
import { readMapFile } from './map-files.ts';
import { NameTable } from './name-table.ts';
import { mergeSymbols, SymbolTable } from './symbol-table.ts';

export interface SymbolFile {
  readonly table: SymbolTable;
  /** What of the file could not be read, one sentence each. */
  readonly problems: readonly string[];
}

/** Reads a file somebody gave for its names. Throws BadInput that says what it is instead. */
export function readSymbolFile(bytes: Uint8Array, name: string): SymbolFile {
  const file = namesIn(bytes);
  if (file === null) throw new BadInput(`${name} ${whatElse(bytes)}`);
  return file;
}

/**
 * All that a guest brings: files given for their names first, in order, then the image where it is an ELF file. Null when there is no name.
 * A file that cannot be read brings none: names are a help, not a condition.
 */
export function symbolsOfGuest(image: Uint8Array | null, files: readonly { readonly role: string; readonly bytes: Uint8Array }[]): SymbolTable | null {
  const given = files.filter(({ role }) => role === 'symbols').map(({ bytes }) => bytes);
  return mergeSymbols([...given, ...(image !== null && isElf(image) ? [image] : [])].map((bytes) => namesIn(bytes)?.table ?? null));
}

function namesIn(bytes: Uint8Array): SymbolFile | null {
  return isElf(bytes) ? readElfNames(bytes) : readMapNames(bytes);
}

function readElfNames(bytes: Uint8Array): SymbolFile | null {
  const elf = readElfSections(bytes);
  if (elf === null) return null;
  const symbols = elfSymbols(elf);
  const { lines, problems } = linesOf(elf);
  return symbols.length === 0 && lines.count === 0 ? null : { table: new SymbolTable([new NameTable(symbols, { lines, placed: elf.loaded })]), problems };
}

function linesOf(elf: ElfSections): { readonly lines: LineTable; readonly problems: readonly string[] } {
  try {
    const section = debugBytes(elf, '.debug_line');
    if (section === null) return { lines: new LineTable([]), problems: [] };
    const { sequences, problems } = readLines(section, { line: debugBytes(elf, '.debug_line_str'), all: debugBytes(elf, '.debug_str') });
    return { lines: new LineTable(loadedLines(elf, sequences)), problems };
  } catch (problem) {
    if (!(problem instanceof BadInput)) throw problem;
    return { lines: new LineTable([]), problems: [problem.message] };
  }
}

// what a linker left out keeps its rows, at address 0: where code was left out and other code lies there, nobody can tell them apart
function loadedLines({ sections }: ElfSections, sequences: readonly LineSequence[]): readonly LineSequence[] {
  const code = sections.filter(({ flags }) => (flags & SHF_ALLOC) !== 0 && (flags & SHF_EXECINSTR) !== 0);
  const atZero = sequences.filter(({ addresses }) => addresses[0] === 0).length;
  return sequences.filter(({ addresses }) => {
    const first = addresses[0]!;
    return (first !== 0 || atZero === 1) && code.some(({ address, length }) => first >= address && first - address < length);
  });
}

function readMapNames(bytes: Uint8Array): SymbolFile | null {
  const names = bytes.includes(0) ? null : readMapFile(bytes);
  return names === null ? null : { table: new SymbolTable([names]), problems: [] };
}

function whatElse(bytes: Uint8Array): string {
  if (bytes.length === 0) return 'is empty: give an ELF file, System.map or a map of nasm';
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) return 'is compressed (gzip): unpack it first';
  if (!isElf(bytes)) return 'holds no symbols: give an ELF file, System.map (or other output of nm) or a map of nasm ([map symbols])';
  return readElfSections(bytes) === null ? 'is an ELF file, but none for x86, or it is cut: give that of the guest' : 'is an ELF file without symbols and line numbers: give the one before strip';
}
