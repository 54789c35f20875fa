// The arithmetic of the cards that explain an event: rows of a ladder, the double-fault table, writers, walks, addresses.
import { expect, test } from 'vitest';
import { DOUBLE_FAULT_TABLE } from '../../../core/arch/vectors.ts';
import { RULES } from '../../../core/event/rules.ts';
import type { LadderStep, StepOutcome } from '../../../core/event/ladder.ts';
import type { TransitionSource } from '../../../core/replay/explain/explanation.ts';
import type { WalkAt } from '../../../core/replay/walk/walk-at.ts';
import { cascadeText, classOf, tableOf } from '../../../renderer/inspector/cascade.ts';
import { chainText } from '../../../renderer/inspector/chain.ts';
import { placeWords, writerLine, writeText } from '../../../renderer/inspector/jumps.ts';
import { countsOf, countsText, groupsOf, openAtFirst, rowAfter, rowsOf, wideOpen, withId } from '../../../renderer/inspector/ladder.ts';
import { groupsOfSources } from '../../../renderer/inspector/sources.ts';
import { tablesOf, tlbWords } from '../../../renderer/inspector/tlb.ts';
import { levelsAt, levelsText, verdictOf, walkedText } from '../../../renderer/inspector/walk.ts';

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
  expect(words(rowsOf(groups, openAtFirst(groups, broken)))).toEqual(['- Interrupt-delivery', '  + 5 checks passed on the way', '  - handler-type']);
  expect(words(rowsOf(groups, withId(openAtFirst(groups, broken), 'run:step:0', true)))).toHaveLength(9);
  const whole = groupsOf(passed);
  expect(words(rowsOf(whole, openAtFirst(whole, passed)))).toHaveLength(7);
});

test('accesses and walks one after the other are one row; what was skipped for one reason is one row that says it', () => {
  const away = (rule: string, instance: number): LadderStep => ({ ...step(rule, 'skipped', instance), why: 'paging is off' });
  const walks = [0, 1, 2].flatMap((instance) => [away('page-directory-present', instance), away('page-table-present', instance), away('page-user', instance)]);
  const groups = groupsOf(walks);
  const rows = rowsOf(groups, new Set(['run:page-walk:0', 'page-walk:1']));
  expect(words(rows)).toEqual(['- 3 accesses and page walks', '+ Page-walk', '- Page-walk', '  + 3 checks skipped', '+ Page-walk']);
  expect(rows.map((row) => (row.kind === 'step' ? '' : row.reason))).toEqual(['paging is off', 'paging is off', 'paging is off', 'paging is off', 'paging is off']);
  expect(rows.map((row) => row.parent)).toEqual([null, 'run:page-walk:0', 'run:page-walk:0', 'page-walk:1', 'run:page-walk:0']);
});

test('registers that came from one place are told together', () => {
  const from = (register: string, value: string, place: string): TransitionSource => ({ register, value, from: place, lastWriter: { absent: 'never written' }, writerSymbol: null, writerPlace: null });
  const groups = groupsOfSources([from('CS', '0x8', 'the gate'), from('EIP', '0x1000', 'the gate'), from('ESP', '0x7000', 'the TSS')]);
  expect(groups.map((group) => `${group.registers.map((one) => `${one.name}=${one.value}`).join(' ')} from ${group.from}`)).toEqual(['CS=0x8 EIP=0x1000 from the gate', 'ESP=0x7000 from the TSS']);
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

test('a push is said to be one, and a name or a place known beside the writer is taken', () => {
  const pushed = { by: 'cpu' as const, icount: 7, seq: 3, cpl: 3, cs: 0x1b, ip: 0x40_0000n, before: 0n, after: 0x23n, how: 'pushed' as const };
  const line = writerLine(pushed, null, { symbol: 'user_program' });
  expect('absent' in line ? '' : writeText(line)).toBe('pushed by ring 3 at user_program, event 3: 0x0 -> 0x23');
  const between = writerLine({ by: 'device', icount: 9, seq: null, cpl: 0, cs: 8, ip: 0x10n, before: null, after: null }, null, { at: { icount: 9, iteration: 0, seq: 5 } });
  expect('absent' in between ? '' : writeText(between)).toBe('written by a device, asked by ring 0 at 0x10, before event 5');
});

const LEVEL = { level: 2, physical: 0x1000, entry: 0x2007n, paging: '32-bit' as const, present: true, writable: true, user: true, nx: false, accessed: false, dirty: false, pageSize: 0, rightsSoFar: 'urwx' };
const NOBODY = { writer: { absent: 'never written' }, basis: { kind: 're-execution' as const }, at: null };
const walked = (levels: readonly (typeof LEVEL)[], rule: string | null): WalkAt => ({
  linear: 0x40_1000, verdict: { rights: 'urwx', rule }, physical: rule === null ? 0x5000n : null, tlb: null, isPaging: true, basis: { kind: 're-execution' },
  levels: levels.map((read) => ({ ...read, read, physical: BigInt(read.physical), took: read.present ? '' : 'urwx', reserved: [], sets: [], lastWriter: NOBODY.writer, written: NOBODY })),
});

test('a walk made at a point shows where it broke and what refused it', () => {
  const whole = walked([LEVEL, { ...LEVEL, level: 1, physical: 0x2000, entry: 0x5001n, rightsSoFar: 'sr-x' }], null);
  expect(levelsAt(whole).map((level) => [level.title, level.broken])).toEqual([['page directory entry', false], ['page table entry', false]]);
  expect(levelsText(levelsAt(whole), null)).toContain('page table entry at 0x2000: 0x5001, rights so far sr-x; last writer absent: never written');
  expect(walkedText(whole, null)).toMatch(/^walk of 0x401000:\n[\s\S]*physical address 0x5000$/);
  const gone = walked([{ ...LEVEL, entry: 0n, present: false, rightsSoFar: 's---' }], 'page-directory-present');
  expect(levelsAt(gone).map((level) => [level.broken, level.took])).toEqual([[true, '']]);
  expect(verdictOf(gone)).toEqual({ failed: true, text: 'Failed check: the page-directory entry is present [page-directory-present]' });
});

test('the TLB is told apart: missed, held, stale; what the tables say stands beside it', () => {
  expect([tlbWords('miss', false).title, tlbWords('miss', true).title, tlbWords('hit', false).isStale, tlbWords('stale', true).isStale]).toEqual(['TLB miss.', 'Not in the TLB.', false, true]);
  expect(tablesOf({ levels: [{ level: 1, physical: 0, entry: 0n, flags: 0, pageSize: 4096, rights: 1 | 8 }], physical: 0x5123, tlb: null, rule: null })).toEqual({ physical: 0x5123, user: true, writable: false, nx: true });
  expect(tablesOf({ levels: [], physical: null, tlb: null, rule: 'page-table-present' })).toBeNull();
});
