// One decoded instruction as a plain object, made once by the decoder and kept in decoded blocks.
// All Insn objects have the same fields in the same order, so that semantics stay monomorphic. Nothing here executes.
import type { Op } from './opcode-index.ts';

/** Width of addresses, operands or code: 16, 32 or 64 bits. */
export type BitWidth = 16 | 32 | 64;

/** What an operand is. Numbers, because semantics branch on them for every instruction. */
export const NO_OPERAND = 0;
/** General register; `register` 0..15 in encoding order, 20..23 for AH CH DH BH. */
export const REGISTER = 1;
/** Memory described by the instruction's segment, base, index, scale, displacement. */
export const MEMORY = 2;
/** The value in `insn.immediate`. */
export const IMMEDIATE = 3;
/** The value in `insn.secondImmediate` (ENTER's nesting level). */
export const SECOND_IMMEDIATE = 4;
/** A branch displacement in `insn.immediate`, relative to the next instruction. */
export const RELATIVE = 5;
/** selector:offset in `insn.secondImmediate` and `insn.immediate`. */
export const FAR_POINTER = 6;
export const SEGMENT_REGISTER = 7;
export const CONTROL_REGISTER = 8;
export const DEBUG_REGISTER = 9;
/** The string operand at DS:rSI (segment may be overridden). */
export const STRING_SOURCE = 10;
/** The string operand at ES:rDI. */
export const STRING_DESTINATION = 11;
export const MMX_REGISTER = 12;
export const XMM_REGISTER = 13;
export const X87_REGISTER = 14;
/** TR3 to TR7 of the i486. */
export const TEST_REGISTER = 15;
export type OperandKind = 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 | 10 | 11 | 12 | 13 | 14 | 15;

/** An operand. Shared between instructions; never modified. `sizeBits` is 0 where the manual gives none. */
export interface Operand {
  readonly kind: OperandKind;
  readonly sizeBits: number;
  readonly register: number;
}

/** REP prefixes. */
export const REPEAT_NONE = 0;
/** F3: REP, REPE, REPZ. */
export const REPEAT_EQUAL = 1;
/** F2: REPNE, REPNZ. */
export const REPEAT_NOT_EQUAL = 2;

/** No base or index register in a memory operand. */
export const NO_REGISTER = -1;
/** The base of a RIP-relative operand (64-bit mode). */
export const RIP_BASE = 16;

/** A decoded instruction. 32-bit fields are signed int32; registers are in encoding order. */
export interface Insn {
  readonly op: Op;
  /** The name a disassembler prints, without prefixes; the condition is included (`jne`). */
  readonly mnemonic: string;
  /** Width of the code segment it was decoded for. */
  readonly bits: BitWidth;
  readonly operandSize: BitWidth;
  readonly addressSize: BitWidth;
  readonly lengthBytes: number;
  /** The last opcode byte; its low four bits are the condition of Jcc, SETcc, CMOVcc. */
  readonly opcode: number;
  /** 0 one-byte, 1 0F, 2 0F 38, 3 0F 3A. */
  readonly opcodeMap: number;
  /** DEST of the manual's pseudo-code, or the only operand. */
  readonly destination: Operand;
  /** SRC. */
  readonly source: Operand;
  /** The third operand of IMUL, SHLD, SHRD. */
  readonly third: Operand;
  readonly lock: boolean;
  readonly repeat: 0 | 1 | 2;
  /** Segment register of the memory operand, defaults and override applied: 0..5 = ES CS SS DS FS GS. */
  readonly segment: number;
  /** The override prefix that applies, or -1. */
  readonly segmentOverride: number;
  /** ModRM fields as encoded, -1 without ModRM; REX extensions not included. */
  readonly mod: number;
  readonly reg: number;
  readonly rm: number;
  /** Memory operand: registers (NO_REGISTER when absent), shift count of the index, sign-extended displacement. */
  readonly base: number;
  readonly index: number;
  readonly scale: number;
  readonly displacement: number;
  /** Bits 63..32 of an absolute 64-bit offset (MOV with moffs64), otherwise the sign of `displacement`. */
  readonly displacementHigh: number;
  /** Low 32 bits of the immediate, sign-extended where the manual says so. */
  readonly immediate: number;
  readonly immediateHigh: number;
  readonly secondImmediate: number;
}
