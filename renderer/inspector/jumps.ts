// Places that can be gone to from a card, and the words for who wrote something.

import type { LastWriter } from '../../core/event/json.ts';
import type { Place } from '../../core/replay/explain/explanation.ts';
import type { SymbolTable } from '../../core/symbols/symbol-table.ts';
import type { Session } from '../session/session.svelte.ts';
import type { Write } from '../session/who.ts';
import { nameOf } from './names.ts';

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

/** A write as a line to draw. */
export interface WriteLine { readonly who: string; readonly where: string | null; readonly before: string | null; readonly after: string | null; readonly place: Place | null }

interface Found { readonly by: 'cpu' | 'device' | 'loader'; readonly cpl: number | null; readonly ip: bigint | null; readonly before: bigint | null; readonly after: bigint | null }
const hex = (value: bigint | null): string | null => (value === null ? null : `0x${value.toString(16)}`);

function lineOf({ by, cpl, ip, before, after }: Found, place: Place | null, symbol: string | null): WriteLine {
  const who = by === 'loader' ? 'the loader, before the first instruction' : by === 'device' ? 'a device' : cpl === null ? 'an unknown ring' : `ring ${String(cpl)}`;
  return { who, where: by === 'cpu' && ip !== null ? symbol ?? hex(ip) : null, before: by === 'loader' ? null : hex(before), after: hex(after), place: by === 'loader' ? null : place };
}

/** The line of a last writer, or why there is none. */
export function writerLine(writer: LastWriter, symbols: SymbolTable | null, symbol: string | null = null): WriteLine | { readonly absent: string } {
  if ('absent' in writer) return writer;
  const { seq, icount, nextSeq, ip } = writer;
  const place: Place | null = seq !== null ? { event: seq, at: null } : icount !== null && nextSeq !== undefined ? { event: null, at: { icount, iteration: 0, seq: nextSeq } } : null;
  return lineOf(writer, place, symbol ?? (ip === null ? null : nameOf(symbols, ip)));
}

/** The line of a write found by executing again. */
export function foundLine(write: Write, symbols: SymbolTable | null): WriteLine {
  return lineOf(write, { event: write.event, at: write.at }, write.ip === null ? null : nameOf(symbols, write.ip));
}

/** The same in one sentence: `written by ring 0 at setup+0x12, event 7: 0x0 -> 0x9003`. */
export function writeText({ who, where, before, after, place }: WriteLine): string {
  const at = where === null ? '' : ` at ${where}`;
  const when = place === null ? '' : `, ${placeWords(place)}`;
  const what = after === null ? '' : before === null ? `: ${after}` : `: ${before} -> ${after}`;
  return `written by ${who}${at}${when}${what}`;
}
