// Reading and writing an instruction's operands: registers, immediates, memory. Values are signed or unsigned as they come;
// writers cut to size. Read-modify-write goes through update*, which checks the write before anything changes.
import { IMMEDIATE, NO_REGISTER, REGISTER, type Insn, type Operand } from '../isa/insn.ts';
import type { BinaryOperation } from './alu.ts';
import { prepareWrite, read16, read32, read8, write16, write32, write8 } from './memory.ts';
import type { Cpu } from './state.ts';

/** The offset of the memory operand: base + index << scale + displacement, cut to the address size. SDM 1 "Specifying an Offset". */
export function effectiveAddress(cpu: Cpu, insn: Insn): number {
  let offset = insn.displacement;
  if (insn.base !== NO_REGISTER) offset += cpu.get32(insn.base);
  if (insn.index !== NO_REGISTER) offset += cpu.get32(insn.index) << insn.scale;
  return insn.addressSize === 32 ? offset >>> 0 : offset & 0xffff;
}

export function readOperand8(cpu: Cpu, insn: Insn, operand: Operand): number {
  if (operand.kind === REGISTER) return cpu.get8(operand.register & 7);
  if (operand.kind === IMMEDIATE) return insn.immediate;
  return read8(cpu, insn.segment, effectiveAddress(cpu, insn));
}

export function readOperand16(cpu: Cpu, insn: Insn, operand: Operand): number {
  if (operand.kind === REGISTER) return cpu.get16(operand.register);
  if (operand.kind === IMMEDIATE) return insn.immediate;
  return read16(cpu, insn.segment, effectiveAddress(cpu, insn));
}

export function readOperand32(cpu: Cpu, insn: Insn, operand: Operand): number {
  if (operand.kind === REGISTER) return cpu.get32(operand.register);
  if (operand.kind === IMMEDIATE) return insn.immediate;
  return read32(cpu, insn.segment, effectiveAddress(cpu, insn));
}

export function writeOperand8(cpu: Cpu, insn: Insn, operand: Operand, value: number): void {
  if (operand.kind === REGISTER) cpu.set8(operand.register & 7, value);
  else write8(cpu, insn.segment, effectiveAddress(cpu, insn), value);
}

export function writeOperand16(cpu: Cpu, insn: Insn, operand: Operand, value: number): void {
  if (operand.kind === REGISTER) cpu.set16(operand.register, value);
  else write16(cpu, insn.segment, effectiveAddress(cpu, insn), value);
}

export function writeOperand32(cpu: Cpu, insn: Insn, operand: Operand, value: number): void {
  if (operand.kind === REGISTER) cpu.set32(operand.register, value);
  else write32(cpu, insn.segment, effectiveAddress(cpu, insn), value);
}

/** Reads an operand of any integer size up to 32 bits, unsigned for 8 and 16 bits. For operations that are not hot. */
export function readOperand(cpu: Cpu, insn: Insn, operand: Operand): number {
  switch (operand.sizeBits) {
    case 8: return readOperand8(cpu, insn, operand);
    case 16: return readOperand16(cpu, insn, operand);
    default: return readOperand32(cpu, insn, operand);
  }
}

/** Writes an operand of any integer size up to 32 bits. */
export function writeOperand(cpu: Cpu, insn: Insn, operand: Operand, value: number): void {
  switch (operand.sizeBits) {
    case 8: writeOperand8(cpu, insn, operand, value); break;
    case 16: writeOperand16(cpu, insn, operand, value); break;
    default: writeOperand32(cpu, insn, operand, value);
  }
}

/** Checks that an operand can be written, before flags or registers change. Registers always can. */
export function prepareOperand(cpu: Cpu, insn: Insn, operand: Operand): void {
  if (operand.kind !== REGISTER) prepareWrite(cpu, insn.segment, effectiveAddress(cpu, insn), operand.sizeBits >>> 3);
}

/** Reads the destination of a read-modify-write, after checking that it can be written. */
export function readForUpdate(cpu: Cpu, insn: Insn): number {
  prepareOperand(cpu, insn, insn.destination);
  return readOperand(cpu, insn, insn.destination);
}

/** DEST <- DEST op SRC at 8 bits. */
export function update8(cpu: Cpu, insn: Insn, operation: BinaryOperation): void {
  const { destination, segment } = insn;
  if (destination.kind === REGISTER) {
    const register = destination.register & 7;
    cpu.set8(register, operation(cpu, cpu.get8(register), readOperand8(cpu, insn, insn.source), 24));
    return;
  }
  const offset = effectiveAddress(cpu, insn);
  prepareWrite(cpu, segment, offset, 1);
  write8(cpu, segment, offset, operation(cpu, read8(cpu, segment, offset), readOperand8(cpu, insn, insn.source), 24));
}

/** DEST <- DEST op SRC at 16 bits. */
export function update16(cpu: Cpu, insn: Insn, operation: BinaryOperation): void {
  const { destination, segment } = insn;
  if (destination.kind === REGISTER) {
    cpu.set16(destination.register, operation(cpu, cpu.get16(destination.register), readOperand16(cpu, insn, insn.source), 16));
    return;
  }
  const offset = effectiveAddress(cpu, insn);
  prepareWrite(cpu, segment, offset, 2);
  write16(cpu, segment, offset, operation(cpu, read16(cpu, segment, offset), readOperand16(cpu, insn, insn.source), 16));
}

/** DEST <- DEST op SRC at 32 bits. */
export function update32(cpu: Cpu, insn: Insn, operation: BinaryOperation): void {
  const { destination, segment } = insn;
  if (destination.kind === REGISTER) {
    cpu.set32(destination.register, operation(cpu, cpu.get32(destination.register), readOperand32(cpu, insn, insn.source), 0));
    return;
  }
  const offset = effectiveAddress(cpu, insn);
  prepareWrite(cpu, segment, offset, 4);
  write32(cpu, segment, offset, operation(cpu, read32(cpu, segment, offset), readOperand32(cpu, insn, insn.source), 0));
}
