// x87 against the host processor: random instructions on special values, every rounding and precision mode, exceptions masked and not. All 80 bits,
// the whole status word, tags, memory, AX and flags agree; transcendental functions within one unit of the last place.
//   WITNESS_SEED=7       other cases; the seed is printed        WITNESS_FLOATS=100000   how many cases (8000)

import { expect, it, type TestContext } from 'vitest';
import { describeFloatCase } from './lib/float-case.ts';
import { hostMissing } from './lib/host-float.ts';
import { randomFrom } from './lib/random.ts';
import { compareX87 } from './lib/x87-trials.ts';

const SEED = Number(process.env['WITNESS_SEED'] ?? 1), COUNT = Number(process.env['WITNESS_FLOATS'] ?? 8000);
const REPORTED = 10;

function need(context: TestContext): void {
  const reason = hostMissing();
  if (reason === null) return;
  if (process.env['CI'] === 'true') throw new Error(`missing witness: ${reason}`);
  console.warn(`SKIPPED, the host cannot witness: ${reason}`);
  context.skip(reason);
}

it('x87 agrees with the host', (context) => {
  need(context);
  const { compared, excused, failures } = compareX87(randomFrom(SEED), COUNT);
  console.info(`x87: ${compared} cases, ${excused} excused, WITNESS_SEED=${SEED}`);
  expect(compared).toBe(COUNT);
  expect(excused).toBeLessThan(COUNT / 50);
  expect(failures.slice(0, REPORTED).map(({ one, differences }) => `${describeFloatCase(one)}: ${differences.join('; ')}`)).toEqual([]);
});
