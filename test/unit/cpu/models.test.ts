// What each processor model has: instructions, bits of CR4, MSRs, and that CPUID says the same.

import { describe, expect, test } from 'vitest';
import { findModel, MODELS, NO_MODEL } from '../../../core/arch/cpu-models.ts';
import { registerOffset } from '../../../core/arch/register-file.ts';
import { movToCr } from '../../../core/cpu/control-registers.ts';
import { cr4Bits, neededFeatures } from '../../../core/cpu/features.ts';
import { Unsupported } from '../../../core/cpu/fault.ts';
import { cpuid } from '../../../core/cpu/cpuid.ts';
import { placeOfMsr } from '../../../core/cpu/msr-places.ts';
import { rdmsr, wrmsr } from '../../../core/cpu/model-specific-registers.ts';
import { rdpmc } from '../../../core/cpu/performance-counters.ts';
import { undefinedOpcode } from '../../../core/cpu/semantics/unsupported.ts';
import { executionOf } from '../../../core/cpu/semantics/table.ts';
import { EAX, EBX, ECX, EDX } from '../../../core/cpu/state.ts';
import { movFromTr, movToTr } from '../../../core/cpu/test-registers.ts';
import { decode } from '../../../core/isa/decoder.ts';
import type { Insn } from '../../../core/isa/insn.ts';
import { newWorld, outcome, type World } from './world.ts';

type ModelName = '486' | 'pentium' | 'p6' | 'modern';
const NAMES = MODELS.map((one) => one.name);
function worldOf(name: ModelName): World {
  const world = newWorld();
  world.cpu.model = findModel(name)!;
  return world;
}
function insnOf(hex: string): Insn {
  const result = decode(Uint8Array.from(hex.split(' ').map((byte) => parseInt(byte, 16))), 32);
  if (result.kind !== 'insn') throw new Error(`${hex}: ${result.kind}`);
  return result.insn;
}

/** An instruction of each feature, and the models that have it. */
const INSTRUCTIONS: readonly (readonly [text: string, hex: string, models: readonly ModelName[]])[] = [
  ['cpuid', '0f a2', ['486', 'pentium', 'p6', 'modern']], ['wbinvd', '0f 09', ['486', 'pentium', 'p6', 'modern']], ['bswap', '0f c8', ['486', 'pentium', 'p6', 'modern']],
  ['fadd', 'd8 c0', ['486', 'pentium', 'p6', 'modern']], ['pause is nop', 'f3 90', ['486', 'pentium', 'p6', 'modern']],
  ['mov eax, tr6', '0f 24 f0', ['486']], ['mov tr3, eax', '0f 26 d8', ['486']],
  ['rdtsc', '0f 31', ['pentium', 'p6', 'modern']], ['rdmsr', '0f 32', ['pentium', 'p6', 'modern']], ['wrmsr', '0f 30', ['pentium', 'p6', 'modern']],
  ['rdpmc', '0f 33', ['pentium', 'p6', 'modern']], ['cmpxchg8b', '0f c7 0b', ['pentium', 'p6', 'modern']], ['paddb mm', '0f fc c1', ['pentium', 'p6', 'modern']],
  ['movq mm', '0f 6f c1', ['pentium', 'p6', 'modern']], ['emms', '0f 77', ['pentium', 'p6', 'modern']],
  ['cmovz', '0f 44 c1', ['p6', 'modern']], ['fcmove', 'da c9', ['p6', 'modern']], ['fcomi', 'db f1', ['p6', 'modern']], ['sysenter', '0f 34', ['p6', 'modern']],
  ['fxsave', '0f ae 03', ['p6', 'modern']], ['nop r/m', '0f 1f c0', ['p6', 'modern']], ['prefetcht0', '0f 18 0b', ['p6', 'modern']], ['movaps', '0f 28 c1', ['p6', 'modern']],
  ['pavgb mm', '0f e0 c1', ['p6', 'modern']], ['sfence', '0f ae f8', ['p6', 'modern']], ['ldmxcsr', '0f ae 13', ['p6', 'modern']], ['maskmovq', '0f f7 c1', ['p6', 'modern']],
  ['addsd', 'f2 0f 58 c1', ['modern']], ['paddb xmm', '66 0f fc c1', ['modern']], ['pavgb xmm', '66 0f e0 c1', ['modern']], ['paddq mm', '0f d4 c1', ['modern']],
  ['movnti', '0f c3 03', ['modern']], ['mfence', '0f ae f0', ['modern']], ['clflush', '0f ae 3b', ['modern']], ['cvtdq2ps', '0f 5b c1', ['modern']], ['movq xmm', 'f3 0f 7e c1', ['modern']],
  ['haddps', 'f2 0f 7c c1', ['modern']], ['fisttp', 'db 0b', ['modern']], ['lddqu', 'f2 0f f0 03', ['modern']],
  ['rdtscp', '0f 01 f9', ['modern']], ['stac', '0f 01 cb', ['modern']], ['clac', '0f 01 ca', ['modern']], ['prefetchw', '0f 0d 0b', ['modern']],
  ['syscall', '0f 05', []], ['sysret', '0f 07', []], ['rsm', '0f aa', []], ['monitor', '0f 01 c8', []], ['xgetbv', '0f 01 d0', []], ['popcnt', 'f3 0f b8 c1', []], ['rdrand', '0f c7 f0', []],
  ['xsave', '0f ae 23', []], ['vmcall', '0f 01 c1', []], ['getsec', '0f 37', []],
  ['ud0', '0f ff c0', []], ['ud1', '0f b9 c0', []], ['ud2', '0f 0b', []],
];

