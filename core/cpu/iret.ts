// IRET in protected mode, to the same and to an outer ring. To virtual-8086 mode: virtual-8086.ts; back to the previous task (NT): task-switch.ts.
// SDM 2A "IRET/IRETD/IRETQ—Interrupt Return".

import {
  EFLAGS_AC, EFLAGS_AF, EFLAGS_CF, EFLAGS_DF, EFLAGS_ID, EFLAGS_IF, EFLAGS_IOPL, EFLAGS_NT, EFLAGS_OF, EFLAGS_PF, EFLAGS_RF, EFLAGS_SF, EFLAGS_TF, EFLAGS_VIF, EFLAGS_VIP,
  EFLAGS_VM, EFLAGS_ZF, ioplOf,
} from '../arch/flags.ts';
import { codeOf, SLOT_NAMES, VIAS } from '../event/kinds.ts';
import { rule } from '../event/rules.ts';
import { markAccessed, newDescriptor } from './descriptor-table.ts';
import { demand, GP0, NP } from './fault.ts';
import { readFlags, writeFlags } from './flags.ts';
import { poppedSlot, SLOT_CS, SLOT_FLAGS, SLOT_IP, SLOT_SP, SLOT_SS } from './popped-slot.ts';
import { checkReturnCode, checkReturnStack, nullInnerSegments, setReturnedPointer, skipReturnStack, type CodeRules, type StackRules } from './return-checks.ts';
import { installDescriptor } from './segmentation.ts';
import { setStackPointer, stackOffset } from './stack.ts';
import { CS, SHADOW_NMI, SS, type Cpu } from './state.ts';
import { switchTask } from './task-switch.ts';
import { previousTask } from './task-target.ts';
import { fillFrame, fillReturn } from './transition-fields.ts';
import { commitTransition, openTransition, setCpl } from './transition.ts';
import { returnToVirtual8086 } from './virtual-8086.ts';

const CODE_RULES: CodeRules = {
  isNotNull: rule('iret-cs-not-null'), inTable: rule('iret-cs-table-limit'), type: rule('iret-cs-type'), rpl: rule('iret-cs-rpl'),
  conformingDpl: rule('iret-cs-conforming-dpl'), dpl: rule('iret-cs-dpl'), present: rule('iret-cs-present'),
};
// For an absent return SS the manual lists #NP here but #SS for RETF; no processor was asked.
// SDM 2A "IRET/IRETD/IRETQ—Interrupt Return", "Protected Mode Exceptions".
const STACK_RULES: StackRules = {
  absent: NP,
  isNotNull: rule('iret-ss-not-null'), inTable: rule('iret-ss-table-limit'), rpl: rule('iret-ss-rpl'), type: rule('iret-ss-type'), dpl: rule('iret-ss-dpl'),
  present: rule('iret-ss-present'),
};
const R_LIMIT = rule('iret-limit');
const VIA_IRET = codeOf(VIAS, 'iret');
const NAMES_32 = (['eip', 'cs', 'eflags', 'esp', 'ss'] as const).map((name) => codeOf(SLOT_NAMES, name));
const NAMES_16 = (['ip', 'cs', 'flags', 'sp', 'ss'] as const).map((name) => codeOf(SLOT_NAMES, name));
const code = newDescriptor('cs'), stack = newDescriptor('ss');
const values = [0, 0, 0, 0, 0];
const SLOT_PARTS = [SLOT_IP, SLOT_CS, SLOT_FLAGS, SLOT_SP, SLOT_SS];
const EIP_SLOT = 0, CS_SLOT = 1, FLAGS_SLOT = 2, ESP_SLOT = 3, SS_SLOT = 4;

