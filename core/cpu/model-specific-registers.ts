// RDMSR, WRMSR and RDTSC: the MSRs this processor has, each with the values it takes. Numbers and fields: core/arch/msrs.ts.
// SDM 2B "RDMSR—Read From Model Specific Register", SDM 2D "WRMSR—Write to Model Specific Register".

import { CR4_TSD } from '../arch/control-registers.ts';
import { findMsr, IA32_PAT, IA32_SYSENTER_CS, IA32_SYSENTER_EIP, IA32_SYSENTER_ESP, IA32_TIME_STAMP_COUNTER, msrName } from '../arch/msrs.ts';
import { registerOffset } from '../arch/register-file.ts';
import { assert } from '../base/assert.ts';
import { highOfCount, joinU64 } from '../base/u64.ts';
import { rule } from '../event/rules.ts';
import { handleOf } from '../event/schema.ts';
import { beforeEvent, beginEvent, emitEvent, kindCode } from './emit.ts';
import { demand, GP0, skip } from './fault.ts';
import { demandPrivileged } from './privilege.ts';
import { EAX, ECX, EDX, type Cpu } from './state.ts';

const R_EXISTS = rule('msr-exists'), R_VALUE = rule('msr-value'), R_TSC = rule('tsc-cpl');
const K_WRITE = kindCode('msr-write');
const H_MSR = handleOf('msr-write', 'msr'), H_NAME = handleOf('msr-write', 'name'), H_BEFORE = handleOf('msr-write', 'before'), H_AFTER = handleOf('msr-write', 'after'),
  H_REFUSED = handleOf('msr-write', 'refused');
const CR4 = registerOffset('cr4');

/** Where an MSR's value is kept; null for the TSC, which is derived from the clock. `is64` is false where only 32 bits exist. */
interface Kept { readonly offset: number | null; readonly is64: boolean }
const kept = (number: number, is64: boolean): readonly [number, Kept] => {
  const register = findMsr(number)?.register ?? null;
  return [number, { offset: register === null ? null : registerOffset(register), is64 }];
};
// VENDOR: on this 32-bit processor the SYSENTER MSRs are 32 bits wide; what WRMSR has in EDX for them is ignored, as on P6.
const PRESENT: ReadonlyMap<number, Kept> = new Map([
  kept(IA32_TIME_STAMP_COUNTER, true), kept(IA32_SYSENTER_CS, false), kept(IA32_SYSENTER_ESP, false), kept(IA32_SYSENTER_EIP, false), kept(IA32_PAT, true),
]);

const value = { lo: 0, hi: 0 };

/** RDMSR: EDX:EAX <- MSR[ECX]. Faults with #GP(0) outside ring 0 and for an MSR that is not there. */
export function rdmsr(cpu: Cpu): void {
  const number = cpu.get32(ECX) >>> 0;
  demandPrivileged(cpu);
  demand(cpu, R_EXISTS, PRESENT.has(number), GP0, number, 0);
  skip(cpu, R_VALUE);

  readMsr(cpu, number);
  cpu.set32(EAX, value.lo);
  cpu.set32(EDX, value.hi);
}

/** WRMSR: MSR[ECX] <- EDX:EAX, one `msr-write`; a refused write is reported as refused before it faults with #GP(0). */
export function wrmsr(cpu: Cpu): void {
  const number = cpu.get32(ECX) >>> 0;
  const lo = cpu.get32(EAX) >>> 0, hi = cpu.get32(EDX) >>> 0;
  const exists = PRESENT.has(number);
  const isAllowed = cpu.cpl === 0 && exists && isValidValue(number, lo, hi);
  if (!isAllowed) reportWrite(cpu, number, lo, hi, { refused: true });
  demandPrivileged(cpu);
  demand(cpu, R_EXISTS, exists, GP0, number, 0);
  demand(cpu, R_VALUE, isValidValue(number, lo, hi), GP0, lo, hi);

  reportWrite(cpu, number, lo, hi, { refused: false });
}

/** RDTSC: EDX:EAX <- time-stamp counter (it counts EVENTS.md's `clock`). Faults with #GP(0) at CPL 1..3 when CR4.TSD is set. */
export function rdtsc(cpu: Cpu): void {
  demand(cpu, R_TSC, cpu.cpl === 0 || (cpu.register(CR4) & CR4_TSD) === 0, GP0, cpu.cpl, cpu.register(CR4));

  readMsr(cpu, IA32_TIME_STAMP_COUNTER);
  cpu.set32(EAX, value.lo);
  cpu.set32(EDX, value.hi);
}

/** The one writer of MSRs. `number` must be one this processor has. */
export function writeMsr(cpu: Cpu, number: number, lo: number, hi: number): void {
  const place = PRESENT.get(number);
  assert(place !== undefined, 'an MSR this processor has');
  if (place.offset !== null) {
    cpu.setRegister(place.offset, lo, place.is64 ? hi : 0);
    return;
  }
  const clock = cpu.clock;
  const low = lo - (clock >>> 0);
  cpu.setTscOffset(low >>> 0, (hi - highOfCount(clock) - (low < 0 ? 1 : 0)) >>> 0);
}

/** True when this processor has the MSR and it takes the value: what WRMSR demands besides CPL 0. */
export function takesMsrValue(number: number, lo: number, hi: number): boolean {
  return PRESENT.has(number) && isValidValue(number, lo, hi);
}

/** The value of an MSR as RDMSR would give it; null where this processor does not have it. */
export function msrValue(cpu: Cpu, number: number): bigint | null {
  if (!PRESENT.has(number)) return null;
  readMsr(cpu, number);
  return joinU64(value.lo, value.hi);
}

// Leaves the value in `value`: nothing is allocated for a counter that is read often.
function readMsr(cpu: Cpu, number: number): void {
  const place = PRESENT.get(number);
  assert(place !== undefined, 'an MSR this processor has');
  if (place.offset !== null) {
    value.lo = cpu.register(place.offset);
    value.hi = cpu.registerHigh(place.offset);
    return;
  }
  const low = (cpu.clock >>> 0) + cpu.tscOffset;
  value.lo = low >>> 0;
  value.hi = (highOfCount(cpu.clock) + cpu.tscOffsetHigh + (low > 0xffff_ffff ? 1 : 0)) >>> 0;
}

function reportWrite(cpu: Cpu, number: number, lo: number, hi: number, outcome: { readonly refused: boolean }): void {
  beforeEvent(cpu);
  const place = PRESENT.get(number);
  const draft = beginEvent(cpu, K_WRITE);
  draft.set(H_MSR, number);
  draft.setText(H_NAME, msrName(number));
  if (place === undefined) draft.setUnknown(H_BEFORE);
  else {
    readMsr(cpu, number);
    draft.set64(H_BEFORE, value.lo, value.hi);
  }
  if (!outcome.refused) writeMsr(cpu, number, lo, hi);
  draft.set64(H_AFTER, lo, place === undefined || place.is64 || outcome.refused ? hi : 0);
  draft.set(H_REFUSED, outcome.refused ? 1 : 0);
  emitEvent(cpu);
}

// IA32_PAT: eight memory types; 2, 3 and everything above 7 are reserved. SDM 3A "Page Attribute Table (PAT)".
function isValidValue(number: number, lo: number, hi: number): boolean {
  if (number !== IA32_PAT) return true;
  for (const word of [lo, hi]) {
    for (let shift = 0; shift < 32; shift += 8) {
      const type = (word >>> shift) & 0xff;
      if (type > 7 || type === 2 || type === 3) return false;
    }
  }
  return true;
}
