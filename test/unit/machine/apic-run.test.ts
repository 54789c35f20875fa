// Guests that take interrupts from the local APIC and the I/O APIC: the same however they are cut, recorded, verified.

import { describe, expect, it, vi } from 'vitest';
import type { TraceEvent } from '../../../core/event/event.ts';
import { CheckpointMaker } from '../../../core/machine/checkpoint-maker.ts';
import { APIC_COUNTS_PER_CLOCK } from '../../../core/machine/clock-rate.ts';
import { createMachine, type Machine } from '../../../core/machine/machine.ts';
import { Session } from '../../../core/machine/session.ts';
import { verifyRecording } from '../../../core/ringscope/verify.ts';
import { open, record } from '../ringscope/recorded.ts';
import { COUNTS, EXITS_WITH_TICKS, guest, PIC_SETUP, pitSetup, TICKS } from './interrupt-guests.ts';

vi.setConfig({ testTimeout: 60_000 });

const word = (value: number): number[] => [value & 0xff, (value >>> 8) & 0xff, (value >>> 16) & 0xff, value >>> 24];
/** mov dword [0xfee00000 + REGISTER], VALUE */
const apic = (register: number, value: number): number[] => [0xc7, 0x05, ...word(0xfee0_0000 + register), ...word(value)];
/** mov dword [0xfec00000], REGISTER / mov dword [0xfec00010], VALUE */
const ioApic = (register: number, value: number): number[] => [0xc7, 0x05, ...word(0xfec0_0000), ...word(register), 0xc7, 0x05, ...word(0xfec0_0010), ...word(value)];
const ENABLE = apic(0xf0, 0x1ff), BY_ONE = apic(0x3e0, 0xb);
/** inc byte [TICKS] / mov dword [0xfee000b0], 0 / iret */
const COUNTS_AND_ENDS = [0xfe, 0x05, ...word(TICKS), ...apic(0xb0, 0), 0xcf];
/** cmp byte [TICKS], MANY / jb to `back` bytes before these */
const until = (many: number, back: number): number[] => [0x80, 0x3d, ...word(TICKS), many, 0x72, 0x100 - 9 - back];

/** The timer of the local APIC in vector 30H, every 200 ticks: busy until the fifth (inside and outside a REP), halted until the eighth. */
const APIC_TIMER = guest({
  code: [
    ...ENABLE, ...BY_ONE, ...apic(0x320, 0x2_0030), ...apic(0x380, 200 * APIC_COUNTS_PER_CLOCK), 0xfb,
    0xbe, ...word(0x10_0000), 0xbf, ...word(0x21_0000), 0xb9, ...word(300), 0xf3, 0xa4, ...until(5, 17), 0xf4, ...until(8, 1), ...EXITS_WITH_TICKS,
  ],
  handlers: { 0x30: COUNTS_AND_ENDS },
});
/** The 8254 by pin 2 of the I/O APIC in vector 30H, the 8259 masked; at the end an interrupt to itself. */
const PIT_BY_IO_APIC = guest({
  setup: [...PIC_SETUP, [0x21, 0xff], ...pitSetup(0x34, 50)],
  code: [...ENABLE, ...ioApic(0x14, 0x30), 0xfb, 0xf4, ...until(3, 1), 0xfa, ...ioApic(0x14, 0x1_0030), 0xfb, ...apic(0x300, 0x4_0030), 0x90, ...EXITS_WITH_TICKS],
  handlers: { 0x30: COUNTS_AND_ENDS },
});

const build = (image: Uint8Array): Machine =>
  createMachine({ image, request: { format: 'flat', memoryBytes: 0x40_0000, maxInstructions: 20_000 }, allocate: (bytes) => new ArrayBuffer(bytes) });
const eventsOf = (image: Uint8Array): readonly TraceEvent[] => {
  const { reader } = open(record(image).bytes);
  return Array.from({ length: reader.eventCount }, (_, seq) => reader.event(seq));
};
const line = (event: TraceEvent): string => {
  switch (event.kind) {
    case 'interrupt-line': return `${event.source ?? '8259'} ${event.line === undefined ? '' : `line ${String(event.line)} `}${event.state} ${String(event.vector)}`;
    case 'transition': return `${event.via} ${event.vector === undefined ? '' : String(event.vector)}`.trim();
    case 'halt': return `halt wake=${String(event.wake)}`;
    case 'exit': return `exit ${String(event.value)}`;
    default: return event.kind;
  }
};
const quiet = (events: readonly TraceEvent[]): readonly string[] => events.filter((event) => event.kind !== 'table-load').map(line);

