// Which MSRs the processor has, by model: where each is kept and which values it takes. RDMSR and WRMSR: model-specific-registers.ts; names and
// fields: core/arch/msrs.ts. SDM 4 "Architectural MSRs".

import { HAS_MSR, HAS_NX, HAS_PAT, HAS_RDTSCP, HAS_SEP, HAS_TSC } from '../arch/cpu-models.ts';
import { findMsr, IA32_EFER, IA32_PAT, IA32_SYSENTER_CS, IA32_SYSENTER_EIP, IA32_SYSENTER_ESP, IA32_TIME_STAMP_COUNTER, IA32_TSC_AUX } from '../arch/msrs.ts';
import { registerOffset } from '../arch/register-file.ts';
import type { Cpu } from './state.ts';

/** Where an MSR's value is kept, and what may be written. */
export interface MsrPlace {
  /** Word offset in the register file; null for the TSC, which is derived from the clock. */
  readonly offset: number | null;
  /** False where only 32 bits exist: what is written to the others is ignored. */
  readonly is64: boolean;
  /** HAS_ bits without which it does not exist. */
  readonly needs: number;
  /** Bits that may be set; the others are reserved. */
  readonly lo: number;
  readonly hi: number;
  /** What else must hold of a value. */
  readonly takes: (lo: number, hi: number) => boolean;
}

const ALL = 0xffff_ffff;
const anything = (): boolean => true;
function kept(number: number, needs: number, bits: Partial<Pick<MsrPlace, 'is64' | 'lo' | 'hi' | 'takes'>> = {}): readonly [number, MsrPlace] {
  const register = findMsr(number)?.register ?? null;
  return [number, { offset: register === null ? null : registerOffset(register), is64: true, needs: needs | HAS_MSR, lo: ALL, hi: ALL, takes: anything, ...bits }];
}

/** EFER without IA-32e mode: of its bits NXE alone exists. SDM 3A "Extended Feature Enable Register". */
export const EFER_NXE = 0x800;

const PLACES: ReadonlyMap<number, MsrPlace> = new Map([
  kept(IA32_TIME_STAMP_COUNTER, HAS_TSC),
  kept(IA32_SYSENTER_CS, HAS_SEP, { is64: false }), kept(IA32_SYSENTER_ESP, HAS_SEP, { is64: false }), kept(IA32_SYSENTER_EIP, HAS_SEP, { is64: false }),
  kept(IA32_PAT, HAS_PAT, { takes: arePatTypes }),
  kept(IA32_EFER, HAS_NX, { lo: EFER_NXE, hi: 0 }),
  kept(IA32_TSC_AUX, HAS_RDTSCP, { hi: 0 }),
]);

/** The place of an MSR of this processor, or null where it does not have it. */
export function placeOfMsr(cpu: Cpu, number: number): MsrPlace | null {
  const place = PLACES.get(number);
  return place === undefined || (cpu.model.features & place.needs) !== place.needs ? null : place;
}

/** True when the MSR takes this value: no reserved bit, no reserved encoding. */
export function isMsrValue(place: MsrPlace, lo: number, hi: number): boolean {
  return (lo & ~place.lo) === 0 && (hi & ~place.hi) === 0 && place.takes(lo, hi);
}

// Eight memory types; 2, 3 and everything above 7 are reserved. SDM 3A "Page Attribute Table (PAT)".
function arePatTypes(lo: number, hi: number): boolean {
  for (const word of [lo, hi]) {
    for (let shift = 0; shift < 32; shift += 8) {
      const type = (word >>> shift) & 0xff;
      if (type > 7 || type === 2 || type === 3) return false;
    }
  }
  return true;
}
