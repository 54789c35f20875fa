// Random protection cases for the differential test: segment loads, limits, page rights, gates, returns, far transfers, fast system
// calls and privileged instructions, from rings 0 and 3. Each is a few bytes of code that either faults or reaches INT 0x41.

import { decode } from '../../../core/isa/decoder.ts';
import { CODE, CR0, CR0_AM, CR0_WP, EFLAGS_AC, OTHER_STACK, STUB, TEST, TEST_VECTOR, WINDOW, WINDOW_BYTES, type Case } from './case.ts';
import { CODE0, CODE3, DATA0, DATA1, DATA2, DATA3, IDT, TEST_SELECTOR, TEST_TABLE, TSS, TSS16 } from './case-world.ts';
import {
  descriptor, EAX, EBP, EBX, ECX, EDI, EDX, encode, ESI, ESP, half, nowhere, push, pushHalf, registersOf, returnSegments, selector, STACK_TOP, undefinedOf, word, type Kind, type Part,
} from './fault-parts.ts';
import { GATE_KINDS } from './generate-gates.ts';
import type { Random } from './random.ts';

const ES = 0, SS = 2, DS = 3, FS = 4, GS = 5;
const SEGMENT_PREFIXES = [0x26, 0x2e, 0x36, 0x3e, 0x64, 0x65];
const WINDOW_PAGE = 0x41_0000;
const VM = 0x2_0000;

/** One random protection case, of that ring; some kinds are for one ring only, whichever is asked for. */
export function faultCase(random: Random, ring: 0 | 3): Case {
  const kind = random.pick(Object.keys(KINDS));
  const part = KINDS[kind]!(random, ring);
  const isRing0 = (part.cs ?? (ring === 0 ? CODE0 : CODE3)) === CODE0;
  // IRET to the same ring does not load ESP
  const code = isRing0 ? [0xbc, ...word(part.registers?.[ESP] ?? STACK_TOP), ...part.code] : part.code;
  return {
    name: `${kind} in ring ${isRing0 ? 0 : 3}`, registers: registersOf(random), eip: CODE, cs: isRing0 ? CODE0 : CODE3, ss: isRing0 ? DATA0 : DATA3,
    data: isRing0 && random.oneIn(2) ? DATA0 : DATA3, eflags: 2 | (random.oneIn(4) ? 0x3000 : 0) | (random.oneIn(4) ? EFLAGS_AC : 0),
    cr0: CR0 | (random.oneIn(2) ? CR0_WP : 0) | (random.oneIn(4) ? CR0_AM : 0),
    pages: [0, 0, 0, 0, 0], descriptors: [0, 1, 2, 3].flatMap(() => descriptor(random)), gate: [0, 0], ports: random.word(),
    window: Uint8Array.from({ length: WINDOW_BYTES }, () => random.word()), undefinedFlags: undefinedOf(part.code),
    stacks: stacks(random), tr: random.oneIn(6) ? TSS16 : TSS, ...part, code,
  };
}

/** Stacks of rings 1 and 2: mostly one that works, sometimes one at its limit or anything. */
function stacks(random: Random): number[] {
  const one = (ss: number): [number, number] => [random.pick([OTHER_STACK, OTHER_STACK, WINDOW + random.below(WINDOW_BYTES), random.below(WINDOW_BYTES), random.word()]), random.oneIn(3) ? selector(random) : ss];
  return random.oneIn(3) ? [...one(DATA1 | 1), ...one(DATA2 | 2)] : [OTHER_STACK, DATA1 | 1, OTHER_STACK, DATA2 | 2];
}

