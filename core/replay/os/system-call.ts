// What an operating system makes of the processor's events: which transitions are its system calls, and what their numbers are called. An
// optional layer: the events stand without it, and nothing of it is shown unless the system is known or was named.

import { EFLAGS_VM } from '../../arch/flags.ts';
import { registerOffset } from '../../arch/register-file.ts';
import { isPresent, isUnknown, wordOf, type Row } from '../../event/draft.ts';
import { codeOf, EVENT_KINDS, VIAS } from '../../event/kinds.ts';
import { commonHandle, handleOf } from '../../event/schema.ts';
import type { TraceSource } from '../source.ts';
import { linuxCallName } from './linux-calls.ts';

/** Systems whose conventions are known: Linux for i386. */
export const SYSTEMS = ['linux'] as const;
export type System = (typeof SYSTEMS)[number];
export const SYSTEM_TITLES: Readonly<Record<System, string>> = { linux: 'Linux' };

/** A system call by number. `name`: null where the system has none for it. */
export interface SystemCall { readonly number: number; readonly name: string | null }
/** In columns: no system call. */
export const NO_CALL = 0xffff_ffff;

/** What runs in a recording as far as its header tells: a Linux kernel was loaded by its boot protocol. Null: nobody knows. */
export function systemIn(header: { readonly image: { readonly format: string } | null }): System | null {
  return header.image?.format === 'linux' ? 'linux' : null;
}

const TRANSITION = codeOf(EVENT_KINDS, 'transition');
const VIA = handleOf('transition', 'via'), VECTOR = handleOf('transition', 'vector'), FROM = handleOf('transition', 'from.cpl'), TO = handleOf('transition', 'to.cpl');
const INFERRED = commonHandle('inferred.after');
const VIA_INT = codeOf(VIAS, 'int'), VIA_SYSENTER = codeOf(VIAS, 'sysenter');
const EAX = registerOffset('rax'), FLAGS = registerOffset('rflags'), EFER = registerOffset('efer');
/** Linux: the vector of its system calls. */
const LINUX_VECTOR = 0x80;
const EFER_LMA = 1 << 10;

/** The number of the system call an event begins, or NO_CALL. EAX of user code holds it, for both ways of calling. */
export function callNumberAt(trace: TraceSource, seq: number): number {
  if (!trace.hasState || trace.kindAt(seq) !== TRANSITION || !isCall(trace.row(seq))) return NO_CALL;
  const registers = trace.stateBefore(seq);
  // the numbers of 64-bit code are others, and virtual-8086 mode has no system calls
  return ((registers[EFER]! & EFER_LMA) | (registers[FLAGS]! & EFLAGS_VM)) === 0 ? registers[EAX]! : NO_CALL;
}

function isCall(row: Row): boolean {
  const via = wordOf(row, VIA);
  if (via !== VIA_SYSENTER && !(via === VIA_INT && known(row, VECTOR) && wordOf(row, VECTOR) === LINUX_VECTOR)) return false;
  return known(row, FROM) && wordOf(row, FROM) === 3 && known(row, TO) && wordOf(row, TO) === 0 && !isPresent(row, INFERRED);
}

const known = (row: Row, field: number): boolean => isPresent(row, field) && !isUnknown(row, field);

/** The call of a number; null for NO_CALL. */
export function callOf(number: number): SystemCall | null {
  return number === NO_CALL ? null : { number, name: linuxCallName(number) };
}

/** `write (4)`; `call 999` where the number has no name. */
export function callText({ number, name }: SystemCall): string {
  return name === null ? `call ${String(number)}` : `${name} (${String(number)})`;
}

/** What a system call gives back: EAX at its exit, signed. */
export function callResult(trace: TraceSource, seqExit: number): number | null {
  return trace.hasState ? trace.stateBefore(seqExit)[EAX]! | 0 : null;
}
