// Which instructions and which bits of CR4 a processor model has: one table from operation to feature, asked when a block is decoded, never
// when it executes. What a model lacks raises #UD. Models: core/arch/cpu-models.ts. SDM 1 "Instruction Set Summary", SDM 2A "CPUID—CPU Identification".

import {
  HAS_CLFSH, HAS_CMOV, HAS_CPUID, HAS_CX8, HAS_DE, HAS_FPU, HAS_FXSR, HAS_LONG_NOP, HAS_MCE, HAS_MMX, HAS_MSR, HAS_PAE, HAS_PGE, HAS_PREFETCHW, HAS_PSE, HAS_RDPMC, HAS_RDTSCP, HAS_SEP, HAS_SMAP, HAS_SMEP,
  HAS_SSE, HAS_SSE2, HAS_SSE3, HAS_TEST_REGISTERS, HAS_TSC, HAS_UMIP, HAS_VME, NO_MODEL,
} from '../arch/cpu-models.ts';
import { CR4_DE, CR4_MCE, CR4_OSFXSR, CR4_OSXMMEXCPT, CR4_PAE, CR4_PCE, CR4_PGE, CR4_PSE, CR4_PVI, CR4_SMAP, CR4_SMEP, CR4_TSD, CR4_UMIP, CR4_VME } from '../arch/control-registers.ts';
import { XMM_REGISTER, type Insn } from '../isa/insn.ts';
import type { Op } from '../isa/opcode-index.ts';
import { SIMD_ROWS } from '../isa/opcodes-simd.ts';
import type { Cpu } from './state.ts';

const system = (feature: number, ...ops: readonly Op[]): readonly (readonly [Op, number])[] => ops.map((op) => [op, feature]);

/** Operations of MMX as Pentium has them; on XMM registers they are SSE2. */
const MMX: ReadonlySet<Op> = new Set<Op>([
  'punpcklbw', 'punpcklwd', 'punpckldq', 'packsswb', 'pcmpgtb', 'pcmpgtw', 'pcmpgtd', 'packuswb', 'punpckhbw', 'punpckhwd', 'punpckhdq', 'packssdw', 'pcmpeqb', 'pcmpeqw', 'pcmpeqd',
  'psrlw', 'psrld', 'psrlq', 'psraw', 'psrad', 'psllw', 'pslld', 'psllq', 'pmullw', 'pmulhw', 'pmaddwd', 'pand', 'pandn', 'por', 'pxor', 'movd', 'movq', 'emms',
  'paddb', 'paddw', 'paddd', 'paddsb', 'paddsw', 'paddusb', 'paddusw', 'psubb', 'psubw', 'psubd', 'psubsb', 'psubsw', 'psubusb', 'psubusw',
]);
/** Operations on MMX registers that came with SSE; on XMM registers they are SSE2. */
const MMX_OF_SSE: ReadonlySet<Op> = new Set<Op>(['pshufw', 'pinsrw', 'pextrw', 'pavgb', 'pavgw', 'pminub', 'pminsw', 'pmaxub', 'pmaxsw', 'pmovmskb', 'pmulhuw', 'psadbw', 'maskmovq', 'movntq']);
const SSE: ReadonlySet<Op> = new Set<Op>([
  'movups', 'movss', 'movlps', 'movhlps', 'unpcklps', 'unpckhps', 'movhps', 'movlhps', 'movaps', 'movntps', 'cvtpi2ps', 'cvtsi2ss', 'cvttps2pi', 'cvttss2si', 'cvtps2pi', 'cvtss2si',
  'ucomiss', 'comiss', 'movmskps', 'sqrtps', 'sqrtss', 'rsqrtps', 'rsqrtss', 'rcpps', 'rcpss', 'andps', 'andnps', 'orps', 'xorps', 'addps', 'addss', 'mulps', 'mulss', 'subps', 'subss',
  'minps', 'minss', 'divps', 'divss', 'maxps', 'maxss', 'cmpps', 'cmpss', 'shufps', 'ldmxcsr', 'stmxcsr', 'sfence',
]);
const SSE3: ReadonlySet<Op> = new Set<Op>(['movsldup', 'movshdup', 'movddup', 'haddpd', 'haddps', 'hsubpd', 'hsubps', 'addsubpd', 'addsubps', 'lddqu']);
const SIMD: ReadonlySet<Op> = new Set<Op>(SIMD_ROWS.map(([, op]) => op));

