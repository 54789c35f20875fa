// The late checks of a task switch: LDT, code, stack and data segments of the new task, each loaded as it passes. They fault inside the new
// task: what was not reached holds its selector and is unusable. The order is that of SDM 3A "Task Switching", table "Exception Conditions
// Checked During a Task Switch" (of the P6 family), but what a check needs is read before it: the LDT is found present, and CS valid, first.

import { dplOf, isCode, isConformingCode, isPresent, isReadable, isWritableData, RIGHTS_S, TYPE_LDT, typeOf } from '../arch/descriptor.ts';
import { ERROR_TI } from '../arch/error-code.ts';
import { rule } from '../event/rules.ts';
import { errorOf, isNull, markAccessed, newDescriptor, readDescriptor } from './descriptor-table.ts';
import { demand, GP, NP, skip, skipAll, SSF, TS } from './fault.ts';
import { loadParagraph } from './real-mode.ts';
import { installDescriptor } from './segmentation.ts';
import { CS, DS, ES, FS, GS, LDTR, SS, type Cpu } from './state.ts';

const R_LDT_GDT = rule('task-ldt-in-gdt'), R_LDT_TABLE = rule('task-ldt-table-limit'), R_LDT_TYPE = rule('task-ldt-type'), R_LDT_PRESENT = rule('task-ldt-present');
const R_CS_NULL = rule('task-cs-not-null'), R_CS_TABLE = rule('task-cs-table-limit'), R_CS_TYPE = rule('task-cs-type'), R_CS_DPL = rule('task-cs-dpl'),
  R_CS_PRESENT = rule('task-cs-present');
const R_SS_NULL = rule('task-ss-not-null'), R_SS_TABLE = rule('task-ss-table-limit'), R_SS_TYPE = rule('task-ss-type'), R_SS_PRESENT = rule('task-ss-present'),
  R_SS_DPL = rule('task-ss-dpl'), R_SS_RPL = rule('task-ss-rpl');
const R_DATA_TABLE = rule('task-data-table-limit'), R_DATA_TYPE = rule('task-data-type'), R_DATA_PRESENT = rule('task-data-present'),
  R_DATA_PRIVILEGE = rule('task-data-privilege');
const R_LIMIT = rule('task-limit');
const LDT_RULES = [R_LDT_GDT, R_LDT_TABLE, R_LDT_TYPE, R_LDT_PRESENT], DATA_RULES = [R_DATA_TABLE, R_DATA_TYPE, R_DATA_PRESENT, R_DATA_PRIVILEGE];
/** What has no descriptor in virtual-8086 mode. */
const SEGMENT_RULES = [
  R_CS_NULL, R_CS_TABLE, R_CS_TYPE, R_CS_DPL, R_SS_NULL, R_SS_TABLE, R_SS_TYPE, R_SS_PRESENT, R_SS_DPL, R_CS_PRESENT, R_SS_RPL, ...DATA_RULES,
];
const code = newDescriptor('cs'), stack = newDescriptor('ss'), data = newDescriptor('data'), ldt = newDescriptor('ldt');

/** Loads LDTR with the new task's LDT; null leaves it empty. Faults with #TS. */
export function loadTaskLdt(cpu: Cpu, selector: number, ext: number): void {
  if (isNull(selector)) { skipAll(cpu, LDT_RULES); return; }
  const fault = TS(errorOf(selector) | ext);
  demand(cpu, R_LDT_GDT, (selector & ERROR_TI) === 0, fault, selector, 0);
  readDescriptor(cpu, ldt, selector, R_LDT_TABLE, fault);
  demand(cpu, R_LDT_TYPE, (ldt.rights & RIGHTS_S) === 0 && typeOf(ldt.rights) === TYPE_LDT, fault, selector, ldt.rights);
  demand(cpu, R_LDT_PRESENT, isPresent(ldt.rights), fault, selector, ldt.rights);
  installDescriptor(cpu, LDTR, selector, ldt);
}

