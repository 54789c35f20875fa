// CPUID of each model: signature, highest leaf, feature flags, and what is said beyond the highest leaf.

import { describe, expect, test } from 'vitest';
import { MODELS, findModel, type CpuModel } from '../../../core/arch/cpu-models.ts';
import { cpuid } from '../../../core/cpu/cpuid.ts';
import { startReal } from '../../../core/cpu/start.ts';
import { EAX, EBX, ECX, EDX } from '../../../core/cpu/state.ts';
import { newWorld } from './world.ts';

function leaf(model: CpuModel, number: number, sub = 0): readonly number[] {
  const { cpu } = newWorld();
  cpu.model = model;
  cpu.set32(EAX, number);
  cpu.set32(ECX, sub);
  cpuid(cpu);
  return [EAX, EBX, ECX, EDX].map((register) => cpu.get32(register) >>> 0);
}
const modern = findModel('modern')!, p6 = findModel('p6')!;

test.each(MODELS.map((one) => [one.name, one] as const))('%s: leaf 0 names the highest leaf, leaf 1 the signature that EDX has after reset', (_, model) => {
  expect(leaf(model, 0)).toEqual([model.highestLeaf, 0x756e_6547, 0x6c65_746e, 0x4965_6e69]);
  expect(leaf(model, 1)[0]).toBe(model.signature);
  const { cpu } = newWorld();
  cpu.model = model;
  startReal(cpu);
  expect(cpu.get32(EDX)).toBe(model.signature);
});

describe('leaves of modern', () => {
  test('2 and 4: there is no cache', () => {
    expect(leaf(modern, 2)).toEqual([0xff01, 0, 0, 0]);
    expect(leaf(modern, 4)).toEqual([0, 0, 0, 0]);
  });

  test('7: UMIP, in subleaf 0 alone', () => {
    expect(leaf(modern, 7)[2]).toBe(4);
    expect(leaf(modern, 7, 1)).toEqual([0, 0, 0, 0]);
  });

  test('80000000H to 80000008H: RDTSCP, the name, 36 and 32 address bits', () => {
    expect(leaf(modern, 0x8000_0000)[0]).toBe(0x8000_0008);
    expect(leaf(modern, 0x8000_0001)[3]! & (1 << 27)).toBe(1 << 27);
    const name = [2, 3, 4].flatMap((at) => leaf(modern, 0x8000_0000 + at)).flatMap((word) => [0, 8, 16, 24].map((shift) => (word >>> shift) & 0xff));
    expect(String.fromCharCode(...name)).toBe('Ringscope IA-32 processor'.padEnd(48, '\0'));
    expect(leaf(modern, 0x8000_0008)).toEqual([0x2024, 0, 0, 0]);
  });

  test('CLFLUSH says its size', () => {
    expect([leaf(modern, 1)[1], leaf(p6, 1)[1]]).toEqual([0x800, 0]);
  });
});

test('beyond the highest leaf, the highest basic one answers', () => {
  expect(leaf(modern, 0x4000_0000)).toEqual(leaf(modern, 7));
  expect(leaf(modern, 0x8000_0009)).toEqual(leaf(modern, 7));
  expect(leaf(p6, 0x8000_0000)).toEqual(leaf(p6, 2));
});

test('names: any case, i686 is p6, others are none', () => {
  expect([findModel('MODERN')?.name, findModel('i686')?.name, findModel('k6')]).toEqual(['modern', 'p6', null]);
});
