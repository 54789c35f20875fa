// Random instruction cases for the differential test: random bytes behind every opcode, those kept that decode to something this core
// executes, with registers bent so that memory operands mostly lie in the window. Protection cases are in generate-faults.ts.

import { decode } from '../../../core/isa/decoder.ts';
import { disassemble } from '../../../core/isa/disassembler.ts';
import { IMMEDIATE, MEMORY, NO_REGISTER, REGISTER, RELATIVE, type Insn } from '../../../core/isa/insn.ts';
import type { Op } from '../../../core/isa/opcode-index.ts';
import { SEMANTICS } from '../../../core/cpu/semantics/table.ts';
import { unsupported } from '../../../core/cpu/semantics/unsupported.ts';
import { CODE, CODE3, CODE_BYTES, CR0, CR0_WP, DATA1, DATA2, DATA3, OTHER_STACK, STUB, TEST_SELECTOR, TSS, WINDOW, WINDOW_BYTES, type Case } from './case.ts';
import type { Random } from './random.ts';
import { undefinedFlags } from './undefined-flags.ts';

const EAX = 0, ECX = 1, EDX = 2, EBX = 3, ESP = 4, EBP = 5, ESI = 6, EDI = 7;
const TF = 0x100;
const PREFIXES = [0x66, 0x66, 0x66, 0x67, 0xf2, 0xf3, 0xf0, 0x26, 0x2e, 0x36, 0x3e, 0x64, 0x65];
/** Left out: what depends on the processor model, on time or on devices; what ends elsewhere than at a result; x87. */
const LEFT_OUT: ReadonlySet<Op> = new Set<Op>(['cpuid', 'rdtsc', 'in', 'out', 'ins', 'outs', 'sysenter', 'sysexit', 'iret', 'retFar', 'jmpFar', 'callFar', 'x87', 'fwait']);
const STRINGS: ReadonlySet<Op> = new Set<Op>(['movs', 'stos', 'lods', 'cmps', 'scas']);

interface Draft { registers: number[]; window: Uint8Array; base: number; has16: boolean }
interface Piece { readonly bytes: number[]; readonly insn: Insn }

/** One random instruction case, in ring 3: one instruction, or one behind others that leave no flag undefined. */
export function instructionCase(random: Random): Case {
  const window = Uint8Array.from({ length: WINDOW_BYTES }, () => random.word());
  if (random.oneIn(3)) new DataView(window.buffer).setInt32(random.below(WINDOW_BYTES - 4), STUB, true);
  const draft: Draft = { registers: Array.from({ length: 8 }, () => (random.oneIn(20) ? STUB : random.word())), window, base: 0, has16: false };
  draft.registers[ESP] = WINDOW + 64 + random.below(8) - 4 * random.below(2);
  if (!random.oneIn(5)) draft.registers[EBP] = WINDOW + random.below(WINDOW_BYTES);

  const pieces = [piece(random)];
  if (random.oneIn(3)) for (let more = random.below(2); more >= 0; more -= 1) pieces.unshift(definedPiece(random));
  for (const one of pieces) aim(random, draft, one);
  const last = pieces.at(-1)!.insn;
  const count = pieces.length > 1 && last.source.kind === REGISTER ? null : countOf(last, draft.registers);
  const code = pieces.flatMap((one) => one.bytes);
  const is16 = draft.has16 && !random.oneIn(8);
  return {
    name: pieces.map(textOf).join(' | '), registers: draft.registers.map((value) => value | 0),
    eip: random.oneIn(10) ? CODE + 0x1000 - 1 - random.below(code.length) : CODE + random.below(16), cs: CODE3, ss: DATA3, data: is16 ? TEST_SELECTOR | 3 : DATA3,
    eflags: 2 | (random.below(0x1000) & 0xcd5) | (random.oneIn(16) ? TF : 0) | (random.oneIn(8) ? 0x3000 : 0), cr0: CR0 | CR0_WP,
    pages: [0, 0, 0, 0, 0], descriptors: [...dataSegment(draft.base), 0, 0, 0, 0, 0, 0], gate: [0, 0], ports: -1, code, window, stacks: [OTHER_STACK, DATA1 | 1, OTHER_STACK, DATA2 | 2], tr: TSS,
    undefinedFlags: undefinedFlags(last, count),
  };
}

function textOf({ bytes }: Piece): string {
  const decoded = decode(Uint8Array.from(bytes), 32);
  return decoded.kind === 'insn' ? disassemble(decoded.insn, { ip: CODE }) : decoded.kind;
}

/** Base and 64-KiB limit of a writable ring-3 data segment, so that 16-bit addresses reach the window. */
function dataSegment(base: number): [number, number] {
  return [((base & 0xffff) << 16) | 0xffff, ((base & 0xff00_0000) | 0x40_f300 | ((base >>> 16) & 0xff)) | 0];
}

function piece(random: Random): Piece {
  for (;;) {
    const bytes = [...prefixes(random), ...(random.oneIn(2) ? [0x0f, random.below(256)] : [random.below(256)]), ...Array.from({ length: 10 }, () => random.word() & 0xff)];
    const decoded = decode(Uint8Array.from(bytes), 32);
    if (decoded.kind === 'insn' && isWanted(random, decoded.insn)) return { bytes: bytes.slice(0, decoded.insn.lengthBytes), insn: decoded.insn };
  }
}

/** One to go before another: its flags are all defined, and so is what it pushes (case-deviations.ts: PUSH of a segment register). */
function definedPiece(random: Random): Piece {
  for (;;) {
    const one = piece(random);
    if (undefinedFlags(one.insn, null) === 0 && one.insn.destination.kind !== RELATIVE && one.insn.op !== 'popf' && one.insn.op !== 'pushSw') return one;
  }
}

function prefixes(random: Random): number[] {
  if (random.oneIn(500)) return new Array<number>(random.below(15)).fill(0x3e);
  const count = random.pick([0, 0, 0, 1, 1, 2]);
  return Array.from({ length: count }, () => random.pick(PREFIXES));
}

function isWanted(random: Random, insn: Insn): boolean {
  if (SEMANTICS[insn.op] === unsupported || LEFT_OUT.has(insn.op) || insn.lengthBytes > CODE_BYTES / 4) return false;
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
