// Names and lines of what gcc really writes: 32 and 64 bits, DWARF 2 to 5, plain and compressed. Needs gcc; says so where there is none.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readSymbolFile, type SymbolFile } from '../../../core/symbols/read-symbols.ts';

const SOURCE = `int counter;
__attribute__((noinline)) static int half(int x)
{
  if (x > 100)
    counter = x;
  return x / 2;
}

int start(int x)
{
  int total = half(x);
  total += half(total);
  return total + counter;
}
`;
const scratch = mkdtempSync(path.join(os.tmpdir(), 'ringscope-lines-'));
afterAll(() => { rmSync(scratch, { recursive: true, force: true }); });
writeFileSync(path.join(scratch, 'program.c'), SOURCE);

const FLAGS = ['-ffreestanding', '-nostdlib', '-static', '-no-pie', '-fno-pic', '-fcf-protection=none', '-fno-asynchronous-unwind-tables', '-Wl,-e,start,--build-id=none'];
function build(...options: readonly string[]): SymbolFile | string {
  const file = path.join(scratch, `${options.join('').replace(/\W+/g, '-')}.elf`);
  const { status, stderr, error } = spawnSync('gcc', [...FLAGS, ...options, 'program.c', '-o', file], { cwd: scratch });
  if (error !== undefined || status !== 0) return error?.message ?? String(stderr);
  return readSymbolFile(readFileSync(file), 'program.elf');
}
const probe = build('-m32', '-g'), probe64 = build('-m64', '-g');
if (typeof probe === 'string') console.warn(`skipped: lines of compiled programs (gcc -m32 is not at hand: ${probe.split('\n')[0] ?? ''})`);

const MODES = [['-m32', 0xc010_0000n], ['-m64', 0xffff_ffff_8010_0000n]] as const;
const CASES = MODES.flatMap(([mode, text]) => ['-gdwarf-2', '-gdwarf-3', '-gdwarf-4', '-gdwarf-5'].flatMap((dwarf) => ['-gz=none', '-gz=zlib', '-gz=zlib-gnu'].map((packing) => [mode, dwarf, packing, text] as const)));

describe.skipIf(typeof probe === 'string')('lines of compiled programs', () => {
  it.skipIf(typeof probe64 === 'string').each(CASES)('%s %s %s', (mode, dwarf, packing, text) => {
    const file = build(mode, dwarf, packing, '-O0', `-Wl,-Ttext=0x${text.toString(16)}`, ...(mode === '-m64' ? ['-mcmodel=kernel'] : []));
    if (typeof file === 'string') throw new Error(file);
    const { table, problems } = file;
    expect(problems).toEqual([]);
    const address = (name: string): bigint => BigInt.asUintN(64, BigInt(table.addressOf(name) ?? 0));
    expect(address('half') >= text && address('start') > address('half')).toBe(true);
    expect(table.lineAt(address('half'))).toEqual({ file: 'program.c', line: 3 });
    expect(table.lineAt(address('start'))).toEqual({ file: 'program.c', line: 10 });
    expect(table.symbolAt(address('start') + 5n)).toEqual({ name: 'start', offset: 5 });
    // every line of the functions with code in it, in their order, and nothing behind the end
    const lines: number[] = [];
    for (let linear = address('half'); table.symbolAt(linear) !== null; linear += 1n) { const line = table.lineAt(linear)?.line ?? 0; if (line !== lines.at(-1)) lines.push(line); }
    expect(lines).toEqual([3, 4, 5, 6, 7, 10, 11, 12, 13, 14]);
  });
});
