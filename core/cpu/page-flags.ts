// The bits of `cpu.pageFlags`, one byte for each 4 KiB page of RAM. physical.ts acts on them; checkpoints keep PAGE_WATCHED.

import type { Cpu } from './state.ts';

/** Written since whoever makes checkpoints last cleared the bit. A write to a page whose flags are exactly this takes the fast path. */
export const PAGE_DIRTY = 1;
/** The block cache holds instructions decoded from this page. */
export const PAGE_CODE = 2;
/** A GDT, LDT, IDT or TSS in use lies (partly) here. */
export const PAGE_SYSTEM_TABLE = 4;
/** A walk read a page-directory entry here. */
export const PAGE_DIRECTORY = 8;
/** A walk read a page-table entry here. */
export const PAGE_TABLE = 16;
/** Part of the guest-visible recording (they decide on `table-write` events): checkpoints must save and restore these bits. */
export const PAGE_WATCHED = PAGE_SYSTEM_TABLE | PAGE_DIRECTORY | PAGE_TABLE;

/** Sets bits for the page of a physical address; addresses outside RAM have no flags. */
export function flagPage(cpu: Cpu, physical: number, bits: number): void {
  if (physical < cpu.ramBytes) cpu.pageFlags[physical >>> 12]! |= bits;
}

/** The watched bits of all pages: 2 words a page that has any (page number, bits). A checkpoint stores them beside `processorBytes`. */
export function watchedPages(cpu: Cpu): Uint32Array {
  const words: number[] = [];
  cpu.pageFlags.forEach((flags, page) => {
    if ((flags & PAGE_WATCHED) !== 0) words.push(page, flags & PAGE_WATCHED);
  });
  return Uint32Array.from(words);
}

/** Puts back what `watchedPages` gave; other bits of the flags are left alone. Pages outside RAM are ignored. */
export function restoreWatchedPages(cpu: Cpu, words: Uint32Array): void {
  cpu.pageFlags.forEach((flags, page) => { cpu.pageFlags[page] = flags & ~PAGE_WATCHED; });
  for (let at = 0; at + 1 < words.length; at += 2) {
    const page = words[at]!;
    if (page < cpu.pageFlags.length) cpu.pageFlags[page]! |= words[at + 1]! & PAGE_WATCHED;
  }
}
