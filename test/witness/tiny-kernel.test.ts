// The showcase kernel, traces/tiny-kernel: its committed image and what the compiler here makes of its sources print the same in Ringscope,
// QEMU and Bochs, process by process. Which process runs when depends on the machine's time, so lines are compared within each process.

import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, type TestContext } from 'vitest';
import { buildTinyKernel, compilerMissing } from '../../scripts/kernel.mjs';
import { bochsMissing, runBochs } from './lib/bochs.ts';
import { ROOT } from './lib/programs.ts';
import { qemuMissing, runQemu } from './lib/qemu.ts';
import { ringscopeEvents, ringscopeMissing } from './lib/ringscope.ts';
import type { WitnessRun } from './lib/witness-event.ts';

const LIMIT_MS = 120_000;
const COMMITTED = path.join(ROOT, 'traces/tiny-kernel.img');
const RUNNERS = { ringscope: ringscopeEvents, qemu: runQemu, bochs: runBochs };
const MISSING = { ringscope: ringscopeMissing, qemu: qemuMissing, bochs: bochsMissing };
const WITNESSES = ['ringscope', 'qemu', 'bochs'] as const;
/** The ROM that stands in for a boot loader under Bochs has no memory map to pass on. */
const TELLS_MEMORY = { ringscope: true, qemu: true, bochs: false };

/** What each process and the kernel print, in order; numbers that depend on time or on the compiler are left out. */
const EXPECTED = {
  sieve: ['sieve: 1438 primes below 12000', 'process 1 (sieve) ended by itself'],
  deep: ['deep: process 2 by int 0x80', 'deep: process 2 by sysenter', 'deep: level 8', 'deep: level 16', 'deep: level 24', 'deep: sum 276', 'process 2 (deep) ended by itself'],
  rogue: ['rogue: the kernel does not print its own memory for me', 'rogue: so I read it myself', 'process 3 (rogue) ended: page fault at 0x100000, error code 0x5'],
  kernel: ['all processes have ended'],
};

const scratch = mkdtempSync(path.join(os.tmpdir(), 'ringscope-tiny-'));
const COMPILED = path.join(scratch, 'tiny-kernel.img');
beforeAll(() => { if (compilerMissing() === null) buildTinyKernel(COMPILED); });
afterAll(() => { rmSync(scratch, { recursive: true, force: true }); });

/** Skips the test loudly for the first reason there is; fails it where CI=true. */
function need(context: TestContext, ...reasons: (string | null)[]): void {
  const reason = reasons.find((one) => one !== null) ?? null;
  if (reason === null) return;
  if (process.env['CI'] === 'true') throw new Error(`missing: ${reason}`);
  console.warn(`SKIPPED, the tiny kernel does not run: ${reason}`);
  context.skip(reason);
}

function linesOf({ console: text }: WitnessRun): typeof EXPECTED {
  const lines = text.split('\n').map((line) => line.replace(/, eip 0x[0-9a-f]+$/, ''));
  const of = (word: string): string[] => lines.filter((line) => line.includes(word));
  return { sieve: of('sieve'), deep: of('deep'), rogue: of('rogue'), kernel: of('all processes') };
}

describe.each([['as it is committed', COMMITTED], ['compiled here', COMPILED]])('%s', (_, image) => {
  it.for(WITNESSES)('prints in %s what is expected', { timeout: LIMIT_MS }, async (witness, context) => {
    need(context, image === COMPILED ? compilerMissing() : null, MISSING[witness]());
    const ran = await RUNNERS[witness](image);
    expect(linesOf(ran)).toEqual(EXPECTED);
    expect(ran.shutdown).toBe(false);
    expect(/^memory map: 0x100000 up to 0x3[0-9a-f]{6}, usable$/m.test(ran.console)).toBe(TELLS_MEMORY[witness]);
  });

  it('is preempted, pages on demand and calls both ways in Ringscope', { timeout: LIMIT_MS }, async (context) => {
    need(context, image === COMPILED ? compilerMissing() : null, ringscopeMissing());
    const { events } = await ringscopeEvents(image);
    const count = (vector: number, source: string): number => events.filter((event) => event.vector === vector && event.source === source).length;
    expect(count(0x20, 'external')).toBeGreaterThan(5);
    expect(count(14, 'exception')).toBeGreaterThan(12);
    expect(count(0x80, 'software')).toBeGreaterThan(4);
  });
});
