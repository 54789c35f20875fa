// Runs recorded tests and keeps count: run, passed, restated, excused, failed. Tells nobody anything (report.ts does).

import { definedFlags } from './flag-masks.ts';
import { type Guest, type Difference } from './guest.ts';
import type { RecordedTest } from './moo.ts';
import { restated, RESTATEMENTS } from './restatements.ts';
import { WAIVERS } from './waivers.ts';

/** Of all tests run, waivers may excuse less than this share. */
export const EXCUSED_SHARE_MAX = 0.02;

export interface Failure { readonly test: RecordedTest; readonly differences: readonly Difference[] }

export interface Tally {
  run: number;
  passed: number;
  /** Tests by the id of the restatement or waiver that they needed. */
  readonly restated: ReadonlyMap<string, RecordedTest[]>;
  readonly excused: ReadonlyMap<string, RecordedTest[]>;
  readonly failed: Failure[];
  /** Tests that pass without what would have been granted them: the predicate named is too wide. */
  readonly needless: { readonly id: string; readonly test: RecordedTest }[];
}

export function newTally(): Tally {
  const lists = (rows: readonly { readonly id: string }[]): Map<string, RecordedTest[]> => new Map(rows.map(({ id }) => [id, []]));
  return { run: 0, passed: 0, restated: lists(RESTATEMENTS), excused: lists(WAIVERS), failed: [], needless: [] };
}

/** Tests that a waiver excused; one that needed two counts once. */
export function excusedCount({ run, passed, failed }: Tally): number {
  return run - passed - failed.length;
}

/** True when all is well: something was run, nothing failed, no grant was needless, and not too much was excused. */
export function isGood(tally: Tally): boolean {
  return tally.run > 0 && tally.failed.length === 0 && tally.needless.length === 0 && excusedCount(tally) < EXCUSED_SHARE_MAX * tally.run;
}

/** Runs tests on one guest and adds them to a tally. */
export function runTests(guest: Guest, tests: Iterable<RecordedTest>, tally: Tally): void {
  for (const test of tests) runOne(guest, test, tally);
}

function runOne(guest: Guest, test: RecordedTest, tally: Tally): void {
  const { tests, by } = restated(test);
  const differences = tests.flatMap((one) => guest.execute(one, definedFlags(one)));
  tally.run += 1;
  for (const { id } of by) tally.restated.get(id)!.push(test);
  if (by.length > 0 && guest.execute(test, definedFlags(test)).length === 0) tally.needless.push(...by.map(({ id }) => ({ id, test })));

  const waivers = WAIVERS.filter(({ applies }) => applies(test));
  const left = differences.filter((difference) => !waivers.some(({ excuses }) => excuses(difference, test)));
  if (left.length > 0) tally.failed.push({ test, differences: left });
  else if (differences.length === 0) {
    tally.passed += 1;
    tally.needless.push(...waivers.map(({ id }) => ({ id, test })));
  } else for (const { id } of waivers) tally.excused.get(id)!.push(test);
}
