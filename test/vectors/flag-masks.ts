// Which flags of a test are compared: all that the manual defines. SDM 1 "EFLAGS Cross-Reference", and "Flags Affected" of each instruction.

import { FLAG_AF, FLAG_CF, FLAG_OF, FLAG_PF, FLAG_SF, FLAG_ZF, STATUS_FLAGS } from '../../core/cpu/flags.ts';
import { instructionOf, type RecordedInstruction } from './instruction.ts';
import type { RecordedTest } from './moo.ts';

/** The bits of FLAGS that the manual defines after a test's instruction. */
export function definedFlags(test: RecordedTest): number {
  return 0xffff & ~undefinedFlags(test, instructionOf(test));
}

function undefinedFlags({ bytes, before }: RecordedTest, instruction: RecordedInstruction): number {
  const { opcode, digit } = instruction;
  switch (opcode) {
    case 0x37: case 0x3f: return FLAG_OF | FLAG_SF | FLAG_ZF | FLAG_PF;
    case 0x27: case 0x2f: return FLAG_OF;
    case 0xd4: case 0xd5: return FLAG_OF | FLAG_AF | FLAG_CF;
    case 0x69: case 0x6b: return FLAG_SF | FLAG_ZF | FLAG_AF | FLAG_PF;
    case 0x84: case 0x85: case 0xa8: case 0xa9: return FLAG_AF;
    case 0xf6: case 0xf7: return undefinedOfGroup3(digit);
    case 0x80: case 0x81: case 0x82: case 0x83: return isLogic(digit) ? FLAG_AF : 0;
    case 0xc0: case 0xc1: return undefinedOfShift(instruction, bytes[bytes.length - 2]!);
    case 0xd0: case 0xd1: return undefinedOfShift(instruction, 1);
    case 0xd2: case 0xd3: return undefinedOfShift(instruction, before.cx ?? 0);
    default: return opcode < 0x40 && (opcode & 7) < 6 && isLogic(opcode >>> 3) ? FLAG_AF : 0;
  }
}

const isLogic = (operation: number): boolean => operation === 1 || operation === 4 || operation === 6;

function undefinedOfGroup3(digit: number): number {
  if (digit < 2) return FLAG_AF;
  if (digit === 4 || digit === 5) return FLAG_SF | FLAG_ZF | FLAG_AF | FLAG_PF;
  return digit >= 6 ? STATUS_FLAGS : 0;
}

// SDM 2B "RCL/RCR/ROL/ROR", "SAL/SAR/SHL/SHR": OF is defined for 1-bit counts only; CF is not where SHL or SHR shifts by the operand's width or more.
function undefinedOfShift({ opcode, digit }: RecordedInstruction, counter: number): number {
  const count = counter & 31;
  if (count === 0) return 0;
  const overflow = count === 1 ? 0 : FLAG_OF;
  if (digit < 4) return overflow;
  const width = (opcode & 1) === 0 ? 8 : 16;
  return overflow | FLAG_AF | (digit !== 7 && count >= width ? FLAG_CF : 0);
}
