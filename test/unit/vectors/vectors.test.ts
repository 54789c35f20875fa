// The runner of recorded tests on recordings made here: it must see what is wrong, restate what an 80286 does otherwise, excuse no more.
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { Guest } from '../../vectors/guest.ts';
import { readTests, type Registers } from '../../vectors/moo.ts';
import { reportOf } from '../../vectors/report.ts';
import { excusedCount, isGood, newTally, runTests, type Tally } from '../../vectors/suite.ts';
import { mooFile, type MadeTest } from './moo-file.ts';

const START: Registers = { ax: 0x1234, bx: 0x100, cx: 0, dx: 0, cs: 0x200, ss: 0x400, ds: 0x600, es: 0x800, sp: 0x100, bp: 0, si: 0, di: 0, ip: 0x10, flags: 2 };
const HANDLER = 0x3000;
/** The vector's entry in the table points to HANDLER:0, where a HLT is. */
const handlerOf = (vector: number): [number, number][] => [[vector * 4, 0], [vector * 4 + 1, 0], [vector * 4 + 2, HANDLER & 0xff], [vector * 4 + 3, HANDLER >>> 8], [HANDLER * 16, 0xf4]];
const frameAt = (sp: number, words: readonly number[]): [number, number][] => words.flatMap((word, slot): [number, number][] => [[0x4000 + sp + 2 * slot, word & 0xff], [0x4001 + sp + 2 * slot, word >>> 8]]);

function run(...tests: MadeTest[]): Tally {
  const tally = newTally();
  runTests(new Guest(), readTests('made.MOO', mooFile(tests)), tally);
  return tally;
}
const outcome = (tally: Tally): string => `${String(tally.passed)} passed, ${String(excusedCount(tally))} excused, ${String(tally.failed.length)} failed, ${String(tally.needless.length)} needless`;

const addAlOne: MadeTest = { code: [0x04, 1], before: START, after: { ax: 0x1235, ip: 0x13, flags: 6 } };

test('a recording that agrees passes, compressed or not, and chunks nobody knows are passed over', () => {
  expect(outcome(run(addAlOne))).toBe('1 passed, 0 excused, 0 failed, 0 needless');
  expect(isGood(run(addAlOne))).toBe(true);
  expect(readTests('made.MOO.gz', gzipSync(mooFile([addAlOne])))).toEqual(readTests('made.MOO.gz', gzipSync(mooFile([addAlOne]))));
  expect(readTests('made.MOO', mooFile([addAlOne]))[0]?.before).toEqual(START);
});

test('a wrong register, flag, byte of memory or end is a failure that says where', () => {
  expect(outcome(run({ ...addAlOne, after: { ...addAlOne.after, ax: 0x1236 } }))).toContain('1 failed');
  expect(outcome(run({ ...addAlOne, after: { ...addAlOne.after, flags: 7 } }))).toContain('1 failed');
  const stray = run({ code: [0x88, 0x07], before: START, after: { ip: 0x13 } });
  expect(stray.failed[0]?.differences).toEqual([{ what: 'memory', address: 0x6100, expected: 0, actual: 0x34 }]);
  const unwritten = run({ code: [0x90], before: START, after: { ip: 0x12 }, written: [[0x9000, 1]] });
  expect(unwritten.failed[0]?.differences).toEqual([{ what: 'memory', address: 0x9000, expected: 1, actual: 0 }]);
  const endless = run({ code: [0xeb, 0xfe], before: START, after: { ip: 0x13 } });
  expect(endless.failed[0]?.differences.map(({ what }) => what)).toEqual(['ip', 'end']);
  expect(reportOf(endless, { isVerbose: false })).toContain('does not reach HLT');
});

test('one test leaves nothing behind for the next', () => {
  expect(outcome(run({ code: [0x88, 0x07], before: START, after: { ip: 0x13 }, written: [[0x6100, 0x34]] }, { code: [0x8a, 0x0f], before: START, after: { ip: 0x13 } }))).toContain('2 passed');
});

test('flags that the manual leaves undefined are not compared, and only those', () => {
  const shift = (flags: number, cx: number): string => outcome(run({ code: [0xd2, 0xe0], before: { ...START, cx }, after: { ax: cx === 1 ? 0x1268 : 0x12d0, ip: 0x13, flags } }));
  // OF is undefined for a count of 2, AF always; SF and CF never
  expect(shift(0x82, 2)).toContain('1 passed');
  expect(shift(0x82 | 0x810, 2)).toContain('1 passed');
  expect(shift(0x02, 2)).toContain('1 failed');
  expect(shift(0x802, 1)).toContain('1 failed');
  expect(outcome(run({ code: [0x30, 0xc0], before: START, after: { ax: 0x1200, ip: 0x13, flags: 0x56 } }))).toContain('1 passed');
});

test('masks of a file are obeyed', () => {
  const tally = newTally();
  runTests(new Guest(), readTests('made.MOO', mooFile([{ ...addAlOne, after: { ...addAlOne.after, flags: 0x86 } }], { flags: 0xff7f })), tally);
  expect(outcome(tally)).toContain('1 passed');
});

