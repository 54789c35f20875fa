// Faulting states of real-address and virtual-8086 mode: accesses and stacks at the ends of their 64 KBytes, interrupts under short tables, far
// transfers, instructions that do not exist there; and of virtual-8086 mode IOPL, its extensions, ports.

import { decode } from '../../../core/isa/decoder.ts';
import { CR0, EFLAGS_VM, LOW_CODE, LOW_STUB, LOW_WINDOW, OTHER_STACK, WINDOW_BYTES, type Case, type Patch } from './case.ts';
import { BITMAP_OFFSET, DATA1, DATA2, LOW_TABLE, PRESENT, REAL_DATA, TSS, TSS_AT, USER, WRITABLE } from './case-world.ts';
import { EAX, EBP, EBX, ECX, EDI, EDX, ESI, ESP, half, undefinedOf, word, type Part } from './fault-parts.ts';
import type { Random } from './random.ts';
import { VIRTUAL_PAGES } from './settings.ts';

export type LowMode = 'real' | 'virtual';
type LowKind = (random: Random, mode: LowMode) => Part;

const CODE_SEGMENT = LOW_CODE >> 4, WINDOW_SEGMENT = LOW_WINDOW >> 4;
/** Its last bytes, at FFFF, are in the middle of the window; its first lie behind the code. */
const EDGE = LOW_WINDOW + 64 - 0x1_0000, EDGE_SEGMENT = EDGE >> 4;
const VECTORS = 0x62, HLT = 0xf4;
const CR4_VME = 1, VIF = 0x8_0000, VIP = 0x10_0000;

/** One random faulting state of the mode. */
export function lowCase(random: Random, mode: LowMode): Case {
  const kinds = mode === 'real' ? REAL_KINDS : VIRTUAL_KINDS;
  const kind = random.pick(Object.keys(kinds));
  const { patches = [], code, eflags = 2 | (random.below(0x1000) & 0xcd5 & ~0x100) | (random.oneIn(8) ? 0x4000 : 0), ...part } = kinds[kind]!(random, mode);
  const isVirtual = mode === 'virtual';
  return {
    name: `${kind} in ${mode === 'real' ? 'real-address' : 'virtual-8086'} mode`, registers: lowRegisters(random), eip: random.below(16), cs: CODE_SEGMENT, codeBase: LOW_CODE, ss: LOW_WINDOW - 0xfc0 >> 4, data: 0, isLow: true,
    segments: [WINDOW_SEGMENT, WINDOW_SEGMENT, WINDOW_SEGMENT, WINDOW_SEGMENT], limits: [REAL_DATA, REAL_DATA, REAL_DATA, REAL_DATA, REAL_DATA], cr0: isVirtual ? CR0 : 0x10, ...(isVirtual ? {} : { entry: 'real' as const }),
    eflags: eflags | (isVirtual ? EFLAGS_VM | iopl(random) : iopl(random)), pages: [0, 0, 0, 0, 0], descriptors: [0, 0, 0, 0, 0, 0, 0, 0], gate: [0, 0], ports: random.word(),
    window: Uint8Array.from({ length: WINDOW_BYTES }, () => random.word()), undefinedFlags: undefinedOf(code), code, stacks: [OTHER_STACK, DATA1 | 1, OTHER_STACK, DATA2 | 2], tr: TSS,
    watches: [{ name: 'edge', at: EDGE, words: 8 }], patches: [...(isVirtual ? VIRTUAL_PAGES : []), ...patches], ...part,
  };
}

const iopl = (random: Random): number => random.pick([0x3000, 0x3000, 0x3000, 0x2000, 0x1000, 0]);

function lowRegisters(random: Random): number[] {
  return Array.from({ length: 8 }, (_, index) => (index === ESP ? 0x1000 | (random.oneIn(2) ? 0 : random.word() & ~0xffff) : random.word()));
}

const atEdge = (random: Random): number => random.oneIn(2) ? 0x1_0000 - random.below(18) : random.below(12);
/** A prefix or none. */
const maybe = (random: Random, prefix: number): number[] => (random.oneIn(2) ? [prefix] : []);

