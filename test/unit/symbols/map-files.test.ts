// System.map and nasm map files as symbol tables.

import { describe, expect, it } from 'vitest';
import { readMapFile, readNasmMap, readSystemMap } from '../../../core/symbols/map-files.ts';

const SYSTEM_MAP = `c0100000 T startup_32
c0100010 t local_one
         U undefined_one
ffffffff81000000 T _text
c0100010 T second_name
`;
const NASM_MAP = `
- NASM Map file ---------------------------------------------------------------

Vstart            Start             Stop              Length    Class     Name
          100000            100000            100003  00000003  progbits  .text

-- Symbols --------------------------------------------------------------------

---- No Section ---------------------------------------------------------------

Value     Name
00001234  data_size

---- Section .text ------------------------------------------------------------

Real              Virtual           Name
               0            100000  start
               1            100001  start.loop
`;

describe('map files', () => {
  it('reads System.map: 32-bit addresses, no undefined names, first name first', () => {
    const symbols = readSystemMap(SYSTEM_MAP);
    expect(symbols?.symbols.map((one) => one.name)).toEqual(['startup_32', 'local_one', 'second_name']);
    expect(symbols?.symbolAt(0xc010_0011)).toEqual({ name: 'local_one', offset: 1 });
    expect(symbols?.addressOf('second_name')).toBe(0xc010_0010);
  });

  it('reads the virtual addresses of a nasm map and nothing else of it', () => {
    expect(readNasmMap(NASM_MAP)?.symbols).toEqual([
      { name: 'start', address: 0x10_0000, size: 0 }, { name: 'start.loop', address: 0x10_0001, size: 0 },
    ]);
  });

  it('tells the formats apart, and text that is neither', () => {
    expect(readMapFile(SYSTEM_MAP)?.addressOf('startup_32')).toBe(0xc010_0000);
    expect(readMapFile(NASM_MAP)?.addressOf('start')).toBe(0x10_0000);
    expect(readMapFile('hello\nworld\n')).toBeNull();
  });
});
