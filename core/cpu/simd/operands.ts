// Operands of MMX and SSE instructions, to and from lanes: registers of both kinds, general registers, memory of 2 to 16 bytes.

import { MMX_REGISTER, REGISTER, XMM_REGISTER, type Insn, type Operand } from '../../isa/insn.ts';
import { read16, read32, write32 } from '../memory.ts';
import { effectiveAddress } from '../operands.ts';
import type { Cpu } from '../state.ts';
import { read128, read64, write128, write64, type Placement } from '../wide-memory.ts';
import { loadMmx } from '../x87/mmx-state.ts';
import type { Lanes } from './lanes.ts';

const XMM_WORDS = 4;

/** Copies an XMM register. */
export function loadXmm(cpu: Cpu, register: number, into: Lanes): void {
  const at = register * XMM_WORDS, { xmm } = cpu;
  for (let index = 0; index < XMM_WORDS; index += 1) into.u32[index] = xmm[at + index]!;
}

/** Writes an XMM register, whole. */
export function storeXmm(cpu: Cpu, register: number, from: Lanes): void {
  const at = register * XMM_WORDS, { xmm } = cpu;
  for (let index = 0; index < XMM_WORDS; index += 1) xmm[at + index] = from.u32[index]!;
}

/**
 * Reads an operand into the lowest lanes; what lies above keeps its value. 128-bit memory must be aligned unless it may lie anywhere.
 * Faults with what memory faults with.
 */
export function readLanes(cpu: Cpu, insn: Insn, operand: Operand, into: Lanes, placement: Placement): void {
  switch (operand.kind) {
    case XMM_REGISTER: loadXmm(cpu, operand.register, into); break;
    case MMX_REGISTER: loadMmx(cpu, operand.register, into.u32); break;
    case REGISTER: into.i32[0] = cpu.get32(operand.register); break;
    default: readMemory(cpu, insn, operand.sizeBits, into, placement);
  }
}

function readMemory(cpu: Cpu, insn: Insn, sizeBits: number, into: Lanes, placement: Placement): void {
  const offset = effectiveAddress(cpu, insn);
  switch (sizeBits) {
    case 16: into.u32[0] = read16(cpu, insn.segment, offset); break;
    case 32: into.i32[0] = read32(cpu, insn.segment, offset); break;
    case 64: read64(cpu, insn.segment, offset, into.u32); break;
    default: read128(cpu, insn.segment, offset, into.u32, placement);
  }
}

/** Writes the lowest lanes to the memory operand of 32, 64 or 128 bits. Faults with what memory faults with, and then writes nothing. */
export function writeMemory(cpu: Cpu, insn: Insn, sizeBits: number, from: Lanes, placement: Placement): void {
  const offset = effectiveAddress(cpu, insn);
  switch (sizeBits) {
    case 32: write32(cpu, insn.segment, offset, from.i32[0]!); break;
    case 64: write64(cpu, insn.segment, offset, from.u32); break;
    default: write128(cpu, insn.segment, offset, from.u32, placement);
  }
}
