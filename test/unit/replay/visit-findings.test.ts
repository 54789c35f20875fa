// What is odd about a visit: the stack at its exit, flags of user code that are still set, ends without a return. Each with its neighbour
// that is in order.

import { expect, test } from 'vitest';
import { rule } from '../../../core/event/rules.ts';
import { visitFacts } from '../../../core/replay/visits/facts.ts';
import { failedOutside, findingsOf, findingTotals, isOdd } from '../../../core/replay/visits/findings.ts';
import { pairVisits } from '../../../core/replay/visits/scan.ts';
import type { Visits } from '../../../core/replay/visits/table.ts';
import { registers, row, traceOf, type Values } from './synthetic.ts';
import { backFrom, enter, fault, framed, interrupt, leave, SLOTS_5, sysenter, sysexit, TOP_A, TOP_B } from './visit-rows.ts';

/** SS with D/B set: ESP is the stack pointer. */
const BIG = 0x4000;
const at = (esp: number): Uint32Array => registers({ 'rsp': esp, 'ss.rights': BIG });
const failed = (more: Values = {}): ReturnType<typeof fault> => fault(13, { rule: rule('iret-cs-table-limit'), cpl: 0, ...more });
const told = (visits: Visits, index: number): readonly string[] => findingsOf(visits, index).map(({ kind, severity, label, text }) => `${severity} ${kind} [${label}] ${text}`);

test('an IRET that faults with the error code still on the stack', () => {
  const rows = [enter(TOP_A, 'exception', { vector: 14 }, true), failed(), interrupt(TOP_A - 24, 13)];
  const visits = pairVisits(traceOf(rows, [at(0), at(TOP_A - 24)]));
  expect(findingsOf(visits, 0).map((one) => [one.seq, one.deltaBytes])).toEqual([[1, -4]]);
  expect(told(visits, 0)).toEqual(['wrong error-code [error code not popped] the return at event 1 faulted: the stack pointer was 4 bytes below the pushed frame, so the error code of 4 bytes was not popped']);
  expect(isOdd(visits, 0)).toBe(true);
});

test('an IRET that faults elsewhere on the stack, and one at the right place', () => {
  const below = pairVisits(traceOf([enter(TOP_A), failed()], [at(0), at(TOP_A - 20 - 8)]));
  expect(told(below, 0)).toEqual(['wrong stack-delta [stack off by -8] the return at event 1 faulted: the stack pointer was 8 bytes below the pushed frame, so 8 bytes more were pushed than popped']);
  const above = pairVisits(traceOf([enter(TOP_A), failed()], [at(0), at(TOP_A - 20 + 4)]));
  expect(told(above, 0)).toEqual(['wrong stack-delta [stack off by 4] the return at event 1 faulted: the stack pointer was 4 bytes above the pushed frame, so 4 bytes more were popped than pushed']);
  const right = pairVisits(traceOf([enter(TOP_A), failed()], [at(0), at(TOP_A - 20)]));
  expect(told(right, 0)).toEqual(['wrong exit-faulted [return faulted] the return at event 1 faulted: the stack pointer was at the pushed frame, so a value in the frame, or what it names, is wrong']);
});

test('a 16-bit stack pointer counts with 16 bits', () => {
  const visits = pairVisits(traceOf([enter(TOP_A), failed()], [at(0), registers({ 'rsp': 0xdead_0000 | 0x6fec, 'ss.base': 0x10_0000 })]));
  expect(findingsOf(visits, 0)[0]?.deltaBytes).toBe(0);
});

test('other faults, and returns that fail in user code, are no missed exits', () => {
  const states = [at(0), at(TOP_A - 24)];
  for (const other of [fault(13, { rule: rule('segment-limit'), cpl: 0 }), failed({ cpl: 3 }), fault(13, { rule: null, cpl: 0 })]) {
    const visits = pairVisits(traceOf([enter(TOP_A, 'exception', { vector: 14 }, true), other], states));
    expect(told(visits, 0)).toEqual([]);
  }
});

test('a return that fails with no visit under way on its stack stands apart', () => {
  const visits = pairVisits(traceOf([failed(), enter(TOP_A), failed(), leave(TOP_A)], [at(0x8000), at(0), at(TOP_A - 20), at(TOP_A - 20)]));
  expect(Array.from(failedOutside(visits))).toEqual([0]);
  expect(findingsOf(visits, 0).map((one) => one.seq)).toEqual([2]);
  expect(findingTotals(visits)).toMatchObject({ visits: 1, kinds: { 'exit-faulted': 1 } });
});

test('a return that fails again and again is told a few times and counted', () => {
  const rows = [enter(TOP_A), ...Array.from({ length: 20 }, () => failed())];
  const visits = pairVisits(traceOf(rows, Array.from(rows, () => at(TOP_A - 20))));
  const findings = findingsOf(visits, 0);
  expect(findings).toHaveLength(8);
  expect(findings[7]?.text).toMatch(/; 12 more such returns follow$/);
  expect(findingTotals(visits).kinds['exit-faulted']).toBe(20);
});

