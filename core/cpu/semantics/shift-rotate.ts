// Shifts and rotates: SDM 1 "Shift and Rotate Instructions", SDM 2 "SAL/SAR/SHL/SHR", "RCL/RCR/ROL/ROR", "SHLD", "SHRD".
// The count is masked to 5 bits; a masked count of 0 changes nothing. What the manual leaves undefined is as on an 80286 and on AMD's Zen 4: OF follows
// the same formula for all counts, AF is 1 after shifts (on the 80286, not after SHL), CF 0 when all bits are gone.
import { difference } from '../../arch/vendor-differences.ts';
import { IMMEDIATE, type Insn } from '../../isa/insn.ts';
import { differ } from '../differ.ts';
import { ADJUST, carryFlag, carryWord, setCarryAndOverflow } from '../flags.ts';
import { prepareOperand, readForUpdate, readOperand, writeOperand } from '../operands.ts';
import { ECX, type Cpu } from '../state.ts';
import type { SemanticsRows } from './execute-type.ts';

const D_COUNT = difference('double-shift-count');

function countOf(cpu: Cpu, insn: Insn): number {
  const operand = insn.third.kind === 0 ? insn.source : insn.third;
  return (operand.kind === IMMEDIATE ? insn.immediate : cpu.get8(ECX)) & 31;
}

/** Zero-extends to the destination's size. */
function cut(value: number, bits: number): number { return bits === 32 ? value >>> 0 : value & ((1 << bits) - 1); }
function top(value: number, bits: number): number { return (value >>> (bits - 1)) & 1; }
function belowTop(value: number, bits: number): number { return (value >>> (bits - 2)) & 1; }

/** Records a shift: SF, ZF, PF from the result, CF and OF as given. */
function setShiftFlags(cpu: Cpu, insn: Insn, result: number, flags: { readonly carry: number; readonly overflow: number }): void {
  const shift = 32 - insn.destination.sizeBits;
  cpu.lazyResult = (result << shift) >> shift;
  cpu.lazyCarries = carryWord(flags.carry, flags.overflow) | ADJUST;
}

function shl(cpu: Cpu, insn: Insn): void {
  const bits = insn.destination.sizeBits;
  const count = countOf(cpu, insn);
  const value = cut(readForUpdate(cpu, insn), bits);
  if (count === 0) return;
  const result = cut(value << count, bits);
  const carry = count <= bits ? (value >>> (bits - count)) & 1 : 0;

  writeOperand(cpu, insn, insn.destination, result);
  setShiftFlags(cpu, insn, result, { carry, overflow: top(result, bits) ^ carry });
}

function shr(cpu: Cpu, insn: Insn): void {
  const bits = insn.destination.sizeBits;
  const count = countOf(cpu, insn);
  const value = cut(readForUpdate(cpu, insn), bits);
  if (count === 0) return;
  const result = value >>> count;

  writeOperand(cpu, insn, insn.destination, result);
  setShiftFlags(cpu, insn, result, { carry: (value >>> (count - 1)) & 1, overflow: belowTop(result, bits) });
}

function sar(cpu: Cpu, insn: Insn): void {
  const shift = 32 - insn.destination.sizeBits;
  const count = countOf(cpu, insn);
  const value = (readForUpdate(cpu, insn) << shift) >> shift;
  if (count === 0) return;
  const result = value >> count;

  writeOperand(cpu, insn, insn.destination, result);
  setShiftFlags(cpu, insn, result, { carry: (value >> (count - 1)) & 1, overflow: 0 });
}

function rol(cpu: Cpu, insn: Insn): void {
  const bits = insn.destination.sizeBits;
  const count = countOf(cpu, insn);
  const value = cut(readForUpdate(cpu, insn), bits);
  if (count === 0) return;
  const turn = count & (bits - 1);
  const result = turn === 0 ? value : cut((value << turn) | (value >>> (bits - turn)), bits);

  writeOperand(cpu, insn, insn.destination, result);
  setCarryAndOverflow(cpu, { carry: result & 1, overflow: top(result, bits) ^ (result & 1) });
}

function ror(cpu: Cpu, insn: Insn): void {
  const bits = insn.destination.sizeBits;
  const count = countOf(cpu, insn);
  const value = cut(readForUpdate(cpu, insn), bits);
  if (count === 0) return;
  const turn = count & (bits - 1);
  const result = turn === 0 ? value : cut((value >>> turn) | (value << (bits - turn)), bits);

  writeOperand(cpu, insn, insn.destination, result);
  setCarryAndOverflow(cpu, { carry: top(result, bits), overflow: top(result, bits) ^ belowTop(result, bits) });
}

