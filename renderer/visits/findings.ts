// What is remarkable about a kernel visit, as short words with a tone; and why an exit stands alone.

import { ENDINGS, UNMATCHED, type Unmatched, type Visit, type Visits } from '../../core/replay/visits/table.ts';
import { whyNoExit } from '../session/visit-words.ts';

/** `plain`: how it ended, which is nothing to look at. */
export interface Finding { readonly text: string; readonly tone: 'plain' | 'warn' | 'bad'; readonly why: string }

const QUIET = new Set([ENDINGS.indexOf('returned'), ENDINGS.indexOf('open'), ENDINGS.indexOf('not-logged')]);

/** True when `findingsOf` would say something. Cheap: for filtering a million. */
export function hasFinding(visits: Visits, index: number): boolean {
  return !QUIET.has(visits.ending[index] ?? 0);
}

/** What to say of one visit, the gravest first. */
export function findingsOf(visit: Visit): readonly Finding[] {
  if (visit.reason === null || visit.reason === 'not-logged') return [];
  if (visit.reason === 'open') return [{ text: 'still open', tone: 'plain', why: whyNoExit(visit) }];
  const ended = visit.reason === 'shutdown' || visit.reason === 'reset';
  return [{ text: ended ? `ended by ${visit.reason}` : 'never returned', tone: ended ? 'bad' : 'warn', why: whyNoExit(visit) }];
}

const REASONS: Readonly<Record<Unmatched, string>> = {
  'no-entry': 'no entry with this frame was recorded: the frame was built by hand, as a kernel does to start a program, or lies before the recording',
  'error-code': 'an entry pushed this frame with an error code below it, and the code was not popped',
  'address-space': 'an entry pushed a frame at this address, but in another address space (CR3)',
  'other-stack': 'the stack it leaves is not one that a fast call began on',
  'filtered': 'the recording’s filter may have left the entry out',
};

export interface StrayExit { readonly seq: number; readonly why: string }

/** Exits that belong to no visit, the first `most` of them. */
export function strayExits(visits: Visits, most: number): readonly StrayExit[] {
  return Array.from(visits.strayExits.subarray(0, most), (seq, at) => ({ seq, why: REASONS[UNMATCHED[visits.strayReasons[at] ?? 0] ?? 'no-entry'] }));
}
