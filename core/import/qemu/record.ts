// One INT record of a QEMU log (`   12: v=0e e=0006 i=0 …`) and what its neighbours say about it. It shows the processor before delivery.

import { EFLAGS_VM } from '../../arch/flags.ts';
import { RIGHTS_L } from '../../arch/descriptor.ts';
import { registerOffset } from '../../arch/register-file.ts';
import { codeOf, MODES } from '../../event/kinds.ts';
import type { Captured } from '../pattern.ts';

export type Cause = 'software' | 'exception' | 'external' | 'nmi';

export interface LogRecord {
  /** Line of the log, from 1. */
  line: number;
  /** QEMU's own counter: one more at every record of a run. */
  count: number;
  vector: number; errorCode: number;
  cause: Cause;
  /** True when the log does not say the cause (the line before it is missing). */
  isCauseGuessed: boolean;
  cpl: number; cs: number; ipLo: number; ipHi: number; ss: number; spLo: number; spHi: number;
  cr2Lo: number; cr2Hi: number;
  /** Low half of the linear address of the instruction. */
  pcLo: number;
  /** From the dump: code in MODES, or -1 without one. */
  mode: number;
  flags: number;
  cpu: number;
  /** Seq of its fault, or -1: interrupts have none. */
  faultSeq: number;
}

/** A record with nothing in it yet; two are used in turn. */
export function emptyRecord(): LogRecord {
  return {
    line: 0, count: 0, vector: 0, errorCode: 0, cause: 'exception', isCauseGuessed: false, cpl: 0, cs: 0, ipLo: 0, ipHi: 0, ss: 0, spLo: 0, spHi: 0,
    cr2Lo: 0, cr2Hi: 0, pcLo: 0, mode: -1, flags: 0, cpu: 0, faultSeq: -1,
  };
}

/** Reads the fields of a record's line, in the order of the grammar: count v e i cpl IP pc SP CR2 (or EAX). */
export function readRecord(record: LogRecord, { lo, hi }: Captured, line: number): void {
  record.line = line;
  record.count = hi[0]! * 0x1_0000_0000 + lo[0]!;
  record.vector = lo[1]!;
  record.errorCode = lo[2]!;
  record.cause = lo[3] === 1 ? 'software' : 'exception';
  record.isCauseGuessed = false;
  record.cpl = lo[4]!;
  record.cs = lo[5]!;
  record.ipLo = lo[6]!; record.ipHi = hi[6]!;
  record.pcLo = lo[7]!;
  record.ss = lo[8]!;
  record.spLo = lo[9]!; record.spHi = hi[9]!;
  record.cr2Lo = lo[10]!; record.cr2Hi = hi[10]!;
  record.mode = -1;
  record.flags = 0;
  record.faultSeq = -1;
}

/** True when both records show one instruction on one stack: the second arose while the first was being delivered, or the code came by again. */
export function isSamePlace(a: LogRecord, b: LogRecord): boolean {
  return a.cs === b.cs && a.ipLo === b.ipLo && a.ipHi === b.ipHi && a.ss === b.ss && a.spLo === b.spLo && a.spHi === b.spHi && a.cpl === b.cpl;
}

const CR0 = registerOffset('cr0'), EFER = registerOffset('efer'), FLAGS = registerOffset('rflags'), CS_RIGHTS = registerOffset('cs.rights');
const CR0_PE = 1, EFER_LMA = 1 << 10;
const REAL = codeOf(MODES, 'real'), V86 = codeOf(MODES, 'v86'), PROTECTED = codeOf(MODES, 'protected'), COMPAT = codeOf(MODES, 'compat'), LONG = codeOf(MODES, 'long');

/** Code in MODES of the mode a dump shows. SDM 3A "Modes of Operation". */
export function modeOfDump(registers: Uint32Array): number {
  if ((registers[CR0]! & CR0_PE) === 0) return REAL;
  if ((registers[EFER]! & EFER_LMA) !== 0) return (registers[CS_RIGHTS]! & RIGHTS_L) !== 0 ? LONG : COMPAT;
  return (registers[FLAGS]! & EFLAGS_VM) !== 0 ? V86 : PROTECTED;
}

/** True for the modes of a processor whose IA32_EFER.LMA is set. */
export const isLongActive = (mode: number): boolean => mode === LONG || mode === COMPAT;
export const isVirtual8086 = (mode: number): boolean => mode === V86;

const ERROR_IDT = 2;
/**
 * True when an error code names this vector's gate: vector * 8 + 2 (SDM 3A "Error Code"). With LMA QEMU 7.2 prints vector * 16 + 2, as it
 * counts 16-byte gates in eights; both are taken there.
 */
export function namesGate(errorCode: number, vector: number, mode: number): boolean {
  if ((errorCode & ERROR_IDT) === 0) return false;
  return errorCode >>> 3 === vector || (isLongActive(mode) && errorCode >>> 4 === vector);
}
