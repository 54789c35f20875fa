// Which task a switch goes to: the TSS that a far JMP or CALL names, that a task gate names, or that the current TSS links back to, with the
// checks that allow the switch. What the switch does: task-switch.ts. SDM 3A "Task Switching", SDM 2A "JMP—Jump", "IRET/IRETD/IRETQ".

import { dplOf, isPresent, RIGHTS_S, TYPE_TASK_GATE, TYPE_TSS16, TYPE_TSS16_BUSY, TYPE_TSS32, TYPE_TSS32_BUSY, typeOf } from '../arch/descriptor.ts';
import { ERROR_TI } from '../arch/error-code.ts';
import { gateSelector } from '../arch/gate.ts';
import { rule } from '../event/rules.ts';
import { IMPLICIT } from './access.ts';
import { IS_READ, partCode, WHAT_TSS } from './access-codes.ts';
import { tellAccess } from './access-report.ts';
import { errorOf, newDescriptor, readDescriptor, type Descriptor } from './descriptor-table.ts';
import { demand, GP, NP, skip, skipAll, TS } from './fault.ts';
import { readLinear16 } from './linear-memory.ts';
import { TR, type Cpu } from './state.ts';

const R_DPL = rule('task-dpl'), R_GATE_PRESENT = rule('task-gate-present'), R_IN_GDT = rule('task-tss-in-gdt'), R_TABLE = rule('task-tss-table-limit'),
  R_TYPE = rule('task-tss-type'), R_PRESENT = rule('task-tss-present');
/** The checks of a far transfer alone. */
const TRANSFER_RULES = [R_DPL, R_GATE_PRESENT];
const LINK = partCode('link');
const AVAILABLE: readonly number[] = [TYPE_TSS32, TYPE_TSS16], BUSY: readonly number[] = [TYPE_TSS32_BUSY, TYPE_TSS16_BUSY];
const tss = newDescriptor('tss');

/** The TSS of a far JMP or CALL to `target`, a task gate or an available TSS; valid until the next is read. Faults with #GP or #NP. */
export function taskOfTransfer(cpu: Cpu, target: Descriptor): Descriptor {
  const error = errorOf(target.selector);
  const requested = Math.max(cpu.cpl, target.selector & 3);
  // SDM 3A "Task Switching": the rules for data access hold, for the gate where there is one and otherwise for the TSS.
  demand(cpu, R_DPL, requested <= dplOf(target.rights), GP(error), requested, dplOf(target.rights));
  if (typeOf(target.rights) === TYPE_TASK_GATE) {
    demand(cpu, R_GATE_PRESENT, isPresent(target.rights), NP(error), target.selector, target.rights);
    return readTss(cpu, gateSelector(target.low), 0);
  }
  skip(cpu, R_GATE_PRESENT);
  return readTss(cpu, target.selector, 0);
}

/** The TSS that a task gate of the IDT names; the gate itself has been checked. `ext` is the EXT bit. Faults with #GP or #NP. */
export function taskOfInterrupt(cpu: Cpu, gateLow: number, ext: number): Descriptor {
  skipAll(cpu, TRANSFER_RULES);
  return readTss(cpu, gateSelector(gateLow), ext);
}

/** The TSS the current one links back to, for IRET with NT set: it must be busy. Faults with #TS or #NP. */
export function previousTask(cpu: Cpu): Descriptor {
  const base = cpu.segmentBase(TR);
  const selector = readLinear16(cpu, base, IMPLICIT);
  tellAccess(cpu, WHAT_TSS, LINK, base, 2, selector, 0, IS_READ);
  const error = errorOf(selector);
  skipAll(cpu, TRANSFER_RULES);
  demand(cpu, R_IN_GDT, (selector & ERROR_TI) === 0, TS(error), selector, 0);
  readDescriptor(cpu, tss, selector, R_TABLE, TS(error));
  demand(cpu, R_TYPE, isOneOf(tss.rights, BUSY), TS(error), selector, tss.rights);
  demand(cpu, R_PRESENT, isPresent(tss.rights), NP(error), selector, tss.rights);
  return tss;
}

function readTss(cpu: Cpu, selector: number, ext: number): Descriptor {
  const error = errorOf(selector) | ext;
  demand(cpu, R_IN_GDT, (selector & ERROR_TI) === 0, GP(error), selector, 0);
  readDescriptor(cpu, tss, selector, R_TABLE, GP(error));
  demand(cpu, R_TYPE, isOneOf(tss.rights, AVAILABLE), GP(error), selector, tss.rights);
  demand(cpu, R_PRESENT, isPresent(tss.rights), NP(error), selector, tss.rights);
  return tss;
}

function isOneOf(rights: number, types: readonly number[]): boolean {
  return (rights & RIGHTS_S) === 0 && types.includes(typeOf(rights));
}

