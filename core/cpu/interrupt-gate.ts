// Entering a handler through the IDT: the gate, the code segment, the stack (switched through the TSS for an inner ring), the frame.
// A gate has the width of its frame: 16-bit ones push words. Task gates are task-switch.ts. Out of virtual-8086 mode the segment registers are pushed, too.
// Any check may fault; the caller decides what a fault during delivery becomes (delivery.ts).
// SDM 2A "INT n/INTO/INT3/INT1—Call to Interrupt Procedure", SDM 3A "Exception- or Interrupt-Handler Procedures".

import { dplOf, isCode, isConformingCode, isPresent, TYPE_INTERRUPT_GATE16, TYPE_INTERRUPT_GATE32, TYPE_TASK_GATE, TYPE_TRAP_GATE16, TYPE_TRAP_GATE32 } from '../arch/descriptor.ts';
import { EFLAGS_IF, EFLAGS_NT, EFLAGS_RF, EFLAGS_TF, EFLAGS_VM } from '../arch/flags.ts';
import { gateDpl, gateOffset, gateSelector, gateType, isGatePresent } from '../arch/gate.ts';
import { registerOffset } from '../arch/register-file.ts';
import { ERROR_IDT } from '../arch/error-code.ts';
import { codeOf, SOURCES, VIAS } from '../event/kinds.ts';
import { rule } from '../event/rules.ts';
import { IMPLICIT } from './access.ts';
import { IS_READ, NO_PART, WHAT_GATE } from './access-codes.ts';
import { tellAccess } from './access-report.ts';
import { errorOf, isNull, markAccessed, newDescriptor, readDescriptor } from './descriptor-table.ts';
import { demand, GP, NP, skip, skipAll, SSF } from './fault.ts';
import { innerStackOrder, innerStackPlace, readInnerStack, skipInnerStack, type InnerStackRules } from './inner-stack.ts';
import { interruptSlotCount, interruptSlotNames, pushInterruptFrame, PUSHED_SEGMENTS } from './interrupt-frame.ts';
import { readFlags, writeFlags } from './flags.ts';
import { readLinear32 } from './linear-memory.ts';
import { isVirtual8086 } from './mode.ts';
import { installDescriptor, installNull } from './segmentation.ts';
import { layFrame, type StackFrame } from './stack-frame.ts';
import { CS, SHADOW_MOV_SS, SHADOW_STI, SS, TR, type Cpu } from './state.ts';
import { switchTask } from './task-switch.ts';
import { taskOfInterrupt } from './task-target.ts';
import { cachedPage, tlbIndex } from './tlb.ts';
import { commitTransition, openTransition, setCpl } from './transition.ts';
import { fillEntry, fillFrame, fillStackFrom, interruptGateFields } from './transition-fields.ts';

const R_IDT_LIMIT = rule('idt-limit'), R_GATE_TYPE = rule('gate-type'), R_GATE_DPL = rule('gate-dpl'), R_GATE_PRESENT = rule('gate-present');
const R_CS_NULL = rule('handler-not-null'), R_CS_TABLE = rule('handler-table-limit'), R_CS_TYPE = rule('handler-type'), R_CS_DPL = rule('handler-dpl'),
  R_CS_PRESENT = rule('handler-present'), R_CS_V86 = rule('handler-v86'), R_LIMIT = rule('handler-limit');
const INNER_RULES: InnerStackRules = {
  inTss: rule('tss-stack-limit'), isNotNull: rule('inner-ss-not-null'), inTable: rule('inner-ss-table-limit'), rpl: rule('inner-ss-rpl'), dpl: rule('inner-ss-dpl'),
  type: rule('inner-ss-type'), present: rule('inner-ss-present'), hasRoom: rule('inner-frame-room'),
};
const R_SAME_ROOM = rule('same-frame-room');
/** What a task gate leaves to the task switch. */
const HANDLER_RULES = [R_CS_NULL, R_CS_TABLE, R_CS_TYPE, R_CS_DPL, R_CS_PRESENT, R_CS_V86, ...innerStackOrder(INNER_RULES), R_SAME_ROOM, R_LIMIT];
const IDTR_BASE = registerOffset('idtr.base'), IDTR_LIMIT = registerOffset('idtr.limit');
const SOFTWARE = codeOf(SOURCES, 'software');
/** The mechanism of a transition into a handler, by source. */
export const VIA_OF_SOURCE = [codeOf(VIAS, 'int'), codeOf(VIAS, 'exception'), codeOf(VIAS, 'interrupt'), codeOf(VIAS, 'nmi')];

