// Random cases on Ringscope, QEMU and Bochs: instructions in all their forms, then protection (segments, pages, gates, returns). Each
// case is compared by registers, defined flags, memory, vector, error code, CR2, EIP, accessed and dirty bits.
//   WITNESS_SEED=7          other cases; the seed is printed        WITNESS_CASES=50000   how many instruction cases (2000)
//   WITNESS_FAULTS=50000    how many protection cases (3000)

import { describe, expect, it, type TestContext } from 'vitest';
import { describeCase, differencesText, outcomeDifferences, type Case, type Outcome } from './lib/case.ts';
import { excuseOf } from './lib/case-deviations.ts';
import { runOnBochs, runOnQemu, runOnRingscope } from './lib/case-run.ts';
import { faultCase } from './lib/generate-faults.ts';
import { instructionCase } from './lib/generate.ts';
import { randomFrom, type Random } from './lib/random.ts';
import { bochsMissing } from './lib/bochs.ts';
import { missing } from './lib/programs.ts';
import { qemuMissing } from './lib/qemu.ts';

const numberFrom = (name: string, otherwise: number): number => Number(process.env[name] ?? otherwise);
const SEED = numberFrom('WITNESS_SEED', 1);
const BATCH = 1000;
const LIMIT_MS = 240_000;
const REPORTED = 5;

interface Suite { readonly name: string; readonly count: number; readonly make: (random: Random) => Case; readonly witnesses: readonly ('qemu' | 'bochs')[] }
const SUITES: readonly Suite[] = [
  { name: 'instructions', count: numberFrom('WITNESS_CASES', 2000), make: (random) => instructionCase(random, random.oneIn(6) ? 16 : 32), witnesses: ['qemu', 'bochs'] },
  { name: 'protection', count: numberFrom('WITNESS_FAULTS', 3000), make: (random) => faultCase(random, random.pick([0, 3])), witnesses: ['bochs'] },
];
const RUN = { qemu: runOnQemu, bochs: runOnBochs };
const MISSING = { qemu: () => qemuMissing() ?? missing('nasm', 'nasm'), bochs: bochsMissing };

/** Skips the test loudly when the witness is missing; fails it where CI=true. */
function need(context: TestContext, witness: 'qemu' | 'bochs'): void {
  const reason = MISSING[witness]();
  if (reason === null) return;
  if (process.env['CI'] === 'true') throw new Error(`missing witness: ${reason}`);
  console.warn(`SKIPPED, ${witness} cannot witness: ${reason}`);
  context.skip(reason);
}

/** What differs and is not excused, a few lines a case, the first few cases. */
function report(witness: 'qemu' | 'bochs', cases: readonly Case[], ours: readonly Outcome[], theirs: readonly Outcome[]): string {
  const found = cases.flatMap((one, index) => {
    const seen = { one, ours: ours[index]!, theirs: theirs[index]! };
    const differences = outcomeDifferences(one, seen.ours, seen.theirs).filter((difference) => excuseOf(witness, difference, seen) === null);
    return differences.length === 0 ? [] : [`${describeCase(one)}\n  Ringscope against ${witness}: ${differencesText(differences)}`];
  });
  return found.length === 0 ? '' : [`${found.length} cases differ (seed ${SEED})`, ...found.slice(0, REPORTED)].join('\n');
}

describe.each(SUITES)('$name', ({ name, count, make, witnesses }) => {
  const random = randomFrom(SEED);
  const cases = Array.from({ length: count }, () => make(random));
  const batches = Array.from({ length: Math.ceil(count / BATCH) }, (_, index) => cases.slice(index * BATCH, (index + 1) * BATCH));
  console.info(`${name}: ${count} cases, WITNESS_SEED=${SEED}`);

  it('has cases to run', () => { expect(cases.length).toBeGreaterThan(0); });

  describe.each(batches.map((batch, index) => ({ batch, from: `case ${index * BATCH}` })))('from $from', ({ batch }) => {
    it.for(witnesses)('Ringscope and %s agree', { timeout: LIMIT_MS }, async (witness, context) => {
      need(context, witness);
      const ours = await runOnRingscope(batch);
      const theirs = await RUN[witness](batch);
      expect([ours.outcomes.length, ours.problem, theirs.outcomes.length, theirs.problem]).toEqual([batch.length, null, batch.length, null]);
      expect(report(witness, batch, ours.outcomes, theirs.outcomes)).toBe('');
    });
  });
});
