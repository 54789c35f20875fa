// RDMSR, WRMSR and RDTSC. Which MSRs this processor has, and the values they take: msr-places.ts; names and fields: core/arch/msrs.ts.
// SDM 2B "RDMSR—Read From Model Specific Register", SDM 2D "WRMSR—Write to Model Specific Register".

import { CR4_TSD } from '../arch/control-registers.ts';
import { APIC_BASE_EN, IA32_APIC_BASE, IA32_EFER, IA32_TIME_STAMP_COUNTER, IA32_TSC_AUX, msrName } from '../arch/msrs.ts';
import { registerOffset } from '../arch/register-file.ts';
import { difference } from '../arch/vendor-differences.ts';
import { assert } from '../base/assert.ts';
import { highOfCount, joinU64 } from '../base/u64.ts';
import { rule } from '../event/rules.ts';
import { handleOf } from '../event/schema.ts';
import { beforeEvent, beginEvent, emitEvent, kindCode } from './emit.ts';
import { followEfer, tellEfer } from './control-registers.ts';
import { differ } from './differ.ts';
import { demand, GP0, skip, Unsupported } from './fault.ts';
import { isMsrValue, placeOfMsr } from './msr-places.ts';
import { demandPrivileged } from './privilege.ts';
import { EAX, ECX, EDX, type Cpu } from './state.ts';

const R_EXISTS = rule('msr-exists'), R_VALUE = rule('msr-value'), R_TSC = rule('tsc-cpl');
const D_SYSENTER_WIDTH = difference('sysenter-msr-width'), D_TSC_WIDTH = difference('tsc-write-width'), D_UNKNOWN = difference('unknown-msr');
const K_WRITE = kindCode('msr-write');
const H_MSR = handleOf('msr-write', 'msr'), H_NAME = handleOf('msr-write', 'name'), H_BEFORE = handleOf('msr-write', 'before'), H_AFTER = handleOf('msr-write', 'after'),
  H_REFUSED = handleOf('msr-write', 'refused');
const CR4 = registerOffset('cr4'), EFER = registerOffset('efer'), APIC_BASE = registerOffset('apic_base');

const value = { lo: 0, hi: 0 };

/** RDMSR: EDX:EAX <- MSR[ECX]. Faults with #GP(0) outside ring 0 and for an MSR that is not there. */
export function rdmsr(cpu: Cpu): void {
  const number = cpu.get32(ECX) >>> 0;
  demandPrivileged(cpu);
  const place = placeOfMsr(cpu, number);
  if (place === null) differ(cpu, D_UNKNOWN);
  demand(cpu, R_EXISTS, place?.isWriteOnly === false, GP0, number, 0);
  skip(cpu, R_VALUE);

  readMsr(cpu, number);
  cpu.set32(EAX, value.lo);
  cpu.set32(EDX, value.hi);
}

/** WRMSR: MSR[ECX] <- EDX:EAX, one `msr-write`; a refused write is reported as refused before it faults with #GP(0). */
export function wrmsr(cpu: Cpu): void {
  const number = cpu.get32(ECX) >>> 0;
  const lo = cpu.get32(EAX) >>> 0, hi = cpu.get32(EDX) >>> 0;
  const place = placeOfMsr(cpu, number);
  const isTaken = place !== null && isMsrValue(place, lo, hi);
  if (cpu.cpl !== 0 || !isTaken) reportWrite(cpu, number, lo, hi, { refused: true });
  demandPrivileged(cpu);
  if (place === null) differ(cpu, D_UNKNOWN);
  demand(cpu, R_EXISTS, place !== null, GP0, number, 0);
  demand(cpu, R_VALUE, isTaken, GP0, lo, hi);

  const asked = place?.asksFor(lo, hi) ?? null;
  if (asked !== null) throw new Unsupported(`${asked}: WRMSR of ${msrName(number)}`);
  const efer = cpu.register(EFER);
  reportWrite(cpu, number, lo, hi, { refused: false });
  if (number === IA32_EFER) tellEfer(cpu, efer);
}