test.each(INSTRUCTIONS)('%s', (_, hex, models) => {
  const insn = insnOf(hex);
  expect(NAMES.filter((name) => executionOf(worldOf(name).cpu, insn) !== undefinedOpcode)).toEqual(models);
});

/** What a bit of CPUID stands for: the local APIC, an instruction, a bit of CR4, an MSR; null where it shows in page entries alone. */
type Proof = string | { readonly cr4: number } | { readonly msr: number } | null;
const CPUID_BITS: readonly (readonly [leaf: number, register: number, bit: number, proof: Proof])[] = [
  [1, EDX, 0, 'd8 c0'], [1, EDX, 1, { cr4: 0 }], [1, EDX, 2, { cr4: 3 }], [1, EDX, 3, { cr4: 4 }], [1, EDX, 4, '0f 31'], [1, EDX, 5, '0f 32'], [1, EDX, 6, { cr4: 5 }], [1, EDX, 7, { cr4: 6 }],
  [1, EDX, 8, '0f c7 0b'], [1, EDX, 9, 'local APIC'], [1, EDX, 11, '0f 34'], [1, EDX, 13, { cr4: 7 }], [1, EDX, 14, { msr: 0x179 }], [1, EDX, 15, '0f 44 c1'], [1, EDX, 16, { msr: 0x277 }], [1, EDX, 17, null],
  [1, EDX, 19, '0f ae 3b'], [1, EDX, 23, '0f fc c1'], [1, EDX, 24, '0f ae 03'], [1, EDX, 25, '0f 28 c1'], [1, EDX, 26, '66 0f fc c1'], [1, ECX, 0, 'f2 0f 7c c1'],
  [7, EBX, 7, { cr4: 20 }], [7, EBX, 20, { cr4: 21 }], [7, ECX, 2, { cr4: 11 }], [0x8000_0001, EDX, 20, { msr: 0xc000_0080 }], [0x8000_0001, EDX, 27, '0f 01 f9'],
];
function isThere(world: World, proof: Exclude<Proof, null>): boolean {
  if (proof === 'local APIC') return world.cpu.model.hasLocalApic;
  if (typeof proof === 'string') return executionOf(world.cpu, insnOf(proof)) !== undefinedOpcode;
  return 'cr4' in proof ? (cr4Bits(world.cpu) & (1 << proof.cr4)) !== 0 : placeOfMsr(world.cpu, proof.msr) !== null;
}

test.each(NAMES)('CPUID of %s says of each feature what is true, and nothing else', (name) => {
  const world = worldOf(name), { cpu } = world;
  const leaves = [1, 7, 0x8000_0001].filter((leaf) => (leaf < 0x8000_0000 ? leaf <= cpu.model.highestLeaf : cpu.model.hasExtendedLeaves));
  for (const leaf of leaves) {
    cpu.set32(EAX, leaf | 0);
    cpu.set32(ECX, 0);
    cpuid(cpu);
    const rows = CPUID_BITS.filter(([of]) => of === leaf);
    for (const register of leaf === 1 ? [ECX, EDX] : [EBX, ECX, EDX]) {
      const known = rows.filter(([, of]) => of === register).reduce((sum, [, , bit]) => sum | (1 << bit), 0);
      expect(cpu.get32(register) & ~known, `leaf ${leaf.toString(16)}, other bits`).toBe(0);
    }
    for (const [, register, bit, proof] of rows) {
      if (proof !== null) expect((cpu.get32(register) & (1 << bit)) !== 0, `leaf ${leaf.toString(16)}, register ${String(register)}, bit ${String(bit)}`).toBe(isThere(world, proof));
    }
  }
  expect(leaves.length).toBe(name === 'modern' ? 3 : 1);
});

