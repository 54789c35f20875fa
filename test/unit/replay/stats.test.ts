// Counts of a recording, and how long each ring ran.

import { expect, test } from 'vitest';
import { dwellOf } from '../../../core/replay/stats/dwell.ts';
import { tallyOf } from '../../../core/replay/stats/tally.ts';
import { summarize } from '../../../core/replay/visits/summary.ts';
import { pairVisits } from '../../../core/replay/visits/scan.ts';
import { row, traceOf } from './synthetic.ts';
import { enter, fault, leave, sysenter, sysexit, TOP_A } from './visit-rows.ts';

test('an instruction that changes the ring is done in the one it leaves; an exception is no instruction', () => {
  // 10 in ring 0, IRET; 4 in ring 3, INT; 7 in ring 0, IRET; 2 in ring 3 and one that faults; 5 in ring 0
  const trace = traceOf([
    leave(TOP_A, { icount: 10, cpl: 0 }), enter(TOP_A, 'int', { icount: 15, cpl: 3 }), leave(TOP_A, { icount: 23, cpl: 0 }), fault(14, { icount: 26, cpl: 3 }), enter(TOP_A, 'exception', { icount: 26, cpl: 3, vector: 14 }, true),
    row('exit', { icount: 31, cpl: 0 }),
  ]);
  expect(dwellOf(trace)).toEqual({ instructions: [10 + 1 + 7 + 1 + 5, 0, 0, 4 + 1 + 2], stays: [3, 0, 0, 2], unknown: 0 });
});

test('dwell is absent where counts or events are missing, with the reason', () => {
  const trace = traceOf([row('marker', { icount: 1, cpl: 0 })]);
  expect(dwellOf({ ...trace, icountAt: () => -1 })).toEqual({ absent: 'the log counts no instructions' });
  expect(dwellOf({ ...trace, eventCount: 5 })).toMatchObject({ absent: expect.stringMatching(/does not keep every event/) as string });
  expect(dwellOf(traceOf([]))).toMatchObject({ absent: 'there are no events' });
});

test('a ring nobody knows is counted apart', () => {
  const trace = traceOf([row('transition', { 'from.cpl': 3, 'to.cpl': null, 'via': 'interrupt', 'icount': 5, 'cpl': 3 }), row('marker', { icount: 9, cpl: 0 }), row('exit', { icount: 12, cpl: 0 })]);
  expect(dwellOf(trace)).toMatchObject({ instructions: [3, 0, 0, 5], unknown: 4 });
});

test('kinds, vectors and the places that fault most', () => {
  const at = (cr2: number): ReturnType<typeof fault> => fault(14, { cr2, ip: 0x40_1000 });
  const tally = tallyOf(traceOf([at(0x8000), enter(TOP_A, 'exception', { vector: 14 }, true), at(0x9000), at(0x8000), fault(13, { ip: 0x40_2000 }), row('console', { text: 'x', device: 'e9' })]), { most: 2 });
  expect(tally.kinds).toEqual([{ kind: 'fault', count: 4 }, { kind: 'transition', count: 1 }, { kind: 'console', count: 1 }]);
  expect(tally.vectors.map(({ name, faults, entries }) => `${name} ${String(faults)} ${String(entries)}`)).toEqual(['#GP 1 0', '#PF 3 1']);
  expect(tally.places).toEqual([{ name: '#PF', cr2: 0x8000n, ip: 0x40_1000n, count: 2, seqFirst: 0, seqLast: 3 }, { name: '#PF', cr2: 0x9000n, ip: 0x40_1000n, count: 1, seqFirst: 2, seqLast: 2 }]);
});

test('a vector of an exception that only a software interrupt used has no mnemonic: INT 13h of a BIOS is no #XM', () => {
  const tally = tallyOf(traceOf([enter(TOP_A, 'int', { vector: 0x13 }), enter(TOP_A, 'nmi', { vector: 2 }), fault(0x11, {})]), { most: 1 });
  expect(tally.vectors.map(({ name, faults, entries }) => `${name} ${String(faults)} ${String(entries)}`)).toEqual(['NMI 0 1', '#AC 1 0', 'vector 0x13 0 1']);
});

test('visits by name: durations of those that returned, ends and exits alone', () => {
  const rows = [
    leave(TOP_A, { icount: 1 }), enter(TOP_A, 'int', { icount: 10 }), leave(TOP_A, { icount: 14 }), enter(TOP_A, 'int', { icount: 20 }), leave(TOP_A, { icount: 120 }), enter(TOP_A, 'int', { icount: 200 }), leave(TOP_A, { icount: 206 }),
    sysenter(TOP_A, { icount: 300, 'from.flags': 0x402, 'to.flags': 0x402 }), sysexit(TOP_A), enter(TOP_A, 'int', { icount: 400 }),
  ];
  const trace = traceOf(rows);
  const summary = summarize(trace, pairVisits(trace));
  expect(summary.groups).toMatchObject([
    { name: 'int 0x80', count: 4, returned: 3, odd: 0, example: 1, instructions: { least: 4, median: 6, most: 100, total: 110 } }, { name: 'sysenter', count: 1, returned: 1, odd: 1 },
  ]);
  expect([summary.endings.returned, summary.endings.open, summary.strays['no-entry'], summary.findings.visits, summary.deepest]).toEqual([4, 1, 1, 1, 1]);
  const uncounted = { ...trace, icountAt: () => -1 };
  expect(summarize(uncounted, pairVisits(uncounted)).groups[0]).toMatchObject({ returned: 3, instructions: null });
});
