// Pairing kernel entries with exits: what matches what, and the reason where nothing does.
import { expect, test } from 'vitest';
import type { SlotName } from '../../../core/event/kinds.ts';
import type { EventDraft } from '../../../core/event/draft.ts';
import { pairVisits, VisitScan } from '../../../core/replay/visits/scan.ts';
import { NONE, UNMATCHED, visitAround, visitAt, visitOfEvent, type Visits } from '../../../core/replay/visits/table.ts';
import { registers, row, traceOf, transition } from './synthetic.ts';
import { backFrom, enter, fault, framed, interrupt, leave, SLOTS_5, sysenter, sysexit, TOP_A, TOP_B } from './visit-rows.ts';

/** Visits as text, one a line: entry-exit (or why none) depth, thread, faults. */
function told(visits: Visits): readonly string[] {
  return Array.from({ length: visits.count }, (_, index) => {
    const one = visitAt(visits, index);
    const end = one.seqExit === null ? `${String(one.reason)}@${String(one.seqOver)}` : String(one.seqExit);
    return `${String(one.seqEntry)}-${end} ${one.cause.via} depth ${String(one.depth)} thread ${String(one.thread)}${one.faults === 0 ? '' : ` faults ${String(one.faults)}`}${one.inferred ? ' inferred' : ''}`;
  });
}
const strays = (visits: Visits): readonly string[] => Array.from(visits.strayExits, (seq, index) => `${String(seq)} ${String(UNMATCHED[visits.strayReasons[index]!])}`);

test('an entry is paired with the exit that consumes its frame; the first exit of a recording enters nothing', () => {
  const visits = pairVisits(traceOf([leave(TOP_A), enter(TOP_A), leave(TOP_A), enter(TOP_A, 'interrupt'), leave(TOP_A)]));
  expect(told(visits)).toEqual(['1-2 int depth 0 thread 0', '3-4 interrupt depth 0 thread 0']);
  expect(strays(visits)).toEqual(['0 no-entry']);
  expect(visitAt(visits, 0)).toMatchObject({ cause: { via: 'int', vector: 0x80 }, stack: { stack: BigInt(TOP_A) } });
});

test('two threads: A enters, B leaves, B enters, A leaves', () => {
  const visits = pairVisits(traceOf([enter(TOP_A), leave(TOP_B), enter(TOP_B), leave(TOP_A), enter(TOP_A), leave(TOP_B)]));
  expect(told(visits)).toEqual(['0-3 int depth 0 thread 0', '2-5 int depth 0 thread 1', '4-open@6 int depth 0 thread 0']);
  expect(strays(visits)).toEqual(['1 no-entry']);
});

test('an interrupt inside a system call is nested in it, and a fault inside that in both', () => {
  const inside = TOP_A - 100, deeper = TOP_A - 300;
  const visits = pairVisits(traceOf([enter(TOP_A), interrupt(inside), fault(), interrupt(deeper, 14), backFrom(deeper), backFrom(inside), leave(TOP_A)]));
  expect(told(visits)).toEqual(['0-6 int depth 0 thread 0 faults 1', '1-5 interrupt depth 1 thread 0 faults 1', '3-4 interrupt depth 2 thread 0']);
});

test('an interrupt of code on a stack of its own is not nested in a visit that waits on another stack', () => {
  const idle = 0x9_0000;
  const visits = pairVisits(traceOf([enter(TOP_A), interrupt(idle - 64), backFrom(idle - 64), leave(TOP_A)]));
  expect(told(visits)).toEqual(['0-3 int depth 0 thread 0', '1-2 interrupt depth 0 thread 1']);
  expect(visits.threads.map((one) => [one.stack, one.isTop])).toEqual([[BigInt(TOP_A), true], [BigInt(idle), false]]);
});

test('an error code is skipped by the handler: the frame above it is matched, the code itself is not', () => {
  const visits = pairVisits(traceOf([enter(TOP_A, 'exception', { vector: 14 }, true), leave(TOP_A)]));
  expect(told(visits)).toEqual(['0-1 exception depth 0 thread 0']);
  const forgotten = pairVisits(traceOf([enter(TOP_A, 'exception', { vector: 14 }, true), framed(0, 3, 'iret', TOP_A - 24, SLOTS_5)]));
  expect(told(forgotten)).toEqual(['0-open@2 exception depth 0 thread 0']);
  expect(strays(forgotten)).toEqual(['1 error-code']);
});

