// PUSH and POP of one value; the stack's size follows SS.B. A push writes before it moves the pointer, so a fault leaves ESP as it was.
// POP ESP and memory destinations addressed through ESP are the instruction's concern. SDM 1 "Procedure Stack".

import { read16, read32, write16, write32 } from './memory.ts';
import { ESP, SS, type Cpu } from './state.ts';

/** The stack pointer the current stack uses: ESP, or SP when SS.B = 0. Unsigned. */
export function stackPointer(cpu: Cpu): number {
  return cpu.stack32 !== 0 ? cpu.esp : cpu.esp & 0xffff;
}

/** Sets ESP, or only SP when SS.B = 0. */
export function setStackPointer(cpu: Cpu, value: number): void {
  if (cpu.stack32 !== 0) cpu.esp = value;
  else cpu.set16(ESP, value);
}

/** The stack offset `distance` bytes above (or, negative, below) the stack pointer, wrapped to the stack's size. */
export function stackOffset(cpu: Cpu, distance: number): number {
  return cpu.stack32 !== 0 ? (cpu.esp + distance) >>> 0 : (cpu.esp + distance) & 0xffff;
}

/** Pushes 16 bits. Faults with #SS(0) or #PF, ESP unchanged. */
export function push16(cpu: Cpu, value: number): void {
  const offset = stackOffset(cpu, -2);
  write16(cpu, SS, offset, value);
  setStackPointer(cpu, offset);
}

/** Pushes 32 bits. */
export function push32(cpu: Cpu, value: number): void {
  const offset = stackOffset(cpu, -4);
  write32(cpu, SS, offset, value);
  setStackPointer(cpu, offset);
}

/** Pops 16 bits, unsigned. */
export function pop16(cpu: Cpu): number {
  const value = read16(cpu, SS, stackPointer(cpu));
  setStackPointer(cpu, stackOffset(cpu, 2));
  return value;
}

/** Pops 32 bits, as a signed integer. */
export function pop32(cpu: Cpu): number {
  const value = read32(cpu, SS, stackPointer(cpu));
  setStackPointer(cpu, stackOffset(cpu, 4));
  return value;
}
