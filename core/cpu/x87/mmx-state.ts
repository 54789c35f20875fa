// MMX registers as the x87 unit sees them: MMn is the significand of physical register Rn, whatever TOP is. SDM 1 "MMX Registers",
// SDM 3A "The MMX State and MMX Register Aliasing".

import type { Cpu } from '../state.ts';

const WORDS = 4, EXPONENT = 2;
/** SW: 13..11 TOP. */
const STATUS_TOP = 0x3800, EXPONENT_ONES = 0xffff;

/** What every MMX instruction but EMMS does when it completes: TOP = 0, all tags valid. */
export function enterMmx(cpu: Cpu): void {
  cpu.fpuStatus &= ~STATUS_TOP;
  cpu.fpuTag = 0;
}

/** Copies MMn into two words. */
export function loadMmx(cpu: Cpu, register: number, into: Uint32Array): void {
  const at = register * WORDS;
  into[0] = cpu.x87[at]!;
  into[1] = cpu.x87[at + 1]!;
}

/** Writes MMn from two words: sign and exponent become all ones. Enters MMX state. */
export function storeMmx(cpu: Cpu, register: number, from: Uint32Array): void {
  const at = register * WORDS;
  enterMmx(cpu);
  cpu.x87[at] = from[0]!;
  cpu.x87[at + 1] = from[1]!;
  cpu.x87[at + EXPONENT] = EXPONENT_ONES;
}
