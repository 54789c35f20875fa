// The x87 data registers as a stack: ST(i) by TOP, tags, and the two stack faults. A tag is kept as empty (11) or in use (00): the manual's
// other values follow from what the register holds and are made when the tag word is stored (environment-image.ts). SDM 1 "x87 FPU Data Registers".

import { IE } from '../soft-float/environment.ts';
import type { Float } from '../soft-float/float.ts';
import { packExtended, unpackExtended } from '../soft-float/formats.ts';
import type { Cpu } from '../state.ts';
import { C1, report, SF, TOP_MASK, TOP_SHIFT } from './status.ts';

const EMPTY = 3, INDEFINITE_HIGH = 0xc000_0000, INDEFINITE_TOP = 0xffff;

/** The physical register of ST(i). */
export const physicalOf = (cpu: Cpu, i: number): number => ((cpu.fpuStatus >>> TOP_SHIFT) + i) & 7;

/** True when ST(i) holds nothing. */
export const isEmpty = (cpu: Cpu, i: number): boolean => ((cpu.fpuTag >>> (physicalOf(cpu, i) << 1)) & EMPTY) === EMPTY;

/** Marks ST(i) empty; its contents stay. */
export function setEmpty(cpu: Cpu, i: number): void {
  cpu.fpuTag |= EMPTY << (physicalOf(cpu, i) << 1);
}

function setInUse(cpu: Cpu, physical: number): void {
  cpu.fpuTag &= ~(EMPTY << (physical << 1));
}

/** Takes ST(i) apart. */
export function readRegister(cpu: Cpu, i: number, out: Float): void {
  unpackExtended(cpu.x87, physicalOf(cpu, i) << 2, out);
}

/** Puts a number, rounded already, into ST(i). */
export function writeRegister(cpu: Cpu, i: number, value: Float): void {
  const physical = physicalOf(cpu, i);
  packExtended(value, cpu.x87, physical << 2);
  setInUse(cpu, physical);
}

/** Puts three words (significand low, high, sign and exponent) into ST(i) as they are. */
export function writeRaw(cpu: Cpu, i: number, low: number, high: number, top: number): void {
  const physical = physicalOf(cpu, i), at = physical << 2;
  cpu.x87[at] = low;
  cpu.x87[at + 1] = high;
  cpu.x87[at + 2] = top;
  setInUse(cpu, physical);
}

/** Copies ST(from) to ST(to) as it is. */
export function copyRegister(cpu: Cpu, from: number, to: number): void {
  const at = physicalOf(cpu, from) << 2;
  writeRaw(cpu, to, cpu.x87[at]!, cpu.x87[at + 1]!, cpu.x87[at + 2]!);
}

/** Puts the QNaN indefinite into ST(i). */
export function writeIndefinite(cpu: Cpu, i: number): void {
  writeRaw(cpu, i, 0, INDEFINITE_HIGH, INDEFINITE_TOP);
}

/** TOP moves by `step`; tags and contents stay. */
export function moveTop(cpu: Cpu, step: number): void {
  cpu.fpuStatus = (cpu.fpuStatus & ~TOP_MASK) | (((cpu.fpuStatus >>> TOP_SHIFT) + step) & 7) << TOP_SHIFT;
}

/** ST0 becomes empty and TOP goes up. */
export function pop(cpu: Cpu): void {
  setEmpty(cpu, 0);
  moveTop(cpu, 1);
}

/** Pops as often as the instruction says: 0, 1 or 2 times. */
export function popTimes(cpu: Cpu, times: number): void {
  for (let index = 0; index < times; index += 1) pop(cpu);
}

/**
 * TOP goes down for a value to be loaded; false when there is no room: then the stack overflow is reported, and its masked response, the indefinite,
 * is there already. SDM 1 "Stack Overflow or Underflow Exception (#IS)".
 */
export function push(cpu: Cpu): boolean {
  if (isEmpty(cpu, 7)) {
    moveTop(cpu, -1);
    return true;
  }
  if (!report(cpu, IE | SF, C1)) {
    moveTop(cpu, -1);
    writeIndefinite(cpu, 0);
  }
  return false;
}

/** Reports a stack underflow. True when it is masked: the caller then stores an indefinite. */
export function underflows(cpu: Cpu): boolean {
  return !report(cpu, IE | SF, 0);
}
