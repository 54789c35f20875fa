// SIMD floating-point exceptions: gathered lane by lane while an instruction computes, then noted in MXCSR and, when one is not masked, raised.
// SDM 1 "SIMD Floating-Point Exceptions", "SIMD Floating-Point Exception Conditions", "Generating SIMD Floating-Point Exceptions".

import { CR4_OSXMMEXCPT } from '../../arch/control-registers.ts';
import { registerOffset } from '../../arch/register-file.ts';
import { rule } from '../../event/rules.ts';
import { demand, skip, UD, XM } from '../fault.ts';
import { ALL_EXCEPTIONS, DE, Environment, PE, ROUND_NEAREST } from '../soft-float/environment.ts';
import type { Cpu } from '../state.ts';
import { MXCSR_DAZ, MXCSR_FZ, MXCSR_MASKS_SHIFT, MXCSR_RC_SHIFT } from './mxcsr.ts';

const R_SUPPORT = rule('simd-exception-support'), R_EXCEPTION = rule('simd-exception');
const CR4 = registerOffset('cr4');

/** What the instruction being executed computes with: rounding and masks of MXCSR. Operations add to its flags; `noteBefore` and `noteAfter` take them from there. */
export const environment = new Environment();
/** True when denormal operands count as zeros. */
export let denormalsAreZeros = false;
/** True when results may be had from the host's arithmetic: rounding to nearest, and nobody waits for an inexact one. */
export let mayBeQuick = false;
let before = 0, after = 0;

/** Begins an instruction: no exception yet. */
export function beginFloat(cpu: Cpu): void {
  const { mxcsr } = cpu;
  environment.rounding = (mxcsr >>> MXCSR_RC_SHIFT) & 3;
  environment.masks = (mxcsr >>> MXCSR_MASKS_SHIFT) & ALL_EXCEPTIONS;
  environment.flushToZero = mxcsr & MXCSR_FZ;
  environment.flags = 0;
  denormalsAreZeros = (mxcsr & MXCSR_DAZ) !== 0;
  mayBeQuick = environment.rounding === ROUND_NEAREST && (environment.masks & PE) !== 0;
  before = 0;
  after = 0;
}

/**
 * Notes the exceptions the operands gave: invalid, division by zero, and denormal, which the other two keep away (`denormal` 1 when there is such an
 * operand). SDM 1 "SIMD Floating-Point Exception Priority" of "Exception Priority".
 */
export function noteBefore(denormal: number): void {
  before |= environment.flags !== 0 || denormal === 0 ? environment.flags : DE;
  environment.flags = 0;
}

/** Notes the exceptions the result gave: overflow, underflow, precision. */
export function noteAfter(): void {
  after |= environment.flags;
  environment.flags = 0;
}

/** Notes that a result of the host's arithmetic was not exact. */
export function noteInexact(): void { after |= PE; }

/** True when ending the instruction now raises an exception. */
export const willRaise = (): boolean => ((before | after) & ~environment.masks) !== 0;

/**
 * Ends an instruction, before it writes its destination. MXCSR takes the flags even when an exception is raised; one of the operands keeps those
 * of results away, as no result was computed. Faults with #XM, or #UD while CR4.OSXMMEXCPT = 0.
 */
export function endFloat(cpu: Cpu): void {
  const isRefused = (before & ~environment.masks) !== 0;
  const flags = isRefused ? before : before | after;
  if (flags !== 0) cpu.mxcsr |= flags;
  const unmasked = flags & ~environment.masks;
  if (unmasked === 0) skip(cpu, R_SUPPORT);
  else demand(cpu, R_SUPPORT, (cpu.register(CR4) & CR4_OSXMMEXCPT) !== 0, UD, cpu.register(CR4), cpu.mxcsr);
  demand(cpu, R_EXCEPTION, unmasked === 0, XM, unmasked, cpu.mxcsr);
}
