// What an instruction may change is never less than what it does change: the samples, the arithmetic of random images, and some by hand.

import { describe, expect, it, vi } from 'vitest';
import { EFLAGS_RF } from '../../../core/arch/flags.ts';
import { registerOffset } from '../../../core/arch/register-file.ts';
import { materialiseFlags, STATUS_FLAGS } from '../../../core/cpu/flags.ts';
import { CS } from '../../../core/cpu/state.ts';
import { changedRegisters, FLAGS_CHANGE, SYSTEM_FLAGS_CHANGE } from '../../../core/isa/changed-registers.ts';
import { decode } from '../../../core/isa/decoder.ts';
import { createMachine, type Machine } from '../../../core/machine/machine.ts';
import { readLinear } from '../../../core/machine/reexecution/peek.ts';
import { Session } from '../../../core/machine/session.ts';
import { scenario } from '../ringscope/recorded.ts';
import { random } from '../ringscope/writing-guest.ts';

vi.setConfig({ testTimeout: 60_000 });
const RFLAGS = registerOffset('rflags');
const NAMES = ['eax', 'ecx', 'edx', 'ebx', 'esp', 'ebp', 'esi', 'edi'];

const changes = (...bytes: number[]): number => {
  const result = decode(Uint8Array.from([...bytes, ...new Uint8Array(16)]), 32, 0);
  if (result.kind !== 'insn') throw new Error('expected an instruction');
  return changedRegisters(result.insn);
};

it('is read from the operands', () => {
  expect([
    changes(0x89, 0xd8), changes(0x8a, 0xe1), changes(0x89, 0x03), changes(0x01, 0x03), changes(0x50), changes(0x5b), changes(0xe2, 0xfe), changes(0x74, 0), changes(0x39, 0xd8), changes(0xa4), changes(0xf7, 0xe3),
  ]).toEqual([1, 1, 0, FLAGS_CHANGE, 0x10, 0x18, 2, 0, FLAGS_CHANGE, 0xff, FLAGS_CHANGE | 0xff]);
});

it('is the general register or the flags of MMX and SSE', () => {
  expect([
    changes(0x66, 0x0f, 0xfc, 0xca), changes(0x66, 0x0f, 0x7e, 0xca), changes(0x66, 0x0f, 0x7e, 0x0b), changes(0x0f, 0x50, 0xd9), changes(0xf3, 0x0f, 0x2d, 0xd9), changes(0x0f, 0x2f, 0xca), changes(0x0f, 0xc5, 0xd9, 0), changes(0x0f, 0xae, 0x1b),
  ]).toEqual([0, 4, 0, 8, 8, FLAGS_CHANGE, 8, 0]);
});

/** Runs attempt by attempt: every change without an event lies within what the instruction says. */
function check(machine: Machine, most: number): number {
  const session = new Session(machine);
  const { cpu } = machine;
  let checked = 0;
  for (let attempt = 0; attempt < most && session.end === null; attempt += 1) {
    const at = (cpu.segmentBase(CS) + cpu.eip) >>> 0, before = cpu.registerFile.slice(0, RFLAGS + 1), { seq, icount } = cpu;
    const result = decode(new Uint8Array([...readLinear(cpu, at, 15), ...new Uint8Array(15)]), cpu.code32 !== 0 ? 32 : 16, 0);
    session.run(1);
    materialiseFlags(cpu);
    if (cpu.seq !== seq || cpu.icount === icount || result.kind !== 'insn') continue;
    const allowed = changedRegisters(result.insn);
    const more = NAMES.filter((_, register) => cpu.register(register << 1) !== before[register << 1] && (allowed & (1 << register)) === 0);
    // RF ends with any instruction; a search looks at each one while it is pending (run.ts)
    if (((cpu.register(RFLAGS) ^ before[RFLAGS]!) & ~EFLAGS_RF) !== 0 && (allowed & FLAGS_CHANGE) === 0) more.push('eflags');
    if (((cpu.register(RFLAGS) ^ before[RFLAGS]!) & ~(EFLAGS_RF | STATUS_FLAGS)) !== 0 && (allowed & SYSTEM_FLAGS_CHANGE) === 0) more.push('system flags');
    expect(more, `${result.insn.mnemonic} at 0x${at.toString(16)}`).toEqual([]);
    checked += 1;
  }
  return checked;
}
const machineOf = (image: Uint8Array): Machine => createMachine({ image, request: { format: 'flat', memoryBytes: 0x40_0000, maxInstructions: 100_000 }, allocate: (bytes) => new ArrayBuffer(bytes) });

describe('is never less than what changes', () => {
  for (const name of ['demand-paging', 'two-threads', 'call-gate', 'tour32']) {
    it(name, () => {
      const machine = createMachine({ image: scenario(name), request: { memoryBytes: 0x100_0000, maxInstructions: 100_000 }, allocate: (bytes) => new ArrayBuffer(bytes) });
      expect(check(machine, 20_000)).toBeGreaterThan(500);
    });
  }

  it('random images', () => {
    let checked = 0;
    for (let seed = 1; seed <= 400; seed += 1) {
      const next = random(seed * 48_271);
      checked += check(machineOf(Uint8Array.from({ length: 512 }, () => next(256))), 60);
    }
    expect(checked).toBeGreaterThan(1_000);
  });
});
