// --symbols: names and source lines given with a guest, or beside a trace when it is read.

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { encodeUtf8 } from '../../../core/base/utf8.ts';
import { elfWithSections, lineUnit, NOBITS } from '../symbols/dwarf-bytes.ts';
import { MemoryIo } from './memory-io.ts';

const IMAGE = readFileSync(new URL('../../../traces/int80-syscall.img', import.meta.url));
const FLAT = Uint8Array.from([0xcd, 0x80]);
// one function linked at 0xc0100000 and loaded at 0x100000, where the flat image lies
const LINES = elfWithSections({ linear: 0xc010_0000, physical: 0x10_0000, bytes: 16 }, [
  { name: '.text', type: NOBITS, flags: 6, address: 0xc010_0000, bytes: [] },
  { name: '.debug_line', type: 1, flags: 0, address: 0, bytes: lineUnit({ version: 5, directories: ['/k'], files: [{ name: 'start.c', directory: 0 }], rows: [{ address: 0xc010_0000, file: 0, line: 42 }], end: 0xc010_0010 }) },
]);

function files(): MemoryIo {
  const io = new MemoryIo();
  io.files.set('image', IMAGE);
  io.files.set('flat', FLAT);
  io.files.set('lines.elf', LINES);
  io.files.set('map', encodeUtf8('00100000 T map_start\n'));
  io.files.set('text', encodeUtf8('no names\n'));
  return io;
}

describe('--symbols', () => {
  it('names events by the address the file is loaded at, while paging is off', async () => {
    const io = files();
    await io.run('record', 'flat', '-o', 't', '--format', 'flat');
    expect((await io.run('events', 't')).out).not.toContain('start.c');
    const first = (await io.run('events', 't', '--symbols', 'lines.elf', '--json')).out.split('\n')[0] ?? '';
    expect(JSON.parse(first)).toMatchObject({ code: { file: 'start.c', line: 42 } });
    expect((await io.run('events', 't', '--symbols', 'map', '--symbols', 'lines.elf')).out).toMatch(/map_start \(start\.c:42\)/);
  });

  it('are kept in the trace when it is recorded with them, and change nothing else', async () => {
    const io = files();
    await io.run('record', 'flat', '-o', 'plain', '--format', 'flat');
    expect((await io.run('record', 'flat', '-o', 't', '--format', 'flat', '--symbols', 'map', '--symbols', 'lines.elf', '--until', 'exec map_start')).code).toBe(0);
    await io.run('record', 'flat', '-o', 'named', '--format', 'flat', '--symbols', 'map', '--symbols', 'lines.elf');
    expect((await io.run('info', 'named')).out).toMatch(/symbols +1, and source lines \(2 rows\)\nsymbols +map, 21 bytes\nsymbols +lines\.elf/);
    expect((await io.run('events', 'named')).out).toMatch(/map_start \(start\.c:42\)/);
    expect((await io.run('verify', 'named')).code).toBe(0);
    const rows = async (name: string): Promise<unknown[]> => (await io.run('events', name, '--json')).out.trim().split('\n').map((line) => { const { code: _code, ...event } = JSON.parse(line) as { code?: unknown }; return event; });
    expect(await rows('named')).toEqual(await rows('plain'));
  });

  it('are asked before those in the trace, by every command that names addresses', async () => {
    const io = files();
    await io.run('record', 'image', '-o', 't');
    io.files.set('other', encodeUtf8('00400000 T my_program\n'));
    expect((await io.run('events', 't')).out).toContain('user_program+0xa');
    expect((await io.run('events', 't', '--symbols', 'other')).out).toMatch(/ my_program\+0xa -> kernel_entry_int80/);
    expect((await io.run('find', 't', 'exec my_program', '--symbols', 'other')).out).toContain('(my_program)');
    expect((await io.run('walk', 't', 'my_program', '--at', '7', '--symbols', 'other')).code).toBe(0);
    for (const argv of [['explain', 't', '--at', '7'], ['who', 't', 'eax', '--at', '7'], ['visits', 't'], ['stats', 't'], ['state', 't', '--at', '7'], ['info', 't'], ['lint', 't']]) {
      expect((await io.run(...argv, '--symbols', 'other')).code, argv[0]).not.toBe(2);
    }
  });

  it('refuses a file without names in one line', async () => {
    const io = files();
    await io.run('record', 'image', '-o', 't');
    for (const argv of [['events', 't', '--symbols', 'text'], ['record', 'image', '-o', 'u', '--symbols', 'text'], ['events', 't', '--symbols', 'nowhere'], ['events', 't', '--symbols', '-']]) {
      const { code, out, err } = await io.run(...argv);
      expect([code, out]).toEqual([2, '']);
      expect(err).toMatch(/^error: [^\n]+\n$/);
    }
    expect(io.files.has('u')).toBe(false);
  });
});
