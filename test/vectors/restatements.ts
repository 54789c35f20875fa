// Tests whose recording shows the 80286 where a 386 and later differ by a rule that can be computed: such a test is restated for our
// processor and then compared in full. Nothing is excused by it. What cannot be restated is in waivers.ts.

import { FLAG_DF, FLAG_IF, FLAG_TF } from '../../core/cpu/flags.ts';
import { instructionOf, memoryOperandOf, type RecordedInstruction } from './instruction.ts';
import { FLAGS_OF_80286, type MemoryBytes, type RecordedTest } from './moo.ts';

export interface Restatement {
  readonly id: string;
  /** What the processors do, in one sentence. */
  readonly title: string;
  readonly cite: string;
  readonly applies: (test: RecordedTest) => boolean;
  /** The tests that together replace it: all must pass. */
  readonly restate: (test: RecordedTest) => readonly RecordedTest[];
}

const GP = 13, SS = 12, UD = 6;
const VECTOR_BYTES = 4;
const WORD_END = 0xffff;

export const RESTATEMENTS: readonly Restatement[] = [
  {
    id: 'lock', title: 'an 80286 takes LOCK before any instruction; a 386 and later raise #UD. Run with the prefix, it must raise #UD; without it, do what was recorded',
    cite: 'SDM 2A "LOCK—Assert LOCK# Signal Prefix"', applies: (test) => isLockRefused(instructionOf(test)) && test.exception?.vector !== UD, restate: (test) => [refused(test), withoutLock(test)],
  },
  {
    id: 'stack-vector', title: 'an 80286 raises #GP for a word at offset FFFF of any segment; a 386 and later raise #SS when it is the stack segment. The handler of 13 must be entered by 12',
    cite: 'SDM 3B "Segment Wraparound"; SDM 3A "Interrupt 12—Stack Fault Exception (#SS)"', applies: overrunsStack, restate: (test) => [movedVector(test)],
  },
  {
    id: 'upper-flags', title: 'an 80286 in real-address mode keeps bits 12 to 15 of FLAGS at 0; POPF and IRET of a 386 and later load IOPL and NT',
    cite: 'SDM 1 "Identification of Earlier IA-32 Processors"', applies: (test) => upperFlags(test) !== 0, restate: (test) => [{ ...test, after: { ...test.after, flags: flagsAfter(test) | upperFlags(test) } }],
  },
];

/** The restatements that a test needs, one after the other: what is to be run instead, and which they were. */
export function restated(test: RecordedTest): { readonly tests: readonly RecordedTest[]; readonly by: readonly Restatement[] } {
  let tests: readonly RecordedTest[] = [test];
  const by = RESTATEMENTS.filter(({ applies }) => applies(test));
  for (const { applies, restate } of by) tests = tests.flatMap((one) => (applies(one) ? restate(one) : [one]));
  return { tests, by };
}

// the two-operand operations that write memory: ADD OR ADC SBB AND SUB XOR; CMP does not
const writesMemory = (operation: number): boolean => operation < 7;

function isLockRefused({ lockAt, opcode, digit, isMemory }: RecordedInstruction): boolean {
  if (lockAt < 0) return false;
  const isLockable = opcode < 0x40 ? (opcode & 7) < 2 && writesMemory(opcode >>> 3)
    : opcode >= 0x80 && opcode <= 0x83 ? writesMemory(digit)
      : opcode === 0xf6 || opcode === 0xf7 ? digit === 2 || digit === 3
        : opcode === 0xfe || opcode === 0xff ? digit < 2 : opcode === 0x86 || opcode === 0x87;
  return !(isLockable && isMemory);
}

/** The same instruction without the prefix: those before it move up by a byte, and execution begins behind the first. */
function withoutLock(test: RecordedTest): RecordedTest {
  const { lockAt } = instructionOf(test);
  const ip = test.before.ip ?? 0, start = linear(test.before.cs ?? 0, ip);
  const values = test.memoryBefore.values.slice();
  test.memoryBefore.addresses.forEach((address, index) => {
    const at = address - start;
    if (at > 0 && at <= lockAt) values[index] = test.bytes[at - 1]!;
  });
  const bytes = Uint8Array.from(test.bytes.filter((_, at) => at !== lockAt));
  const moved = { ...test, bytes, before: { ...test.before, ip: ip + 1 }, memoryBefore: { addresses: test.memoryBefore.addresses, values }, after: { ip, ...test.after } };
  return isFault(test) ? { ...moved, memoryAfter: returnsTo(moved, ip + 1) } : moved;
}

/** True when an exception pushed the address of the instruction itself: all but INT3, INT n and INTO are faults. */
function isFault(test: RecordedTest): boolean {
  return test.exception !== null && !TRAPS.has(instructionOf(test).opcode);
}
const TRAPS: ReadonlySet<number> = new Set([0xcc, 0xcd, 0xce]);

function returnsTo({ after, before, memoryAfter }: RecordedTest, ip: number): MemoryBytes {
  const sp = after.sp ?? before.sp ?? 0, ss = before.ss ?? 0;
  return replaced(memoryAfter, [[linear(ss, sp), ip & 0xff], [linear(ss, (sp + 1) & 0xffff), (ip >>> 8) & 0xff]]);
}

