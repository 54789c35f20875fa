// The benchmark's committed images are what their sources give.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import { ROOT } from '../../witness/lib/programs.ts';

const folder = path.join(ROOT, 'test/bench');
const SMALL = ['-DNA=300000', '-DKB=1', '-DNC=20000', '-DND=20000', '-DNE=16', '-DNF=500', '-DNG=4'];

it.for([
  ['bench.asm', 'bench.rom', []], ['bench.asm', 'small.rom', SMALL], ['bench-elf.asm', 'bench-elf.img', []], ['bench-elf.asm', 'small-elf.img', SMALL],
] as const)('%s gives %s', ([source, image, defines], context) => {
  if (spawnSync('nasm', ['-v']).error) {
    console.warn(`SKIPPED: nasm is not installed (Debian, Ubuntu: apt-get install nasm), so ${image} was not compared with its source`);
    if (process.env['CI'] === 'true') throw new Error('nasm is not installed: in CI that is a failure');
    context.skip('nasm is not installed');
  }
  const scratch = mkdtempSync(path.join(os.tmpdir(), 'ringscope-nasm-'));
  try {
    const made = spawnSync('nasm', ['-f', 'bin', ...defines, '-o', path.join(scratch, 'image'), source], { cwd: folder, encoding: 'utf8' });
    expect(made.stderr).toBe('');
    expect(readFileSync(path.join(scratch, 'image')).equals(readFileSync(path.join(folder, image))), `test/bench/${image} is out of date, see its README`).toBe(true);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
});
