// Task switches by JMP, CALL, INT through a task gate and IRET with NT, to 32-bit and 16-bit TSS, there and back; with TSS descriptors, selectors,
// LDTs and limits that are refused before the switch or inside the new task.

import { CODE, CR0, OTHER_STACK, STUB, TEST_VECTOR, WINDOW, WINDOW_BYTES, type Case } from './case.ts';
import { CODE0, CODE16_RING0, CODE16_RING3, CODE3, DATA0, DATA1, DATA2, DATA3, GDT, LDT, PAGE_DIRECTORY, TASK, TASK16_AT, TASK_AT, TEST_SELECTOR, TSS, TSS16, TSS16_AT, TSS_AT } from './case-world.ts';
import { descriptor, encode, half, registersOf, selector, STACK_TOP, word } from './fault-parts.ts';
import type { Random } from './random.ts';

const AVAILABLE32 = 9, BUSY32 = 11, AVAILABLE16 = 1, BUSY16 = 3, TASK_GATE_TYPE = 5, NT = 0x4000;
const TSS32_WORDS = 26, TSS16_WORDS = 11, WINDOW_STACK = WINDOW + 96;

interface Target { readonly is16: boolean; readonly isBusy: boolean; readonly descriptor: [number, number] }

/** One random task switch. */
export function taskCase(random: Random): Case {
  const ring = random.pick([0, 0, 3]);
  const by = random.pick(['jump', 'call', 'call', 'interrupt', 'return'] as const);
  const tr = random.oneIn(3) ? TSS16 : TSS;
  const target = targetOf(random, by === 'return');
  const gate = taskGate(random, TEST_SELECTOR);
  const throughGate = random.oneIn(3);
  const to = (throughGate ? TEST_SELECTOR + 8 : TEST_SELECTOR) | random.pick([0, 0, ring, 3]);
  const start = { jump: [0xea, ...word(random.word()), ...half(to)], call: [0x9a, ...word(random.word()), ...half(to)], interrupt: [0xcd, TEST_VECTOR], return: [0xcf] }[by];
  const ending = [0xcd, 0x41], back = [0xcf];
  const comesBack = (by === 'call' || by === 'interrupt') && random.oneIn(2);
  const eip = comesBack ? CODE + start.length + ending.length : random.oneIn(12) ? random.word() : STUB;
  const link = by === 'return' ? random.oneIn(8) ? selector(random) : TEST_SELECTOR : 0;
  return {
    name: `task switch by ${by}${throughGate ? ' through a gate' : ''} in ring ${ring}`, registers: registersOf(random).map((value, index) => (index === 4 ? STACK_TOP : value)), eip: CODE, cs: ring === 0 ? CODE0 : CODE3,
    ss: ring === 0 ? DATA0 : DATA3, data: ring === 0 ? DATA0 : DATA3, ...(ring === 0 ? { entry: 'ring0' as const } : {}), eflags: 2 | (by === 'return' ? NT : 0) | (random.below(0x1000) & 0xcd5), cr0: CR0,
    pages: [0, 0, 0, 0, 0], descriptors: [...target.descriptor, ...gate, ...descriptor(random), ...descriptor(random)], gate: random.oneIn(4) ? taskGate(random, TASK) : taskGate(random, TEST_SELECTOR),
    ports: -1, code: [...start, ...ending, ...back], undefinedFlags: 0, stacks: [OTHER_STACK, DATA1 | 1, OTHER_STACK, DATA2 | 2], tr, window: Uint8Array.from({ length: WINDOW_BYTES }, () => random.word()),
    patches: [
      target.is16 ? { at: TASK16_AT, bytes: tss16(random, eip) } : { at: TASK_AT, bytes: tss32(random, eip) },
      ...(link === 0 ? [] : [{ at: TSS_AT, bytes: word(link) }, { at: TSS16_AT, bytes: [...half(link), ...half(0x8000)] }]),
    ],
    watches: [
      { name: 'tss', at: TSS_AT, words: TSS32_WORDS }, { name: 'tss16_', at: TSS16_AT, words: TSS16_WORDS }, { name: 'task', at: TASK_AT, words: TSS32_WORDS }, { name: 'task16_', at: TASK16_AT, words: TSS16_WORDS },
      { name: 'gdtTss', at: GDT + TSS, words: 2 }, { name: 'gdtTss16_', at: GDT + TSS16, words: 2 }, { name: 'gdtTask', at: GDT + TASK, words: 4 },
    ],
  };
}

