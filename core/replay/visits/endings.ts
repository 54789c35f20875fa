// Why a visit has no exit and an exit no visit, as sentences without a full stop: the table, the inspector and the command line print these.

import { UNMATCHED, type Ending, type Unmatched, type Visit, type Visits } from './table.ts';

/** By ending; `seq` is the event at which the visit was over. */
const WORDS: Readonly<Record<Exclude<Ending, 'returned'>, (seq: number) => string>> = {
  'open': () => 'the recording ends before it returns',
  'stack-reused': (seq) => `it never returns: event ${String(seq)} used its place on the stack again`,
  'shutdown': (seq) => `the processor shuts down in it, at event ${String(seq)}`,
  'reset': (seq) => `the machine is reset in it, at event ${String(seq)}`,
  'not-logged': () => 'the log does not show returns inside the kernel',
};

const STRAY_WORDS: Readonly<Record<Unmatched, string>> = {
  'no-entry': 'no entry of this recording pushed the frame it takes: a first way to user code, or a frame the kernel built',
  'error-code': 'it takes the error code for its instruction pointer: the handler did not pop it',
  'address-space': 'the frame it takes was pushed in another address space',
  'other-stack': 'no fast call under way began on the stack it leaves',
  'filtered': 'its entry may be among the events the recording does not keep',
};

/** Of a return that faulted outside of all visits. */
export const FAILED_OUTSIDE = 'the return faulted, and no visit was under way on its stack: a first way to user code, or a frame the kernel built';

/** Why the visit has no exit; empty for one that returned. */
export function whyUnreturned({ reason, seqOver }: Pick<Visit, 'reason' | 'seqOver'>): string {
  return reason === null ? '' : WORDS[reason](seqOver);
}

/** An exit that belongs to no visit. */
export interface StrayExit { readonly seq: number; readonly reason: Unmatched; readonly text: string }

/** The `index`-th exit that belongs to no visit. */
export function strayAt({ strayExits, strayReasons }: Visits, index: number): StrayExit {
  const reason = UNMATCHED[strayReasons[index]!]!;
  return { seq: strayExits[index]!, reason, text: STRAY_WORDS[reason] };
}
