// Moving through a recording by events, kinds of event and breakpoints, both ways; what needs instructions says why it has none.

import { describe, expect, it } from 'vitest';
import { FLOAT_WORDS } from '../../../core/arch/float-file.ts';
import { registerOffset } from '../../../core/arch/register-file.ts';
import { comparePositions, type Position } from '../../../core/event/position.ts';
import type { Moment, Reexecutor } from '../../../core/event/reexecutor.ts';
import { addBreakpoint, changeBreakpoint, collectHits, HitScan, hitsBefore, makeBreakpoint, removeBreakpoint } from '../../../core/replay/breakpoints.ts';
import { momentAt, moveTo, runToBreakpoint, stepEvent, stepInstruction, type Moved } from '../../../core/replay/cursor.ts';
import { compile, isRefusal } from '../../../core/replay/expression/compile.ts';
import type { Compiled } from '../../../core/replay/expression/compiled.ts';
import { findNext } from '../../../core/replay/search.ts';
import { endOf, eventAt, positionOfEvent, startOf, type TraceSource } from '../../../core/replay/source.ts';
import { registers, row, traceOf, transition } from './synthetic.ts';

const ROWS = [
  row('msr-write', { icount: 3, msr: 0x176, before: 0, after: 0x1000, refused: false }), transition(0, 3, 'iret', { icount: 10 }),
  row('fault', { icount: 20, vector: 14, errorCode: 5 }), transition(3, 0, 'exception', { icount: 20, vector: 14 }), transition(0, 0, 'int', { icount: 25, vector: 3 }),
  row('msr-write', { icount: 30, msr: 0x176, before: 0x1000, after: 0x1000, refused: false }), transition(0, 3, 'iret', { icount: 40 }),
];
const TRACE = traceOf(ROWS);
const compiled = (text: string): Compiled => {
  const result = compile(text);
  if (isRefusal(result)) throw new Error(result.error);
  return result;
};
const seqOf = (moved: Moved): number | string | null => (moved.kind === 'moved' ? moved.event : moved.kind === 'edge' ? moved.edge : moved.reason);

/** A machine that runs one instruction per icount at linear address 0x1000 + icount, 50 in all. */
const machine: Reexecutor = {
  ask(request) {
    const moment = (icount: number): { readonly kind: 'moment'; readonly moment: Moment } => ({
      kind: 'moment',
      moment: { position: { icount, iteration: 0, seq: ROWS.findIndex((one) => one.words[4]! >= icount) }, registers: registers({ rip: 0x1000 + icount, cr0: 1, rax: icount & 1 }), float: new Uint32Array(FLOAT_WORDS), code: { linear: 0, bytes: new Uint8Array() }, stack: { linear: 0, bytes: new Uint8Array() }, stopped: null },
    });
    switch (request.kind) {
      case 'moment': return Promise.resolve(moment(request.at.icount));
      case 'step': return Promise.resolve(moment(Math.min(50, Math.max(0, request.from.icount + (request.direction === 'forward' ? request.count : -request.count)))));
      case 'find-execution': {
        const step = request.direction === 'forward' ? 1 : -1;
        for (let icount = request.from.icount + step; icount >= 0 && icount <= 50; icount += step) {
          const found = moment(icount);
          if (request.until !== null && comparePositions(found.moment.position, request.until) * step > 0) break;
          if (request.ranges.some((range) => 0x1000 + icount >= range.first && 0x1000 + icount < range.end)) return Promise.resolve(found);
        }
        return Promise.resolve({ kind: 'not-found' });
      }
      default: return Promise.reject(new Error('not asked in this test'));
    }
  },
};

describe('positions', () => {
  it('know the event that stands there', () => {
    expect(startOf(TRACE)).toEqual({ icount: 0, iteration: 0, seq: 0 });
    expect(positionOfEvent(TRACE, 2)).toEqual({ icount: 20, iteration: 0, seq: 2 });
    expect(endOf(TRACE)).toEqual({ icount: 40, iteration: 0, seq: 7 });
    expect(eventAt(TRACE, { icount: 20, iteration: 0, seq: 2 })).toBe(2);
    expect(eventAt(TRACE, { icount: 15, iteration: 0, seq: 2 })).toBeNull();
    expect(eventAt(TRACE, endOf(TRACE))).toBeNull();
  });
});

