// What IRET and RETF check alike about the CS and SS they pop; each brings its own rule ids. Order and error codes are the manual's:
// SDM 2A "IRET/IRETD/IRETQ—Interrupt Return", SDM 2B "RET—Return From Procedure".

import { dplOf, isCode, isConformingCode, isData, isPresent, isWritableData, RIGHTS_DB } from '../arch/descriptor.ts';
import { RIGHTS_UNUSABLE } from '../arch/register-file.ts';
import { difference } from '../arch/vendor-differences.ts';
import { differ } from './differ.ts';
import { errorOf, isNull, readDescriptor, type Descriptor } from './descriptor-table.ts';
import { demand, GP, GP0, NP, skip, skipAll, type FaultCode } from './fault.ts';
import { installNull } from './segmentation.ts';
import { DS, ES, FS, GS, type Cpu } from './state.ts';

const D_POINTER = difference('return-stack-pointer'), D_ABSENT = difference('return-stack-absent');

/** Codes of the checks of a return CS, in order. */
export interface CodeRules { readonly isNotNull: number; readonly inTable: number; readonly type: number; readonly rpl: number; readonly conformingDpl: number; readonly dpl: number; readonly present: number }
/** Codes of the checks of a return SS, in order; `absent` makes the fault of a segment that is not present, on which IRET and RETF differ. */
export interface StackRules { readonly absent: (code: number) => FaultCode; readonly isNotNull: number; readonly inTable: number; readonly rpl: number; readonly type: number; readonly dpl: number; readonly present: number }

/** Reads and checks the code segment a return goes to. Faults with #GP or #NP. */
export function checkReturnCode(cpu: Cpu, into: Descriptor, selector: number, rules: CodeRules): void {
  const error = errorOf(selector);
  demand(cpu, rules.isNotNull, !isNull(selector), GP0, selector, 0);
  readDescriptor(cpu, into, selector, rules.inTable, GP(error));
  const { rights } = into;
  const rpl = selector & 3;
  demand(cpu, rules.type, isCode(rights), GP(error), selector, rights);
  demand(cpu, rules.rpl, rpl >= cpu.cpl, GP(error), rpl, cpu.cpl);
  if (isConformingCode(rights)) {
    demand(cpu, rules.conformingDpl, dplOf(rights) <= rpl, GP(error), dplOf(rights), rpl);
    skip(cpu, rules.dpl);
  } else {
    skip(cpu, rules.conformingDpl);
    demand(cpu, rules.dpl, dplOf(rights) === rpl, GP(error), dplOf(rights), rpl);
  }
  demand(cpu, rules.present, isPresent(rights), NP(error), selector, rights);
}

/** Reads and checks the stack segment a return to an outer ring goes to. Faults with #GP, #NP or #SS. */
export function checkReturnStack(cpu: Cpu, into: Descriptor, selector: number, rpl: number, rules: StackRules): void {
  const error = errorOf(selector);
  demand(cpu, rules.isNotNull, !isNull(selector), GP0, selector, 0);
  readDescriptor(cpu, into, selector, rules.inTable, GP(error));
  const { rights } = into;
  demand(cpu, rules.rpl, (selector & 3) === rpl, GP(error), selector & 3, rpl);
  demand(cpu, rules.type, isWritableData(rights), GP(error), selector, rights);
  demand(cpu, rules.dpl, dplOf(rights) === rpl, GP(error), dplOf(rights), rpl);
  if (!isPresent(rights) && rules.absent === NP) differ(cpu, D_ABSENT);
  demand(cpu, rules.present, isPresent(rights), rules.absent(error), selector, rights);
}

/** Says that the checks of an SS do not apply: the return stays in its ring. */
export function skipReturnStack(cpu: Cpu, rules: StackRules): void {
  if (!cpu.probe.listening) return;
  skipAll(cpu, [rules.isNotNull, rules.inTable, rules.rpl, rules.type, rules.dpl, rules.present]);
}

/** After a return to an outer ring: data segments the new CPL may not use become null. SDM 3A "Returning from a Called Procedure". */
export function nullInnerSegments(cpu: Cpu): void {
  for (const segment of DATA_SEGMENTS) {
    const rights = cpu.segmentRights(segment);
    if ((rights & RIGHTS_UNUSABLE) !== 0) continue;
    if (dplOf(rights) < cpu.cpl && (isData(rights) || !isConformingCode(rights))) installNull(cpu, segment, 0);
  }
}
const DATA_SEGMENTS = [ES, DS, FS, GS];

/** Sets ESP on a return; only SP when the stack segment has B = 0, as processors do. */
export function setReturnedPointer(cpu: Cpu, stackRights: number, pointer: number): void {
  if ((stackRights & RIGHTS_DB) === 0) differ(cpu, D_POINTER);
  cpu.esp = (stackRights & RIGHTS_DB) !== 0 ? pointer : (cpu.esp & 0xffff_0000) | (pointer & 0xffff);
}