test('an exit that goes through with a frame that overlaps the pushed one', () => {
  const visits = pairVisits(traceOf([enter(TOP_A, 'exception', { vector: 14 }, true), framed(0, 3, 'iret', TOP_A - 24, SLOTS_5)]));
  expect(told(visits, 0)).toEqual(['wrong error-code [error code not popped] the return at event 1 took another frame than the one pushed at event 0: the stack pointer was 4 bytes below the pushed frame, so the error code of 4 bytes was not popped']);
  // a frame built elsewhere on the stack is how a kernel starts a program or a signal handler
  const built = pairVisits(traceOf([enter(TOP_A), framed(0, 3, 'iret', TOP_A - 400, SLOTS_5)]));
  expect(told(built, 0)).toEqual([]);
});

test('flags of user code that an entry does not clear, by what they mean', () => {
  const sticky = pairVisits(traceOf([sysenter(TOP_A, { 'from.flags': 0x4_7702, 'to.flags': 0x4_7502 }), enter(TOP_B, 'int', { 'from.flags': 0x4702, 'to.flags': 0x402 }), enter(TOP_A, 'int', { 'from.flags': 0x202, 'to.flags': 0x2 })]));
  expect(findingsOf(sticky, 0).map(({ label, severity }) => `${label} ${severity}`)).toEqual(['TF survives look', 'NT survives look', 'AC survives look', 'DF survives look', 'never returns note', 'IOPL survives note']);
  expect(told(sticky, 1)).toEqual(['look flag [DF survives] DF of user code is still set in the kernel: string instructions in the kernel run downwards until CLD']);
  expect(told(sticky, 2)).toEqual([]);
  expect(findingTotals(sticky)).toMatchObject({ visits: 2, kinds: { flag: 6 }, flags: { TF: 1, NT: 1, AC: 1, DF: 2, IOPL: 1 } });
});

test('flags the kernel has set itself are not of user origin, and IOPL alone is but a note', () => {
  const visits = pairVisits(traceOf([enter(TOP_A, 'int', { 'from.flags': 0x3202, 'to.flags': 0x3002 }), interrupt(TOP_A - 64, 32, { 'from.flags': 0x402, 'to.flags': 0x402 }), backFrom(TOP_A - 64)]));
  expect([isOdd(visits, 0), told(visits, 0).length, told(visits, 1).length]).toEqual([false, 1, 0]);
});

test('never returned: a shutdown is wrong, a stack used again is a note, the end of the recording is nothing', () => {
  const visits = pairVisits(traceOf([enter(TOP_A), enter(TOP_A), row('shutdown')]));
  expect(told(visits, 0)).toEqual(['note stack-reused [never returns] it never returns: event 1 used its place on the stack again']);
  expect(told(visits, 1)).toEqual(['wrong shutdown [shut down] the processor shuts down in it, at event 2']);
  expect(told(pairVisits(traceOf([enter(TOP_A)])), 0)).toEqual([]);
});

test('the facts of a visit: duration, rings, the stack at both ends', () => {
  const trace = traceOf([enter(TOP_A, 'int', { icount: 100 }), leave(TOP_A, { icount: 164 }), sysenter(TOP_A, { icount: 170 }), sysexit(TOP_A - 64)]);
  const visits = pairVisits(trace);
  expect(visitFacts(trace, visits, 0)).toMatchObject({
    instructions: 64, isAtLeast: false, time: null, rings: { from: 3, to: 0 }, findings: [], stack: { entry: BigInt(TOP_A - 20), exit: BigInt(TOP_A - 20), deltaBytes: 0, means: null },
  });
  expect(visitFacts(trace, visits, 1).stack).toEqual({ entry: BigInt(TOP_A), exit: BigInt(TOP_A - 64), deltaBytes: -64, means: '64 bytes more were pushed than popped; the next fast call begins anew, so nothing is lost' });
});

test('a fast call left by a frame the kernel built, and one that is under way', () => {
  const trace = traceOf([sysenter(TOP_A, { icount: 10 }), leave(TOP_A, { icount: 20 }), sysenter(TOP_A, { icount: 30 }), row('exit', { icount: 50 })]);
  const visits = pairVisits(trace);
  expect(visitFacts(trace, visits, 0).stack).toMatchObject({ deltaBytes: null, means: 'the kernel left by a frame it built itself' });
  expect(visitFacts(trace, visits, 1)).toMatchObject({ instructions: 20, isAtLeast: true, stack: { exit: null, deltaBytes: null } });
});

test('a log without counts but with a clock gives the time', () => {
  const time = (value: number): Values => ({ 'icount': null, 'time.value': value, 'time.unit': 'nanoseconds' });
  const rows = [enter(TOP_A, 'int', time(1000)), leave(TOP_A, time(1700))];
  const trace = { ...traceOf(rows), icountAt: () => -1 };
  expect(visitFacts(trace, pairVisits(trace), 0)).toMatchObject({ instructions: null, time: { value: 700, unit: 'nanoseconds' } });
});

test('another thread ran before a visit was over; an interrupt inside is the same thread', () => {
  const visits = pairVisits(traceOf([enter(TOP_A), leave(TOP_B), enter(TOP_B), leave(TOP_A), enter(TOP_A), interrupt(TOP_A - 64), backFrom(TOP_A - 64), leave(TOP_A)]));
  expect(Array.from(visits.switched)).toEqual([1, 1, 0, 0]);
});
