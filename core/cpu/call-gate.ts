// CALL and JMP far through a call gate: the gate's rights, its code segment, for an inner ring the stack from the TSS and the parameters
// copied there. SDM 3A "Accessing a Code Segment Through a Call Gate", "Stack Switching", SDM 2A "CALL—Call Procedure", "JMP—Jump".
//
//   highest address:  [SS, ESP, parameters: only for an inner ring]  CS  EIP   <- new stack pointer; slots have the gate's size

import { dplOf, isCode, isConformingCode, isPresent, TYPE_CALL_GATE32, typeOf } from '../arch/descriptor.ts';
import { gateDpl, gateOffset, gateParameters, gateSelector } from '../arch/gate.ts';
import { codeOf, SLOT_NAMES, VIAS } from '../event/kinds.ts';
import { rule } from '../event/rules.ts';
import { errorOf, isNull, markAccessed, newDescriptor, readDescriptor, type Descriptor } from './descriptor-table.ts';
import { demand, GP, GP0, NP, skip, SS0, SSF } from './fault.ts';
import { innerStackPlace, readInnerStack, skipInnerStack, type InnerStackRules } from './inner-stack.ts';
import { read16, read32 } from './memory.ts';
import { installDescriptor } from './segmentation.ts';
import { layFrame, writeFrame, type StackFrame } from './stack-frame.ts';
import { stackOffset } from './stack.ts';
import { CS, SS, TR, type Cpu } from './state.ts';
import { commitTransition, openTransition, setCpl } from './transition.ts';
import { descriptorGateFields, fillFrame, fillGate, fillReturn, fillStackFrom } from './transition-fields.ts';

const R_DPL = rule('call-gate-dpl'), R_PRESENT = rule('call-gate-present'), R_CS_NULL = rule('call-gate-code-not-null'), R_CS_TABLE = rule('call-gate-code-table-limit'),
  R_CS_TYPE = rule('call-gate-code-type'), R_CS_DPL = rule('call-gate-code-dpl'), R_CS_SAME = rule('call-gate-jump-dpl'), R_CS_PRESENT = rule('call-gate-code-present'),
  R_SAME_ROOM = rule('call-gate-same-room'), R_LIMIT = rule('call-gate-limit');
const INNER_RULES: InnerStackRules = {
  inTss: rule('call-gate-tss-limit'), isNotNull: rule('call-gate-ss-not-null'), inTable: rule('call-gate-ss-table-limit'), rpl: rule('call-gate-ss-rpl'),
  dpl: rule('call-gate-ss-dpl'), type: rule('call-gate-ss-type'), present: rule('call-gate-ss-present'), hasRoom: rule('call-gate-inner-room'),
};
const VIA_CALL_GATE = codeOf(VIAS, 'call-gate');
const NAMES_32 = [codeOf(SLOT_NAMES, 'eip'), codeOf(SLOT_NAMES, 'cs')], OUTER_32 = [codeOf(SLOT_NAMES, 'esp'), codeOf(SLOT_NAMES, 'ss')];
const NAMES_16 = [codeOf(SLOT_NAMES, 'ip'), codeOf(SLOT_NAMES, 'cs')], OUTER_16 = [codeOf(SLOT_NAMES, 'sp'), codeOf(SLOT_NAMES, 'ss')];
const PARAMETER = codeOf(SLOT_NAMES, 'parameter');
const code = newDescriptor('cs'), inner = newDescriptor('ss');

/** JMP far through a call gate: stays in its ring, pushes nothing. Faults with #GP or #NP. */
export function jumpThroughGate(cpu: Cpu, gate: Descriptor): void {
  checkGate(cpu, gate, { isCall: false });
  const offset = offsetOf(gate);
  skip(cpu, R_SAME_ROOM);
  skipInnerStack(cpu, INNER_RULES);
  demand(cpu, R_LIMIT, offset <= code.limit, GP0, offset, code.limit);
  markAccessed(cpu, code);

  const draft = openTransition(cpu, VIA_CALL_GATE);
  fillGate(draft, descriptorGateFields(gate));
  enterCode(cpu, offset, cpu.cpl);
  commitTransition(cpu);
}

/** CALL far through a call gate, to the same or an inner ring. Faults with #GP, #NP, #TS, #SS or #PF, nothing changed. */
export function callThroughGate(cpu: Cpu, gate: Descriptor): void {
  checkGate(cpu, gate, { isCall: true });
  if (!isConformingCode(code.rights) && dplOf(code.rights) < cpu.cpl) callInner(cpu, gate);
  else callSame(cpu, gate);
}