/** What is being delivered. `errorCode` is -1 when none is pushed; `resume` sets RF in the pushed EFLAGS (faults). */
export interface Delivery { readonly source: number; readonly vector: number; readonly errorCode: number; readonly resume: boolean }

/** The gate and stack of the delivery in progress; read again by every delivery. */
const gate = { low: 0, high: 0, linear: 0, physical: 0 };
const handler = newDescriptor('cs');
const inner = newDescriptor('ss');
let innerEsp = 0;

/** Enters the handler of a vector; the return address is the current CS:EIP. Faults leave registers and memory as they were (but A/D and accessed bits). */
export function enterHandler(cpu: Cpu, delivery: Delivery): void {
  const ext = delivery.source === SOFTWARE ? 0 : 1;
  checkGate(cpu, delivery, ext);
  if (gateType(gate.high) === TYPE_TASK_GATE) {
    skipAll(cpu, HANDLER_RULES);
    switchTask(cpu, taskOfInterrupt(cpu, gate.low, ext), { by: 'interrupt', ext, interrupt: delivery, gate: interruptGateFields(delivery.vector, gate) });
    return;
  }
  checkHandler(cpu, ext);
  const isInner = !isConformingCode(handler.rights) && dplOf(handler.rights) < cpu.cpl;
  const newCpl = isInner ? dplOf(handler.rights) : cpu.cpl;
  if (isInner) innerEsp = readInnerStack(cpu, inner, newCpl, ext, INNER_RULES);
  else skipInnerStack(cpu, INNER_RULES);
  const isFromVirtual8086 = isVirtual8086(cpu);
  const width = is32BitGate() ? 4 : 2;
  const count = interruptSlotCount({ isInner, isFromVirtual8086, errorCode: delivery.errorCode });
  const frame = isInner
    ? layFrame(cpu, { rule: INNER_RULES.hasRoom, fault: SSF(errorOf(inner.selector) | ext), count, width }, { rights: inner.rights, limit: inner.limit, base: inner.base, pointer: innerEsp, cpl: newCpl })
    : layFrame(cpu, { rule: R_SAME_ROOM, fault: SSF(ext), count, width }, { rights: cpu.segmentRights(SS), limit: cpu.segmentLimit(SS), base: cpu.segmentBase(SS), pointer: cpu.esp, cpl: newCpl });
  if (isInner) skip(cpu, R_SAME_ROOM);
  const offset = width === 4 ? gateOffset(gate.low, gate.high) : gate.low & 0xffff;
  demand(cpu, R_LIMIT, offset <= handler.limit, GP(ext), offset, handler.limit);
  markAccessed(cpu, handler);
  if (isInner) markAccessed(cpu, inner);

  const flags = readFlags(cpu);
  pushInterruptFrame(cpu, frame, { isInner, isFromVirtual8086, errorCode: delivery.errorCode, flags: delivery.resume ? flags | EFLAGS_RF : flags });
  commit(cpu, delivery, frame, { isInner, newCpl, offset, flags });
}

function checkGate(cpu: Cpu, delivery: Delivery, ext: number): void {
  const { vector } = delivery;
  const error = (vector << 3) | ERROR_IDT | ext;
  const limit = cpu.register(IDTR_LIMIT);
  demand(cpu, R_IDT_LIMIT, vector * 8 + 7 <= limit, GP(error), vector * 8 + 7, limit);
  gate.linear = (cpu.register(IDTR_BASE) + vector * 8) >>> 0;
  gate.low = readLinear32(cpu, gate.linear, IMPLICIT);
  gate.high = readLinear32(cpu, gate.linear + 4, IMPLICIT);
  // taken now: the frame's pages may take the place of this one in the TLB
  gate.physical = cachedPage(cpu, tlbIndex(gate.linear)) + (gate.linear & 0xfff);
  if (cpu.probe.listening) tellAccess(cpu, WHAT_GATE, NO_PART, gate.linear, 8, gate.low, gate.high, IS_READ);
  const type = gateType(gate.high);
  demand(cpu, R_GATE_TYPE, isIdtGate(type), GP(error), type, gate.high >>> 0);
  // SDM 3A "Protection of Exception- and Interrupt-Handler Procedures": only INT n, INT3 and INTO look at the gate's DPL.
  if (delivery.source === SOFTWARE) demand(cpu, R_GATE_DPL, cpu.cpl <= gateDpl(gate.high), GP(error), cpu.cpl, gateDpl(gate.high));
  else skip(cpu, R_GATE_DPL);
  demand(cpu, R_GATE_PRESENT, isGatePresent(gate.high), NP(error), vector, gate.high >>> 0);
}

