// How runs end, and that slicing a run changes nothing. The guests: guests.ts.

import { describe, expect, it, vi } from 'vitest';
import { createMachine, type Machine } from '../../../core/machine/machine.ts';
import type { RunEnd } from '../../../core/machine/run-end.ts';
import { Session } from '../../../core/machine/session.ts';
import { CheckpointMaker } from '../../../core/machine/checkpoint-maker.ts';
import { exits, faultsForEver, HALTS, HALTS_WITH_INTERRUPTS, prints, SPINS, TRIPLE_FAULTS, CLOSES_A20, writesMemory } from './guests.ts';
import { open, record } from '../ringscope/recorded.ts';

// seconds on an idle machine; checks run beside other work
vi.setConfig({ testTimeout: 60_000 });

const build = (image: Uint8Array, maxInstructions = 1_000_000): Machine =>
  createMachine({ image, request: { format: 'flat', memoryBytes: 0x40_0000, maxInstructions }, allocate: (bytes) => new ArrayBuffer(bytes) });
const runAll = (image: Uint8Array, maxInstructions?: number): { readonly machine: Machine; readonly end: RunEnd | null } => {
  const machine = build(image, maxInstructions);
  return { machine, end: new Session(machine).run(Infinity) };
};

describe('a run ends', () => {
  it('when the guest writes to port 0xf4', () => {
    const { machine, end } = runAll(exits(0x42));
    expect(end).toEqual({ kind: 'exit', value: 0x42 });
    expect(machine.cpu.icount).toBe(2);
  });

  it('at HLT, with interrupts on or off: no device can wake the processor', () => {
    expect(runAll(HALTS).end).toEqual({ kind: 'halt' });
    expect(runAll(HALTS_WITH_INTERRUPTS).end).toEqual({ kind: 'halt' });
    for (const image of [HALTS, HALTS_WITH_INTERRUPTS]) {
      const { reader } = open(record(image).bytes);
      expect(reader.event(reader.eventCount - 1)).toMatchObject({ kind: 'halt', wake: false });
    }
  });

  it('at a triple fault', () => {
    const { machine, end } = runAll(TRIPLE_FAULTS);
    expect(end).toEqual({ kind: 'shutdown' });
    expect(machine.cpu.icount).toBe(0);
  });

  it('at what this core does not do, naming the instruction', () => {
    const { machine, end } = runAll(CLOSES_A20);
    expect(end?.kind).toBe('unsupported');
    expect(end?.kind === 'unsupported' && end.detail).toMatch(/A20/);
    expect(machine.cpu.icount).toBe(1);
    expect(machine.cpu.eip).toBe(0x10_0005);
  });

  it('at its bound: for a guest that spins, and for one whose handler faults at once', () => {
    const spinning = runAll(SPINS, 12_345);
    expect(spinning.end).toEqual({ kind: 'limit', bound: 'max-instructions' });
    expect(spinning.machine.cpu.icount).toBe(12_345);
    const faulting = runAll(faultsForEver(), 1_000);
    expect(faulting.end).toEqual({ kind: 'limit', bound: 'max-instructions' });
    expect(faulting.machine.cpu.attempts).toBe(1_000);
    expect(faulting.machine.cpu.icount).toBe(3);
  });

  it('stays ended', () => {
    const machine = build(exits(1));
    const session = new Session(machine);
    session.run(100);
    const { seq } = machine.cpu;
    expect(session.run(100)).toEqual({ kind: 'exit', value: 1 });
    expect(machine.cpu.seq).toBe(seq);
  });
});

describe('slices', () => {
  const stateAfter = (image: Uint8Array, slice: number): string => {
    const machine = build(image, 2_000);
    const session = new Session(machine);
    const maker = new CheckpointMaker(session);
    while (session.end === null) session.run(slice);
    return maker.make().stateHash;
  };

  it('change nothing, wherever they are cut', () => {
    for (const image of [exits(3), prints('one\ntwo'), writesMemory(1000), faultsForEver(), TRIPLE_FAULTS, CLOSES_A20, HALTS]) {
      const whole = stateAfter(image, Infinity);
      for (const slice of [1, 3, 500]) expect(stateAfter(image, slice)).toBe(whole);
    }
  });

  it('stop exactly where asked', () => {
    const session = new Session(build(writesMemory(100)));
    session.run(1);
    session.run(10);
    expect(session.machine.cpu.attempts).toBe(11);
    expect(session.end).toBeNull();
  });
});
