// Files of names as a whole: symbols and DWARF lines of ELF files made byte by byte, whole and damaged, and what is none.

import { deflateRawSync } from 'node:zlib';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { BadInput } from '../../../core/base/bad-input.ts';
import { encodeUtf8 } from '../../../core/base/utf8.ts';
import { readSymbolFile, symbolsOfGuest } from '../../../core/symbols/read-symbols.ts';
import { mergeSymbols, symbolTable, type SymbolTable } from '../../../core/symbols/symbol-table.ts';
import { elfBytes } from '../machine/elf-bytes.ts';
import { elfWithSections, lineUnit, NOBITS, type LineRecipe, type SectionRecipe } from './dwarf-bytes.ts';

const HIGH = { linear: 0xc010_0000, physical: 0x10_0000, bytes: 0x1000 };
const TEXT: SectionRecipe = { name: '.text', type: NOBITS, flags: 6, address: HIGH.linear, bytes: [] };
const RECIPE: LineRecipe = {
  version: 4, directories: ['/src/kernel', 'lib', '/src/kernel/trap'], files: [{ name: 'main.c', directory: 0 }, { name: './print.c', directory: 1 }, { name: 'trap.c', directory: 2 }],
  rows: [{ address: 0xc010_0000, file: 0, line: 10 }, { address: 0xc010_0004, file: 0, line: 11 }, { address: 0xc010_0008, file: 1, line: 200 }, { address: 0xc010_000a, file: 2, line: 7 }],
  end: 0xc010_0020,
};
const debugLine = (bytes: readonly number[], more: Partial<SectionRecipe> = {}): SectionRecipe => ({ name: '.debug_line', type: 1, flags: 0, address: 0, bytes, ...more });
const read = (...units: readonly (readonly number[])[]): SymbolTable => readSymbolFile(elfWithSections(HIGH, [TEXT, debugLine(units.flat())]), 'kernel').table;
const refusal = (bytes: Uint8Array): string => {
  try { readSymbolFile(bytes, 'F'); } catch (error) {
    expect(error).toBeInstanceOf(BadInput);
    return (error as BadInput).message;
  }
  throw new Error('it was not refused');
};