function is32BitGate(): boolean {
  const type = gateType(gate.high);
  return type === TYPE_INTERRUPT_GATE32 || type === TYPE_TRAP_GATE32;
}

function isInterruptGate(): boolean {
  const type = gateType(gate.high);
  return type === TYPE_INTERRUPT_GATE32 || type === TYPE_INTERRUPT_GATE16;
}

function isIdtGate(type: number): boolean {
  return type === TYPE_INTERRUPT_GATE32 || type === TYPE_TRAP_GATE32 || type === TYPE_TASK_GATE || type === TYPE_INTERRUPT_GATE16 || type === TYPE_TRAP_GATE16;
}

function checkHandler(cpu: Cpu, ext: number): void {
  const selector = gateSelector(gate.low);
  const error = errorOf(selector) | ext;
  demand(cpu, R_CS_NULL, !isNull(selector), GP(ext), selector, 0);
  readDescriptor(cpu, handler, selector, R_CS_TABLE, GP(error));
  demand(cpu, R_CS_TYPE, isCode(handler.rights), GP(error), selector, handler.rights);
  demand(cpu, R_CS_DPL, dplOf(handler.rights) <= cpu.cpl, GP(error), dplOf(handler.rights), cpu.cpl);
  demand(cpu, R_CS_PRESENT, isPresent(handler.rights), NP(error), selector, handler.rights);
  if (isVirtual8086(cpu)) demand(cpu, R_CS_V86, dplOf(handler.rights) === 0 && !isConformingCode(handler.rights), GP(error), selector, handler.rights);
  else skip(cpu, R_CS_V86);
}

function commit(cpu: Cpu, delivery: Delivery, frame: StackFrame, entry: { readonly isInner: boolean; readonly newCpl: number; readonly offset: number; readonly flags: number }): void {
  const draft = openTransition(cpu, VIA_OF_SOURCE[delivery.source]!);
  fillEntry(draft, {
    source: delivery.source, vector: delivery.vector, errorCode: delivery.errorCode, returnIp: cpu.eip,
    gatePhysical: gate.physical, gateLow: gate.low, gateHigh: gate.high,
  });
  const { linear, width, count, values } = frame;
  fillFrame(draft, { ss: entry.isInner ? inner.selector : cpu.segmentSelector(SS), linear, width, count, names: interruptSlotNames(width, delivery.errorCode), values });
  if (entry.isInner) {
    fillStackFrom(draft, { tss: cpu.segmentSelector(TR), offset: innerStackPlace(cpu, entry.newCpl).pointer, value: innerEsp });
    installDescriptor(cpu, SS, inner.selector, inner);
    setCpl(cpu, entry.newCpl);
  }
  cpu.esp = frame.newPointer;
  if (isVirtual8086(cpu)) for (const segment of PUSHED_SEGMENTS) installNull(cpu, segment, 0);
  // CS.RPL is the new CPL, whatever the gate said.
  installDescriptor(cpu, CS, (handler.selector & 0xfffc) | entry.newCpl, handler);
  cpu.eip = entry.offset;
  const clearsIf = isInterruptGate() ? EFLAGS_IF : 0;
  writeFlags(cpu, entry.flags & ~(EFLAGS_TF | EFLAGS_NT | EFLAGS_RF | EFLAGS_VM | clearsIf));
  if ((cpu.shadow & (SHADOW_STI | SHADOW_MOV_SS)) !== 0) cpu.shadow &= ~(SHADOW_STI | SHADOW_MOV_SS);
  commitTransition(cpu);
}