/** Loads into a register by an opcode of ours, then an access through it. SS in ring 0 is put back: a handler needs it. */
function segmentLoad(random: Random, ring: number): Part {
  const register = random.pick([ES, DS, FS, GS, SS]);
  const loaded = selector(random);
  const registers = registersOf(random);
  registers[EAX] = loaded | (random.word() & 0xffff_0000);
  registers[ECX] = DATA0;
  registers[EBX] = random.pick([0, 1, 3, 4, 0x3c, 0x3d, 0x3e, 0x40, 0x7c, 0x7e, 0xffc, 0xffe, 0x1000, 0x1001, WINDOW, WINDOW + 0x3e, 0xffff, 0x1_0000, random.word()]);
  const load = random.pick([[0x8e, 0xc0 | (register << 3)], [0x66, 0x8e, 0xc0 | (register << 3)], [...push(loaded), ...popSegment(register)], [...pushHalf(loaded), 0x66, ...popSegment(register)]]);
  const use = random.oneIn(4) ? [] : [SEGMENT_PREFIXES[register]!, ...access(random)];
  return { registers, code: ring === 0 && register === SS ? [...load, 0x8c, 0xd2, 0x8e, 0xd1] : [...load, ...use] };
}

function popSegment(register: number): number[] {
  return register === FS ? [0x0f, 0xa1] : register === GS ? [0x0f, 0xa9] : [0x07 | (register << 3)];
}

/** One memory access through [EBX]: mov, movzx, add, xchg, test, setc, byte to double word. */
export function access(random: Random): number[] {
  return random.pick([[0x8b, 0x13], [0x89, 0x13], [0x66, 0x8b, 0x13], [0x66, 0x89, 0x13], [0x8a, 0x13], [0x88, 0x13], [0x0f, 0xb7, 0x13], [0x01, 0x13], [0x00, 0x13], [0x87, 0x13],
    [0x85, 0x13], [0x0f, 0x92, 0x03], [0x8f, 0x03], [0xff, 0x33], [0x0f, 0xb1, 0x13], [0x0f, 0xc1, 0x13]]);
}

/** Ring 3 on a stack segment of its own, up or down, with the pointer near its borders. */
function stackLimit(random: Random): Part {
  const isDown = random.oneIn(2);
  const limit = random.pick([0x1f, 0x20, 0x3f, 0x43, 0x7f]);
  const isBig = random.oneIn(3) ? 0 : 4;
  const rights = 0xf2 | (isDown ? 4 : 0);
  const near = limit + random.below(40) - 20 + (random.oneIn(20) ? 0xffff_0000 : 0);
  const registers = registersOf(random);
  registers[ESP] = random.oneIn(10) ? random.word() : near;
  registers[EBP] = random.oneIn(3) ? random.word() : near + random.below(16) - 8;
  registers[EBX] = WINDOW + 8;
  const code = random.pick([[0x50], [0x58], [0x60], [0x61], [0x66, 0x60], [0x66, 0x61], [0x9c], [0x9d], [0xc9], [0xc8, random.below(8), 0, random.below(4)], [0xe8, 0, 0, 0, 0], [0xc3], [0xc2, 4, 0], [0x66, 0x50], [0x66, 0x58],
    [0xff, 0x33], [0x8f, 0x03], [0x8b, 0x45, 0], [0x89, 0x45, 0], [0x01, 0x45, 4], [0x8b, 0x04, 0x24], [0xcb], [0xcf]]);
  return { registers, cs: CODE3, ss: TEST_SELECTOR | 3, code, descriptors: [...encode({ base: WINDOW, limit, rights, bits: isBig }), 0, 0, 0, 0, 0, 0] };
}

