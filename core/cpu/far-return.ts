// RETF, to the same ring (silently: a plain far transfer) and to an outer one (a transition). SDM 2B "RET—Return From Procedure",
// SDM 3A "Returning from a Called Procedure".

import { codeOf, SLOT_NAMES, VIAS } from '../event/kinds.ts';
import { rule } from '../event/rules.ts';
import { markAccessed, newDescriptor } from './descriptor-table.ts';
import { demand, GP0, SSF } from './fault.ts';
import { peekPhysical } from './paging.ts';
import { readPhysical16, readPhysical32 } from './physical.ts';
import { poppedSlot, SLOT_CS, SLOT_IP, SLOT_SP, SLOT_SS } from './popped-slot.ts';
import { checkReturnCode, checkReturnStack, nullInnerSegments, setReturnedPointer, skipReturnStack, type CodeRules, type StackRules } from './return-checks.ts';
import { installDescriptor } from './segmentation.ts';
import { setStackPointer, stackOffset } from './stack.ts';
import { CS, PAGE_SIZE, SS, type Cpu } from './state.ts';
import { fillFrame, fillReturn, type FrameFields } from './transition-fields.ts';
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
const PARAMETER = codeOf(SLOT_NAMES, 'parameter');
/** The most a call gate copies. */
const PARAMETERS_MAX = 31;
const code = newDescriptor('cs'), stack = newDescriptor('ss');
const values = [0, 0, 0, 0];

/** RETF: back to the same ring (silently) or to an outer one (a transition). `releaseBytes` is the immediate of RETF n. */
export function farReturn(cpu: Cpu, operandSize: number, releaseBytes: number): void {
  const width = operandSize >>> 3;
  values[0] = poppedSlot(cpu, SLOT_IP, 0, width);
  values[1] = poppedSlot(cpu, SLOT_CS, width, width);
  const selector = values[1] & 0xffff;
  checkReturnCode(cpu, code, selector, CODE_RULES);
  const rpl = selector & 3;
  const isOuter = rpl > cpu.cpl;
  if (isOuter) {
    values[2] = poppedSlot(cpu, SLOT_SP, 2 * width + releaseBytes, width);
    values[3] = poppedSlot(cpu, SLOT_SS, 3 * width + releaseBytes, width);
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
  const released = releasedSlots(cpu, releaseBytes, width);
  const draft = openTransition(cpu, VIA_FAR_RETURN);
  fillReturn(draft, eip);
  fillFrame(draft, { ss: cpu.segmentSelector(SS), linear, width, ...frameSlots(width, released) });
  installDescriptor(cpu, SS, values[3]! & 0xffff, stack);
  setReturnedPointer(cpu, stack.rights, values[2]!);
  setStackPointer(cpu, stackOffset(cpu, releaseBytes));
  setCpl(cpu, selector & 3);
  nullInnerSegments(cpu);
  installDescriptor(cpu, CS, selector, code);
  cpu.eip = eip;
  commitTransition(cpu);
}

/** The parameters RETF n releases, for the event alone: the processor does not read them. Null when they are no whole slots in RAM. */
function releasedSlots(cpu: Cpu, releaseBytes: number, width: number): readonly number[] | null {
  if (releaseBytes > PARAMETERS_MAX * width || releaseBytes % width !== 0) return null;
  const slots: number[] = [];
  for (let at = 0; at < releaseBytes; at += width) {
    const linear = (cpu.segmentBase(SS) + stackOffset(cpu, 2 * width + at)) >>> 0;
    const physical = peekPhysical(cpu, linear);
    if (physical < 0 || physical >= cpu.ramBytes || (linear & 0xfff) + width > PAGE_SIZE) return null;
    slots.push(width === 4 ? readPhysical32(cpu, physical) : readPhysical16(cpu, physical));
  }
  return slots;
}

/** The slots of the popped frame; without known parameters only those below them. */
function frameSlots(width: number, released: readonly number[] | null): Pick<FrameFields, 'count' | 'names' | 'values'> {
  const names = width === 4 ? NAMES_32 : NAMES_16;
  if (released === null) return { count: 2, names, values };
  return {
    count: 4 + released.length, names: [...names.slice(0, 2), ...released.map(() => PARAMETER), ...names.slice(2)], values: [...values.slice(0, 2), ...released, ...values.slice(2)],
  };
}
