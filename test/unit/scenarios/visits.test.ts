// Kernel visits of recorded scenarios: what entered is paired with what left, across threads and inside one another, as the pages say.

import { expect, test } from 'vitest';
import { pairVisits } from '../../../core/replay/visits/scan.ts';
import { visitAt } from '../../../core/replay/visits/table.ts';
import { open, record, scenario } from '../ringscope/recorded.ts';

const MEBIBYTE = 1 << 20;

/** A line a visit: depth by indentation, how it was entered, thread, faults inside, how it ended. */
function visitsOf(name: string): { readonly lines: readonly string[]; readonly strays: number } {
  const { reader } = open(record(scenario(name), { memoryBytes: 64 * MEBIBYTE }).bytes);
  const visits = pairVisits(reader);
  const lines = Array.from({ length: visits.count }, (_, index) => {
    const { depth, cause, thread, faults, seqEntry, seqExit, reason } = visitAt(visits, index);
    const vector = cause.vector === null ? '' : ` ${cause.vector.toString(16)}`;
    return `${'  '.repeat(depth)}${cause.via}${vector} thread ${String(thread)}${faults === 0 ? '' : `, faults ${String(faults)}`}: ${String(seqEntry)} to ${seqExit === null ? String(reason) : String(seqExit)}`;
  });
  return { lines, strays: visits.strayExits.length };
}

test('two-threads: visits of two threads cross, also where the timer entered', () => {
  expect(visitsOf('two-threads')).toEqual({ strays: 2, lines: [
    'int 80 thread 0: 7 to 10',
    'int 80 thread 0: 11 to 20',
    'int 80 thread 1: 14 to 17',
    'int 80 thread 1: 18 to 27',
    'int 80 thread 0: 21 to 24',
    'int 80 thread 0: 25 to 34',
    'int 80 thread 1: 28 to 31',
    'int 80 thread 1: 32 to 45',
    'int 80 thread 0: 35 to 38',
    'int 80 thread 0: 39 to 40',
    'interrupt 20 thread 0: 43 to 52',
    'int 80 thread 1: 46 to 49',
    'int 80 thread 1: 50 to 61',
    'int 80 thread 0: 53 to 56',
    'int 80 thread 0: 57 to open',
    'int 80 thread 1: 62 to open',
  ] });
});

test('nested-interrupt: three deep, then two deep, all returned but the last call', () => {
  expect(visitsOf('nested-interrupt')).toEqual({ strays: 1, lines: [
    'int 80 thread 0, faults 1: 7 to 27',
    '  interrupt 20 thread 0, faults 1: 13 to 24',
    '    exception e thread 0: 17 to 21',
    'int 80 thread 0: 28 to 42',
    '  interrupt 20 thread 0: 34 to 39',
    'int 80 thread 0: 43 to open',
  ] });
});

test('call-gate: a far call is a visit like any other', () => {
  expect(visitsOf('call-gate')).toEqual({ strays: 1, lines: [
    'exception d thread 0: 8 to 11',
    'call-gate thread 0: 12 to 13',
    'int 80 thread 0: 14 to 17',
    'call-gate thread 0: 18 to 19',
    'int 80 thread 0: 20 to 23',
    'exception d thread 0: 25 to 28',
    'int 80 thread 0: 29 to open',
  ] });
});

test('iret-bad-frame: the fault at an IRET is a visit in ring 0; the one given up stays open', () => {
  expect(visitsOf('iret-bad-frame')).toEqual({ strays: 1, lines: [
    'exception d thread 0: 7 to 10',
    'int 80 thread 0: 12 to 15',
    'int 80 thread 0, faults 1: 16 to open',
    '  exception d thread 0: 18 to open',
  ] });
});