/** Random page entries; one or two accesses, or a jump, at the pages they map. */
function paging(random: Random, ring: number): Part {
  const bits = (): number => (random.oneIn(5) ? 0 : 1) | random.pick([0, 2, 2]) | random.pick([0, 4, 4]) | (random.below(8) << 9) | (random.oneIn(3) ? random.below(4) << 5 : 0) | (random.oneIn(6) ? 0x18 : 0);
  const isLarge = random.oneIn(6);
  const jumps = random.oneIn(4);
  const page = random.below(4);
  const inWindow = (page & 1) === 0 || isLarge ? random.pick([0xfc0, 0xfc4, 0xffc, 0xffd, 0xffe, 0xfff]) : random.pick([0, 0x10, 0x3c]);
  const at = TEST + (isLarge ? WINDOW_PAGE - CODE : 0x1000 * page) + (jumps ? inWindow : random.pick([inWindow, inWindow, 0, 0x10, 0xffe]));
  const registers = registersOf(random);
  [EBX, ESI, EDI].forEach((register) => { registers[register] = at; });
  if (random.oneIn(2)) registers[EDI] = WINDOW;
  registers[ECX] = random.below(4);
  return {
    registers, code: jumps ? [0xff, 0xe3] : pageAccess(random, ring),
    pages: [isLarge ? CODE | 0x80 | bits() : TEST_TABLE | (bits() & 0xf3f) | 1, ...[0, 1, 2, 3].map((index) => (WINDOW_PAGE + 0x1000 * (index & 1)) | bits())],
    window: Uint8Array.from({ length: WINDOW_BYTES }, (_, index) => (jumps ? [0xcd, 0x41][index & 1]! : random.word())),
  };
}

/** Accesses through EBX, ESI and EDI. Pushes there are for ring 3: in ring 0 the handler would need that stack. */
export function pageAccess(random: Random, ring: number): number[] {
  if (random.oneIn(2)) return [...access(random), ...access(random)];
  const pushes = ring === 3 ? [[0x89, 0xdc, 0x50], [0x89, 0xdc, 0x60], [0x89, 0xdc, 0xc8, 4, 0, 3]] : [];
  return random.pick([access(random), [0xa5], [0xf3, 0xa4], [0xab], [0xa7], [0x0f, 0x01, 0x3b], [0xf6, 0x13], [0x0f, 0xab, 0x13], ...pushes]);
}

/** INT n through a random gate, or one of the fixed ones, or beyond the limit. */
function gate(random: Random, ring: number): Part {
  const type = random.pick([14, 14, 14, 15, 15, 6, 7, 0, 2, 8, 10, 13, 4, 12, 9]);
  const rights = type | (random.pick([0, 1, 2, 3, 3, 3]) << 5) | (random.oneIn(8) ? 0 : 0x80);
  const vector = random.oneIn(6) ? random.pick([3, 4, 0x50, 0x70, 0xff, ...(ring === 3 ? [0, 8, 13, 14, 31] : [])]) : TEST_VECTOR;
  const opcode = vector === 3 && random.oneIn(2) ? [0xcc] : [0xcd, vector];
  return { code: opcode, gate: [((selector(random) << 16) | (STUB & 0xffff)) >>> 0, ((STUB & 0xffff_0000) | (rights << 8)) >>> 0] };
}

/** IRET with a random frame; from ring 0 also to virtual-8086 mode, where the first fetch faults. */
function interruptReturn(random: Random, ring: number): Part {
  const is16 = random.oneIn(4);
  const eflags = 2 | (random.oneIn(3) ? 0x3000 : 0);
  const flags = random.word() & 0x3f_7fff & ~VM;
  if (!is16 && random.oneIn(ring === 0 ? 5 : 20)) {
    const frame = [...[0, 0, 0, 0, 0].map(() => random.word()), random.word(), flags | VM, random.word(), random.word() & 0xffff];
    return { code: [...frame.slice(3).flatMap(push), 0xcf], eflags, window: withWords(random, frame.slice(0, 3)) };
  }
  const eip = is16 ? STUB & 0xffff : random.pick([STUB, STUB, STUB, STUB, 0x41e, 0x42_0000, nowhere(random)]);
  const { code, stack, descriptors } = returnSegments(random, ring);
  const frame = [stack, WINDOW + random.below(WINDOW_BYTES), flags, code, eip];
  return { code: [...frame.flatMap(is16 ? pushHalf : push), ...(is16 ? [0x66, 0xcf] : [0xcf])], eflags, descriptors };
}

/** A window with these words from the top of the stack upwards, the last one lowest: what there was no code left to push. */
function withWords(random: Random, words: readonly number[]): Uint8Array {
  const window = Uint8Array.from({ length: WINDOW_BYTES }, () => random.word());
  window.set([...words].reverse().flatMap(word), STACK_TOP - WINDOW);
  return window;
}

