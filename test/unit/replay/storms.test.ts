// Storms: what counts as one, the nearest thing that does not, and how a table folds them.

import { expect, test } from 'vitest';
import type { EventDraft } from '../../../core/event/draft.ts';
import { foldsOf } from '../../../core/replay/storm-folds.ts';
import { INTERRUPTS_LEAST, INTERRUPT_GAP, REFAULTS_LEAST, stormsOf, type Storms } from '../../../core/replay/storms.ts';
import { pairVisits } from '../../../core/replay/visits/scan.ts';
import { row, traceOf, type Values } from './synthetic.ts';
import { backFrom, enter, fault, interrupt, leave, TOP_A, TOP_B } from './visit-rows.ts';

const PF: Values = { cpl: 3, cs: 0x1b, ip: 0x40_1000, cr2: 0x8000, errorCode: 4 };
const HANDLER = 10;

/** Rounds of a page fault whose handler runs HANDLER instructions and returns to what faulted; `gains` run before the next. */
class Rows {
  readonly rows: EventDraft[] = [];
  icount = 1000;

  round(more: { readonly pf?: Values; readonly gains?: number; readonly inside?: () => void; readonly top?: number } = {}): this {
    const { top = TOP_A } = more;
    this.rows.push(fault(14, { ...PF, ...more.pf, icount: this.icount }), enter(top, 'exception', { vector: 14, icount: this.icount }, true));
    more.inside?.();
    this.icount += HANDLER;
    this.rows.push(leave(top, { icount: this.icount }));
    this.icount += 1 + (more.gains ?? 0);
    return this;
  }
  tick(gap: number): this {
    this.icount += gap;
    this.rows.push(interrupt(TOP_A - 64, 32, { icount: this.icount }));
    this.icount += HANDLER;
    this.rows.push(backFrom(TOP_A - 64, { icount: this.icount }));
    this.icount += 1;
    return this;
  }
  push(one: EventDraft): this { this.rows.push(one); return this; }
  times(count: number, more: () => unknown): this { for (let at = 0; at < count; at += 1) more(); return this; }
  storms(): Storms { const trace = traceOf(this.rows); return stormsOf(trace, pairVisits(trace)); }
}
const found = (storms: Storms): readonly string[] => storms.list.map(({ kind, seqFirst, seqLast, count, period }) => `${kind} ${String(seqFirst)}..${String(seqLast)} x${String(count)} period ${String(period)}`);

test('three refaults are a storm, two are not', () => {
  const three = new Rows();
  three.times(REFAULTS_LEAST, () => three.round());
  expect(found(three.storms())).toEqual(['refault 0..8 x3 period 3']);
  expect(three.storms().list[0]?.text).toBe('3 times the same #PF at 0x401000 on 0x8000 (error code 0x4) in ring 3: each return runs into it again');
  const two = new Rows();
  two.times(REFAULTS_LEAST - 1, () => two.round());
  expect(found(two.storms())).toEqual([]);
});

test('one instruction gained in between is progress; another address, code or place is another fault', () => {
  const gained = new Rows();
  gained.times(6, () => gained.round({ gains: 1 }));
  expect(found(gained.storms())).toEqual([]);
  for (const field of ['cr2', 'errorCode', 'ip'] as const) {
    const other = new Rows();
    other.times(6, () => other.round({ pf: { [field]: other.icount } }));
    expect(found(other.storms())).toEqual([]);
  }
});

test('a trap that comes again is single-stepping, no storm', () => {
  const steps = new Rows();
  steps.times(6, () => steps.round({ pf: { class: 'trap' } }));
  expect(found(steps.storms())).toEqual([]);
});

test('what the handler does in between changes nothing: a message, an interrupt, a fault of its own', () => {
  const busy = new Rows();
  busy.times(4, () => busy.round({ inside: () => { busy.push(row('console', { text: 'x', device: 'e9', icount: busy.icount + 1 })).tick(2); } }));
  expect(found(busy.storms())).toEqual(['refault 0..23 x4 period 6']);
});

test('an interrupt just between the return and the instruction is no progress; one far from it is not hidden either', () => {
  const between = new Rows();
  const tickOutside = (): void => {
    between.push(enter(TOP_B, 'interrupt', { vector: 32, icount: between.icount }));
    between.icount += HANDLER;
    between.push(leave(TOP_B, { icount: between.icount }));
    between.icount += 1;
  };
  between.times(3, () => { between.round({ top: TOP_A }); tickOutside(); });
  expect(found(between.storms())).toEqual(['refault 0..12 x3 period 5']);
  // the program runs 50 instructions, an interrupt comes, and then the same fault: it has got round its loop once more
  const loop = new Rows();
  loop.times(4, () => {
    loop.round({ gains: 50 });
    loop.push(enter(TOP_A, 'interrupt', { vector: 32, icount: loop.icount }));
    loop.icount += HANDLER;
    loop.push(leave(TOP_A, { icount: loop.icount }));
    loop.icount += 1;
  });
  expect(found(loop.storms())).toEqual([]);
});

