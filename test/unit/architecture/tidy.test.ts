// House rules a machine can see: length, opening comments, listed departures from the manual, no switched-off tests,
// nothing of one machine in the tree.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { root, sourceFiles } from './source-files.ts';

const files = sourceFiles();
const LINES_MAX = 400;
const SVELTE_LINES_MAX = 300;
/** Tables may be long. This list only shrinks. */
const LONG_TABLES: readonly string[] = [];

test('files are at most 400 lines, components 300', () => {
  const most = (path: string): number => (path.endsWith('.svelte') ? SVELTE_LINES_MAX : LINES_MAX);
  const long = files.filter(({ path, lines }) => lines.length > most(path)).map(({ path }) => path);
  expect(long).toEqual(LONG_TABLES);
});

test('a file opens with one to six lines on what it is; an indented drawing may follow', () => {
  const without = files.filter(({ path, lines, text }) => {
    if (path.endsWith('.svelte')) return !/^(<script[^>]*>\s*\/\/|<!--)/.test(text);
    const first = lines[0]?.startsWith('#!') === true ? 1 : 0;
    const count = lines.slice(first).findIndex((line) => !/^\/\/ \S/.test(line));
    return count < 1 || count > 6;
  });
  expect(without.map(({ path }) => path)).toEqual([]);
});

test('every departure from the manual and every difference between vendors is listed', () => {
  const golden = join(root, 'test/unit/architecture/departures.txt');
  const found = files.filter(({ path }) => path.startsWith('core/')).flatMap(({ path, lines }) =>
    lines.map((line) => /\b(DEPARTS|VENDOR): .*/.exec(line)?.[0]).filter((note) => note !== undefined).map((note) => `${path}: ${note}`)).sort();
  const text = found.map((line) => `${line}\n`).join('');
  if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(golden, text);
  expect(text).toBe(readFileSync(golden, 'utf8'));
});

test('no test is skipped, focused or empty, but for what a machine lacks (skipIf)', () => {
  const off = files.flatMap(({ path, lines }) => lines.filter((line) => /\b(it|test|describe|suite)\.(skip|only|todo)\b/.test(line)).map((line) => `${path}: ${line.trim()}`));
  expect(off).toEqual([]);
});

test('the tree names no machine: no absolute paths of a person, no registry host in the lock file', () => {
  const paths = files.flatMap(({ path, lines }) => lines.filter((line) => /["'`(\s](\/work|\/home|\/root|\/Users)\//.test(line)).map((line) => `${path}: ${line.trim()}`));
  expect(paths).toEqual([]);
  expect(readFileSync(join(root, 'package-lock.json'), 'utf8')).not.toMatch(/"resolved": *"https?:/);
});
