// The task switch: from the current TSS to another one, for far JMP and CALL, interrupts through a task gate and IRET with NT set. Which TSS:
// task-target.ts; its fields: task-state.ts; the new task's segments: task-segments.ts. SDM 3A "Task Switching".
//
// Checks up to the commit fault in the old task, nothing changed. The late ones, of LDT and segments, fault inside the new task.
// Events, in this order: the `transition`; then, at the new task's first instruction, what was loaded with it: `table-load` of TR and of LDTR
// (when it changed), `cr-write` and `tlb-flush` of CR3 (with paging), `cr-write` of CR0 (when TS was clear), `dr-write` of DR7 (when one of L0..L3 and LE was set).

import { DR6_BS } from '../arch/debug-registers.ts';
import { HIGH_BUSY } from '../arch/descriptor.ts';
import { EFLAGS_NT, EFLAGS_RF, EFLAGS_VM } from '../arch/flags.ts';
import { difference } from '../arch/vendor-differences.ts';
import { codeOf, SLOT_NAMES, VIAS } from '../event/kinds.ts';
import { rule } from '../event/rules.ts';
import { IMPLICIT } from './access.ts';
import { demandTaskPdptes, setTaskRegisters, tellTaskRegisters } from './control-registers.ts';
import { meetTask } from './breakpoints.ts';
import { clearLocalEnables } from './debug-registers.ts';
import { clearHigh, errorOf, fetchDescriptor, newDescriptor, setHigh, type Descriptor } from './descriptor-table.ts';
import { differ } from './differ.ts';
import { demand, Fault, skip, SSF, TS } from './fault.ts';
import { readFlags, writeFlags } from './flags.ts';
import { holdBack } from './held-probe.ts';
import { prepareLinearWrite, readLinear32 } from './linear-memory.ts';
import { isPaePaging } from './pdpte.ts';
import { installDescriptor, installNull } from './segmentation.ts';
import { layFrame, writeFrame, type StackFrame } from './stack-frame.ts';
import { CS, LDTR, SHADOW_MOV_SS, SHADOW_NMI, SHADOW_STI, SS, TR, type Cpu } from './state.ts';
import { tableValue, tellTaskLoad } from './system-tables.ts';
import { checkTaskLimit, loadTaskLdt, loadTaskParagraphs, loadTaskSegments } from './task-segments.ts';
import { layoutOf, linkTask, prepareRead, prepareSave, readTask, saveTask, type TaskState } from './task-state.ts';
import { commitTransition, openTransition, setCpl } from './transition.ts';
import { fillCause, fillFrame, fillGate, fillReturn, type GateFields } from './transition-fields.ts';

const R_LIMIT = rule('task-tss-limit'), R_OLD_LIMIT = rule('task-old-tss-limit'), R_ROOM = rule('task-error-code-room');
const VIA_TASK_SWITCH = codeOf(VIAS, 'task-switch');
const D_ORDER = difference('task-check-order'), D_STEP = difference('single-step-into-task');
const ERROR_CODE = [codeOf(SLOT_NAMES, 'error-code')];

/** How a switch came about. `interrupt`: what is delivered, with its error code (-1: none pushed) and RF in the saved EFLAGS. `gate`: the task gate, if any. */
export interface TaskSwitch {
  readonly by: 'jump' | 'call' | 'return' | 'interrupt';
  readonly ext: number;
  readonly interrupt: { readonly source: number; readonly vector: number; readonly errorCode: number; readonly resume: boolean } | null;
  readonly gate: GateFields | null;
}

const old = newDescriptor('tss');

/** Switches to the task of a checked TSS descriptor. Faults with #TS or #PF in the old task, then with #TS, #NP, #SS, #PF or #GP in the new one. */
export function switchTask(cpu: Cpu, tss: Descriptor, how: TaskSwitch): void {
  const { ext } = how;
  const layout = layoutOf(tss.rights), oldLayout = layoutOf(cpu.segmentRights(TR));
  demand(cpu, R_LIMIT, tss.limit >= layout.limitMin, TS(errorOf(tss.selector) | ext), tss.limit, layout.limitMin);
  const oldTss = errorOf(cpu.segmentSelector(TR));
  // SDM 3A "Interrupt 10—Invalid TSS Exception (#TS)": an access to the current TSS beyond its limit; the last one is to its selectors.
  demand(cpu, R_OLD_LIMIT, cpu.segmentLimit(TR) >= oldLayout.limitSaved, TS(oldTss | ext), cpu.segmentLimit(TR), oldLayout.limitSaved);
  prepareRead(cpu, tss.base, layout);
  const isNested = how.by === 'call' || how.by === 'interrupt';
  prepareSave(cpu, oldLayout);
  if (isNested) prepareLinearWrite(cpu, tss.base, 2, IMPLICIT);
  fetchDescriptor(cpu, old, oldTss);
  prepareLinearWrite(cpu, old.linear + 4, 4, IMPLICIT);
  prepareLinearWrite(cpu, tss.linear + 4, 4, IMPLICIT);
  if (layout.cr3 !== null && isPaePaging(cpu)) demandTaskPdptes(cpu, readLinear32(cpu, tss.base + layout.cr3, IMPLICIT) >>> 0);

  const returnIp = cpu.eip;
  // an instruction that switches ends the RF it ran with, a fault sets it
  const flags = (readFlags(cpu) & (how.by === 'return' ? ~EFLAGS_NT : -1) & (how.interrupt === null ? ~EFLAGS_RF : -1)) | (how.interrupt?.resume === true ? EFLAGS_RF : 0);
  saveTask(cpu, oldLayout, { eip: returnIp, flags });
  if (!isNested) clearHigh(cpu, old, HIGH_BUSY);
  if (isNested) linkTask(cpu, tss.base);
  if (how.by !== 'return') setHigh(cpu, tss, HIGH_BUSY);
  // Only now: a task may be linked back to itself, and then goes on from what was just saved.
  enterTask(cpu, tss, { how, next: readTask(cpu, tss.base, layout), isNested, returnIp });
}

