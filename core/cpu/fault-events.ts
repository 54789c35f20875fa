// The `fault` and `shutdown` events. CR2, DR6 and DR7.GD are written here, between the probe's two looks: they are part of what #PF and #DB change.

import { ALL_RIGHTS, appendSeq, appendWalkLevel } from '../event/heap-lists.ts';
import { registerOffset } from '../arch/register-file.ts';
import { vectorName, VECTORS } from '../arch/vectors.ts';
import type { EventDraft } from '../event/draft.ts';
import { codeOf, DURINGS, FAULT_CLASSES, SOURCES, type FaultClass } from '../event/kinds.ts';
import { rule } from '../event/rules.ts';
import { handleOf } from '../event/schema.ts';
import { IMPLICIT, TLB_SHIFT, TYPE_MASK, USER } from './access.ts';
import { beforeEvent, beginEvent, emitEvent, kindCode } from './emit.ts';
import { DF, faultErrorCode, faultHasErrorCode, faultVector, type Delivering, type Fault, type FaultCode } from './fault.ts';
import { commitDebugCauses } from './breakpoints.ts';
import { isRealMode } from './mode.ts';
import { flagsOfLevel, pageBytesOf, rightsBehind } from './page-walk-levels.ts';
import type { WalkOutcome } from './page-walk-steps.ts';
import { lastFaultWalk } from './paging.ts';
import type { Cpu } from './state.ts';

const K_FAULT = kindCode('fault'), K_SHUTDOWN = kindCode('shutdown');
const H_VECTOR = handleOf('fault', 'vector'), H_MNEMONIC = handleOf('fault', 'mnemonic'), H_CLASS = handleOf('fault', 'class'), H_CODE = handleOf('fault', 'errorCode'),
  H_RULE = handleOf('fault', 'rule'), H_DURING = handleOf('fault', 'during'), H_OF_SOURCE = handleOf('fault', 'deliveryOf.source'),
  H_OF_VECTOR = handleOf('fault', 'deliveryOf.vector'), H_OF_SEQ = handleOf('fault', 'deliveryOf.seq'), H_CAUSES = handleOf('fault', 'causes'),
  H_CR2 = handleOf('fault', 'cr2'), H_ACCESS_TYPE = handleOf('fault', 'access.type'), H_ACCESS_USER = handleOf('fault', 'access.user'),
  H_ACCESS_IMPLICIT = handleOf('fault', 'access.implicit'), H_TLB = handleOf('fault', 'tlb'), H_WALK = handleOf('fault', 'walk'), H_SOURCE = handleOf('fault', 'source');
const H_CHAIN = handleOf('shutdown', 'chain');
const EXECUTION = codeOf(DURINGS, 'execution'), DELIVERY = codeOf(DURINGS, 'delivery'), SOFTWARE = codeOf(SOURCES, 'software');
const CLASS_FAULT = codeOf(FAULT_CLASSES, 'fault'), CLASS_TRAP = codeOf(FAULT_CLASSES, 'trap'), CLASS_ABORT = codeOf(FAULT_CLASSES, 'abort');
const R_SERIAL = rule('exceptions-serial');
const CR2 = registerOffset('cr2');
const DEBUG = 1, PAGE_FAULT = 14;

const MNEMONICS: readonly string[] = Array.from({ length: 256 }, (_, vector) => vectorName(vector));
const CLASSES: readonly number[] = Array.from({ length: 256 }, (_, vector) => {
  const kind = VECTORS.find((one) => one.vector === vector)?.class ?? 'fault';
  return codeOf<FaultClass>(FAULT_CLASSES, kind === 'interrupt' ? 'fault' : kind);
});
/** True when a vector is a fault, not a trap or abort: RF is then set in the pushed EFLAGS. */
export const isFaultClass = (vector: number): boolean => CLASSES[vector] === CLASS_FAULT;

/** True when an error code goes with the exception: none does in real-address mode. SDM 3B "Interrupt and Exception Handling". */
export const hasErrorCode = (cpu: Cpu, code: FaultCode): boolean => faultHasErrorCode(code) && !isRealMode(cpu);