test('a frame of another address space is another frame', () => {
  const states = [0x1000, 0x1000, 0x2000].map((cr3) => registers({ cr3 }));
  const visits = pairVisits(traceOf([enter(TOP_A), row('cr-write', { register: 'cr3', before: 0x1000, after: 0x2000 }), leave(TOP_A)], states));
  expect(told(visits)).toEqual(['0-open@3 int depth 0 thread 0']);
  expect(strays(visits)).toEqual(['2 address-space']);
  const back = pairVisits(traceOf([enter(TOP_A), row('cr-write', { register: 'cr3', before: 0x1000, after: 0x2000 }), row('cr-write', { register: 'cr3', before: 0x2000, after: 0x1000 }), leave(TOP_A)], states));
  expect(told(back)).toEqual(['0-3 int depth 0 thread 0']);
});

test('a visit whose stack is used again from its top can never return', () => {
  const visits = pairVisits(traceOf([enter(TOP_A), interrupt(TOP_A - 64), enter(TOP_A), leave(TOP_A)]));
  expect(told(visits)).toEqual(['0-stack-reused@2 int depth 0 thread 0', '1-stack-reused@2 interrupt depth 1 thread 0', '2-3 int depth 0 thread 0']);
});

test('an exit past a visit inside leaves that one without a return', () => {
  const visits = pairVisits(traceOf([enter(TOP_A), interrupt(TOP_A - 64), leave(TOP_A)]));
  expect(told(visits)).toEqual(['0-2 int depth 0 thread 0', '1-stack-reused@2 interrupt depth 1 thread 0']);
});

test('SYSENTER is matched by the stack it started on, also when ESP is not quite back', () => {
  const visits = pairVisits(traceOf([sysenter(TOP_A), sysexit(TOP_A), sysenter(TOP_A), sysexit(TOP_A - 64), sysexit(TOP_A)]));
  expect(told(visits)).toEqual(['0-1 sysenter depth 0 thread 0', '2-3 sysenter depth 0 thread 0']);
  expect(strays(visits)).toEqual(['4 other-stack']);
});

test('SYSENTER of two threads, with an interrupt and a return by a built frame', () => {
  const visits = pairVisits(traceOf([sysenter(TOP_A), interrupt(TOP_A - 8), backFrom(TOP_A - 8), sysenter(TOP_B), sysexit(TOP_A), leave(TOP_B)]));
  expect(told(visits)).toEqual(['0-4 sysenter depth 0 thread 0', '1-2 interrupt depth 1 thread 0', '3-5 sysenter depth 0 thread 1']);
});

test('SYSEXIT from a stack no SYSENTER began on is paired with the only open one, as inferred; with two open, with none', () => {
  expect(told(pairVisits(traceOf([sysenter(0xf_0000), sysexit(TOP_A)])))).toEqual(['0-1 sysenter depth 0 thread 0 inferred']);
  const two = pairVisits(traceOf([sysenter(0xf_0000), sysenter(0xe_0000), sysexit(TOP_A)]));
  expect(strays(two)).toEqual(['2 other-stack']);
});

test('a triple fault ends what is under way, with its faults', () => {
  const visits = pairVisits(traceOf([enter(TOP_A), fault(13), fault(8), row('shutdown')]));
  expect(told(visits)).toEqual(['0-shutdown@3 int depth 0 thread 0 faults 2']);
  expect(told(pairVisits(traceOf([enter(TOP_A), row('reset'), enter(TOP_A), leave(TOP_A)])))).toEqual(['0-reset@1 int depth 0 thread 0', '2-3 int depth 0 thread 0']);
});

test('a called task is a visit until it switches back; a task jumped to is none', () => {
  const states = [0x28, 0x28, 0x30, 0x28, 0x30].map((selector) => registers({ 'tr.selector': selector }));
  const called = transition(0, 0, 'task-switch', { 'to.sp': 0x8000, 'to.flags': 0x4002 });
  const back = transition(0, 0, 'task-switch', { 'to.sp': 0x7000, 'to.flags': 2 });
  const visits = pairVisits(traceOf([fault(), called, back, transition(0, 0, 'task-switch', { 'to.sp': 0x8000, 'to.flags': 2 })], states));
  expect(told(visits)).toEqual(['1-2 task-switch depth 0 thread 0']);
});

