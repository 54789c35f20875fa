// CPUID: what the processor model says of itself, leaf by leaf, and only what this core executes for it. There is no cache, MTRR or
// performance counter of the architectural kind, so none is reported. SDM 2A "CPUID—CPU Identification".

import {
  HAS_CLFSH, HAS_CMOV, HAS_CX8, HAS_DE, HAS_FPU, HAS_FXSR, HAS_MCA, HAS_MCE, HAS_MMX, HAS_MSR, HAS_NX, HAS_PAE, HAS_PAT, HAS_PGE, HAS_PSE, HAS_PSE36, HAS_RDTSCP, HAS_SEP,
  HAS_SMAP, HAS_SMEP, HAS_SSE, HAS_SSE2, HAS_SSE3, HAS_TSC, HAS_UMIP, HAS_VME, type CpuModel,
} from '../arch/cpu-models.ts';
import { difference } from '../arch/vendor-differences.ts';
import { differ } from './differ.ts';
import { isApicEnabled } from './model-specific-registers.ts';
import { EAX, EBX, ECX, EDX, type Cpu } from './state.ts';

const D_BEYOND = difference('cpuid-beyond-highest');

/** A word of feature flags: the bit of CPUID for each HAS_ bit. */
type FlagWord = readonly (readonly [bit: number, feature: number])[];
/** Leaf 1 EDX. Bit 9 follows from IA32_APIC_BASE; absent everywhere: 12 MTRR, 18 PSN, 21 DS, 22 ACPI, 27 SS, 28 HTT, 29 TM, 31 PBE. */
const LEAF_1_EDX: FlagWord = [
  [0, HAS_FPU], [1, HAS_VME], [2, HAS_DE], [3, HAS_PSE], [4, HAS_TSC], [5, HAS_MSR], [6, HAS_PAE], [7, HAS_MCE], [8, HAS_CX8], [11, HAS_SEP], [13, HAS_PGE], [14, HAS_MCA],
  [15, HAS_CMOV], [16, HAS_PAT], [17, HAS_PSE36], [19, HAS_CLFSH], [23, HAS_MMX], [24, HAS_FXSR], [25, HAS_SSE], [26, HAS_SSE2],
];
/** Bit 9 of leaf 1 EDX: a local APIC, and it is on. */
const HAS_APIC = 1 << 9;
const LEAF_1_ECX: FlagWord = [[0, HAS_SSE3]];
const LEAF_7_EBX: FlagWord = [[7, HAS_SMEP], [20, HAS_SMAP]];
const LEAF_7_ECX: FlagWord = [[2, HAS_UMIP]];
const LEAF_80000001_EDX: FlagWord = [[20, HAS_NX], [27, HAS_RDTSCP]];

const EXTENDED = 0x8000_0000, EXTENDED_HIGHEST = 0x8000_0008;
/** CLFLUSH flushes 64 bytes: EBX 15..8 of leaf 1, in units of 8 bytes. */
const CLFLUSH_SIZE = 8 << 8;
/** Leaf 2: AL 1 (asked once is enough); descriptor 40H: no second-level cache; FFH: ask leaf 4, which has none. */
const LEAF_2_P6 = 0x4001, LEAF_2_MODERN = 0xff01;
/** Leaf 80000008H EAX: 32 linear and 36 physical address bits. */
const ADDRESS_SIZES = 0x2024;
const BRAND = 'Ringscope IA-32 processor';
const BRAND_LEAF = 0x8000_0002, BRAND_LEAVES = 3;

/** CPUID: fills EAX, EBX, ECX, EDX for the leaf in EAX (and ECX). */
export function cpuid(cpu: Cpu): void {
  const { highestLeaf, hasExtendedLeaves } = cpu.model;
  const leaf = cpu.get32(EAX) >>> 0;
  if (leaf <= highestLeaf) basic(cpu, leaf);
  else if (hasExtendedLeaves && leaf >= EXTENDED && leaf <= EXTENDED_HIGHEST) extended(cpu, leaf);
  else {
    // "If a value entered for CPUID.EAX is higher than the maximum input value …": as the highest basic leaf
    differ(cpu, D_BEYOND);
    basic(cpu, highestLeaf);
  }
}

function basic(cpu: Cpu, leaf: number): void {
  const { signature, features } = cpu.model;
  switch (leaf) {
    case 0: answer(cpu, cpu.model.highestLeaf, 0x756e_6547, 0x6c65_746e, 0x4965_6e69); break; // "Genu" "ntel" "ineI"
    case 1: answer(cpu, signature, (features & HAS_CLFSH) !== 0 ? CLFLUSH_SIZE : 0, flags(cpu, LEAF_1_ECX), flags(cpu, LEAF_1_EDX) | (isApicEnabled(cpu) ? HAS_APIC : 0)); break;
    case 2: answer(cpu, cpu.model.highestLeaf > 2 ? LEAF_2_MODERN : LEAF_2_P6, 0, 0, 0); break;
    case 7: answer(cpu, 0, ...(cpu.get32(ECX) === 0 ? [flags(cpu, LEAF_7_EBX), flags(cpu, LEAF_7_ECX)] as const : [0, 0] as const), 0); break;
    default: answer(cpu, 0, 0, 0, 0); // 3: no serial number; 4: no cache; 5: no MONITOR; 6: no power management
  }
}

function extended(cpu: Cpu, leaf: number): void {
  if (leaf === EXTENDED) answer(cpu, EXTENDED_HIGHEST, 0, 0, 0);
  else if (leaf === 0x8000_0001) answer(cpu, 0, 0, 0, flags(cpu, LEAF_80000001_EDX));
  else if (leaf >= BRAND_LEAF && leaf < BRAND_LEAF + BRAND_LEAVES) brand(cpu, (leaf - BRAND_LEAF) * 16);
  else answer(cpu, leaf === EXTENDED_HIGHEST ? ADDRESS_SIZES : 0, 0, 0, 0);
}

// four characters a register, zeros behind the end
function brand(cpu: Cpu, at: number): void {
  const word = (from: number): number => [3, 2, 1, 0].reduce((sum, index) => (sum << 8) | (BRAND.charCodeAt(from + index) || 0), 0);
  answer(cpu, word(at), word(at + 4), word(at + 8), word(at + 12));
}

/** EDX of leaf 1 of a processor whose local APIC, if it has one, is on: firmware tables have it, too. */
export function featureFlags({ features, hasLocalApic }: CpuModel): number {
  return flagsOf(features, LEAF_1_EDX) | (hasLocalApic ? HAS_APIC : 0);
}

function flags(cpu: Cpu, word: FlagWord): number {
  return flagsOf(cpu.model.features, word);
}

function flagsOf(features: number, word: FlagWord): number {
  return word.reduce((sum, [bit, feature]) => ((features & feature) !== 0 ? sum | (1 << bit) : sum), 0);
}

function answer(cpu: Cpu, eax: number, ebx: number, ecx: number, edx: number): void {
  cpu.set32(EAX, eax);
  cpu.set32(EBX, ebx);
  cpu.set32(ECX, ecx);
  cpu.set32(EDX, edx);
}
