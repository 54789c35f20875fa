// Tells a listening probe about memory accesses by linear address. Recording does not listen and pays one test. Page entries and the TLB
// tell for themselves (page-walk.ts, paging.ts).

import { cachedPage, tlbIndex } from './tlb.ts';
import type { Cpu } from './state.ts';

/**
 * Reports an access just made (codes: access-codes.ts): its translation is still in the TLB, which gives the physical address of the first byte.
 * `lo` and `hi` are the value, `write` is IS_READ or IS_WRITE.
 */
export function tellAccess(cpu: Cpu, what: number, part: number, linear: number, size: number, lo: number, hi: number, write: number): void {
  // the ways that are taken often ask before they call
  if (!cpu.probe.listening) return;
  const physical = cachedPage(cpu, tlbIndex(linear)) + (linear & 0xfff);
  cpu.probe.access(what, part, linear >>> 0, physical, size, lo >>> 0, hi >>> 0, write);
}