/** Loads the six segment registers of a task in protected mode; CPL is already the RPL of CS. Faults with #TS, #NP or #SS. */
export function loadTaskSegments(cpu: Cpu, selectors: readonly number[], ext: number): void {
  const codeSelector = selectors[CS]!, stackSelector = selectors[SS]!;
  checkCode(cpu, codeSelector, errorOf(codeSelector) | ext);
  checkStack(cpu, stackSelector, errorOf(stackSelector) | ext);
  demand(cpu, R_CS_PRESENT, isPresent(code.rights), NP(errorOf(codeSelector) | ext), codeSelector, code.rights);
  markAccessed(cpu, code);
  installDescriptor(cpu, CS, codeSelector, code);
  demand(cpu, R_SS_RPL, (stackSelector & 3) === cpu.cpl, TS(errorOf(stackSelector) | ext), stackSelector & 3, cpu.cpl);
  markAccessed(cpu, stack);
  installDescriptor(cpu, SS, stackSelector, stack);
  for (const segment of [ES, DS, FS, GS]) loadData(cpu, segment, selectors[segment]!, ext);
}

function checkCode(cpu: Cpu, selector: number, error: number): void {
  demand(cpu, R_CS_NULL, !isNull(selector), TS(error), selector, 0);
  readDescriptor(cpu, code, selector, R_CS_TABLE, TS(error));
  const { rights } = code;
  demand(cpu, R_CS_TYPE, isCode(rights), TS(error), selector, rights);
  const isAllowed = isConformingCode(rights) ? dplOf(rights) <= cpu.cpl : dplOf(rights) === cpu.cpl;
  demand(cpu, R_CS_DPL, isAllowed, TS(error), dplOf(rights), cpu.cpl);
}

function checkStack(cpu: Cpu, selector: number, error: number): void {
  demand(cpu, R_SS_NULL, !isNull(selector), TS(error), selector, 0);
  readDescriptor(cpu, stack, selector, R_SS_TABLE, TS(error));
  const { rights } = stack;
  demand(cpu, R_SS_TYPE, isWritableData(rights), TS(error), selector, rights);
  demand(cpu, R_SS_PRESENT, isPresent(rights), SSF(error), selector, rights);
  demand(cpu, R_SS_DPL, dplOf(rights) === cpu.cpl, TS(error), dplOf(rights), cpu.cpl);
}

function loadData(cpu: Cpu, segment: number, selector: number, ext: number): void {
  if (isNull(selector)) { skipAll(cpu, DATA_RULES); return; }
  const error = errorOf(selector) | ext;
  readDescriptor(cpu, data, selector, R_DATA_TABLE, TS(error));
  const { rights } = data;
  demand(cpu, R_DATA_TYPE, isReadable(rights), TS(error), selector, rights);
  demand(cpu, R_DATA_PRESENT, isPresent(rights), NP(error), selector, rights);
  if (isConformingCode(rights)) skip(cpu, R_DATA_PRIVILEGE);
  else demand(cpu, R_DATA_PRIVILEGE, Math.max(cpu.cpl, selector & 3) <= dplOf(rights), TS(error), Math.max(cpu.cpl, selector & 3), dplOf(rights));
  markAccessed(cpu, data);
  installDescriptor(cpu, segment, selector, data);
}

/** Loads the six segment registers of a task in virtual-8086 mode: nothing can fault. EFLAGS.VM is already set. */
export function loadTaskParagraphs(cpu: Cpu, selectors: readonly number[]): void {
  skipAll(cpu, SEGMENT_RULES);
  selectors.forEach((selector, segment) => { loadParagraph(cpu, segment, selector); });
}

/** #GP unless EIP of the new task lies within its code segment. */
export function checkTaskLimit(cpu: Cpu, ext: number): void {
  demand(cpu, R_LIMIT, cpu.eip <= cpu.segmentLimit(CS), GP(ext), cpu.eip, cpu.segmentLimit(CS));
}
