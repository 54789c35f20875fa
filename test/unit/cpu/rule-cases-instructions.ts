// Rules that only an instruction meets: fetching and decoding, division, BOUND, PUSHA, WAIT; and the judgements that raise no fault by
// themselves: traps and the double-fault table. Instructions are executed from their bytes.

import { registerOffset } from '../../../core/arch/register-file.ts';
import { deliverFault } from '../../../core/cpu/delivery.ts';
import { Fault, GP, UD } from '../../../core/cpu/fault.ts';
import { readFlags, writeFlags } from '../../../core/cpu/flags.ts';
import { farJump } from '../../../core/cpu/far-transfer.ts';
import { read8 } from '../../../core/cpu/memory.ts';
import { checkIoPermission } from '../../../core/cpu/ports.ts';
import { enterProgramHandler } from '../../../core/cpu/real-mode-interrupt.ts';
import { step } from '../../../core/cpu/run.ts';
import { loadSegment } from '../../../core/cpu/segmentation.ts';
import { lldt } from '../../../core/cpu/system-tables.ts';
import { DS, EAX, EBX, EDX } from '../../../core/cpu/state.ts';
import { rule, RULES, type RuleId } from '../../../core/event/rules.ts';
import { execute, put } from './execute-bytes.ts';
import { enterReal, enterVirtual8086, REAL_CODE, VM } from './modes-world.ts';
import type { RuleCase } from './rule-cases.ts';
import { task } from './task-world.ts';
import { enablePaging, FREE, gate, HANDLER, store32, type World } from './world.ts';

const CR0 = registerOffset('cr0');
/** Puts an instruction where the processor stands in protected mode. */
const bytes = (...code: readonly number[]) => (world: World): void => { put(world, HANDLER, code); };
const realBytes = (...code: readonly number[]) => (world: World): void => { enterReal(world); put(world, REAL_CODE, code); };
const all = (...parts: readonly ((world: World) => void)[]) => (world: World): void => { for (const part of parts) part(world); };
const registers = (values: { readonly eax?: number; readonly edx?: number; readonly ebx?: number }) => ({ cpu }: World): void => {
  for (const [register, value] of [[EAX, values.eax], [EDX, values.edx], [EBX, values.ebx]] as const) if (value !== undefined) cpu.set32(register, value);
};
const prefixes = (count: number): readonly number[] => Array.from({ length: count }, () => 0x3e);
const NOP = 0x90, AAM = 0xd4, WAIT = 0x9b, PUSHA = 0x60, INT3 = 0xcc, INTO = 0xce, POPF = 0x9d;
const UD2 = [0x0f, 0x0b], LEA_REGISTER = [0x8d, 0xc0], LOCK_ADD = [0xf0, 0x01, 0x03], LOCK_ADD_REGISTER = [0xf0, 0x01, 0xc3], LOCK_NOP = [0xf0, NOP];
const DIV_BL = [0xf6, 0xf3], DIV_EBX = [0xf7, 0xf3], IDIV_EBX = [0xf7, 0xfb], BOUND = [0x62, 0x03];
const pointsAt = (linear: number): ((world: World) => void) => registers({ ebx: linear });

export const INSTRUCTION_CASES: readonly RuleCase[] = [
  { rule: 'fetch-limit', name: 'near jump', setup: bytes(0xeb, 0x00), bend: ({ cpu }) => { cpu.setSegment(1, 8, 0x409b, HANDLER + 1, 0); }, act: execute, fault: '#GP(0x0)' },
  { rule: 'instruction-length', setup: bytes(...prefixes(14), NOP), bend: bytes(...prefixes(15), NOP), act: execute, fault: '#GP(0x0)' },
  { rule: 'opcode-defined', name: 'UD2', setup: bytes(NOP), bend: bytes(...UD2), act: execute, fault: '#UD' },
  { rule: 'opcode-defined', name: 'LEA of a register', setup: bytes(NOP), bend: bytes(...LEA_REGISTER), act: execute, fault: '#UD' },
  { rule: 'lock-allowed', name: 'register', setup: all(bytes(...LOCK_ADD), pointsAt(0x5000)), bend: bytes(...LOCK_ADD_REGISTER), act: execute, fault: '#UD' },
  { rule: 'lock-allowed', name: 'NOP', setup: all(bytes(...LOCK_ADD), pointsAt(0x5000)), bend: bytes(...LOCK_NOP), act: execute, fault: '#UD' },

  { rule: 'divisor-not-zero', name: 'DIV r8', setup: all(bytes(...DIV_BL), registers({ ebx: 1 })), bend: registers({ ebx: 0x100 }), act: execute, fault: '#DE' },
  { rule: 'divisor-not-zero', name: 'DIV r32', setup: all(bytes(...DIV_EBX), registers({ ebx: 1 })), bend: registers({ ebx: 0 }), act: execute, fault: '#DE' },
  { rule: 'divisor-not-zero', name: 'IDIV', setup: all(bytes(...IDIV_EBX), registers({ ebx: 1 })), bend: registers({ ebx: 0 }), act: execute, fault: '#DE' },
  { rule: 'divisor-not-zero', name: 'AAM', setup: bytes(AAM, 1), bend: bytes(AAM, 0), act: execute, fault: '#DE' },
  { rule: 'quotient-fits', name: 'DIV r8', setup: all(bytes(...DIV_BL), registers({ eax: 0xff, ebx: 1 })), bend: registers({ eax: 0x100 }), act: execute, fault: '#DE' },
  { rule: 'quotient-fits', name: 'DIV r32', setup: all(bytes(...DIV_EBX), registers({ eax: -1, edx: 0, ebx: 1 })), bend: registers({ edx: 1 }), act: execute, fault: '#DE' },
  { rule: 'quotient-fits', name: 'IDIV', setup: all(bytes(...IDIV_EBX), registers({ eax: 0x8000_0001 | 0, edx: -1, ebx: -1 })), bend: registers({ eax: 0x8000_0000 | 0 }), act: execute, fault: '#DE' },
  ...[['below', -2], ['above', 6]].map(([name, index]): RuleCase => ({
    rule: 'bound-range', name: String(name), setup: all(bytes(...BOUND), pointsAt(0x5000), (world) => { store32(world, 0x5000, -1); store32(world, 0x5004, 5); }, registers({ eax: index === 6 ? 5 : -1 })),
    bend: registers({ eax: Number(index) }), act: execute, fault: '#BR',
  })),
  { rule: 'pusha-pointer', setup: realBytes(PUSHA), bend: ({ cpu }) => { cpu.esp = 15; }, act: execute, fault: '#GP(0x0)' },
  { rule: 'fpu-available', setup: all(bytes(WAIT), ({ cpu }) => { cpu.setRegister(CR0, cpu.register(CR0) | 2, 0); }), bend: ({ cpu }) => { cpu.setRegister(CR0, cpu.register(CR0) | 8, 0); }, act: execute, fault: '#NM' },
];

