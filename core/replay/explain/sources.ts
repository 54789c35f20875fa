// Where a transition took the new CS, IP, SS and stack pointer from, and what it left of the flags: the MSRs of SYSENTER, a gate and the TSS,
// a frame. What the listening probe heard, and the register file; with the last writer of each.

import { namesOfSetBits } from '../../arch/bit-field.ts';
import { EFLAGS_AC, EFLAGS_DF, EFLAGS_FIELDS, EFLAGS_NT, EFLAGS_TF } from '../../arch/flags.ts';
import { hex } from '../../base/u64.ts';
import type { TransitionEvent } from '../../event/event.ts';
import type { Heard, HeardAccess } from '../../event/heard.ts';
import type { TransitionSource } from './explanation.ts';
import type { Inquiry } from './inquiry.ts';
import { nameOfRegister, registerValue } from './names.ts';
import { originOfTransition } from './origin-transition.ts';
import { writerOfMemory, writerOfRegister } from './writer.ts';

const WANTED: readonly (readonly [name: string, label: string])[] = [['cs.selector', 'CS'], ['rip', 'EIP'], ['ss.selector', 'SS'], ['rsp', 'ESP']];
/** Flags of the interrupted program that mean something to the code that runs next. */
const CARRIED = BigInt(EFLAGS_TF | EFLAGS_DF | EFLAGS_NT | EFLAGS_AC);

/** The sources of a transition's registers that changed. `slice` is what was heard for it. */
export async function sourcesOf(inquiry: Inquiry, event: TransitionEvent, slice: readonly Heard[]): Promise<readonly TransitionSource[]> {
  const accesses = slice.filter((one): one is HeardAccess => one.kind === 'access');
  const registers = inquiry.trace.stateBefore(event.seq).slice(), after = inquiry.trace.stateAfter(event.seq).slice();
  const before = inquiry.before(event.seq);
  const sources: TransitionSource[] = [];
  for (const [name, register] of WANTED) {
    const value = registerValue(after, name);
    const origin = originOfTransition(event, name, accesses);
    if (value === registerValue(registers, name) || (origin.kind !== 'memory' && origin.kind !== 'register')) continue;
    const { writer, symbol, place } = origin.kind === 'memory' ? await writerOfMemory(inquiry, { before, physical: origin.physical, length: origin.length }) : await writerOfRegister(inquiry, { before, name: origin.name });
    const from = origin.kind === 'memory' ? origin.name : `${nameOfRegister(origin.name)} = ${hex(registerValue(registers, origin.name))}`;
    sources.push({ register, value: hex(value), from, lastWriter: writer, writerSymbol: symbol, writerPlace: place });
  }
  return sources;
}

/** Names of flags that were set before a transition inwards and still are behind it; from the event alone. */
export function carriedFlags({ from, to }: TransitionEvent): readonly string[] {
  if (from.flags === null || to.flags === null || from.cpl === null || to.cpl === null || to.cpl >= from.cpl) return [];
  return namesOfSetBits(from.flags & to.flags & CARRIED, EFLAGS_FIELDS);
}