test('LOCK where a 386 refuses it: #UD with the prefix, the recorded result without it', () => {
  const locked: MadeTest = { code: [0x2e, 0xf0, 0x04, 1], before: START, after: { ax: 0x1235, ip: 0x15, flags: 6 } };
  expect(outcome(run(locked))).toBe('1 passed, 0 excused, 0 failed, 0 needless');
  expect(run(locked).restated.get('lock')).toHaveLength(1);
  expect(outcome(run({ ...locked, after: { ...locked.after, ax: 0x1236 } }))).toContain('1 failed');
  // ADD to memory may be locked: it is compared as it stands
  const lockable: MadeTest = { code: [0xf0, 0x00, 0x0f], before: START, after: { ip: 0x14, flags: 0x46 } };
  expect([outcome(run(lockable)), run(lockable).restated.get('lock')]).toEqual(['1 passed, 0 excused, 0 failed, 0 needless', []]);
});

test('a fault of the stack segment: the recorded handler of 13 is entered by 12', () => {
  const before = { ...START, bp: 0xffff };
  const overrun: MadeTest = {
    code: [0xc9], before, memory: handlerOf(13), after: { cs: HANDLER, ip: 1, sp: 0xfa }, written: frameAt(0xfa, [0x10, 0x200, 2]), exception: { vector: 13, flagsAddress: 0x40fe },
  };
  expect(outcome(run(overrun))).toBe('1 passed, 0 excused, 0 failed, 0 needless');
  expect(run(overrun).restated.get('stack-vector')).toHaveLength(1);
});

test('POPF loads IOPL and NT, which an 80286 in real-address mode does not have', () => {
  const popf: MadeTest = { code: [0x9d], before: START, memory: [[0x4100, 0x82], [0x4101, 0x70]], after: { sp: 0x102, ip: 0x12, flags: 0x82 } };
  expect(run(popf).restated.get('upper-flags')).toHaveLength(1);
  expect(outcome(run(popf))).toContain('1 passed');
  expect(outcome(run({ ...popf, after: { ...popf.after, flags: 0x86 } }))).toContain('1 failed');
});

test('a waiver excuses what it names and nothing else', () => {
  const lods: MadeTest = {
    code: [0xad], before: { ...START, si: 0xffff }, memory: handlerOf(13), after: { cs: HANDLER, ip: 1, sp: 0xfa, si: 1 }, written: frameAt(0xfa, [0x10, 0x200, 2]), exception: { vector: 13, flagsAddress: 0x40fe },
  };
  expect(outcome(run(lods))).toBe('0 passed, 1 excused, 0 failed, 0 needless');
  expect(reportOf(run(lods), { isVerbose: true })).toContain('made.MOO 0: test');
  expect(outcome(run({ ...lods, after: { ...lods.after, ax: 7 } }))).toContain('1 failed');
});

test('what was prefetched and half of an x87 operand are excused, the same without the cause is compared', () => {
  const at = { ...START, es: 0x200, ax: 0x90 };
  const stos = (di: number): MadeTest => ({ code: [0xaa], before: { ...at, di }, after: { di: di + 1, ip: 0x12 }, written: [[0x2000 + di, 0x90]] });
  expect(outcome(run(stos(0x11)))).toBe('0 passed, 1 excused, 0 failed, 0 needless');
  expect(outcome(run(stos(0x18)))).toBe('1 passed, 0 excused, 0 failed, 0 needless');
  const fadd = (bx: number): MadeTest => ({ code: [0xd8, 0x07], before: { ...START, bx }, after: { ip: 0x13 } });
  expect(outcome(run(fadd(0xfffe)))).toBe('0 passed, 1 excused, 0 failed, 0 needless');
  expect(outcome(run(fadd(0xfffc)))).toBe('1 passed, 0 excused, 0 failed, 0 needless');
});

test('a waiver that excuses a test which passes, too much that is excused, and nothing run are no success', () => {
  const restored: MadeTest = {
    code: [0xad], before: { ...START, si: 0xffff }, memory: handlerOf(13), after: { cs: HANDLER, ip: 1, sp: 0xfa }, written: frameAt(0xfa, [0x10, 0x200, 2]), exception: { vector: 13, flagsAddress: 0x40fe },
  };
  expect(run(restored).needless.map(({ id }) => id)).toEqual(['string-restart']);
  expect(isGood(run(restored))).toBe(false);
  expect(reportOf(run(restored), { isVerbose: false })).toContain('string-restart is needless');
  expect(isGood(run({ ...restored, after: { ...restored.after, si: 1 } }))).toBe(false);
  expect(isGood(newTally())).toBe(false);
});

test('a file that is cut or records other registers is refused', () => {
  const bytes = mooFile([addAlOne]);
  expect(() => readTests('made.MOO', bytes.subarray(0, bytes.length - 3))).toThrow(RangeError);
  expect(() => readTests('made.MOO', mooFile([{ ...addAlOne, before: {} }]))).toThrow('without 16-bit registers');
});
