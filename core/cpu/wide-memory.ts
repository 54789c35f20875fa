// Memory operands of 8 and 16 bytes, of MMX and SSE: read into and written from words, lowest first. Everything is checked before a word is
// written; a listening probe hears of accesses of 8 bytes. Narrower operands: memory.ts.

import { difference } from '../arch/vendor-differences.ts';
import { rule } from '../event/rules.ts';
import { privilegeOf } from './access.ts';
import { IS_READ, IS_WRITE, NO_PART, WHAT_OPERAND } from './access-codes.ts';
import { tellAccess } from './access-report.ts';
import { meetData } from './breakpoints.ts';
import { demandAligned, isAlignmentChecked } from './alignment.ts';
import { differ } from './differ.ts';
import { demand, GP0, skip } from './fault.ts';
import { prepareLinearWrite, readLinear32, writeLinear32 } from './linear-memory.ts';
import { segmentedForRead, segmentedForWrite } from './memory.ts';
import { SUPERVISOR_READ, USER_READ } from './tlb.ts';
import type { Cpu } from './state.ts';

const R_OPERAND_ALIGNED = rule('operand-aligned'), R_ALIGNED = rule('access-aligned');
const ALIGNMENT_CHECK = difference('wide-alignment-check');
const PAGE_MASK = 0xffff_f000 | 0;
/** What a listening probe and data breakpoints hear of at a time. */
const UNIT = 8;

/** Where an operand of 16 bytes may lie: on a 16-byte boundary, or anywhere (MOVUPS, MOVUPD, MOVDQU, LDDQU). */
export type Placement = 'aligned' | 'anywhere';

/** Reads 8 bytes. Faults with #GP(0), #SS(0), #AC, #PF. */
export function read64(cpu: Cpu, segment: number, offset: number, into: Uint32Array): void {
  if (readQuickly(cpu, segment, offset, into, 8)) return;
  const linear = segmentedForRead(cpu, segment, offset >>> 0, 8);
  if (!cpu.isQuick || isAlignmentChecked(cpu)) demandAligned(cpu, linear, 8);
  readWords(cpu, linear, into, 8);
}

/** Reads 16 bytes. Faults with #GP(0), #SS(0), #AC, #PF. */
export function read128(cpu: Cpu, segment: number, offset: number, into: Uint32Array, placement: Placement): void {
  if ((placement === 'anywhere' || (offset & 15) === 0) && readQuickly(cpu, segment, offset, into, 16)) return;
  const linear = segmentedForRead(cpu, segment, offset >>> 0, 16);
  demandPlacement(cpu, linear, placement);
  readWords(cpu, linear, into, 16);
}

/** Writes 8 bytes. Faults with #GP(0), #SS(0), #AC, #PF: then nothing is written. */
export function write64(cpu: Cpu, segment: number, offset: number, from: Uint32Array): void {
  const linear = segmentedForWrite(cpu, segment, offset >>> 0, 8);
  if (!cpu.isQuick || isAlignmentChecked(cpu)) demandAligned(cpu, linear, 8);
  writeWords(cpu, linear, from, 8);
}

/** Writes 16 bytes. Faults with #GP(0), #SS(0), #AC, #PF: then nothing is written. */
export function write128(cpu: Cpu, segment: number, offset: number, from: Uint32Array, placement: Placement): void {
  const linear = segmentedForWrite(cpu, segment, offset >>> 0, 16);
  demandPlacement(cpu, linear, placement);
  writeWords(cpu, linear, from, 16);
}

// The short path of memory.ts: a segment without base, a page that may be read, no probe that listens.
function readQuickly(cpu: Cpu, segment: number, offset: number, into: Uint32Array, sizeBytes: number): boolean {
  const at = (offset >>> 10) & 0xffc, tag = cpu.tlb[at]!;
  if (((tag ^ offset) & PAGE_MASK) !== 0 || (tag & (cpu.cpl === 3 ? USER_READ : SUPERVISOR_READ)) === 0 || ((cpu.flatSegments >>> segment) & 1) === 0) return false;
  if ((offset & 0xfff) + sizeBytes > 0x1000) return false;
  const physical = cpu.tlb[at + 1]! + (offset & 0xfff);
  for (let index = 0; index < sizeBytes; index += 4) into[index >>> 2] = cpu.ramView.getInt32(physical + index, true);
  return true;
}

/**
 * SDM 2A "MOVAPS" and its likes: #GP(0) when a 128-bit operand does not lie on a 16-byte boundary, whatever the segment. Where it may lie anywhere,
 * alignment checking looks at all 16 bytes: a vendor difference.
 */
function demandPlacement(cpu: Cpu, linear: number, placement: Placement): void {
  if (placement === 'aligned') {
    demand(cpu, R_OPERAND_ALIGNED, (linear & 15) === 0, GP0, linear, 16);
    skip(cpu, R_ALIGNED);
    return;
  }
  skip(cpu, R_OPERAND_ALIGNED);
  if (isAlignmentChecked(cpu) && (linear & 15) !== 0) differ(cpu, ALIGNMENT_CHECK);
  if (!cpu.isQuick || isAlignmentChecked(cpu)) demandAligned(cpu, linear, 16);
}

function readWords(cpu: Cpu, linear: number, into: Uint32Array, sizeBytes: number): void {
  const privilege = privilegeOf(cpu.cpl);
  for (let index = 0; index < sizeBytes; index += 4) into[index >>> 2] = readLinear32(cpu, (linear + index) >>> 0, privilege);
  if (!cpu.isQuick) tellWide(cpu, linear, into, sizeBytes, IS_READ);
}

function writeWords(cpu: Cpu, linear: number, from: Uint32Array, sizeBytes: number): void {
  const privilege = privilegeOf(cpu.cpl);
  prepareLinearWrite(cpu, linear, sizeBytes, privilege);

  for (let index = 0; index < sizeBytes; index += 4) writeLinear32(cpu, (linear + index) >>> 0, from[index >>> 2]!, privilege);
  if (!cpu.isQuick) tellWide(cpu, linear, from, sizeBytes, IS_WRITE);
}

function tellWide(cpu: Cpu, linear: number, words: Uint32Array, sizeBytes: number, write: number): void {
  meetData(cpu, linear, sizeBytes, write);
  for (let index = 0; index < sizeBytes; index += UNIT) {
    tellAccess(cpu, WHAT_OPERAND, NO_PART, linear + index, UNIT, words[index >>> 2]!, words[(index >>> 2) + 1]!, write);
  }
}
