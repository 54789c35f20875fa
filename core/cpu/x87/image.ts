// Blocks of memory that x87 state is saved in: checked as a whole before any byte is written, read as a whole before any register changes.

import { privilegeOf } from '../access.ts';
import { IS_READ, IS_WRITE, NO_PART, WHAT_OPERAND } from '../access-codes.ts';
import { tellAccess } from '../access-report.ts';
import { demandAligned, isAlignmentChecked } from '../alignment.ts';
import { meetData } from '../breakpoints.ts';
import { prepareLinearWrite, readLinear16, readLinear32, writeLinear16, writeLinear32 } from '../linear-memory.ts';
import { segmentedForRead, segmentedForWrite } from '../memory.ts';
import type { Cpu } from '../state.ts';

/** Reads `sizeBytes`, an even number, into `image`. Alignment checking looks at units of `unitBytes`. */
export function readImage(cpu: Cpu, segment: number, offset: number, image: DataView, sizeBytes: number, unitBytes: number): void {
  const linear = segmentedForRead(cpu, segment, offset, sizeBytes), privilege = privilegeOf(cpu.cpl);
  if (!cpu.isQuick || isAlignmentChecked(cpu)) demandAligned(cpu, linear, unitBytes);
  for (let at = 0; at < sizeBytes; at += 4) {
    const place = (linear + at) >>> 0;
    if (at + 4 <= sizeBytes) image.setUint32(at, readLinear32(cpu, place, privilege), true);
    else image.setUint16(at, readLinear16(cpu, place, privilege), true);
  }
  if (!cpu.isQuick) tellImage(cpu, linear, image, sizeBytes, IS_READ);
}

/** Writes `sizeBytes`, an even number, of `image`. */
export function writeImage(cpu: Cpu, segment: number, offset: number, image: DataView, sizeBytes: number, unitBytes: number): void {
  const linear = segmentedForWrite(cpu, segment, offset, sizeBytes), privilege = privilegeOf(cpu.cpl);
  if (!cpu.isQuick || isAlignmentChecked(cpu)) demandAligned(cpu, linear, unitBytes);
  prepareLinearWrite(cpu, linear, sizeBytes, privilege);

  for (let at = 0; at < sizeBytes; at += 4) {
    const place = (linear + at) >>> 0;
    if (at + 4 <= sizeBytes) writeLinear32(cpu, place, image.getInt32(at, true), privilege);
    else writeLinear16(cpu, place, image.getUint16(at, true), privilege);
  }
  if (!cpu.isQuick) tellImage(cpu, linear, image, sizeBytes, IS_WRITE);
}

function tellImage(cpu: Cpu, linear: number, image: DataView, sizeBytes: number, write: number): void {
  meetData(cpu, linear, sizeBytes, write);
  tellAccess(cpu, WHAT_OPERAND, NO_PART, linear, sizeBytes, image.getUint32(0, true), image.getUint32(4, true), write);
}
