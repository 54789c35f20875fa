// What the protection cases are built from: bytes, descriptors, selectors, frames. The kinds are generate-faults.ts and generate-gates.ts.

import { BEYOND, CODE, CODE0, CODE3, DATA0, DATA1, DATA2, DATA3, LDT, TEST_SELECTOR, TSS, WINDOW, type Case } from './case.ts';
import type { Random } from './random.ts';

export const EAX = 0, ECX = 1, EDX = 2, EBX = 3, ESP = 4, EBP = 5, ESI = 6, EDI = 7;
export const STACK_TOP = WINDOW + 64;
/** Bytes of the instruction that loads ESP, which cases in ring 0 begin with. */
export const RING0_PROLOGUE = 5;
/** Types of system descriptors that are no gate, task gate or TSS: far transfers to them fault. */
const NO_TARGETS = [0, 2, 8, 10, 13];

/** What a kind says of its case; the rest is filled in. */
export type Part = Partial<Case> & { readonly code: readonly number[] };
export type Kind = (random: Random, ring: number) => Part;

export const word = (value: number): number[] => [value & 0xff, (value >>> 8) & 0xff, (value >>> 16) & 0xff, (value >>> 24) & 0xff];
export const half = (value: number): number[] => [value & 0xff, (value >>> 8) & 0xff];
export const push = (value: number): number[] => [0x68, ...word(value)];
export const pushHalf = (value: number): number[] => [0x66, 0x68, ...half(value)];

export function registersOf(random: Random): number[] {
  return Array.from({ length: 8 }, (_, index) => (index === ESP ? STACK_TOP : random.word()));
}

/** A random code, data or harmless system descriptor; mostly present, mostly at a place where something is. */
export function descriptor(random: Random): [number, number] {
  const isSystem = random.oneIn(10);
  const type = isSystem ? random.pick(NO_TARGETS) : 16 | random.below(16);
  const rights = type | (random.pick([0, 0, 0, 1, 2, 3, 3, 3]) << 5) | (random.oneIn(8) ? 0 : 0x80);
  const isCode = (type & 0x18) === 0x18;
  const base = isCode ? random.pick([0, 0, 0, 0, CODE]) : random.pick([0, 0, WINDOW, WINDOW, WINDOW - 0x1000, random.word()]);
  const limit = isCode ? random.pick([0xf_ffff, 0xf_ffff, 0xf_ffff, 0x41f, 0]) : random.pick([0xf_ffff, 0xffff, 0x1000, 0xfff, 0x7f, 0x3f, 3, 1, 0, random.below(0x10_0000)]);
  const bits = random.below(4) << 2 | (isCode || limit === 0xf_ffff ? 8 : 0);
  return encode({ base, limit, rights, bits });
}

/** `rights` is the access byte, `bits` G, D/B, L, AVL. L is reserved outside IA-32e mode and left 0. */
export function encode({ base, limit, rights, bits }: { readonly base: number; readonly limit: number; readonly rights: number; readonly bits: number }): [number, number] {
  const high = (base & 0xff00_0000) | ((bits & 0xd) << 20) | (limit & 0xf_0000) | (rights << 8) | ((base >>> 16) & 0xff);
  return [(((base & 0xffff) << 16) | (limit & 0xffff)) >>> 0, high >>> 0];
}

/** A random selector: the fixed ones, the case's own in GDT and LDT, null, beyond the limit; any RPL. */
export function selector(random: Random): number {
  const own = random.pick([0, 8, 16, 24]);
  const table = random.pick([TEST_SELECTOR + own, TEST_SELECTOR + own, TEST_SELECTOR + own, TEST_SELECTOR + own, 4 | own, 4 | own, CODE0, DATA0, CODE3, DATA3, DATA1, DATA2, TSS, LDT, 0, BEYOND, 0x24, 0xfff8]);
  return (table & ~3) | random.pick([0, 0, 3, 3, 1, 2]);
}