/** JMP, CALL and RET far, direct and through memory. */
function farTransfer(random: Random): Part {
  const to = selector(random);
  const offset = random.pick([STUB, STUB, STUB, 0x2000, 0x41e, nowhere(random)]);
  const window = Uint8Array.from({ length: WINDOW_BYTES }, () => random.word());
  window.set([...word(offset), ...half(to)], 8);
  const registers = registersOf(random);
  registers[EBX] = WINDOW + 8;
  const outer = random.oneIn(2) ? [...push(selector(random)), ...push(STACK_TOP - 16)] : [];
  return { registers, window, code: random.pick([
    [0xea, ...word(offset), ...half(to)], [0x9a, ...word(offset), ...half(to)], [0x66, 0xea, ...half(offset), ...half(to)], [0xff, 0x2b], [0xff, 0x1b],
    [...outer, ...push(to), ...push(offset), 0xcb], [...outer, ...push(to), ...push(offset), 0xcb], [...push(to), ...push(offset), 0xca, 8, 0],
    [0xc4, 0x0b], [0xc5, 0x0b], [0x0f, 0xb4, 0x0b], [0x0f, 0xb5, 0x0b],
  ]) };
}

/** Sets the three MSRs, leaves to ring 3 by SYSEXIT, comes back by SYSENTER. */
function fastSystemCall(random: Random): Part {
  const write = (msr: number, value: number): number[] => [0xb9, ...word(msr), 0xb8, ...word(value), 0x0f, 0x30];
  const code = [0x31, 0xd2, ...write(0x174, random.pick([0, 1, 3, 8, 8, 8, 9, 0xb, 0x38, 0x1_0008, 0xfff0])), ...write(0x176, STUB), ...write(0x175, STACK_TOP - 8)];
  const ending = random.oneIn(3) ? [0x0f, 0x34] : [0xba, ...word(random.oneIn(8) ? random.word() : CODE + 5 + code.length + 12), 0xb9, ...word(STACK_TOP), 0x0f, 0x35, 0x0f, 0x34];
  return { cs: CODE0, code: [...code, ...ending] };
}

/** Instructions for ring 0, from either ring; ports under IOPL and the permission bits. */
function privileged(random: Random, ring: number): Part {
  const registers = registersOf(random);
  registers[EDX] = random.pick([0xe0, 0xe1, 0xe3, 0xec, 0xee, 0xef, 0xfc, 0xfd, 0xfe, 0xff]);
  registers[EBX] = WINDOW;
  registers[EDI] = WINDOW;
  registers[ESI] = WINDOW;
  registers[ECX] = 0x174;
  const ports = [[0xec], [0xed], [0x66, 0xed], [0xee], [0xef], [0x66, 0xef], [0xe4, 0xe0], [0xe5, 0xfd], [0x6c], [0x6d], [0x66, 0x6d], [0x6e], [0x66, 0x6f], [0xf3, 0x6c]];
  const forbidden = [[0xf4], [0x0f, 0x01, 0x13], [0x0f, 0x01, 0x1b], [0x0f, 0x00, 0xd0], [0x0f, 0x00, 0xd8], [0x0f, 0x20, 0xc0], [0x0f, 0x22, 0xd8], [0x0f, 0x06], [0x0f, 0x09], [0x0f, 0x30], [0x0f, 0x32], [0x0f, 0x01, 0x3b], [0x0f, 0x01, 0xf0]];
  const both = [[0xfa, 0xfb], [0xfa], [0x0f, 0x20, 0xc8], [0x0f, 0x22, 0xe8], [0x0f, 0x06], [0x0f, 0x00, 0xc0], [0x0f, 0x00, 0xc8], [0x0f, 0x01, 0xe0], [0x9c, 0x58], [0x9d]];
  return { registers, code: random.pick(random.oneIn(2) ? ports : ring === 3 ? [...forbidden, ...both] : both) };
}