const NEEDS: ReadonlyMap<Op, number> = new Map<Op, number>([
  ...system(HAS_CPUID, 'cpuid'), ...system(HAS_TSC, 'rdtsc'), ...system(HAS_MSR, 'rdmsr', 'wrmsr'), ...system(HAS_RDPMC, 'rdpmc'), ...system(HAS_CX8, 'cmpxchg8b'),
  ...system(HAS_CMOV, 'cmovcc'), ...system(HAS_SEP, 'sysenter', 'sysexit'), ...system(HAS_RDTSCP, 'rdtscp'), ...system(HAS_SMAP, 'clac', 'stac'),
  ...system(HAS_TEST_REGISTERS, 'movRdTd', 'movTdRd'), ...system(HAS_FXSR, 'fxsave', 'fxrstor'), ...system(HAS_CLFSH, 'clflush'),
  // IA-32e mode, VMX, SMX, system-management mode and later extensions: SYSCALL outside IA-32e mode is #UD on Intel processors
  ...system(NO_MODEL, 'syscall', 'sysret', 'swapgs', 'movsxd', 'rsm', 'getsec', 'vmcall', 'vmlaunch', 'vmresume', 'vmxoff', 'monitor', 'mwait', 'xgetbv', 'xsetbv', 'xsave', 'xrstor',
    'xsaveopt', 'clflushopt', 'rdrand', 'rdseed', 'popcnt'),
]);
/** x87 instructions that came later than the others, by mnemonic. */
const LATER_X87: ReadonlyMap<string, number> = new Map([
  ...['fcmovb', 'fcmove', 'fcmovbe', 'fcmovu', 'fcmovnb', 'fcmovne', 'fcmovnbe', 'fcmovnu', 'fcomi', 'fcomip', 'fucomi', 'fucomip'].map((name) => [name, HAS_FPU | HAS_CMOV] as const),
  ['fisttp', HAS_FPU | HAS_SSE3],
]);
const TWO_BYTE_MAP = 1, PREFETCHW_OPCODE = 0x0d;

/** HAS_ bits without which an instruction raises #UD; 0 for what every model has. */
export function neededFeatures(insn: Insn): number {
  const known = NEEDS.get(insn.op);
  if (known !== undefined) return known;
  if (SIMD.has(insn.op)) return simdFeature(insn);
  if (insn.op === 'nop' && insn.opcodeMap === TWO_BYTE_MAP) return insn.opcode === PREFETCHW_OPCODE ? HAS_PREFETCHW : HAS_LONG_NOP;
  return LATER_X87.get(insn.mnemonic) ?? 0;
}

function simdFeature({ op, destination, source }: Insn): number {
  const isWide = destination.kind === XMM_REGISTER || source.kind === XMM_REGISTER;
  if (SSE.has(op)) return HAS_SSE;
  if (SSE3.has(op)) return HAS_SSE3;
  if (!isWide && MMX.has(op)) return HAS_MMX;
  return !isWide && MMX_OF_SSE.has(op) ? HAS_SSE : HAS_SSE2;
}

/** The features an instruction needs and this processor lacks, as bits; 0 when it has them. */
export function missingFeatures(cpu: Cpu, insn: Insn): number {
  return neededFeatures(insn) & ~cpu.model.features;
}

/** Bits of CR4 with the feature each belongs to. SDM 3A "Control Registers". */
const CR4_BITS: readonly (readonly [bit: number, feature: number])[] = [
  [CR4_VME, HAS_VME], [CR4_PVI, HAS_VME], [CR4_TSD, HAS_TSC], [CR4_DE, HAS_DE], [CR4_PSE, HAS_PSE], [CR4_PAE, HAS_PAE], [CR4_MCE, HAS_MCE], [CR4_PGE, HAS_PGE], [CR4_PCE, HAS_RDPMC], [CR4_OSFXSR, HAS_FXSR],
  [CR4_OSXMMEXCPT, HAS_SSE], [CR4_UMIP, HAS_UMIP], [CR4_SMEP, HAS_SMEP], [CR4_SMAP, HAS_SMAP],
];

/** The bits of CR4 this processor has; setting another one raises #GP(0). */
export function cr4Bits(cpu: Cpu): number {
  return CR4_BITS.reduce((sum, [bit, feature]) => ((cpu.model.features & feature) !== 0 ? sum | bit : sum), 0);
}
