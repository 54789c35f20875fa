// Rows of the event table with folds: what stands where, whichever folds are open.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FoldRows, type Foldable, type TableRow } from '../../../renderer/table/fold-rows.ts';

/** The rows written out, one by one. */
function spelled(events: number, folds: readonly Foldable[], open: ReadonlySet<number>): readonly TableRow[] {
  const rows: TableRow[] = [];
  for (let seq = 0; seq < events; seq += 1) {
    const fold = folds.findIndex((one) => one.first === seq);
    if (fold >= 0) rows.push({ kind: 'fold', fold, isOpen: open.has(fold) });
    const inside = folds.findIndex((one) => seq >= one.first && seq < one.end);
    if (inside < 0 || open.has(inside)) rows.push({ kind: 'event', seq });
  }
  return rows;
}

test('a closed fold is one row in place of its events, an open one a row above them', () => {
  const folds = [{ first: 2, end: 5 }, { first: 7, end: 9 }];
  const rows = new FoldRows(10, folds, (fold) => fold === 1);
  expect(Array.from({ length: rows.count }, (_, row) => rows.at(row))).toEqual(spelled(10, folds, new Set([1])));
  expect([0, 1, 2, 4, 5, 6, 7, 8, 9].map((seq) => rows.rowOf(seq))).toEqual([0, 1, 2, 2, 3, 4, 6, 7, 8]);
  expect([1, 2, 4, 5].map((seq) => rows.foldOf(seq))).toEqual([-1, 0, 0, -1]);
});

test('for any folds and whichever are open, rows and events lead to each other', () => {
  const lengths = fc.array(fc.record({ gap: fc.integer({ min: 0, max: 4 }), length: fc.integer({ min: 1, max: 6 }), open: fc.boolean() }), { maxLength: 8 });
  fc.assert(fc.property(lengths, fc.integer({ min: 0, max: 5 }), (parts, rest) => {
    const folds: Foldable[] = [];
    const open = new Set<number>();
    let at = 0;
    for (const part of parts) {
      at += part.gap;
      if (part.open) open.add(folds.length);
      folds.push({ first: at, end: at + part.length });
      at += part.length;
    }
    const events = at + rest;
    const rows = new FoldRows(events, folds, (fold) => open.has(fold));
    const expected = spelled(events, folds, open);
    expect(Array.from({ length: rows.count }, (_, row) => rows.at(row))).toEqual(expected);
    for (let seq = 0; seq < events; seq += 1) {
      const row = expected[rows.rowOf(seq)];
      const fold = rows.foldOf(seq);
      expect(row).toEqual(fold >= 0 && !open.has(fold) ? { kind: 'fold', fold, isOpen: false } : { kind: 'event', seq });
    }
  }));
});
