// Memory operands of x87 instructions: up to 80 bits in three words, checked as one access, read before anything changes and written last.

import type { Insn } from '../../isa/insn.ts';
import { privilegeOf } from '../access.ts';
import { IS_READ, IS_WRITE, NO_PART, WHAT_OPERAND } from '../access-codes.ts';
import { tellAccess } from '../access-report.ts';
import { demandAligned, isAlignmentChecked } from '../alignment.ts';
import { meetData } from '../breakpoints.ts';
import { prepareLinearWrite, readLinear16, readLinear32, writeLinear16, writeLinear32 } from '../linear-memory.ts';
import { linearForWrite, prepareWrite, read16, read32, segmentedForRead, segmentedForWrite, write16, write32 } from '../memory.ts';
import { effectiveAddress } from '../operands.ts';
import type { Cpu } from '../state.ts';
import { noteOperand } from './available.ts';

/** What alignment checking looks at in an operand of 64 or 80 bits. SDM 3A "Interrupt 17—Alignment Check Exception (#AC)", "Table 6-7". */
const UNIT = 8;
/** The operand just read or about to be written: words lowest first. */
export const words = new Uint32Array(3);

/** Reads the instruction's operand into `words` (16 bits sign-extended to two words) and names the instruction: nothing faults after it. */
export function readOperandWords(cpu: Cpu, insn: Insn): void {
  const offset = effectiveAddress(cpu, insn), bits = insn.destination.sizeBits;
  if (bits === 32) words[0] = read32(cpu, insn.segment, offset);
  else if (bits === 16) words[0] = (read16(cpu, insn.segment, offset) << 16) >> 16;
  else readWide(cpu, insn.segment, offset, bits);
  noteOperand(cpu, insn, offset);
}

function readWide(cpu: Cpu, segment: number, offset: number, bits: number): void {
  const linear = segmentedForRead(cpu, segment, offset, bits >>> 3), privilege = privilegeOf(cpu.cpl);
  if (!cpu.isQuick || isAlignmentChecked(cpu)) demandAligned(cpu, linear, UNIT);
  words[0] = readLinear32(cpu, linear, privilege);
  words[1] = readLinear32(cpu, (linear + 4) >>> 0, privilege);
  if (bits === 80) words[2] = readLinear16(cpu, (linear + 8) >>> 0, privilege);
  if (!cpu.isQuick) tellWide(cpu, linear, bits, IS_READ);
}

/** Checks that the instruction's operand can be written and names the instruction: nothing faults after it. Returns the operand's offset. */
export function prepareStore(cpu: Cpu, insn: Insn): number {
  const offset = effectiveAddress(cpu, insn);
  const bits = insn.destination.sizeBits;
  if (bits === 80) {
    const linear = segmentedForWrite(cpu, insn.segment, offset, bits >>> 3);
    if (!cpu.isQuick || isAlignmentChecked(cpu)) demandAligned(cpu, linear, UNIT);
    prepareLinearWrite(cpu, linear, bits >>> 3, privilegeOf(cpu.cpl));
  } else prepareWrite(cpu, insn.segment, offset, bits >>> 3);
  noteOperand(cpu, insn, offset);
  return offset;
}

/** Writes `words` to an operand that `prepareStore` checked. */
export function storeWords(cpu: Cpu, insn: Insn, offset: number): void {
  const bits = insn.destination.sizeBits;
  if (bits === 32) write32(cpu, insn.segment, offset, words[0]!);
  else if (bits === 16) write16(cpu, insn.segment, offset, words[0]!);
  else writeWide(cpu, insn.segment, offset, bits);
}

function writeWide(cpu: Cpu, segment: number, offset: number, bits: number): void {
  const linear = linearForWrite(cpu, segment, offset, bits >>> 3), privilege = privilegeOf(cpu.cpl);
  writeLinear32(cpu, linear, words[0]!, privilege);
  writeLinear32(cpu, (linear + 4) >>> 0, words[1]!, privilege);
  if (bits === 80) writeLinear16(cpu, (linear + 8) >>> 0, words[2]!, privilege);
  if (!cpu.isQuick) tellWide(cpu, linear, bits, IS_WRITE);
}

function tellWide(cpu: Cpu, linear: number, bits: number, write: number): void {
  meetData(cpu, linear, bits >>> 3, write);
  tellAccess(cpu, WHAT_OPERAND, NO_PART, linear, bits >>> 3, words[0]!, words[1]!, write);
}
