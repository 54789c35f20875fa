// Random cases of x87: every instruction of D8-DF by its bytes, on registers and operands full of special values, in every rounding and precision mode.

import { decode } from '../../../core/isa/decoder.ts';
import { disassemble } from '../../../core/isa/disassembler.ts';
import { MEMORY, type Insn } from '../../../core/isa/insn.ts';
import { CODE_AT, CODE_BYTES, CONTROL, EAX_AT, EFLAGS_AT, IMAGE_AT, MXCSR, OPERAND_AT, OPERAND_BYTES, putExtended, RECORD_BYTES, REGISTERS, STATUS, TAG, viewOf, type Extended, type FloatCase } from './float-case.ts';
import type { Random } from './random.ts';

const TRANSCENDENTAL = new Set(['f2xm1', 'fyl2x', 'fyl2xp1', 'fpatan', 'fsin', 'fcos', 'fsincos', 'fptan']);
/** Left out: FISTTP, which comes with SSE3. */
const LEFT_OUT = new Set(['fisttp']);
/** State in memory, with 16-bit operands in every other case. */
const STATE = new Set(['fnstenv', 'fnsave', 'fldenv', 'frstor']);
/** Where FNSTENV and FNSAVE store pointers, with 32-bit and with 16-bit operands. */
const POINTERS_32 = [12, 28] as const, POINTERS_16 = [6, 14] as const, NO_POINTERS = [0, 0] as const, OPERAND_SIZE = 0x66;
const NOP = 0x90, AT_ECX = 1, FIXED_FLAGS = 0x202, STATUS_FLAGS = 0x8d5, MXCSR_RESET = 0x1f80;
const INTEGER_BIT = 1n << 63n, ALL = (1n << 64n) - 1n, TOP = 0x7fff, BIAS = 0x3fff;

/** The escape opcodes as [opcode, ModRM], memory at [ECX]; as often as there are forms, more often where there is one. */
function encodings(): readonly (readonly [number, number])[] {
  const list: (readonly [number, number])[] = [];
  for (let opcode = 0xd8; opcode < 0xe0; opcode += 1) {
    for (let digit = 0; digit < 8; digit += 1) list.push(...Array.from({ length: 4 }, () => [opcode, (digit << 3) | AT_ECX] as const));
    for (let modrm = 0xc0; modrm < 0x100; modrm += 1) list.push(...Array.from({ length: opcode === 0xd9 && modrm >= 0xe0 ? 8 : 1 }, () => [opcode, modrm] as const));
  }
  return list.filter(([opcode, modrm]) => { const insn = insnOf([opcode, modrm]); return insn !== null && !LEFT_OUT.has(insn.op); });
}
function insnOf(code: readonly number[]): Insn | null {
  const result = decode(Uint8Array.from([...code, ...new Uint8Array(12)]), 32);
  return result.kind === 'insn' ? result.insn : null;
}
const ENCODINGS = encodings();

/** A random x87 case. */
export function x87Case(random: Random): FloatCase {
  const encoding = random.pick(ENCODINGS), isState = STATE.has(insnOf(encoding)?.op ?? ''), code = isState && random.oneIn(2) ? [OPERAND_SIZE, ...encoding] : encoding, insn = insnOf(code);
  if (insn === null) throw new Error('expected an instruction');
  const record = new Uint8Array(RECORD_BYTES), view = viewOf(record), isWild = random.oneIn(12);
  record.fill(NOP, CODE_AT, CODE_AT + CODE_BYTES);
  record.set(code, CODE_AT);
  view.setUint32(EAX_AT, random.word(), true);
  view.setUint32(EFLAGS_AT, FIXED_FLAGS | (random.word() & STATUS_FLAGS), true);
  const masks = random.oneIn(4) ? random.below(64) : 0x3f, control = 0x40 | masks | (random.pick([0, 2, 3, 3, 3, 1]) << 8) | (random.below(4) << 10);
  const top = random.below(8), codes = random.oneIn(2) ? random.word() & 0x4700 : 0;
  view.setUint16(IMAGE_AT + CONTROL, control, true);
  // exceptions that are pending already are rare: most instructions would not run
  view.setUint16(IMAGE_AT + STATUS, (top << 11) | codes | (random.oneIn(3) ? random.word() & 0x3f & (isWild ? 0x3f : masks) : 0), true);
  view.setUint32(IMAGE_AT + MXCSR, MXCSR_RESET, true);
  putRegisters(random, view, insn, top, isWild);
  putOperand(random, view, insn);
  return { text: disassemble(insn, { ip: 0 }), record, ulps: TRANSCENDENTAL.has(insn.op) ? 1 : 0, pointers: !isState ? NO_POINTERS : insn.operandSize === 16 ? POINTERS_16 : POINTERS_32 };
}

