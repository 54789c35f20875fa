// Physical memory: RAM with one byte of flags for each 4 KiB page (page-flags.ts), and the bus for everything else. Here: reads, and
// writes that are not the guest's. The guest's writes: physical-write.ts. Translation: paging.ts.

import { PENDING_CODE_WRITTEN } from './attention.ts';
import { PAGE_CODE, PAGE_DIRTY, PAGE_ROM, PAGE_SOUGHT, touchesCode } from './page-flags.ts';
import { PAGE_SIZE, type Cpu } from './state.ts';
import { BY_DEVICE, BY_TASK_SWITCH } from './write-watch.ts';

/** The byte at a physical address (unsigned). */
export function readPhysical8(cpu: Cpu, physical: number): number {
  return physical < cpu.ramBytes ? cpu.ram[physical]! : readBeyond(cpu, physical, 1) & 0xff;
}

/** Two bytes, little-endian, unsigned; the address may be unaligned but must not leave its page. */
export function readPhysical16(cpu: Cpu, physical: number): number {
  return physical < cpu.ramBytes ? cpu.ramView.getUint16(physical, true) : readBeyond(cpu, physical, 2) & 0xffff;
}

/** Four bytes, little-endian, as a signed 32-bit integer; the address must not leave its page. */
export function readPhysical32(cpu: Cpu, physical: number): number {
  return physical < cpu.ramBytes ? cpu.ramView.getInt32(physical, true) : readBeyond(cpu, physical, 4) | 0;
}

/** Where in RAM the bytes of a physical address lie: a ROM that ends at 1 MiB is seen again below 4 GiB. Any other address is its own. */
export function ramAddress(cpu: Cpu, physical: number): number {
  return physical >= ADDRESS_SPACE - cpu.romBytes && physical < ADDRESS_SPACE ? physical - (ADDRESS_SPACE - ROM_END) : physical;
}
const ADDRESS_SPACE = 0x1_0000_0000, ROM_END = 0x10_0000;

function readBeyond(cpu: Cpu, physical: number, size: number): number {
  const at = ramAddress(cpu, physical);
  if (at >= cpu.ramBytes) return cpu.bus.readDevice(physical, size);
  return size === 1 ? cpu.ram[at]! : size === 2 ? cpu.ramView.getUint16(at, true) : cpu.ramView.getInt32(at, true);
}

/** A write the processor makes for itself (accessed, dirty and busy bits): never a `table-write`. Outside RAM nothing is written. */
export function writeByProcessor32(cpu: Cpu, physical: number, value: number): void {
  if (isKept(cpu, physical, 4)) cpu.ramView.setInt32(physical, value, true);
}

/** The same for 1..4 bytes within a page. */
export function writeByProcessor(cpu: Cpu, physical: number, size: number, value: number): void {
  if (isKept(cpu, physical, size)) putBytes(cpu, physical, size, value);
}

/** A write that saves part of a task in its TSS (1..4 bytes within a page): never a `table-write`, but a write that somebody wanted. */
export function writeForTask(cpu: Cpu, physical: number, size: number, value: number): void {
  if (!isKept(cpu, physical, size)) return;
  const watch = (cpu.pageFlags[physical >>> 12]! & PAGE_SOUGHT) === 0 ? null : cpu.writeWatch;
  watch?.begin(physical, size, BY_TASK_SWITCH);
  putBytes(cpu, physical, size, value);
  watch?.end();
}

function putBytes(cpu: Cpu, physical: number, size: number, value: number): void {
  for (let index = 0; index < size; index += 1) cpu.ram[physical + index] = value >>> (index * 8);
}

/** False where nothing can be written; else marks the page written, and drops code decoded from these bytes. */
function isKept(cpu: Cpu, physical: number, size: number): boolean {
  if (physical >= cpu.ramBytes) return false;
  const page = physical >>> 12;
  const flags = cpu.pageFlags[page]!;
  if ((flags & PAGE_ROM) !== 0) return false;
  const isCode = (flags & PAGE_CODE) !== 0 && touchesCode(cpu, physical, size);
  cpu.pageFlags[page] = (isCode ? flags & ~PAGE_CODE : flags) | PAGE_DIRTY;
  if (isCode) dropCode(cpu, page);
  return true;
}

/** Copies bytes into RAM from outside the guest (devices, loaders): marks pages dirty, drops code, reports nothing. */
export function writeByDevice(cpu: Cpu, physical: number, bytes: Uint8Array): void {
  const end = Math.min(physical + bytes.length, cpu.ramBytes);
  if (physical >= end) return;
  const watch = cpu.writeWatch;
  watch?.begin(physical, end - physical, BY_DEVICE);
  cpu.ram.set(bytes.subarray(0, end - physical), physical);
  watch?.end();
  for (let page = physical >>> 12; page * PAGE_SIZE < end; page += 1) {
    const flags = cpu.pageFlags[page]!;
    cpu.pageFlags[page] = (flags & ~PAGE_CODE) | PAGE_DIRTY;
    if ((flags & PAGE_CODE) !== 0) dropCode(cpu, page);
  }
}

/** Tells the block cache that a page's bytes changed; the caller has cleared PAGE_CODE. */
export function dropCode(cpu: Cpu, page: number): void {
  cpu.pending |= PENDING_CODE_WRITTEN;
  if (cpu.onCodeWritten !== null) cpu.onCodeWritten(page);
}
