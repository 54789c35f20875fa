// Runs that interrupts drive: they are the same however they are cut, recorded, verified, or walked backwards.

import { describe, expect, it, vi } from 'vitest';
import type { TraceEvent } from '../../../core/event/event.ts';
import { CheckpointMaker } from '../../../core/machine/checkpoint-maker.ts';
import { CLOCKS_PER_PIT_TICK } from '../../../core/machine/clock-rate.ts';
import { createMachine, type Machine } from '../../../core/machine/machine.ts';
import { Session } from '../../../core/machine/session.ts';
import { verifyRecording } from '../../../core/ringscope/verify.ts';
import { open, record } from '../ringscope/recorded.ts';
import { BUSY_THEN_SLEEPS, COUNTS, COUNTS_AND_ENDS, EXITS_WITH_TICKS, guest, PIC_SETUP, pitSetup, TICKS } from './interrupt-guests.ts';

vi.setConfig({ testTimeout: 60_000 });

const build = (image: Uint8Array, maxInstructions = 1_000_000): Machine =>
  createMachine({ image, request: { format: 'flat', memoryBytes: 0x40_0000, maxInstructions }, allocate: (bytes) => new ArrayBuffer(bytes) });
const eventsOf = (image: Uint8Array, wishes: Parameters<typeof record>[1] = {}): readonly TraceEvent[] => {
  const { reader } = open(record(image, wishes).bytes);
  return Array.from({ length: reader.eventCount }, (_, seq) => reader.event(seq));
};
const line = (event: TraceEvent): string => {
  switch (event.kind) {
    case 'interrupt-line': return `line ${String(event.line)} ${event.state}${event.vector === undefined ? '' : ` ${String(event.vector)}`}`;
    case 'transition': return `${event.via} ${event.vector === undefined ? '' : String(event.vector)}`.trim();
    case 'halt': return `halt wake=${String(event.wake)}`;
    case 'exit': return `exit ${String(event.value)}`;
    default: return event.kind;
  }
};
const quiet = (events: readonly TraceEvent[]): readonly string[] => events.filter((event) => event.kind !== 'table-load').map(line);

describe('a timer interrupt', () => {
  it('is raised, acknowledged with its vector, delivered, and returned from', () => {
    // sti / hlt / exit with the ticks
    const image = guest({ setup: [...PIC_SETUP, ...pitSetup(0x30, 50)], code: [0xfb, 0xf4, ...EXITS_WITH_TICKS], handlers: { 0x20: COUNTS_AND_ENDS } });
    expect(quiet(eventsOf(image))).toEqual(['halt wake=true', 'line 0 raised', 'line 0 acknowledged 32', 'interrupt 32', 'iret', 'exit 1']);
  });

  it('comes at the exact clock, by idle ticks when the processor is halted', () => {
    const machine = build(guest({ setup: [...PIC_SETUP, ...pitSetup(0x30, 50)], code: [0xfb, 0xf4, ...EXITS_WITH_TICKS], handlers: { 0x20: COUNTS_AND_ENDS } }));
    const session = new Session(machine);
    while (machine.cpu.ram[TICKS] === 0) session.run(1);
    // the count's high byte was written by instruction 3 + 2 * 13; it is loaded at the next tick, and the output rises 50 ticks later
    const loaded = Math.floor((3 + 2 * 13 - 1) / CLOCKS_PER_PIT_TICK) + 1;
    // two instructions of the handler have retired
    expect(machine.cpu.clock).toBe((loaded + 50) * CLOCKS_PER_PIT_TICK + 2);
    expect(machine.cpu.idleTicks).toBeGreaterThan(700);
  });

  it('interrupts a REP between iterations, which goes on afterwards', () => {
    const inside = eventsOf(BUSY_THEN_SLEEPS).filter((event) => event.kind === 'transition' && event.via === 'interrupt' && (event.iteration ?? 0) > 0);
    expect(inside.length).toBeGreaterThan(0);
    const machine = build(BUSY_THEN_SLEEPS);
    expect(new Session(machine).run(Infinity)).toEqual({ kind: 'exit', value: 8 });
    expect(machine.cpu.ram.subarray(0x21_0000, 0x21_012c)).toEqual(machine.cpu.ram.subarray(0x10_0000, 0x10_012c));
  });

  it('does not come while IF is 0, nor while its line is masked, nor twice without an end of interrupt', () => {
    // hlt with IF = 0
    expect(quiet(eventsOf(guest({ setup: [...PIC_SETUP, ...pitSetup(0x34, 50)], code: [0xf4] })))).toEqual(['halt wake=false']);
    // sti / hlt with everything masked
    expect(quiet(eventsOf(guest({ setup: [...PIC_SETUP, [0x21, 0xff], ...pitSetup(0x34, 50)], code: [0xfb, 0xf4] })))).toEqual(['halt wake=false']);
    // sti / hlt / hlt, and a handler without an end of interrupt
    expect(quiet(eventsOf(guest({ setup: [...PIC_SETUP, ...pitSetup(0x34, 50)], code: [0xfb, 0xf4, 0xf4], handlers: { 0x20: COUNTS } })))).toEqual([
      'halt wake=true', 'line 0 raised', 'line 0 acknowledged 32', 'interrupt 32', 'iret', 'halt wake=false',
    ]);
  });

  it('waits for the instruction behind STI', () => {
    // cli-ed spin until the request waits: mov ecx, 2000 / loop $ / sti / nop / nop / exit
    const image = guest({ setup: [...PIC_SETUP, ...pitSetup(0x30, 50)], code: [0xb9, 0xd0, 0x07, 0, 0, 0xe2, 0xfe, 0xfb, 0x90, 0x90, ...EXITS_WITH_TICKS], handlers: { 0x20: COUNTS_AND_ENDS } });
    const events = eventsOf(image);
    const taken = events.find((event) => event.kind === 'transition' && event.via === 'interrupt');
    const exit = events.at(-1);
    // the second nop was interrupted: six instructions of the handler, the nop, and two of the exit follow
    expect(taken?.kind === 'transition' && exit !== undefined && (exit.icount ?? 0) - (taken.icount ?? 0)).toBe(6 + 1 + 1);
  });
});

