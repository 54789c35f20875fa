// Memory by segment and offset, as instructions use it. The short path (flat segment, translation cached with the right) is here;
// everything else checks the segment as the manual says and goes on by linear address (linear-memory.ts). `isQuick` is asked there before a
// listening probe's test: it is the cheaper one.
// 8- and 16-bit values are unsigned, 32-bit ones signed integers; offsets may be given signed or unsigned.

import { RIGHTS_UNUSABLE } from '../arch/register-file.ts';
import { difference } from '../arch/vendor-differences.ts';
import { rule } from '../event/rules.ts';
import { privilegeOf } from './access.ts';
import { IS_READ, IS_WRITE, NO_PART, WHAT_OPERAND } from './access-codes.ts';
import { tellAccess } from './access-report.ts';
import { demandAligned, isAlignmentChecked } from './alignment.ts';
import { meetData } from './breakpoints.ts';
import { differ } from './differ.ts';
import { demand, GP0, SS0, skip, type FaultCode } from './fault.ts';
import { prepareLinearWrite, readLinear16, readLinear32, readLinear8, writeLinear16, writeLinear32, writeLinear8 } from './linear-memory.ts';
import { isRealMode } from './mode.ts';
import { PAGE_DIRTY } from './page-flags.ts';
import { writeNoted } from './physical-write.ts';
import { CS, SS, type Cpu } from './state.ts';
import { SUPERVISOR_READ, SUPERVISOR_WRITE, USER_READ, USER_WRITE } from './tlb.ts';

const R_USABLE = rule('segment-usable'), R_READABLE = rule('segment-readable'), R_WRITABLE = rule('segment-writable');
const R_LIMIT = rule('segment-limit'), R_EXPAND_DOWN = rule('segment-expand-down'), R_FETCH_LIMIT = rule('fetch-limit');
const D_ACROSS = difference('access-across-4-gib');
const PAGE_MASK = 0xffff_f000 | 0;
const FLAT_WRITE_SHIFT = 8;

// access rights, as the register file has them: 14 D/B | type: 3 code, 2 expand-down (data) or conforming, 1 writable or readable
const TYPE_CODE = 8, TYPE_EXPAND_DOWN = 4, TYPE_READ_WRITE = 2, RIGHTS_B = 0x4000;

/** Reads a byte, unsigned. Faults with #GP(0) or #SS(0) by the segment's rules, then #PF. */
export function read8(cpu: Cpu, segment: number, offset: number): number {
  const at = (offset >>> 10) & 0xffc, tag = cpu.tlb[at]!;
  if (((tag ^ offset) & PAGE_MASK) === 0 && (tag & (cpu.cpl === 3 ? USER_READ : SUPERVISOR_READ)) !== 0 && ((cpu.flatSegments >>> segment) & 1) !== 0) {
    return cpu.ram[cpu.tlb[at + 1]! + (offset & 0xfff)]!;
  }
  const linear = linearForRead(cpu, segment, offset >>> 0, 1);
  const value = readLinear8(cpu, linear, privilegeOf(cpu.cpl));
  if (!cpu.isQuick) noteOperand(cpu, linear, 1, value, IS_READ);
  return value;
}

/** Reads two bytes, unsigned. */
export function read16(cpu: Cpu, segment: number, offset: number): number {
  const at = (offset >>> 10) & 0xffc, tag = cpu.tlb[at]!;
  if (((tag ^ offset) & PAGE_MASK) === 0 && (tag & (cpu.cpl === 3 ? USER_READ : SUPERVISOR_READ)) !== 0 && ((cpu.flatSegments >>> segment) & 1) !== 0 && (offset & 0xfff) <= 0xffe) {
    return cpu.ramView.getUint16(cpu.tlb[at + 1]! + (offset & 0xfff), true);
  }
  const linear = linearForRead(cpu, segment, offset >>> 0, 2);
  const value = readLinear16(cpu, linear, privilegeOf(cpu.cpl));
  if (!cpu.isQuick) noteOperand(cpu, linear, 2, value, IS_READ);
  return value;
}

/** Reads four bytes, as a signed 32-bit integer. */
export function read32(cpu: Cpu, segment: number, offset: number): number {
  const at = (offset >>> 10) & 0xffc, tag = cpu.tlb[at]!;
  if (((tag ^ offset) & PAGE_MASK) === 0 && (tag & (cpu.cpl === 3 ? USER_READ : SUPERVISOR_READ)) !== 0 && ((cpu.flatSegments >>> segment) & 1) !== 0 && (offset & 0xfff) <= 0xffc) {
    return cpu.ramView.getInt32(cpu.tlb[at + 1]! + (offset & 0xfff), true);
  }
  const linear = linearForRead(cpu, segment, offset >>> 0, 4);
  const value = readLinear32(cpu, linear, privilegeOf(cpu.cpl));
  if (!cpu.isQuick) noteOperand(cpu, linear, 4, value, IS_READ);
  return value;
}