test('what no model has is not among the features of one', () => {
  for (const { features } of MODELS) expect(features & NO_MODEL).toBe(0);
  expect(neededFeatures(insnOf('0f 05'))).toBe(NO_MODEL);
});

describe('CR4', () => {
  test.each(NAMES)('of %s: every bit that exists can be set, every other one is #GP(0)', (name) => {
    const { cpu } = worldOf(name);
    const has = cr4Bits(cpu);
    for (let bit = 0; bit < 32; bit += 1) {
      const value = (1 << bit) >>> 0;
      expect(outcome(() => { movToCr(cpu, 4, value); }), `bit ${String(bit)}`).toBe((has & value) !== 0 ? 'ok' : '#GP(0x0) cr4-reserved');
    }
  });

  test('MCE came with the Pentium, PGE with P6, UMIP is newer', () => {
    expect(NAMES.map((name) => (cr4Bits(worldOf(name).cpu) & 0x8c4) >>> 0)).toEqual([0, 0x44, 0xc4, 0x8c4]);
  });
});

describe('MSRs', () => {
  const reads = (name: ModelName, number: number): string => {
    const world = worldOf(name);
    world.cpu.set32(ECX, number | 0);
    return outcome(() => { rdmsr(world.cpu); }) === 'ok' ? `${(world.cpu.get32(EDX) >>> 0).toString(16)}:${(world.cpu.get32(EAX) >>> 0).toString(16)}` : '-';
  };
  const written = (world: World, number: number, lo: number, hi = 0): string => {
    const { cpu } = world;
    for (const [register, value] of [[ECX, number], [EAX, lo], [EDX, hi]] as const) cpu.set32(register, value | 0);
    const ended = outcome(() => { wrmsr(cpu); });
    if (ended !== 'ok') return ended;
    rdmsr(cpu);
    return `${(cpu.get32(EDX) >>> 0).toString(16)}:${(cpu.get32(EAX) >>> 0).toString(16)}`;
  };

  test.each([
    ['IA32_P5_MC_ADDR', 0x0, ['0:0', '0:0', '0:0']], ['CESR', 0x11, ['0:0', '-', '-']], ['IA32_PLATFORM_ID', 0x17, ['-', '0:0', '0:0']], ['IA32_APIC_BASE', 0x1b, ['-', '0:fee00900', '0:fee00900']],
    ['IA32_BIOS_SIGN_ID', 0x8b, ['-', '0:0', '0:0']], ['PERFCTR1', 0xc2, ['-', '0:0', '-']], ['MTRRcap', 0xfe, ['-', '-', '-']], ['IA32_SYSENTER_CS', 0x174, ['-', '0:0', '0:0']],
    ['IA32_MCG_CAP', 0x179, ['-', '0:105', '0:105']], ['PERFEVTSEL0', 0x186, ['-', '0:0', '-']], ['IA32_MISC_ENABLE', 0x1a0, ['-', '-', '0:1800']], ['IA32_PAT', 0x277, ['-', '70406:70406', '70406:70406']],
    ['IA32_MC4_STATUS', 0x411, ['-', '0:0', '0:0']], ['IA32_MC0_MISC', 0x403, ['-', '-', '-']], ['IA32_EFER', 0xc000_0080, ['-', '-', '0:0']], ['IA32_TSC_AUX', 0xc000_0103, ['-', '-', '0:0']], ['IA32_STAR', 0xc000_0081, ['-', '-', '-']],
  ] as const)('%s of Pentium, P6 and the newest', (_, number, values) => {
    expect((['pentium', 'p6', 'modern'] as const).map((name) => reads(name, number))).toEqual(values);
  });

  test('kept, cleared and refused', () => {
    const world = worldOf('modern');
    expect(written(world, 0xc000_0080, 0x800)).toBe('0:800');
    for (const bit of [0x1, 0x100, 0x400]) expect(written(world, 0xc000_0080, bit)).toBe('#GP(0x0) msr-value');
    expect(written(world, 0x400, 0xffff_ffff, 0xffff_ffff)).toBe('ffffffff:ffffffff');
    expect([written(world, 0x401, 0), written(world, 0x401, 0, 1)]).toEqual(['0:0', '#GP(0x0) msr-value']);
    expect([written(world, 0x17a, 4), written(world, 0x17a, 8)]).toEqual(['0:4', '#GP(0x0) msr-value']);
    expect([written(world, 0x1a0, 1), written(world, 0x1a0, 1 << 22)]).toEqual(['0:1801', '#GP(0x0) msr-value']);
    expect([written(world, 0xc000_0103, 7), written(world, 0xc000_0103, 7, 1)]).toEqual(['0:7', '#GP(0x0) msr-value']);
    expect(written(world, 0x17, 0)).toBe('#GP(0x0) msr-value');
  });

  test('the local APIC can be switched off and on, which CPUID follows, and not moved', () => {
    const world = worldOf('modern'), { cpu } = world;
    const hasApic = (): boolean => {
      cpu.set32(EAX, 1);
      cpuid(cpu);
      return (cpu.get32(EDX) & 0x200) !== 0;
    };
    const followed: number[] = [];
    cpu.bus.apicBaseWritten = () => { followed.push(0); };
    expect([written(world, 0x1b, 0xfee0_0100), hasApic()]).toEqual(['0:fee00100', false]);
    expect([written(world, 0x1b, 0xfee0_0900), hasApic(), followed.length]).toEqual(['0:fee00900', true, 2]);
    for (const bit of [0x1, 0x200, 0x400]) expect(written(world, 0x1b, 0xfee0_0900 | bit)).toBe('#GP(0x0) msr-value');
    expect(written(world, 0x1b, 0xfee0_0900, 0x10)).toBe('#GP(0x0) msr-value');
    expect(() => written(world, 0x1b, 0xfed0_0900)).toThrow(expect.objectContaining({ detail: 'a local APIC at another address than 0xfee00000: WRMSR of IA32_APIC_BASE' }));
    expect(() => written(world, 0x1b, 0xfee0_0900, 1)).toThrow(expect.objectContaining({ detail: expect.stringContaining('at another address') as string }));
  });

  test('a performance counter holds what was written, and starting one is unsupported', () => {
    const world = worldOf('p6');
    expect([written(world, 0xc1, 0x1234_5678, 0x9a), written(world, 0x186, 0x79)]).toEqual(['9a:12345678', '0:79']);
    world.cpu.set32(ECX, 0);
    rdpmc(world.cpu);
    expect([world.cpu.get32(EAX), world.cpu.get32(EDX)]).toEqual([0x1234_5678, 0x9a]);
    expect(() => written(world, 0x186, 0x40_0079)).toThrow(Unsupported);
    expect(() => written(worldOf('pentium'), 0x11, 1 << 6)).toThrow(Unsupported);
  });

  test('they are part of the state that checkpoints hold', () => {
    const world = worldOf('modern');
    const before = world.cpu.processorBytes.slice();
    written(world, 0x400, 0x1234);
    expect(Buffer.compare(before, world.cpu.processorBytes)).not.toBe(0);
  });
});

test('test registers of the i486 keep values; a command is unsupported, a flush of no cache is not', () => {
  const { cpu } = worldOf('486');
  for (const tr of [3, 4, 7]) {
    movToTr(cpu, tr, 0xdead_bee0 + tr);
    expect(movFromTr(cpu, tr) >>> 0).toBe(0xdead_bee0 + tr);
  }
  for (const command of [0x10, 0x13]) movToTr(cpu, 5, command);
  expect(movFromTr(cpu, 5)).toBe(0x13);
  for (const command of [1, 2]) expect(() => { movToTr(cpu, 5, command); }).toThrow(Unsupported);
  expect(() => { movToTr(cpu, 6, 0); }).toThrow(Unsupported);
});

test('CR0 keeps no bit that does not exist, on every model', () => {
  for (const name of NAMES) {
    const { cpu } = worldOf(name);
    movToCr(cpu, 0, 0x1fff_ffff & ~0x0005_003f | 0x11);
    expect(cpu.register(registerOffset('cr0'))).toBe(0x11);
  }
});
