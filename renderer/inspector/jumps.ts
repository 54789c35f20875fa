// Places that can be gone to from a card, and the words for who wrote something.

import type { LastWriter } from '../../core/event/json.ts';
import type { Position } from '../../core/event/position.ts';
import type { Place } from '../../core/replay/explain/explanation.ts';
import type { Named } from '../../core/replay/code-names.ts';
import { writerName } from '../../core/replay/last-writer.ts';
import type { Session } from '../session/session.svelte.ts';

/** Moves the playhead there: to the event where there is one, else between events. */
export function goToPlace(session: Session, { event, at }: Place): void {
  if (event !== null) session.goTo(event);
  else if (at !== null) session.moveTo(at);
}

/** `event 7`, or `before event 8`, or empty where it cannot be gone to. */
export function placeWords({ event, at }: Place): string {
  if (event !== null) return `event ${String(event)}`;
  return at === null ? '' : `before event ${String(at.seq)}`;
}

/** A write as a line to draw: what was done (`written by`), who did it, from where, what became of what. */
export interface WriteLine { readonly did: string; readonly who: string; readonly where: string | null; readonly before: string | null; readonly after: string | null; readonly place: Place | null }

const DID = { pushed: 'pushed by', called: 'pushed by a call of', saved: 'saved by a task switch of' } as const;
const hex = (value: bigint | null): string | null => (value === null ? null : `0x${value.toString(16)}`);

/** The line of a last writer, or why there is none. `known`: what is known beside it, the name of its address and the point before it. */
export function writerLine(writer: LastWriter, named: Named | null, known: { readonly symbol?: string | null; readonly at?: Position | null } = {}): WriteLine | { readonly absent: string } {
  if ('absent' in writer) return writer;
  const { by, cpl, ip, seq, icount, nextSeq, before, after, how } = writer;
  const boundary = known.at ?? (icount !== null && nextSeq !== undefined ? { icount, iteration: 0, seq: nextSeq } : null);
  const ring = cpl === null ? 'an unknown ring' : `ring ${String(cpl)}`;
  const isLoader = by === 'loader';
  return {
    did: how === undefined ? 'written by' : DID[how], who: isLoader ? 'the loader, before the first instruction' : by === 'device' ? `a device, asked by ${ring}` : ring,
    where: isLoader || ip === null ? null : known.symbol ?? (named === null ? null : writerName(writer, named)) ?? hex(ip), before: isLoader ? null : hex(before), after: hex(after),
    place: isLoader ? null : seq !== null ? { event: seq, at: null } : boundary === null ? null : { event: null, at: boundary },
  };
}

/** The same in one sentence: `written by ring 0 at setup+0x12, event 7: 0x0 -> 0x9003`. */
export function writeText({ did, who, where, before, after, place }: WriteLine): string {
  const at = where === null ? '' : ` at ${where}`;
  const when = place === null ? '' : `, ${placeWords(place)}`;
  const what = after === null ? '' : before === null ? `: ${after}` : `: ${before} -> ${after}`;
  return `${did} ${who}${at}${when}${what}`;
}