// SDM 2A "CALL—Call Procedure", "Operation": CALL-GATE.
function checkGate(cpu: Cpu, gate: Descriptor, how: { readonly isCall: boolean }): void {
  const gateError = errorOf(gate.selector);
  // SDM 3A "Accessing a Code Segment Through a Call Gate": neither CPL nor RPL may exceed the gate's DPL.
  const requested = Math.max(cpu.cpl, gate.selector & 3);
  demand(cpu, R_DPL, requested <= gateDpl(gate.high), GP(gateError), requested, gateDpl(gate.high));
  demand(cpu, R_PRESENT, isPresent(gate.rights), NP(gateError), gate.selector, gate.rights);
  const selector = gateSelector(gate.low);
  const error = errorOf(selector);
  demand(cpu, R_CS_NULL, !isNull(selector), GP0, selector, 0);
  readDescriptor(cpu, code, selector, R_CS_TABLE, GP(error));
  const { rights } = code;
  demand(cpu, R_CS_TYPE, isCode(rights), GP(error), selector, rights);
  demand(cpu, R_CS_DPL, dplOf(rights) <= cpu.cpl, GP(error), dplOf(rights), cpu.cpl);
  // SDM 3A "Accessing a Code Segment Through a Call Gate": only CALL reaches nonconforming code of an inner ring.
  if (how.isCall || isConformingCode(rights)) skip(cpu, R_CS_SAME);
  else demand(cpu, R_CS_SAME, dplOf(rights) === cpu.cpl, GP(error), dplOf(rights), cpu.cpl);
  demand(cpu, R_CS_PRESENT, isPresent(rights), NP(error), selector, rights);
}

function callSame(cpu: Cpu, gate: Descriptor): void {
  const offset = offsetOf(gate), width = widthOf(gate);
  const stack = { rights: cpu.segmentRights(SS), limit: cpu.segmentLimit(SS), base: cpu.segmentBase(SS), pointer: cpu.esp, cpl: cpu.cpl };
  const frame = layFrame(cpu, { rule: R_SAME_ROOM, fault: SS0, count: 2, width }, stack);
  skipInnerStack(cpu, INNER_RULES);
  demand(cpu, R_LIMIT, offset <= code.limit, GP0, offset, code.limit);
  markAccessed(cpu, code);

  const names = width === 4 ? NAMES_32 : NAMES_16;
  pushReturn(cpu, frame, { above: [], names });
  const draft = openTransition(cpu, VIA_CALL_GATE);
  fillGate(draft, descriptorGateFields(gate));
  fillReturn(draft, cpu.eip);
  fillFrame(draft, { ss: cpu.segmentSelector(SS), linear: frame.linear, width, count: 2, names, values: frame.values });
  cpu.esp = frame.newPointer;
  enterCode(cpu, offset, cpu.cpl);
  commitTransition(cpu);
}

function callInner(cpu: Cpu, gate: Descriptor): void {
  const newCpl = dplOf(code.rights);
  const offset = offsetOf(gate), width = widthOf(gate), count = gateParameters(gate.high);
  skip(cpu, R_SAME_ROOM);
  const pointer = readInnerStack(cpu, inner, newCpl, 0, INNER_RULES);
  const stack = { rights: inner.rights, limit: inner.limit, base: inner.base, pointer, cpl: newCpl };
  const frame = layFrame(cpu, { rule: INNER_RULES.hasRoom, fault: SSF(errorOf(inner.selector)), count: count + 4, width }, stack);
  demand(cpu, R_LIMIT, offset <= code.limit, GP0, offset, code.limit);
  const parameters = readParameters(cpu, count, width);
  markAccessed(cpu, code);
  markAccessed(cpu, inner);

  const names = width === 4 ? [...NAMES_32, ...parameters.map(() => PARAMETER), ...OUTER_32] : [...NAMES_16, ...parameters.map(() => PARAMETER), ...OUTER_16];
  pushReturn(cpu, frame, { above: [...parameters, cpu.esp, cpu.segmentSelector(SS)], names });
  const draft = openTransition(cpu, VIA_CALL_GATE);
  fillGate(draft, descriptorGateFields(gate));
  fillReturn(draft, cpu.eip);
  fillFrame(draft, { ss: inner.selector, linear: frame.linear, width, count: count + 4, names, values: frame.values });
  fillStackFrom(draft, { tss: cpu.segmentSelector(TR), offset: innerStackPlace(cpu, newCpl).pointer, value: pointer });
  installDescriptor(cpu, SS, inner.selector, inner);
  setCpl(cpu, newCpl);
  cpu.esp = frame.newPointer;
  enterCode(cpu, offset, newCpl);
  commitTransition(cpu);
}

/** The parameters on the caller's stack, lowest address first. Faults with #SS(0) or #PF. */
function readParameters(cpu: Cpu, count: number, width: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => width === 4 ? read32(cpu, SS, stackOffset(cpu, index * width)) : read16(cpu, SS, stackOffset(cpu, index * width)));
}

/** `above` CS, lowest address first; `names` of all slots. */
function pushReturn(cpu: Cpu, { values }: StackFrame, { above, names }: { readonly above: readonly number[]; readonly names: readonly number[] }): void {
  values[0] = cpu.eip;
  values[1] = cpu.segmentSelector(CS);
  above.forEach((value, index) => { values[2 + index] = value; });
  writeFrame(cpu, names);
}

function enterCode(cpu: Cpu, offset: number, cpl: number): void {
  installDescriptor(cpu, CS, (code.selector & 0xfffc) | cpl, code);
  cpu.eip = offset;
}

const widthOf = (gate: Descriptor): number => (typeOf(gate.rights) === TYPE_CALL_GATE32 ? 4 : 2);
/** A 16-bit gate has no upper half of the offset. */
const offsetOf = (gate: Descriptor): number => gateOffset(gate.low, widthOf(gate) === 4 ? gate.high : 0);
