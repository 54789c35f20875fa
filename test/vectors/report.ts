// What a run of recorded tests came to, as text.

import type { Difference } from './guest.ts';
import { REGISTER_NAMES, type RecordedTest } from './moo.ts';
import { RESTATEMENTS } from './restatements.ts';
import { EXCUSED_SHARE_MAX, excusedCount, type Failure, type Tally } from './suite.ts';
import { WAIVERS } from './waivers.ts';

const NAMES_SHOWN = 3, FAILURES_SHOWN = 20, DIFFERENCES_SHOWN = 12;

/** The whole report; `isVerbose` names every test that was excused or restated. */
export function reportOf(tally: Tally, { isVerbose }: { readonly isVerbose: boolean }): string {
  const excused = excusedCount(tally), needed = [...tally.restated.values()].reduce((sum, tests) => sum + tests.length, 0);
  return [
    `tests run ${String(tally.run)}`,
    `passed    ${String(tally.passed)}, ${String(needed)} of them or of the excused ones restated for a 386 and later (compared in full):`,
    ...grants(RESTATEMENTS, tally.restated, isVerbose),
    `excused   ${String(excused)} (${percent(excused, tally.run)}; must stay below ${percent(EXCUSED_SHARE_MAX, 1)}):`,
    ...grants(WAIVERS, tally.excused, isVerbose),
    ...tally.needless.slice(0, FAILURES_SHOWN).map(({ id, test }) => `  ${id} is needless: ${nameOf(test)} passes without it`),
    `failed    ${String(tally.failed.length)}`,
    ...tally.failed.slice(0, FAILURES_SHOWN).map(failureText),
    ...(tally.failed.length > FAILURES_SHOWN ? [`  ... and ${String(tally.failed.length - FAILURES_SHOWN)} more`] : []),
  ].join('\n');
}

interface Grant { readonly id: string; readonly title: string; readonly cite: string }

function grants(rows: readonly Grant[], lists: ReadonlyMap<string, readonly RecordedTest[]>, isVerbose: boolean): readonly string[] {
  return rows.flatMap(({ id, title, cite }) => {
    const tests = lists.get(id)!;
    const shown = tests.slice(0, isVerbose ? tests.length : NAMES_SHOWN).map((test) => `           ${nameOf(test)}`);
    return [`  ${String(tests.length).padStart(6)}   ${id}: ${title}`, `           ${cite}`, ...shown, ...(shown.length < tests.length ? [`           ... (--verbose names all)`] : [])];
  });
}

function failureText({ test, differences }: Failure): string {
  const registers = REGISTER_NAMES.map((name) => `${name}=${hex(test.before[name] ?? 0)}`).join(' ');
  const exception = test.exception === null ? '' : `, recorded exception ${String(test.exception.vector)}`;
  return `  ${nameOf(test)} [${Buffer.from(test.bytes).toString('hex')}]${exception}\n    ${registers}\n    ${differences.slice(0, DIFFERENCES_SHOWN).map(differenceText).join(' ')}`;
}

function differenceText({ what, address, expected, actual }: Difference): string {
  if (what === 'end') return 'does not reach HLT';
  return `${what === 'memory' ? `[${address.toString(16)}]` : what}=${hex(actual)}, recorded ${hex(expected)};`;
}

const nameOf = ({ file, index, name }: RecordedTest): string => `${file} ${String(index)}: ${name}`;
const hex = (value: number): string => value.toString(16);
const percent = (part: number, whole: number): string => `${whole === 0 ? '0' : ((100 * part) / whole).toFixed(2)} %`;
