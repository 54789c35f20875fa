// The rules of debug exceptions: the nearest state that passes and the nearest that faults or traps, as in rule-cases.ts and rule-cases-instructions.ts.

import { registerOffset } from '../../../core/arch/register-file.ts';
import { demandNoBreakpoint } from '../../../core/cpu/breakpoints.ts';
import { movFromDr, movToDr } from '../../../core/cpu/debug-registers.ts';
import { PAGE_DIRTY } from '../../../core/cpu/page-flags.ts';
import { step } from '../../../core/cpu/run.ts';
import type { RuleId } from '../../../core/event/rules.ts';
import type { JudgedCase } from './rule-cases-instructions.ts';
import type { RuleCase } from './rule-cases.ts';
import { setTask, task } from './task-world.ts';
import { FREE, gate, HANDLER, type World } from './world.ts';

const CR4 = registerOffset('cr4'), DE = 8;
/** Enables breakpoint n for all tasks, of this R/W and LEN. */
export const enable = (n: number, readWrite: number, length: number): number => (2 << (n * 2)) | (readWrite << (16 + n * 4)) | (length << (18 + n * 4));
export const GD = 0x2000;
/** Values of R/W. */
export const EXECUTE = 0, WRITE = 1, PORTS = 2, ACCESS = 3;

/** Sets DR0..DR3 and then DR7 with MOV. */
export const breakpoints = (dr7: number, ...addresses: readonly number[]) => ({ cpu }: World): void => {
  addresses.forEach((address, n) => { movToDr(cpu, n, address); });
  movToDr(cpu, 7, dr7);
};
export const debuggingExtensions = ({ cpu }: World): void => { cpu.setRegister(CR4, DE, 0); };
/** Bytes where the processor stands, and a gate for #DB. */
export const bytes = (...code: readonly number[]) => (world: World): void => {
  gate(world, 1, { dpl: 0, offset: HANDLER + 0x100 });
  world.cpu.ram.set(code, HANDLER);
  world.cpu.pageFlags[HANDLER >>> 12]! |= PAGE_DIRTY;
};
const all = (...parts: readonly ((world: World) => void)[]) => (world: World): void => { for (const part of parts) part(world); };
const stepOnce = ({ cpu }: World): void => { step(cpu); };

const NOP = 0x90, INT1 = 0xf1, STORE = [0xa2, 0x00, 0x50, 0x00, 0x00], OUT_80 = [0xe6, 0x80], JMP_TASK = [0xea, 0, 0, 0, 0, FREE, 0];

export const DEBUG_CASES: readonly RuleCase[] = [
  ...[0, 3].map((n): RuleCase => ({
    rule: 'instruction-breakpoint', name: `DR${String(n)}`, setup: ({ cpu }) => { movToDr(cpu, n, HANDLER + 1); movToDr(cpu, 7, enable(n, EXECUTE, 0)); },
    bend: ({ cpu }) => { movToDr(cpu, n, HANDLER); }, act: ({ cpu }) => { demandNoBreakpoint(cpu); }, fault: '#DB',
  })),
  { rule: 'dr-exists', name: 'DR4', setup: ({ cpu }) => { cpu.setRegister(CR4, 0, 0); }, bend: debuggingExtensions, act: ({ cpu }) => { movFromDr(cpu, 4); }, fault: '#UD' },
  { rule: 'dr-exists', name: 'DR5', setup: debuggingExtensions, bend: ({ cpu }) => { cpu.set32(0, 5); }, act: ({ cpu }) => { movToDr(cpu, cpu.get32(0) === 5 ? 5 : 3, 0); }, fault: '#UD' },
  { rule: 'general-detect', name: 'MOV from DR6', bend: breakpoints(GD), act: ({ cpu }) => { movFromDr(cpu, 6); }, fault: '#DB' },
  { rule: 'general-detect', name: 'MOV to DR7', bend: breakpoints(GD), act: ({ cpu }) => { movToDr(cpu, 7, 0); }, fault: '#DB' },
];

export const DEBUG_JUDGED: readonly JudgedCase[] = [
  { rule: 'icebp-trap', setup: bytes(NOP), bend: bytes(INT1), act: stepOnce, fault: '#DB', isSilent: true },
  { rule: 'data-breakpoint', setup: all(bytes(...STORE), breakpoints(enable(0, WRITE, 0), 0x5001)), bend: breakpoints(enable(0, WRITE, 0), 0x5000), act: stepOnce, fault: '#DB' },
  { rule: 'io-breakpoint', setup: all(bytes(...OUT_80), debuggingExtensions, breakpoints(enable(0, PORTS, 0), 0x81)), bend: breakpoints(enable(0, PORTS, 0), 0x80), act: stepOnce, fault: '#DB' },
  { rule: 'task-switch-trap', setup: all(bytes(...JMP_TASK), (world) => { task(world); }), bend: (world) => { setTask(world, { trap: 1 }); }, act: stepOnce, fault: '#DB' },
];

export const DEBUG_SKIPPING: readonly { readonly rules: readonly RuleId[]; readonly act: (world: World) => void }[] = [
  { rules: ['instruction-breakpoint'], act: all(bytes(NOP), breakpoints(enable(0, EXECUTE, 0), HANDLER), ({ cpu }) => { cpu.shadow = 2; }, stepOnce) },
];
