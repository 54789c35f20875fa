// The arithmetic of the cards that explain an event: rows of a ladder, the double-fault table, writers, walks, addresses.
import { expect, test } from 'vitest';
import { DOUBLE_FAULT_TABLE } from '../../../core/arch/vectors.ts';
import { RULES } from '../../../core/event/rules.ts';
import type { LadderStep, StepOutcome } from '../../../core/event/ladder.ts';
import { cascadeText, classOf, tableOf } from '../../../renderer/inspector/cascade.ts';
import { chainText } from '../../../renderer/inspector/chain.ts';
import { placeWords, writerLine, writeText } from '../../../renderer/inspector/jumps.ts';
import { countsOf, countsText, groupsOf, openAtFirst, rowAfter, rowsOf, wideOpen, withId } from '../../../renderer/inspector/ladder.ts';
import { levelsNow, levelsText } from '../../../renderer/inspector/walk.ts';
import { linearOf } from '../../../renderer/session/walks.svelte.ts';

function step(rule: string, outcome: StepOutcome, instance = 0): LadderStep {
  const row = RULES.find((one) => one.id === rule)!;
  return { rule, title: row.title, cite: row.cite, procedure: row.procedure, group: { procedure: row.procedure, instance, label: row.procedure }, outcome, why: '', operands: {}, accesses: [] };
}
const STEPS = [
  step('fetch-limit', 'pass'), step('page-directory-present', 'pass', 0), step('opcode-defined', 'pass'),
  step('idt-limit', 'pass'), step('page-directory-present', 'pass', 1), step('page-table-present', 'pass', 1), step('gate-type', 'pass'), step('gate-dpl', 'fail'),
  step('gate-present', 'not-reached'), step('handler-not-null', 'not-reached'), step('handler-table-limit', 'not-reached'),
];
const words = (rows: ReturnType<typeof rowsOf>): readonly string[] => rows.map((row) => `${'  '.repeat(row.level)}${row.open ? '-' : '+'} ${row.kind === 'group' ? row.label : row.kind === 'run' ? row.label : row.step.rule}`);

test('a procedure that goes on behind a walk keeps its group, and the walk lies inside it; only the way to the failure is open', () => {
  const groups = groupsOf(STEPS);
  expect(groups.map((group) => group.label)).toEqual(['Fetch', 'Interrupt-delivery']);
  const open = openAtFirst(groups, STEPS);
  expect(words(rowsOf(groups, open))).toEqual(['+ Fetch', '- Interrupt-delivery', '  + idt-limit', '  + Page-walk', '  + gate-type', '  - gate-dpl', '  + 3 more checks not reached']);
  const wide = wideOpen(groups, open);
  expect(words(rowsOf(groups, wide))).toEqual([
    '- Fetch', '  + fetch-limit', '  - Page-walk', '    + page-directory-present', '  + opcode-defined', '- Interrupt-delivery', '  + idt-limit', '  - Page-walk', '    + page-directory-present', '    + page-table-present',
    '  + gate-type', '  - gate-dpl', '  - 3 more checks not reached', '  + gate-present', '  + handler-not-null', '  + handler-table-limit',
  ]);
  expect(wideOpen(groups, wide)).toEqual(wide);
  expect(words(rowsOf(groups, withId(open, 'interrupt-delivery:0', false)))).toEqual(['+ Fetch', '+ Interrupt-delivery']);
});

test('a long run of checks that passed is one row where something failed behind it, and none where all passed', () => {
  const rules = ['idt-limit', 'gate-type', 'gate-dpl', 'gate-present', 'handler-not-null', 'handler-table-limit'];
  const passed = rules.map((rule, index) => step(rule, index === 2 ? 'skipped' : 'pass'));
  const broken = [...passed, step('handler-type', 'fail')];
  const groups = groupsOf(broken);
  expect(words(rowsOf(groups, openAtFirst(groups, broken)))).toEqual(['- Interrupt-delivery', '  + 5 passed · 1 skipped', '  - handler-type']);
  expect(words(rowsOf(groups, withId(openAtFirst(groups, broken), 'run:step:0', true)))).toHaveLength(9);
  const whole = groupsOf(passed);
  expect(words(rowsOf(whole, openAtFirst(whole, passed)))).toHaveLength(7);
});

test('every step has one row when all is open, in the order it was made, whatever the groups', () => {
  const groups = groupsOf(STEPS);
  const rows = rowsOf(groups, wideOpen(groups, new Set()));
  expect(rows.flatMap((row) => (row.kind === 'step' ? [row.step] : []))).toEqual(STEPS);
});