/** Accesses of every size around offsets FFFF and 0, with 16-bit and 32-bit addresses. */
const edge: LowKind = (random, mode) => {
  const registers = lowRegisters(random);
  [EBX, ESI, EDI].forEach((register) => { registers[register] = (atEdge(random) & 0xffff) | (random.oneIn(3) ? 0 : random.word() & ~0xffff); });
  registers[ECX] = random.below(6);
  registers[EAX] = random.word() & ~0xff;
  const one = random.pick([[0x8b, 0x17], [0x89, 0x17], [0x8a, 0x17], [0x88, 0x17], [0x01, 0x17], [0x87, 0x17], [0x0f, 0xb7, 0x17], [0x0f, 0x92, 0x07], [0x8f, 0x07], [0xff, 0x37], [0x0f, 0xb1, 0x17], [0x0f, 0xc1, 0x17], [0xf7, 0x17],
    [0x62, 0x17], [0xc4, 0x17], [0xc5, 0x17], [0x0f, 0xb4, 0x17], [0x0f, 0xb5, 0x17], [0x0f, 0xc7, 0x0f], [0x8c, 0x1f], [0x0f, 0x01, 0x07], [0x0f, 0x01, 0x0f], [0xd7], [0x0f, 0xab, 0x17], [0x0f, 0xa4, 0x17, 5], ...(mode === 'virtual' ? [[0xff, 0x1f], [0xff, 0x2f]] : []),
    [0xf3, 0xa4], [0xf3, 0xa5], [0xa5], [0xa7], [0xf3, 0xa6], [0xf2, 0xaf], [0xad], [0xab], [0xf3, 0xab]]);
  return { registers, segments: [EDGE_SEGMENT, EDGE_SEGMENT, EDGE_SEGMENT, EDGE_SEGMENT], code: [...maybe(random, 0x66), ...(random.oneIn(3) ? [0x67] : []), ...one] };
};

/** Pushes, pops, calls and frames with SP near both ends of the stack segment. */
const stackEdge: LowKind = (random) => {
  const registers = lowRegisters(random);
  registers[ESP] = (atEdge(random) & 0xffff) | (random.oneIn(2) ? 0 : random.word() & ~0xffff);
  registers[EBP] = (atEdge(random) & 0xffff) | (random.oneIn(2) ? 0 : random.word() & ~0xffff);
  registers[EBX] = 8;
  const one = random.pick([[0x50], [0x58], [0x60], [0x61], [0x9c], [0x9d], [0xc9], [0xc8, random.below(8), 0, random.below(4)], [0xe8, 0, 0], [0x6a, 5], [0xff, 0x37], [0x8f, 0x07], [0x8b, 0x46, 0], [0x89, 0x46, 0], [0x1e], [0x1f],
    [0x9a, ...half(0), ...half(LOW_STUB >> 4)], [0x0f, 0xa0], [0x06]]);
  return { registers, ss: EDGE_SEGMENT, code: [...maybe(random, 0x66), ...one] };
};

/** INT n, INT3, INTO and what faults, under tables of every length. */
const interrupt: LowKind = (random, mode) => {
  const limit = random.pick([0x3ff, 0x107, 0x106, 0x104, 0x3f, 0x37, 0x35, 0x34, 0x33, 0x23, 0x22, 0x1b, 0x17, 3]);
  const registers = lowRegisters(random);
  registers[EBX] = random.below(WINDOW_BYTES);
  const one = random.pick([[0xcd, random.below(VECTORS)], [0xcd, random.below(32)], [0xcc], [0xce], [0x31, 0xc9, 0xf7, 0xf1], [0xd4, 0], [0x62, 0x07], [0x0f, 0x0b], [0xf0, 0x90], [0x8b, 0x9f, 0xff, 0xff], [0x8e, 0xc8], [0xf1]]);
  return { registers, code: one, ...(mode === 'real' && random.oneIn(2) ? { idtr: [limit, 0] as const } : {}) };
};

