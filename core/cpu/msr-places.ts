// Which MSRs the processor has, by model: where each is kept and which values it takes. RDMSR and WRMSR: model-specific-registers.ts; names and
// fields: core/arch/msrs.ts. No machine check ever happens, and no performance counter counts: the registers keep what they are given, and what
// would set a counter going is unsupported. SDM 4 "Architectural MSRs", "MSRs in the P6 Family Processors", "MSRs in Pentium Processors".

import { EFER_NXE } from '../arch/control-registers.ts';
import { HAS_MCA, HAS_MCE, HAS_MSR, HAS_NX, HAS_PAT, HAS_RDTSCP, HAS_SEP, HAS_TSC } from '../arch/cpu-models.ts';
import {
  APIC_BASE_ADDRESS, APIC_BASE_EN, BIOS_UPDT_TRIG, findMsr, IA32_APIC_BASE, IA32_BIOS_SIGN_ID, IA32_EFER, IA32_MC0_CTL, IA32_MCG_CAP, IA32_MCG_CTL, IA32_MCG_STATUS, IA32_MISC_ENABLE, IA32_P5_MC_ADDR, IA32_P5_MC_TYPE, IA32_PAT,
  IA32_PLATFORM_ID, IA32_SYSENTER_CS, IA32_SYSENTER_EIP, IA32_SYSENTER_ESP, IA32_TIME_STAMP_COUNTER, IA32_TSC_AUX, MC_BANK_REGISTERS, MC_BANKS, PENTIUM_CESR, PENTIUM_CTR0, PERFCTR0, PERFEVTSEL0,
} from '../arch/msrs.ts';
import { registerOffset } from '../arch/register-file.ts';
import { RARE_MSRS, type Cpu } from './state.ts';

/** Where an MSR's value is kept, and what may be written. */
export interface MsrPlace {
  /** Word offset for `cpu.register`; null for the TSC, which is derived from the clock. */
  readonly offset: number | null;
  /** False where only 32 bits exist: what is written to the others is ignored. */
  readonly is64: boolean;
  /** HAS_ bits without which it does not exist. */
  readonly needs: number;
  /** Names of the models that have it; null: all with those features. */
  readonly only: readonly string[] | null;
  /** Bits that may be set; the others are reserved. */
  readonly lo: number;
  readonly hi: number;
  /** Bits that read as 1 whatever was written. */
  readonly fixed: number;
  /** What else must hold of a value; false for an MSR that cannot be written. */
  readonly takes: (lo: number, hi: number) => boolean;
  /** RDMSR is refused. */
  readonly isWriteOnly: boolean;
  /** What a value would make the processor do that it does not do here; null when nothing. */
  readonly asksFor: (lo: number, hi: number) => string | null;
}

const ALL = 0xffff_ffff;
const anything = (): boolean => true, nothing = (): boolean => false;
const ORDINARY: Omit<MsrPlace, 'offset' | 'needs'> = { is64: true, only: null, lo: ALL, hi: ALL, fixed: 0, takes: anything, isWriteOnly: false, asksFor: () => null };

type Details = Partial<typeof ORDINARY>;
/** An MSR of the register file, or the TSC. */
function filed(number: number, needs: number, details: Details = {}): readonly [number, MsrPlace] {
  const register = findMsr(number)?.register ?? null;
  return [number, { ...ORDINARY, offset: register === null ? null : registerOffset(register), needs: needs | HAS_MSR, ...details }];
}
let slots = 0;
/** An MSR that only this table knows, in the next pair of words. */
function rare(number: number, needs: number, details: Details = {}): readonly [number, MsrPlace] {
  slots += 1;
  return [number, { ...ORDINARY, offset: RARE_MSRS + 2 * (slots - 1), needs: needs | HAS_MSR, ...details }];
}

/** BSP, EN and a base of 36 bits; there is no x2APIC mode. SDM 3A "Local APIC Status and Location". */
const APIC_BASE_BITS = 0xffff_f900, APIC_BASE_HIGH = 0xf;
/** BTS and PEBS are unavailable; fast strings may be switched on and off. SDM 4 "Architectural MSRs", IA32_MISC_ENABLE. */
const MISC_FIXED = 0x1800, MISC_WRITABLE = 0x1801;
/** MCG_CAP: the number of banks, and that MCG_CTL is there. SDM 3B "IA32_MCG_CAP MSR". */
const MCG_CAP = 0x100 | MC_BANKS;
const P6_UP = ['p6', 'modern'], P6 = ['p6'], PENTIUM = ['pentium'];
const COUNTING = 'counting events (a performance counter)';
/** P6: bit 22 enables both counters. Pentium: bits 8:6 and 24:22 say what each counts, 0 nothing. */
const P6_ENABLE = 1 << 22, PENTIUM_COUNTING = (7 << 6) | (7 << 22), PENTIUM_CESR_BITS = 0x03ff_03ff, COUNTER_HIGH = 0xff;

