// CALL far and RETF between code segments. Through gates and to tasks: not there yet. A transition is recorded when CPL changes;
// plain far transfers are silent. SDM 2A "CALL—Call Procedure", SDM 2B "RET—Return From Procedure".

import { codeOf, SLOT_NAMES, VIAS } from '../event/kinds.ts';
import { rule } from '../event/rules.ts';
import { markAccessed, newDescriptor } from './descriptor-table.ts';
import { demand, GP0, SSF } from './fault.ts';
import { prepareWrite, read16, read32 } from './memory.ts';
import { checkReturnCode, checkReturnStack, nullInnerSegments, setReturnedPointer, skipReturnStack, type CodeRules, type StackRules } from './return-checks.ts';
import { checkFarTarget, installDescriptor } from './segmentation.ts';
import { push16, push32, setStackPointer, stackOffset } from './stack.ts';
import { CS, SS, type Cpu } from './state.ts';
import { fillFrame, fillReturn } from './transition-fields.ts';
import { commitTransition, openTransition, setCpl } from './transition.ts';

const CODE_RULES: CodeRules = {
  isNotNull: rule('return-cs-not-null'), inTable: rule('return-cs-table-limit'), type: rule('return-cs-type'), rpl: rule('return-cs-rpl'),
  conformingDpl: rule('return-cs-conforming-dpl'), dpl: rule('return-cs-dpl'), present: rule('return-cs-present'),
};
// SDM 2B "RET—Return From Procedure", "Operation": #SS if the stack segment is not present.
const STACK_RULES: StackRules = {
  absent: SSF,
  isNotNull: rule('return-ss-not-null'), inTable: rule('return-ss-table-limit'), rpl: rule('return-ss-rpl'), type: rule('return-ss-type'), dpl: rule('return-ss-dpl'),
  present: rule('return-ss-present'),
};
const R_LIMIT = rule('return-limit');
const VIA_FAR_RETURN = codeOf(VIAS, 'far-return');
const NAMES_32 = (['eip', 'cs', 'esp', 'ss'] as const).map((name) => codeOf(SLOT_NAMES, name));
const NAMES_16 = (['ip', 'cs', 'sp', 'ss'] as const).map((name) => codeOf(SLOT_NAMES, name));
const code = newDescriptor(), stack = newDescriptor();
const values = [0, 0, 0, 0];

/** CALL far to a code segment: pushes CS and EIP of the next instruction. `operandSize` 16 or 32. Faults with #GP, #NP, #SS or #PF, nothing changed. */
export function farCall(cpu: Cpu, operandSize: number, selector: number, offset: number): void {
  const target = checkFarTarget(cpu, selector, offset);
  const width = operandSize >>> 3;
  prepareWrite(cpu, SS, stackOffset(cpu, -width), width);
  prepareWrite(cpu, SS, stackOffset(cpu, -2 * width), width);

  const push = width === 4 ? push32 : push16;
  push(cpu, cpu.segmentSelector(CS));
  push(cpu, cpu.eip);
  installDescriptor(cpu, CS, (selector & 0xfffc) | cpu.cpl, target);
  cpu.eip = offset;
}

/** RETF: back to the same ring (silently) or to an outer one (a transition). `releaseBytes` is the immediate of RETF n. */
export function farReturn(cpu: Cpu, operandSize: number, releaseBytes: number): void {
  const width = operandSize >>> 3;
  values[0] = slotAt(cpu, 0, width);
  values[1] = slotAt(cpu, width, width);
  const selector = values[1] & 0xffff;
  checkReturnCode(cpu, code, selector, CODE_RULES);
  const rpl = selector & 3;
  const isOuter = rpl > cpu.cpl;
  if (isOuter) {
    values[2] = slotAt(cpu, 2 * width + releaseBytes, width);
    values[3] = slotAt(cpu, 3 * width + releaseBytes, width);
    checkReturnStack(cpu, stack, values[3] & 0xffff, rpl, STACK_RULES);
  } else skipReturnStack(cpu, STACK_RULES);
  const eip = values[0] >>> 0;
  demand(cpu, R_LIMIT, eip <= code.limit, GP0, eip, code.limit);
  markAccessed(cpu, code);
  if (isOuter) markAccessed(cpu, stack);

  if (isOuter) commitOuter(cpu, { width, releaseBytes, selector, eip });
  else {
    setStackPointer(cpu, stackOffset(cpu, 2 * width + releaseBytes));
    installDescriptor(cpu, CS, selector, code);
    cpu.eip = eip;
  }
}

function commitOuter(cpu: Cpu, to: { readonly width: number; readonly releaseBytes: number; readonly selector: number; readonly eip: number }): void {
  const { width, releaseBytes, selector, eip } = to;
  const linear = (cpu.segmentBase(SS) + stackOffset(cpu, 0)) >>> 0;
  const draft = openTransition(cpu, VIA_FAR_RETURN);
  fillReturn(draft, eip);
  // With RETF n the parameters lie between CS and ESP; they are not slots of the frame.
  fillFrame(draft, { ss: cpu.segmentSelector(SS), linear, width, count: releaseBytes === 0 ? 4 : 2, names: width === 4 ? NAMES_32 : NAMES_16, values });
  installDescriptor(cpu, SS, values[3]! & 0xffff, stack);
  setReturnedPointer(cpu, stack.rights, values[2]!);
  setStackPointer(cpu, stackOffset(cpu, releaseBytes));
  setCpl(cpu, selector & 3);
  nullInnerSegments(cpu);
  installDescriptor(cpu, CS, selector, code);
  cpu.eip = eip;
  commitTransition(cpu);
}

function slotAt(cpu: Cpu, distance: number, width: number): number {
  return width === 4 ? read32(cpu, SS, stackOffset(cpu, distance)) : read16(cpu, SS, stackOffset(cpu, distance));
}
