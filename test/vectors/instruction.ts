// Prefixes, opcode and memory operand of a recorded instruction, read from its bytes without our decoder: waivers, restatements and flag
// masks must not depend on what is being tested. Real-address mode, 16-bit operands and addresses.

import type { RecordedTest, RegisterName } from './moo.ts';

export interface RecordedInstruction {
  /** Where the LOCK prefix stands; -1 without one. */
  readonly lockAt: number;
  /** 0xF2, 0xF3 or 0: the last repeat prefix. */
  readonly repeat: number;
  /** The last segment override; null without one. */
  readonly override: SegmentName | null;
  /** Where the opcode stands. */
  readonly opcodeAt: number;
  readonly opcode: number;
  /** The reg field of the byte behind the opcode, taken as ModR/M. */
  readonly digit: number;
  /** True when that byte names memory. */
  readonly isMemory: boolean;
  readonly lengthBytes: number;
}
export type SegmentName = 'es' | 'cs' | 'ss' | 'ds';

const LOCK = 0xf0;
const OVERRIDES: Readonly<Record<number, SegmentName>> = { 0x26: 'es', 0x2e: 'cs', 0x36: 'ss', 0x3e: 'ds' };

/** What the bytes of an instruction begin with. */
export function instructionOf({ bytes }: RecordedTest): RecordedInstruction {
  let at = 0, lockAt = -1, repeat = 0, override: SegmentName | null = null;
  for (;; at += 1) {
    const byte = bytes[at] ?? 0;
    if (byte === LOCK) lockAt = at;
    else if (byte === 0xf2 || byte === 0xf3) repeat = byte;
    else if (byte in OVERRIDES) override = OVERRIDES[byte]!;
    else break;
  }
  const modrm = bytes[at + 1] ?? 0;
  const opcode = bytes[at] ?? 0;
  return { lockAt, repeat, override, opcodeAt: at, opcode, digit: (modrm >>> 3) & 7, isMemory: modrm < 0xc0, lengthBytes: (opcode | 1) === 0xc7 ? at + lengthOfMove(opcode, modrm) : bytes.length - 1 };
}

// A recording holds the instruction and an HLT, but of undefined forms of C6 and C7 no more than ModR/M.
function lengthOfMove(opcode: number, modrm: number): number {
  const mod = modrm >>> 6;
  return 3 + (opcode & 1) + (mod === 1 ? 1 : mod === 2 || (mod === 0 && (modrm & 7) === 6) ? 2 : 0);
}

/** A memory operand: its segment register and the offset of its first byte. */
export interface MemoryPlace { readonly segment: SegmentName; readonly offset: number }

const BASES: readonly (readonly RegisterName[])[] = [['bx', 'si'], ['bx', 'di'], ['bp', 'si'], ['bp', 'di'], ['si'], ['di'], ['bp'], ['bx']];

/** Where the operand that ModR/M names lies. SDM 2A "16-Bit Addressing Forms with the ModR/M Byte". */
export function memoryOperandOf(test: RecordedTest): MemoryPlace {
  const { override, opcodeAt } = instructionOf(test);
  const modrm = test.bytes[opcodeAt + 1]!, mod = modrm >>> 6, rm = modrm & 7;
  const byte = test.bytes[opcodeAt + 2] ?? 0, word = byte | ((test.bytes[opcodeAt + 3] ?? 0) << 8);
  const bases = mod === 0 && rm === 6 ? [] : BASES[rm]!;
  const displacement = mod === 1 ? (byte << 24) >> 24 : mod === 2 || bases.length === 0 ? word : 0;
  const offset = bases.reduce((sum, name) => sum + (test.before[name] ?? 0), displacement) & 0xffff;
  return { segment: override ?? (bases.includes('bp') ? 'ss' : 'ds'), offset };
}
