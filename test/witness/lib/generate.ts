// Random instruction cases for the differential test: random bytes behind every opcode, those kept that decode to something this core
// executes, with registers bent so that memory operands mostly lie in the window. Protection cases are in generate-faults.ts.

import { decode } from '../../../core/isa/decoder.ts';
import { disassemble } from '../../../core/isa/disassembler.ts';
import { IMMEDIATE, MEMORY, NO_REGISTER, REGISTER, RELATIVE, type Insn } from '../../../core/isa/insn.ts';
import type { Op } from '../../../core/isa/opcode-index.ts';
import { SEMANTICS } from '../../../core/cpu/semantics/table.ts';
import { SIMD } from '../../../core/cpu/semantics/simd.ts';
import { unsupported } from '../../../core/cpu/semantics/unsupported.ts';
import { CODE, CODE_BYTES, CR0, CR0_WP, OTHER_STACK, STUB, WINDOW, WINDOW_BYTES, type Case } from './case.ts';
import { CODE3, DATA1, DATA2, DATA3, TEST_SELECTOR, TSS } from './case-world.ts';
import type { Random } from './random.ts';
import { undefinedFlags } from './undefined-flags.ts';

const EAX = 0, ECX = 1, EDX = 2, EBX = 3, ESP = 4, EBP = 5, ESI = 6, EDI = 7;
const TF = 0x100;
/** D/B of a segment, in the upper word of its descriptor. */
const BIG = 0x40_0000;
/** 16-bit code of ring 3 whose base is CODE, and the selector of a stack of the case's own. */
const CODE16 = (TEST_SELECTOR + 8) | 3, STACK = (TEST_SELECTOR + 16) | 3, CODE16_DESCRIPTOR = [0xffff, 0xfb40];
const PREFIXES = [0x66, 0x66, 0x66, 0x67, 0xf2, 0xf3, 0xf0, 0x26, 0x2e, 0x36, 0x3e, 0x64, 0x65];
/** Left out: what depends on the processor model, on time or on devices; what ends elsewhere than at a result; x87, MMX and SSE. */
const LEFT_OUT: ReadonlySet<Op> = new Set<Op>(['cpuid', 'rdtsc', 'in', 'out', 'ins', 'outs', 'sysenter', 'sysexit', 'iret', 'retFar', 'jmpFar', 'callFar', 'x87', 'fwait']);
/** Every third piece is one of these, so that what compilers lean on comes often: strings, LOCK, bits, double shifts, exchanges, conditions. */
const FOCUS: readonly (readonly (readonly number[])[])[] = [
  [[0xf2], [0xf3], [0xf3], []], // REP and opcodes of strings
  [[0xa4], [0xa5], [0xa6], [0xa7], [0xaa], [0xab], [0xac], [0xad], [0xae], [0xaf]],
  [[0xf0], [0xf0], []], // LOCK and what may have it
  [[0x00], [0x01], [0x09], [0x11], [0x19], [0x21], [0x29], [0x31], [0x80], [0x81], [0x83], [0x86], [0x87], [0xf6], [0xf7], [0xfe], [0xff],
    [0x0f, 0xab], [0x0f, 0xb3], [0x0f, 0xbb], [0x0f, 0xba], [0x0f, 0xb0], [0x0f, 0xb1], [0x0f, 0xc0], [0x0f, 0xc1], [0x0f, 0xc7]],
  [[]],
  [[0x0f, 0xa3], [0x0f, 0xab], [0x0f, 0xb3], [0x0f, 0xba], [0x0f, 0xbb], [0x0f, 0xbc], [0x0f, 0xbd], [0x0f, 0xa4], [0x0f, 0xa5], [0x0f, 0xac], [0x0f, 0xad], [0x0f, 0xaf], [0x69], [0x6b],
    [0xc0], [0xc1], [0xd0], [0xd1], [0xd2], [0xd3], [0x0f, 0xb6], [0x0f, 0xb7], [0x0f, 0xbe], [0x0f, 0xbf], [0x0f, 0x44], [0x0f, 0x4d], [0x0f, 0x92], [0x0f, 0x9f], [0x0f, 0xc8], [0xd7], [0x98], [0x99]],
];
const STRINGS: ReadonlySet<Op> = new Set<Op>(['movs', 'stos', 'lods', 'cmps', 'scas']);

interface Draft { registers: number[]; window: Uint8Array; base: number; has16: boolean }
export type CodeBits = 16 | 32;
interface Piece { readonly bytes: number[]; readonly insn: Insn }

