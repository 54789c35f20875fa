// x87 and SSE registers as one row of u32 words, as the processor keeps them and a moment carries them, and the bits of their control words.
// SDM 1 "x87 FPU Execution Environment", "MXCSR Control and Status Register".

import { bits, flag, type BitField } from './bit-field.ts';

/** Words of one x87 data register: significand low, significand high, sign (bit 15) and exponent, unused. R0..R7 by physical number come first. */
export const X87_WORDS = 4, X87_COUNT = 8;
/** Words behind the data registers: control word, status word, tag word (two bits a physical register: 11 empty, otherwise in use; `fullTagWord` makes the manual's), last opcode, instruction and operand pointers with their selectors. */
export const FLOAT_CONTROL = X87_WORDS * X87_COUNT, FLOAT_STATUS = FLOAT_CONTROL + 1, FLOAT_TAG = FLOAT_CONTROL + 2, FLOAT_OPCODE = FLOAT_CONTROL + 3,
  FLOAT_IP = FLOAT_CONTROL + 4, FLOAT_CS = FLOAT_CONTROL + 5, FLOAT_DP = FLOAT_CONTROL + 6, FLOAT_DS = FLOAT_CONTROL + 7;
export const FLOAT_MXCSR = FLOAT_CONTROL + 8;
/** XMM0..XMM15, four words each, lowest first. */
export const FLOAT_XMM = FLOAT_CONTROL + 16, XMM_WORDS = 4, XMM_COUNT = 16;
export const FLOAT_WORDS = FLOAT_XMM + XMM_WORDS * XMM_COUNT;

const EXCEPTIONS = ['invalid operation', 'denormal operand', 'division by zero', 'overflow', 'underflow', 'inexact result'] as const;
const exceptions = (first: number, suffix: 'E' | 'M', say: (what: string) => string): BitField[] =>
  ['I', 'D', 'Z', 'O', 'U', 'P'].map((letter, index) => flag(first + index, `${letter}${suffix}`, say(EXCEPTIONS[index]!)));
const raised = (what: string): string => `${what} was met`;
const masked = (what: string): string => `${what} raises no exception`;

//  control word   11..10 RC   9..8 PC   5 PM 4 UM 3 OM 2 ZM 1 DM 0 IM
export const FPU_CONTROL_FIELDS: readonly BitField[] = [...exceptions(0, 'M', masked), bits(8, 2, 'PC', 'precision: 0 single, 2 double, 3 extended'), bits(10, 2, 'RC', 'rounding: 0 nearest, 1 down, 2 up, 3 to zero')];
//  status word    15 B   14 C3   13..11 TOP   10 C2 9 C1 8 C0   7 ES   6 SF   5 PE 4 UE 3 OE 2 ZE 1 DE 0 IE
export const FPU_STATUS_FIELDS: readonly BitField[] = [
  ...exceptions(0, 'E', raised), flag(6, 'SF', 'the invalid operation was a stack overflow or underflow'), flag(7, 'ES', 'an unmasked exception waits to be reported'),
  flag(8, 'C0', 'condition code 0'), flag(9, 'C1', 'condition code 1'), flag(10, 'C2', 'condition code 2'), bits(11, 3, 'TOP', 'the physical register that is ST0'), flag(14, 'C3', 'condition code 3'), flag(15, 'B', 'busy: the same as ES'),
];
//  MXCSR   15 FZ   14..13 RC   12 PM 11 UM 10 OM 9 ZM 8 DM 7 IM   6 DAZ   5 PE 4 UE 3 OE 2 ZE 1 DE 0 IE
export const MXCSR_FIELDS: readonly BitField[] = [
  ...exceptions(0, 'E', raised), flag(6, 'DAZ', 'denormal operands count as zero'), ...exceptions(7, 'M', masked),
  bits(13, 2, 'RC', 'rounding: 0 nearest, 1 down, 2 up, 3 to zero'), flag(15, 'FZ', 'tiny results become zero'),
];

const EMPTY = 3, VALID = 0, ZERO = 1, SPECIAL = 2, EXPONENT = 0x7fff;

/** What a register in use holds, as the tag word tells it: valid, zero, or special (denormal, infinity, NaN, unsupported). `at` is its first word. */
function tagOf(words: Uint32Array, at: number): number {
  const exponent = words[at + 2]! & EXPONENT, high = words[at + 1]!;
  if (exponent === 0) return words[at] === 0 && high === 0 ? ZERO : SPECIAL;
  return exponent === EXPONENT || high >>> 31 === 0 ? SPECIAL : VALID;
}

/** The tag word as FNSTENV stores it. The processor's own, `tag`, only tells empty registers (11) from the others. SDM 1 "x87 FPU Tag Word". */
export function fullTagWord(words: Uint32Array, tag: number): number {
  let full = 0;
  for (let register = 0; register < X87_COUNT; register += 1) {
    const shift = register * 2, isEmpty = ((tag >>> shift) & EMPTY) === EMPTY;
    full |= (isEmpty ? EMPTY : tagOf(words, register * X87_WORDS)) << shift;
  }
  return full;
}
