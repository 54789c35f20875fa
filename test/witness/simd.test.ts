// Every MMX, SSE, SSE2 and SSE3 instruction in all its forms against the host processor: results, MXCSR, flags, x87 state and faults, bit by bit.
//   WITNESS_SEED=7     other operands; the seed is printed        WITNESS_SIMD=1000   how many cases of every row (60)

import { expect, it, type TestContext } from 'vitest';
import { compareApproximations } from './lib/approximation-trials.ts';
import { hostMissing } from './lib/host-float.ts';
import { compareWithHost } from './lib/simd-trials.ts';

const SEED = Number(process.env['WITNESS_SEED'] ?? 1), PER_ROW = Number(process.env['WITNESS_SIMD'] ?? 60);
const REPORTED = 10;

function need(context: TestContext): void {
  const reason = hostMissing();
  if (reason === null) return;
  if (process.env['CI'] === 'true') throw new Error(`missing witness: ${reason}`);
  console.warn(`SKIPPED, the host cannot witness: ${reason}`);
  context.skip(reason);
}

it.for(['masked', 'any'] as const)('MMX and SSE agree with the host, exceptions %s', { timeout: 240_000 }, (modes, context) => {
  need(context);
  const tally = compareWithHost({ seed: SEED, perRow: PER_ROW, modes });
  console.info(`MMX and SSE against the host, exceptions ${modes}: ${tally.compared} cases (${tally.faulted} fault), ${tally.agreed} agree, ${tally.excused} excused, WITNESS_SEED=${SEED}`);
  expect(tally.compared).toBeGreaterThan(1000);
  expect(tally.differing.slice(0, REPORTED), `${tally.differing.length} differ`).toEqual([]);
});

it('approximations agree with the host within their error', { timeout: 120_000 }, (context) => {
  need(context);
  const { compared, differing } = compareApproximations({ seed: SEED, perRow: PER_ROW * 5 });
  console.info(`approximations against the host: ${compared} lanes, ${differing.length} differ, WITNESS_SEED=${SEED}`);
  expect(compared).toBeGreaterThan(1000);
  expect(differing.slice(0, REPORTED)).toEqual([]);
});
