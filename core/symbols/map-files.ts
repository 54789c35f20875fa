// Symbols from text files: System.map (nm's format) and nasm's map file ([map symbols]). Lines that are not symbols are passed over.

import { SYMBOLS_MAX, SymbolTable, type SymbolEntry } from './symbol-table.ts';

const LINE_CHARACTERS_MAX = 1024;

/** `c0100000 T startup_32`: address, type letter, name. Undefined symbols (`U`) have no address and are left out. */
const SYSTEM_MAP_LINE = /^([0-9a-fA-F]{1,16})\s+([A-Za-z?])\s+(\S+)/;
/** `  100000  100000  kernel_start` (nasm: real and virtual address) in a "Symbols" part. */
const NASM_MAP_LINE = /^\s*([0-9A-F]{1,16})\s+([0-9A-F]{1,16})\s+([A-Za-z_.?@$][\w.?@$#~]*)\s*$/;

/** Reads `nm` output or System.map. Addresses beyond 32 bits are left out. Null when no line is a symbol. */
export function readSystemMap(text: string): SymbolTable | null {
  return readLines(text, (line) => {
    const match = SYSTEM_MAP_LINE.exec(line);
    return match === null || match[2] === 'U' ? null : { name: match[3]!, address: Number.parseInt(match[1]!, 16), size: 0 };
  });
}

/** Reads the map file nasm writes for `[map symbols file]`; the address is the virtual one. Null when no line is a symbol. */
export function readNasmMap(text: string): SymbolTable | null {
  return readLines(text, (line) => {
    const match = NASM_MAP_LINE.exec(line);
    return match === null ? null : { name: match[3]!, address: Number.parseInt(match[2]!, 16), size: 0 };
  });
}

/** Whichever of the two formats the text is; null when it is neither. */
export function readMapFile(text: string): SymbolTable | null {
  return readSystemMap(text) ?? readNasmMap(text);
}

function readLines(text: string, read: (line: string) => SymbolEntry | null): SymbolTable | null {
  const found: SymbolEntry[] = [];
  for (const line of text.split('\n')) {
    if (line.length > LINE_CHARACTERS_MAX || found.length >= SYMBOLS_MAX) continue;
    const symbol = read(line);
    if (symbol !== null && symbol.address <= 0xffff_ffff) found.push(symbol);
  }
  return found.length === 0 ? null : new SymbolTable(found);
}