// SDM 2 "RCL/RCR/ROL/ROR": 8 and 16 bit rotates through carry take the count modulo 9 and 17. With no turn left, OF still follows the result.
function turnsThroughCarry(bits: number, count: number): number {
  return bits === 32 ? count : count % (bits + 1);
}

function rcl(cpu: Cpu, insn: Insn): void {
  const bits = insn.destination.sizeBits;
  const count = countOf(cpu, insn), turns = turnsThroughCarry(bits, count);
  let value = cut(readForUpdate(cpu, insn), bits);
  if (count === 0) return;
  let carry = carryFlag(cpu);
  for (let turn = 0; turn < turns; turn += 1) {
    const out = top(value, bits);
    value = cut((value << 1) | carry, bits);
    carry = out;
  }

  writeOperand(cpu, insn, insn.destination, value);
  setCarryAndOverflow(cpu, { carry, overflow: top(value, bits) ^ carry });
}

function rcr(cpu: Cpu, insn: Insn): void {
  const bits = insn.destination.sizeBits;
  const count = countOf(cpu, insn), turns = turnsThroughCarry(bits, count);
  let value = cut(readForUpdate(cpu, insn), bits);
  if (count === 0) return;
  let carry = carryFlag(cpu);
  for (let turn = 0; turn < turns; turn += 1) {
    const out = value & 1;
    value = cut((value >>> 1) | (carry << (bits - 1)), bits);
    carry = out;
  }

  writeOperand(cpu, insn, insn.destination, value);
  setCarryAndOverflow(cpu, { carry, overflow: top(value, bits) ^ belowTop(value, bits) });
}

// 16-bit counts above 16: DEST:SRC:DEST is shifted, as on P6 and later.
function shld(cpu: Cpu, insn: Insn): void {
  const bits = insn.destination.sizeBits;
  const count = countOf(cpu, insn);
  prepareOperand(cpu, insn, insn.destination);
  const value = cut(readOperand(cpu, insn, insn.destination), bits);
  const source = cut(readOperand(cpu, insn, insn.source), bits);
  if (count === 0) return;
  if (count > bits) differ(cpu, D_COUNT);
  const result = bits === 32 ? (value << count) | (source >>> (32 - count)) : shiftLeft16(value, source, count);
  const carry = count <= bits ? (value >>> (bits - count)) & 1 : (source >>> (2 * bits - count)) & 1;

  writeOperand(cpu, insn, insn.destination, result);
  setShiftFlags(cpu, insn, result, { carry, overflow: top(cut(result, bits), bits) ^ carry });
}
function shiftLeft16(value: number, source: number, count: number): number {
  if (count <= 16) return (((value << 16) | source) << count) >>> 16;
  return ((source << 16) | value) >>> (32 - count);
}

function shrd(cpu: Cpu, insn: Insn): void {
  const bits = insn.destination.sizeBits;
  const count = countOf(cpu, insn);
  prepareOperand(cpu, insn, insn.destination);
  const value = cut(readOperand(cpu, insn, insn.destination), bits);
  const source = cut(readOperand(cpu, insn, insn.source), bits);
  if (count === 0) return;
  if (count > bits) differ(cpu, D_COUNT);
  const result = bits === 32 ? (value >>> count) | (source << (32 - count)) : shiftRight16(value, source, count);
  const carry = count <= bits ? (value >>> (count - 1)) & 1 : (source >>> (count - bits - 1)) & 1;

  writeOperand(cpu, insn, insn.destination, result);
  setShiftFlags(cpu, insn, result, { carry, overflow: top(cut(result, bits), bits) ^ belowTop(cut(result, bits), bits) });
}
function shiftRight16(value: number, source: number, count: number): number {
  if (count <= 16) return ((source << 16) | value) >>> count;
  return ((value << 16) | source) >>> (count - 16);
}

export const SHIFT_ROTATE = { shl, shr, sar, rol, ror, rcl, rcr, shld, shrd } satisfies SemanticsRows<'shl' | 'shr' | 'sar' | 'rol' | 'ror' | 'rcl' | 'rcr' | 'shld' | 'shrd'>;
