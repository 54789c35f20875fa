// ModRM and SIB memory forms: SDM 2A "Addressing-Mode Encoding of ModR/M and SIB Bytes", tables for 16-bit and 32-bit addressing.
import { next16, next32, nextByte, nextSigned8, type ByteCursor } from './byte-cursor.ts';
import { NO_REGISTER, RIP_BASE, type BitWidth } from './insn.ts';
import type { Prefixes } from './prefixes.ts';

/** Segment register numbers used as defaults. */
const SS = 2;
const DS = 3;
const [BX, SP, BP, SI, DI] = [3, 4, 5, 6, 7] as const;

/** A memory operand before the segment override is applied. */
export interface MemoryOperand {
  base: number;
  index: number;
  scale: number;
  displacement: number;
  defaultSegment: number;
}

// SDM 2A "16-Bit Addressing Forms with the ModR/M Byte": [base, index] by rm.
const FORMS_16: readonly (readonly [number, number])[] = [
  [BX, SI], [BX, DI], [BP, SI], [BP, DI], [SI, NO_REGISTER], [DI, NO_REGISTER], [BP, NO_REGISTER], [BX, NO_REGISTER],
];

/** Reads what follows ModRM for a memory form (mod < 3). */
export function readMemoryOperand(cursor: ByteCursor, modrm: number, addressSize: BitWidth, bits: BitWidth, prefixes: Prefixes): MemoryOperand {
  return addressSize === 16 ? readForm16(cursor, modrm) : readForm32(cursor, modrm, bits, prefixes);
}

function readForm16(cursor: ByteCursor, modrm: number): MemoryOperand {
  const mod = modrm >> 6;
  const rm = modrm & 7;
  if (mod === 0 && rm === 6) {
    return { base: NO_REGISTER, index: NO_REGISTER, scale: 0, displacement: next16(cursor), defaultSegment: DS };
  }
  const [base, index] = FORMS_16[rm]!;
  const displacement = mod === 1 ? nextSigned8(cursor) : mod === 2 ? (next16(cursor) << 16) >> 16 : 0;
  return { base, index, scale: 0, displacement, defaultSegment: base === BP ? SS : DS };
}

function readForm32(cursor: ByteCursor, modrm: number, bits: BitWidth, prefixes: Prefixes): MemoryOperand {
  const mod = modrm >> 6;
  const rm = modrm & 7;
  const operand: MemoryOperand = { base: rm | (prefixes.rexB << 3), index: NO_REGISTER, scale: 0, displacement: 0, defaultSegment: DS };
  let lowBase = rm;
  if (rm === 4) {
    const sib = nextByte(cursor);
    lowBase = sib & 7;
    operand.base = lowBase | (prefixes.rexB << 3);
    operand.scale = sib >> 6;
    const index = ((sib >> 3) & 7) | (prefixes.rexX << 3);
    operand.index = index === SP ? NO_REGISTER : index;
  }
  if (mod === 0 && lowBase === BP) {
    operand.base = bits === 64 && rm !== 4 ? RIP_BASE : NO_REGISTER;
    operand.displacement = next32(cursor);
  } else if (mod !== 0) operand.displacement = mod === 1 ? nextSigned8(cursor) : next32(cursor);
  if (operand.base === SP || operand.base === BP) operand.defaultSegment = SS;
  return operand;
}