describe('DWARF line numbers', () => {
  it.each([2, 3, 4, 5] as const)('version %i: each row holds up to the next one, none behind the end', (version) => {
    const table = read(lineUnit({ ...RECIPE, version }));
    expect(table.lineAt(0xc010_0003)).toEqual({ file: 'main.c', line: 10 });
    expect(table.lineAt(0xc010_0004)).toEqual({ file: 'main.c', line: 11 });
    expect(table.lineAt(0xc010_0008)).toEqual({ file: 'lib/print.c', line: 200 });
    expect(table.lineAt(0xc010_001f)?.line).toBe(7);
    expect(table.lineAt(0xc010_0020)).toBeNull();
    expect(table.lineAt(0xc00f_ffff)).toBeNull();
  });

  it('names files relative to where the compiler ran, where the table says so', () => {
    expect(read(lineUnit({ ...RECIPE, version: 5 })).lineAt(0xc010_000a)?.file).toBe('trap/trap.c');
    expect(read(lineUnit({ ...RECIPE, version: 4 })).lineAt(0xc010_000a)?.file).toBe('/src/kernel/trap/trap.c');
  });

  it('reads the 64-bit format, and several units in any order', () => {
    const later = { ...RECIPE, isWide: true, rows: [{ address: 0xc010_0100, file: 0, line: 90 }], end: 0xc010_0110 };
    const table = read(lineUnit(later), lineUnit(RECIPE));
    expect(table.lineAt(0xc010_0105)?.line).toBe(90);
    expect(table.lineAt(0xc010_0003)?.line).toBe(10);
  });

  it('says where the code of a line begins, the file named by its end', () => {
    const again = { ...RECIPE, rows: [{ address: 0xc010_0100, file: 0, line: 11 }, { address: 0xc010_0104, file: 0, line: 12 }], end: 0xc010_0108 };
    const { lines } = read(lineUnit(RECIPE), lineUnit(again)).files[0]!;
    expect(lines.addressesOf('main.c', 11)).toEqual([0xc010_0004, 0xc010_0100]);
    expect(lines.addressesOf('print.c', 200)).toEqual([0xc010_0008]);
    expect(lines.addressesOf('int.c', 200)).toEqual([]);
    expect(lines.linesOf('main.c')).toEqual([10, 11, 12]);
  });

  it('leaves out code that the linker left out', () => {
    const gone = { ...RECIPE, rows: [{ address: 0, file: 0, line: 50 }], end: 0x10 };
    expect(read(lineUnit(RECIPE), lineUnit(gone)).lineAt(4)).toBeNull();
    const low = { linear: 0, physical: 0, bytes: 0x1000 };
    const file = (units: readonly (readonly number[])[]): SymbolTable => readSymbolFile(elfWithSections(low, [{ ...TEXT, address: 0 }, debugLine(units.flat())]), 'F').table;
    expect(file([lineUnit(gone)]).lineAt(4)?.line).toBe(50);
    expect(() => file([lineUnit(gone), lineUnit({ ...gone, rows: [{ address: 0, file: 0, line: 60 }] })])).toThrow(/without symbols/);
  });

  it('unfolds compressed sections, and says which compression it does not know', () => {
    const unit = lineUnit(RECIPE), packed = [0x78, 0x9c, ...deflateRawSync(Uint8Array.from(unit)), 0, 0, 0, 0];
    const size = [unit.length & 0xff, unit.length >>> 8, 0, 0];
    const compressed = (type: number): Uint8Array => elfWithSections(HIGH, [TEXT, debugLine([type, 0, 0, 0, ...size, 1, 0, 0, 0, ...packed], { flags: 0x800 })]);
    expect(readSymbolFile(compressed(1), 'F').table.lineAt(0xc010_0004)?.line).toBe(11);
    const old = elfWithSections(HIGH, [TEXT, debugLine([0x5a, 0x4c, 0x49, 0x42, 0, 0, 0, 0, 0, 0, unit.length >>> 8, unit.length & 0xff, ...packed], { name: '.zdebug_line' })]);
    expect(readSymbolFile(old, 'F').table.lineAt(0xc010_0004)?.line).toBe(11);
    expect(refusal(compressed(2))).toMatch(/without symbols/);
    const named = elfWithSections(HIGH, [TEXT, debugLine([2, 0, 0, 0, ...size, 1, 0, 0, 0, ...packed], { flags: 0x800 }), ...symbols('main', 0xc010_0000)]);
    expect(readSymbolFile(named, 'F').problems).toEqual(['.debug_line is compressed by zstd: decompress it with objcopy --decompress-debug-sections']);
  });

  it('passes over a unit it cannot read, and tells', () => {
    const future = lineUnit(RECIPE);
    future[4] = 6;
    const file = readSymbolFile(elfWithSections(HIGH, [TEXT, debugLine([...future, ...lineUnit({ ...RECIPE, version: 5 })])]), 'F');
    expect(file.problems).toEqual(['line numbers of DWARF 6 are not read: 2 to 5 are']);
    expect(file.table.lineAt(0xc010_0004)?.line).toBe(11);
  });
});

// a symbol table with one name
function symbols(name: string, address: number): readonly SectionRecipe[] {
  const word = (value: number): number[] => [0, 8, 16, 24].map((shift) => (value >>> shift) & 0xff);
  return [
    { name: '.symtab', type: 2, flags: 0, address: 0, bytes: [...new Array<number>(16).fill(0), ...word(1), ...word(address), ...word(4), 0x12, 0, 1, 0] },
    { name: '.strtab', type: 3, flags: 0, address: 0, bytes: [0, ...Array.from(name, (character) => character.charCodeAt(0)), 0] },
  ];
}