/** JMP, CALL, RET and IRET far, of both operand sizes, to places that lead to the end of the case or nowhere. */
const farTransfer: LowKind = (random) => {
  const segment = LOW_STUB >> 4, back = random.pick([0, 0x10, 0x200]);
  const offset = (back << 4) + (random.oneIn(6) ? 0x1_0000 : 0), selector = segment - back;
  const target = [...half(offset), ...half(selector)], target32 = [...word(offset), ...half(selector)];
  const window = Uint8Array.from({ length: WINDOW_BYTES }, () => random.word());
  window.set(target, 8);
  window.set(target32, 16);
  const push16 = (value: number): number[] => [0x68, ...half(value)], push32 = (value: number): number[] => [0x66, 0x68, ...word(value)];
  const flags = random.word() & 0x7ed7 & ~0x100, flags32 = flags | (random.word() & 0x3f_0000);
  return { window, code: random.pick([
    [0xea, ...target], [0x9a, ...target], [0x66, 0xea, ...target32], [0x66, 0x9a, ...target32], [0xff, 0x2e, 8, 0], [0xff, 0x1e, 8, 0], [0x66, 0xff, 0x2e, 16, 0], [0x66, 0xff, 0x1e, 16, 0],
    [...push16(selector), ...push16(offset), 0xcb], [...push16(selector), ...push16(offset), 0xca, random.below(16), 0], [...push32(selector), ...push32(offset), 0x66, 0xcb], [...push32(selector), ...push32(offset), 0x66, 0xca, 4, 0],
    [...push16(flags), ...push16(selector), ...push16(offset), 0xcf], [...push16(flags), ...push16(selector), ...push16(offset), 0xcf], [...push32(flags32), ...push32(selector), ...push32(offset), 0x66, 0xcf],
  ]) };
};

/** Instructions that are not recognized, or not allowed, or act on control registers. */
const system: LowKind = (random, mode) => {
  const registers = lowRegisters(random);
  registers[EBX] = 8;
  registers[EAX] = (registers[EAX]! & ~0xffff) | WINDOW_SEGMENT;
  const modrm = random.pick([0xc0, 0x07]);
  const refused = [[0x63, 0xc8], [0x63, 0x07], [0x0f, 0x02, 0xc8], [0x0f, 0x03, 0x0f], ...[0, 1, 2, 3, 4, 5].map((group) => [0x0f, 0x00, modrm | (group << 3)]), [0x0f, 0x35], [0x0f, 0x34], [0xf0, 0x8b, 0x07], [0xf0, 0x01, 0xc8], [0x0f, 0x22, 0xe8], [0x0f, 0x20, 0xc8]];
  const allowed = [[0x0f, 0x01, 0xe0 | random.below(8)], [0x0f, 0x01, 0x27], [0x0f, 0x01, 0x07], [0x0f, 0x01, 0x0f], [0x0f, 0x06], [0x0f, 0x20, 0xc0], [0x0f, 0x20, 0xd0], [0x0f, 0x01, 0x3f], [0xfa], [0xfb], [0x9c, 0x58], [0x66, 0x9c, 0x66, 0x58], [0x9d], [0x66, 0x9d]];
  const privileged = [[0xf4], [0x0f, 0x01, 0x17], [0x0f, 0x01, 0x1f], [0x0f, 0x01, 0xf0], [0x0f, 0x30], [0x0f, 0x32], [0x0f, 0x09], [0x0f, 0x08], [0x0f, 0x22, 0xc0], [0x0f, 0x22, 0xd8], [0x0f, 0x21, 0xf8], [0x0f, 0x23, 0xc0]];
  return { registers, code: random.pick([...refused, ...allowed, ...(mode === 'virtual' ? privileged : [])]) };
};

/** Bytes that are no instruction. */
const undefinedOpcode: LowKind = (random) => {
  for (;;) {
    const prefixes = Array.from({ length: random.oneIn(10) ? 14 : random.below(3) }, () => random.pick([0x66, 0x67, 0xf0, 0xf2, 0xf3, 0x2e, 0x64]));
    const code = [...prefixes, ...(random.oneIn(3) ? [] : [0x0f]), ...Array.from({ length: 8 }, () => random.below(256))];
    const decoded = decode(Uint8Array.from(code), 16);
    if (decoded.kind === 'too-long' || (decoded.kind === 'invalid' && decoded.lengthBytes > 0)) return { code };
  }
};

