// Two outcomes side by side: where they part, what is left out, and when nothing can be said.
import { expect, test } from 'vitest';
import type { ConsoleEvent, TraceEvent } from '../../../core/event/event.ts';
import { compareOutcomes } from '../../../renderer/whatif/compare.ts';

const says = (text: string, seq = 0): ConsoleEvent => ({ kind: 'console', seq, cpu: 0, icount: seq, mode: 'protected', cpl: 0, cs: 8, ip: 0x1000n, text, device: 'debug' });
const all = (...texts: readonly string[]): readonly TraceEvent[] => texts.map((text, seq) => says(text, seq));
const titles = (rows: ReturnType<typeof compareOutcomes>['rows'], side: 'was' | 'is'): readonly (string | null)[] => rows.map((row) => row[side]?.sentence ?? null);

test('the first difference is marked; like events far above it are counted, not shown', () => {
  const outcomes = compareOutcomes(all('a', 'b', 'c', 'd', 'e', 'f'), all('a', 'b', 'c', 'd', 'x'), { isWhole: true });
  expect(outcomes.rows.map((row) => row.kind)).toEqual(['same', 'same', 'same', 'first', 'after']);
  expect(outcomes).toMatchObject({ skipped: 1, differs: true, more: { was: 0, is: 0 } });
  expect(titles(outcomes.rows, 'is')[3]).toContain('x');
  expect(titles(outcomes.rows, 'is')[4]).toBeNull();
});

test('a trial that was cut short has no difference at its end; one that ran to its end has', () => {
  const was = all('a', 'b', 'c'), is = all('a', 'b');
  expect(compareOutcomes(was, is, { isWhole: false })).toMatchObject({ differs: false, more: { was: 0, is: 0 } });
  expect(compareOutcomes(was, is, { isWhole: true })).toMatchObject({ differs: true });
});

test('what happens a few instructions later on the same way is the same', () => {
  expect(compareOutcomes([says('a', 3)], [says('a', 9)], { isWhole: true }).differs).toBe(false);
});

test('long outcomes are cut below the difference, with what is left counted', () => {
  const many = Array.from({ length: 40 }, (_, at) => says(`old ${String(at)}`, at));
  const outcomes = compareOutcomes(many, [], { isWhole: true });
  expect(outcomes.rows).toHaveLength(6);
  expect(outcomes.more).toEqual({ was: 34, is: 0 });
});
