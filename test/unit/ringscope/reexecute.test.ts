// What lies between events: moments, steps and searches both ways against a straight run of the same guest.

import { describe, expect, it, vi } from 'vitest';
import { BadInput } from '../../../core/base/bad-input.ts';
import { registerOffset } from '../../../core/arch/register-file.ts';
import type { Position } from '../../../core/event/position.ts';
import type { Moment, Reexecutor, ReexecuteReply } from '../../../core/event/reexecutor.ts';
import { createMachine } from '../../../core/machine/machine.ts';
import { Session } from '../../../core/machine/session.ts';
import { positionOf } from '../../../core/machine/save-state.ts';
import { materialiseFlags } from '../../../core/cpu/flags.ts';
import { faultsForEver, prints, TRIPLE_FAULTS, CLOSES_A20, writesMemory } from '../machine/guests.ts';
import { open, record, scenario } from './recorded.ts';

// seconds on an idle machine; checks run beside other work
vi.setConfig({ testTimeout: 60_000 });

const START: Position = { icount: 0, iteration: 0, seq: 0 };
const RIP = registerOffset('rip');

function reexecutorOf(image: Uint8Array, maxInstructions = 15_000): { readonly reexecutor: Reexecutor; readonly opened: ReturnType<typeof open> } {
  const opened = open(record(image, { maxInstructions, tick: 5 }).bytes);
  if (opened.reexecutor === null) throw new Error(opened.absent ?? 'no re-executor');
  return { reexecutor: opened.reexecutor, opened };
}
const momentOf = (reply: ReexecuteReply): Moment => {
  if (reply.kind !== 'moment') throw new Error(`expected a moment, not ${JSON.stringify(reply)}`);
  return reply.moment;
};
/** Every boundary of a run with its registers, made without the re-executor. */
function straight(image: Uint8Array, most: number): { readonly position: Position; readonly registers: readonly number[] }[] {
  const machine = createMachine({ image, request: { memoryBytes: 0x80_0000, maxInstructions: 15_000 }, allocate: (size) => new ArrayBuffer(size) });
  const session = new Session(machine);
  const boundaries = [];
  for (;;) {
    materialiseFlags(machine.cpu);
    boundaries.push({ position: positionOf(machine.cpu), registers: [...machine.cpu.registerFile] });
    if (session.end !== null || boundaries.length > most) return boundaries;
    session.run(1);
  }
}

describe('moments and steps', () => {
  const images = { writes: writesMemory(200), faults: faultsForEver(), prints: prints('ab\nc'), triple: TRIPLE_FAULTS, unsupported: CLOSES_A20, int80: scenario('int80-syscall'), paging: scenario('demand-paging') };
  for (const [name, image] of Object.entries(images)) {
    it(`agree with a straight run, forwards and backwards: ${name}`, async () => {
      const { reexecutor } = reexecutorOf(image, 1_000);
      const boundaries = straight(image, 100);
      for (const { position, registers } of [...boundaries].reverse()) {
        const moment = momentOf(await reexecutor.ask({ kind: 'moment', at: position }));
        expect(moment.position).toEqual(position);
        expect([...moment.registers]).toEqual(registers);
      }
      for (let at = 1; at < boundaries.length; at += 1) {
        const forward = momentOf(await reexecutor.ask({ kind: 'step', from: boundaries[at - 1]!.position, direction: 'forward', count: 1 }));
        expect(forward.position).toEqual(boundaries[at]!.position);
        const back = momentOf(await reexecutor.ask({ kind: 'step', from: forward.position, direction: 'backward', count: 1 }));
        expect([...back.registers]).toEqual(boundaries[at - 1]!.registers);
      }
    });
  }

  it('step N forward, then N backward, returns to the same registers', async () => {
    const { reexecutor } = reexecutorOf(scenario('int80-vs-sysenter'));
    const from = momentOf(await reexecutor.ask({ kind: 'step', from: START, direction: 'forward', count: 1234 }));
    for (const count of [1, 17, 1000, 10_000]) {
      const there = momentOf(await reexecutor.ask({ kind: 'step', from: from.position, direction: 'forward', count }));
      const back = momentOf(await reexecutor.ask({ kind: 'step', from: there.position, direction: 'backward', count }));
      expect(back).toEqual(from);
    }
  });

  it('stop at both ends and say why', async () => {
    const { reexecutor } = reexecutorOf(prints('x'));
    const first = momentOf(await reexecutor.ask({ kind: 'step', from: START, direction: 'backward', count: 5 }));
    expect(first.position).toEqual(START);
    expect(first.stopped).toBeNull();
    const last = momentOf(await reexecutor.ask({ kind: 'step', from: START, direction: 'forward', count: 1_000_000 }));
    expect(last.stopped).toMatch(/exited with 0x0/);
    expect(last.position).toEqual({ icount: 4, iteration: 0, seq: 2 });
  });

  it('stand before the instruction of every event', async () => {
    const { reexecutor, opened: { reader } } = reexecutorOf(scenario('segmentation-violation'));
    for (let seq = 0; seq < reader.eventCount; seq += 1) {
      const event = reader.event(seq);
      const { position, registers } = momentOf(await reexecutor.ask({ kind: 'moment', at: { icount: event.icount ?? 0, iteration: event.iteration ?? 0, seq } }));
      expect(position.seq).toBeLessThanOrEqual(seq);
      expect(BigInt(registers[RIP]!)).toBe(event.ip);
    }
  });

  it('go deep into a handler that faults for ever', async () => {
    const { reexecutor, opened: { reader } } = reexecutorOf(faultsForEver(), 2_000);
    const seq = reader.eventCount - 2;
    const moment = momentOf(await reexecutor.ask({ kind: 'moment', at: { icount: 3, iteration: 0, seq } }));
    expect(moment.position).toEqual({ icount: 3, iteration: 0, seq });
  });
});