interface Entry { readonly how: TaskSwitch; readonly next: TaskState; readonly isNested: boolean; readonly returnIp: number }

function enterTask(cpu: Cpu, tss: Descriptor, { how, next, isNested, returnIp }: Entry): void {
  const draft = openTransition(cpu, VIA_TASK_SWITCH);
  if (how.interrupt !== null) fillCause(draft, how.interrupt);
  if (how.gate !== null) fillGate(draft, how.gate);
  if (isNested) fillReturn(draft, returnIp);
  const before = { tr: tableValue(cpu, TR), ldtr: tableValue(cpu, LDTR), registers: setTaskRegisters(cpu, next.cr3) };
  installDescriptor(cpu, TR, tss.selector, tss);
  loadRegisters(cpu, next, { isNested });
  let arrival = NOT_ARRIVED;
  const tellLateChecks = holdBack(cpu, () => { arrival = arrive(cpu, next, how); });
  const { fault, frame } = arrival;
  if (fault === null) tellLateChecks();
  if (frame !== null) fillFrame(draft, { ss: cpu.segmentSelector(SS), linear: frame.linear, width: frame.width, count: 1, names: ERROR_CODE, values: frame.values });
  if (how.by === 'return' && (cpu.shadow & SHADOW_NMI) !== 0) cpu.shadow &= ~SHADOW_NMI;
  if ((cpu.shadow & (SHADOW_STI | SHADOW_MOV_SS)) !== 0) cpu.shadow &= ~(SHADOW_STI | SHADOW_MOV_SS);
  commitTransition(cpu);

  cpu.instructionEip = cpu.eip;
  tellTaskLoad(cpu, TR, before.tr);
  if (before.ldtr.selector !== cpu.segmentSelector(LDTR) || before.ldtr.base !== cpu.segmentBase(LDTR)) tellTaskLoad(cpu, LDTR, before.ldtr);
  tellTaskRegisters(cpu, before.registers);
  clearLocalEnables(cpu);
  if (frame !== null) writeFrame(cpu, ERROR_CODE);
  if ((cpu.debugCauses & DR6_BS) !== 0) differ(cpu, D_STEP);
  cpu.debugCauses &= ~DR6_BS;
  if (fault === null) {
    meetTask(cpu, tss.selector, { isTrapping: next.trap });
    return;
  }
  tellLateChecks();
  throw fault;
}

/** Everything of the new task that needs no check; segment registers hold their selectors and are unusable until they are loaded. */
function loadRegisters(cpu: Cpu, next: TaskState, { isNested }: { readonly isNested: boolean }): void {
  next.registers.forEach((value, register) => { cpu.set32(register, value); });
  cpu.eip = next.eip;
  const isVirtual8086 = (next.flags & EFLAGS_VM) !== 0;
  setCpl(cpu, isVirtual8086 ? 3 : next.selectors[CS]! & 3);
  writeFlags(cpu, next.flags | (isNested ? EFLAGS_NT : 0));
  next.selectors.forEach((selector, segment) => { installNull(cpu, segment, selector); });
  installNull(cpu, LDTR, next.ldt);
}

/** How the new task is reached: the fault that ended the late checks, which belongs to that task, or null; the frame of its error code, not yet written. */
interface Arrival { readonly fault: Fault | null; readonly frame: StackFrame | null }

const NOT_ARRIVED: Arrival = { fault: null, frame: null };

function arrive(cpu: Cpu, next: TaskState, { ext, interrupt }: TaskSwitch): Arrival {
  let frame: StackFrame | null = null;
  try {
    loadTaskLdt(cpu, next.ldt, ext);
    if ((next.flags & EFLAGS_VM) !== 0) loadTaskParagraphs(cpu, next.selectors);
    else loadTaskSegments(cpu, next.selectors, ext);
    if (interrupt !== null && interrupt.errorCode >= 0) frame = layErrorCode(cpu, interrupt.errorCode, ext);
    else skip(cpu, R_ROOM);
    checkTaskLimit(cpu, ext);
    return { fault: null, frame };
  } catch (thrown) {
    if (!(thrown instanceof Fault)) throw thrown;
    differ(cpu, D_ORDER);
    return { fault: thrown, frame };
  }
}

/** The error code goes onto the new task's stack, in a slot of the new TSS's size. SDM 2A "INT n/INTO/INT3/INT1", "Operation": TASK-GATE. */
function layErrorCode(cpu: Cpu, errorCode: number, ext: number): StackFrame {
  const stack = { rights: cpu.segmentRights(SS), limit: cpu.segmentLimit(SS), base: cpu.segmentBase(SS), pointer: cpu.esp, cpl: cpu.cpl };
  const frame = layFrame(cpu, { rule: R_ROOM, fault: SSF(ext), count: 1, width: layoutOf(cpu.segmentRights(TR)).bytes }, stack);
  frame.values[0] = errorCode;
  cpu.esp = frame.newPointer;
  return frame;
}