/** A judgement: the bent state does not throw, it gives the event in `fault` (its mnemonic, or `shutdown`). */
export interface JudgedCase extends Omit<RuleCase, 'late'> {
  /** Nothing is told where the rule would pass: another instruction is no INT3. */
  readonly isSilent?: boolean;
}
const some = rule('opcode-defined');
const flags = (set: number) => ({ cpu }: World): void => { writeFlags(cpu, readFlags(cpu) | set); };
const TF = 0x100, OF = 0x800;
const stepOnce = ({ cpu }: World): void => { step(cpu); };
/** Delivers the fault whose code is in EAX. */
const deliver = ({ cpu }: World): void => { deliverFault(cpu, new Fault(cpu.get32(EAX), some, 0, 0)); };
const absentGates = (world: World): void => { for (const vector of [6, 8, 11, 13]) gate(world, vector, { present: vector === 8 || vector === 11 }); };
const debugTrap = (world: World): void => { gate(world, 1, { dpl: 0 }); };

export const JUDGED_CASES: readonly JudgedCase[] = [
  { rule: 'breakpoint-trap', setup: all(bytes(NOP), (world) => { gate(world, 3); }), bend: bytes(INT3), act: stepOnce, fault: '#BP', isSilent: true },
  { rule: 'overflow-trap', setup: all(bytes(INTO), (world) => { gate(world, 4); }), bend: flags(OF), act: stepOnce, fault: '#OF' },
  // the shadow of MOV SS has the processor look at the trap
  { rule: 'single-step-trap', setup: all(bytes(NOP), debugTrap, ({ cpu }) => { cpu.shadow = 2; }), bend: flags(TF), act: stepOnce, fault: '#DB' },
  // gates 6 and 13 are absent, which gives #NP: after #UD, a benign exception, it is delivered next; after #GP both are contributory
  { rule: 'exceptions-serial', setup: all(absentGates, registers({ eax: UD })), bend: registers({ eax: GP(0) }), act: deliver, fault: '#DF' },
  { rule: 'double-fault-delivered', setup: all(absentGates, registers({ eax: GP(0) })), bend: (world) => { gate(world, 8, { present: false }); }, act: deliver, fault: 'shutdown' },
];

const TASK_SEGMENT_RULES = RULES.map((one) => one.id).filter((id) => id.startsWith('task-cs-') || id.startsWith('task-ss-'));
/** What leaves rules out for a reason of its own: no state near a pass or a failure does. */
export const SKIPPING: readonly { readonly rules: readonly RuleId[]; readonly act: (world: World) => void }[] = [
  { rules: ['page-directory-present', 'page-directory-reserved', 'page-table-present'], act: all(enablePaging, ({ cpu }) => { read8(cpu, DS, 0x5000); read8(cpu, DS, 0x5000); }) },
  { rules: ['data-table-limit', 'data-type', 'data-privilege', 'data-present'], act: ({ cpu }) => { loadSegment(cpu, DS, 3); } },
  { rules: ['lldt-in-gdt', 'lldt-table-limit', 'lldt-type', 'lldt-present'], act: ({ cpu }) => { lldt(cpu, 2); } },
  { rules: ['io-tss', 'io-map-limit', 'io-map-bit'], act: ({ cpu }) => { checkIoPermission(cpu, 0x10, 1); } },
  { rules: TASK_SEGMENT_RULES, act: (world) => { task(world, { eflags: VM | 2 }); farJump(world.cpu, FREE, 0); } },
  { rules: ['pusha-pointer'], act: all(bytes(PUSHA), execute) },
  { rules: ['v86-iopl', 'virtual-flag-trap', 'virtual-flag-pending'], act: all(bytes(POPF), execute) },
  { rules: ['redirection-tss', 'redirection-map-limit'], act: all(bytes(0xcd, 0x80), execute) },
  { rules: ['vector-table-limit'], act: all((world) => { enterVirtual8086(world, 0); }, ({ cpu }) => { enterProgramHandler(cpu, { source: 0, vector: 0x21, errorCode: -1, resume: false }); }) },
  { rules: ['single-step-trap'], act: all(bytes(0xcd, 0x80), (world) => { gate(world, 0x80); }, flags(TF), stepOnce) },
];