/** LLDT and LTR with any selector, of system descriptors of any type. */
function systemSegments(random: Random): Part {
  const registers = registersOf(random);
  registers[EAX] = selector(random) & (random.oneIn(2) ? ~3 : ~0);
  const descriptors = [0, 1, 2, 3].flatMap(() => encode({ base: random.word(), limit: random.below(0x10_0000), rights: random.pick([0x82, 0x89, 0x8b, 0x81, 0x02, 0x09, random.below(256)]), bits: random.pick([0, 8]) }));
  return { cs: CODE0, registers, descriptors, code: [0x0f, 0x00, random.pick([0xd0, 0xd8]), 0x0f, 0x00, random.pick([0xc2, 0xca])] };
}

/** An IDT cut short before a fault: what cannot be delivered becomes another fault, then #DF, whose gate is kept. */
function doubleFault(random: Random): Part {
  const window = Uint8Array.from({ length: WINDOW_BYTES }, () => random.word());
  window.set([...half(random.pick([0x47, 0x47, 0x57, 0x5f, 0x67, 0x6f, 0x6a, 0x77])), ...word(IDT)]);
  const registers = registersOf(random);
  registers[EBX] = random.pick([TEST, 0x1000, WINDOW]);
  const faulting = random.pick([[0x8b, 0x03], [0x0f, 0x0b], [0xcd, 0x60], [0xcc], [0x8e, 0xe0], [0x31, 0xc9, 0xf7, 0xf1], [0x0f, 0x22, 0xe8], [0xea, ...word(STUB), ...half(selector(random))]]);
  return { cs: CODE0, registers, window, code: [0x0f, 0x01, 0x1d, ...word(WINDOW), ...faulting] };
}

/** Accesses of every size at any address, or a stack instruction, with alignment checked or not. */
function alignment(random: Random): Part {
  const registers = registersOf(random);
  [EBX, ESI, EDI].forEach((register) => { registers[register] = WINDOW + random.below(WINDOW_BYTES - 8); });
  registers[ESP] = STACK_TOP - random.below(8);
  registers[EBP] = STACK_TOP + random.below(8);
  registers[ECX] = random.below(4);
  const strings = [[0xa5], [0xf3, 0xa4], [0x66, 0xf3, 0xa5], [0xaf], [0xa7], [0xab]];
  const stacks = [[0x50], [0x66, 0x50], [0x58], [0x60], [0x61], [0x9c], [0xc9], [0xc8, 4, 0, 1], [0xe8, 0, 0, 0, 0], [0xc3], [0x0f, 0xc7, 0x0b], [0x62, 0x13], [0xc4, 0x13], [0x0f, 0x01, 0x03], [0x0f, 0xa3, 0x13], [0xff, 0x23], [0xff, 0x1b]];
  return { registers, cs: CODE3, code: random.pick([[...access(random), ...access(random)], random.pick(strings), random.pick(stacks)]), eflags: 2 | (random.oneIn(8) ? 0 : EFLAGS_AC), cr0: CR0 | (random.oneIn(8) ? 0 : CR0_AM) };
}

/** Bytes that are no instruction, behind any prefixes; now and then more than 15 of them. */
function undefinedOpcode(random: Random): Part {
  for (;;) {
    const prefixes = Array.from({ length: random.oneIn(20) ? 14 : random.below(3) }, () => random.pick([0x66, 0x67, 0xf0, 0xf2, 0xf3, 0x2e, 0x64]));
    const code = [...prefixes, ...(random.oneIn(3) ? [] : [0x0f]), ...Array.from({ length: 8 }, () => random.below(256))];
    const decoded = decode(Uint8Array.from(code), 32);
    if (decoded.kind === 'too-long' || (decoded.kind === 'invalid' && decoded.lengthBytes > 0)) return { code };
  }
}

const KINDS: Readonly<Record<string, Kind>> = {
  'segment load': segmentLoad, 'stack limit': stackLimit, paging, gate, 'interrupt return': interruptReturn, 'far transfer': farTransfer,
  'fast system call': fastSystemCall, privileged, 'system segments': systemSegments, 'double fault': doubleFault, alignment, 'undefined opcode': undefinedOpcode, ...GATE_KINDS,
};