/** The instruction as it stands, ending in #UD at a handler of ours. */
function refused(test: RecordedTest): RecordedTest {
  const { before } = test;
  const sp = before.sp ?? 0, ss = before.ss ?? 0, flags = (before.flags ?? 0) & FLAGS_OF_80286 | 2;
  const frame = [before.ip ?? 0, before.cs ?? 0, flags].flatMap((word, slot) => [0, 1].map((byte) => [linear(ss, (sp - 6 + 2 * slot + byte) & 0xffff), (word >>> (8 * byte)) & 0xff] as const));
  const handler = freeParagraph(test, frame.map(([address]) => address));
  const halt: readonly (readonly [number, number])[] = [[UD * VECTOR_BYTES, 0], [UD * VECTOR_BYTES + 1, 0], [UD * VECTOR_BYTES + 2, handler & 0xff], [UD * VECTOR_BYTES + 3, handler >>> 8], [handler * 16, 0xf4]];
  return {
    ...test, memoryBefore: replaced(test.memoryBefore, halt), memoryAfter: memoryOf(frame), exception: { vector: UD, flagsAddress: linear(ss, (sp - 2) & 0xffff) },
    after: { sp: (sp - 6) & 0xffff, cs: handler, ip: 1, flags: flags & ~(FLAG_IF | FLAG_TF) },
  };
}

/** A paragraph above the vector table which a test does not use. */
function freeParagraph({ memoryBefore }: RecordedTest, frame: readonly number[]): number {
  const used = new Set([...memoryBefore.addresses, ...frame].map((address) => address >>> 4));
  let paragraph = 0x80;
  while (used.has(paragraph)) paragraph += 1;
  return paragraph;
}

/** PUSH, POP, POPA, PUSHF, POPF, CALL, RET, ENTER, LEAVE, IRET: what reads or writes the stack and nothing else. PUSHA with these pointers raises #GP on all. */
const STACK_ONLY: ReadonlySet<number> = new Set([0x06, 0x07, 0x0e, 0x16, 0x17, 0x1e, 0x1f, 0x61, 0x68, 0x6a, 0x9a, 0x9c, 0x9d, 0xc2, 0xc3, 0xc8, 0xc9, 0xca, 0xcb, 0xcf, 0xe8]);

/** True when the recorded #GP came from an access to the stack segment. */
function overrunsStack(test: RecordedTest): boolean {
  if (test.exception?.vector !== GP) return false;
  const instruction = instructionOf(test);
  const { opcode, override, lengthBytes } = instruction;
  if (lengthBytes > 10) return false;
  if (opcode in STRING_READS) return override === 'ss' && STRING_READS[opcode]!(test);
  if (STACK_ONLY.has(opcode) || (opcode >= 0x50 && opcode < 0x60)) return true;
  if (opcode === 0xa1 || opcode === 0xa3) return override === 'ss';
  if (opcode === 0x60 || opcode === 0xcd || !instruction.isMemory) return false;
  // POP reads the stack before it writes its operand
  return memoryOperandOf(test).segment === 'ss' || (opcode === 0x8f && test.before.sp === WORD_END);
}

// An 80286 has moved the pointer that faulted: it stood at FFFF before. SDM 2A "CMPS": the first operand is the one that SI points to.
const hasLeft = (test: RecordedTest, register: 'si' | 'di'): boolean => (test.after[register] ?? test.before[register]) === (((test.before.flags ?? 0) & FLAG_DF) === 0 ? 1 : 0xfffd);
const isAtEnd = (test: RecordedTest): boolean => (test.after.si ?? test.before.si) === WORD_END;
const STRING_READS: Readonly<Record<number, (test: RecordedTest) => boolean>> = {
  0xa5: (test) => hasLeft(test, 'si'), 0xa7: (test) => (hasLeft(test, 'di') ? isAtEnd(test) : true), 0xad: () => true, 0x6f: () => true,
};

/** The same with the handler of #GP as that of #SS. */
function movedVector(test: RecordedTest): RecordedTest {
  const entry = [0, 1, 2, 3].map((byte) => [SS * VECTOR_BYTES + byte, byteAt(test.memoryBefore, GP * VECTOR_BYTES + byte)] as const);
  return { ...test, memoryBefore: replaced(test.memoryBefore, entry), exception: { vector: SS, flagsAddress: test.exception?.flagsAddress ?? 0 } };
}

/** IOPL and NT of the image that POPF or IRET pops. */
function upperFlags(test: RecordedTest): number {
  const { opcode } = instructionOf(test);
  if ((opcode !== 0x9d && opcode !== 0xcf) || test.exception !== null) return 0;
  const offset = (test.before.sp ?? 0) + (opcode === 0x9d ? 0 : 4);
  return (byteAt(test.memoryBefore, linear(test.before.ss ?? 0, (offset + 1) & 0xffff)) << 8) & 0x7000;
}

const flagsAfter = ({ before, after }: RecordedTest): number => after.flags ?? (before.flags ?? 0) & FLAGS_OF_80286;
const linear = (segment: number, offset: number): number => segment * 16 + offset;

function byteAt({ addresses, values }: MemoryBytes, address: number): number {
  const index = addresses.lastIndexOf(address);
  return index < 0 ? 0 : values[index]!;
}

function memoryOf(bytes: readonly (readonly [number, number])[]): MemoryBytes {
  return { addresses: Uint32Array.from(bytes, ([address]) => address), values: Uint8Array.from(bytes, ([, value]) => value) };
}

// a later byte wins
function replaced(memory: MemoryBytes, bytes: readonly (readonly [number, number])[]): MemoryBytes {
  const more = memoryOf(bytes);
  return { addresses: Uint32Array.of(...memory.addresses, ...more.addresses), values: Uint8Array.of(...memory.values, ...more.values) };
}