describe('event steps', () => {
  it('visit every event in order, forwards and backwards', () => {
    const seen: (number | string | null)[] = [];
    for (let at: Position = startOf(TRACE), more = true; more;) {
      const moved = stepEvent(TRACE, { from: at, direction: 'forward' });
      seen.push(seqOf(moved));
      more = moved.kind === 'moved';
      if (moved.kind === 'moved') at = moved.position;
    }
    expect(seen).toEqual([0, 1, 2, 3, 4, 5, 6, 'end']);
    const back: (number | string | null)[] = [];
    for (let at = endOf(TRACE), more = true; more;) {
      const moved = stepEvent(TRACE, { from: at, direction: 'backward' });
      back.push(seqOf(moved));
      more = moved.kind === 'moved';
      if (moved.kind === 'moved') at = moved.position;
    }
    expect(back).toEqual([6, 5, 4, 3, 2, 1, 0, 'start']);
  });

  it('from between two events lead to the neighbours', () => {
    const from = { icount: 15, iteration: 0, seq: 2 };
    expect(seqOf(stepEvent(TRACE, { from, direction: 'forward' }))).toBe(2);
    expect(seqOf(stepEvent(TRACE, { from, direction: 'backward' }))).toBe(1);
  });

  it('stand only on stored events of a filtered recording', () => {
    const stored = [1, 4, 6];
    const filtered: TraceSource = {
      ...TRACE, rowCount: 3, seqAt: (index) => stored[index]!, rowNotAfter: (seq) => stored.filter((one) => one <= seq).length - 1, kindAt: (seq) => (stored.includes(seq) ? ROWS[seq]!.kind : -1),
      row: (seq) => { if (!stored.includes(seq)) throw new Error(`row ${String(seq)} was read`); return ROWS[seq]!; },
    };
    expect(seqOf(stepEvent(filtered, { from: startOf(filtered), direction: 'forward' }))).toBe(1);
    expect(seqOf(stepEvent(filtered, { from: positionOfEvent(filtered, 1), direction: 'forward' }))).toBe(4);
    expect(seqOf(stepEvent(filtered, { from: { icount: 22, iteration: 0, seq: 4 }, direction: 'backward' }))).toBe(1);
    expect(seqOf(moveTo(filtered, 'cpl', { from: endOf(filtered), direction: 'backward' }))).toBe(6);
    expect([...collectHits(filtered, compiled('cpl'))]).toEqual([1, 6]);
  });
});

describe('moves', () => {
  it('go to faults, CPL changes and MSR writes both ways', () => {
    const from = positionOfEvent(TRACE, 2);
    expect(seqOf(moveTo(TRACE, 'cpl', { from, direction: 'forward' }))).toBe(3);
    expect(seqOf(moveTo(TRACE, 'cpl', { from, direction: 'backward' }))).toBe(1);
    expect(seqOf(moveTo(TRACE, 'msr', { from, direction: 'forward' }))).toBe(5);
    expect(seqOf(moveTo(TRACE, 'fault', { from, direction: 'forward' }))).toBe('end');
    expect(seqOf(moveTo(TRACE, 'fault', { from: endOf(TRACE), direction: 'backward' }))).toBe(2);
  });
});

describe('instruction steps', () => {
  it('come from the re-executor', async () => {
    const replay = { trace: TRACE, reexecutor: machine, absent: null };
    const moved = await stepInstruction(replay, { from: { icount: 19, iteration: 0, seq: 2 }, direction: 'forward' });
    expect(moved).toMatchObject({ kind: 'moved', event: 2, position: { icount: 20 } });
    expect(await stepInstruction(replay, { from: { icount: 0, iteration: 0, seq: 0 }, direction: 'backward' })).toMatchObject({ kind: 'edge', edge: 'start' });
  });

  it('are absent with the reason where nothing can be executed', async () => {
    const replay = { trace: TRACE, reexecutor: null, absent: 'the image is not in the trace' };
    expect(seqOf(await stepInstruction(replay, { from: startOf(TRACE), direction: 'forward' }))).toMatch(/the image is not in the trace/);
    expect(await momentAt(replay, startOf(TRACE))).toMatchObject({ kind: 'absent' });
    expect(await findNext(TRACE, compiled('exec 0x1000 or fault'), { from: startOf(TRACE), direction: 'forward', ...replay })).toMatchObject({ kind: 'absent' });
  });
});

