// A bare processor that may use MMX and SSE, for tests that execute a few of their instructions.

import { registerOffset } from '../../../core/arch/register-file.ts';
import type { Cpu } from '../../../core/cpu/state.ts';
import { bareCpu } from './bare-cpu.ts';

const CR4 = registerOffset('cr4'), OSFXSR = 0x200, OSXMMEXCPT = 0x400;

/** Flat ring 0 with CR4.OSFXSR and CR4.OSXMMEXCPT, MXCSR as after reset; `code` comes next. */
export function simdCpu(...code: readonly number[]): Cpu {
  const cpu = bareCpu(code);
  cpu.setRegister(CR4, OSFXSR | OSXMMEXCPT, 0);
  return cpu;
}

/** Writes a register from a number of 32 hexadecimal digits, the highest lane first; blanks and underscores may part it. */
export function setXmm(cpu: Cpu, register: number, text: string): void {
  const digits = text.replace(/[ _]/g, '').padStart(32, '0');
  for (let word = 0; word < 4; word += 1) cpu.xmm[register * 4 + word] = parseInt(digits.slice(24 - word * 8, 32 - word * 8), 16);
}
export const xmm = (cpu: Cpu, register: number): string => [3, 2, 1, 0].map((word) => cpu.xmm[register * 4 + word]!.toString(16).padStart(8, '0')).join('');

/** The same for MMX registers, 16 digits: the significand of the x87 register of that number. */
export function setMmx(cpu: Cpu, register: number, text: string): void {
  const digits = text.replace(/[ _]/g, '').padStart(16, '0');
  cpu.x87[register * 4] = parseInt(digits.slice(8), 16);
  cpu.x87[register * 4 + 1] = parseInt(digits.slice(0, 8), 16);
}
export const mmx = (cpu: Cpu, register: number): string => [1, 0].map((word) => cpu.x87[register * 4 + word]!.toString(16).padStart(8, '0')).join('');