/** One random instruction case, in ring 3: one instruction, or one behind others that leave no flag undefined. */
export function instructionCase(random: Random, bits: CodeBits): Case {
  const window = Uint8Array.from({ length: WINDOW_BYTES }, () => random.word());
  if (random.oneIn(3)) new DataView(window.buffer).setInt32(random.below(WINDOW_BYTES - 4), STUB, true);
  const draft: Draft = { registers: Array.from({ length: 8 }, () => (random.oneIn(20) ? STUB : random.word())), window, base: 0, has16: false };
  draft.registers[ESP] = WINDOW + 64 + random.below(8) - 4 * random.below(2);
  if (!random.oneIn(5)) draft.registers[EBP] = WINDOW + random.below(WINDOW_BYTES);

  const pieces = [piece(random, bits)];
  if (random.oneIn(3)) for (let more = random.below(2); more >= 0; more -= 1) pieces.unshift(definedPiece(random, bits));
  for (const one of pieces) aim(random, draft, one);
  const last = pieces.at(-1)!.insn;
  const count = pieces.length > 1 && last.source.kind === REGISTER ? null : countOf(last, draft.registers);
  const code = pieces.flatMap((one) => one.bytes);
  const is16 = draft.has16 && !random.oneIn(8);
  const codeBase = bits === 16 ? CODE : 0;
  const stack = is16 && random.oneIn(2) ? segmentedStack(random, draft) : null;
  return {
    name: `${pieces.map((one) => textOf(one, bits)).join(' | ')}${bits === 16 ? ' in 16-bit code' : ''}`, registers: draft.registers.map((value) => value | 0),
    eip: (random.oneIn(10) ? CODE + 0x1000 - 1 - random.below(code.length) : CODE + random.below(16)) - codeBase, cs: bits === 16 ? CODE16 : CODE3, codeBase, ss: stack === null ? DATA3 : STACK, data: is16 ? TEST_SELECTOR | 3 : DATA3,
    eflags: 2 | (random.below(0x1000) & 0xcd5) | (random.oneIn(16) ? TF : 0) | (random.oneIn(8) ? 0x3000 : 0), cr0: CR0 | CR0_WP,
    pages: [0, 0, 0, 0, 0], descriptors: [...dataSegment(draft.base), ...CODE16_DESCRIPTOR, ...(stack ?? [0, 0]), 0, 0], gate: [0, 0], ports: -1, code, window, stacks: [OTHER_STACK, DATA1 | 1, OTHER_STACK, DATA2 | 2], tr: TSS,
    undefinedFlags: undefinedFlags(last, count),
  };
}

/** The same segment again as a stack, with a 16-bit or a 32-bit pointer; ESP becomes an offset in it, with anything above 16 bits where that is ignored. */
function segmentedStack(random: Random, draft: Draft): [number, number] {
  const [low, high] = dataSegment(draft.base);
  const isBig = random.oneIn(2);
  draft.registers[ESP] = ((WINDOW + 64 + 2 * random.below(4) - draft.base) & 0xffff) | (isBig ? 0 : random.word() & ~0xffff);
  return [low, isBig ? high : high & ~BIG];
}

function textOf({ bytes }: Piece, bits: CodeBits): string {
  const decoded = decode(Uint8Array.from(bytes), bits);
  return decoded.kind === 'insn' ? disassemble(decoded.insn, { ip: CODE }) : decoded.kind;
}

/** Base and 64-KiB limit of a writable ring-3 data segment, so that 16-bit addresses reach the window. */
function dataSegment(base: number): [number, number] {
  return [((base & 0xffff) << 16) | 0xffff, ((base & 0xff00_0000) | 0x40_f300 | ((base >>> 16) & 0xff)) | 0];
}

function piece(random: Random, bits: CodeBits): Piece {
  for (;;) {
    const bytes = [...prefixes(random), ...opcode(random), ...Array.from({ length: 10 }, () => random.word() & 0xff)];
    const decoded = decode(Uint8Array.from(bytes), bits);
    if (decoded.kind === 'insn' && isWanted(random, decoded.insn)) return { bytes: bytes.slice(0, decoded.insn.lengthBytes), insn: decoded.insn };
  }
}

/** Any opcode, or one of FOCUS with its prefix. */
function opcode(random: Random): readonly number[] {
  if (!random.oneIn(3)) return random.oneIn(2) ? [0x0f, random.below(256)] : [random.below(256)];
  const group = 2 * random.below(FOCUS.length / 2);
  return [...random.pick(FOCUS[group]!), ...random.pick(FOCUS[group + 1]!)];
}

/** One to go before another: its flags are all defined, and so is what it pushes (case-deviations.ts: PUSH of a segment register). */
function definedPiece(random: Random, bits: CodeBits): Piece {
  for (;;) {
    const one = piece(random, bits);
    if (undefinedFlags(one.insn, null) === 0 && one.insn.destination.kind !== RELATIVE && one.insn.op !== 'popf' && one.insn.op !== 'pushSw') return one;
  }
}

function prefixes(random: Random): number[] {
  if (random.oneIn(500)) return new Array<number>(random.below(15)).fill(0x3e);
  const count = random.pick([0, 0, 0, 1, 1, 2]);
  return Array.from({ length: count }, () => random.pick(PREFIXES));
}

