// The C test kernel (test/kernel), built at every optimization level, prints the same in Ringscope, QEMU and Bochs: what expected.txt says.
// Without a compiler or a witness a test is skipped with its reason, and fails where CI=true.

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it, type TestContext } from 'vitest';
import { buildKernel, compilerMissing, LEVELS } from '../../scripts/kernel.mjs';
import { bochsMissing, runBochs } from './lib/bochs.ts';
import { ROOT } from './lib/programs.ts';
import { qemuMissing, runQemu } from './lib/qemu.ts';
import { ringscopeEvents, ringscopeMissing } from './lib/ringscope.ts';

const LIMIT_MS = 240_000;
const expected = readFileSync(path.join(ROOT, 'test/kernel/expected.txt'), 'utf8');
/** Bochs runs images from 64 KiB of ROM (lib/rom.ts): the smallest kernel fits. */
const FITS_ROM = '-Os';

const built = new Map<string, string>();
function kernel(level: string): string {
  const known = built.get(level) ?? buildKernel(level);
  built.set(level, known);
  return known;
}

/** Skips the test loudly for the first reason there is; fails it where CI=true. */
function need(context: TestContext, ...reasons: (string | null)[]): void {
  const reason = reasons.find((one) => one !== null) ?? null;
  if (reason === null) return;
  if (process.env['CI'] === 'true') throw new Error(`missing: ${reason}`);
  console.warn(`SKIPPED, the C kernel does not run: ${reason}`);
  context.skip(reason);
}

it('expects self tests in both rings, faults, turns and an end', () => {
  for (const line of [/^ring 0: crc32 +cbf43926 ok$/m, /^ring 3: crc32 +cbf43926 ok$/m, /^kernel page: vector 14, error code 5/m, /^task 2: turn 4$/m, /^all tasks ended, 0 self/m]) expect(expected).toMatch(line);
  expect(expected).not.toContain('WRONG');
});

describe.each(LEVELS)('compiled with %s', (level) => {
  it('prints in Ringscope what is expected', { timeout: LIMIT_MS }, async (context) => {
    need(context, compilerMissing(), ringscopeMissing());
    expect((await ringscopeEvents(kernel(level))).console).toBe(expected);
  });

  it('prints in QEMU what is expected', { timeout: LIMIT_MS }, async (context) => {
    need(context, compilerMissing(), qemuMissing());
    expect((await runQemu(kernel(level))).console).toBe(expected);
  });
});

it('prints in Bochs what is expected', { timeout: LIMIT_MS }, async (context) => {
  need(context, compilerMissing(), bochsMissing());
  expect((await runBochs(kernel(FITS_ROM))).console).toBe(expected);
});
