// Symbols from text files: System.map and other output of nm, and the map file of nasm ([map symbols], [map all]). Each line of System.map
// is a symbol; a file of which most lines are none is no such file.

import { keyOfWords } from './linear-key.ts';
import { NameTable, SYMBOLS_MAX, type Placed, type SymbolEntry } from './name-table.ts';

const LINE_BYTES_MAX = 1024, LINE_FEED = 10;

/** `c0100000 T startup_32`, of `nm -S` with a size: address, type letter, name. Undefined symbols (`U`) have no address. */
const SYSTEM_MAP_LINE = /^([0-9a-f]{1,16}) (?:([0-9a-f]{8,16}) )?([A-Za-z?]) (\S+)(?:\s+\[\S+\])?\s*$/i;
const UNDEFINED_LINE = /^\s+[UwvW] \S+\s*$/;
/** `  7C08  100000  kernel_start`: real (in the file) and virtual address in a "Symbols" part. */
const NASM_SYMBOL = /^\s*([0-9A-F]{1,16})\s+([0-9A-F]{1,16})\s+([A-Za-z_.?@$][\w.?@$#~]*)\s*$/;
/** `  100000  7C08  7C09  00000001  progbits  high`: vstart, start, stop, length, class, name. */
const NASM_SECTION = /^\s*([0-9A-F]{1,16})\s+([0-9A-F]{1,16})\s+([0-9A-F]{1,16})\s+([0-9A-F]{8,16})\s+(\w+)\s+(\S+)\s*$/;
const NASM_TITLE = /^- NASM Map file -/, NASM_PART = /^---- Section (\S+) -/;

/** Reads `nm` output or System.map. Null when it is none. */
export function readSystemMap(bytes: Uint8Array): NameTable | null {
  const found: SymbolEntry[] = [];
  let others = 0;
  for (const line of linesOf(bytes)) {
    const [, address, size, type, name] = SYSTEM_MAP_LINE.exec(line) ?? [];
    if (address === undefined || name === undefined) { if (line.trim() !== '' && !UNDEFINED_LINE.test(line)) others += 1; continue; }
    // an absolute number names itself alone
    const reach = type === 'A' || type === 'a' ? { reach: 1 } : {};
    if (type !== 'U' && found.length < SYMBOLS_MAX) found.push({ name, address: keyOfHex(address), size: size === undefined ? 0 : Number.parseInt(size, 16), ...reach });
  }
  // where all addresses are zero they were hidden from whoever read them (/proc/kallsyms)
  return found.length <= others || found.every(({ address }) => address === 0) ? null : new NameTable(found);
}

/** Reads the map file nasm writes; a name's address is the virtual one. Null when it is none. */
export function readNasmMap(bytes: Uint8Array): NameTable | null {
  const found: SymbolEntry[] = [];
  const sections = new Map<string, Placed>();
  let isMap = false, home: Placed | undefined;
  for (const line of linesOf(bytes)) {
    if (NASM_TITLE.test(line)) isMap = true;
    if (!isMap) continue;
    const [, part] = NASM_PART.exec(line) ?? [];
    if (part !== undefined) home = sections.get(part);
    const [, vstart, start, , length, , name] = NASM_SECTION.exec(line) ?? [];
    if (vstart !== undefined && start !== undefined && length !== undefined && name !== undefined) sections.set(name, { linear: keyOfHex(vstart), physical: keyOfHex(start), bytes: Number.parseInt(length, 16) });
    const [, , virtual, symbol] = NASM_SYMBOL.exec(line) ?? [];
    if (virtual === undefined || symbol === undefined || found.length >= SYMBOLS_MAX) continue;
    const address = keyOfHex(virtual);
    found.push({ name: symbol, address, size: 0, ...(home === undefined ? {} : { reach: Math.max(1, home.linear + home.bytes - address) }) });
  }
  return found.length === 0 ? null : new NameTable(found, { placed: [...sections.values()] });
}

/** Whichever of the two formats the bytes are; null when they are neither. */
export function readMapFile(bytes: Uint8Array): NameTable | null {
  return readNasmMap(bytes) ?? readSystemMap(bytes);
}

function keyOfHex(digits: string): number {
  const whole = digits.padStart(16, '0');
  return keyOfWords(Number.parseInt(whole.slice(8), 16), Number.parseInt(whole.slice(0, 8), 16));
}

function* linesOf(bytes: Uint8Array): Generator<string> {
  for (let first = 0; first < bytes.length;) {
    const found = bytes.indexOf(LINE_FEED, first);
    const end = found < 0 ? bytes.length : found;
    if (end - first <= LINE_BYTES_MAX) yield String.fromCharCode(...bytes.subarray(first, end));
    first = end + 1;
  }
}
