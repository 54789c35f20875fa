// Which pages of RAM were written since somebody last asked: the PAGE_DIRTY bits of the processor's page flags.

import { PAGE_DIRTY } from '../cpu/page-flags.ts';
import type { Cpu } from '../cpu/state.ts';

const DIRTY_IN_FOUR = PAGE_DIRTY * 0x0101_0101;

/** How many pages were written since the bits were last cleared. */
export function countDirtyPages(cpu: Cpu): number {
  let count = 0;
  forEachDirty(cpu, () => { count += 1; });
  return count;
}

/** The pages written since the last call, ascending; clears their bits. */
export function takeDirtyPages(cpu: Cpu): readonly number[] {
  const pages: number[] = [];
  forEachDirty(cpu, (page) => {
    pages.push(page);
    cpu.pageFlags[page]! &= ~PAGE_DIRTY;
  });
  return pages;
}

function forEachDirty(cpu: Cpu, visit: (page: number) => void): void {
  const flags = cpu.pageFlags;
  const fours = new Uint32Array(flags.buffer, flags.byteOffset, flags.length >>> 2);
  for (let four = 0; four < fours.length; four += 1) {
    if ((fours[four]! & DIRTY_IN_FOUR) === 0) continue;
    for (let page = four * 4; page < four * 4 + 4; page += 1) if ((flags[page]! & PAGE_DIRTY) !== 0) visit(page);
  }
  for (let page = fours.length * 4; page < flags.length; page += 1) if ((flags[page]! & PAGE_DIRTY) !== 0) visit(page);
}
