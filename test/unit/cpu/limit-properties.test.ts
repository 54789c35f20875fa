// Every access obeys limits: random segments of every type, random offsets and sizes, in protected, real-address and virtual-8086 mode, by the
// short path and with every check, against a reference that looks at one byte after another. SEED=n chooses others.

import { expect, test } from 'vitest';
import { registerOffset } from '../../../core/arch/register-file.ts';
import { prepareWrite, read16, read32, read8, write16, write32, write8 } from '../../../core/cpu/memory.ts';
import { installSegment } from '../../../core/cpu/segmentation.ts';
import { DS, SS, type Cpu } from '../../../core/cpu/state.ts';
import { setQuick } from '../../../core/cpu/tlb.ts';
import { SILENT_PROBE } from '../../../core/event/probe.ts';
import { randomFrom, type Random } from '../../witness/lib/random.ts';
import { enterReal, enterVirtual8086 } from './modes-world.ts';
import { DIRECTORY, enablePaging, newWorld, outcome, RAM, TABLE, type World } from './world.ts';

const SEED = Number(process.env['SEED'] ?? 3);
const CASES = 3000;
const G = 0x8000, B = 0x4000, S_P = 0x90, UNUSABLE = 0x1_0000;
type Access = 'read' | 'write' | 'probe';

interface Case { readonly segment: number; readonly rights: number; readonly limit: number; readonly base: number; readonly offset: number; readonly size: 1 | 2 | 4; readonly access: Access }

/** Limits at their edges, and offsets around them. */
function randomCase(random: Random): Case {
  const type = random.below(16);
  const limit = random.pick([0, 1, 3, 0xf, 0xffe, 0xfff, 0x1000, 0xfffe, 0xffff, 0x1_0000, 0xffff_efff, 0xffff_fffe, 0xffff_ffff, random.below(0x2_0000)]);
  const near = random.pick([limit, 0xffff, 0xffff_ffff, 0]) + random.below(9) - 4;
  return {
    segment: random.pick([DS, SS]), rights: S_P | type | (random.oneIn(2) ? B : 0) | (random.oneIn(2) ? G : 0) | (random.oneIn(12) ? UNUSABLE : 0), limit,
    base: random.pick([0, 0x1_0000, 0x12_3457]), offset: random.oneIn(4) ? random.below(0x3_0000) : near >>> 0, size: random.pick([1, 2, 4] as const), access: random.pick(['read', 'write', 'probe'] as const),
  };
}

const isData = (rights: number): boolean => (rights & 8) === 0;
/** What the manual says, byte by byte: SDM 3A "Limit Checking", "Type Checking", "Null Segment Selector Checking". */
function mayAccess({ rights, limit, offset, size, access }: Case, mode: Mode): boolean {
  if ((rights & UNUSABLE) !== 0) return false;
  const isWritable = isData(rights) && (rights & 2) !== 0, isReadable = isData(rights) || (rights & 2) !== 0;
  if (mode !== 'real' && !(access === 'read' ? isReadable : isWritable)) return false;
  const isDown = isData(rights) && (rights & 4) !== 0;
  for (let byte = offset; byte < offset + size; byte += 1) {
    if (byte > 0xffff_ffff) return false;
    if (isDown ? byte <= limit || byte > ((rights & B) !== 0 ? 0xffff_ffff : 0xffff) : byte > limit) return false;
  }
  return true;
}

const VALUE = 0x5aa5_c33c;
function perform(cpu: Cpu, { segment, offset, size, access }: Case): void {
  if (access === 'probe') prepareWrite(cpu, segment, offset, size);
  else if (access === 'read') (size === 1 ? read8 : size === 2 ? read16 : read32)(cpu, segment, offset);
  else (size === 1 ? write8 : size === 2 ? write16 : write32)(cpu, segment, offset, VALUE);
}

type Mode = 'protected' | 'paged' | 'real' | 'virtual';
function worldOf(mode: Mode): World {
  const world = newWorld();
  if (mode === 'paged') enablePaging(world);
  if (mode === 'real') enterReal(world);
  if (mode === 'virtual') enterVirtual8086(world);
  return world;
}

test.each(['protected', 'paged', 'real', 'virtual'] as const)(`%s: what is allowed is done to these bytes alone, what is not faults and does nothing (seed ${String(SEED)})`, (mode) => {
  const random = randomFrom(SEED), world = worldOf(mode), { cpu } = world;
  const { probe } = cpu;
  let allowed = 0;
  for (let index = 0; index < CASES; index += 1) {
    const drawn = randomCase(random), isLinear = drawn.base + drawn.offset + drawn.size <= RAM || drawn.offset > 0xff00_0000;
    const one: Case = mode === 'virtual' ? { ...drawn, rights: 0xf3, limit: 0xffff } : drawn;
    cpu.probe = index % 2 === 0 ? SILENT_PROBE : probe;
    setQuick(cpu, { isQuick: index % 2 === 0 });
    installSegment(cpu, one.segment, 0x10, one.rights, one.limit, one.base);
    cpu.setNarrow(registerOffset('cpl'), mode === 'virtual' ? 3 : 0);
    const linear = (one.base + one.offset) >>> 0;
    // with paging only what is mapped, and not the tables themselves
    if (mode === 'paged' && (!isLinear || (linear + 8 > DIRECTORY && linear < TABLE + 0x1000))) continue;
    const isInRam = linear + 8 <= RAM;
    const before = isInRam ? cpu.ram.slice(Math.max(0, linear - 4), linear + 8) : null;
    const may = mayAccess(one, mode);
    const ended = outcome(() => { perform(cpu, one); });
    const text = JSON.stringify({ ...one, index });
    if (may && ended.startsWith('#PF')) continue;
    expect(ended === 'ok', `${text}: ${ended}`).toBe(may);
    if (!may) expect(ended, text).toMatch(one.segment === SS && !/segment-(read|writ)able/.test(ended) ? /^#SS\(0x0\)/ : /^#GP\(0x0\)/);
    if (may) allowed += 1;
    if (before === null) continue;
    if (may && one.access === 'write') for (let byte = 0; byte < one.size; byte += 1) before[Math.min(4, linear) + byte] = (VALUE >>> (byte * 8)) & 0xff;
    expect(Buffer.from(cpu.ram.slice(Math.max(0, linear - 4), linear + 8)).equals(Buffer.from(before)), text).toBe(true);
  }
  expect(allowed).toBeGreaterThan(CASES / 20);
});
