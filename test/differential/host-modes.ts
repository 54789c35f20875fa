// What a program of ring 3 computes, held against the processor that runs this: single instructions in all their forms, by the trials of test/witness.

import { describeFloatCase } from '../witness/lib/float-case.ts';
import { INTEGER_FORMS } from '../witness/lib/integer-forms.ts';
import { compareIntegers } from '../witness/lib/integer-trials.ts';
import { randomFrom } from '../witness/lib/random.ts';
import { SIMD_TEST_ROWS } from '../witness/lib/simd-cases.ts';
import { compareWithHost } from '../witness/lib/simd-trials.ts';
import { compareX87 } from '../witness/lib/x87-trials.ts';
import { newTally, type Tally } from './compare.ts';

export interface HostMode { readonly name: string; readonly what: string; readonly run: (seed: number, cases: number) => Tally }

/** The trials as they are told, as a tally. */
function tallyOf({ compared, faulted = 0, excused = 0, differing }: { readonly compared: number; readonly faulted?: number; readonly excused?: number; readonly differing: readonly string[] }): Tally {
  return { ...newTally(), compared, faulted, excused, agreed: compared - excused - differing.length, differences: [...differing] };
}

function simd(seed: number, cases: number): Tally {
  const perRow = Math.ceil(cases / 2 / SIMD_TEST_ROWS.length);
  const tallies = (['masked', 'any'] as const).map((modes) => compareWithHost({ seed, perRow, modes }));
  const sum = (field: 'compared' | 'faulted' | 'excused'): number => tallies.reduce((all, one) => all + one[field], 0);
  return tallyOf({ compared: sum('compared'), faulted: sum('faulted'), excused: sum('excused'), differing: tallies.flatMap(({ differing }) => differing) });
}

function x87(seed: number, cases: number): Tally {
  const { compared, excused, failures } = compareX87(randomFrom(seed), cases);
  return tallyOf({ compared, excused, differing: failures.map(({ one, differences }) => `${describeFloatCase(one)}: ${differences.join('; ')}`) });
}

export const HOST_MODES: readonly HostMode[] = [
  { name: 'host-integers', what: 'integer instructions of ring 3', run: (seed, cases) => tallyOf(compareIntegers({ seed, perForm: Math.ceil(cases / INTEGER_FORMS.length) })) },
  { name: 'host-x87', what: 'x87, all 80 bits, every rounding and precision', run: x87 },
  { name: 'host-simd', what: 'MMX and SSE to SSE3, exceptions masked and not', run: simd },
];
