// The x87 status and control words: their bits, their one writer, and the environment they give to arithmetic.
// SDM 1 "x87 FPU Status Register", "x87 FPU Control Word".
//
//   status    15 B  14 C3  13..11 TOP  10 C2  9 C1  8 C0  7 ES  6 SF  5 PE  4 UE  3 OE  2 ZE  1 DE  0 IE
//   control   12 X  11..10 RC  9..8 PC  6 always 1  5 PM  4 UM  3 OM  2 ZM  1 DM  0 IM

import { CR0_NE } from '../../arch/control-registers.ts';
import { registerOffset } from '../../arch/register-file.ts';
import { difference } from '../../arch/vendor-differences.ts';
import { differ } from '../differ.ts';
import { ALL_EXCEPTIONS, Environment } from '../soft-float/environment.ts';
import { EXTENDED, EXTENDED_24, EXTENDED_53, type Format } from '../soft-float/formats.ts';
import type { Cpu } from '../state.ts';

export const SF = 0x40, ES = 0x80, C0 = 0x100, C1 = 0x200, C2 = 0x400, C3 = 0x4000, BUSY = 0x8000;
export const CONDITION_CODES = C0 | C1 | C2 | C3;
export const TOP_SHIFT = 11, TOP_MASK = 0x3800;
/** Bits of the control word that exist; bit 6 reads as 1. */
const CONTROL_BITS = 0x1f3f, CONTROL_FIXED = 0x40;
const D_ERROR = difference('x87-error-line');
const CR0 = registerOffset('cr0');

/** Replaces the status word. ES and B follow from the exceptions and their masks: a pending error begins or ends here, and with CR0.NE = 0 the bus is told. */
export function setStatus(cpu: Cpu, value: number): void {
  const isPending = (value & ~cpu.fpuControl & ALL_EXCEPTIONS) !== 0, wasPending = (cpu.fpuStatus & ES) !== 0;
  cpu.fpuStatus = (value & ~(ES | BUSY)) | (isPending ? ES | BUSY : 0);
  if (isPending === wasPending || (cpu.register(CR0) & CR0_NE) !== 0) return;
  if (isPending) differ(cpu, D_ERROR);
  cpu.bus.setFpuError({ isRaised: isPending });
}

/** Replaces the control word; an exception may become pending, or stop to be. */
export function setControl(cpu: Cpu, value: number): void {
  setControlAndStatus(cpu, value, cpu.fpuStatus);
}

/** Replaces both at once: whether an error is pending follows from the new ones alone. */
export function setControlAndStatus(cpu: Cpu, control: number, status: number): void {
  cpu.fpuControl = (control & CONTROL_BITS) | CONTROL_FIXED;
  setStatus(cpu, status);
}

/** Adds exceptions and replaces C1. True when one of them is not masked. */
export function report(cpu: Cpu, flags: number, c1: number): boolean {
  const status = cpu.fpuStatus;
  if ((flags & ~status) === 0 && (flags & ~cpu.fpuControl) === 0) {
    cpu.fpuStatus = (status & ~C1) | c1;
    return false;
  }
  setStatus(cpu, (status & ~C1) | flags | c1);
  return (flags & ~cpu.fpuControl & ALL_EXCEPTIONS) !== 0;
}

/** Replaces the condition codes named by `mask`. */
export function setCodes(cpu: Cpu, mask: number, codes: number): void {
  cpu.fpuStatus = (cpu.fpuStatus & ~mask) | codes;
}

/** The environment of x87 arithmetic: one for all, as only one operation is under way. */
export const env = new Environment();

/** Takes rounding and masks from the control word and clears what the last operation reported. */
export function prepare(cpu: Cpu): Environment {
  const control = cpu.fpuControl;
  env.rounding = (control >>> 10) & 3;
  env.masks = control & ALL_EXCEPTIONS;
  env.flags = 0;
  env.roundedUp = 0;
  return env;
}

/** The format that precision control asks of FADD, FSUB, FMUL, FDIV and FSQRT; the reserved value works like 64 bits. SDM 1 "Precision Control Field". */
export function precisionOf(cpu: Cpu): Format {
  switch (cpu.fpuControl & 0x300) {
    case 0: return EXTENDED_24;
    case 0x200: return EXTENDED_53;
    default: return EXTENDED;
  }
}