test('what ran before the first fault is not looked at again', () => {
  const late = new Rows();
  late.push(enter(TOP_A, 'int', { icount: 900 })).push(leave(TOP_A, { icount: 910 }));
  late.round({ inside: () => { late.tick(2); } }).round().round();
  expect(found(late.storms())).toEqual(['refault 2..12 x3 period null']);
});

test('two threads that take turns refaulting are two storms', () => {
  const two = new Rows();
  two.times(3, () => { two.round({ top: TOP_A }); two.round({ top: TOP_B, pf: { ip: 0x40_2000 } }); });
  expect(two.storms().list.map(({ count, period }) => [count, period])).toEqual([[3, 6], [3, 6]]);
});

test('eight interrupts at the heels of their handlers are a storm; seven are not, and a wider gap is none', () => {
  const storm = (count: number, gap: number): readonly string[] => {
    const rows = new Rows().push(enter(TOP_A, 'int', { icount: 900 }));
    rows.times(count, () => rows.tick(gap));
    return found(rows.storms());
  };
  expect(storm(INTERRUPTS_LEAST, INTERRUPT_GAP)).toEqual(['interrupt 1..16 x8 period 2']);
  expect(storm(INTERRUPTS_LEAST - 1, INTERRUPT_GAP)).toEqual([]);
  expect(storm(20, INTERRUPT_GAP + 1)).toEqual([]);
});

test('an interrupt that HLT waited for is none of a storm', () => {
  const idle = new Rows().push(enter(TOP_A, 'int', { icount: 900 }));
  idle.times(20, () => idle.push(row('halt', { wake: true, icount: idle.icount + 1 })).tick(2));
  expect(found(idle.storms())).toEqual([]);
});

test('a log that counts nothing: faults that follow one another, and it says what cannot be told', () => {
  const rows = Array.from({ length: 4 }, () => [fault(14, { ...PF, icount: null }), row('transition', { 'from.cpl': 3, 'via': 'exception', 'vector': 14, 'icount': null })]).flat();
  const trace = { ...traceOf(rows), icountAt: () => -1 };
  const storms = stormsOf(trace, pairVisits(trace));
  expect(storms.list.map(({ count }) => count)).toEqual([4]);
  expect(storms.unknown).toMatch(/counts no instructions/);
  const apart = rows.flatMap((one, at) => (at % 2 === 0 ? [one] : [one, fault(14, { ...PF, cr2: 0x9000, icount: null }), rows[1]!]));
  const other = { ...traceOf(apart), icountAt: () => -1 };
  expect(stormsOf(other, pairVisits(other)).list).toEqual([]);
});

test('folds keep the first round and the last, and say what is odd inside', () => {
  const rows = new Rows();
  rows.times(3, () => rows.round());
  rows.round({ inside: () => { rows.push(row('console', { text: 'x', device: 'e9', icount: rows.icount + 1 })); } });
  rows.round();
  const trace = traceOf(rows.rows);
  const folds = foldsOf(trace, rows.storms().list);
  expect(folds).toEqual([{ first: 3, end: 13, storm: 0, rounds: 3, text: expect.stringMatching(/^3 more rounds: 5 times the same #PF .*; among them 1 console more$/) as string }]);
});

test('folds never overlap', () => {
  const two = new Rows();
  two.times(5, () => { two.round({ top: TOP_A }); two.round({ top: TOP_B, pf: { ip: 0x40_2000 } }); });
  const folds = foldsOf(traceOf(two.rows), two.storms().list);
  expect(folds.map(({ first, end }) => [first, end])).toEqual([[6, 24]]);
});

test('a million events, every third a fault, are one storm and one fold', () => {
  const rows = new Rows();
  rows.round();
  const [one, two, three] = rows.rows as [EventDraft, EventDraft, EventDraft];
  const events = 999_999;
  const pick = (seq: number): EventDraft => (seq % 3 === 0 ? one : seq % 3 === 1 ? two : three);
  const trace = {
    ...traceOf(rows.rows), eventCount: events, rowCount: events, seqAt: (at: number) => at, rowNotAfter: (seq: number) => Math.min(seq, events - 1),
    kindAt: (seq: number) => pick(seq).kind, row: pick, icountAt: (seq: number) => Math.floor(seq / 3) * (HANDLER + 1) + (seq % 3 === 2 ? HANDLER : 0),
  };
  const visits = pairVisits(trace);
  const storms = stormsOf(trace, visits);
  const folds = foldsOf(trace, storms.list);
  expect([storms.list.length, storms.list[0]?.count, folds[0]?.rounds]).toEqual([1, events / 3, events / 3 - 2]);
});