describe('an NMI from port 0xEA', () => {
  const setup = [...PIC_SETUP];
  /** mov eax, DELAY / out 0xea, eax */
  const ask = (delay: number): number[] => [0xb8, delay & 0xff, delay >>> 8, 0, 0, 0xe7, 0xea];

  it('comes with IF = 0, so many ticks after the instruction, and wakes the processor', () => {
    expect(quiet(eventsOf(guest({ setup, code: [...ask(0), ...EXITS_WITH_TICKS], handlers: { 2: COUNTS } })))).toEqual(['nmi 2', 'iret', 'exit 1']);
    expect(quiet(eventsOf(guest({ setup, code: [...ask(1000), 0xf4, ...EXITS_WITH_TICKS], handlers: { 2: COUNTS } })))).toEqual(['halt wake=true', 'nmi 2', 'iret', 'exit 1']);
    const [nmi] = eventsOf(guest({ setup, code: [...ask(3), 0x90, 0x90, 0x90, 0x90, 0xf4], handlers: { 2: COUNTS } })).filter((event) => event.kind === 'transition');
    // 3 to begin with, 2 for each byte of the setup, 2 to ask, 3 more
    expect(nmi?.icount).toBe(3 + 2 * PIC_SETUP.length + 2 + 3);
  });

  it('is not nested: a second one waits for IRET', () => {
    // the handler asks for the next one at once: cmp byte [TICKS], 1 / ja done / mov eax, 0 / out 0xea, eax / nop / done: iret
    const again = [...COUNTS.slice(0, 6), 0x80, 0x3d, ...COUNTS.slice(2, 6), 1, 0x77, 8, ...ask(0), 0x90, 0xcf];
    expect(quiet(eventsOf(guest({ setup, code: [...ask(0), ...EXITS_WITH_TICKS], handlers: { 2: again } })))).toEqual(['nmi 2', 'iret', 'nmi 2', 'iret', 'exit 2']);
  });

  it('is held back by bit 7 of port 0x70', () => {
    // ask / nop / nop / mov al, 0 / out 0x70, al / exit
    const image = guest({ setup: [...setup, [0x70, 0x80]], code: [...ask(0), 0x90, 0x90, 0xb0, 0, 0xe6, 0x70, ...EXITS_WITH_TICKS], handlers: { 2: COUNTS } });
    const events = eventsOf(image);
    expect(quiet(events)).toEqual(['nmi 2', 'iret', 'exit 1']);
    expect(events.find((event) => event.kind === 'transition')?.icount).toBe(3 + 2 * (PIC_SETUP.length + 1) + 2 + 4);
  });
});

