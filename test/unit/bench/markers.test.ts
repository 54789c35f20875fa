// The benchmark's clock: what counts as a timed phase, and what does not.

import { expect, it } from 'vitest';
import { MarkerClock } from '../../bench/markers.ts';

it('times a phase from its first marker to its last, however the output is cut', () => {
  const clock = new MarkerClock();
  clock.feed('<', 5);
  clock.feed('A', 10);
  clock.feed('>A', 35);
  clock.feed('01396AAC\n.', 36);
  expect(clock.finished).toBe(false);
  clock.feed('\n', 37);
  expect(clock.timings.get('A')).toEqual({ milliseconds: 25, result: '01396AAC' });
  expect(clock.finished).toBe(true);
});

it('gives no time when both markers come in one piece', () => {
  const clock = new MarkerClock();
  clock.feed('<C>C000F4240\n.\n', 3);
  expect(clock.timings.get('C')).toEqual({ milliseconds: null, result: '000F4240' });
});

it('has no result for a phase that did not end', () => {
  const clock = new MarkerClock();
  clock.feed('<B>B001C', 3);
  expect([clock.timings.size, clock.finished]).toEqual([0, false]);
});
