// Tells a listening probe about memory accesses the processor makes for a check. Recording does not listen and pays one test.

import type { Cpu } from './state.ts';

/** Codes of `Probe.access`'s `what`, in the order of ACCESS_REPORTS. */
export const WHAT_PAGE_ENTRY = 0, WHAT_DESCRIPTOR = 1, WHAT_GATE = 2, WHAT_TSS = 3, WHAT_FRAME_SLOT = 4, WHAT_IO_MAP = 5;
/** Names for people, indexed by code. */
export const ACCESS_REPORTS = ['page entry', 'descriptor', 'gate', 'TSS field', 'frame slot', 'I/O permission bits'] as const;

/** Reports one access: `write` is 1 for a write. */
export function tellAccess(cpu: Cpu, what: number, linear: number, physical: number, size: number, value: number, write: number): void {
  if (cpu.probe.listening) cpu.probe.access(what, linear, physical, size, value >>> 0, write);
}
