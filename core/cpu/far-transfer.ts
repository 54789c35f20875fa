// JMP and CALL far: to code segments here, silently, as CPL stays; through call gates and to tasks in files of their own, as transitions.
// SDM 2A "JMP—Jump", "CALL—Call Procedure". The way back is far-return.ts.

import { isCode, TYPE_TASK_GATE, typeOf } from '../arch/descriptor.ts';
import { callThroughGate, jumpThroughGate } from './call-gate.ts';
import { markAccessed, type Descriptor } from './descriptor-table.ts';
import { checkCodeTarget, isCallGate, readFarTarget } from './far-target.ts';
import { prepareWrite } from './memory.ts';
import { installDescriptor } from './segmentation.ts';
import { push16, push32, stackOffset } from './stack.ts';
import { CS, SS, type Cpu } from './state.ts';
import { switchTask } from './task-switch.ts';
import { taskOfTransfer } from './task-target.ts';
import { descriptorGateFields } from './transition-fields.ts';

/** JMP far. Faults with #GP, #NP or #PF, and for a task with what switchTask says; nothing changed. The offset is not used through a gate. */
export function farJump(cpu: Cpu, selector: number, offset: number): void {
  const target = readFarTarget(cpu, selector);
  if (!isCode(target.rights)) {
    if (isCallGate(target.rights)) jumpThroughGate(cpu, target);
    else switchTo(cpu, target, 'jump');
    return;
  }
  checkCodeTarget(cpu, target, offset);
  markAccessed(cpu, target);

  // CS keeps CPL in its RPL, whatever the selector said.
  installDescriptor(cpu, CS, (selector & 0xfffc) | cpu.cpl, target);
  cpu.eip = offset;
}

/** CALL far: pushes CS and EIP of the next instruction. `operandSize` 16 or 32; a gate has its own. Faults as farJump does, and with #SS. */
export function farCall(cpu: Cpu, operandSize: number, selector: number, offset: number): void {
  const target = readFarTarget(cpu, selector);
  if (!isCode(target.rights)) {
    if (isCallGate(target.rights)) callThroughGate(cpu, target);
    else switchTo(cpu, target, 'call');
    return;
  }
  checkCodeTarget(cpu, target, offset);
  const width = operandSize >>> 3;
  prepareWrite(cpu, SS, stackOffset(cpu, -width), width);
  prepareWrite(cpu, SS, stackOffset(cpu, -2 * width), width);
  markAccessed(cpu, target);

  const push = width === 4 ? push32 : push16;
  push(cpu, cpu.segmentSelector(CS));
  push(cpu, cpu.eip);
  installDescriptor(cpu, CS, (selector & 0xfffc) | cpu.cpl, target);
  cpu.eip = offset;
}

/** The target is a TSS or a task gate; the offset does not matter. */
function switchTo(cpu: Cpu, target: Descriptor, by: 'jump' | 'call'): void {
  const tss = taskOfTransfer(cpu, target);
  switchTask(cpu, tss, { by, ext: 0, interrupt: null, gate: typeOf(target.rights) === TYPE_TASK_GATE ? descriptorGateFields(target) : null });
}
