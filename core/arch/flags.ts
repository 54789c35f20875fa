// EFLAGS (RFLAGS has the same bits; 63..32 are reserved). SDM 1 "EFLAGS Register".

import { bits, flag, type BitField } from './bit-field.ts';

//  21 20  19  18 17 16 15 14 13 12 11 10  9  8  7  6  5  4  3  2  1  0
//  ID VIP VIF AC VM RF 0  NT IOPL  OF DF IF TF SF ZF 0  AF 0  PF 1  CF
export const EFLAGS_CF = 0x1, EFLAGS_FIXED = 0x2, EFLAGS_PF = 0x4, EFLAGS_AF = 0x10, EFLAGS_ZF = 0x40, EFLAGS_SF = 0x80;
export const EFLAGS_TF = 0x100, EFLAGS_IF = 0x200, EFLAGS_DF = 0x400, EFLAGS_OF = 0x800, EFLAGS_IOPL = 0x3000, EFLAGS_NT = 0x4000;
export const EFLAGS_RF = 0x1_0000, EFLAGS_VM = 0x2_0000, EFLAGS_AC = 0x4_0000, EFLAGS_VIF = 0x8_0000, EFLAGS_VIP = 0x10_0000, EFLAGS_ID = 0x20_0000;

/** Every field of EFLAGS, lowest bit first. */
export const EFLAGS_FIELDS: readonly BitField[] = [
  flag(0, 'CF', 'carry or borrow out of the highest bit'),
  flag(2, 'PF', 'the low byte of the result has an even number of ones'),
  flag(4, 'AF', 'carry or borrow out of bit 3 (decimal adjust)'),
  flag(6, 'ZF', 'the result is zero'),
  flag(7, 'SF', 'sign: the highest bit of the result'),
  flag(8, 'TF', 'trap: a debug exception follows each instruction'),
  flag(9, 'IF', 'maskable interrupts are taken'),
  flag(10, 'DF', 'string instructions go downwards'),
  flag(11, 'OF', 'the signed result does not fit'),
  bits(12, 2, 'IOPL', 'the largest CPL that may use IN, OUT, CLI and STI'),
  flag(14, 'NT', 'nested task: IRET switches back to the previous task'),
  flag(16, 'RF', 'resume: instruction breakpoints are ignored once'),
  flag(17, 'VM', 'virtual-8086 mode'),
  flag(18, 'AC', 'alignment check at CPL 3, or supervisor access to user pages under SMAP'),
  flag(19, 'VIF', 'virtual interrupt flag'),
  flag(20, 'VIP', 'virtual interrupt pending'),
  flag(21, 'ID', 'CPUID is there when this can be changed'),
];
/** IOPL of an EFLAGS value. */
export const ioplOf = (eflags: number): number => (eflags >>> 12) & 3;
