// What is kept of an attempt that reports more than is kept: its beginning and its end.

import { expect, test } from 'vitest';
import { HEARD_FIRST, HEARD_MAX } from '../../../core/event/heard.ts';
import { SILENT_PROBE } from '../../../core/event/probe.ts';
import { ListeningProbe } from '../../../core/machine/reexecution/listening-probe.ts';

test('a value is whole, a part has a name, and a page entry has no linear address', () => {
  const probe = new ListeningProbe(SILENT_PROBE);
  probe.access(1, 1, 0x1000, 0x2000, 8, 0xffff_ffff, 0x00cf_9b00, 0);
  probe.access(0, 25, 0x2000, 0x2000, 4, 0x7, 0, 1);
  probe.access(2, -1, 0x3000, 0x3000, 8, 0, 0, 0);
  expect(probe.heard).toEqual([
    { kind: 'access', what: 'descriptor', part: 'cs', linear: 0x1000, physical: 0x2000, size: 8, value: 0x00cf_9b00_ffff_ffffn, write: false },
    { kind: 'access', what: 'page-entry', part: 'directory-entry', linear: null, physical: 0x2000, size: 4, value: 7n, write: true },
    { kind: 'access', what: 'gate', part: null, linear: 0x3000, physical: 0x3000, size: 8, value: 0n, write: false },
  ]);
});

test('of too much, the middle goes', () => {
  const probe = new ListeningProbe(SILENT_PROBE);
  const count = 3 * HEARD_MAX;
  for (let at = 0; at < count; at += 1) probe.check(1, 0, at, 0);
  const numbers = probe.heard.map((one) => (one.kind === 'check' ? one.a : -1));
  expect(probe.cut).toBe(true);
  expect(numbers.length).toBeLessThanOrEqual(HEARD_MAX);
  expect(numbers.slice(0, HEARD_FIRST)).toEqual(Array.from({ length: HEARD_FIRST }, (_, at) => at));
  const last = numbers.slice(HEARD_FIRST);
  expect(last.at(-1)).toBe(count - 1);
  expect(last.length).toBeGreaterThanOrEqual((HEARD_MAX - HEARD_FIRST) / 2);
  expect(last).toEqual(Array.from({ length: last.length }, (_, at) => count - last.length + at));
});

test('what fits is kept whole', () => {
  const probe = new ListeningProbe(SILENT_PROBE);
  for (let at = 0; at < HEARD_MAX; at += 1) probe.check(1, 0, at, 0);
  expect([probe.heard.length, probe.cut]).toEqual([HEARD_MAX, false]);
});
