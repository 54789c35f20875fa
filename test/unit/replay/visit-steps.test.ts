// Stepping over and out of kernel visits, both ways, and the answers where there is nowhere to go.

import { expect, test } from 'vitest';
import { stepOut, stepOver, type VisitStep } from '../../../core/replay/visits/steps.ts';
import { pairVisits } from '../../../core/replay/visits/scan.ts';
import { row, traceOf } from './synthetic.ts';
import { backFrom, enter, fault, interrupt, leave, TOP_A } from './visit-rows.ts';

const marker = (cpl: number): ReturnType<typeof row> => row('marker', { cpl });
// 0 user; 1 int; 2 kernel; 3 fault; 4 its delivery; 5 kernel; 6 back; 7 kernel; 8 back to user; 9 user; 10 int; 11 kernel
const ROWS = [
  marker(3), enter(TOP_A, 'int', { cpl: 3 }), marker(0), fault(14, { cpl: 0 }), interrupt(TOP_A - 100, 14, { via: 'exception', cpl: 0 }), marker(0), backFrom(TOP_A - 100, { cpl: 0 }),
  marker(0), leave(TOP_A, { cpl: 0 }), marker(3), enter(TOP_A, 'int', { cpl: 3 }), marker(0),
];
const trace = traceOf(ROWS);
const visits = pairVisits(trace);
const say = (step: VisitStep): number | string => (step.kind === 'moved' ? step.seq : step.kind === 'edge' ? step.edge : step.reason);
const over = (seq: number, direction: 'forward' | 'backward'): number | string => say(stepOver(trace, visits, { seq, direction }));
const out = (seq: number, direction: 'forward' | 'backward'): number | string => say(stepOut(trace, visits, { seq, direction }));

test('over: an entry leads to its exit, a fault to the exit of its handler, everything else one on', () => {
  expect([0, 1, 2, 3, 4, 5, 6, 7, 8, 9].map((seq) => over(seq, 'forward'))).toEqual([1, 8, 3, 6, 6, 6, 7, 8, 9, 10]);
});

test('over, backwards: an exit leads to its entry, everything else one back', () => {
  expect([12, 11, 9, 8, 7, 6, 4, 3, 2, 1].map((seq) => over(seq, 'backward'))).toEqual([11, 10, 8, 1, 6, 4, 3, 2, 1, 0]);
});

test('over: edges, and an entry that does not return is refused with its reason', () => {
  expect([over(12, 'forward'), over(11, 'forward'), over(0, 'backward')]).toEqual(['end', 'end', 'start']);
  expect(over(10, 'forward')).toBe('kernel visit int 0x80 of event 10 has no exit: the recording ends before it returns');
  expect(stepOver(trace, visits, { seq: 1, direction: 'forward' })).toEqual({ kind: 'moved', seq: 8, visit: 0 });
});

test('out: to the exit of the visit around; from an exit, of the one around that', () => {
  expect([2, 3, 4, 5, 6, 7].map((seq) => out(seq, 'forward'))).toEqual([8, 8, 8, 6, 8, 8]);
  expect([2, 3, 4, 5, 6, 7, 8].map((seq) => out(seq, 'backward'))).toEqual([1, 1, 1, 4, 4, 1, 1]);
});

test('out: in user code, and of a visit without an exit, there is nowhere to go', () => {
  for (const seq of [0, 1, 9, 10]) expect(out(seq, 'forward')).toBe('user code runs here: there is no kernel visit to leave');
  expect(out(8, 'forward')).toMatch(/^this is the exit of the outermost/);
  expect(out(11, 'forward')).toMatch(/has no exit: the recording ends before it returns$/);
  expect(out(12, 'forward')).toMatch(/has no exit/);
  expect(out(11, 'backward')).toBe(10);
});

test('a step over a visit whose thread waits lands on its own exit, past what others do', () => {
  const other = TOP_A + 0x2000;
  const rows = [enter(TOP_A, 'int', { cpl: 3 }), leave(other, { cpl: 0 }), enter(other, 'int', { cpl: 3 }), leave(TOP_A, { cpl: 0 })];
  const switching = traceOf(rows);
  expect(say(stepOver(switching, pairVisits(switching), { seq: 0, direction: 'forward' }))).toBe(3);
});
