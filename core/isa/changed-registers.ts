// Which general registers, and whether flags, an instruction may change when it completes: from its operands alone, and rather too many than
// too few. For searches that look for the last change of a register; nothing that executes asks.

import { REGISTER, type Insn, type Operand } from './insn.ts';
import type { Op } from './opcode-index.ts';
import { SIMD_ROWS } from './opcodes-simd.ts';
import { X87_ROWS } from './opcodes-x87.ts';

/** Bit n is general register n in encoding order; these stand for the flags, and for those of them that no arithmetic changes (TF, IF, DF, IOPL, NT, AC…). */
export const FLAGS_CHANGE = 0x100, SYSTEM_FLAGS_CHANGE = 0x200;
const ALL_REGISTERS = 0xff, ECX = 1 << 1, ESP = 1 << 4;
/** `register` of AH, CH, DH and BH as the decoder numbers them. */
const HIGH_BYTES = 20;

const DESTINATION: ReadonlySet<Op> = new Set<Op>([
  'add', 'or', 'adc', 'sbb', 'and', 'sub', 'xor', 'not', 'neg', 'inc', 'dec', 'mov', 'lea', 'movzx', 'movsx', 'imul', 'cmovcc', 'setcc', 'bts', 'btr', 'btc', 'bsf', 'bsr',
  'bswap', 'rol', 'ror', 'rcl', 'rcr', 'shl', 'shr', 'sar', 'shld', 'shrd', 'movEvSw', 'movRdCd', 'movRdDd', 'movRdTd', 'sldt', 'str', 'smsw', 'lar', 'lsl',
]);
// OUT is in none of these: behind a port may be a BIOS, which answers in registers
const NONE: ReadonlySet<Op> = new Set<Op>([
  'cmp', 'test', 'bt', 'nop', 'jmp', 'jcc', 'jmpFar', 'clc', 'stc', 'cmc', 'cld', 'std', 'cli', 'sti', 'stac', 'clac', 'hlt', 'movSwEw', 'movCdRd', 'movDdRd', 'movTdRd', 'lgdt', 'lidt', 'lldt', 'ltr',
  'sgdt', 'sidt', 'lmsw', 'clts', 'invlpg', 'wrmsr', 'verr', 'verw', 'wbinvd', 'invd', 'sahf',
]);
const STACK: ReadonlySet<Op> = new Set<Op>(['push', 'pushSw', 'pushf', 'pop', 'popSw', 'popf', 'call', 'ret']);
const COUNTED: ReadonlySet<Op> = new Set<Op>(['loop', 'loope', 'loopne']);
const KEEPS_FLAGS: ReadonlySet<Op> = new Set<Op>([
  'mov', 'lea', 'movzx', 'movsx', 'not', 'bswap', 'cmovcc', 'setcc', 'xchg', 'nop', 'jmp', 'jcc', 'hlt', 'push', 'pushSw', 'pushf', 'pop', 'popSw', 'call', 'ret',
  'loop', 'loope', 'loopne', 'jcxz', 'movs', 'stos', 'lods', 'enter', 'leave', 'xlat', 'cbw', 'cwd', 'lahf', 'pusha', 'popa', 'movEvSw', 'movSwEw',
]);

/** What changes CF, PF, AF, ZF, SF and OF alone, if any flag. */
const STATUS_FLAGS_ONLY: ReadonlySet<Op> = new Set<Op>([
  'add', 'or', 'adc', 'sbb', 'and', 'sub', 'xor', 'cmp', 'test', 'neg', 'inc', 'dec', 'mul', 'imul', 'imulAccumulator', 'div', 'idiv', 'rol', 'ror', 'rcl', 'rcr', 'shl', 'shr', 'sar', 'shld', 'shrd',
  'bt', 'bts', 'btr', 'btc', 'bsf', 'bsr', 'xadd', 'cmpxchg', 'cmpxchg8b', 'cmps', 'scas', 'clc', 'stc', 'cmc', 'sahf', 'aaa', 'aas', 'aam', 'aad', 'daa', 'das', 'arpl', 'lar', 'lsl', 'verr', 'verw',
]);

/** x87, MMX and SSE: a general register only as the destination, flags only by comparison. */
const FLOATING: ReadonlySet<Op> = new Set<Op>([...SIMD_ROWS.map(([, op]) => op), ...X87_ROWS.map(([, op]) => op), 'fwait']);
const COMPARES: ReadonlySet<Op> = new Set<Op>(['comiss', 'comisd', 'ucomiss', 'ucomisd', 'fcomi', 'fcomip', 'fucomi', 'fucomip']);

/** The registers an instruction may change, one bit each, FLAGS_CHANGE and SYSTEM_FLAGS_CHANGE. What its fault would change is not in it, nor RF, which ends with any. */
export function changedRegisters(insn: Insn): number {
  return registersOf(insn) | flagsOf(insn.op);
}

function flagsOf(op: Op): number {
  if (KEEPS_FLAGS.has(op) || (FLOATING.has(op) && !COMPARES.has(op))) return 0;
  return STATUS_FLAGS_ONLY.has(op) || COMPARES.has(op) ? FLAGS_CHANGE : FLAGS_CHANGE | SYSTEM_FLAGS_CHANGE;
}

function registersOf({ op, destination }: Insn): number {
  if (NONE.has(op)) return 0;
  if (DESTINATION.has(op) || FLOATING.has(op)) return bitOf(destination);
  if (STACK.has(op)) return ESP | (op === 'pop' ? bitOf(destination) : 0);
  return COUNTED.has(op) ? ECX : ALL_REGISTERS;
}

// beyond the eight registers of 32-bit code nothing is told apart
function bitOf({ kind, register }: Operand): number {
  if (kind !== REGISTER) return 0;
  const number = register >= HIGH_BYTES ? register - HIGH_BYTES : register;
  return number < 8 ? 1 << number : ALL_REGISTERS;
}