describe('files of names', () => {
  const KERNEL = elfBytes({
    entry: 0x10_0004, segments: [{ physical: 0x10_0000, bytes: [0x90, 0x90, 0x90, 0x90, 0xf4], memoryBytes: 0x2000 }],
    symbols: [{ name: 'start', address: 0x10_0000, size: 4 }, { name: 'stop', address: 0x10_0004, size: 0 }],
  });

  it('names addresses by size; a number of its own names only itself', () => {
    const table = symbolsOfGuest(KERNEL, []);
    expect(table?.addressOf('stop')).toBe(0x10_0004);
    expect(table?.addressOf('nowhere')).toBeNull();
    expect(table?.symbolAt(0x10_0003)).toEqual({ name: 'start', offset: 3 });
    expect(table?.symbolAt(0x10_0004)).toEqual({ name: 'stop', offset: 0 });
    for (const linear of [0x10_0010, 0xf_ffff, 0x20_0004]) expect(table?.symbolAt(linear)).toBeNull();
  });

  it('lets a symbol without a size reach to the next one, and no farther than its section', () => {
    const table = symbolsOfGuest(readFileSync(new URL('../../../traces/demand-paging.img', import.meta.url)), []);
    const program = table?.addressOf('user_program') ?? 0, stack = table?.addressOf('user_stack_top') ?? 0;
    expect(table?.symbolAt(program + 5)).toEqual({ name: 'user_program', offset: 5 });
    expect(table?.symbolAt(stack)).toEqual({ name: 'user_stack_top', offset: 0 });
    expect(table?.symbolAt(stack + 0x4123)).toBeNull();
  });

  it('finds a kernel at the address it is loaded at while paging is off, and only then', () => {
    const table = read(lineUnit(RECIPE));
    expect(table.unpaged.lineAt(0x10_0004)).toEqual({ file: 'main.c', line: 11 });
    expect(table.lineAt(0x10_0004)).toBeNull();
    expect(table.unpaged.lineAt(0xc010_0004)?.line).toBe(11);
    expect(table.unpaged.lineAt(0x10_1004)).toBeNull();
  });

  it('asks several files in order', () => {
    const user = symbolTable([{ name: 'user_main', address: 0x10_0000, size: 0x10 }]), kernel = symbolsOfGuest(KERNEL, []);
    expect(mergeSymbols([user, kernel])?.symbolAt(0x10_0001)?.name).toBe('user_main');
    expect(mergeSymbols([kernel, user])?.symbolAt(0x10_0001)?.name).toBe('start');
    expect(mergeSymbols([kernel, user])?.symbolAt(0x10_0008)?.name).toBe('user_main');
    expect(mergeSymbols([kernel, user])?.addressOf('user_main')).toBe(0x10_0000);
    expect(mergeSymbols([null, null])).toBeNull();
  });

  it('takes what was recorded with a guest before the image, and passes over what cannot be read', () => {
    const files = [{ role: 'symbols', bytes: encodeUtf8('00100000 T from_map\n') }, { role: 'symbols', bytes: encodeUtf8('nothing') }, { role: 'initrd', bytes: encodeUtf8('00100000 T no\n') }];
    expect(symbolsOfGuest(KERNEL, files)?.symbolAt(0x10_0000)?.name).toBe('from_map');
    expect(symbolsOfGuest(null, files)?.count).toBe(1);
    expect(symbolsOfGuest(null, [])).toBeNull();
    expect(symbolsOfGuest(elfBytes({ entry: 0, segments: [], symbols: null }), [])).toBeNull();
  });

  it('refuses in one line what has no names, and says what it is', () => {
    expect(refusal(new Uint8Array(0))).toBe('F is empty: give an ELF file, System.map or a map of nasm');
    expect(refusal(Uint8Array.of(0x1f, 0x8b, 8))).toBe('F is compressed (gzip): unpack it first');
    expect(refusal(encodeUtf8('hello\n'))).toMatch(/^F holds no symbols/);
    expect(refusal(elfBytes({ entry: 0, segments: [], symbols: null }))).toMatch(/without symbols and line numbers/);
    const arm = KERNEL.slice();
    arm[18] = 40;
    expect(refusal(arm)).toMatch(/none for x86/);
    expect(refusal(KERNEL.slice(0, 30))).toMatch(/it is cut/);
  });

  it('never throws anything but BadInput on damaged bytes', () => {
    const files = [KERNEL, elfWithSections(HIGH, [TEXT, debugLine([...lineUnit(RECIPE), ...lineUnit({ ...RECIPE, version: 5, isWide: true })]), ...symbols('main', 0xc010_0000)])];
    for (const file of files) {
      for (let at = 0; at < file.length; at += 1) {
        for (const value of [0, 1, 0x7f, 0x80, 0xff]) {
          const bytes = file.slice();
          bytes[at] = value;
          try { readSymbolFile(bytes, 'F'); } catch (error) { expect(error).toBeInstanceOf(BadInput); }
        }
        try { readSymbolFile(file.slice(0, at), 'F'); } catch (error) { expect(error).toBeInstanceOf(BadInput); }
      }
    }
  });
});
