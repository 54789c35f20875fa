// The names of an ELF file's symbol table, 32 and 64 bits. A damaged table gives the symbols that can be read: names are a convenience, no
// reason to refuse a file. Tool Interface Standard "ELF Specification" 1.2: "Symbol Table".

import { addressAt, SHT_SYMTAB, stringAt, type ElfSection, type ElfSections } from './elf-sections.ts';
import { SYMBOLS_MAX, type SymbolEntry } from './name-table.ts';

const SHN_UNDEF = 0, SHN_RESERVED = 0xff00;
const STT_SECTION = 3, STT_FILE = 4;

/** The symbols that have an address, in the file's order; empty when it is stripped. */
export function elfSymbols(elf: ElfSections): readonly SymbolEntry[] {
  const table = elf.sections.find(({ type }) => type === SHT_SYMTAB);
  const strings = elf.sections[table?.link ?? 0];
  return table === undefined || strings === undefined ? [] : symbolsIn(elf, table, strings);
}

//  32 bits: +0 name  +4 value  +8 size  +12 info  +14 section        64 bits: +0 name  +4 info  +6 section  +8 value  +16 size
function symbolsIn(elf: ElfSections, table: ElfSection, strings: ElfSection): readonly SymbolEntry[] {
  const { view, is64 } = elf;
  const bytes = is64 ? 24 : 16;
  const found: SymbolEntry[] = [];
  for (let at = table.offset + bytes; at + bytes <= table.offset + table.length && found.length < SYMBOLS_MAX; at += bytes) {
    const type = view.getUint8(at + (is64 ? 4 : 12)) & 15;
    const section = view.getUint16(at + (is64 ? 6 : 14), true);
    if (section === SHN_UNDEF || type === STT_SECTION || type === STT_FILE) continue;
    const name = stringAt(elf.bytes, strings, view.getUint32(at, true));
    const address = addressAt(elf, at + (is64 ? 8 : 4));
    if (name !== '') found.push({ name, address, size: view.getUint32(at + (is64 ? 16 : 8), true), reach: reachOf(elf.sections[section], section, address) });
  }
  return found;
}

// how far behind its start a symbol can be meant: an absolute one only there, others up to their section's end
function reachOf(section: ElfSection | undefined, index: number, address: number): number {
  if (section === undefined || index >= SHN_RESERVED) return 1;
  return Math.max(1, section.address + section.length - address);
}
