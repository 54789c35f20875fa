// The processors this core can be: which features each has and how it signs itself. CPUID, the bits of CR4 that exist, the MSRs that exist
// and the instructions that are defined all follow from this table. SDM 2A "CPUID—CPU Identification", SDM 3B "Architecture Compatibility".
// None has MTRRs, a serial number, x2APIC, PCID, XSAVE or IA-32e mode. EFLAGS is the same in all: AC came with the i486, ID with CPUID, VIF and VIP with VME.

/** Features, one bit each. Names are CPUID's. */
export const HAS_FPU = 1 << 0, HAS_VME = 1 << 1, HAS_DE = 1 << 2, HAS_PSE = 1 << 3, HAS_TSC = 1 << 4, HAS_MSR = 1 << 5, HAS_PAE = 1 << 6, HAS_MCE = 1 << 7,
  HAS_CX8 = 1 << 8, HAS_SEP = 1 << 9, HAS_PGE = 1 << 10, HAS_MCA = 1 << 11, HAS_CMOV = 1 << 12, HAS_PAT = 1 << 13, HAS_PSE36 = 1 << 14, HAS_CLFSH = 1 << 15,
  HAS_MMX = 1 << 16, HAS_FXSR = 1 << 17, HAS_SSE = 1 << 18, HAS_SSE2 = 1 << 19, HAS_NX = 1 << 20, HAS_SMEP = 1 << 21, HAS_SMAP = 1 << 22, HAS_UMIP = 1 << 23,
  HAS_CPUID = 1 << 24, HAS_RDPMC = 1 << 25, HAS_RDTSCP = 1 << 26, HAS_LONG_NOP = 1 << 27, HAS_TEST_REGISTERS = 1 << 28, HAS_SSE3 = 1 << 29, HAS_PREFETCHW = 1 << 30;
/** What no model has. */
export const NO_MODEL = 1 << 31;

/** Names of the features by bit, as a message says them. */
const FEATURE_NAMES = [
  'FPU', 'VME', 'DE', 'PSE', 'TSC', 'MSR', 'PAE', 'MCE', 'CMPXCHG8B', 'SYSENTER', 'PGE', 'MCA', 'CMOV', 'PAT', 'PSE36', 'CLFLUSH', 'MMX', 'FXSAVE', 'SSE', 'SSE2', 'NX', 'SMEP', 'SMAP',
  'UMIP', 'CPUID', 'RDPMC', 'RDTSCP', 'long NOP', 'test registers', 'SSE3', 'PREFETCHW', 'an extension no model has',
];
/** No instruction needs more. */
const NAMES_MOST = 2;
/** `SSE2`, `FPU, CMOV`; `none` without a bit. */
export function featureText(features: number): string {
  const names = FEATURE_NAMES.filter((_, bit) => (features & (1 << bit)) !== 0);
  return names.length === 0 ? 'none' : names.length > NAMES_MOST ? `${names.slice(0, NAMES_MOST).join(', ')} and others` : names.join(', ');
}

export interface CpuModel {
  /** The name `--cpu` takes and a trace's header carries. */
  readonly name: string;
  readonly title: string;
  /** CPUID leaf 1 EAX: family 11..8, model 7..4, stepping 3..0; also EDX after reset. */
  readonly signature: number;
  /** HAS_ bits. */
  readonly features: number;
  /** It has a local APIC, which CPUID reports while IA32_APIC_BASE (from P6 on) does not switch it off. */
  readonly hasLocalApic: boolean;
  /** The highest basic leaf of CPUID. */
  readonly highestLeaf: number;
  /** CPUID has leaves from 80000000H on. */
  readonly hasExtendedLeaves: boolean;
}

const INTEL_486 = HAS_FPU | HAS_VME | HAS_CPUID | HAS_TEST_REGISTERS;
const PENTIUM = HAS_FPU | HAS_VME | HAS_DE | HAS_PSE | HAS_TSC | HAS_MSR | HAS_MCE | HAS_CX8 | HAS_CPUID | HAS_MMX | HAS_RDPMC;
const P6 = PENTIUM | HAS_PAE | HAS_SEP | HAS_PGE | HAS_MCA | HAS_CMOV | HAS_PAT | HAS_PSE36 | HAS_FXSR | HAS_SSE | HAS_LONG_NOP;
const MODERN = P6 | HAS_CLFSH | HAS_SSE2 | HAS_SSE3 | HAS_NX | HAS_SMEP | HAS_SMAP | HAS_UMIP | HAS_RDTSCP | HAS_PREFETCHW;

export const MODELS = [
  { name: '486', title: 'i486 DX4 with CPUID and VME', signature: 0x480, features: INTEL_486, hasLocalApic: false, highestLeaf: 1, hasExtendedLeaves: false },
  { name: 'pentium', title: 'Pentium with MMX', signature: 0x543, features: PENTIUM, hasLocalApic: true, highestLeaf: 1, hasExtendedLeaves: false },
  { name: 'p6', title: 'Pentium III', signature: 0x683, features: P6, hasLocalApic: true, highestLeaf: 2, hasExtendedLeaves: false },
  { name: 'modern', title: '32-bit mode of a processor with SSE3, NX, SMEP, SMAP and UMIP', signature: 0x6f3, features: MODERN, hasLocalApic: true, highestLeaf: 7, hasExtendedLeaves: true },
] as const satisfies readonly CpuModel[];

export const DEFAULT_MODEL: CpuModel = MODELS[3];

/** The model of a name in any case (`i686` is an older name of `p6`), or null. */
export function findModel(name: string): CpuModel | null {
  const given = name.toLowerCase(), wanted = given === 'i686' ? 'p6' : given;
  return MODELS.find((one) => one.name === wanted) ?? null;
}
