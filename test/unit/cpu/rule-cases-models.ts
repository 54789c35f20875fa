// Rules about what a processor model has, and about instructions that a control register takes away from user code. Instructions are executed
// from their bytes.

import { registerOffset } from '../../../core/arch/register-file.ts';
import { findModel, type CpuModel } from '../../../core/arch/cpu-models.ts';
import { blockCacheOf } from '../../../core/cpu/block-cache.ts';
import { executeBlock } from '../../../core/cpu/execute.ts';
import { fetchBlock } from '../../../core/cpu/fetch.ts';
import { EAX, ECX, EDX } from '../../../core/cpu/state.ts';
import { enterVirtual8086, REAL_CODE } from './modes-world.ts';
import type { RuleCase } from './rule-cases.ts';
import { enterRing3, HANDLER, type World } from './world.ts';

const CR4 = registerOffset('cr4');
const CR4_PCE = 0x100, CR4_UMIP = 0x800;
const model = (name: string): CpuModel => findModel(name)!;
/** Puts an instruction where the processor stands. */
const bytes = (...code: readonly number[]) => ({ cpu }: World): void => { cpu.ram.set(code, cpu.segmentBase(1) === 0 ? HANDLER : REAL_CODE); };
const isModel = (name: string) => ({ cpu }: World): void => { cpu.model = model(name); };
const cr4 = (value: number) => ({ cpu }: World): void => { cpu.setRegister(CR4, value, 0); };
const all = (...parts: readonly ((world: World) => void)[]) => (world: World): void => { for (const part of parts) part(world); };
const msr = (number: number, lo = 0, hi = 0) => ({ cpu }: World): void => { cpu.set32(ECX, number); cpu.set32(EAX, lo | 0); cpu.set32(EDX, hi | 0); };

/** Fetches and executes one instruction; its fault is thrown, as cases want it, and EIP goes back to it. */
export function execute({ cpu }: World): void {
  const { eip } = cpu;
  cpu.instructionEip = eip;
  try {
    executeBlock(cpu, fetchBlock(cpu, blockCacheOf(cpu)), 1);
  } catch (thrown) {
    cpu.eip = eip;
    throw thrown;
  }
}

const RDPMC = [0x0f, 0x33], WRMSR = [0x0f, 0x30], RDMSR = [0x0f, 0x32], RDTSCP = [0x0f, 0x01, 0xf9], CMOVE = [0x0f, 0x44, 0xc3], MOV_EAX_TR7 = [0x0f, 0x24, 0xf8];
const STORES: readonly (readonly [string, readonly number[]])[] = [
  ['SGDT', [0x0f, 0x01, 0x05, 0, 0x40, 0, 0]], ['SIDT', [0x0f, 0x01, 0x0d, 0, 0x40, 0, 0]], ['SLDT', [0x0f, 0x00, 0xc0]], ['STR', [0x0f, 0x00, 0xc8]], ['SMSW', [0x0f, 0x01, 0xe0]],
];

export const MODEL_CASES: readonly RuleCase[] = [
  { rule: 'opcode-defined', name: 'CMOV on a Pentium', setup: bytes(...CMOVE), bend: isModel('pentium'), act: execute, fault: '#UD' },
  { rule: 'opcode-defined', name: 'a test register on a Pentium', setup: all(bytes(...MOV_EAX_TR7), isModel('486')), bend: isModel('pentium'), act: execute, fault: '#UD' },
  { rule: 'privileged-cpl', name: 'a test register', setup: all(bytes(...MOV_EAX_TR7), isModel('486')), bend: (world) => { enterRing3(world); }, act: execute, fault: '#GP(0x0)' },

  { rule: 'rdpmc-cpl', setup: all(bytes(...RDPMC), isModel('p6'), (world) => { enterRing3(world); }, cr4(CR4_PCE)), bend: cr4(0), act: execute, fault: '#GP(0x0)' },
  { rule: 'rdpmc-counter', name: 'P6 has two', setup: all(bytes(...RDPMC), isModel('p6'), msr(1)), bend: msr(2), act: execute, fault: '#GP(0x0)' },
  { rule: 'rdpmc-counter', name: 'the newest model has none', setup: all(bytes(...RDPMC), isModel('pentium')), bend: isModel('modern'), act: execute, fault: '#GP(0x0)' },
  { rule: 'tsc-cpl', name: 'RDTSCP', setup: all(bytes(...RDTSCP), (world) => { enterRing3(world); }), bend: cr4(4), act: execute, fault: '#GP(0x0)' },

  { rule: 'msr-exists', name: 'the microcode trigger is not read', setup: all(bytes(...RDMSR), msr(0x8b)), bend: msr(0x79), act: execute, fault: '#GP(0x0)' },
  { rule: 'msr-exists', name: 'EFER of a P6', setup: bytes(...RDMSR), bend: all(isModel('p6'), msr(0xc000_0080 | 0)), act: execute, fault: '#GP(0x0)' },
  { rule: 'msr-value', name: 'EFER.LME without IA-32e mode', setup: all(bytes(...WRMSR), msr(0xc000_0080 | 0, 0x800)), bend: msr(0xc000_0080 | 0, 0x900), act: execute, fault: '#GP(0x0)' },
  { rule: 'msr-value', name: 'a status of a machine check is cleared only', setup: all(bytes(...WRMSR), msr(0x401)), bend: msr(0x401, 1), act: execute, fault: '#GP(0x0)' },
  { rule: 'msr-value', name: 'MCG_CAP is read only', setup: all(bytes(...WRMSR), msr(0x17a, 7)), bend: msr(0x179), act: execute, fault: '#GP(0x0)' },

  ...STORES.map(([name, code]): RuleCase => ({
    rule: 'umip-cpl', name, setup: all(bytes(...code), cr4(CR4_UMIP)), bend: (world) => { enterRing3(world); }, act: execute, fault: '#GP(0x0)',
  })),
  { rule: 'umip-cpl', name: 'SMSW in virtual-8086 mode', setup: all(bytes(0x0f, 0x01, 0xe0), cr4(CR4_UMIP)), bend: all((world) => { enterVirtual8086(world); }, bytes(0x0f, 0x01, 0xe0)), act: execute, fault: '#GP(0x0)' },
  { rule: 'protected-mode-only', name: 'SLDT in virtual-8086 mode comes before UMIP', setup: bytes(0x0f, 0x00, 0xc0), bend: all((world) => { enterVirtual8086(world); }, cr4(CR4_UMIP), bytes(0x0f, 0x00, 0xc0)), act: execute, fault: '#UD' },
];
