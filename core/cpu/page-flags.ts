// The bits of `cpu.pageFlags`, one byte for each 4 KiB page of RAM; of storage pages (storage.ts) PAGE_DIRTY alone.
// physical.ts acts on them; checkpoints keep PAGE_WATCHED.

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
/** Read-only memory: what the guest writes is lost. Set by the loader, never changed. */
export const PAGE_ROM = 32;
/** A search for a writer watches this page (write-watch.ts). Never set while recording, never saved. */
export const PAGE_SOUGHT = 64;
/** Part of the guest-visible recording (they decide on `table-write` events): checkpoints must save and restore these bits. */
export const PAGE_WATCHED = PAGE_SYSTEM_TABLE | PAGE_DIRECTORY | PAGE_TABLE;

/** Sets bits for the page of a physical address; addresses outside RAM have no flags. */
export function flagPage(cpu: Cpu, physical: number, bits: number): void {
  if (physical < cpu.ramBytes) cpu.pageFlags[physical >>> 12]! |= bits;
}

/** Notes that bytes [first, end) of a page, as offsets in it, were decoded as code. Which bytes these are is derived and never saved. */
export function markCode(cpu: Cpu, page: number, first: number, end: number): void {
  cpu.pageFlags[page]! |= PAGE_CODE;
  for (let chunk = first >>> CHUNK_SHIFT; chunk <= (end - 1) >>> CHUNK_SHIFT; chunk += 1) cpu.codeChunks[page * 2 + (chunk >>> 5)]! |= 1 << (chunk & 31);
}

/** Forgets which bytes of a page are code. */
export function clearCode(cpu: Cpu, page: number): void {
  cpu.codeChunks[page * 2] = 0;
  cpu.codeChunks[page * 2 + 1] = 0;
}

/** True when a write of `size` bytes (within its page) may change decoded code: data beside code in one page is common in small kernels. */
export function touchesCode(cpu: Cpu, physical: number, size: number): boolean {
  const page = physical >>> 12;
  const first = (physical & 0xfff) >>> CHUNK_SHIFT, last = ((physical & 0xfff) + size - 1) >>> CHUNK_SHIFT;
  return ((cpu.codeChunks[page * 2 + (first >>> 5)]! >>> (first & 31)) & 1) !== 0 || ((cpu.codeChunks[page * 2 + (last >>> 5)]! >>> (last & 31)) & 1) !== 0;
}
/** 64 bytes a chunk, 64 chunks a page. */
const CHUNK_SHIFT = 6;

/** The watched bits of all pages: 2 words a page that has any (page number, bits). A checkpoint stores them beside `processorBytes`. */
export function watchedPages(cpu: Cpu): Uint32Array {
  const { pageFlags } = cpu;
  const words: number[] = [];
  for (let page = 0; page < pageFlags.length; page += 1) {
    if ((pageFlags[page]! & PAGE_WATCHED) !== 0) words.push(page, pageFlags[page]! & PAGE_WATCHED);
  }
  return Uint32Array.from(words);
}

/** Puts back what `watchedPages` gave; other bits of the flags are left alone. Pages outside RAM are ignored. */
export function restoreWatchedPages(cpu: Cpu, words: Uint32Array): void {
  const { pageFlags } = cpu;
  for (let page = 0; page < pageFlags.length; page += 1) pageFlags[page]! &= ~PAGE_WATCHED;
  for (let at = 0; at + 1 < words.length; at += 2) {
    const page = words[at]!;
    if (page < cpu.pageFlags.length) cpu.pageFlags[page]! |= words[at + 1]! & PAGE_WATCHED;
  }
}
