// EFLAGS with lazy arithmetic flags. After an operation only its result and a word of carries are kept; CF PF AF ZF SF OF are
// derived when asked for. The two words are always the truth about those six flags; the other flags live in `cpu.rawFlags`.
//
//   lazyResult   the result, sign-extended to 32 bits: ZF = (it is 0), SF = its sign, PF = parity of its low byte
//   lazyCarries  31 CF | 30 carry into the sign bit: OF = bit 31 xor bit 30 | 3 AF | 1 PF flipped | 0 SF flipped
//
// The flips serve POPF and SAHF, which can set combinations that no result has. SDM 1 "Status Flags".
import { PENDING_RESUME, PENDING_TRAP, PENDING_VIRTUAL } from './attention.ts';
import type { Cpu } from './state.ts';

export const FLAG_CF = 0x1, FLAG_PF = 0x4, FLAG_AF = 0x10, FLAG_ZF = 0x40, FLAG_SF = 0x80, FLAG_TF = 0x100, FLAG_IF = 0x200, FLAG_DF = 0x400, FLAG_OF = 0x800;
export const FLAG_IOPL = 0x3000, FLAG_NT = 0x4000, FLAG_RF = 0x1_0000, FLAG_VM = 0x2_0000, FLAG_AC = 0x4_0000, FLAG_VIF = 0x8_0000, FLAG_VIP = 0x10_0000, FLAG_ID = 0x20_0000;
/** Together they say that an interrupt held back is due. */
export const VIRTUAL_INTERRUPT = FLAG_VIF | FLAG_VIP;
/** CF PF AF ZF SF OF. */
export const STATUS_FLAGS = FLAG_CF | FLAG_PF | FLAG_AF | FLAG_ZF | FLAG_SF | FLAG_OF;
/** Bits of EFLAGS that exist; bit 1 is always 1. */
export const ALL_FLAGS = 0x3f_7fd5;

const CARRY = 0x8000_0000 | 0;
const CARRY_AND_BELOW = 0xc000_0000 | 0;
const BELOW = 0x4000_0000;
/** AF in the word of carries. */
export const ADJUST = 8;

/** CF as 0 or 1. */
export function carryFlag(cpu: Cpu): number { return cpu.lazyCarries >>> 31; }
/** AF as 0 or 1. */
export function adjustFlag(cpu: Cpu): number { return (cpu.lazyCarries >>> 3) & 1; }
/** OF as 0 or 1. */
export function overflowFlag(cpu: Cpu): number { return ((cpu.lazyCarries ^ (cpu.lazyCarries << 1)) >>> 31); }
/** ZF as a truth value. */
export function isZero(cpu: Cpu): boolean { return cpu.lazyResult === 0; }
/** SF as 0 or 1. */
export function signFlag(cpu: Cpu): number { return (cpu.lazyResult ^ (cpu.lazyCarries << 31)) >>> 31; }
/** PF as 0 or 1: set when the low byte of the result has an even number of ones. */
export function parityFlag(cpu: Cpu): number {
  let byte = cpu.lazyResult & 0xff;
  byte ^= byte >>> 4;
  // 0x6996 holds the odd-parity bit of each nibble.
  return (~(0x6996 >>> (byte & 15)) ^ (cpu.lazyCarries >>> 1)) & 1;
}

/** Evaluates condition `tttn` (0..15). SDM 2D "Encoding of Conditional Test (tttn) Field". */
export function isCondition(cpu: Cpu, condition: number): boolean {
  switch (condition) {
    case 0: return overflowFlag(cpu) !== 0;
    case 1: return overflowFlag(cpu) === 0;
    case 2: return cpu.lazyCarries < 0;
    case 3: return cpu.lazyCarries >= 0;
    case 4: return cpu.lazyResult === 0;
    case 5: return cpu.lazyResult !== 0;
    case 6: return cpu.lazyCarries < 0 || cpu.lazyResult === 0;
    case 7: return cpu.lazyCarries >= 0 && cpu.lazyResult !== 0;
    case 8: return signFlag(cpu) !== 0;
    case 9: return signFlag(cpu) === 0;
    case 10: return parityFlag(cpu) !== 0;
    case 11: return parityFlag(cpu) === 0;
    case 12: return signFlag(cpu) !== overflowFlag(cpu);
    case 13: return signFlag(cpu) === overflowFlag(cpu);
    case 14: return cpu.lazyResult === 0 || signFlag(cpu) !== overflowFlag(cpu);
    default: return cpu.lazyResult !== 0 && signFlag(cpu) === overflowFlag(cpu);
  }
}