// EFER without IA-32e mode: of its bits NXE alone exists. SDM 3A "Extended Feature Enable Register".
const PLACES: ReadonlyMap<number, MsrPlace> = new Map([
  filed(IA32_TIME_STAMP_COUNTER, HAS_TSC),
  filed(IA32_SYSENTER_CS, HAS_SEP, { is64: false }), filed(IA32_SYSENTER_ESP, HAS_SEP, { is64: false }), filed(IA32_SYSENTER_EIP, HAS_SEP, { is64: false }),
  filed(IA32_APIC_BASE, 0, { only: P6_UP, lo: APIC_BASE_BITS, hi: APIC_BASE_HIGH, asksFor: (lo, hi) => ((lo & APIC_BASE_EN) === 0 || ((lo & ~0xfff) >>> 0 === APIC_BASE_ADDRESS && hi === 0) ? null : 'a local APIC at another address than 0xfee00000') }),
  filed(IA32_PAT, HAS_PAT, { takes: arePatTypes }),
  filed(IA32_EFER, HAS_NX, { lo: EFER_NXE, hi: 0 }),
  filed(IA32_TSC_AUX, HAS_RDTSCP, { hi: 0 }),
  filed(IA32_MISC_ENABLE, 0, { only: ['modern'], lo: MISC_WRITABLE, hi: 0, fixed: MISC_FIXED }),

  rare(IA32_P5_MC_ADDR, HAS_MCE), rare(IA32_P5_MC_TYPE, HAS_MCE),
  rare(PENTIUM_CESR, 0, { only: PENTIUM, lo: PENTIUM_CESR_BITS, hi: 0, asksFor: (lo) => ((lo & PENTIUM_COUNTING) === 0 ? null : COUNTING) }),
  rare(PENTIUM_CTR0, 0, { only: PENTIUM, hi: COUNTER_HIGH }), rare(PENTIUM_CTR0 + 1, 0, { only: PENTIUM, hi: COUNTER_HIGH }),
  rare(IA32_PLATFORM_ID, 0, { only: P6_UP, takes: nothing }),
  // no update is ever accepted: the signature stays what software wrote
  rare(BIOS_UPDT_TRIG, 0, { only: P6_UP, isWriteOnly: true }), rare(IA32_BIOS_SIGN_ID, 0, { only: P6_UP }),
  rare(PERFCTR0, 0, { only: P6, hi: COUNTER_HIGH }), rare(PERFCTR0 + 1, 0, { only: P6, hi: COUNTER_HIGH }),
  ...[0, 1].map((counter) => rare(PERFEVTSEL0 + counter, 0, { only: P6, hi: 0, asksFor: (lo: number) => ((lo & P6_ENABLE) === 0 ? null : COUNTING) })),
  rare(IA32_MCG_CAP, HAS_MCA, { fixed: MCG_CAP, takes: nothing }), rare(IA32_MCG_STATUS, HAS_MCA, { lo: 7, hi: 0 }), rare(IA32_MCG_CTL, HAS_MCA),
  ...Array.from({ length: MC_BANKS }, (_, bank) => bankOf(IA32_MC0_CTL + bank * MC_BANK_REGISTERS)).flat(),
]);

// One bank: CTL is kept; STATUS and ADDR can be cleared only, and MISC does not exist. SDM 3B "Error-Reporting Register Banks".
function bankOf(first: number): readonly (readonly [number, MsrPlace])[] {
  return [rare(first, HAS_MCA), rare(first + 1, HAS_MCA, { lo: 0, hi: 0 }), rare(first + 2, HAS_MCA, { lo: 0, hi: 0 })];
}

/** The place of an MSR of this processor, or null where it does not have it. */
export function placeOfMsr(cpu: Cpu, number: number): MsrPlace | null {
  const place = PLACES.get(number);
  if (place === undefined || (cpu.model.features & place.needs) !== place.needs) return null;
  return place.only === null || place.only.includes(cpu.model.name) ? place : null;
}

/** True when the MSR takes this value: it can be written, and no bit or encoding of the value is reserved. */
export function isMsrValue(place: MsrPlace, lo: number, hi: number): boolean {
  return (lo & ~place.lo) === 0 && ((hi & ~place.hi) === 0 || !place.is64) && place.takes(lo, hi);
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
