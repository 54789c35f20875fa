// Which attempt last changed a register: against a straight run that compares after every attempt, and against the registers of every event.

import { describe, expect, it, vi } from 'vitest';
import { materialiseFlags } from '../../../core/cpu/flags.ts';
import { findRegister } from '../../../core/arch/register-file.ts';
import { joinU64 } from '../../../core/base/u64.ts';
import type { Position } from '../../../core/event/position.ts';
import type { Reexecutor, RegisterWrite } from '../../../core/event/reexecutor.ts';
import { createMachine } from '../../../core/machine/machine.ts';
import { positionOf } from '../../../core/machine/save-state.ts';
import { Session } from '../../../core/machine/session.ts';
import { faultsForEver, writesMemory } from '../machine/guests.ts';
import { open, record, scenario } from './recorded.ts';
import { random } from './writing-guest.ts';

vi.setConfig({ testTimeout: 120_000 });

const NAMES = ['rax', 'rsp', 'rip', 'rflags', 'cr0', 'cr2', 'cr3', 'dr6', 'idtr.base', 'gdtr.limit', 'tr.selector', 'cs.selector', 'ds.selector', 'ds.rights', 'ss.base', 'sysenter_eip', 'cpl', 'shadow', 'activity'] as const;
// bits of a register alone: CF, ZF, IF, DF and IOPL, PG
const MASKS: Readonly<Record<string, readonly number[]>> = { rflags: [0x1, 0x40, 0x200, 0x3400], cr0: [0x8000_0000], rax: [0xff] };
const MOST = 3_000;

const valueOf = (registers: ArrayLike<number>, name: string): bigint => {
  const { offset, words } = findRegister(name)!;
  return joinU64(registers[offset]!, words === 2 ? registers[offset + 1]! : 0);
};
async function lastWrite(reexecutor: Reexecutor, before: Position, name: string, mask: number | null = null): Promise<RegisterWrite | null> {
  const { offset, words } = findRegister(name)!;
  const reply = await reexecutor.ask({ kind: 'last-register-write', before, offset, words, mask });
  if (reply.kind !== 'register-written') throw new Error(`expected a write, not ${JSON.stringify(reply)}`);
  return reply.write;
}

interface Boundary { readonly position: Position; readonly registers: Uint32Array }
function straight(image: Uint8Array): Boundary[] {
  const machine = createMachine({ image, request: { memoryBytes: 0x80_0000, maxInstructions: MOST }, allocate: (size) => new ArrayBuffer(size) });
  const session = new Session(machine);
  const boundaries: Boundary[] = [];
  for (;;) {
    materialiseFlags(machine.cpu);
    boundaries.push({ position: positionOf(machine.cpu), registers: machine.cpu.registerFile.slice() });
    if (session.end !== null) return boundaries;
    session.run(1);
  }
}

const IMAGES = {
  'loop': writesMemory(1_000), 'storm': faultsForEver(), ...Object.fromEntries(['demand-paging', 'iret-bad-frame', 'int80-vs-sysenter', 'two-threads', 'double-fault'].map((name) => [name, scenario(name)])),
};

describe('the last change of a register', () => {
  for (const [name, image] of Object.entries(IMAGES)) {
    it(`is where a straight run has it: ${name}`, async () => {
      const { reexecutor } = open(record(image, { maxInstructions: MOST, tick: 5 }).bytes);
      const boundaries = straight(image);
      const next = random(name.length * 104_729);
      for (let question = 0; question < 40; question += 1) {
        const end = 1 + next(boundaries.length - 1), register = question % 4 === 0 ? 'rflags' : NAMES[next(NAMES.length)]!;
        const masks = question % 2 === 0 ? MASKS[register] : undefined, mask = masks?.[next(masks.length)] ?? null;
        const bits = (attempt: number): bigint => valueOf(boundaries[attempt]!.registers, register) & (mask === null ? -1n : BigInt(mask));
        const write = await lastWrite(reexecutor!, boundaries[end]!.position, register, mask);
        let attempt = end - 1;
        while (attempt >= 0 && bits(attempt) === bits(attempt + 1)) attempt -= 1;
        const expected = attempt < 0 ? null
          : { at: boundaries[attempt]!.position, before: valueOf(boundaries[attempt]!.registers, register), after: valueOf(boundaries[attempt + 1]!.registers, register) };
        expect(write === null ? null : { at: write.at, before: write.before, after: write.after }, `${register} ${String(mask)} before boundary ${String(end)}`).toEqual(expected);
      }
    });

    it(`left the value every event found, and names the event that shows it: ${name}`, async () => {
      const { reexecutor, reader } = open(record(image, { maxInstructions: MOST, tick: 5 }).bytes);
      const boundaries = straight(image), first = boundaries[0]!.registers;
      // an event may stand at the boundary before its attempt, which has changed registers when it is told: what counts is the boundary
      const boundaryAt = new Map(boundaries.map(({ position, registers }) => [`${String(position.icount)} ${String(position.seq)}`, registers]));
      for (let seq = 0; seq < Math.min(reader.eventCount, 30); seq += 4) {
        const before = { icount: reader.icountAt(seq), iteration: reader.event(seq).iteration ?? 0, seq };
        for (const register of NAMES) {
          const write = await lastWrite(reexecutor!, before, register);
          const isInside = before.iteration > 0 || !boundaryAt.has(`${String(before.icount)} ${String(seq)}`);
          const found = valueOf(isInside ? reader.stateBefore(seq) : boundaryAt.get(`${String(before.icount)} ${String(seq)}`)!, register);
          expect(write?.after ?? valueOf(first, register), `${register} before event ${String(seq)}`).toBe(found);
          if (write === null || write.event === null) continue;
          expect(write.event).toBeLessThan(seq);
          expect(valueOf(reader.stateAfter(write.event), register)).toBe(write.after);
        }
      }
    });
  }

  it('is found far back without comparing after every instruction', async () => {
    const { reexecutor } = open(record(writesMemory(200_000), { maxInstructions: 900_000, tick: 5 }).bytes);
    const end = { icount: Number.MAX_SAFE_INTEGER, iteration: 0, seq: 0 };
    const run = vi.spyOn(Session.prototype, 'run');
    expect(await lastWrite(reexecutor!, end, 'idtr.base')).toBeNull();
    expect(run.mock.calls.length).toBeLessThan(2_000);
    run.mockClear();
    expect(await lastWrite(reexecutor!, end, 'rbp')).toBeNull();
    expect(await lastWrite(reexecutor!, end, 'rdi')).toMatchObject({ before: 0x20_0000n + 68n * 199_999n, after: 0x20_0000n + 68n * 200_000n });
    expect(run.mock.calls.length).toBeLessThan(10_000);
    run.mockRestore();
  });
});
