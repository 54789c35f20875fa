// Alignment checking: #AC at CPL 3 with CR0.AM and EFLAGS.AC set. It is looked for on the long path of memory.ts alone: while checking is on,
// segmentation.ts takes the short path away, so that nothing else pays for it. SDM 3A "Interrupt 17—Alignment Check Exception (#AC)".

import { CR0_AM } from '../arch/control-registers.ts';
import { EFLAGS_AC } from '../arch/flags.ts';
import { registerOffset } from '../arch/register-file.ts';
import { rule } from '../event/rules.ts';
import { AC, demand, skip } from './fault.ts';
import type { Cpu } from './state.ts';

const R_ALIGNED = rule('access-aligned');
const CR0 = registerOffset('cr0');

/** True while misaligned accesses fault. */
export const isAlignmentChecked = (cpu: Cpu): boolean => (cpu.register(CR0) & CR0_AM) !== 0 && (cpu.rawFlags & EFLAGS_AC) !== 0 && cpu.cpl === 3;

/**
 * #AC(0) when checking is on and an access of 2, 4, 8 or 16 bytes is not aligned to its size. Other sizes are made of such parts. The manual leaves
 * open which of #AC and #PF comes first (SDM 3A "Priority Among Simultaneous Exceptions and Interrupts"); here, as in Bochs, #AC does.
 */
export function demandAligned(cpu: Cpu, linear: number, sizeBytes: number): void {
  if (!isAlignmentChecked(cpu) || (sizeBytes & (sizeBytes - 1)) !== 0) { skip(cpu, R_ALIGNED); return; }
  demand(cpu, R_ALIGNED, (linear & (sizeBytes - 1)) === 0, AC, linear, sizeBytes);
}

/**
 * #AC(ext) when a frame that goes to the stack of ring 3 itself, through a gate to conforming code, has misaligned slots of `width` bytes; frames for
 * inner rings are supervisor accesses. SDM 2A "INT n/INTO/INT3/INT1", "Protected Mode Exceptions".
 */
export function demandFrameAligned(cpu: Cpu, linear: number, width: number, ext: number): void {
  if (isAlignmentChecked(cpu)) demand(cpu, R_ALIGNED, (linear & (width - 1)) === 0, AC | ext, linear, width);
}