function putRegisters(random: Random, view: DataView, insn: Insn, top: number, isWild: boolean): void {
  const depth = isWild ? random.below(9) : 4 + random.below(3);
  let tags = 0, near = BIAS;
  for (let i = 0; i < 8; i += 1) {
    const value = TRANSCENDENTAL.has(insn.op) && !random.oneIn(4) ? argument(random, insn.op, i) : extended(random, near);
    putExtended(view, IMAGE_AT + REGISTERS + i * 16, value);
    near = value.top & TOP;
    if (isWild ? random.oneIn(2) : i < depth) tags |= 1 << ((top + i) & 7);
  }
  if (insn.op.startsWith('fld') || insn.op === 'fild' || insn.op === 'fbld') tags &= random.oneIn(6) ? 0xff : ~(1 << ((top + 7) & 7));
  view.setUint8(IMAGE_AT + TAG, tags);
}

/** An extended number: special ones half of the time; otherwise mostly with an exponent close to `near`. */
export function extended(random: Random, near: number): Extended {
  const sign = random.below(2) << 15;
  if (random.oneIn(3)) return withSign(special(random), sign);
  const exponent = random.oneIn(5) ? random.below(TOP) : random.oneIn(4) ? near + random.below(140) - 70 : near + random.below(9) - 4;
  return { top: sign | Math.max(1, Math.min(TOP - 1, exponent)), significand: INTEGER_BIT | significand(random) };
}
const withSign = (value: Extended, sign: number): Extended => ({ top: value.top | sign, significand: value.significand });

function special(random: Random): Extended {
  const fraction = significand(random) & (INTEGER_BIT - 1n);
  switch (random.below(14)) {
    case 0: return { top: 0, significand: 0n };
    case 1: return { top: 0, significand: fraction };
    case 2: return { top: 0, significand: 1n };
    case 3: return { top: 0, significand: INTEGER_BIT | fraction };
    case 4: return { top: TOP, significand: INTEGER_BIT };
    case 5: return { top: TOP, significand: INTEGER_BIT | (1n << 62n) | fraction };
    case 6: return { top: TOP, significand: INTEGER_BIT | (fraction & ~(1n << 62n)) };
    case 7: return { top: random.below(TOP) + 1, significand: fraction };
    case 8: return { top: TOP, significand: random.oneIn(2) ? 0n : fraction };
    case 9: return { top: BIAS, significand: INTEGER_BIT };
    case 10: return { top: BIAS + random.below(66), significand: INTEGER_BIT | fraction };
    case 11: return { top: 1 + random.below(3), significand: INTEGER_BIT | fraction };
    case 12: return { top: TOP - 1 - random.below(3), significand: INTEGER_BIT | fraction };
    default: return integerNumber(random);
  }
}

function integerNumber(random: Random): Extended {
  let value = BigInt(1 + random.below(random.oneIn(2) ? 20 : 0x1_0000)), exponent = BIAS + 63;
  while (value < INTEGER_BIT) { value <<= 1n; exponent -= 1; }
  return { top: exponent, significand: value };
}

/** 64 bits: random, sparse, all ones behind some place, or halves at the places where formats round. */
function significand(random: Random): bigint {
  const bits = (BigInt(random.word() >>> 0) << 32n) | BigInt(random.word() >>> 0);
  switch (random.below(6)) {
    case 0: return bits;
    case 1: return 1n << BigInt(random.below(64));
    case 2: return (ALL << BigInt(random.below(64))) & ALL;
    case 3: return ALL >> BigInt(random.below(64));
    case 4: return (bits & ~0xfffn & ALL) | random.pick([0n, 0x400n, 0x800n, 0xc00n, 0x3ffn, 0x401n]);
    default: return ((bits >> 40n) << 40n) | random.pick([0n, 1n << 39n, 1n << 40n, (1n << 39n) + 1n, (1n << 39n) - 1n]);
  }
}

