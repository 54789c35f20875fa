// The cost picture's arithmetic: squares or bars, alike within a row; ratios in words.
import { expect, test } from 'vitest';
import { countText, drawingsOf, ratioText, UNITS_MAX, type WorkRow } from '../../../renderer/stats/cost-view.ts';

const row = (...counts: readonly number[]): WorkRow => ({ id: 'r', label: 'r', what: '', counts });

test('a row is drawn in squares while they can be counted, else in bars; both sides alike', () => {
  expect(drawingsOf(row(12, 0))).toEqual([{ kind: 'units', units: 12 }, { kind: 'none' }]);
  expect(drawingsOf(row(UNITS_MAX + 1, 11))).toEqual([{ kind: 'bar', share: 1 }, { kind: 'bar', share: 11 / (UNITS_MAX + 1) }]);
  expect(drawingsOf(row(2.5, 5))).toEqual([{ kind: 'bar', share: 0.5 }, { kind: 'bar', share: 1 }]);
});

test('ratios say how much more, that nothing differs, or that one side has none', () => {
  expect([row(12, 3), row(3, 12), row(10, 4), row(5, 5), row(0, 0), row(7, 0), row(0, 7), row(7)].map(ratioText)).toEqual(['4 ×', '4 ×', '2.5 ×', 'the same', 'none', '7 : 0', '0 : 7', '']);
  expect([countText(1200), countText(2.25)]).toEqual(['1,200', '2.3']);
});
