// How a check is stated and how a guest fault travels. `demand` is the one verb: it decides, and it tells a listening probe,
// so that an explanation cannot drift from the behaviour. Delivery of faults: delivery.ts.

import { CHECK_FAIL, CHECK_PASS, CHECK_SKIPPED } from '../event/probe.ts';
import type { Cpu } from './state.ts';

/** Vector and error code in one number: vector in bits 23..16, 0x0100_0000 when an error code is pushed, the code in 15..0. */
export type FaultCode = number;
const WITH_CODE = 0x0100_0000;
export const DE: FaultCode = 0x00_0000, DB: FaultCode = 0x01_0000, BR: FaultCode = 0x05_0000, UD: FaultCode = 0x06_0000, NM: FaultCode = 0x07_0000;
/** x87 and SIMD floating-point exceptions. */
export const MF: FaultCode = 0x10_0000, XM: FaultCode = 0x13_0000;
export const DF: FaultCode = 0x08_0000 | WITH_CODE;
/** #TS, #NP, #SS, #GP with a selector error code (index and TI of a selector, or EXT/IDT bits); #AC and #GP(0) with zero. */
export const TS = (code: number): FaultCode => WITH_CODE | 0x0a_0000 | (code & 0xffff);
export const NP = (code: number): FaultCode => WITH_CODE | 0x0b_0000 | (code & 0xffff);
export const SSF = (code: number): FaultCode => WITH_CODE | 0x0c_0000 | (code & 0xffff);
export const GP = (code: number): FaultCode => WITH_CODE | 0x0d_0000 | (code & 0xffff);
export const GP0: FaultCode = GP(0);
export const SS0: FaultCode = SSF(0);
/** #AC: its error code is always 0. */
export const AC: FaultCode = WITH_CODE | 0x11_0000;
export const PF = (code: number): FaultCode => WITH_CODE | 0x0e_0000 | (code & 0xffff);

/** An event whose delivery failed: `source` is a code of SOURCES, `seq` its `fault` event or -1 when it has none. */
export interface Delivering { readonly source: number; readonly vector: number; readonly seq: number }

/**
 * A guest fault in flight. Thrown as a plain object: no stack trace, no `Error`. Caught by the run loop (and by delivery, for
 * faults during delivery) alone. `linear` and `access` matter for #PF only.
 */
export class Fault {
  readonly code: FaultCode;
  readonly rule: number;
  /** The linear address of a #PF (CR2). */
  readonly linear: number;
  /** Packed access of a #PF (paging.ts), 0 otherwise. */
  readonly access: number;
  /** Set when it hit the delivery that an instruction asked for (INT n, INT3, INTO): what was being delivered; null for execution. */
  delivering: Delivering | null = null;
  constructor(code: FaultCode, rule: number, linear: number, access: number) {
    this.code = code;
    this.rule = rule;
    this.linear = linear;
    this.access = access;
  }
}
export const faultVector = (code: FaultCode): number => (code >>> 16) & 0xff;
export const faultHasErrorCode = (code: FaultCode): boolean => (code & WITH_CODE) !== 0;
export const faultErrorCode = (code: FaultCode): number => code & 0xffff;

/** Thrown when the guest asks for what this core does not do yet: ends the run cleanly and appears in the trace. Never a guess. */
export class Unsupported {
  readonly detail: string;
  constructor(detail: string) { this.detail = detail; }
}

/** States one architectural check: faults with `fault` unless `condition`. `a` and `b` are the operands a ladder shows. */
export function demand(cpu: Cpu, rule: number, condition: boolean, fault: FaultCode, a: number, b: number): void {
  if (cpu.probe.listening) cpu.probe.check(rule, condition ? CHECK_PASS : CHECK_FAIL, a, b);
  if (!condition) throw new Fault(fault, rule, 0, 0);
}

/** States a check that decides without faulting by itself (a page walk's step, the double-fault table): returns the condition. */
export function judge(cpu: Cpu, rule: number, condition: boolean, a: number, b: number): boolean {
  if (cpu.probe.listening) cpu.probe.check(rule, condition ? CHECK_PASS : CHECK_FAIL, a, b);
  return condition;
}

/** Says that a check of this procedure does not apply here (a null selector, CPL 0…): nothing is evaluated. */
export function skip(cpu: Cpu, rule: number): void {
  if (cpu.probe.listening) cpu.probe.check(rule, CHECK_SKIPPED, 0, 0);
}

/** Says it of several, in the order of the catalogue. */
export function skipAll(cpu: Cpu, rules: readonly number[]): void {
  if (cpu.probe.listening) for (const one of rules) skip(cpu, one);
}
