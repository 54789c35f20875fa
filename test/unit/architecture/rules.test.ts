// "No rule is evaluated outside core/cpu": the codes of rules are asked for, and checks are stated and told, by the processor alone. Everybody
// else reads what was told, by the code in an event or a check.

import { expect, test } from 'vitest';
import { VENDOR_DIFFERENCES } from '../../../core/arch/vendor-differences.ts';
import { RULES } from '../../../core/event/rules.ts';
import { sourceFiles } from './source-files.ts';

const files = sourceFiles(['app', 'core', 'renderer', 'scripts']).filter(({ path }) => !path.startsWith('core/cpu/'));
const CATALOGUE = 'core/event/rules.ts', FAULTS = 'core/cpu/fault.ts', TABLE_OF_DIFFERENCES = 'core/arch/vendor-differences.ts';
const processor = sourceFiles(['core/cpu']);

test('rule codes are looked up in core/cpu alone', () => {
  expect(processor.filter(({ text }) => /\brule\('/.test(text)).length).toBeGreaterThan(25);
  const asking = files.filter(({ path, text }) => path !== CATALOGUE && /\brule\(/.test(text)).map(({ path }) => path);
  expect(asking).toEqual([]);
});

test('the verbs demand, judge and skip are used in core/cpu alone, and nobody else tells a probe of checks', () => {
  const importing = files.filter(({ imports, text }) => imports.includes(FAULTS) && /\b(demand|judge|skip|skipAll)\b[^;]*\bfrom '[^']*fault\.ts'/.test(text)).map(({ path }) => path);
  expect(importing).toEqual([]);
  const telling = files.filter(({ text }) => /\bprobe\.(check|access|differ)\(/i.test(text)).map(({ path }) => path);
  expect(telling).toEqual([]);
});

test('every rule of the catalogue is stated in core/cpu', () => {
  const stated = new Set(processor.flatMap(({ text }) => [...text.matchAll(/\brule\('([a-z0-9-]+)'\)/g)].map((match) => match[1])));
  expect(RULES.map((one) => one.id).filter((id) => !stated.has(id))).toEqual(['none']);
  expect([...stated].filter((id) => !RULES.some((one) => one.id === id))).toEqual([]);
});

test('every difference between processors is told by core/cpu, and nobody else asks for its code', () => {
  const told = new Set(processor.flatMap(({ text }) => [...text.matchAll(/\bdifference\('([a-z0-9-]+)'\)/g)].map((match) => match[1])));
  expect(VENDOR_DIFFERENCES.map((one) => one.id).filter((id) => !told.has(id))).toEqual([]);
  expect(files.filter(({ path, text }) => path !== TABLE_OF_DIFFERENCES && /\bdifference\('/.test(text)).map(({ path }) => path)).toEqual([]);
});
