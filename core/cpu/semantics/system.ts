// System instructions as thin bindings: operands here, checks and effects in the files named after the manual's topics beside
// (control-registers.ts, system-tables.ts, model-specific-registers.ts …). SDM 1 "System Instructions".
import { registerOffset } from '../../arch/register-file.ts';
import { difference } from '../../arch/vendor-differences.ts';
import { rule } from '../../event/rules.ts';
import type { Insn } from '../../isa/insn.ts';
import { partCode, WHAT_PSEUDO_DESCRIPTOR } from '../access-codes.ts';
import { PENDING_ACTIVITY, PENDING_NMI } from '../attention.ts';
import { clts, invalidatePage, lmsw, movFromCr, movToCr } from '../control-registers.ts';
import { cpuid } from '../cpuid.ts';
import { movFromDr, movToDr } from '../debug-registers.ts';
import { differ } from '../differ.ts';
import { breakpoint, debugInterrupt, softwareInterrupt, trapOverflow } from '../delivery.ts';
import { sysenter, sysexit } from '../fast-system-calls.ts';
import { BR, demand } from '../fault.ts';
import { FLAG_IF, FLAG_TF } from '../flags.ts';
import { interruptReturn } from '../iret.ts';
import { isProtectedMode } from '../mode.ts';
import { realInterruptReturn } from '../real-mode-interrupt.ts';
import { prepareWrite, read16, read32, readTold, write16, write32 } from '../memory.ts';
import { rdmsr, rdtsc, rdtscp, wrmsr } from '../model-specific-registers.ts';
import { rdpmc } from '../performance-counters.ts';
import { movFromTr, movToTr } from '../test-registers.ts';
import { emitHalt } from '../emit.ts';
import { effectiveAddress, readOperand16, readOperand32, writeOperand } from '../operands.ts';
import { demandPrivileged, demandUmip } from '../privilege.ts';
import { HALTED, SHADOW_NMI, type Cpu } from '../state.ts';
import { lgdt, lidt } from '../system-tables.ts';
import type { SemanticsRows } from './execute-type.ts';

const BOUND_RANGE = rule('bound-range');
const D_SMSW = difference('smsw-high-half'), D_STORE = difference('table-store-16-bit');
const LIMIT = partCode('limit'), BASE = partCode('base');
const ACTIVITY = registerOffset('activity');
const CR0 = registerOffset('cr0');

// The privilege check comes before the operand is read. The instruction proper states it, too: here only its failure is told.
function refuseUnprivileged(cpu: Cpu): void {
  if (cpu.cpl !== 0) demandPrivileged(cpu);
}

function int(cpu: Cpu, insn: Insn): void { softwareInterrupt(cpu, insn.immediate); }
function int3(cpu: Cpu): void { breakpoint(cpu); }
function into(cpu: Cpu): void { trapOverflow(cpu); }
function int1(cpu: Cpu): void { debugInterrupt(cpu); }
function iret(cpu: Cpu, insn: Insn): void {
  if ((cpu.shadow & SHADOW_NMI) !== 0) iretFromNmi(cpu, insn);
  else if (isProtectedMode(cpu)) interruptReturn(cpu, insn.operandSize);
  else realInterruptReturn(cpu, insn.operandSize);
}
// SDM 3A "Handling Multiple NMIs": an IRET ends the blocking of NMIs even when it faults.
function iretFromNmi(cpu: Cpu, insn: Insn): void {
  try {
    if (isProtectedMode(cpu)) interruptReturn(cpu, insn.operandSize);
    else realInterruptReturn(cpu, insn.operandSize);
  } finally {
    if ((cpu.shadow & SHADOW_NMI) !== 0) cpu.shadow &= ~SHADOW_NMI;
  }
}

function hlt(cpu: Cpu): void {
  demandPrivileged(cpu);
  emitHalt(cpu, { wake: willWake(cpu) });
  cpu.setNarrow(ACTIVITY, HALTED);
  cpu.pending |= PENDING_ACTIVITY;
}

// SDM 2A "HLT": an enabled interrupt or an NMI ends it, one that waits already or one a device will send; so does the trap of a single step.
function willWake(cpu: Cpu): boolean {
  const isWaiting = (cpu.interruptRequest & cpu.rawFlags) !== 0 || ((cpu.pending & PENDING_NMI) !== 0 && (cpu.shadow & SHADOW_NMI) === 0);
  return isWaiting || (cpu.rawFlags & FLAG_TF) !== 0 || cpu.debugCauses !== 0 || cpu.bus.willWake({ isMaskableOpen: (cpu.rawFlags & FLAG_IF) !== 0 });
}

// No cache is modelled: nothing to write back, nothing to lose.
function wbinvd(cpu: Cpu): void { demandPrivileged(cpu); }
function invd(cpu: Cpu): void { demandPrivileged(cpu); }

