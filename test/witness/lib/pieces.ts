// One random instruction: random bytes behind every opcode, those kept that decode to something this core executes and the setting allows.

import { decode } from '../../../core/isa/decoder.ts';
import { disassemble } from '../../../core/isa/disassembler.ts';
import { IMMEDIATE, RELATIVE, SEGMENT_REGISTER, type Insn } from '../../../core/isa/insn.ts';
import { SEMANTICS } from '../../../core/cpu/semantics/table.ts';
import { SIMD } from '../../../core/cpu/semantics/simd.ts';
import { X87 } from '../../../core/cpu/semantics/x87.ts';
import { unsupported } from '../../../core/cpu/semantics/unsupported.ts';
import type { Random } from './random.ts';
import type { CodeBits, Setting } from './settings.ts';

const SS = 2, LONGEST = 15;
const PREFIXES = [0x66, 0x66, 0x66, 0x67, 0xf2, 0xf3, 0xf0, 0x26, 0x2e, 0x36, 0x3e, 0x64, 0x65];
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

export interface Piece { readonly bytes: number[]; readonly insn: Insn }

/** A random instruction that may stand there: `isLast` of its sequence, or before others. */
export function piece(random: Random, setting: Setting, isLast: boolean): Piece {
  for (;;) {
    const bytes = [...prefixes(random), ...opcode(random), ...Array.from({ length: 10 }, () => random.word() & 0xff)];
    const decoded = decode(Uint8Array.from(bytes), setting.bits);
    if (decoded.kind !== 'insn' || !isWanted(random, decoded.insn, setting)) continue;
    const { insn } = decoded;
    const one = { bytes: bytes.slice(0, insn.lengthBytes), insn };
    if (isLast ? isShortJump(insn) || insn.destination.kind !== RELATIVE || Math.abs(insn.immediate) >= 0x10_0000 : isForTheMiddle(one, setting)) return one;
  }
}

/** The text of an instruction, for people. */
export function textOf(bytes: readonly number[], bits: CodeBits): string {
  const decoded = decode(Uint8Array.from(bytes), bits);
  return decoded.kind === 'insn' ? disassemble(decoded.insn, { ip: 0 }) : decoded.kind;
}

/** A jump a short way forward stays inside the case; backwards is for ever. */
const isShortJump = ({ destination, immediate }: Insn): boolean => destination.kind === RELATIVE && Math.abs(immediate - 16) <= 16;

/** Of jumps those of 8 bits, which are led over the next piece. PUSH of a segment register may leave half a slot (case-deviations.ts). */
function isForTheMiddle({ insn }: Piece, { isOpen }: Setting): boolean {
  if (insn.destination.kind === RELATIVE) return insn.destination.sizeBits === 8;
  if (isOpen && (insn.destination.kind === SEGMENT_REGISTER || insn.op === 'popSw' || insn.op === 'loadFar')) return false;
  return !['popf', 'pushSw', 'jmp', 'call', 'ret', 'int', 'int3', 'ud'].includes(insn.op);
}

/** Any opcode, or one of FOCUS with its prefix. */
function opcode(random: Random): readonly number[] {
  if (!random.oneIn(3)) return random.oneIn(2) ? [0x0f, random.below(256)] : [random.below(256)];
  const group = 2 * random.below(FOCUS.length / 2);
  return [...random.pick(FOCUS[group]!), ...random.pick(FOCUS[group + 1]!)];
}

function prefixes(random: Random): number[] {
  if (random.oneIn(500)) return new Array<number>(random.below(LONGEST)).fill(0x3e);
  const count = random.pick([0, 0, 0, 1, 1, 2]);
  return Array.from({ length: count }, () => random.pick(PREFIXES));
}

function isWanted(random: Random, insn: Insn, { refuses, isOpen }: Setting): boolean {
  if (SEMANTICS[insn.op] === unsupported || refuses.has(insn.op) || insn.op in SIMD || insn.op in X87) return false;
  if (isOpen && ((insn.destination.kind === SEGMENT_REGISTER && insn.destination.register === SS) || insn.mnemonic === 'lss')) return false;
  if (isOpen && (insn.op === 'ret' || ((insn.op === 'jmp' || insn.op === 'call') && insn.destination.kind !== RELATIVE))) return false;
  // SDM 2A "BSWAP—Byte Swap": undefined with 16 bits
  if (insn.op === 'bswap') return insn.operandSize === 32;
  if (insn.op === 'enter') return insn.immediate < 64 || random.oneIn(20);
  // SDM 2 "SHLD": a count above the operand's size leaves the result undefined; by CL see aim.ts
  if ((insn.op === 'shld' || insn.op === 'shrd') && insn.third.kind === IMMEDIATE && insn.operandSize === 16) return (insn.immediate & 31) <= 16;
  return true;
}
