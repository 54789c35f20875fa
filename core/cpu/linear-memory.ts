// Memory by linear address with an explicit privilege (USER, SUPERVISOR or IMPLICIT of access.ts): the processor's own accesses to its
// tables and frames, and what is left of a segmented access after segmentation. An access that crosses a page checks both pages first.

import { READ, USER, WRITE } from './access.ts';
import { PAGE_DIRTY } from './page-flags.ts';
import { readPhysical16, readPhysical32, readPhysical8, writeByProcessor, writeForTask } from './physical.ts';
import { writePhysical16, writePhysical32, writePhysical8, writeNoted } from './physical-write.ts';
import { translate } from './paging.ts';
import { SUPERVISOR_READ, SUPERVISOR_WRITE, USER_READ, USER_WRITE, tlbIndex } from './tlb.ts';
import type { Cpu } from './state.ts';

/** A byte at a linear address, unsigned. Faults with #PF. */
export function readLinear8(cpu: Cpu, linear: number, privilege: number): number {
  return readPhysical8(cpu, translate(cpu, linear >>> 0, READ | privilege));
}

/** Two bytes, unsigned. */
export function readLinear16(cpu: Cpu, linear: number, privilege: number): number {
  if ((linear & 0xfff) > 0xffe) return readAcross(cpu, linear >>> 0, 2, privilege) & 0xffff;
  return readPhysical16(cpu, translate(cpu, linear >>> 0, READ | privilege));
}

/** Four bytes, as a signed 32-bit integer. */
export function readLinear32(cpu: Cpu, linear: number, privilege: number): number {
  const at = tlbIndex(linear);
  const tag = cpu.tlb[at]!;
  const quick = (privilege & USER) !== 0 ? USER_READ : SUPERVISOR_READ;
  if ((linear & 0xfff) > 0xffc) return readAcross(cpu, linear >>> 0, 4, privilege);
  if (((tag ^ linear) & 0xffff_f000) === 0 && (tag & quick) !== 0) return cpu.ramView.getInt32(cpu.tlb[at + 1]! + (linear & 0xfff), true);
  return readPhysical32(cpu, translate(cpu, linear >>> 0, READ | privilege));
}

/** Writes a byte. Faults with #PF. */
export function writeLinear8(cpu: Cpu, linear: number, value: number, privilege: number): void {
  writePhysical8(cpu, translate(cpu, linear >>> 0, WRITE | privilege), value);
}

/** Writes two bytes. */
export function writeLinear16(cpu: Cpu, linear: number, value: number, privilege: number): void {
  if ((linear & 0xfff) > 0xffe) writeAcross(cpu, linear >>> 0, 2, value, privilege);
  else writePhysical16(cpu, translate(cpu, linear >>> 0, WRITE | privilege), value);
}

/** Writes four bytes. */
export function writeLinear32(cpu: Cpu, linear: number, value: number, privilege: number): void {
  const at = tlbIndex(linear);
  const tag = cpu.tlb[at]!;
  const quick = (privilege & USER) !== 0 ? USER_WRITE : SUPERVISOR_WRITE;
  if ((linear & 0xfff) > 0xffc) { writeAcross(cpu, linear >>> 0, 4, value, privilege); return; }
  if (((tag ^ linear) & 0xffff_f000) === 0 && (tag & quick) !== 0) {
    const physical = cpu.tlb[at + 1]! + (linear & 0xfff);
    if (cpu.pageFlags[physical >>> 12] === PAGE_DIRTY) cpu.ramView.setInt32(physical, value, true);
    else writeNoted(cpu, physical, 4, value);
    return;
  }
  writePhysical32(cpu, translate(cpu, linear >>> 0, WRITE | privilege), value);
}

/** Checks that `sizeBytes` from a linear address on (at most a page) can be written, as a whole, before any of it is. Sets dirty bits. */
export function prepareLinearWrite(cpu: Cpu, linear: number, sizeBytes: number, privilege: number): void {
  translate(cpu, linear >>> 0, WRITE | privilege);
  const last = (linear + sizeBytes - 1) >>> 0;
  if (last >>> 12 !== linear >>> 12) translate(cpu, (last & 0xffff_f000) >>> 0, WRITE | privilege);
}

function readAcross(cpu: Cpu, linear: number, size: number, privilege: number): number {
  const second = ((linear & 0xffff_f000) + 0x1000) >>> 0;
  const first = translate(cpu, linear, READ | privilege);
  const rest = translate(cpu, second, READ | privilege);
  const inFirst = 0x1000 - (linear & 0xfff);
  let value = 0;
  for (let index = 0; index < size; index += 1) {
    value |= readPhysical8(cpu, index < inFirst ? first + index : rest + index - inFirst) << (index * 8);
  }
  return value;
}

function writeAcross(cpu: Cpu, linear: number, size: number, value: number, privilege: number): void {
  const second = ((linear & 0xffff_f000) + 0x1000) >>> 0;
  const first = translate(cpu, linear, WRITE | privilege);
  const rest = translate(cpu, second, WRITE | privilege);

  const inFirst = 0x1000 - (linear & 0xfff);
  for (let index = 0; index < size; index += 1) {
    writePhysical8(cpu, index < inFirst ? first + index : rest + index - inFirst, value >>> (index * 8));
  }
}

/** Writes 2 or 4 bytes for the processor itself (accessed and busy bits): pages are checked, no `table-write` is reported. */
export function writeLinearQuietly(cpu: Cpu, linear: number, sizeBytes: number, value: number, privilege: number): void {
  writePieces(cpu, linear, { sizeBytes, value, privilege, write: writeByProcessor });
}

/** Saves 2 or 4 bytes of a task in its TSS: pages are checked, no `table-write` is reported. */
export function saveLinear(cpu: Cpu, linear: number, sizeBytes: number, value: number, privilege: number): void {
  writePieces(cpu, linear, { sizeBytes, value, privilege, write: writeForTask });
}

interface Pieces { readonly sizeBytes: number; readonly value: number; readonly privilege: number; readonly write: (cpu: Cpu, physical: number, size: number, value: number) => void }

function writePieces(cpu: Cpu, linear: number, { sizeBytes, value, privilege, write }: Pieces): void {
  const first = translate(cpu, linear >>> 0, WRITE | privilege);
  const inFirst = Math.min(sizeBytes, 0x1000 - (linear & 0xfff));
  const rest = inFirst === sizeBytes ? 0 : translate(cpu, ((linear & 0xffff_f000) + 0x1000) >>> 0, WRITE | privilege);
  write(cpu, first, inFirst, value);
  if (inFirst < sizeBytes) write(cpu, rest, sizeBytes - inFirst, value >>> (inFirst * 8));
}
