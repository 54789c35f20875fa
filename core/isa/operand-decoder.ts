// Resolves a row's operand letters against the bytes: registers, memory, immediates. The last step of decoding.
import { next16, next32, nextByte, nextSigned8 } from './byte-cursor.ts';
import type { Decoding } from './decoding.ts';
import {
  CONTROL_REGISTER, DEBUG_REGISTER, FAR_POINTER, IMMEDIATE, MEMORY, MMX_REGISTER, NO_OPERAND, NO_REGISTER, REGISTER, RELATIVE, SECOND_IMMEDIATE,
  SEGMENT_REGISTER, STRING_DESTINATION, STRING_SOURCE, TEST_REGISTER, X87_REGISTER, XMM_REGISTER, type Insn, type Operand, type OperandKind,
} from './insn.ts';
import type { OperandLetters } from './operand-letters.ts';

const DS = 3;
const NONE: Operand = Object.freeze({ kind: NO_OPERAND, sizeBits: 0, register: 0 });

// Operands are shared: one object for each kind, size and register ever seen.
const operandCache = new Map<number, Operand>();
function operand(kind: OperandKind, sizeBits: number, register = 0): Operand {
  const key = (kind * 0x1000 + sizeBits) * 32 + register;
  const known = operandCache.get(key);
  if (known !== undefined) return known;
  const made: Operand = Object.freeze({ kind, sizeBits, register });
  operandCache.set(key, made);
  return made;
}

interface Immediates { low: number; high: number; second: number; count: number; displacement: number; displacementHigh: number }

/** The finished instruction, or null when an operand makes the encoding invalid (#UD). */
export function buildInsn(decoding: Decoding): Insn | null {
  const { entry, prefixes, memory, modrm } = decoding;
  const displacement = memory === null ? 0 : memory.displacement;
  const immediates: Immediates = { low: 0, high: 0, second: 0, count: 0, displacement, displacementHigh: displacement >> 31 };
  const operands: Operand[] = [];
  for (const letters of entry.operands) {
    const resolved = resolve(decoding, letters, immediates);
    if (resolved === null) return null;
    operands.push(resolved);
  }
  const destination = operands[0] ?? NONE;
  return {
    op: entry.op,
    mnemonic: entry.mnemonics[widthIndex(entry.byAddress ? decoding.addressSize : decoding.operandSize)],
    bits: decoding.bits, operandSize: decoding.operandSize, addressSize: decoding.addressSize,
    lengthBytes: decoding.cursor.at - decoding.cursor.start,
    opcode: decoding.opcode, opcodeMap: entry.map,
    destination, source: operands[1] ?? NONE, third: operands[2] ?? NONE,
    lock: prefixes.lock, repeat: prefixes.repeat,
    segment: prefixes.segment >= 0 ? prefixes.segment : memory?.defaultSegment ?? DS, segmentOverride: prefixes.segment,
    mod: modrm < 0 ? -1 : modrm >> 6, reg: modrm < 0 ? -1 : (modrm >> 3) & 7, rm: modrm < 0 ? -1 : modrm & 7,
    base: memory?.base ?? NO_REGISTER, index: memory?.index ?? NO_REGISTER, scale: memory?.scale ?? 0,
    displacement: immediates.displacement, displacementHigh: immediates.displacementHigh,
    immediate: immediates.low, immediateHigh: immediates.high, secondImmediate: immediates.second,
  };
}

function widthIndex(width: number): 0 | 1 | 2 {
  return width === 16 ? 0 : width === 32 ? 1 : 2;
}

function resolve(decoding: Decoding, letters: OperandLetters, immediates: Immediates): Operand | null {
  const size = sizeBits(decoding, letters);
  const { prefixes, modrm } = decoding;
  const reg = ((modrm >> 3) & 7) | (prefixes.rexR << 3);
  const rm = (modrm & 7) | (prefixes.rexB << 3);
  switch (letters.method) {
    case 'E': return modrm >= 0xc0 ? general(decoding, size, rm) : operand(MEMORY, size);
    case 'G': return general(decoding, size, reg);
    case 'R': return general(decoding, size, rm);
    case 'Z': return general(decoding, size, (decoding.opcode & 7) | (prefixes.rexB << 3));
    case 'M': return modrm >= 0xc0 ? null : operand(MEMORY, size);
    case 'I': return readImmediate(decoding, letters, size, immediates);
    case 'one': immediates.low = 1; return operand(IMMEDIATE, 8);
    case 'J': return readRelative(decoding, letters, immediates);
    case 'O': readOffset(decoding, immediates); return operand(MEMORY, size);
    case 'A': return readFarPointer(decoding, immediates);
    case 'S': return segmentRegister(decoding, (modrm >> 3) & 7);
    case 'C': return reg === 0 || (reg >= 2 && reg <= 4) || reg === 8 ? operand(CONTROL_REGISTER, size, reg) : null;
    case 'D': return reg > 7 ? null : operand(DEBUG_REGISTER, size, reg);
    case 'T': return reg < 3 || reg > 7 ? null : operand(TEST_REGISTER, size, reg);
    case 'X': return operand(STRING_SOURCE, size);
    case 'Y': return operand(STRING_DESTINATION, size);
    case 'fixed': return fixedRegister(letters, size);
    case 'P': return operand(MMX_REGISTER, 64, reg & 7);
    case 'N': return operand(MMX_REGISTER, 64, rm & 7);
    case 'Q': return modrm >= 0xc0 ? operand(MMX_REGISTER, 64, rm & 7) : operand(MEMORY, size);
    case 'V': return operand(XMM_REGISTER, 128, reg);
    case 'U': return operand(XMM_REGISTER, 128, rm);
    case 'W': return modrm >= 0xc0 ? operand(XMM_REGISTER, 128, rm) : operand(MEMORY, size);
    case 'F': return operand(X87_REGISTER, 80, rm & 7);
  }
}

