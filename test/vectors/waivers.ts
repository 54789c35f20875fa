// What is excused: differences between the recording 80286 and a 386 and later that cannot be restated (restatements.ts). A waiver is a
// predicate over one test and names what may differ in it; it must excuse no test that passes, and everything else is compared.

import { FLAG_DF, FLAG_PF, FLAG_SF, FLAG_ZF } from '../../core/cpu/flags.ts';
import { pushedFlagsOf, type Difference } from './guest.ts';
import { instructionOf, memoryOperandOf } from './instruction.ts';
import type { RecordedTest } from './moo.ts';

export interface Waiver {
  readonly id: string;
  readonly title: string;
  readonly cite: string;
  readonly applies: (test: RecordedTest) => boolean;
  /** True for a difference that it excuses. */
  readonly excuses: (difference: Difference, test: RecordedTest) => boolean;
}

const DE = 0, UD = 6, GP = 13;
const MOST_BYTES_80286 = 10;
const HLT = 0xf4;
/** String instructions that write memory, with the bytes of an element. */
const STRING_WRITES: Readonly<Record<number, number>> = { 0x6c: 1, 0x6d: 2, 0xa4: 1, 0xa5: 2, 0xaa: 1, 0xab: 2 };
const WORD_STRINGS: ReadonlySet<number> = new Set([0x6d, 0x6f, 0xa5, 0xa7, 0xab, 0xad, 0xaf]);

const isTooLong = (test: RecordedTest): boolean => instructionOf(test).lengthBytes > MOST_BYTES_80286 && test.exception?.vector === GP;

/** Bytes of the memory operand of escapes that only read it. */
const X87_OPERANDS: Readonly<Record<number, number>> = { 0xd8: 4, 0xda: 4, 0xdc: 8 };

function overrunsInside(test: RecordedTest, bytes: number): boolean {
  if (bytes === 0 || !instructionOf(test).isMemory) return false;
  const { offset } = memoryOperandOf(test);
  return offset < 0xffff && offset + bytes > 0x1_0000;
}

const flagsOf = (registers: RecordedTest['before']): number => registers.flags ?? 0;

/** True in the three words that the exception pushed, or in the word below, where SP stood lower. */
function isInFrame(address: number, { before, after }: RecordedTest): boolean {
  const distance = (address - 16 * (before.ss ?? 0) - (after.sp ?? 0)) & 0xffff;
  return distance < 6 || distance >= 0xfffe;
}

const physical = (segment: number | undefined, offset: number): number => (segment ?? 0) * 16 + (offset & 0xffff);

function isRepeatedComparison(test: RecordedTest): boolean {
  const { repeat, opcode } = instructionOf(test);
  return repeat !== 0 && (opcode === 0xa7 || opcode === 0xaf);
}

/** True when the HLT at which the test ends is no HLT any more: IP is behind it. */
function overwritesHalt({ before, after, memoryAfter }: RecordedTest): boolean {
  const at = memoryAfter.addresses.lastIndexOf(physical(after.cs ?? before.cs, (after.ip ?? before.ip ?? 0) - 1));
  return at >= 0 && memoryAfter.values[at] !== HLT;
}

/** True when a repeated string instruction changes its own bytes before its last turn. */
function overwritesRepeated(test: RecordedTest): boolean {
  const { repeat, opcode, lengthBytes } = instructionOf(test);
  const bytes = STRING_WRITES[opcode];
  if (repeat === 0 || bytes === undefined) return false;
  const { before, after, memoryAfter } = test;
  const start = physical(before.cs, before.ip ?? 0), isDown = (flagsOf(before) & FLAG_DF) !== 0;
  const last = physical(before.es, (after.di ?? before.di ?? 0) + (isDown ? bytes : -bytes));
  return memoryAfter.addresses.some((address, index) => {
    const at = address - start;
    return at >= 0 && at < lengthBytes && memoryAfter.values[index] !== test.bytes[at] && !(address >= last && address < last + bytes);
  });
}

export const WAIVERS: readonly Waiver[] = [
  {
    id: 'length', title: 'an 80286 refuses instructions of more than 10 bytes, a 386 and later of more than 15: nothing was recorded of what it would do',
    cite: 'SDM 3A "Interrupt 13—General Protection Exception (#GP)": longer than 15 bytes', applies: isTooLong, excuses: () => true,
  },
  {
    id: 'string-restart', title: 'a word string instruction that faults at offset FFFF: an 80286 leaves SI, DI and CX moved, a 386 and later as they were before the iteration, and the flags of a repeated comparison as they were before it',
    cite: 'SDM 2B "REP/REPE/REPZ/REPNE/REPNZ—Repeat String Operation Prefix": registers are as before the iteration that faulted, flags of CMPS and SCAS as before the instruction',
    applies: (test) => WORD_STRINGS.has(instructionOf(test).opcode) && test.exception?.vector === GP && !isTooLong(test),
    excuses: ({ what, address }, test) => what === 'si' || what === 'di' || what === 'cx' || (isRepeatedComparison(test) && (what === 'flags' || pushedFlagsOf(test).includes(address))),
  },
  {
    id: 'fs-gs', title: 'MOV to and from segment registers 4 and 5: an 80286 has none and raises #UD; a 386 and later have FS and GS',
    cite: 'SDM 1 "Segment Registers": FS and GS came with the Intel386 processor',
    applies: (test) => {
      const { opcode, digit, lockAt } = instructionOf(test);
      return lockAt < 0 && (opcode === 0x8c || opcode === 0x8e) && (digit === 4 || digit === 5) && test.exception?.vector === UD;
    },
    excuses: () => true,
  },
  {
    id: 'aam-flags', title: 'AAM with 0: an 80286 has changed SF, ZF and PF by the time of #DE; a fault leaves the flags as they were',
    cite: 'SDM 2A "AAM—ASCII Adjust AX After Multiply"; SDM 3A "Exception Classifications"',
    applies: (test) => instructionOf(test).opcode === 0xd4 && test.exception?.vector === DE && ((flagsOf(test.before) ^ flagsOf(test.after)) & (FLAG_SF | FLAG_ZF | FLAG_PF)) !== 0,
    excuses: ({ what, address }, test) => what === 'flags' || (what === 'memory' && pushedFlagsOf(test).includes(address)),
  },
  {
    id: 'pop-restart', title: 'POP to a word of memory at offset FFFF: an 80286 leaves SP moved by the time of the fault, a 386 and later as it was',
    cite: 'SDM 3A "Exception Classifications": the state before the faulting instruction is restored',
    applies: (test) => instructionOf(test).opcode === 0x8f && test.exception?.vector === GP && memoryOperandOf(test).offset === 0xffff && test.before.sp !== 0xffff && !isTooLong(test),
    excuses: ({ what, address }, test) => what === 'sp' || (what === 'memory' && isInFrame(address, test)),
  },
  {
    id: 'escape-operand', title: 'an x87 operand that begins below offset FFFF and ends beyond it: an 80286 without an 80287 reads the first word at most, a 386 and later check all of it',
    cite: 'SDM 3A "Interrupt 9—Coprocessor Segment Overrun"',
    applies: (test) => test.exception === null && overrunsInside(test, X87_OPERANDS[instructionOf(test).opcode] ?? 0), excuses: () => true,
  },
  {
    id: 'prefetch', title: 'the instruction overwrites itself, or the HLT behind it: an 80286 goes on with what it had fetched, a Pentium and later with what was written',
    cite: 'SDM 3A "Self-Modifying Code"', applies: (test) => overwritesHalt(test) || overwritesRepeated(test), excuses: () => true,
  },
];
