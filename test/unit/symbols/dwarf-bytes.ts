// Makes .debug_line units and ELF files with sections for tests, byte by byte.

export interface LineRecipe {
  readonly version: 2 | 3 | 4 | 5;
  /** Folder of each file, its name. The first folder is where the compiler ran. */
  readonly directories: readonly string[];
  readonly files: readonly { readonly name: string; readonly directory: number }[];
  /** The program; `file` counts from 0 in the list above. */
  readonly rows: readonly { readonly address: number; readonly file: number; readonly line: number }[];
  readonly end: number;
  readonly isWide?: boolean;
}

const OPCODE_BASE = 13, OPERANDS = [0, 1, 1, 1, 1, 0, 0, 0, 1, 0, 0, 1];
const text = (of: string): number[] => [...Array.from(of, (character) => character.charCodeAt(0)), 0];
const word = (value: number): number[] => [0, 8, 16, 24].map((shift) => (value >>> shift) & 0xff);
const half = (value: number): number[] => [value & 0xff, value >>> 8];
export const uleb = (value: number): number[] => (value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...uleb(value >>> 7)]);
const sleb = (value: number): number[] => (value >= -64 && value < 64 ? [value & 0x7f] : [(value & 0x7f) | 0x80, ...sleb(value >> 7)]);

/** One unit: a set_address at the start, rows by copy, an end_sequence. */
export function lineUnit({ version, directories, files, rows, end, isWide = false }: LineRecipe): number[] {
  const offset = (value: number): number[] => (isWide ? [...word(value), ...word(0)] : word(value));
  const own = version === 5 ? 0 : 1;
  const names = version === 5
    ? [1, 1, 8, ...uleb(directories.length), ...directories.flatMap(text), 2, 1, 8, 2, 11, ...uleb(files.length), ...files.flatMap(({ name, directory }) => [...text(name), directory])]
    : [...directories.slice(1).flatMap(text), 0, ...files.flatMap(({ name, directory }) => [...text(name), directory, 0, 0]), 0];
  const fixed = [1, ...(version >= 4 ? [1] : []), 1, 0xfb, 14, OPCODE_BASE, ...OPERANDS, ...names];
  let line = 1, address = 0;
  const program = rows.flatMap((row, index) => {
    const moved = index === 0 ? [0, 5, 2, ...word(row.address)] : [2, ...uleb(row.address - address)];
    const bytes = [...moved, 4, ...uleb(row.file + own), 3, ...sleb(row.line - line), 1];
    line = row.line;
    address = row.address;
    return bytes;
  });
  const body = [...half(version), ...(version === 5 ? [4, 0] : []), ...offset(fixed.length), ...fixed, ...program, 2, ...uleb(end - address), 0, 1, 1];
  return [...(isWide ? word(0xffff_ffff) : []), ...offset(body.length), ...body];
}

export interface SectionRecipe { readonly name: string; readonly type: number; readonly flags: number; readonly address: number; readonly bytes: readonly number[] }
const SYMTAB = 2;
/** Type of a section whose bytes are not in the file: as large as the code. */
export const NOBITS = 8;
/** One segment that loads code, as in a kernel linked high. */
export interface CodeRecipe { readonly linear: number; readonly physical: number; readonly bytes: number }

/**
 * An ELF32 executable: header, one program header, the sections' bytes, names, section headers (the first empty, the last the names). The names of a
 * symbol table follow it.
 */
export function elfWithSections(code: CodeRecipe, sections: readonly SectionRecipe[]): Uint8Array {
  const all = [...sections, { name: '.shstrtab', type: 3, flags: 0, address: 0, bytes: [] }];
  const names = ['', ...all.map(({ name }) => name)].join('\0') + '\0';
  const parts = all.map((one, index) => (index === sections.length ? text(names).slice(0, -1) : one.bytes));
  const first = 52 + 32, end = first + parts.reduce((sum, part) => sum + part.length, 0);
  const bytes = [0x7f, 0x45, 0x4c, 0x46, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, ...half(2), ...half(3), ...[1, code.linear, 52, end, 0].flatMap(word), ...half(52), ...half(32), ...half(1), ...half(40), ...half(all.length + 1), ...half(all.length)];
  bytes.push(...[1, 0, code.linear, code.physical, 0, code.bytes, 5, 0x1000].flatMap(word), ...parts.flat(), ...new Array<number>(40).fill(0));
  let at = first, name = 1;
  all.forEach((one, index) => {
    const length = parts[index]!.length;
    bytes.push(...[name, one.type, one.flags, one.address, at, one.type === NOBITS ? code.bytes : length, one.type === SYMTAB ? index + 2 : 0, 0, 1, 0].flatMap(word));
    at += length;
    name += one.name.length + 1;
  });
  return Uint8Array.from(bytes);
}
