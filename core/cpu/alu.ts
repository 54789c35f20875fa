// Integer arithmetic and logic on values, with flags: no operands, no memory. `shift` left-aligns a value: 0, 16, 24 for 32, 16, 8 bits.
// Every function returns the result sign-extended to 32 bits. SDM 1 "Status Flags"; SDM 2, the instructions of the same names.
import { carryFlag, setLogicResult, setResultAndCarries } from './flags.ts';
import type { Cpu } from './state.ts';

/** An operation of two values: SDM's DEST <- DEST op SRC. */
export type BinaryOperation = (cpu: Cpu, destination: number, source: number, shift: number) => number;

// The carry out of a position is the majority of the two addends and the carry in, which the sum reveals.
function sum(cpu: Cpu, destination: number, source: number, carry: number, shift: number): number {
  const a = destination << shift;
  const b = source << shift;
  const result = (a + b + (carry << shift)) | 0;
  setResultAndCarries(cpu, result, (a & b) | ((a | b) & ~result), shift);
  return result >> shift;
}

function difference(cpu: Cpu, destination: number, source: number, borrow: number, shift: number): number {
  const a = destination << shift;
  const b = source << shift;
  const result = (a - b - (borrow << shift)) | 0;
  setResultAndCarries(cpu, result, (~a & b) | ((~a | b) & result), shift);
  return result >> shift;
}

export function add(cpu: Cpu, destination: number, source: number, shift: number): number { return sum(cpu, destination, source, 0, shift); }
export function adc(cpu: Cpu, destination: number, source: number, shift: number): number { return sum(cpu, destination, source, carryFlag(cpu), shift); }
export function sub(cpu: Cpu, destination: number, source: number, shift: number): number { return difference(cpu, destination, source, 0, shift); }
export function sbb(cpu: Cpu, destination: number, source: number, shift: number): number { return difference(cpu, destination, source, carryFlag(cpu), shift); }

export function and(cpu: Cpu, destination: number, source: number, shift: number): number {
  const result = ((destination & source) << shift) >> shift;
  setLogicResult(cpu, result);
  return result;
}

export function or(cpu: Cpu, destination: number, source: number, shift: number): number {
  const result = ((destination | source) << shift) >> shift;
  setLogicResult(cpu, result);
  return result;
}

export function xor(cpu: Cpu, destination: number, source: number, shift: number): number {
  const result = ((destination ^ source) << shift) >> shift;
  setLogicResult(cpu, result);
  return result;
}

const CARRY_AND_BELOW = 0xc000_0000 | 0;

/** INC and DEC leave CF: the new carries are flipped in both top bits where CF would have changed, which keeps OF. */
function keepCarry(cpu: Cpu, carry: number): void {
  if (carryFlag(cpu) !== carry) cpu.lazyCarries ^= CARRY_AND_BELOW;
}

export function inc(cpu: Cpu, destination: number, shift: number): number {
  const carry = carryFlag(cpu);
  const result = sum(cpu, destination, 1, 0, shift);
  keepCarry(cpu, carry);
  return result;
}

export function dec(cpu: Cpu, destination: number, shift: number): number {
  const carry = carryFlag(cpu);
  const result = difference(cpu, destination, 1, 0, shift);
  keepCarry(cpu, carry);
  return result;
}

export function neg(cpu: Cpu, destination: number, shift: number): number { return difference(cpu, 0, destination, 0, shift); }
export function not(_cpu: Cpu, destination: number, shift: number): number { return (~destination << shift) >> shift; }
