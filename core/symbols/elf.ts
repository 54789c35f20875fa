// Reads ELF32 files for x86: header, program headers, symbol table. Knows nothing about loading (core/machine/loaders/load-elf.ts).
// Every offset is checked against the file, every count against a bound: a hostile file gets a BadInput, never an exception of ours.
// Tool Interface Standard "ELF Specification" 1.2: "ELF Header", "Program Header", "Symbol Table".

import { BadInput } from '../base/bad-input.ts';
import { SYMBOLS_MAX, SymbolTable, type SymbolEntry } from './symbol-table.ts';

/** One program header. Offsets, addresses and sizes in bytes. */
export interface ElfSegment {
  readonly type: number; readonly offset: number; readonly virtual: number; readonly physical: number;
  readonly fileBytes: number; readonly memoryBytes: number; readonly flags: number;
}
export interface ElfFile {
  readonly bytes: Uint8Array;
  /** e_type: 2 is an executable. */
  readonly type: number;
  readonly entry: number;
  readonly segments: readonly ElfSegment[];
}

export const ET_EXEC = 2;
export const PT_LOAD = 1;
const EM_386 = 3;
const HEADER_BYTES = 52, PROGRAM_HEADER_BYTES = 32, SECTION_HEADER_BYTES = 40, SYMBOL_BYTES = 16;
const SEGMENTS_MAX = 1024;
const NAME_BYTES_MAX = 1024;
const SHT_SYMTAB = 2;
const SHN_UNDEF = 0;
const STT_SECTION = 3, STT_FILE = 4;

/** True when the bytes begin with ELF's magic number. */
export function isElf(bytes: Uint8Array): boolean {
  return bytes.length >= 4 && bytes[0] === 0x7f && bytes[1] === 0x45 && bytes[2] === 0x4c && bytes[3] === 0x46;
}

/** Reads header and program headers. Throws BadInput for anything but a whole little-endian ELF32 file for x86. */
export function readElf(bytes: Uint8Array): ElfFile {
  if (!isElf(bytes)) throw new BadInput('not an ELF file (it does not begin with 7f 45 4c 46): give --format flat, or an ELF32 executable');
  const view = viewOf(bytes);
  checkIdentity(bytes, view);
  const first = view.getUint32(28, true), size = view.getUint16(42, true), count = view.getUint16(44, true);
  if (count > SEGMENTS_MAX) throw new BadInput(`the ELF file names ${String(count)} program headers, more than ${String(SEGMENTS_MAX)}: it is damaged, build it again`);
  if (count > 0 && size < PROGRAM_HEADER_BYTES) throw new BadInput(`the ELF file's program headers are ${String(size)} bytes long instead of 32: it is damaged, build it again`);
  const segments: ElfSegment[] = [];
  for (let index = 0; index < count; index += 1) segments.push(readSegment(view, first + index * size, index));
  return { bytes, type: view.getUint16(16, true), entry: view.getUint32(24, true), segments };
}

function checkIdentity(bytes: Uint8Array, view: DataView): void {
  if (bytes[4] === 2) throw new BadInput('a 64-bit ELF file: this core runs 32-bit guests, build it with -m32 (ELF32)');
  if (bytes.length < HEADER_BYTES) throw new BadInput(`the ELF file is cut: ${String(bytes.length)} bytes, its header alone has 52; copy or build it again`);
  if (bytes[4] !== 1 || bytes[5] !== 1) throw new BadInput('the ELF file is not 32-bit little endian: build it for i386');
  const machine = view.getUint16(18, true);
  if (machine !== EM_386) throw new BadInput(`the ELF file is for machine ${String(machine)}, not for x86 (3): build it for i386`);
}

function readSegment(view: DataView, at: number, index: number): ElfSegment {
  if (at + PROGRAM_HEADER_BYTES > view.byteLength) throw new BadInput(`the ELF file is cut: program header ${String(index)} lies beyond its end; copy or build it again`);
  const word = (offset: number): number => view.getUint32(at + offset, true);
  const segment = { type: word(0), offset: word(4), virtual: word(8), physical: word(12), fileBytes: word(16), memoryBytes: word(20), flags: word(24) };
  if (segment.type === PT_LOAD && segment.offset + segment.fileBytes > view.byteLength) {
    throw new BadInput(`the ELF file is cut: the bytes of segment ${String(index)} lie beyond its end; copy or build it again`);
  }
  return segment;
}

/**
 * The names of an ELF32 file's symbol table; null when it has none (stripped). A damaged table gives the symbols that can be
 * read: names are a convenience, no reason to refuse an image that runs.
 */
export function readElfSymbols(elf: ElfFile): SymbolTable | null {
  const view = viewOf(elf.bytes);
  const first = view.getUint32(32, true), size = view.getUint16(46, true), count = view.getUint16(48, true);
  if (size < SECTION_HEADER_BYTES) return null;
  for (let index = 0; index < count; index += 1) {
    const at = first + index * size;
    if (at + SECTION_HEADER_BYTES > view.byteLength) return null;
    if (view.getUint32(at + 4, true) !== SHT_SYMTAB) continue;
    const strings = first + view.getUint32(at + 24, true) * size;
    if (strings + SECTION_HEADER_BYTES > view.byteLength) return null;
    return new SymbolTable(readSymbols(elf.bytes, view, at, strings));
  }
  return null;
}

function readSymbols(bytes: Uint8Array, view: DataView, table: number, strings: number): SymbolEntry[] {
  const first = view.getUint32(table + 16, true);
  const end = Math.min(first + view.getUint32(table + 20, true), view.byteLength);
  const namesFirst = view.getUint32(strings + 16, true);
  const namesEnd = Math.min(namesFirst + view.getUint32(strings + 20, true), view.byteLength);
  const found: SymbolEntry[] = [];
  for (let at = first + SYMBOL_BYTES; at + SYMBOL_BYTES <= end && found.length < SYMBOLS_MAX; at += SYMBOL_BYTES) {
    const type = view.getUint8(at + 12) & 15;
    if (view.getUint16(at + 14, true) === SHN_UNDEF || type === STT_SECTION || type === STT_FILE) continue;
    const name = nameAt(bytes, namesFirst + view.getUint32(at, true), namesEnd);
    const address = view.getUint32(at + 4, true);
    if (name !== '') found.push({ name, address, size: view.getUint32(at + 8, true), reach: reachOf(view, view.getUint16(at + 14, true), address) });
  }
  return found;
}

/** How far behind its start a symbol of section `index` can be meant: an absolute one only there, others up to their section's end. */
function reachOf(view: DataView, index: number, address: number): number {
  const at = view.getUint32(32, true) + index * view.getUint16(46, true);
  if (index >= view.getUint16(48, true) || at + SECTION_HEADER_BYTES > view.byteLength) return 1;
  const end = view.getUint32(at + 12, true) + view.getUint32(at + 20, true);
  return Math.max(1, end - address);
}

function nameAt(bytes: Uint8Array, from: number, end: number): string {
  let name = '';
  for (let at = from; at < Math.min(end, from + NAME_BYTES_MAX) && bytes[at] !== 0; at += 1) name += String.fromCharCode(bytes[at]!);
  return name;
}

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
