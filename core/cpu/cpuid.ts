// CPUID of the one processor model there is: a P6-class processor that says only what this core executes. No FPU, PAE or APIC.
// SDM 2A "CPUID—CPU Identification".

import { flag, type BitField } from '../arch/bit-field.ts';
import { EAX, EBX, ECX, EDX, type Cpu } from './state.ts';

/** Name of the processor model, as trace headers carry it. */
export const CPU_MODEL = 'p6';

//  leaf 1 EAX   11..8 family 6 | 7..4 model 8 | 3..0 stepping 3: SYSENTER needs model and stepping of at least 3 each in family 6
/** Family, model and stepping: CPUID leaf 1 EAX, and EDX after reset. */
export const SIGNATURE = 0x683;
const HIGHEST_LEAF = 1;

/** Features reported in leaf 1 EDX. */
export const FEATURES: readonly BitField[] = [
  flag(3, 'PSE', '4-MByte pages'),
  flag(4, 'TSC', 'RDTSC and CR4.TSD'),
  flag(5, 'MSR', 'RDMSR and WRMSR'),
  flag(8, 'CX8', 'CMPXCHG8B'),
  flag(11, 'SEP', 'SYSENTER and SYSEXIT'),
  flag(13, 'PGE', 'global pages'),
  flag(15, 'CMOV', 'CMOVcc'),
  flag(16, 'PAT', 'page attribute table'),
];
const FEATURE_BITS = FEATURES.reduce((sum, one) => sum | (1 << one.bit), 0);

/** CPUID: fills EAX, EBX, ECX, EDX for the leaf in EAX. Leaves above the highest one answer as the highest basic leaf, as Intel processors do. */
export function cpuid(cpu: Cpu): void {
  const leaf = cpu.get32(EAX) >>> 0;
  if (leaf === 0) answer(cpu, HIGHEST_LEAF, 0x756e_6547, 0x6c65_746e, 0x4965_6e69); // "Genu" "ntel" "ineI"
  else answer(cpu, SIGNATURE, 0, 0, FEATURE_BITS);
}

function answer(cpu: Cpu, eax: number, ebx: number, ecx: number, edx: number): void {
  cpu.set32(EAX, eax);
  cpu.set32(EBX, ebx);
  cpu.set32(ECX, ecx);
  cpu.set32(EDX, edx);
}