function movRdCd(cpu: Cpu, insn: Insn): void { cpu.set32(insn.destination.register, movFromCr(cpu, insn.source.register)); }
function movCdRd(cpu: Cpu, insn: Insn): void { movToCr(cpu, insn.destination.register, cpu.get32(insn.source.register) >>> 0); }
function movRdDd(cpu: Cpu, insn: Insn): void { cpu.set32(insn.destination.register, movFromDr(cpu, insn.source.register)); }
function movDdRd(cpu: Cpu, insn: Insn): void { movToDr(cpu, insn.destination.register, cpu.get32(insn.source.register) >>> 0); }
function movRdTd(cpu: Cpu, insn: Insn): void { cpu.set32(insn.destination.register, movFromTr(cpu, insn.source.register)); }
function movTdRd(cpu: Cpu, insn: Insn): void { movToTr(cpu, insn.destination.register, cpu.get32(insn.source.register) >>> 0); }
function lmswEw(cpu: Cpu, insn: Insn): void {
  refuseUnprivileged(cpu);
  lmsw(cpu, readOperand16(cpu, insn, insn.destination));
}
// SDM 2 "SMSW": a 32-bit register receives the whole of CR0.
function smsw(cpu: Cpu, insn: Insn): void {
  demandUmip(cpu);
  if (insn.destination.sizeBits === 32) differ(cpu, D_SMSW);
  writeOperand(cpu, insn, insn.destination, cpu.register(CR0));
}

/** The second word of a 6-byte table operand: 2 bytes on, cut to the address size. */
function behindLimit(insn: Insn, offset: number): number {
  return insn.addressSize === 32 ? (offset + 2) >>> 0 : (offset + 2) & 0xffff;
}
function storeTable(cpu: Cpu, insn: Insn, register: 'gdtr' | 'idtr'): void {
  demandUmip(cpu);
  if (insn.operandSize === 16) differ(cpu, D_STORE);
  const offset = effectiveAddress(cpu, insn);
  const base = behindLimit(insn, offset);
  prepareWrite(cpu, insn.segment, offset, 2);
  prepareWrite(cpu, insn.segment, base, 4);
  write16(cpu, insn.segment, offset, cpu.register(registerOffset(`${register}.limit`)) & 0xffff);
  write32(cpu, insn.segment, base, cpu.register(registerOffset(`${register}.base`)));
}
function sgdt(cpu: Cpu, insn: Insn): void { storeTable(cpu, insn, 'gdtr'); }
function sidt(cpu: Cpu, insn: Insn): void { storeTable(cpu, insn, 'idtr'); }

function pseudoLimit(cpu: Cpu, insn: Insn): number {
  const offset = effectiveAddress(cpu, insn);
  if (!cpu.probe.listening) return read16(cpu, insn.segment, offset);
  return readTold(cpu, { what: WHAT_PSEUDO_DESCRIPTOR, part: LIMIT, segment: insn.segment, offset, size: 2 });
}
// SDM 2 "LGDT/LIDT": with a 16-bit operand size the base has 24 bits.
function pseudoBase(cpu: Cpu, insn: Insn): number {
  const offset = behindLimit(insn, effectiveAddress(cpu, insn));
  const base = cpu.probe.listening
    ? readTold(cpu, { what: WHAT_PSEUDO_DESCRIPTOR, part: BASE, segment: insn.segment, offset, size: 4 })
    : read32(cpu, insn.segment, offset);
  return insn.operandSize === 16 ? base & 0xff_ffff : base >>> 0;
}
function lgdtMs(cpu: Cpu, insn: Insn): void {
  refuseUnprivileged(cpu);
  const limit = pseudoLimit(cpu, insn);
  lgdt(cpu, limit, pseudoBase(cpu, insn));
}
function lidtMs(cpu: Cpu, insn: Insn): void {
  refuseUnprivileged(cpu);
  const limit = pseudoLimit(cpu, insn);
  lidt(cpu, limit, pseudoBase(cpu, insn));
}
// SDM 2 "INVLPG": the operand's offset is not accessed; only its page's translations go.
function invlpg(cpu: Cpu, insn: Insn): void {
  invalidatePage(cpu, (cpu.segmentBase(insn.segment) + effectiveAddress(cpu, insn)) >>> 0);
}

function bound(cpu: Cpu, insn: Insn): void {
  const offset = effectiveAddress(cpu, insn);
  const size = insn.operandSize >>> 3;
  const next = insn.addressSize === 32 ? (offset + size) >>> 0 : (offset + size) & 0xffff;
  const read = (at: number): number => size === 4 ? read32(cpu, insn.segment, at) | 0 : (read16(cpu, insn.segment, at) << 16) >> 16;
  const index = size === 4 ? readOperand32(cpu, insn, insn.destination) | 0 : (readOperand16(cpu, insn, insn.destination) << 16) >> 16;
  const lower = read(offset);
  const upper = read(next);
  demand(cpu, BOUND_RANGE, index >= lower && index <= upper, BR, index, index < lower ? lower : upper);
}

function nop(): void { /* NOP, PAUSE, prefetches and hints do nothing here */ }

export const SYSTEM = {
  int, int1, int3, into, iret, hlt, wbinvd, invd, movRdCd, movCdRd, movRdDd, movDdRd, lmsw: lmswEw, smsw, sgdt, sidt, lgdt: lgdtMs, lidt: lidtMs,
  invlpg, bound, nop, sysenter, sysexit, rdmsr, wrmsr, rdtsc, rdtscp, rdpmc, cpuid, clts, movRdTd, movTdRd,
} satisfies SemanticsRows<
  'int' | 'int1' | 'int3' | 'into' | 'iret' | 'hlt' | 'wbinvd' | 'invd' | 'movRdCd' | 'movCdRd' | 'movRdDd' | 'movDdRd' | 'lmsw' | 'smsw' | 'sgdt' | 'sidt' | 'lgdt' | 'lidt' |
  'invlpg' | 'bound' | 'nop' | 'sysenter' | 'sysexit' | 'rdmsr' | 'wrmsr' | 'rdtsc' | 'rdtscp' | 'rdpmc' | 'cpuid' | 'clts' | 'movRdTd' | 'movTdRd'>;