describe('runs', () => {
  const replay = { trace: TRACE, reexecutor: machine, absent: null };
  const set = addBreakpoint(addBreakpoint([], 'fault #PF', { name: 'page faults' }), 'msr changed');

  it('stop at the nearest hit of any enabled breakpoint', async () => {
    expect(await runToBreakpoint(replay, set, { from: startOf(TRACE), direction: 'forward' })).toMatchObject({ event: 0, breakpoint: 2 });
    expect(await runToBreakpoint(replay, set, { from: positionOfEvent(TRACE, 0), direction: 'forward' })).toMatchObject({ event: 2, breakpoint: 1 });
    expect(await runToBreakpoint(replay, set, { from: positionOfEvent(TRACE, 2), direction: 'forward' })).toMatchObject({ kind: 'edge', edge: 'end' });
    expect(await runToBreakpoint(replay, set, { from: endOf(TRACE), direction: 'backward' })).toMatchObject({ event: 2, breakpoint: 1 });
    const one = changeBreakpoint(set, 1, { enabled: false });
    expect(await runToBreakpoint(replay, one, { from: endOf(TRACE), direction: 'backward' })).toMatchObject({ event: 0, breakpoint: 2 });
  });

  it('merge instructions and events by position, both ways', async () => {
    const mixed = addBreakpoint(set, 'exec 0x100f..0x1018 if (eax == 0)');
    const forward: unknown[] = [];
    for (let at: Position = startOf(TRACE), more = true; more;) {
      const moved = await runToBreakpoint(replay, mixed, { from: at, direction: 'forward' });
      more = moved.kind === 'moved';
      if (moved.kind !== 'moved') break;
      forward.push([moved.position.icount, moved.event, moved.breakpoint]);
      at = moved.position;
    }
    expect(forward).toEqual([[3, 0, 2], [16, null, 3], [18, null, 3], [20, 2, 1], [22, null, 3], [24, null, 3]]);
    const last = await runToBreakpoint(replay, mixed, { from: { icount: 23, iteration: 0, seq: 4 }, direction: 'backward' });
    expect(last).toMatchObject({ position: { icount: 22 }, breakpoint: 3 });
  });

  it('find the very first instruction from before the beginning', async () => {
    const found = await findNext(TRACE, compiled('exec 0x1000'), { from: { icount: -1, iteration: 0, seq: 0 }, direction: 'forward', reexecutor: machine });
    expect(found).toMatchObject({ kind: 'hit', hit: { event: null, position: { icount: 0 } } });
  });
});

describe('breakpoints', () => {
  it('lead to the same place from counted hits as from a search', async () => {
    const set = addBreakpoint(addBreakpoint([], 'cpl'), 'fault');
    const known = (id: number): Uint32Array | null => collectHits(TRACE, set.find((one) => one.id === id)!.compiled!);
    const replay = { trace: TRACE, reexecutor: null, absent: null };
    for (const direction of ['forward', 'backward'] as const) {
      for (let seq = 0; seq <= TRACE.eventCount; seq += 1) {
        const exact = positionOfEvent(TRACE, seq);
        for (const from of [exact, { ...exact, icount: Math.max(0, exact.icount - 1) }]) {
          expect(await runToBreakpoint(replay, set, { from, direction }, known)).toEqual(await runToBreakpoint(replay, set, { from, direction }));
        }
      }
    }
  });

  it('collect all hits, in slices or at once', () => {
    const hits = collectHits(TRACE, compiled('cpl'));
    expect([...hits]).toEqual([1, 3, 6]);
    expect([hitsBefore(hits, 0), hitsBefore(hits, 3), hitsBefore(hits, 7)]).toEqual([0, 1, 3]);
    const scan = new HitScan(TRACE, compiled('cpl'));
    expect(scan.advance(2)).toBe(false);
    expect([...scan.hits()]).toEqual([1]);
    expect(scan.advance(100)).toBe(true);
    expect([...scan.hits()]).toEqual([1, 3, 6]);
  });

  it('keep a refused text and say why', () => {
    const broken = makeBreakpoint(1, 'cpl 3-');
    expect(broken.compiled).toBeNull();
    expect(broken.problem).toMatch(/column 6/);
    const mended = changeBreakpoint([broken], 1, { text: 'cpl 3->0' });
    expect(mended[0]).toMatchObject({ problem: null, name: 'cpl 3->0' });
    expect(removeBreakpoint(mended, 1)).toEqual([]);
  });

  it('with registers are refused where the trace has none', async () => {
    const imported: TraceSource = { ...TRACE, hasState: false, stateBefore: () => { throw new Error('no registers'); } };
    const registersWanted = await findNext(imported, compiled('fault if (eax == 1)'), { from: startOf(imported), direction: 'forward', reexecutor: null });
    expect(registersWanted).toMatchObject({ kind: 'absent' });
    expect([...collectHits(imported, compiled('cs == 8 or fault'))]).toEqual([2]);
  });
});

describe('registers before an event', () => {
  it('are those of that event', () => {
    const states = ROWS.map((_, index) => registers({ rax: index }));
    expect(registers({ rax: 4 })[registerOffset('rax')]).toBe(4);
    expect([...collectHits(traceOf(ROWS, states), compiled('eax >= 5'))]).toEqual([5, 6]);
  });
});
