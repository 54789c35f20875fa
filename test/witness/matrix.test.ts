// Bochs runs the guests of the protection matrix: what it prints is what test/unit/cpu/matrix/expected*.txt say, which every unit test holds us
// against. UPDATE_GOLDEN=1 rewrites them. The images there are what nasm makes of their sources.
// A witness that is not installed is skipped with its reason, and is a failure where CI=true.

import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it, type TestContext } from 'vitest';
import { MATRICES, summary } from '../unit/cpu/matrix/summary.ts';
import { bochsMissing, printedByBochs } from './lib/bochs.ts';
import { inFolder, missing, ROOT, run } from './lib/programs.ts';

const LIMIT_MS = 280_000;
const FOLDER = path.join(ROOT, 'test/unit/cpu/matrix');

/** Skips the test loudly when a program is missing; fails it where CI=true. */
function need(context: TestContext, reason: string | null): void {
  if (reason === null) return;
  if (process.env['CI'] === 'true') throw new Error(`missing witness: ${reason}`);
  console.warn(`SKIPPED, cannot witness: ${reason}`);
  context.skip(reason);
}

describe.each(MATRICES)('$what', ({ source, image, expected }) => {
  it('is assembled from its source', { timeout: LIMIT_MS }, async (context) => {
    need(context, missing('nasm', 'nasm'));
    await inFolder(async (folder) => {
      const made = path.join(folder, image);
      const assembled = await run('nasm', ['-f', 'bin', '-o', made, path.join(FOLDER, source)], { cwd: ROOT, limitMs: LIMIT_MS });
      expect([assembled.code, assembled.stderr]).toEqual([0, '']);
      expect(readFileSync(made).equals(readFileSync(path.join(FOLDER, image)))).toBe(true);
    });
  });

  it('ends under Bochs as is written', { timeout: LIMIT_MS }, async (context) => {
    need(context, bochsMissing());
    const seen = summary(await printedByBochs(readFileSync(path.join(FOLDER, image)), LIMIT_MS));
    if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(path.join(FOLDER, expected), seen);
    expect(seen.length).toBeGreaterThan(0);
    expect(seen).toBe(readFileSync(path.join(FOLDER, expected), 'utf8'));
  });
});