/** Emits the `fault` event of a guest fault; for #PF it writes CR2. `delivering` is what was being delivered, null during execution. */
export function emitFault(cpu: Cpu, fault: Fault, delivering: Delivering | null): number {
  const vector = faultVector(fault.code);
  beforeEvent(cpu);
  // #DB that comes as a fault, of an instruction breakpoint or of GD, is one
  const draft = begin(cpu, fault.code, fault.rule, vector === DEBUG ? CLASS_FAULT : CLASSES[vector]!, delivering);
  if (vector === PAGE_FAULT) {
    cpu.setRegister(CR2, fault.linear, 0);
    fillPageFault(cpu, draft, fault, lastFaultWalk);
  }
  return emitEvent(cpu);
}

/** Emits the `fault` event of #DF with its two causes. */
export function emitDoubleFault(cpu: Cpu, first: Delivering, second: number): number {
  beforeEvent(cpu);
  const draft = begin(cpu, DF, R_SERIAL, CLASS_ABORT, first);
  draft.setList(H_CAUSES);
  draft.append(2);
  appendSeq(draft, first.seq);
  appendSeq(draft, second);
  return emitEvent(cpu);
}

/** Emits the `fault` event of a trap (#BP, #OF, #DB): the instruction did what it should. `isSoftware` marks INT3 and INTO. */
export function emitTrap(cpu: Cpu, code: FaultCode, rule: number, origin: { readonly isSoftware: boolean }): number {
  beforeEvent(cpu);
  const draft = begin(cpu, code, rule, CLASS_TRAP, null);
  if (origin.isSoftware) draft.set(H_SOURCE, SOFTWARE);
  return emitEvent(cpu);
}

/** Emits `shutdown` with the sequence numbers of the faults that led to it. */
export function emitShutdown(cpu: Cpu, chain: readonly number[]): number {
  beforeEvent(cpu);
  const draft = beginEvent(cpu, K_SHUTDOWN);
  draft.setList(H_CHAIN);
  draft.append(chain.length);
  for (const seq of chain) appendSeq(draft, seq);
  return emitEvent(cpu);
}

function begin(cpu: Cpu, code: FaultCode, rule: number, kind: number, delivering: Delivering | null): EventDraft {
  const draft = beginEvent(cpu, K_FAULT);
  const vector = faultVector(code);
  if (vector === DEBUG) commitDebugCauses(cpu);
  draft.set(H_VECTOR, vector);
  draft.setText(H_MNEMONIC, MNEMONICS[vector]!);
  draft.set(H_CLASS, kind);
  if (hasErrorCode(cpu, code)) draft.set(H_CODE, faultErrorCode(code));
  else draft.setUnknown(H_CODE);
  draft.set(H_RULE, rule);
  draft.set(H_DURING, delivering === null ? EXECUTION : DELIVERY);
  if (delivering !== null) {
    draft.set(H_OF_SOURCE, delivering.source);
    draft.set(H_OF_VECTOR, delivering.vector);
    if (delivering.seq >= 0) draft.setNumber(H_OF_SEQ, delivering.seq);
    else draft.setUnknown(H_OF_SEQ);
  }
  return draft;
}

function fillPageFault(cpu: Cpu, draft: EventDraft, fault: Fault, walk: WalkOutcome): void {
  draft.set64(H_CR2, fault.linear, 0);
  draft.set(H_ACCESS_TYPE, fault.access & TYPE_MASK);
  draft.set(H_ACCESS_USER, (fault.access & USER) !== 0 ? 1 : 0);
  draft.set(H_ACCESS_IMPLICIT, (fault.access & IMPLICIT) !== 0 ? 1 : 0);
  draft.set(H_TLB, fault.access >>> TLB_SHIFT);
  draft.setList(H_WALK);
  draft.append(walk.top - walk.last + 1);
  let rights = ALL_RIGHTS;
  for (let level = walk.top; level >= walk.last; level -= 1) {
    rights = rightsBehind(walk, level, rights);
    appendWalkLevel(draft, level, walk.physical[level]!, walk.low[level]! >>> 0, walk.high[level]! >>> 0, flagsOfLevel(cpu, walk, level), pageBytesOf(walk, level), rights);
  }
  draft.append(rights);
  draft.append(fault.rule);
}