function isWanted(random: Random, insn: Insn): boolean {
  if (SEMANTICS[insn.op] === unsupported || LEFT_OUT.has(insn.op) || insn.op in SIMD || insn.lengthBytes > CODE_BYTES / 4) return false;
  // backwards is for ever; a short way forward stays inside the case
  if (insn.destination.kind === RELATIVE && Math.abs(insn.immediate - 16) > 16 && Math.abs(insn.immediate) < 0x10_0000) return false;
  // SDM 2A "BSWAP—Byte Swap": undefined with 16 bits
  if (insn.op === 'bswap') return insn.operandSize === 32;
  if (insn.op === 'enter') return insn.immediate < 64 || random.oneIn(20);
  // SDM 2 "SHLD": a count above the operand's size leaves the result undefined; by CL see aim()
  if ((insn.op === 'shld' || insn.op === 'shrd') && insn.third.kind === IMMEDIATE && insn.operandSize === 16) return (insn.immediate & 31) <= 16;
  return true;
}

/** The count of a shift or rotate, unmasked. */
function countOf(insn: Insn, registers: readonly number[]): number {
  const operand = insn.op === 'shld' || insn.op === 'shrd' ? insn.third : insn.source;
  return operand.kind === IMMEDIATE ? insn.immediate : registers[ECX]! & 0xff;
}

/** Bends the registers so that the instruction mostly does something worth comparing. */
function aim(random: Random, draft: Draft, { insn, bytes }: Piece): void {
  const { registers } = draft;
  if (insn.addressSize === 16) draft.has16 = true;
  if ((insn.op === 'shld' || insn.op === 'shrd') && insn.third.kind === REGISTER) registers[ECX] = (registers[ECX]! & ~31) | random.below(insn.operandSize === 16 ? 17 : 32);
  if (random.oneIn(2) && (insn.op === 'div' || insn.op === 'idiv')) registers[EDX] = random.pick([0, 1, -1, random.below(0x1_0000)]);
  if (['bt', 'bts', 'btr', 'btc'].includes(insn.op) && insn.source.kind === REGISTER && !random.oneIn(8)) registers[insn.source.register & 7] = random.below(512) - 256;
  if (STRINGS.has(insn.op)) aimString(random, draft, insn);
  else if (insn.op === 'xlat') registers[EBX] = WINDOW + random.below(WINDOW_BYTES) - (registers[EAX]! & 0xff);
  else if (insn.op !== 'lea' && [insn.destination, insn.source].some((operand) => operand.kind === MEMORY) && !random.oneIn(12)) aimMemory(random, draft, { insn, bytes });
  if (insn.op === 'cmpxchg' && random.oneIn(2) && insn.destination.kind === REGISTER) registers[EAX] = registers[insn.destination.register & 7]!;
}

function aimString(random: Random, draft: Draft, insn: Insn): void {
  const { registers } = draft;
  if (insn.repeat !== 0) registers[ECX] = random.oneIn(10) ? random.word() : (insn.addressSize === 16 ? random.word() & ~0xffff : 0) | random.below(9);
  registers[ESI] = WINDOW + random.below(WINDOW_BYTES);
  registers[EDI] = WINDOW + random.below(WINDOW_BYTES);
  if (insn.addressSize === 16) draft.base = WINDOW - (registers[ESI] & 0xffff) + random.below(64);
}

function aimMemory(random: Random, draft: Draft, { insn, bytes }: Piece): void {
  const { registers } = draft;
  const target = WINDOW + random.below(WINDOW_BYTES - 4);
  const index = insn.index === NO_REGISTER ? 0 : registers[insn.index]! << insn.scale;
  const offset = (insn.base === NO_REGISTER ? 0 : registers[insn.base]!) + index + insn.displacement;
  if (insn.addressSize === 16) draft.base = target - (offset & 0xffff);
  else if (insn.base !== NO_REGISTER && insn.base !== ESP && insn.base !== insn.index) registers[insn.base] = target - index - insn.displacement;
  else if (insn.base === NO_REGISTER && insn.index === NO_REGISTER) patchDisplacement(bytes, insn.displacement, target);
  const accumulates = insn.op === 'cmpxchg' || insn.op === 'cmpxchg8b';
  const at = target - WINDOW;
  if (!accumulates || random.oneIn(2) || at + 8 > WINDOW_BYTES) return;
  const view = new DataView(draft.window.buffer);
  if (insn.base !== EAX) registers[EAX] = view.getInt32(at, true);
  if (insn.op === 'cmpxchg8b' && insn.base !== EDX) registers[EDX] = view.getInt32(at + 4, true);
}

/** Replaces a 32-bit displacement without registers: it is the last such word in the bytes but for an immediate of the same value. */
function patchDisplacement(bytes: number[], displacement: number, target: number): void {
  const view = new DataView(Uint8Array.from(bytes).buffer);
  for (let at = 1; at + 4 <= bytes.length; at += 1) {
    if (view.getInt32(at, true) !== displacement) continue;
    view.setInt32(at, target, true);
    bytes.splice(0, bytes.length, ...new Uint8Array(view.buffer));
    return;
  }
}