test('a short ladder in which nothing failed is open; counts are said in words, failures first', () => {
  const passed = STEPS.slice(0, 3);
  const groups = groupsOf(passed);
  expect(words(rowsOf(groups, openAtFirst(groups, passed)))).toEqual(['- Fetch', '  + fetch-limit', '  + Page-walk', '  + opcode-defined']);
  expect(countsText(countsOf(STEPS))).toBe('1 failed · 7 passed · 3 not reached');
});

test('arrows, Home and End lead to rows and stop at both ends', () => {
  const groups = groupsOf(STEPS);
  const rows = rowsOf(groups, new Set());
  expect(['ArrowDown', 'ArrowUp', 'Home', 'End', 'x'].map((key) => rowAfter(key, rows, 0))).toEqual([1, 0, 0, 1, null]);
  expect(rowAfter('ArrowDown', rows, 1)).toBe(1);
});

test('the double-fault table marks the cell of a pair, by class or by mnemonic; a failing #DF has none', () => {
  const rows = tableOf({ first: 'page fault', second: '#GP(0x10)', outcome: 'double fault' });
  expect(rows?.map(({ cells }) => cells.map((cell) => `${cell.outcome === 'serial' ? '.' : '#'}${cell.isHere ? '!' : ''}`).join(' '))).toEqual(['. . .', '. # .', '. #! #']);
  expect(tableOf({ first: 'double fault', second: 'contributory', outcome: 'shutdown' })).toBeNull();
  expect([classOf('benign'), classOf('#PF'), classOf('nonsense')]).toEqual(['benign', 'page-fault', null]);
  expect(DOUBLE_FAULT_TABLE['contributory']['page-fault']).toBe('serial');
  expect(cascadeText([{ seq: 2, name: '#PF', when: 'at 8:0', rule: null, title: null, pair: { first: 'page fault', second: 'contributory', outcome: 'double fault' } }])).toBe('cascade:\n  event 2: #PF, at 8:0; page fault, then contributory: double fault');
});

test('a writer is a line with a place: an event, a point between events, nowhere for the loader, or a reason', () => {
  const cpu = { by: 'cpu' as const, icount: 7, seq: null, cpl: 0, cs: 8, ip: 0x10_0012n, before: 0n, after: 0xffff_ffff_ffff_ffffn, nextSeq: 4 };
  const line = writerLine(cpu, null);
  if ('absent' in line) throw new Error(line.absent);
  expect(line.place).toEqual({ event: null, at: { icount: 7, iteration: 0, seq: 4 } });
  expect(writeText(line)).toBe('written by ring 0 at 0x100012, before event 4: 0x0 -> 0xffffffffffffffff');
  const loader = writerLine({ ...cpu, by: 'loader', icount: null, cpl: null, cs: null, ip: null }, null);
  expect('absent' in loader ? '' : writeText(loader)).toBe('written by the loader, before the first instruction: 0xffffffffffffffff');
  expect(writerLine({ absent: 'it was filtered' }, null)).toEqual({ absent: 'it was filtered' });
  expect(placeWords({ event: 3, at: null })).toBe('event 3');
  expect(chainText([{ text: 'here', kind: 'gap', place: null, ip: null, symbol: null }, { text: 'there', kind: 'msr', place: { event: 1, at: null }, ip: null, symbol: null }])).toBe('cause chain:\n  … here\n  there (event 1)');
});

test('a walk made now shows the level that took a right away, and where it broke', () => {
  const levels = levelsNow({ levels: [{ level: 2, physical: 0x1000, entry: 0x2007n, flags: 7, pageSize: 0, rights: 15 }, { level: 1, physical: 0x2000, entry: 0x5001n, flags: 1, pageSize: 4096, rights: 4 | 8 }], physical: 0x5000, tlb: null, rule: null });
  expect(levels.map((level) => [level.title, level.took, level.broken])).toEqual([['page directory entry', '', false], ['page table entry', 'uw', false]]);
  expect(levelsText(levels, null)).toContain('page table entry at 0x2000: 0x5001, rights so far');
  const gone = levelsNow({ levels: [{ level: 2, physical: 0x1000, entry: 0n, flags: 0, pageSize: 0, rights: 0 }], physical: null, tlb: null, rule: 'page-directory-present' });
  expect(gone.map((level) => level.broken)).toEqual([true]);
});

test('an address is typed with or without 0x; anything else is refused in words', () => {
  expect([linearOf('0x401000'), linearOf(' 40_1000 '), linearOf('ffffffff')]).toEqual([0x40_1000n, 0x40_1000n, 0xffff_ffffn]);
  expect(linearOf('esp')).toMatch(/hexadecimal/);
  expect(linearOf('0x100000000')).toMatch(/32 bits/);
});
