// What the protection cases are built from: bytes, descriptors, selectors, frames. The kinds are generate-faults.ts and generate-gates.ts.

import { CODE, WINDOW, type Case } from './case.ts';
import { BEYOND, CODE0, CODE3, DATA0, DATA1, DATA2, DATA3, LDT, TEST_SELECTOR, TSS } from './case-world.ts';
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

const BIT_FLAGS = 0x894, DIVIDE_FLAGS = 0x8d5, DOUBLE_SHIFT_FLAGS = 0x810;
/** Status flags that are undefined behind the BTS, SHLD or DIV in the code of a case, if there is one. */
export function undefinedOf(code: readonly number[]): number {
  const text = code.join();
  return text.includes('15,171') ? BIT_FLAGS : text.includes('15,164') ? DOUBLE_SHIFT_FLAGS : text.includes('247,241') || text.includes('212,0') ? DIVIDE_FLAGS : 0;
}

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

/** An offset at which nothing lies, so that no case runs for ever by going to its own beginning. */
export const nowhere = (random: Random): number => random.word() | 0x8000;

/** Code and stack selectors of a return to some ring, not below `ring`, with the case's descriptors: mostly right. */
export function returnSegments(random: Random, ring: number): { readonly code: number; readonly stack: number; readonly descriptors: readonly number[] } {
  const rpl = random.pick([ring, 1, 2, 3, 3, 3]);
  const own = (index: number): number => (random.oneIn(3) ? 4 | (index * 8) : TEST_SELECTOR + index * 8) | (random.oneIn(10) ? random.below(4) : rpl);
  const segment = (rights: number): [number, number] => random.oneIn(6) ? descriptor(random)
    : encode({ base: random.oneIn(4) ? CODE & ~0xffff : 0, limit: 0xf_ffff, rights: rights | (rpl << 5), bits: 8 | random.pick([0, 4, 4]) });
  return {
    code: random.oneIn(8) ? selector(random) : rpl === 3 && random.oneIn(2) ? CODE3 : own(0),
    stack: random.oneIn(8) ? selector(random) : rpl === 3 && random.oneIn(2) ? DATA3 : own(1),
    descriptors: [...segment(random.pick([0x9a, 0x9b, 0x9e, 0x98])), ...segment(random.pick([0x92, 0x93, 0x92, 0x96])), ...descriptor(random), ...descriptor(random)],
  };
}