/** RDTSC: EDX:EAX <- time-stamp counter (it counts EVENTS.md's `clock`). Faults with #GP(0) at CPL 1..3 when CR4.TSD is set. */
export function rdtsc(cpu: Cpu): void {
  demand(cpu, R_TSC, cpu.cpl === 0 || (cpu.register(CR4) & CR4_TSD) === 0, GP0, cpu.cpl, cpu.register(CR4));

  readMsr(cpu, IA32_TIME_STAMP_COUNTER);
  cpu.set32(EAX, value.lo);
  cpu.set32(EDX, value.hi);
}

/** RDTSCP: as RDTSC, and ECX <- IA32_TSC_AUX. SDM 2B "RDTSCP—Read Time-Stamp Counter and Processor ID". */
export function rdtscp(cpu: Cpu): void {
  rdtsc(cpu);
  readMsr(cpu, IA32_TSC_AUX);
  cpu.set32(ECX, value.lo);
}

/** True when there is a local APIC and IA32_APIC_BASE has it on; of a Pentium, which has no such MSR, it always is. */
export const isApicEnabled = (cpu: Cpu): boolean => cpu.model.hasLocalApic && (cpu.register(APIC_BASE) & APIC_BASE_EN) !== 0;

/** The one writer of MSRs. `number` must be one this processor has. */
export function writeMsr(cpu: Cpu, number: number, lo: number, hi: number): void {
  const place = placeOfMsr(cpu, number);
  assert(place !== null, 'an MSR this processor has');
  if (!place.is64 && hi !== 0) differ(cpu, D_SYSENTER_WIDTH);
  if (place.offset !== null) {
    const before = cpu.register(place.offset);
    cpu.setRegister(place.offset, lo, place.is64 ? hi : 0);
    if (number === IA32_EFER) followEfer(cpu, before);
    if (number === IA32_APIC_BASE) cpu.bus.apicBaseWritten();
    return;
  }
  if (hi !== 0) differ(cpu, D_TSC_WIDTH);
  const clock = cpu.clock;
  const low = lo - (clock >>> 0);
  cpu.setTscOffset(low >>> 0, (hi - highOfCount(clock) - (low < 0 ? 1 : 0)) >>> 0);
}

/** True when this processor has the MSR and it takes the value: what WRMSR demands besides CPL 0. */
export function takesMsrValue(cpu: Cpu, number: number, lo: number, hi: number): boolean {
  const place = placeOfMsr(cpu, number);
  return place !== null && isMsrValue(place, lo, hi);
}

/** The value of an MSR as RDMSR would give it; null where this processor does not have it. */
export function msrValue(cpu: Cpu, number: number): bigint | null {
  if (placeOfMsr(cpu, number) === null) return null;
  readMsr(cpu, number);
  return joinU64(value.lo, value.hi);
}

// Leaves the value in `value`: nothing is allocated for a counter that is read often.
function readMsr(cpu: Cpu, number: number): void {
  const place = placeOfMsr(cpu, number);
  assert(place !== null, 'an MSR this processor has');
  if (place.offset !== null) {
    value.lo = (cpu.register(place.offset) | place.fixed) >>> 0;
    value.hi = cpu.registerHigh(place.offset);
    return;
  }
  const low = (cpu.clock >>> 0) + cpu.tscOffset;
  value.lo = low >>> 0;
  value.hi = (highOfCount(cpu.clock) + cpu.tscOffsetHigh + (low > 0xffff_ffff ? 1 : 0)) >>> 0;
}

function reportWrite(cpu: Cpu, number: number, lo: number, hi: number, outcome: { readonly refused: boolean }): void {
  beforeEvent(cpu);
  const place = placeOfMsr(cpu, number);
  const draft = beginEvent(cpu, K_WRITE);
  draft.set(H_MSR, number);
  draft.setText(H_NAME, msrName(number));
  if (place === null) draft.setUnknown(H_BEFORE);
  else {
    readMsr(cpu, number);
    draft.set64(H_BEFORE, value.lo, value.hi);
  }
  if (!outcome.refused) writeMsr(cpu, number, lo, hi);
  draft.set64(H_AFTER, lo, place === null || place.is64 || outcome.refused ? hi : 0);
  draft.set(H_REFUSED, outcome.refused ? 1 : 0);
  emitEvent(cpu);
}
