// Rules of MMX and SSE: what must hold before such an instruction, where its operand may lie, what may be written into MXCSR, and its
// floating-point exceptions. Instructions are executed from their bytes.

import { MODELS } from '../../../core/arch/cpu-models.ts';
import { registerOffset } from '../../../core/arch/register-file.ts';
import { step } from '../../../core/cpu/run.ts';
import { EBX } from '../../../core/cpu/state.ts';
import { execute, put } from './execute-bytes.ts';
import type { JudgedCase } from './rule-cases-instructions.ts';
import type { RuleCase } from './rule-cases.ts';
import { gate, HANDLER, store32, type World } from './world.ts';

const CR0 = registerOffset('cr0'), CR4 = registerOffset('cr4');
const CR0_EM = 4, CR0_TS = 8, CR0_NE = 0x20, CR4_OSFXSR = 0x200, CR4_OSXMMEXCPT = 0x400, OPERAND = 0x5000, FPU_ES = 0x80;
const PADDB_MMX = [0x0f, 0xfc, 0xca], PADDB_XMM = [0x66, 0x0f, 0xfc, 0xca], MOVAPS = [0x0f, 0x28, 0x0b], MOVUPS = [0x0f, 0x10, 0x0b], LDMXCSR = [0x0f, 0xae, 0x13], DIVSS = [0xf3, 0x0f, 0x5e, 0xca], MOVNTI = [0x0f, 0xc3, 0x03];
const MOVAPS_STORE = [0x0f, 0x29, 0x0b];

/** An instruction where the processor stands, SSE enabled, EBX at an aligned operand. */
const sse = (...code: readonly number[]) => (world: World): void => {
  put(world, HANDLER, code);
  world.cpu.setRegister(CR4, CR4_OSFXSR | CR4_OSXMMEXCPT, 0);
  world.cpu.set32(EBX, OPERAND);
};
const clearCr4 = (bits: number) => ({ cpu }: World): void => { cpu.setRegister(CR4, cpu.register(CR4) & ~bits, 0); };
const setCr0 = (bits: number) => ({ cpu }: World): void => { cpu.setRegister(CR0, cpu.register(CR0) | bits, 0); };
const model = (name: string) => ({ cpu }: World): void => { cpu.model = MODELS.find((one) => one.name === name)!; };
/** XMM1 = 1.0 and XMM2 = 0.0: division by zero, if MXCSR does not mask it. */
const unmaskedDivision = (world: World): void => {
  sse(...DIVSS)(world);
  world.cpu.xmm[4] = 0x3f80_0000;
  world.cpu.xmm[8] = 0x4000_0000;
  world.cpu.mxcsr = 0x1f80 & ~0x200;
};
const byZero = ({ cpu }: World): void => { cpu.xmm[8] = 0; };
const misaligned = ({ cpu }: World): void => { cpu.set32(EBX, OPERAND + 8); };

export const SIMD_CASES: readonly RuleCase[] = [
  { rule: 'operand-aligned', setup: sse(...MOVAPS), bend: misaligned, act: execute, fault: '#GP(0x0)' },
  { rule: 'operand-aligned', name: 'store', setup: sse(...MOVAPS_STORE), bend: misaligned, act: execute, fault: '#GP(0x0)' },
  { rule: 'opcode-defined', name: 'SSE2 on P6', setup: sse(...PADDB_XMM), bend: model('p6'), act: execute, fault: '#UD' },
  { rule: 'opcode-defined', name: 'MMX', setup: sse(...PADDB_MMX), bend: model('486'), act: execute, fault: '#UD' },
  { rule: 'opcode-defined', name: 'MOVNTI', setup: sse(...MOVNTI), bend: model('p6'), act: execute, fault: '#UD' },
  { rule: 'simd-emulation', setup: sse(...PADDB_XMM), bend: setCr0(CR0_EM), act: execute, fault: '#UD' },
  { rule: 'simd-emulation', name: 'MMX, before TS', setup: sse(...PADDB_MMX), bend: setCr0(CR0_EM | CR0_TS), act: execute, fault: '#UD' },
  { rule: 'simd-os-support', setup: sse(...PADDB_XMM), bend: clearCr4(CR4_OSFXSR), act: execute, fault: '#UD' },
  { rule: 'simd-task-switched', setup: sse(...PADDB_XMM), bend: setCr0(CR0_TS), act: execute, fault: '#NM' },
  { rule: 'simd-task-switched', name: 'MMX', setup: sse(...PADDB_MMX), bend: setCr0(CR0_TS), act: execute, fault: '#NM' },
  { rule: 'fpu-no-error', name: 'MMX', setup: (world) => { sse(...PADDB_MMX)(world); setCr0(CR0_NE)(world); }, bend: ({ cpu }) => { cpu.fpuStatus |= FPU_ES; }, act: execute, fault: '#MF' },
  { rule: 'mxcsr-reserved', setup: (world) => { sse(...LDMXCSR)(world); store32(world, OPERAND, 0xffff); }, bend: (world) => { store32(world, OPERAND, 0x1_1f80); }, act: execute, fault: '#GP(0x0)' },
  { rule: 'mxcsr-reserved', name: 'DAZ of a Pentium III', setup: (world) => { sse(...LDMXCSR)(world); store32(world, OPERAND, 0x1fc0); }, bend: model('p6'), act: execute, fault: '#GP(0x0)' },
  { rule: 'simd-exception', setup: unmaskedDivision, bend: byZero, act: execute, fault: '#XM' },
];

/** #XM, or without CR4.OSXMMEXCPT #UD: either state faults. */
export const SIMD_JUDGED: readonly JudgedCase[] = [
  { rule: 'simd-exception-support', setup: (world) => { unmaskedDivision(world); byZero(world); for (const vector of [6, 19]) gate(world, vector); }, bend: clearCr4(CR4_OSXMMEXCPT), act: ({ cpu }) => { step(cpu); }, fault: '#UD' },
];

/** Instructions that leave these rules out. */
export const SIMD_SKIPPING: readonly { readonly rules: readonly RuleCase['rule'][]; readonly act: (world: World) => void }[] = [
  { rules: ['operand-aligned'], act: (world) => { sse(...MOVUPS)(world); execute(world); } },
  { rules: ['access-aligned'], act: (world) => { sse(...MOVAPS)(world); execute(world); } },
  { rules: ['simd-os-support'], act: (world) => { sse(...PADDB_MMX)(world); execute(world); } },
  { rules: ['simd-exception-support'], act: (world) => { unmaskedDivision(world); execute(world); } },
];