// SDM 2A "REX Prefixes": REX.R is ignored where ModRM.reg names a segment register. SDM 2B "MOV": CS cannot be loaded.
function segmentRegister(decoding: Decoding, number: number): Operand | null {
  return number > 5 || (decoding.entry.op === 'movSwEw' && number === 1) ? null : operand(SEGMENT_REGISTER, 16, number);
}

// SDM 2A "Register Encodings": without REX, byte registers 4-7 are AH CH DH BH, numbered 20-23 here.
function general(decoding: Decoding, size: number, number: number): Operand {
  const high = size === 8 && !decoding.prefixes.hasRex && number >= 4 && number <= 7;
  return operand(REGISTER, size, high ? number + 16 : number);
}

function fixedRegister(letters: OperandLetters, size: number): Operand {
  const kind = letters.bank === 'segment' ? SEGMENT_REGISTER : letters.bank === 'x87' ? X87_REGISTER : REGISTER;
  return operand(kind, size, letters.register);
}

function sizeBits(decoding: Decoding, letters: OperandLetters): number {
  const { operandSize, bits } = decoding;
  switch (letters.size) {
    case 'b': return 8;
    case 'w': return 16;
    case 'd': return 32;
    case 'q': return 64;
    case 't': return 80;
    case 'dq': return 128;
    case 'v': return operandSize;
    case 'z': return Math.min(operandSize, 32);
    case 'y': return decoding.entry.op === 'movRdCd' || decoding.entry.op === 'movCdRd' || decoding.entry.op === 'movRdDd' || decoding.entry.op === 'movDdRd'
      ? (bits === 64 ? 64 : 32) : decoding.prefixes.rexW === 1 ? 64 : 32;
    case 'p': return 16 + operandSize;
    case 's': return bits === 64 ? 80 : 48;
    case 'a': return 2 * operandSize;
    case 'bs': return operandSize;
    case 'none': return 0;
  }
}

function readImmediate(decoding: Decoding, letters: OperandLetters, size: number, immediates: Immediates): Operand {
  immediates.count += 1;
  if (immediates.count === 2) {
    immediates.second = letters.size === 'b' ? nextByte(decoding.cursor) : next16(decoding.cursor);
    return operand(SECOND_IMMEDIATE, size);
  }
  if (letters.size === 'b') immediates.low = nextByte(decoding.cursor);
  else if (letters.size === 'bs') immediates.low = nextSigned8(decoding.cursor);
  else if (size === 16) immediates.low = next16(decoding.cursor);
  else immediates.low = next32(decoding.cursor);
  immediates.high = letters.size === 'b' || size === 16 ? 0 : immediates.low >> 31;
  if (letters.size === 'v' && size === 64) immediates.high = next32(decoding.cursor);
  // Iz beside a 64-bit destination is sign-extended to it.
  return operand(IMMEDIATE, letters.size === 'z' ? decoding.operandSize : size);
}

function readRelative(decoding: Decoding, letters: OperandLetters, immediates: Immediates): Operand {
  if (letters.size === 'b') immediates.low = nextSigned8(decoding.cursor);
  else if (decoding.operandSize === 16) immediates.low = (next16(decoding.cursor) << 16) >> 16;
  else immediates.low = next32(decoding.cursor);
  immediates.high = immediates.low >> 31;
  return operand(RELATIVE, decoding.operandSize);
}

function readOffset(decoding: Decoding, immediates: Immediates): void {
  if (decoding.addressSize === 16) immediates.displacement = next16(decoding.cursor);
  else immediates.displacement = next32(decoding.cursor);
  immediates.displacementHigh = decoding.addressSize === 64 ? next32(decoding.cursor) : immediates.displacement >> 31;
}

function readFarPointer(decoding: Decoding, immediates: Immediates): Operand {
  immediates.low = decoding.operandSize === 16 ? next16(decoding.cursor) : next32(decoding.cursor);
  immediates.second = next16(decoding.cursor);
  return operand(FAR_POINTER, 16 + decoding.operandSize);
}
