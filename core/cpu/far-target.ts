// What the selector of a far JMP or CALL names, and the checks when it is a code segment; gates and tasks are call-gate.ts and
// task-switch.ts. SDM 2A "JMP—Jump", SDM 3A "Direct Calls or Jumps to Code Segments".

import {
  dplOf, isCode, isConformingCode, isPresent, RIGHTS_S, TYPE_CALL_GATE16, TYPE_CALL_GATE32, TYPE_TASK_GATE, TYPE_TSS16, TYPE_TSS32, typeOf,
} from '../arch/descriptor.ts';
import { rule } from '../event/rules.ts';
import { WHAT_DESCRIPTOR, WHAT_GATE } from './access-codes.ts';
import { errorOf, isNull, newDescriptor, readUntold, tellDescriptor, type Descriptor } from './descriptor-table.ts';
import { demand, GP, GP0, NP, skip, skipAll } from './fault.ts';
import type { Cpu } from './state.ts';

const R_NULL = rule('jump-not-null'), R_TABLE = rule('jump-table-limit'), R_TYPE = rule('jump-type'), R_CONFORMING = rule('jump-conforming-dpl'),
  R_RPL = rule('jump-rpl'), R_DPL = rule('jump-dpl'), R_PRESENT = rule('jump-present'), R_LIMIT = rule('jump-limit');
/** The checks of a code segment, which a gate or a task does not have here. */
const CODE_RULES = [R_CONFORMING, R_RPL, R_DPL, R_PRESENT, R_LIMIT];
const target = newDescriptor('target');

/** Reads the descriptor a far JMP or CALL names: code, a gate or an available TSS. Valid until the next one is read. Faults with #GP. */
export function readFarTarget(cpu: Cpu, selector: number): Descriptor {
  const error = errorOf(selector);
  demand(cpu, R_NULL, !isNull(selector), GP0, selector, 0);
  readUntold(cpu, target, selector, R_TABLE, GP(error));
  tellDescriptor(cpu, target, isCallGate(target.rights) || isTaskGate(target.rights) ? WHAT_GATE : WHAT_DESCRIPTOR);
  demand(cpu, R_TYPE, isCode(target.rights) || isCallGate(target.rights) || isTaskTarget(target.rights), GP(error), selector, target.rights);
  if (!isCode(target.rights)) skipAll(cpu, CODE_RULES);
  return target;
}

/** Checks a code segment as the target of a transfer that keeps its CPL. Faults with #GP or #NP. */
export function checkCodeTarget(cpu: Cpu, { selector, rights, limit }: Descriptor, offset: number): void {
  const error = errorOf(selector);
  if (isConformingCode(rights)) {
    demand(cpu, R_CONFORMING, dplOf(rights) <= cpu.cpl, GP(error), dplOf(rights), cpu.cpl);
    skip(cpu, R_RPL);
    skip(cpu, R_DPL);
  } else {
    skip(cpu, R_CONFORMING);
    demand(cpu, R_RPL, (selector & 3) <= cpu.cpl, GP(error), selector & 3, cpu.cpl);
    demand(cpu, R_DPL, dplOf(rights) === cpu.cpl, GP(error), dplOf(rights), cpu.cpl);
  }
  demand(cpu, R_PRESENT, isPresent(rights), NP(error), selector, rights);
  demand(cpu, R_LIMIT, offset >>> 0 <= limit, GP0, offset >>> 0, limit);
}

/** True for a call gate of either size. */
export function isCallGate(rights: number): boolean {
  const type = typeOf(rights);
  return (rights & RIGHTS_S) === 0 && (type === TYPE_CALL_GATE32 || type === TYPE_CALL_GATE16);
}

const isTaskGate = (rights: number): boolean => (rights & RIGHTS_S) === 0 && typeOf(rights) === TYPE_TASK_GATE;

/** True for what starts a task switch: a task gate, or a TSS that is not busy. */
function isTaskTarget(rights: number): boolean {
  const type = typeOf(rights);
  return (rights & RIGHTS_S) === 0 && (type === TYPE_TASK_GATE || type === TYPE_TSS32 || type === TYPE_TSS16);
}