test('virtual-8086: the frame with the data segments matches at its lowest address', () => {
  const slots: readonly SlotName[] = [...SLOTS_5, 'es', 'ds', 'fs', 'gs'];
  const visits = pairVisits(traceOf([framed(3, 0, 'exception', TOP_A - 40, ['error-code', ...slots], { vector: 13 }), framed(0, 3, 'iret', TOP_A - 36, slots)]));
  expect(told(visits)).toEqual(['0-1 exception depth 0 thread 0']);
});

test('a call gate to an inner ring ends by its far return; SMI by RSM', () => {
  const gate = framed(3, 0, 'call-gate', TOP_A - 16, ['eip', 'cs', 'esp', 'ss']);
  const visits = pairVisits(traceOf([gate, transition(0, 0, 'smi'), transition(0, 0, 'rsm'), framed(0, 3, 'far-return', TOP_A - 16, ['eip', 'cs', 'esp', 'ss'])]));
  expect(told(visits)).toEqual(['0-3 call-gate depth 0 thread 0', '1-2 smi depth 0 thread 1']);
});

test('kernel addresses of the upper half are exact', () => {
  const top = 0xffff_8880_0000_4000n;
  const high = (via: string, from: number, to: number, linear: bigint): EventDraft => framed(from, to, via, linear, SLOTS_5);
  const visits = pairVisits(traceOf([high('int', 3, 0, top - 20n), high('iret', 0, 3, top - 24n), high('iret', 0, 3, top - 20n)]));
  expect(told(visits)).toEqual(['0-2 int depth 0 thread 0']);
  expect(visitAt(visits, 0).stack.stack).toBe(top);
});

test('a log without frames: a return between two records pairs with the one visit of its address space, as inferred', () => {
  const seen = (vector: number): EventDraft => row('transition', { 'from.cpl': 3, 'via': 'interrupt', vector, 'from.sp': 0x40_0000, 'icount': null });
  const inside = row('transition', { 'from.cpl': 0, 'via': 'interrupt', 'vector': 32, 'from.sp': 0x10_6f00, 'icount': null });
  const gone = transition(0, 3, 'unknown', { 'inferred.after': 0, 'inferred.before': 2 });
  const visits = pairVisits(traceOf([seen(0x80), inside, gone, seen(14)]));
  expect(told(visits)).toEqual(['0-2 interrupt depth 0 thread 0 inferred', '1-not-logged@2 interrupt depth 0 thread 1', '3-open@4 interrupt depth 0 thread 0']);
});

test('an exit whose entry a filter may have dropped says so', () => {
  const trace = traceOf([leave(TOP_A)]);
  expect(strays(pairVisits({ ...trace, rowCount: 0 }))).toEqual(['0 filtered']);
});

test('the visit of an event, and the one around a point', () => {
  const visits = pairVisits(traceOf([enter(TOP_A), interrupt(TOP_A - 64), backFrom(TOP_A - 64), row('marker'), leave(TOP_A), row('marker')]));
  expect([0, 1, 2, 3, 4].map((seq) => visitOfEvent(visits, seq))).toEqual([0, 1, 1, NONE, 0]);
  expect([0, 1, 2, 3, 4, 5].map((seq) => visitAround(visits, seq))).toEqual([NONE, 0, 1, 0, 0, NONE]);
});

test('a visit is called by its cause; an interrupt by its line where the controller said it', () => {
  const acknowledged = row('interrupt-line', { line: 0, state: 'acknowledged', vector: 32 });
  const rows = [enter(TOP_A), enter(TOP_A, 'exception', { vector: 14 }, true), interrupt(TOP_A - 100, 33), acknowledged, interrupt(TOP_A - 200, 32), sysenter(TOP_B), transition(0, 0, 'smi')];
  const visits = pairVisits(traceOf(rows));
  expect(Array.from({ length: visits.count }, (_, index) => visitAt(visits, index).name)).toEqual(['int 0x80', '#PF', 'vector 0x21', 'IRQ0', 'sysenter', 'SMI']);
});

test('slices of any size give the same visits', () => {
  const rows = Array.from({ length: 600 }, (_, index) => (index % 3 === 0 ? enter(TOP_A + (index % 7) * 0x1000) : index % 3 === 1 ? interrupt(0x9_0000 - (index % 50) * 16) : leave(TOP_A + (index % 7) * 0x1000)));
  const whole = pairVisits(traceOf(rows));
  const scan = new VisitScan(traceOf(rows));
  while (!scan.advance(7)) { /* the next slice */ }
  expect(scan.visits()).toEqual(whole);
});
