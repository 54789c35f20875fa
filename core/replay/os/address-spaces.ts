// The address spaces of a recording, by the value of CR3, in the order in which the processor enters them. To an operating system one is a
// process: threads share it and are not told apart, kernel threads go on in the last one, a program that is replaced gets another.

import { registerOffset } from '../../arch/register-file.ts';
import { joinU64 } from '../../base/u64.ts';
import { highWordOf, isPresent, isUnknown, wordOf, type Row } from '../../event/draft.ts';
import { codeOf, CONTROL_REGISTERS, EVENT_KINDS } from '../../event/kinds.ts';
import { commonHandle, handleOf } from '../../event/schema.ts';
import type { TraceSource } from '../source.ts';
import { callNumberAt, NO_CALL } from './system-call.ts';

export interface AddressSpace {
  /** From 1 on. */
  readonly number: number;
  readonly cr3: bigint;
  /** The event that entered it first; of the one a recording begins in, its first event. */
  readonly seqFirst: number;
  /** Times it was entered. */
  readonly switches: number;
  readonly calls: number;
  /** Page faults of user code. */
  readonly faults: number;
}

const CR_WRITE = codeOf(EVENT_KINDS, 'cr-write'), FAULT = codeOf(EVENT_KINDS, 'fault'), TRANSITION = codeOf(EVENT_KINDS, 'transition');
const REGISTER = handleOf('cr-write', 'register'), BEFORE = handleOf('cr-write', 'before'), AFTER = handleOf('cr-write', 'after'), VECTOR = handleOf('fault', 'vector'), CPL = commonHandle('cpl');
const CODE_CR3 = codeOf(CONTROL_REGISTERS, 'cr3'), CR3 = registerOffset('cr3'), PAGE_FAULT = 14;
/** Address spaces told apart: bounds what a hostile file can ask for. */
const SPACES_MAX = 1 << 16;

type Counted = { -readonly [Name in keyof AddressSpace]: AddressSpace[Name] };

/** A write of CR3 that leaves another value, as that value; null for any other event. */
export function spaceEnteredAt(trace: TraceSource, seq: number): bigint | null {
  return trace.kindAt(seq) === CR_WRITE ? enteredBy(trace.row(seq)) : null;
}

function enteredBy(row: Row): bigint | null {
  if (wordOf(row, REGISTER) !== CODE_CR3 || !isKnown(row, AFTER)) return null;
  const after = joinU64(wordOf(row, AFTER), highWordOf(row, AFTER));
  return isKnown(row, BEFORE) && joinU64(wordOf(row, BEFORE), highWordOf(row, BEFORE)) === after ? null : after;
}

/** All address spaces with what happened in them, in one pass. */
export function addressSpaces(trace: TraceSource): readonly AddressSpace[] {
  const spaces = new Map<bigint, Counted>();
  const enter = (cr3: bigint, seq: number): Counted | null => {
    const there = spaces.get(cr3) ?? null;
    if (there !== null || spaces.size >= SPACES_MAX) return there;
    const made = { number: spaces.size + 1, cr3, seqFirst: seq, switches: 0, calls: 0, faults: 0 };
    spaces.set(cr3, made);
    return made;
  };
  let current = firstSpace(trace, enter);
  for (let row = 0; row < trace.rowCount; row += 1) {
    const seq = trace.seqAt(row), kind = trace.kindAt(seq);
    if (kind === CR_WRITE) {
      const entered = enteredBy(trace.row(seq));
      if (entered === null) continue;
      current = enter(entered, seq);
      if (current !== null) current.switches += 1;
    } else if (current !== null && kind === FAULT && isUserPageFault(trace.row(seq))) current.faults += 1;
    else if (current !== null && kind === TRANSITION && callNumberAt(trace, seq) !== NO_CALL) current.calls += 1;
  }
  return [...spaces.values()];
}

// a recording may begin with paging on: in the middle of a what-if, or imported
function firstSpace(trace: TraceSource, enter: (cr3: bigint, seq: number) => Counted | null): Counted | null {
  if (trace.rowCount === 0 || !trace.hasState) return null;
  const seq = trace.seqAt(0), registers = trace.stateBefore(seq);
  const cr3 = joinU64(registers[CR3]!, registers[CR3 + 1]!);
  return cr3 === 0n ? null : enter(cr3, seq);
}

function isUserPageFault(row: Row): boolean {
  return wordOf(row, VECTOR) === PAGE_FAULT && isKnown(row, CPL) && wordOf(row, CPL) === 3;
}

const isKnown = (row: Row, field: number): boolean => isPresent(row, field) && !isUnknown(row, field);
