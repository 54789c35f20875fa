// Debug conditions from where they are met to DR6: breakpoints on instructions, data and ports, single steps, the T flag of a task. Traps are collected in
// `cpu.debugCauses` and reported together when the instruction is done (run.ts). Nothing here is asked while nothing is armed: data breakpoints take the
// short paths away from their pages (tlb.ts), instruction breakpoints have the run loop look at addresses. SDM 3B "Debug Exception (#DB)—Interrupt Vector 1".

import { breakpointBytes, BREAKPOINTS, DR6_B, DR6_BS, DR6_BT, DR7_GD } from '../arch/debug-registers.ts';
import { EFLAGS_RF } from '../arch/flags.ts';
import { registerOffset } from '../arch/register-file.ts';
import { difference } from '../arch/vendor-differences.ts';
import { rule } from '../event/rules.ts';
import { IS_WRITE } from './access-codes.ts';
import { PENDING_BREAKPOINTS, PENDING_DEBUG } from './attention.ts';
import {
  ARMED_DATA, ARMED_INSTRUCTION, ARMED_IO, armedNow, breakpointAddress, dataMet, hasPortWithoutDe, instructionsMet, isPortBreakpoint, portsMet,
} from './breakpoint-match.ts';
import { DB, demand, judge, skip } from './fault.ts';
import { differ } from './differ.ts';
import { CS, SHADOW_MOV_SS, type Cpu } from './state.ts';
import { setQuick } from './tlb.ts';

const R_INSTRUCTION = rule('instruction-breakpoint'), R_DATA = rule('data-breakpoint'), R_IO = rule('io-breakpoint'), R_STEP = rule('single-step-trap'), R_TASK = rule('task-switch-trap');
const D_STATUS = difference('debug-status-conditions'), D_LENGTH = difference('instruction-breakpoint-length'), D_EIGHT = difference('breakpoint-of-8-bytes'),
  D_NO_IO = difference('io-breakpoint-without-de');
const DR6 = registerOffset('dr6'), DR7 = registerOffset('dr7');

/** DR0..DR3, DR7 or CR4.DE may have changed, from inside or outside the guest: works out what is armed. */
export function armBreakpoints(cpu: Cpu): void {
  const armed = armedNow(cpu);
  if (hasPortWithoutDe(cpu)) differ(cpu, D_NO_IO);
  if (armed === 0 && cpu.armed === 0) return;
  cpu.armed = armed;
  setQuick(cpu, { isQuick: !isWatchful(cpu) });
  cpu.pending |= PENDING_DEBUG | (cpu.probe.listening ? PENDING_BREAKPOINTS : 0);
}

/** True when accesses are told or looked at: a probe listens, or a data or I/O breakpoint is armed. */
export const isWatchful = (cpu: Cpu): boolean => cpu.probe.listening || (cpu.armed & (ARMED_DATA | ARMED_IO)) !== 0;

/**
 * The #DB fault of instruction breakpoints at CS:EIP, before anything of the instruction is fetched. Not behind MOV SS or POP SS, not with RF set, and not
 * between iterations of a REP. SDM 3B "Instruction-Breakpoint Exception Condition".
 */
export function demandNoBreakpoint(cpu: Cpu): void {
  if ((cpu.armed & ARMED_INSTRUCTION) === 0 || cpu.iteration !== 0) return;
  if ((cpu.rawFlags & EFLAGS_RF) !== 0 || (cpu.shadow & SHADOW_MOV_SS) !== 0) { skip(cpu, R_INSTRUCTION); return; }
  const linear = (cpu.segmentBase(CS) + cpu.eip) >>> 0;
  const met = instructionsMet(cpu, linear);
  if (met !== 0) tellLengths(cpu, met, D_LENGTH);
  if (met !== 0) cpu.debugCauses = met;
  for (let n = 0; n < BREAKPOINTS; n += 1) {
    if (((cpu.armed >>> n) & 1) !== 0) demand(cpu, R_INSTRUCTION, ((met >>> n) & 1) === 0, DB, linear, n);
  }
}

/** An instruction accessed its operand or stack at a linear address. VENDOR: what the processor reads and writes for itself (descriptors, TSS, page entries) is not looked at. */
export function meetData(cpu: Cpu, linear: number, size: number, write: number): void {
  if ((cpu.armed & ARMED_DATA) !== 0) meet(cpu, dataMet(cpu, linear >>> 0, { size, isWrite: write === IS_WRITE }));
}