/** Where a transcendental function is defined, and near its bounds. */
function argument(random: Random, op: string, i: number): Extended {
  const sign = random.below(2) << 15, fraction = INTEGER_BIT | significand(random);
  if (op === 'f2xm1') return { top: sign | (BIAS - 1 - random.below(random.oneIn(3) ? 80 : 5)), significand: fraction };
  if (op === 'fyl2xp1' && i === 0) return { top: sign | (BIAS - 2 - random.below(random.oneIn(3) ? 90 : 6)), significand: INTEGER_BIT | (significand(random) >> 2n) };
  if (op === 'fyl2x' && i === 0) return { top: random.oneIn(3) ? BIAS - random.below(2) : BIAS + random.below(60) - 30, significand: random.oneIn(4) ? INTEGER_BIT + BigInt(random.below(50)) : fraction };
  return { top: sign | (BIAS + random.below(random.oneIn(3) ? 64 : 8) - 4 - (random.oneIn(5) ? random.below(60) : 0)), significand: fraction };
}

function putOperand(random: Random, view: DataView, insn: Insn): void {
  for (let at = 0; at < OPERAND_BYTES; at += 4) view.setUint32(OPERAND_AT + at, random.word(), true);
  if (insn.destination.kind !== MEMORY) return;
  const bits = insn.destination.sizeBits, isReal = insn.op.startsWith('f') && !insn.op.startsWith('fi');
  if (insn.op === 'fbld') for (let at = 0; at < 9; at += 1) view.setUint8(OPERAND_AT + at, random.below(10) | (random.below(10) << 4));
  else if (insn.op === 'fldenv' || insn.op === 'frstor') putState(random, view, insn.operandSize === 16 ? 2 : 4);
  else if (insn.op === 'fldcw') view.setUint16(OPERAND_AT, 0x7f | (random.word() & 0xff00), true);
  else if (bits === 80) putExtended(view, OPERAND_AT, extended(random, BIAS));
  else if (isReal && bits === 32) view.setUint32(OPERAND_AT, single(random), true);
  else if (isReal && bits === 64) view.setBigUint64(OPERAND_AT, double(random), true);
}

/** Control, status and tag word of an image with fields of `step` bytes, and ST0 to ST7 behind it. */
function putState(random: Random, view: DataView, step: number): void {
  view.setUint16(OPERAND_AT, random.word(), true);
  view.setUint16(OPERAND_AT + step, random.word(), true);
  view.setUint16(OPERAND_AT + 2 * step, random.word(), true);
  for (let i = 0; i < 8; i += 1) putExtended(view, OPERAND_AT + 7 * step + i * 10, extended(random, BIAS));
}

const SINGLES = [0, 1, 0x7f_ffff, 0x80_0000, 0x3f80_0000, 0x7f7f_ffff, 0x7f80_0000, 0x7f80_0001, 0x7fc0_0001, 0x7fff_ffff, 0x4000_0000];
/** A single, special ones half of the time. */
export const single = (random: Random): number => ((random.oneIn(2) ? random.pick(SINGLES) : random.word()) ^ (random.below(2) << 31)) >>> 0;
/** A double, special ones half of the time. */
export const double = (random: Random): bigint => {
  const one = random.oneIn(2) ? (BigInt(single(random)) << 32n) | BigInt(random.pick([0, 1, 0xffff_ffff])) : (BigInt(random.word() >>> 0) << 32n) | BigInt(random.word() >>> 0);
  return random.oneIn(3) ? (one & (ALL >> 12n)) | (BigInt(random.pick([0, 1, 0x7fe, 0x7ff, 0x3ff, 0x3fe, 0x400])) << 52n) | (BigInt(random.below(2)) << 63n) : one;
};