/** CLI, STI, PUSHF, POPF, INT n and IRET with every IOPL, with and without the extensions and a pending virtual interrupt. */
const flags: LowKind = (random) => {
  const push16 = (value: number): number[] => [0x68, ...half(value)], push32 = (value: number): number[] => [0x66, 0x68, ...word(value)];
  const image = random.word() & 0x7ed7 & ~0x100, image32 = image | (random.word() & 0x3f_0000), segment = LOW_STUB >> 4;
  const one = random.pick([[0xfa], [0xfb], [0x9c], [0x66, 0x9c], [...push16(image), 0x9d], [...push32(image32), 0x66, 0x9d], [0xcd, random.below(VECTORS)], [0xcd, random.below(VECTORS)], [0xcc], [0xce],
    [...push16(image), ...push16(segment), ...push16(0), 0xcf], [...push32(image32), ...push32(segment), ...push32(0), 0x66, 0xcf]]);
  const isExtended = !random.oneIn(3);
  return {
    code: [...one, 0x9c], cr4: isExtended ? 0x10 | CR4_VME : 0x10, eflags: 2 | (random.below(0x1000) & 0xcd5 & ~0x100) | iopl(random) | (random.oneIn(2) ? VIF : 0) | (random.oneIn(4) ? VIP : 0),
    patches: isExtended ? redirection(random) : [],
  };
};

/** The program's own vectors lead to HLT in the stub, or the map sends everything to the processor's. */
function redirection(random: Random): Patch[] {
  const map = Array.from({ length: 32 }, () => random.pick([0, 0xff, random.below(256)]));
  return [
    { at: TSS_AT + BITMAP_OFFSET - 32, bytes: map }, { at: LOW_STUB, bytes: [HLT, HLT, HLT, HLT] }, { at: LOW_TABLE, bytes: word(PRESENT | WRITABLE | USER) },
    { at: 0, bytes: Array.from({ length: VECTORS }, () => [...half(0), ...half(LOW_STUB >> 4)]).flat() },
  ];
}

/** Ports under the permission bits. */
const ports: LowKind = (random) => {
  const registers = lowRegisters(random);
  registers[EDX] = random.pick([0xe0, 0xe1, 0xe3, 0xec, 0xee, 0xef, 0xfc, 0xfd, 0xfe, 0xff]);
  registers[EDI] = registers[ESI] = random.below(WINDOW_BYTES);
  registers[ECX] = random.below(3);
  return { registers, code: random.pick([[0xec], [0xed], [0x66, 0xed], [0xee], [0xef], [0x66, 0xef], [0xe4, 0xe0], [0xe5, 0xfd], [0x6c], [0x6d], [0x66, 0x6d], [0x6e], [0x66, 0x6f], [0xf3, 0x6c], [0xf3, 0x6e]]) };
};

/** Pages of code, window and stack that are not there, or not for ring 3, or not writable. */
const paging: LowKind = (random, mode) => {
  const bits = (): number => (random.oneIn(5) ? 0 : PRESENT) | random.pick([0, WRITABLE, WRITABLE]) | (random.oneIn(4) ? 0 : USER);
  const first = LOW_WINDOW >> 12;
  const table = [first, first + 1].flatMap((page) => word((page << 12) | bits()));
  const part = random.pick([edge, stackEdge, farTransfer, interrupt])(random, mode);
  return { ...part, patches: [...(part.patches ?? []), { at: LOW_TABLE + 4 * first, bytes: table }], watches: [{ name: 'page', at: LOW_TABLE + 4 * first, words: 2 }, { name: 'codePage', at: LOW_TABLE + 4 * (LOW_CODE >> 12), words: 3 }] };
};

const REAL_KINDS: Readonly<Record<string, LowKind>> = { edge, 'stack edge': stackEdge, interrupt, 'far transfer': farTransfer, system, 'undefined opcode': undefinedOpcode };
const VIRTUAL_KINDS: Readonly<Record<string, LowKind>> = { ...REAL_KINDS, flags, ports, paging };
