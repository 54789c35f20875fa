// What is taken from the host's arithmetic is the same as what the arithmetic in integers gives: results and exceptions, for every operation,
// on numbers of all sizes. Waiting for inexact results makes the processor go the long way.

import { expect, test } from 'vitest';
import { beginFloat, endFloat, mayBeQuick } from '../../../core/cpu/simd/exceptions.ts';
import * as lane from '../../../core/cpu/simd/float-lanes.ts';
import * as host from '../../../core/cpu/simd/host-float.ts';
import { newLanes } from '../../../core/cpu/simd/lanes.ts';
import { Fault } from '../../../core/cpu/fault.ts';
import { randomFrom } from '../../witness/lib/random.ts';
import { fillOperand } from '../../witness/lib/simd-values.ts';
import { simdCpu } from './simd-world.ts';

const ALL_MASKED = 0x1f80, INEXACT_UNMASKED = 0x0f80, CASES = 5_000;
const cpu = simdCpu();

/** The two words of lane 0 and the exceptions. */
function compute(operate: lane.FloatLane, a: Uint32Array, b: Uint32Array, mxcsr: number): string {
  const left = newLanes(), right = newLanes();
  left.u32.set(a);
  right.u32.set(b);
  cpu.mxcsr = mxcsr;
  beginFloat(cpu);
  if (mayBeQuick !== (mxcsr === ALL_MASKED)) throw new Error('expected the other way');
  operate(left, right, 0, 0);
  try { endFloat(cpu); } catch (thrown) { if (!(thrown instanceof Fault)) throw thrown; }
  return `${left.u32[0]!.toString(16)} ${left.u32[1]!.toString(16)} ${(cpu.mxcsr & 0x3f).toString(16)}`;
}

test.each([
  ['addSingle', lane.addSingle, 'singles', host.addSingles], ['subtractSingle', lane.subtractSingle, 'singles', host.subtractSingles], ['multiplySingle', lane.multiplySingle, 'singles', host.multiplySingles],
  ['divideSingle', lane.divideSingle, 'singles', host.divideSingles], ['rootSingle', lane.rootSingle, 'singles', host.rootOfSingle],
  ['addDouble', lane.addDouble, 'doubles', host.addDoubles], ['subtractDouble', lane.subtractDouble, 'doubles', host.subtractDoubles], ['multiplyDouble', lane.multiplyDouble, 'doubles', host.multiplyDoubles],
  ['divideDouble', lane.divideDouble, 'doubles', host.divideDoubles], ['rootDouble', lane.rootDouble, 'doubles', host.rootOfDouble],
] as const)('%s', (_, operate, style, quick) => {
  const random = randomFrom(7), view = new DataView(new ArrayBuffer(32));
  let isQuick = 0;
  for (let index = 0; index < CASES; index += 1) {
    fillOperand(random, style, view, 0);
    fillOperand(random, style, view, 16);
    const words = new Uint32Array(view.buffer), a = words.subarray(0, 4), b = words.subarray(4);
    const short = compute(operate, a, b, ALL_MASKED), long = compute(operate, a, b, INEXACT_UNMASKED);
    if (short !== long) expect(short, `${a.join()} with ${b.join()}`).toBe(long);
    const [x, y] = style === 'singles' ? [new Float32Array(view.buffer)[0]!, new Float32Array(view.buffer)[4]!] : [new Float64Array(view.buffer)[0]!, new Float64Array(view.buffer)[2]!];
    if (!Number.isNaN(quick(operate === lane.rootSingle || operate === lane.rootDouble ? y : x, y))) isQuick += 1;
  }
  expect(isQuick).toBeGreaterThan(CASES / 25);
});