/** Writes a byte. */
export function write8(cpu: Cpu, segment: number, offset: number, value: number): void {
  const at = (offset >>> 10) & 0xffc, tag = cpu.tlb[at]!;
  if (((tag ^ offset) & PAGE_MASK) === 0 && (tag & (cpu.cpl === 3 ? USER_WRITE : SUPERVISOR_WRITE)) !== 0 && ((cpu.flatSegments >>> (segment + FLAT_WRITE_SHIFT)) & 1) !== 0) {
    const physical = cpu.tlb[at + 1]! + (offset & 0xfff);
    if (cpu.pageFlags[physical >>> 12] === PAGE_DIRTY) cpu.ram[physical] = value;
    else writeNoted(cpu, physical, 1, value);
    return;
  }
  const linear = linearForWrite(cpu, segment, offset >>> 0, 1);
  writeLinear8(cpu, linear, value, privilegeOf(cpu.cpl));
  if (!cpu.isQuick) noteOperand(cpu, linear, 1, value & 0xff, IS_WRITE);
}

/** Writes two bytes. */
export function write16(cpu: Cpu, segment: number, offset: number, value: number): void {
  const at = (offset >>> 10) & 0xffc, tag = cpu.tlb[at]!;
  if (((tag ^ offset) & PAGE_MASK) === 0 && (tag & (cpu.cpl === 3 ? USER_WRITE : SUPERVISOR_WRITE)) !== 0 && ((cpu.flatSegments >>> (segment + FLAT_WRITE_SHIFT)) & 1) !== 0 && (offset & 0xfff) <= 0xffe) {
    const physical = cpu.tlb[at + 1]! + (offset & 0xfff);
    if (cpu.pageFlags[physical >>> 12] === PAGE_DIRTY) cpu.ramView.setUint16(physical, value, true);
    else writeNoted(cpu, physical, 2, value);
    return;
  }
  const linear = linearForWrite(cpu, segment, offset >>> 0, 2);
  writeLinear16(cpu, linear, value, privilegeOf(cpu.cpl));
  if (!cpu.isQuick) noteOperand(cpu, linear, 2, value & 0xffff, IS_WRITE);
}

/** Writes four bytes. */
export function write32(cpu: Cpu, segment: number, offset: number, value: number): void {
  const at = (offset >>> 10) & 0xffc, tag = cpu.tlb[at]!;
  if (((tag ^ offset) & PAGE_MASK) === 0 && (tag & (cpu.cpl === 3 ? USER_WRITE : SUPERVISOR_WRITE)) !== 0 && ((cpu.flatSegments >>> (segment + FLAT_WRITE_SHIFT)) & 1) !== 0 && (offset & 0xfff) <= 0xffc) {
    const physical = cpu.tlb[at + 1]! + (offset & 0xfff);
    if (cpu.pageFlags[physical >>> 12] === PAGE_DIRTY) cpu.ramView.setInt32(physical, value, true);
    else writeNoted(cpu, physical, 4, value);
    return;
  }
  const linear = linearForWrite(cpu, segment, offset >>> 0, 4);
  writeLinear32(cpu, linear, value, privilegeOf(cpu.cpl));
  if (!cpu.isQuick) noteOperand(cpu, linear, 4, value, IS_WRITE);
}

/** An instruction has read or written its operand: data breakpoints look at it, a listening probe hears of it. Asked only while `isQuick` is false. */
function noteOperand(cpu: Cpu, linear: number, size: number, value: number, write: number): void {
  meetData(cpu, linear, size, write);
  tellAccess(cpu, WHAT_OPERAND, NO_PART, linear, size, value, 0, write);
}

/** A read that a listening probe is told of as something else than an operand. Otherwise read8, read16 and read32 do the same. */
export function readTold(cpu: Cpu, told: { readonly what: number; readonly part: number; readonly segment: number; readonly offset: number; readonly size: number }): number {
  const linear = linearForRead(cpu, told.segment, told.offset, told.size);
  const value = told.size === 4 ? readLinear32(cpu, linear, privilegeOf(cpu.cpl)) : readLinear16(cpu, linear, privilegeOf(cpu.cpl));
  meetData(cpu, linear, told.size, IS_READ);
  tellAccess(cpu, told.what, told.part, linear, told.size, value, 0, IS_READ);
  return value;
}

/** Checks that `sizeBytes` (at most 4096) can be written, without writing: read-modify-write, ENTER and PUSHA probe before they commit. */
export function prepareWrite(cpu: Cpu, segment: number, offset: number, sizeBytes: number): void {
  const tag = cpu.tlb[(offset >>> 10) & 0xffc]!;
  if (((tag ^ offset) & PAGE_MASK) === 0 && (tag & (cpu.cpl === 3 ? USER_WRITE : SUPERVISOR_WRITE)) !== 0 && ((cpu.flatSegments >>> (segment + FLAT_WRITE_SHIFT)) & 1) !== 0 && (offset & 0xfff) + sizeBytes <= 0x1000) return;
  prepareLinearWrite(cpu, linearForWrite(cpu, segment, offset >>> 0, sizeBytes), sizeBytes, privilegeOf(cpu.cpl));
}

