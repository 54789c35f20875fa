// Storage behind RAM: bytes of the state that no physical address reaches and that only devices read and write (the sectors a guest wrote to
// its disks). Its pages are numbered behind those of RAM, so that dirty marks, checkpoints, hashes and going back keep them as they keep RAM.

import { PAGE_DIRTY } from './page-flags.ts';
import { PAGE_SIZE, type Cpu } from './state.ts';

/** The bytes of a page, shared with the state: of RAM, or behind its last page of storage. */
export function pageBytes(cpu: Cpu, page: number): Uint8Array {
  const at = page * PAGE_SIZE;
  return at < cpu.ramBytes ? cpu.ram.subarray(at, at + PAGE_SIZE) : cpu.storage.subarray(at - cpu.ramBytes, at - cpu.ramBytes + PAGE_SIZE);
}

/** Copies bytes to offset `at` of storage, whole, and marks its pages written. */
export function writeStorage(cpu: Cpu, at: number, bytes: Uint8Array): void {
  cpu.storage.set(bytes, at);
  const first = cpu.ramBytes + at, end = first + bytes.length;
  for (let page = Math.floor(first / PAGE_SIZE); page * PAGE_SIZE < end; page += 1) cpu.pageFlags[page]! |= PAGE_DIRTY;
}
