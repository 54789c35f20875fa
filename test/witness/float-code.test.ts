// A C program of floating point and vectors, as gcc compiles it to SSE2 in several ways, prints the same on the bare processor here as on the host.

import { spawnSync } from 'node:child_process';
import { expect, it, type TestContext } from 'vitest';
import { buildFloat, compilerMissing } from '../../scripts/kernel.mjs';
import { hostMissing } from './lib/host-float.ts';
import { ringscopeEvents, ringscopeMissing } from './lib/ringscope.ts';

const VARIANTS = [['-O0'], ['-O2'], ['-O2', '-mfpmath=387'], ['-O3', '-mfpmath=both'], ['-O3', '-march=pentium4'], ['-O3', '-funroll-loops', '-march=prescott'], ['-O2', '-ftree-vectorize', '-fomit-frame-pointer']];

function need(context: TestContext): void {
  const reason = compilerMissing() ?? hostMissing() ?? ringscopeMissing();
  if (reason === null) return;
  if (process.env['CI'] === 'true') throw new Error(`missing: ${reason}`);
  console.warn(`SKIPPED, no compiled floating point runs: ${reason}`);
  context.skip(reason);
}

it.for(VARIANTS.map((options) => options.join(' ')))('compiled with %s', { timeout: 120_000 }, async (options, context) => {
  need(context);
  const { host, guest } = buildFloat(options.split(' '));
  const expected = spawnSync(host, { encoding: 'utf8' }).stdout;
  expect(expected).toMatch(/^mandelbrot: [0-9a-f]{8} \n[^]*end\n$/);
  expect((await ringscopeEvents(guest)).console).toBe(expected);
});
