// What the guest writes to physical memory: one byte test on the way (is the page just dirty?), the slow path behind it marks pages,
// drops decoded code and reports writes to tables in use.

import { PAGE_CODE, PAGE_DIRTY, PAGE_ROM, PAGE_SOUGHT, PAGE_WATCHED, touchesCode } from './page-flags.ts';
import { dropCode } from './physical.ts';
import type { Cpu } from './state.ts';
import { noteTableWrite, rememberTables } from './table-watch.ts';
import { BY_PROGRAM } from './write-watch.ts';

/** Writes one byte for the guest. */
export function writePhysical8(cpu: Cpu, physical: number, value: number): void {
  if (physical >= cpu.ramBytes) cpu.bus.writeDevice(physical, 1, value & 0xff);
  else if (cpu.pageFlags[physical >>> 12] === PAGE_DIRTY) cpu.ram[physical] = value;
  else writeNoted(cpu, physical, 1, value);
}

/** Writes two bytes for the guest; the address must not leave its page. */
export function writePhysical16(cpu: Cpu, physical: number, value: number): void {
  if (physical >= cpu.ramBytes) cpu.bus.writeDevice(physical, 2, value & 0xffff);
  else if (cpu.pageFlags[physical >>> 12] === PAGE_DIRTY) cpu.ramView.setUint16(physical, value, true);
  else writeNoted(cpu, physical, 2, value);
}

/** Writes four bytes for the guest; the address must not leave its page. */
export function writePhysical32(cpu: Cpu, physical: number, value: number): void {
  if (physical >= cpu.ramBytes) cpu.bus.writeDevice(physical, 4, value >>> 0);
  else if (cpu.pageFlags[physical >>> 12] === PAGE_DIRTY) cpu.ramView.setInt32(physical, value, true);
  else writeNoted(cpu, physical, 4, value);
}

/** The slow path of a guest write to RAM: loses writes to ROM, marks the page dirty, drops code decoded from it, reports writes to tables in use. `size` is 1..4 bytes. */
export function writeNoted(cpu: Cpu, physical: number, size: number, value: number): void {
  const page = physical >>> 12;
  const flags = cpu.pageFlags[page]!;
  if ((flags & PAGE_ROM) !== 0) return;
  const isCode = (flags & PAGE_CODE) !== 0 && touchesCode(cpu, physical, size);
  cpu.pageFlags[page] = (isCode ? flags & ~PAGE_CODE : flags) | PAGE_DIRTY;
  const watched = (flags & PAGE_WATCHED) !== 0;
  if (watched) rememberTables(cpu, physical, size, flags);
  const watch = (flags & PAGE_SOUGHT) === 0 ? null : cpu.writeWatch;
  watch?.begin(physical, size, BY_PROGRAM);
  for (let index = 0; index < size; index += 1) cpu.ram[physical + index] = value >>> (index * 8);
  watch?.end();
  if (isCode) dropCode(cpu, page);
  if (watched) noteTableWrite(cpu);
}
