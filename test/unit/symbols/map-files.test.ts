// System.map and nasm map files as tables of names.

import { describe, expect, it } from 'vitest';
import { encodeUtf8 } from '../../../core/base/utf8.ts';
import { readMapFile, readNasmMap, readSystemMap } from '../../../core/symbols/map-files.ts';
import { SymbolTable } from '../../../core/symbols/symbol-table.ts';

const SYSTEM_MAP = encodeUtf8(`c0100000 T startup_32
c0100010 t local_one
         U undefined_one
ffffffff81000000 T _text
c0100010 T second_name
00000020 A a_number
c0100100 0000000000000010 T sized
f8000000 t from_module\t[module]
`);
// as nasm 2.16 writes it: the part "high" lies behind .text in the file and is meant for 0x100000
const NASM_MAP = encodeUtf8(`
- NASM Map file ---------------------------------------------------------------

-- Sections (summary) ---------------------------------------------------------

Vstart            Start             Stop              Length    Class     Name
            7C00              7C00              7C05  00000005  progbits  .text
          100000              7C08              7C10  00000008  progbits  high

-- Symbols --------------------------------------------------------------------

---- No Section ---------------------------------------------------------------

Value     Name
00001234  data_size

---- Section .text ------------------------------------------------------------

Real              Virtual           Name
            7C00              7C00  start
            7C02              7C02  start.loop

---- Section high -------------------------------------------------------------

Real              Virtual           Name
            7C08            100000  kernel
`);

describe('map files', () => {
  it('reads System.map: no undefined names, the first name of an address first, a number names itself alone', () => {
    const names = readSystemMap(SYSTEM_MAP);
    expect(names?.symbols.map((one) => one.name)).toEqual(['_text', 'a_number', 'startup_32', 'local_one', 'second_name', 'sized', 'from_module']);
    expect(names?.at(0xc010_0011)).toEqual({ name: 'local_one', offset: 1 });
    expect(names?.addressOf('second_name')).toBe(0xc010_0010);
    expect(names?.at(0x20)).toEqual({ name: 'a_number', offset: 0 });
    expect(names?.at(0x21)).toBeNull();
    expect(names?.at(0xc010_010f)).toEqual({ name: 'sized', offset: 15 });
  });

  it('finds names of 64-bit kernels exactly', () => {
    const symbols = new SymbolTable([readSystemMap(SYSTEM_MAP)!]);
    expect(symbols.symbolAt(0xffff_ffff_8100_0003n)).toEqual({ name: '_text', offset: 3 });
    expect(symbols.symbolAt(0x8100_0003)).toBeNull();
  });

  it('reads the virtual addresses of a nasm map, and where its parts lie before they are moved', () => {
    const names = readNasmMap(NASM_MAP);
    expect(names?.symbols.map(({ name, address, reach }) => [name, address, reach])).toEqual([['start', 0x7c00, 5], ['start.loop', 0x7c02, 3], ['kernel', 0x10_0000, 8]]);
    expect(names?.placed).toEqual([{ linear: 0x10_0000, physical: 0x7c08, bytes: 8 }]);
    expect(names?.at(0x7c05)).toBeNull();
  });

  it('tells the formats apart, and text that is neither', () => {
    expect(readMapFile(SYSTEM_MAP)?.addressOf('startup_32')).toBe(0xc010_0000);
    expect(readMapFile(NASM_MAP)?.addressOf('start')).toBe(0x7c00);
    for (const text of ['hello\nworld\n', '', 'a note\nc0100000 T one_line_is_not_enough\nand another\n', '00000000 T hidden\n00000000 t from_the_reader\n']) expect(readMapFile(encodeUtf8(text)), text).toBeNull();
  });
});