/** IRET (`operandSize` 16) or IRETD (32). Faults with #GP, #NP, #SS or #PF, nothing changed then; to a previous task as switchTask does. */
export function interruptReturn(cpu: Cpu, operandSize: number): void {
  const flags = readFlags(cpu);
  if ((flags & EFLAGS_NT) !== 0) {
    switchTask(cpu, previousTask(cpu), { by: 'return', ext: 0, interrupt: null, gate: null });
    return;
  }
  const width = operandSize >>> 3;
  for (let slot = EIP_SLOT; slot <= FLAGS_SLOT; slot += 1) values[slot] = poppedSlot(cpu, SLOT_PARTS[slot]!, slot * width, width);
  if (width === 4 && (values[FLAGS_SLOT]! & EFLAGS_VM) !== 0 && cpu.cpl === 0) {
    returnToVirtual8086(cpu);
    return;
  }
  const selector = values[CS_SLOT]! & 0xffff;
  checkReturnCode(cpu, code, selector, CODE_RULES);
  const rpl = selector & 3;
  const isOuter = rpl > cpu.cpl;
  if (isOuter) {
    for (let slot = ESP_SLOT; slot <= SS_SLOT; slot += 1) values[slot] = poppedSlot(cpu, SLOT_PARTS[slot]!, slot * width, width);
    checkReturnStack(cpu, stack, values[SS_SLOT]! & 0xffff, rpl, STACK_RULES);
  } else skipReturnStack(cpu, STACK_RULES);
  const eip = values[EIP_SLOT]! >>> 0;
  demand(cpu, R_LIMIT, eip <= code.limit, GP0, eip, code.limit);
  markAccessed(cpu, code);
  if (isOuter) markAccessed(cpu, stack);

  commit(cpu, { width, isOuter, flags, selector, eip });
}

function commit(cpu: Cpu, to: { readonly width: number; readonly isOuter: boolean; readonly flags: number; readonly selector: number; readonly eip: number }): void {
  const { width, isOuter, flags, selector, eip } = to;
  const count = isOuter ? 5 : 3;
  const linear = (cpu.segmentBase(SS) + stackOffset(cpu, 0)) >>> 0;
  const draft = openTransition(cpu, VIA_IRET);
  fillReturn(draft, eip);
  fillFrame(draft, { ss: cpu.segmentSelector(SS), linear, width, count, names: width === 4 ? NAMES_32 : NAMES_16, values });
  const newFlags = flagsAfter(cpu.cpl, flags, values[FLAGS_SLOT]!, width);
  if (isOuter) {
    installDescriptor(cpu, SS, values[SS_SLOT]! & 0xffff, stack);
    setReturnedPointer(cpu, stack.rights, values[ESP_SLOT]!);
    setCpl(cpu, selector & 3);
    nullInnerSegments(cpu);
  } else setStackPointer(cpu, stackOffset(cpu, count * width));
  installDescriptor(cpu, CS, selector, code);
  cpu.eip = eip;
  writeFlags(cpu, newFlags);
  // SDM 3A "Handling Multiple NMIs": IRET ends the blocking of NMIs.
  if ((cpu.shadow & SHADOW_NMI) !== 0) cpu.shadow &= ~SHADOW_NMI;
  commitTransition(cpu);
}

// Which flags IRET takes from the stack depends on the CPL it runs at. SDM 2A "IRET/IRETD/IRETQ—Interrupt Return".
function flagsAfter(cpl: number, old: number, popped: number, width: number): number {
  let mask = EFLAGS_CF | EFLAGS_PF | EFLAGS_AF | EFLAGS_ZF | EFLAGS_SF | EFLAGS_TF | EFLAGS_DF | EFLAGS_OF | EFLAGS_NT;
  if (width === 4) mask |= EFLAGS_RF | EFLAGS_AC | EFLAGS_ID;
  if (cpl <= ioplOf(old)) mask |= EFLAGS_IF;
  if (cpl === 0) mask |= EFLAGS_IOPL | (width === 4 ? EFLAGS_VIF | EFLAGS_VIP : 0);
  return (old & ~mask) | (popped & mask);
}