describe('a run with interrupts', () => {
  const SLICES = [1, 2, 3, 7, 100, 1601];

  const stateAfter = (image: Uint8Array, slice: number): { readonly hash: string; readonly clock: number } => {
    const machine = build(image, 20_000);
    const session = new Session(machine);
    const maker = new CheckpointMaker(session);
    while (session.end === null) session.run(slice);
    return { hash: maker.make().stateHash, clock: machine.cpu.clock };
  };

  it('ends in the same state, wherever it is cut', () => {
    const whole = stateAfter(BUSY_THEN_SLEEPS, Infinity);
    for (const slice of SLICES) expect(stateAfter(BUSY_THEN_SLEEPS, slice), `slices of ${String(slice)}`).toEqual(whole);
  });

  it('stands in the same state at every boundary, wherever it was cut before', () => {
    const statesAt = (slice: number): Map<number, string> => {
      const session = new Session(build(BUSY_THEN_SLEEPS));
      const maker = new CheckpointMaker(session);
      const states = new Map<number, string>();
      while (session.end === null) {
        session.run(slice);
        states.set(session.attempts, maker.make().stateHash);
      }
      return states;
    };
    const every = statesAt(1);
    for (const slice of [2, 5, 13]) for (const [attempts, hash] of statesAt(slice)) expect(hash, `boundary ${String(attempts)}`).toBe(every.get(attempts));
  });

  it('gives the same content hash with checkpoints anywhere, and is verified', async () => {
    const hashes = new Set<string>();
    for (const tick of [0, 1, 5, 25]) {
      const { bytes, summary } = record(BUSY_THEN_SLEEPS, { tick });
      hashes.add(summary.contentHash);
      expect(await verifyRecording(open(bytes))).toMatchObject({ ok: true, reexecution: 'same', differsAt: null });
    }
    expect(hashes.size).toBe(1);
  });

  it('is verified however it ends: at any event, at any bound', async () => {
    const count = eventsOf(BUSY_THEN_SLEEPS).length;
    for (let last = 3; last < count; last += 1) {
      const until = { text: 'any', matches: (seq: number) => seq === last };
      expect(await verifyRecording(open(record(BUSY_THEN_SLEEPS, { until }).bytes)), `until seq ${String(last)}`).toMatchObject({ ok: true, reexecution: 'same' });
      expect(await verifyRecording(open(record(BUSY_THEN_SLEEPS, { maxEvents: last }).bytes)), `${String(last)} events`).toMatchObject({ ok: true, reexecution: 'same' });
    }
    for (const maxInstructions of [40, 333, 334, 335, 1000, 1600]) {
      expect(await verifyRecording(open(record(BUSY_THEN_SLEEPS, { maxInstructions }).bytes))).toMatchObject({ ok: true, reexecution: 'same' });
    }
  });

  it('can be walked backwards, boundary by boundary', async () => {
    const { reexecutor, reader } = open(record(BUSY_THEN_SLEEPS, { tick: 5 }).bytes);
    const last = reader.event(reader.eventCount - 1);
    const ends = { icount: last.icount ?? 0, iteration: 0, seq: last.seq };
    const seen: string[] = [];
    for (let at = ends; at.icount + at.seq > 0;) {
      const reply = await reexecutor!.ask({ kind: 'step', from: at, direction: 'backward', count: 1 });
      if (reply.kind !== 'moment') throw new Error(`expected a moment, not ${JSON.stringify(reply)}`);
      at = reply.moment.position;
      seen.push(`${String(at.icount)}:${String(at.seq)}`);
    }
    const machine = build(BUSY_THEN_SLEEPS);
    new Session(machine).run(Infinity);
    // the boundary before the exit and all before it, each once
    expect(seen.length).toBe(machine.cpu.attempts - 1);
    expect(new Set(seen).size).toBe(seen.length);
    const forward = await reexecutor!.ask({ kind: 'step', from: { icount: 0, iteration: 0, seq: 0 }, direction: 'forward', count: 1_000_000 });
    expect(forward.kind === 'moment' && forward.moment.stopped).toBe('the guest exited with 0x8');
  });
});

// cli / 8254 counter 0 in mode 2 with count 2 / alarm of the clock at 23:00 on line 8 alone / sti / hlt
const out = (port: number, value: number): number[] => [0xb0, value, 0xe6, port];
const SLEEPS_LONG = Uint8Array.from([
  ...out(0x43, 0x34), ...out(0x40, 2), ...out(0x40, 0), ...out(0x70, 5), ...out(0x71, 0x23), ...out(0x70, 3), ...out(0x71, 0), ...out(0x70, 1), ...out(0x71, 0), ...out(0x70, 0xb), ...out(0x71, 0x22),
  ...out(0x21, 0xfb), ...out(0xa1, 0xfe), 0xfb, 0xf4,
]);

it('a sleep of hours beside a fast timer that wakes nobody is refused, and does not hang', () => {
  const end = new Session(build(SLEEPS_LONG)).run(1000);
  expect(end).toEqual({ kind: 'unsupported', detail: expect.stringContaining('a sleep in which timers') as string });
});