function targetOf(random: Random, isReturn: boolean): Target {
  const is16 = random.oneIn(3), isBusy = random.oneIn(8) ? !isReturn : isReturn;
  const type = random.oneIn(30) ? random.below(16) : is16 ? isBusy ? BUSY16 : AVAILABLE16 : isBusy ? BUSY32 : AVAILABLE32;
  const limit = random.oneIn(10) ? random.pick([0, 42, 43, 44, 102, 103]) : random.pick([is16 ? 43 : 103, is16 ? 43 : 103, 0xfff]);
  const rights = type | (random.pick([0, 3, 3, 3, 1]) << 5) | (random.oneIn(16) ? 0 : 0x80);
  return { is16, isBusy, descriptor: encode({ base: is16 ? TASK16_AT : TASK_AT, limit, rights, bits: 0 }) };
}

function taskGate(random: Random, to: number): [number, number] {
  const rights = TASK_GATE_TYPE | (random.pick([3, 3, 3, 0]) << 5) | (random.oneIn(16) ? 0 : 0x80);
  return [((random.oneIn(16) ? selector(random) : to | random.below(4)) << 16) >>> 0, rights << 8];
}

/** Selectors of a task that begins in some ring; now and then any. */
function segmentsOf(random: Random, is16: boolean): { readonly code: number; readonly stack: number; readonly data: () => number } {
  const ring = random.pick([0, 3, 3, 3]);
  const code = is16 ? ring === 0 ? CODE16_RING0 : CODE16_RING3 : ring === 0 ? CODE0 : CODE3;
  const data = (): number => random.oneIn(10) ? selector(random) : random.pick([0, ring === 0 ? DATA0 : DATA3, DATA3]);
  return { code: random.oneIn(16) ? selector(random) | 3 : code, stack: random.oneIn(16) ? selector(random) : ring === 0 ? DATA0 : DATA3, data };
}

const localTable = (random: Random): number => random.oneIn(12) ? selector(random) : random.pick([0, LDT, LDT]);
const flagsOf = (random: Random): number => 2 | (random.below(0x1000) & 0xcd5) | (random.oneIn(4) ? 0x3000 : 0) | (random.oneIn(12) ? NT : 0) | (random.oneIn(16) ? 0x100 : 0);

function tss32(random: Random, eip: number): number[] {
  const { code, stack, data } = segmentsOf(random, false);
  const registers = Array.from({ length: 8 }, (_, index) => (index === 4 ? WINDOW_STACK : random.word()));
  const words = [random.word(), 0x19_0000, DATA0, OTHER_STACK, DATA1 | 1, OTHER_STACK, DATA2 | 2, PAGE_DIRECTORY, eip, flagsOf(random), ...registers, data(), code, stack, data(), data(), data(), localTable(random), (104 << 16) | (random.oneIn(12) ? 1 : 0)];
  return words.flatMap(word);
}

function tss16(random: Random, eip: number): number[] {
  const { code, stack, data } = segmentsOf(random, true);
  const registers = Array.from({ length: 8 }, (_, index) => (index === 4 ? WINDOW_STACK : random.word()));
  const halves = [random.word(), 0x8000, 0x70, OTHER_STACK, DATA1 | 1, OTHER_STACK, DATA2 | 2, eip - CODE, flagsOf(random), ...registers, data(), code, stack, data(), localTable(random)];
  return halves.flatMap(half);
}
