// Integer instructions of ring 3 in all their forms against the host processor: results, defined flags, memory and faults.
//   WITNESS_SEED=7     other operands; the seed is printed        WITNESS_INTEGERS=1000   how many cases of every form (100)

import { expect, it } from 'vitest';
import { hostMissing } from './lib/host-float.ts';
import { compareIntegers } from './lib/integer-trials.ts';

const SEED = Number(process.env['WITNESS_SEED'] ?? 1), PER_FORM = Number(process.env['WITNESS_INTEGERS'] ?? 100);
const REPORTED = 10;

it('integer instructions agree with the host', { timeout: 240_000 }, (context) => {
  const reason = hostMissing();
  if (reason !== null) {
    if (process.env['CI'] === 'true') throw new Error(`missing witness: ${reason}`);
    console.warn(`SKIPPED, the host cannot witness: ${reason}`);
    context.skip(reason);
  }
  const tally = compareIntegers({ seed: SEED, perForm: PER_FORM });
  console.info(`integers against the host: ${String(tally.compared)} cases (${String(tally.faulted)} fault), ${String(tally.differing.length)} differ, WITNESS_SEED=${String(SEED)}`);
  expect(tally.compared).toBeGreaterThan(10_000);
  expect(tally.differing.slice(0, REPORTED), `${String(tally.differing.length)} differ`).toEqual([]);
});