/** An instruction accessed `size` ports. SDM 3B "Data Memory and I/O Breakpoint Exception Conditions". */
export function meetPorts(cpu: Cpu, port: number, size: number): void {
  if ((cpu.armed & ARMED_IO) !== 0) meet(cpu, portsMet(cpu, port, size));
}

/** The task just entered has T set in its TSS: the trap comes before its first instruction. SDM 3B "Task-Switch Exception Condition". */
export function meetTask(cpu: Cpu, selector: number, state: { readonly isTrapping: boolean }): void {
  if (!judge(cpu, R_TASK, !state.isTrapping, selector, 0)) meet(cpu, DR6_BT);
}

function meet(cpu: Cpu, causes: number): void {
  if (causes === 0) return;
  tellLengths(cpu, causes & DR6_B, D_EIGHT);
  cpu.debugCauses |= causes;
  cpu.pending |= PENDING_DEBUG;
}

/** True when traps wait that nothing holds back. After MOV SS or POP SS they wait for the next instruction. SDM 3A "Masking Exceptions and Interrupts When Switching Stacks". */
export const isDebugTrapOpen = (cpu: Cpu): boolean => cpu.debugCauses !== 0 && (cpu.shadow & SHADOW_MOV_SS) === 0;

/** States the traps of the instruction that is done, `isStepped` when it began with TF set; the rule that #DB names, 0 when there is none. */
export function judgeDebugTraps(cpu: Cpu, { isStepped }: { readonly isStepped: boolean }): number {
  const causes = (cpu.shadow & SHADOW_MOV_SS) === 0 ? cpu.debugCauses : 0;
  if (causes === 0 && cpu.armed === 0) {
    if (isStepped) skip(cpu, R_STEP);
    else judge(cpu, R_STEP, true, cpu.instructionEip, 0);
    return 0;
  }
  const data = judgeMet(cpu, { rule: R_DATA, causes, isPort: false }), port = judgeMet(cpu, { rule: R_IO, causes, isPort: true });
  const isTrapped = (causes & DR6_BS) !== 0;
  if (isStepped && !isTrapped) skip(cpu, R_STEP);
  else judge(cpu, R_STEP, !isTrapped, cpu.instructionEip, 0);
  if ((causes & DR6_BT) !== 0) return R_TASK;
  return data !== 0 ? data : port !== 0 ? port : isTrapped ? R_STEP : 0;
}

function judgeMet(cpu: Cpu, { rule: id, causes, isPort }: { readonly rule: number; readonly causes: number; readonly isPort: boolean }): number {
  let failed = 0;
  for (let n = 0; n < BREAKPOINTS; n += 1) {
    const isMet = ((causes >>> n) & 1) !== 0, isArmed = ((cpu.armed >>> (n + (isPort ? 8 : 4))) & 1) !== 0;
    if ((!isMet && !isArmed) || isPortBreakpoint(cpu, n) !== isPort) continue;
    if (!judge(cpu, id, !isMet, breakpointAddress(cpu, n), n)) failed = id;
  }
  return failed;
}

/**
 * What #DB leaves in the debug registers, inside its event: the causes in DR6 and GD clear in DR7. B0..B3 are those of this exception, BD, BS and BT stay until software clears them. SDM 3B "Debug Status Register (DR6)".
 */
export function commitDebugCauses(cpu: Cpu): void {
  const before = cpu.register(DR6);
  if ((before & DR6_B & ~cpu.debugCauses) !== 0) differ(cpu, D_STATUS);
  cpu.setRegister(DR6, ((before & ~DR6_B) | cpu.debugCauses) >>> 0, 0);
  cpu.setRegister(DR7, cpu.register(DR7) & ~DR7_GD, 0);
  cpu.debugCauses = 0;
}

/** Tells of breakpoints that were met and whose length is one that processors differ on. */
function tellLengths(cpu: Cpu, met: number, code: number): void {
  const dr7 = cpu.register(DR7);
  for (let n = 0; n < BREAKPOINTS; n += 1) {
    if (((met >>> n) & 1) !== 0 && (code === D_EIGHT ? breakpointBytes(dr7, n) === 8 : breakpointBytes(dr7, n) !== 1)) differ(cpu, code);
  }
}