describe('searching for an instruction', () => {
  it('finds every pass of a loop, both ways, and nothing where nothing is', async () => {
    const { reexecutor } = reexecutorOf(writesMemory(50));
    const ranges = [{ first: 0x10_000a, end: 0x10_000b }];
    const forwards: Position[] = [];
    for (let from = START; ;) {
      const reply = await reexecutor.ask({ kind: 'find-execution', from, direction: 'forward', ranges, until: null });
      if (reply.kind === 'not-found') break;
      from = momentOf(reply).position;
      forwards.push(from);
    }
    expect(forwards.map((one) => one.icount)).toEqual(Array.from({ length: 50 }, (_, pass) => 2 + 4 * pass));
    const backwards: Position[] = [];
    for (let from: Position = { icount: 10_000, iteration: 0, seq: 10_000 }; ;) {
      const reply = await reexecutor.ask({ kind: 'find-execution', from, direction: 'backward', ranges, until: null });
      if (reply.kind === 'not-found') break;
      from = momentOf(reply).position;
      backwards.push(from);
    }
    expect(backwards.reverse()).toEqual(forwards);
    const none = await reexecutor.ask({ kind: 'find-execution', from: START, direction: 'forward', ranges: [{ first: 1, end: 2 }], until: null });
    expect(none).toEqual({ kind: 'not-found' });
  });

  it('looks no farther than `until`', async () => {
    const { reexecutor } = reexecutorOf(writesMemory(50));
    const ranges = [{ first: 0x10_000a, end: 0x10_000b }];
    const ask = (icount: number, until: number, direction: 'forward' | 'backward'): Promise<ReexecuteReply> =>
      reexecutor.ask({ kind: 'find-execution', from: { icount, iteration: 0, seq: 0 }, direction, ranges, until: { icount: until, iteration: 0, seq: 0 } });
    expect(await ask(2, 5, 'forward')).toEqual({ kind: 'not-found' });
    expect(momentOf(await ask(2, 6, 'forward')).position.icount).toBe(6);
    expect(await ask(10, 7, 'backward')).toEqual({ kind: 'not-found' });
    expect(momentOf(await ask(10, 6, 'backward')).position.icount).toBe(6);
  });
});

describe('memory', () => {
  it('is read as it was then', async () => {
    const { reexecutor } = reexecutorOf(writesMemory(50));
    const bytesAt = async (icount: number): Promise<readonly number[]> => {
      const reply = await reexecutor.ask({ kind: 'read-physical', at: { icount, iteration: 0, seq: 0 }, physical: 0x20_0000, length: 4 });
      return reply.kind === 'bytes' ? [...reply.bytes] : [];
    };
    expect(await bytesAt(100)).toEqual([50, 0, 0, 0]);
    expect(await bytesAt(2)).toEqual([0, 0, 0, 0]);
    expect(await bytesAt(3)).toEqual([50, 0, 0, 0]);
    const beyond = await reexecutor.ask({ kind: 'read-linear', at: START, linear: 0x7f_fffe, length: 8 });
    expect(beyond.kind === 'bytes' && beyond.bytes.length).toBe(2);
  });

  it('is walked with the tables of that moment', async () => {
    const { reexecutor, opened: { reader } } = reexecutorOf(scenario('demand-paging'));
    const seq = Array.from({ length: reader.eventCount }, (_, one) => one).find((one) => reader.event(one).kind === 'fault') ?? -1;
    const fault = reader.event(seq);
    if (fault.kind !== 'fault' || fault.cr2 === undefined) throw new Error('expected a page fault');
    const reply = await reexecutor.ask({ kind: 'walk', at: { icount: fault.icount ?? 0, iteration: 0, seq }, linear: Number(fault.cr2) });
    if (reply.kind !== 'walk') throw new Error('expected a walk');
    expect(reply.walk.physical).toBeNull();
    // the fault's own instruction may have set accessed bits on its way
    const facts = (levels: readonly { readonly level: number; readonly entry: bigint }[] = []): unknown => levels.map((one) => [one.level, one.entry & ~0x20n]);
    expect(facts(reply.walk.levels)).toEqual(facts(fault.walk?.levels));
    const later = await reexecutor.ask({ kind: 'walk', at: { icount: 1e6, iteration: 0, seq: 1e6 }, linear: Number(fault.cr2) });
    expect(later.kind === 'walk' && later.walk.physical).not.toBeNull();
  });
});

describe('malformed requests', () => {
  it('are refused in one line', async () => {
    const { reexecutor } = reexecutorOf(prints('x'));
    const bad: unknown[] = [
      { kind: 'sing' }, { kind: 'moment' }, { kind: 'moment', at: { icount: -1, iteration: 0, seq: 0 } },
      { kind: 'step', from: START, direction: 'sideways', count: 1 }, { kind: 'step', from: START, direction: 'forward', count: -1 },
      { kind: 'read-linear', at: START, linear: 0, length: 1 << 30 }, { kind: 'find-execution', from: START, direction: 'forward', ranges: null, until: null },
    ];
    for (const request of bad) await expect(reexecutor.ask(request as Parameters<Reexecutor['ask']>[0])).rejects.toBeInstanceOf(BadInput);
    expect(momentOf(await reexecutor.ask({ kind: 'moment', at: START })).position).toEqual(START);
  });
});