/** The six status flags as EFLAGS bits. */
export function statusFlags(cpu: Cpu): number {
  return carryFlag(cpu) | (parityFlag(cpu) << 2) | (adjustFlag(cpu) << 4) | (isZero(cpu) ? FLAG_ZF : 0) | (signFlag(cpu) << 7) | (overflowFlag(cpu) << 11);
}

/** The whole EFLAGS register, bit 1 set. */
export function readFlags(cpu: Cpu): number {
  return ((cpu.rawFlags & ~STATUS_FLAGS) | statusFlags(cpu) | 2) >>> 0;
}

/** Brings `cpu.rawFlags` (the register file's RFLAGS) up to date, for whoever reads the register file as words. */
export function materialiseFlags(cpu: Cpu): void {
  cpu.rawFlags = readFlags(cpu);
}

/** Replaces all of EFLAGS. No privilege rule is applied here: POPF and IRET decide what may change. */
export function writeFlags(cpu: Cpu, value: number): void {
  cpu.rawFlags = (value & ALL_FLAGS) | 2;
  if ((value & (FLAG_TF | FLAG_RF)) !== 0) cpu.pending |= ((value & FLAG_TF) === 0 ? 0 : PENDING_TRAP) | ((value & FLAG_RF) === 0 ? 0 : PENDING_RESUME);
  if ((value & VIRTUAL_INTERRUPT) === VIRTUAL_INTERRUPT) cpu.pending |= PENDING_VIRTUAL;
  writeStatusFlags(cpu, value);
}

/** Replaces the six status flags by those of `value` (EFLAGS bits). */
export function writeStatusFlags(cpu: Cpu, value: number): void {
  const zero = (value & FLAG_ZF) !== 0;
  // Result 0 has PF=1 and SF=0, result 1 has PF=0 and SF=0.
  const parityFlip = ((value & FLAG_PF) !== 0) === zero ? 0 : 2;
  const carry = (value & FLAG_CF) !== 0;
  const below = carry !== ((value & FLAG_OF) !== 0);
  cpu.lazyResult = zero ? 0 : 1;
  cpu.lazyCarries = (carry ? CARRY : 0) | (below ? BELOW : 0) | ((value & FLAG_AF) >>> 1) | parityFlip | ((value & FLAG_SF) >>> 7);
}

/** Sets CF (0 or 1) and leaves the other flags. */
export function setCarryFlag(cpu: Cpu, carry: number): void {
  // Flipping both bits flips CF and keeps OF.
  if (carryFlag(cpu) !== carry) cpu.lazyCarries ^= CARRY_AND_BELOW;
}

/** Sets CF and OF (0 or 1 each) and leaves the other flags. */
export function setCarryAndOverflow(cpu: Cpu, flags: { readonly carry: number; readonly overflow: number }): void {
  cpu.lazyCarries = (cpu.lazyCarries & ~CARRY_AND_BELOW) | carryWord(flags.carry, flags.overflow);
}

/** The carry word for CF and OF (0 or 1 each). */
export function carryWord(carry: number, overflow: number): number {
  return (carry << 31) | ((carry ^ overflow) << 30);
}

/** Sets ZF (0 or 1) and leaves the other flags. */
export function setZeroFlag(cpu: Cpu, zero: boolean): void {
  if (isZero(cpu) !== zero) writeStatusFlags(cpu, (statusFlags(cpu) & ~FLAG_ZF) | (zero ? FLAG_ZF : 0));
}

/**
 * Records a result and the carry out of each bit position; both left-aligned by `shift` (0, 16, 24 for 32, 16, 8 bits),
 * so that the sign bit is bit 31 at every size.
 */
export function setResultAndCarries(cpu: Cpu, aligned: number, carries: number, shift: number): void {
  cpu.lazyResult = aligned >> shift;
  cpu.lazyCarries = (carries & CARRY_AND_BELOW) | ((carries >>> shift) & ADJUST);
}

/** Records a result with CF = OF = AF = 0: the logic operations. */
export function setLogicResult(cpu: Cpu, result: number): void {
  cpu.lazyResult = result;
  cpu.lazyCarries = 0;
}
