// Recording never changes execution: random programs end in the same state to the last byte, whether nobody, a recorder or a listener looks on,
// in real-address, protected (both rings, with paging) and virtual-8086 mode, on every processor model. SEED=n chooses other programs.

import { describe, expect, test } from 'vitest';
import { MODELS } from '../../../core/arch/cpu-models.ts';
import { registerOffset } from '../../../core/arch/register-file.ts';
import { NO_LIMITS, run } from '../../../core/cpu/run.ts';
import { CR4_PAE } from '../../../core/arch/control-registers.ts';
import { setControlRegister } from '../../../core/cpu/control-registers.ts';
import { cr4Bits } from '../../../core/cpu/features.ts';
import { setQuick } from '../../../core/cpu/tlb.ts';
import { EVENT_KINDS } from '../../../core/event/kinds.ts';
import { SILENT_PROBE, type Probe } from '../../../core/event/probe.ts';
import { opcodeEntries } from '../../../core/isa/opcode-index.ts';
import { randomFrom, type Random } from '../../witness/lib/random.ts';
import { enterReal, enterVirtual8086, REAL_CODE, vector } from './modes-world.ts';
import { enablePaging, enterRing3, FREE, gate, HANDLER, newWorld, type World } from './world.ts';

const SEED = Number(process.env['SEED'] ?? 11);
const PROGRAMS = 20, ATTEMPTS = 150, PROGRAM_BYTES = 600;
/** A REP may count to four thousand millions: it is left between two iterations. */
const CLOCK = 4000;

const MODES: Readonly<Record<string, (world: World) => void>> = {
  'real-address mode': (world) => {
    enterReal(world);
    for (let number = 0; number < 0x40; number += 1) vector(world, number, 0x700, number * 16);
  },
  'ring 0': withGates,
  'ring 0 with paging': (world) => { withGates(world); enablePaging(world); },
  'ring 3 with paging': (world) => { withGates(world); enablePaging(world); enterRing3(world); },
  'virtual-8086 mode': (world) => { withGates(world); enterVirtual8086(world); },
};
function withGates(world: World): void {
  for (let number = 0; number < 0x40; number += 1) gate(world, number, { offset: HANDLER + 0x1000 + number * 16, ...(number % 5 === 4 ? { type: 15 as const } : {}) });
}

/** Bytes that are mostly instructions: opcodes that have rows, some prefixes, then anything. */
function program(random: Random): Uint8Array {
  const bytes: number[] = [];
  while (bytes.length < PROGRAM_BYTES) {
    if (random.below(4) === 0) bytes.push([0x66, 0x67, 0xf3, 0xf2, 0x2e, 0x64, 0xf0][random.below(7)]!);
    const isTwoByte = random.below(3) === 0, opcode = random.below(256);
    if (opcodeEntries(isTwoByte ? 1 : 0, opcode).length === 0) continue;
    bytes.push(...(isTwoByte ? [0x0f] : []), opcode, random.below(256), ...Array.from({ length: random.below(6) }, () => random.below(256)));
  }
  return Uint8Array.from(bytes);
}

interface Ending { readonly state: Buffer; readonly ram: Buffer; readonly stop: string; readonly events: readonly string[]; readonly attempts: number }

/** Runs one program in a fresh world; `watch` makes the probe that looks on, and tells what it was told of events. */
function ending(enter: (world: World) => void, seed: number, model: number, watch: 'nobody' | 'recorder' | 'listener'): Ending {
  const random = randomFrom(seed);
  const world = newWorld();
  const { cpu } = world;
  cpu.model = MODELS[model]!;
  for (const at of [HANDLER, HANDLER + 0x1000, REAL_CODE, 0x7000, 0x9000, 0x5_0000]) cpu.ram.set(program(random), at);
  enter(world);
  // a third of the descriptors that a random selector may name
  cpu.ram.set(Uint8Array.from({ length: 16 }, () => random.below(256)), 0x1000 + FREE);
  if (cpu.cpl === 3 && (cpu.rawFlags & 0x2_0000) === 0) cpu.eip = HANDLER;
  for (let register = 0; register < 8; register += 1) if (register !== 4) cpu.set32(register, random.below(2) === 0 ? random.below(0xa000) : random.below(0x1_0000_0000) | 0);
  // any bits of CR4 the model has, but for PAE, whose tables are not there; MP, EM, TS, NE and AM of CR0
  setControlRegister(cpu, 4, cr4Bits(cpu) & ~CR4_PAE & (random.oneIn(3) ? 0x600 : random.word()) & ~0x30_0000);
  setControlRegister(cpu, 0, (cpu.register(registerOffset('cr0')) | (random.oneIn(2) ? 0x20 : random.word() & 0x4_002e)) >>> 0);
  const events: string[] = [];
  const record: Probe = { ...SILENT_PROBE, emit: (seq, draft) => { events.push(`${String(seq)} ${EVENT_KINDS[draft.kind] ?? '?'} ${String(cpu.icount)}`); } };
  cpu.probe = watch === 'nobody' ? SILENT_PROBE : watch === 'recorder' ? record : { ...record, listening: true };
  setQuick(cpu, { isQuick: true });
  cpu.tlb.fill(0);
  const stop = run(cpu, { ...NO_LIMITS, attempts: ATTEMPTS, clock: CLOCK });
  return { state: Buffer.from(cpu.processorBytes), ram: Buffer.from(cpu.ram), stop: stop.kind, events, attempts: cpu.attempts };
}

describe.each(Object.entries(MODES))('%s', (_, enter) => {
  test(`random programs of seed ${String(SEED)} end alike, whoever looks on`, () => {
    let attempts = 0, events = 0;
    for (let index = 0; index < PROGRAMS; index += 1) {
      const seed = SEED * 1000 + index, model = index % MODELS.length;
      const alone = ending(enter, seed, model, 'nobody'), recorded = ending(enter, seed, model, 'recorder'), heard = ending(enter, seed, model, 'listener');
      attempts += alone.attempts;
      events += recorded.events.length;
      for (const [who, other] of [['recorder', recorded], ['listener', heard]] as const) {
        expect(other.stop, `seed ${String(seed)}, ${who}`).toBe(alone.stop);
        expect(other.state.equals(alone.state), `seed ${String(seed)}, ${who}: registers and internals`).toBe(true);
        expect(other.ram.equals(alone.ram), `seed ${String(seed)}, ${who}: memory`).toBe(true);
      }
      expect(heard.events, `seed ${String(seed)}`).toEqual(recorded.events);
    }
    expect(attempts).toBeGreaterThan(PROGRAMS * 10);
    expect(events).toBeGreaterThan(PROGRAMS);
  });
});
