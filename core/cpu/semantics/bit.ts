// Bit and byte instructions: SDM 1 "Bit and Byte Instructions": BT*, BSF, BSR, SETcc.
import { difference } from '../../arch/vendor-differences.ts';
import { IMMEDIATE, MEMORY, type Insn } from '../../isa/insn.ts';
import { differ } from '../differ.ts';
import { isCondition, setCarryFlag, setZeroFlag } from '../flags.ts';
import { prepareWrite, read16, read32, write16, write32 } from '../memory.ts';
import { effectiveAddress, readOperand, writeOperand, writeOperand8 } from '../operands.ts';
import type { Cpu } from '../state.ts';
import type { SemanticsRows } from './execute-type.ts';

const D_ZERO = difference('bit-scan-of-zero');

/** What happens to the selected bit. */
type BitChange = 'none' | 'set' | 'reset' | 'complement';

function changed(value: number, mask: number, change: BitChange): number {
  switch (change) {
    case 'none': return value;
    case 'set': return value | mask;
    case 'reset': return value & ~mask;
    case 'complement': return value ^ mask;
  }
}

// SDM 2 "BT": an immediate offset is taken modulo the operand size; a register offset selects a bit anywhere in memory, signed.
function bitOperation(cpu: Cpu, insn: Insn, change: BitChange): void {
  const bits = insn.destination.sizeBits;
  const offset = insn.source.kind === IMMEDIATE ? insn.immediate & (bits - 1) : readOperand(cpu, insn, insn.source);
  const mask = 1 << (offset & (bits - 1));
  if (insn.destination.kind === MEMORY) {
    memoryBit(cpu, insn, change, mask, offset);
    return;
  }
  const value = readOperand(cpu, insn, insn.destination);
  setCarryFlag(cpu, (value & mask) !== 0 ? 1 : 0);
  if (change !== 'none') writeOperand(cpu, insn, insn.destination, changed(value, mask, change));
}

function memoryBit(cpu: Cpu, insn: Insn, change: BitChange, mask: number, bitOffset: number): void {
  const is32 = insn.destination.sizeBits === 32;
  const unit = is32 ? (bitOffset >> 5) * 4 : (((bitOffset << 16) >> 16) >> 4) * 2;
  const distance = insn.source.kind === IMMEDIATE ? 0 : unit;
  const sum = effectiveAddress(cpu, insn) + distance;
  const offset = insn.addressSize === 32 ? sum >>> 0 : sum & 0xffff;
  if (change !== 'none') prepareWrite(cpu, insn.segment, offset, is32 ? 4 : 2);
  const value = is32 ? read32(cpu, insn.segment, offset) : read16(cpu, insn.segment, offset);

  setCarryFlag(cpu, (value & mask) !== 0 ? 1 : 0);
  if (change === 'none') return;
  if (is32) write32(cpu, insn.segment, offset, changed(value, mask, change));
  else write16(cpu, insn.segment, offset, changed(value, mask, change));
}

function bt(cpu: Cpu, insn: Insn): void { bitOperation(cpu, insn, 'none'); }
function bts(cpu: Cpu, insn: Insn): void { bitOperation(cpu, insn, 'set'); }
function btr(cpu: Cpu, insn: Insn): void { bitOperation(cpu, insn, 'reset'); }
function btc(cpu: Cpu, insn: Insn): void { bitOperation(cpu, insn, 'complement'); }

function bsf(cpu: Cpu, insn: Insn): void {
  const value = readOperand(cpu, insn, insn.source);
  setZeroFlag(cpu, value === 0);
  if (value !== 0) writeOperand(cpu, insn, insn.destination, 31 - Math.clz32(value & -value));
  else differ(cpu, D_ZERO);
}
function bsr(cpu: Cpu, insn: Insn): void {
  const value = readOperand(cpu, insn, insn.source);
  setZeroFlag(cpu, value === 0);
  if (value !== 0) writeOperand(cpu, insn, insn.destination, 31 - Math.clz32(value));
  else differ(cpu, D_ZERO);
}

function setcc(cpu: Cpu, insn: Insn): void {
  writeOperand8(cpu, insn, insn.destination, isCondition(cpu, insn.opcode & 15) ? 1 : 0);
}

export const BIT = { bt, bts, btr, btc, bsf, bsr, setcc } satisfies SemanticsRows<'bt' | 'bts' | 'btr' | 'btc' | 'bsf' | 'bsr' | 'setcc'>;
