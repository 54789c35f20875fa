// The stack of an inner ring, from the current TSS: where its pointer lies there, and the checks of its segment. INT and CALL through a
// gate check alike; each brings its own rule ids. SDM 3A "Stack Switching", SDM 2A "CALL—Call Procedure", "INT n/INTO/INT3/INT1".

import { dplOf, isPresent, isWritableData, TYPE_TSS16, TYPE_TSS16_BUSY, typeOf } from '../arch/descriptor.ts';
import { tssStackPlace, type TssStackPlace } from '../arch/tss.ts';
import { IMPLICIT } from './access.ts';
import { IS_READ, partCode, WHAT_TSS } from './access-codes.ts';
import { tellAccess } from './access-report.ts';
import { errorOf, isNull, readDescriptor, type Descriptor } from './descriptor-table.ts';
import { demand, skipAll, SSF, TS } from './fault.ts';
import { readLinear16, readLinear32 } from './linear-memory.ts';
import { TR, type Cpu } from './state.ts';

const POINTER = partCode('sp'), SEGMENT = partCode('ss');

/** Codes of the checks of an inner stack, in order; `hasRoom` is the frame's, which the caller lays. */
export interface InnerStackRules {
  readonly inTss: number; readonly isNotNull: number; readonly inTable: number; readonly rpl: number; readonly dpl: number; readonly type: number;
  readonly present: number; readonly hasRoom: number;
}

/** True when TR holds a 16-bit TSS. */
export function isTss16(cpu: Cpu): boolean {
  const type = typeOf(cpu.segmentRights(TR));
  return type === TYPE_TSS16 || type === TYPE_TSS16_BUSY;
}

/** Where the current TSS keeps the stack of ring `cpl`. */
export const innerStackPlace = (cpu: Cpu, cpl: number): TssStackPlace => tssStackPlace(cpl, isTss16(cpu) ? 2 : 4);

/**
 * Reads SS and the stack pointer of ring `newCpl` from the current TSS and checks the segment into `into`; returns the pointer. `ext` is
 * the EXT bit of error codes. Faults with #TS or #SS.
 */
export function readInnerStack(cpu: Cpu, into: Descriptor, newCpl: number, ext: number, rules: InnerStackRules): number {
  const place = innerStackPlace(cpu, newCpl);
  const last = place.segment + 1;
  demand(cpu, rules.inTss, last <= cpu.segmentLimit(TR), TS(errorOf(cpu.segmentSelector(TR)) | ext), last, cpu.segmentLimit(TR));
  const base = cpu.segmentBase(TR);
  const selector = readLinear16(cpu, base + place.segment, IMPLICIT);
  if (cpu.probe.listening) tellAccess(cpu, WHAT_TSS, SEGMENT, (base + place.segment) >>> 0, 2, selector, 0, IS_READ);
  const pointer = place.bytes === 4 ? readLinear32(cpu, base + place.pointer, IMPLICIT) >>> 0 : readLinear16(cpu, base + place.pointer, IMPLICIT);
  if (cpu.probe.listening) tellAccess(cpu, WHAT_TSS, POINTER, (base + place.pointer) >>> 0, place.bytes, pointer, 0, IS_READ);
  checkInnerSegment(cpu, into, selector, { newCpl, ext }, rules);
  return pointer;
}

function checkInnerSegment(cpu: Cpu, into: Descriptor, selector: number, at: { readonly newCpl: number; readonly ext: number }, rules: InnerStackRules): void {
  const { newCpl, ext } = at;
  const error = errorOf(selector) | ext;
  demand(cpu, rules.isNotNull, !isNull(selector), TS(ext), selector, 0);
  readDescriptor(cpu, into, selector, rules.inTable, TS(error));
  const { rights } = into;
  demand(cpu, rules.rpl, (selector & 3) === newCpl, TS(error), selector & 3, newCpl);
  demand(cpu, rules.dpl, dplOf(rights) === newCpl, TS(error), dplOf(rights), newCpl);
  demand(cpu, rules.type, isWritableData(rights), TS(error), selector, rights);
  demand(cpu, rules.present, isPresent(rights), SSF(error), selector, rights);
}

/** Says that the checks of an inner stack do not apply: the ring stays. */
export function skipInnerStack(cpu: Cpu, rules: InnerStackRules): void {
  if (cpu.probe.listening) skipAll(cpu, innerStackOrder(rules));
}

/** The codes in order. */
export function innerStackOrder(rules: InnerStackRules): readonly number[] {
  return [rules.inTss, rules.isNotNull, rules.inTable, rules.rpl, rules.dpl, rules.type, rules.present, rules.hasRoom];
}
