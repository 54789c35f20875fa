// Random MMX and SSE instructions as records for the host runner (host-float.asm): one instruction each, with registers, MXCSR and a memory
// operand at ECX. Every row of the opcode table comes in turn, in every form it has.

import { SIMD_ROWS } from '../../../core/isa/opcodes-simd.ts';
import {
  CODE_BYTES, IMAGE_FCW, IMAGE_FSW, IMAGE_FTW, IMAGE_MXCSR, IMAGE_ST, IMAGE_XMM, OPERAND_BYTES, RECORD_BYTES, RECORD_CODE, RECORD_EAX, RECORD_EDX, RECORD_EFLAGS, RECORD_IMAGE, RECORD_OPERAND,
} from './host-float.ts';
import type { Random } from './random.ts';
import { fillOperand, type Style } from './simd-values.ts';

export type Row = (typeof SIMD_ROWS)[number];

/** Left out: what the host may not have, state saving (fpu's), fixed addresses, and approximations, which have a test of their own. */
const LEFT_OUT: ReadonlySet<string> = new Set(['emms', 'fxsave', 'fxrstor', 'xsave', 'xrstor', 'xsaveopt', 'clflushopt', 'maskmovq', 'maskmovdqu', 'rcpps', 'rcpss', 'rsqrtps', 'rsqrtss']);
export const SIMD_TEST_ROWS: readonly Row[] = SIMD_ROWS.filter((row) => !LEFT_OUT.has(row[1]));
/** Operands that may lie anywhere. */
const UNALIGNED: ReadonlySet<string> = new Set(['movups', 'movupd', 'movdqu', 'lddqu']);
const NOP = 0x90, EFLAGS_AC = 0x4_0000;
const EAX = 0, EDX = 2, ECX = 1;

/** A record whose instruction is of this row; `modes` of MXCSR: all exceptions masked, or any. */
export function simdRecord(random: Random, row: Row, modes: 'masked' | 'any'): Uint8Array {
  const record = new Uint8Array(RECORD_BYTES), view = new DataView(record.buffer);
  const style = styleOf(random, row[1]);
  record.fill(NOP, RECORD_CODE, RECORD_CODE + CODE_BYTES);
  record.set(encode(random, row), RECORD_CODE);
  view.setUint32(RECORD_EAX, random.word() >>> 0, true);
  view.setUint32(RECORD_EDX, random.word() >>> 0, true);
  view.setUint32(RECORD_EFLAGS, 0x202 | (random.word() & 0x8d5) | (random.oneIn(4) ? EFLAGS_AC : 0), true);
  for (let at = 0; at < OPERAND_BYTES; at += 16) fillOperand(random, style, view, RECORD_OPERAND + at);
  const image = RECORD_IMAGE;
  view.setUint16(image + IMAGE_FCW, 0x37f, true);
  view.setUint16(image + IMAGE_FSW, random.below(8) << 11, true);
  record[image + IMAGE_FTW] = random.word();
  view.setUint32(image + IMAGE_MXCSR, mxcsr(random, modes), true);
  for (let register = 0; register < 8; register += 1) {
    fillOperand(random, style, view, image + IMAGE_ST + register * 16);
    record.fill(0, image + IMAGE_ST + register * 16 + 10, image + IMAGE_ST + register * 16 + 16);
    fillOperand(random, style, view, image + IMAGE_XMM + register * 16);
  }
  // small shift counts
  if (random.oneIn(3)) record.fill(0, RECORD_OPERAND + 1, RECORD_OPERAND + 16);
  return record;
}

/** The operands an instruction is for; now and then others. */
export function styleOf(random: Random, name: string): Style {
  if (random.oneIn(16)) return random.pick(['integers', 'singles', 'doubles']);
  if (name.startsWith('p') || name.startsWith('cvtdq') || name.startsWith('cvtpi') || name.startsWith('cvtsi')) return 'integers';
  return /^(cvtt?)?[a-z]*(pd|sd)(2|$)/.test(name) && !/(ps|ss)2/.test(name) ? 'doubles' : 'singles';
}

function mxcsr(random: Random, modes: 'masked' | 'any'): number {
  const masks = modes === 'masked' ? 0x3f : random.word() & 0x3f;
  const flags = random.oneIn(2) ? 0 : random.word() & 0x3f;
  return (random.below(4) << 13) | (masks << 7) | (random.oneIn(3) ? 0x8000 : 0) | (random.oneIn(3) ? 0x40 : 0) | flags;
}

/** The bytes of one instruction of a row: any of the first `registers` registers (general ones EAX and EDX), or memory at ECX with a displacement. */
export function encode(random: Random, [key, name, operands]: Row, registers = 8): number[] {
  const words = key.split(' '), letters: readonly string[] = operands.split(',');
  const prefix = words.shift()!;
  const bytes = [...(prefix === 'NP' ? [] : [parseInt(prefix, 16)]), 0x0f, parseInt(words[1]!, 16)];
  const needsModrm = letters[0] !== '' || words.includes('mem') || words.includes('reg');
  if (!needsModrm && name === 'emms') return bytes;
  const digit = words.find((word) => word.startsWith('/'));
  const regLetter = letters.find((one) => one.startsWith('G') || one.startsWith('P') || one.startsWith('V')), rmLetter = letters.find((one) => /^[ERMQWNU]/.test(one));
  const general = random.pick([EAX, EDX]);
  const reg = digit !== undefined ? Number(digit[1]) : regLetter?.startsWith('G') === true ? general : random.below(registers);
  const isMemory = words.includes('mem') || (!words.includes('reg') && rmLetter !== undefined && /^[EQW]/.test(rmLetter) && random.oneIn(2));
  if (isMemory) bytes.push(0x40 | (reg << 3) | ECX, displacement(random, name));
  else bytes.push(0xc0 | (reg << 3) | (rmLetter?.startsWith('E') === true || rmLetter?.startsWith('R') === true ? general : random.below(registers)));
  if (letters.includes('Ib')) bytes.push(random.oneIn(2) ? random.below(72) : random.word() & 0xff);
  return bytes;
}

function displacement(random: Random, name: string): number {
  return random.oneIn(UNALIGNED.has(name) ? 2 : 20) ? random.below(OPERAND_BYTES - 16) : 16 * random.below(OPERAND_BYTES / 16 - 1);
}
