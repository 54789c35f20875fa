// PAE paging in the small machine: four PDPTEs, one page directory, one page table that maps the first 2 MBytes, user and writable.

import { registerOffset } from '../../../core/arch/register-file.ts';
import { movToCr } from '../../../core/cpu/control-registers.ts';
import { listen, store32, type World } from './world.ts';

export const POINTERS = 0x2_2000, PAE_DIRECTORY = 0x2_3000, PAE_TABLE = 0x2_4000;
/** Upper half of an entry: XD, and the lowest reserved bit (36). */
export const XD = 0x8000_0000, BIT_36 = 0x10;
const PAE = 0x20, NXE = 0x800;
const CR0 = registerOffset('cr0'), CR4 = registerOffset('cr4'), EFER = registerOffset('efer');

/** An entry of 8 bytes as a loader writes it; nothing is dropped. */
export function storeEntry(world: World, physical: number, low: number, high = 0): void {
  store32(world, physical, low);
  store32(world, physical + 4, high);
}
/** Changes the page-table entry of a linear address and drops what is cached. */
export function mapPaePage(world: World, linear: number, low: number, high = 0): void {
  storeEntry(world, PAE_TABLE + (linear >>> 12) * 8, low, high);
  world.cpu.tlb.fill(0);
}

/** Turns PAE paging on; `nxe`: with EFER.NXE. */
export function enablePae(world: World, { nxe = false }: { readonly nxe?: boolean } = {}): void {
  const { cpu } = world;
  storeEntry(world, POINTERS, PAE_DIRECTORY | 1);
  storeEntry(world, PAE_DIRECTORY, PAE_TABLE | 7);
  for (let page = 0; page < 512; page += 1) storeEntry(world, PAE_TABLE + page * 8, (page << 12) | 7);
  if (nxe) cpu.setRegister(EFER, NXE, 0);
  movToCr(cpu, 3, POINTERS);
  movToCr(cpu, 4, cpu.register(CR4) | PAE);
  movToCr(cpu, 0, (cpu.register(CR0) | 0x8000_0000) >>> 0);
  listen(world);
}
