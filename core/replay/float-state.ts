// The x87 and SSE registers of a moment as rows to show. Their words: core/arch/float-file.ts. Values are shown exactly in hexadecimal; the
// decimal beside them is rounded to what a double holds and says so.

import {
  FLOAT_CONTROL, FLOAT_CS, FLOAT_DP, FLOAT_DS, FLOAT_IP, FLOAT_MXCSR, FLOAT_OPCODE, FLOAT_STATUS, FLOAT_TAG, FLOAT_XMM, FPU_CONTROL_FIELDS, FPU_STATUS_FIELDS, fullTagWord, MXCSR_FIELDS,
  X87_COUNT, X87_WORDS, XMM_WORDS,
} from '../arch/float-file.ts';
import type { BitField } from '../arch/bit-field.ts';
import { joinU64 } from '../base/u64.ts';
import { bitRow, type BitRow } from './state.ts';

const TAGS = ['valid', 'zero', 'special', 'empty'] as const;
const EXPONENT_BIAS = 16383, EXPONENT_MAX = 0x7fff, SIGNIFICAND_BITS = 63;
const INTEGER_BIT = 1n << 63n, XMM_SHOWN = 8;

/** One x87 stack register. `hex`: sign and exponent, then the significand. `decimal`: about how much that is, or what it is (`-infinity`, `NaN`). */
export interface StackRow { readonly name: string; readonly physical: number; readonly tag: (typeof TAGS)[number]; readonly hex: string; readonly decimal: string }
export interface ControlRow { readonly name: string; readonly hex: string; readonly bits: readonly BitRow[] }
export interface FloatView {
  readonly stack: readonly StackRow[];
  /** FCW, FSW, FTW, MXCSR. */
  readonly control: readonly ControlRow[];
  /** Where the last x87 instruction that is not a control instruction lay, and its memory operand: `0x8:0x1000`. */
  readonly instruction: string; readonly operand: string;
  /** Low 11 bits of its opcode. */
  readonly opcode: string;
  /** XMM0..XMM7, 32 digits, highest first. */
  readonly xmm: readonly { readonly name: string; readonly hex: string }[];
  /** No x87 register holds a value and all XMM registers are zero: nobody computed with them yet. */
  readonly isUnused: boolean;
}

/** The rows of FLOAT_WORDS words. */
export function viewFloat(words: Uint32Array): FloatView {
  const top = (words[FLOAT_STATUS]! >>> 11) & 7, tags = fullTagWord(words, words[FLOAT_TAG]!);
  const stack = Array.from({ length: X87_COUNT }, (_, index) => stackRow(words, tags, index, (top + index) & 7));
  const xmm = Array.from({ length: XMM_SHOWN }, (_, index) => ({ name: `XMM${String(index)}`, hex: `0x${[3, 2, 1, 0].map((word) => digits(words[FLOAT_XMM + index * XMM_WORDS + word]!, 8)).join('')}` }));
  return {
    stack, xmm,
    control: [
      controlRow('FCW', words[FLOAT_CONTROL]!, 4, FPU_CONTROL_FIELDS), controlRow('FSW', words[FLOAT_STATUS]!, 4, FPU_STATUS_FIELDS),
      controlRow('FTW', tags, 4, []), controlRow('MXCSR', words[FLOAT_MXCSR]!, 8, MXCSR_FIELDS),
    ],
    instruction: `0x${words[FLOAT_CS]!.toString(16)}:0x${words[FLOAT_IP]!.toString(16)}`, operand: `0x${words[FLOAT_DS]!.toString(16)}:0x${words[FLOAT_DP]!.toString(16)}`,
    opcode: `0x${words[FLOAT_OPCODE]!.toString(16)}`,
    isUnused: stack.every(({ tag }) => tag === 'empty') && words.subarray(FLOAT_XMM).every((word) => word === 0),
  };
}

/** What a stack register holds, in words: `about 3.14`, `infinity`, `NaN`, `empty`. */
export function contentOf({ tag, decimal }: StackRow): string {
  if (tag === 'empty') return tag;
  return /\d/.test(decimal) ? `about ${decimal}` : decimal;
}

const digits = (value: number, count: number): string => value.toString(16).padStart(count, '0');

function controlRow(name: string, value: number, count: number, fields: readonly BitField[]): ControlRow {
  return { name, hex: `0x${digits(value, count)}`, bits: fields.map((field) => bitRow(field, BigInt(value), BigInt(value))) };
}

function stackRow(words: Uint32Array, tags: number, index: number, physical: number): StackRow {
  const at = physical * X87_WORDS;
  const head = words[at + 2]! & 0xffff;
  return {
    name: `ST${String(index)}`, physical, tag: TAGS[(tags >>> (physical * 2)) & 3]!,
    hex: `0x${digits(head, 4)}_${digits(words[at + 1]!, 8)}${digits(words[at]!, 8)}`, decimal: decimalOf(head, joinU64(words[at]!, words[at + 1]!)),
  };
}

/** About how much a double extended-precision value is. SDM 1 "Real Number and NaN Encodings". */
export function decimalOf(head: number, significand: bigint): string {
  const sign = (head & 0x8000) !== 0 ? '-' : '', exponent = head & EXPONENT_MAX;
  if (exponent === EXPONENT_MAX) return significand === INTEGER_BIT ? `${sign}infinity` : (significand & INTEGER_BIT) === 0n ? 'not supported' : 'NaN';
  if (significand === 0n) return `${sign}0`;
  if (exponent !== 0 && (significand & INTEGER_BIT) === 0n) return 'not supported';
  const power = Math.max(exponent, 1) - EXPONENT_BIAS - SIGNIFICAND_BITS;
  const value = Number(significand) * 2 ** power;
  if (value !== 0 && Number.isFinite(value)) return `${sign}${String(value)}`;
  // beyond a double: by its logarithm
  const log = Math.log10(Number(significand)) + power * Math.log10(2);
  const whole = Math.floor(log);
  return `${sign}${(10 ** (log - whole)).toFixed(6)}e${String(whole)}`;
}