describe('an interrupt of the local APIC', () => {
  it('from its timer wakes the processor at the exact clock', () => {
    const image = guest({ code: [...ENABLE, ...BY_ONE, ...apic(0x320, 0x30), ...apic(0x380, 5200), 0xfb, 0xf4, ...EXITS_WITH_TICKS], handlers: { 0x30: COUNTS_AND_ENDS } });
    expect(quiet(eventsOf(image))).toEqual(['halt wake=true', 'timer raised 48', 'timer acknowledged 48', 'interrupt 48', 'iret', 'exit 1']);
    const machine = build(image), session = new Session(machine);
    while (machine.cpu.ram[TICKS] === 0) session.run(1);
    // the count is written by the seventh instruction; one of the handler has retired
    expect(machine.cpu.clock).toBe(6 + 5200 / APIC_COUNTS_PER_CLOCK + 1);
  });

  it('does not wake it behind a mask, a priority, or a switched off APIC: that is the end', () => {
    const ends = (...before: number[]): string => quiet(eventsOf(guest({ code: [...ENABLE, ...apic(0x380, 5200), ...before, 0xfb, 0xf4], handlers: { 0x30: COUNTS_AND_ENDS } }))).at(-1)!;
    expect(ends(...apic(0x320, 0x1_0030))).toBe('halt wake=false');
    expect(ends(...apic(0x320, 0x30), ...apic(0x80, 0x30))).toBe('halt wake=false');
    expect(ends(...apic(0x320, 0x30), ...apic(0xf0, 0xff))).toBe('halt wake=false');
  });

  it('comes right behind the write that lets it through, in the middle of straight code', () => {
    // sti / 30 instructions that follow each other / exit
    const image = guest({ code: [...ENABLE, 0xfb, 0x90, ...apic(0x300, 0x4_0030), ...Array<number>(30).fill(0x90), ...EXITS_WITH_TICKS], handlers: { 0x30: COUNTS_AND_ENDS } });
    const events = eventsOf(image), taken = events.find(({ kind }) => kind === 'transition');
    expect(quiet(events)).toEqual(['ipi raised 48', 'ipi acknowledged 48', 'interrupt 48', 'iret', 'exit 1']);
    expect(taken?.icount).toBe(3 + 4);
  });

  it('comes from a line by the I/O APIC, without the 8259', () => {
    const tick = ['halt wake=true', 'io-apic line 0 raised 48', 'io-apic line 0 acknowledged 48', 'interrupt 48', 'iret'];
    expect(quiet(eventsOf(PIT_BY_IO_APIC))).toEqual([...tick, ...tick, ...tick, 'ipi raised 48', 'ipi acknowledged 48', 'interrupt 48', 'iret', 'exit 4']);
  });

  it('is told as a vector of its own beside one of the 8259', () => {
    const image = guest({ setup: [...PIC_SETUP, ...pitSetup(0x30, 50)], code: [...ENABLE, ...apic(0x300, 0x4_0030), 0xfb, 0xf4, 0xf4, ...EXITS_WITH_TICKS], handlers: { 0x20: COUNTS, 0x30: COUNTS_AND_ENDS } });
    expect(quiet(eventsOf(image)).filter((text) => text.includes('acknowledged'))).toEqual(['ipi acknowledged 48', '8259 line 0 acknowledged 32']);
  });
});

describe.each([['the timer of the local APIC', APIC_TIMER, 8], ['the I/O APIC', PIT_BY_IO_APIC, 4]] as const)('a run with %s', (_, image, value) => {
  it('ends in the same state, wherever it is cut', () => {
    const stateAfter = (slice: number): { readonly hash: string; readonly clock: number } => {
      const machine = build(image), session = new Session(machine), maker = new CheckpointMaker(session);
      while (session.end === null) session.run(slice);
      expect(session.end).toMatchObject({ kind: 'exit', value });
      return { hash: maker.make().stateHash, clock: machine.cpu.clock };
    };
    const whole = stateAfter(Infinity);
    for (const slice of [1, 2, 3, 7, 100, 1601]) expect(stateAfter(slice), `slices of ${String(slice)}`).toEqual(whole);
  });

  it('gives the same content hash with checkpoints anywhere, and is verified', async () => {
    const hashes = new Set<string>();
    for (const tick of [0, 1, 5, 25]) {
      const { bytes, summary } = record(image, { tick });
      hashes.add(summary.contentHash);
      expect(await verifyRecording(open(bytes))).toMatchObject({ ok: true, reexecution: 'same', differsAt: null });
    }
    expect(hashes.size).toBe(1);
  });
});
