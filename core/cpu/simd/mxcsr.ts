// MXCSR: what may be written into it. SDM 1 "MXCSR Control and Status Register".
//
//   15 FZ | 14..13 RC | 12 PM | 11 UM | 10 OM | 9 ZM | 8 DM | 7 IM | 6 DAZ | 5 PE | 4 UE | 3 OE | 2 ZE | 1 DE | 0 IE

import { HAS_SSE2 } from '../../arch/cpu-models.ts';
import { rule } from '../../event/rules.ts';
import { demand, GP0 } from '../fault.ts';
import type { Cpu } from '../state.ts';

const R_RESERVED = rule('mxcsr-reserved');
/** Value after reset: all exceptions masked, rounding to nearest. */
export const MXCSR_RESET = 0x1f80;
export const MXCSR_FLAGS = 0x3f, MXCSR_DAZ = 0x40, MXCSR_MASKS_SHIFT = 7, MXCSR_PM = 0x1000, MXCSR_PE = 0x20, MXCSR_RC_SHIFT = 13, MXCSR_RC = 0x6000, MXCSR_FZ = 0x8000;

/** The bits that may be set, as FXSAVE stores them. Denormals-are-zeros came after the first processors with SSE. SDM 1 "Guidelines for Writing to the MXCSR Register". */
export function mxcsrMask(cpu: Cpu): number {
  return (cpu.model.features & HAS_SSE2) !== 0 ? 0xffff : 0xffff & ~MXCSR_DAZ;
}

/** LDMXCSR: #GP(0) when a reserved bit is set. */
export function writeMxcsr(cpu: Cpu, value: number): void {
  demand(cpu, R_RESERVED, (value & ~mxcsrMask(cpu)) === 0, GP0, value, mxcsrMask(cpu));

  cpu.mxcsr = value;
}
