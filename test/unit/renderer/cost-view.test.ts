// The cost picture's arithmetic: which round trips are compared, squares or bars alike within a row, sums, ratios in words.
import { expect, test } from 'vitest';
import type { CostAnatomy, MechanismCost, RoundTrip } from '../../../core/replay/cost/anatomy.ts';
import type { Work } from '../../../core/replay/cost/work.ts';
import type { Via } from '../../../core/event/kinds.ts';
import { columnsOf, drawingsOf, firstTrips, ratioText, rowsOf, UNITS_MAX } from '../../../renderer/stats/cost-view.ts';

const work = (change: Partial<Work>): Work => ({ checks: 0, gates: 0, descriptors: 0, tss: 0, pushes: 0, pops: 0, others: 0, accessChecks: 0, pageChecks: 0, pageEntries: 0, ...change });
const mechanism = (name: string, via: Via): MechanismCost => ({ name, via, rings: { from: 3, to: 0 }, slots: 0, width: 0, count: 1000, listened: [1, 2, 3], work: null, total: null });
const trip = (name: string, entry: number, exit: number, change: Partial<Work> | null, count = 1000): RoundTrip => ({ name, entry, exit, count, fromRing: 3, work: change === null ? null : work(change) });
const cost: CostAnatomy = {
  basis: { kind: 're-execution' },
  mechanisms: [mechanism('sysenter', 'sysenter'), mechanism('sysexit', 'sysexit'), mechanism('int 0x80', 'int'), mechanism('iret', 'iret')],
  roundTrips: [trip('sysenter + sysexit', 0, 1, { checks: 5 }), trip('int 0x80 + iret', 2, 3, { checks: 57, gates: 1, pushes: 5, pops: 5, accessChecks: 12, pageEntries: 2 }), trip('#PF + iret', 2, 3, null, 3)],
};

test('the two commonest ways are compared at first, the one with more checks on the left', () => {
  expect(firstTrips(cost)).toEqual([1, 0]);
  expect(columnsOf(cost, [1, 0]).map(({ name, colour, calls, counted }) => [name, colour, calls, counted])).toEqual([['int 0x80 + iret', 'via-software', 1000, 6], ['sysenter + sysexit', 'via-fast', 1000, 6]]);
  expect(firstTrips({ ...cost, roundTrips: [trip('x', 0, 1, null)] })).toEqual([]);
});

test('rows are the work somebody needs; accesses are summed without the checks; segments and pages stand apart; a trace is calls times as much', () => {
  const { main, sum, besides } = rowsOf(cost, [1, 0], 'call');
  expect(main.map(({ id, counts }) => [id, counts])).toEqual([['checks', [57, 5]], ['gates', [1, 0]], ['pushes', [5, 0]], ['pops', [5, 0]]]);
  expect(sum.counts).toEqual([11, 0]);
  expect(besides.map(({ id, counts }) => [id, counts])).toEqual([['accessChecks', [12, 0]], ['pageEntries', [2, 0]]]);
  expect(rowsOf(cost, [1, 0], 'trace').main[0]?.counts).toEqual([57_000, 5000]);
});

test('a row is drawn in squares while they can be counted, else in bars; both sides alike', () => {
  expect(drawingsOf({ counts: [12, 0] })).toEqual([{ kind: 'units', units: 12 }, { kind: 'none' }]);
  expect(drawingsOf({ counts: [UNITS_MAX + 1, 11] })).toEqual([{ kind: 'bar', share: 1 }, { kind: 'bar', share: 11 / (UNITS_MAX + 1) }]);
});

test('ratios say how much more, that nothing differs, or that one side has none', () => {
  expect([[12, 3], [3, 12], [10, 4], [5, 5], [7, 0], [0, 7], [7], [1, 2, 3]].map((counts) => ratioText({ counts }))).toEqual(['4 ×', '4 ×', '2.5 ×', 'the same', '7 : 0', '0 : 7', '', '']);
});