/** The linear address of a read after every segment check. SDM 3A "Limit Checking", "Type Checking". */
export function linearForRead(cpu: Cpu, segment: number, offset: number, sizeBytes: number): number {
  const linear = segmentedForRead(cpu, segment, offset, sizeBytes);
  if (!cpu.isQuick || isAlignmentChecked(cpu)) demandAligned(cpu, linear, sizeBytes);
  return linear;
}

/** The linear address of a write after every segment check. */
export function linearForWrite(cpu: Cpu, segment: number, offset: number, sizeBytes: number): number {
  const linear = segmentedForWrite(cpu, segment, offset, sizeBytes);
  if (!cpu.isQuick || isAlignmentChecked(cpu)) demandAligned(cpu, linear, sizeBytes);
  return linear;
}

/** The same without the alignment check, which is the caller's (wide-memory.ts). */
export function segmentedForRead(cpu: Cpu, segment: number, offset: number, sizeBytes: number): number {
  const rights = cpu.segmentRights(segment);
  demandUsable(cpu, segment, rights);
  // SDM 3A "Type Checking": no instruction may read an execute-only code segment. In real-address mode types are not looked at.
  demand(cpu, R_READABLE, (rights & (TYPE_CODE | TYPE_READ_WRITE)) !== TYPE_CODE || isRealMode(cpu), GP0, segment, rights);
  if (!cpu.isQuick) skip(cpu, R_WRITABLE);
  demandWithinLimit(cpu, segment, offset, sizeBytes, rights);
  return (cpu.segmentBase(segment) + offset) >>> 0;
}

/** The same for a write. */
export function segmentedForWrite(cpu: Cpu, segment: number, offset: number, sizeBytes: number): number {
  const rights = cpu.segmentRights(segment);
  demandUsable(cpu, segment, rights);
  if (!cpu.isQuick) skip(cpu, R_READABLE);
  // SDM 3A "Type Checking": no instruction may write into a code segment or a read-only data segment.
  demand(cpu, R_WRITABLE, (rights & (TYPE_CODE | TYPE_READ_WRITE)) === TYPE_READ_WRITE || isRealMode(cpu), GP0, segment, rights);
  demandWithinLimit(cpu, segment, offset, sizeBytes, rights);
  return (cpu.segmentBase(segment) + offset) >>> 0;
}

/**
 * The linear address of the next instruction byte at this offset, after the limit check of CS: #GP(0). Offsets above 64 KiB fail like any other,
 * and so does 4 GiB, where an instruction at the very end of a flat segment goes on.
 */
export function linearForFetch(cpu: Cpu, offset: number): number {
  if (offset > 0xffff_ffff && cpu.segmentLimit(CS) === 0xffff_ffff) differ(cpu, D_ACROSS);
  // SDM 3A "Limit Checking".
  demand(cpu, R_FETCH_LIMIT, offset <= cpu.segmentLimit(CS), GP0, offset >>> 0, cpu.segmentLimit(CS));
  return (cpu.segmentBase(CS) + offset) >>> 0;
}

function demandUsable(cpu: Cpu, segment: number, rights: number): void {
  demand(cpu, R_USABLE, (rights & RIGHTS_UNUSABLE) === 0, limitFault(segment), segment, cpu.segmentSelector(segment));
}

function demandWithinLimit(cpu: Cpu, segment: number, offset: number, sizeBytes: number, rights: number): void {
  const limit = cpu.segmentLimit(segment);
  if (isExpandDown(rights)) {
    skip(cpu, R_LIMIT);
    demand(cpu, R_EXPAND_DOWN, isWithinLimit(rights, limit, offset, sizeBytes), limitFault(segment), offset, limit);
  } else {
    if (limit === 0xffff_ffff && offset + sizeBytes - 1 > limit) differ(cpu, D_ACROSS);
    demand(cpu, R_LIMIT, isWithinLimit(rights, limit, offset, sizeBytes), limitFault(segment), offset, limit);
    if (!cpu.isQuick) skip(cpu, R_EXPAND_DOWN);
  }
}

/** True for an expand-down data segment. */
export const isExpandDown = (rights: number): boolean => (rights & (TYPE_CODE | TYPE_EXPAND_DOWN)) === TYPE_EXPAND_DOWN;

/**
 * True when all of [offset, offset + sizeBytes) may be used in a segment of these rights and limit. Sums are exact (numbers beyond 32 bits),
 * so an access that wraps past 4 GiB is outside. SDM 3A "Limit Checking".
 */
export function isWithinLimit(rights: number, limit: number, offset: number, sizeBytes: number): boolean {
  const last = offset + sizeBytes - 1;
  if (!isExpandDown(rights)) return last <= limit;
  return offset > limit && last <= ((rights & RIGHTS_B) !== 0 ? 0xffff_ffff : 0xffff);
}

const limitFault = (segment: number): FaultCode => (segment === SS ? SS0 : GP0);
