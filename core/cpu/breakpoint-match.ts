// What DR0..DR3 and DR7 say about an address: pure comparison. What becomes of a match is breakpoints.ts. SDM 3B "Breakpoint Field Recognition".

import { BREAK_ACCESS, BREAK_INSTRUCTION, BREAK_IO, breakpointBytes, breakpointKind, BREAKPOINTS, DR7_ENABLES, isBreakpointEnabled } from '../arch/debug-registers.ts';
import { CR4_DE } from '../arch/control-registers.ts';
import { registerOffset } from '../arch/register-file.ts';
import type { Cpu } from './state.ts';

const ADDRESSES = ['dr0', 'dr1', 'dr2', 'dr3'].map((name) => registerOffset(name));
const DR7 = registerOffset('dr7'), CR4 = registerOffset('cr4');
const PAGE_MASK = 0xffff_f000 | 0;

/** Bits of `cpu.armed`: breakpoint n is armed for instructions (bit n), data (n + 4) or ports (n + 8). */
export const ARMED_INSTRUCTION = 0xf, ARMED_DATA = 0xf0, ARMED_IO = 0xf00;
const DATA_SHIFT = 4, IO_SHIFT = 8;

/** What DR7 arms. */
export function armedNow(cpu: Cpu): number {
  const dr7 = cpu.register(DR7);
  if ((dr7 & DR7_ENABLES) === 0) return 0;
  let armed = 0;
  for (let n = 0; n < BREAKPOINTS; n += 1) if (isBreakpointEnabled(dr7, n)) armed |= shiftOf(cpu, breakpointKind(dr7, n)) << n;
  return armed;
}

// Without CR4.DE, R/Wn = 10B is undefined: it matches nothing (breakpoints.ts tells of it).
function shiftOf(cpu: Cpu, kind: number): number {
  if (kind === BREAK_INSTRUCTION) return 1;
  if (kind === BREAK_IO) return (cpu.register(CR4) & CR4_DE) === 0 ? 0 : 1 << IO_SHIFT;
  return 1 << DATA_SHIFT;
}

/** The address of breakpoint n without the low bits that its length leaves out; an instruction breakpoint's is used as it is. */
export function breakpointAddress(cpu: Cpu, n: number): number {
  const dr7 = cpu.register(DR7), address = cpu.register(ADDRESSES[n]!);
  // LENn other than 0 is undefined for an instruction breakpoint: it is not looked at
  return breakpointKind(dr7, n) === BREAK_INSTRUCTION ? address : (address & -breakpointBytes(dr7, n)) >>> 0;
}

/** B bits of the armed instruction breakpoints at a linear address. */
export function instructionsMet(cpu: Cpu, linear: number): number {
  let met = 0;
  for (let n = 0; n < BREAKPOINTS; n += 1) if (((cpu.armed >>> n) & 1) !== 0 && breakpointAddress(cpu, n) === linear) met |= 1 << n;
  return met;
}

/** B bits of the armed data breakpoints that an access touches: reads only those for reads and writes. */
export function dataMet(cpu: Cpu, linear: number, access: { readonly size: number; readonly isWrite: boolean }): number {
  const dr7 = cpu.register(DR7);
  let met = 0;
  for (let n = 0; n < BREAKPOINTS; n += 1) {
    const isAsked = ((cpu.armed >>> (n + DATA_SHIFT)) & 1) !== 0 && (access.isWrite || breakpointKind(dr7, n) === BREAK_ACCESS);
    if (isAsked && overlaps(cpu, n, linear, access.size)) met |= 1 << n;
  }
  return met;
}

/** B bits of the armed I/O breakpoints that `size` ports from `port` on touch. */
export function portsMet(cpu: Cpu, port: number, size: number): number {
  let met = 0;
  for (let n = 0; n < BREAKPOINTS; n += 1) if (((cpu.armed >>> (n + IO_SHIFT)) & 1) !== 0 && overlaps(cpu, n, port, size)) met |= 1 << n;
  return met;
}

function overlaps(cpu: Cpu, n: number, first: number, size: number): boolean {
  const address = breakpointAddress(cpu, n);
  return first < address + breakpointBytes(cpu.register(DR7), n) && address < first + size;
}

/** True when a data breakpoint lies in the page of a linear address: accesses to it take no short path. A breakpoint never crosses a page. */
export function isPageWatched(cpu: Cpu, linear: number): boolean {
  for (let n = 0; n < BREAKPOINTS; n += 1) {
    if (((cpu.armed >>> (n + DATA_SHIFT)) & 1) !== 0 && ((cpu.register(ADDRESSES[n]!) ^ linear) & PAGE_MASK) === 0) return true;
  }
  return false;
}

/** True when an enabled breakpoint is for ports, and CR4.DE is clear. */
export function hasPortWithoutDe(cpu: Cpu): boolean {
  const dr7 = cpu.register(DR7);
  if ((dr7 & DR7_ENABLES) === 0 || (cpu.register(CR4) & CR4_DE) !== 0) return false;
  return [0, 1, 2, 3].some((n) => isBreakpointEnabled(dr7, n) && breakpointKind(dr7, n) === BREAK_IO);
}

/** True when breakpoint n is for ports. */
export const isPortBreakpoint = (cpu: Cpu, n: number): boolean => breakpointKind(cpu.register(DR7), n) === BREAK_IO;
