// Names and source lines of events and kernel visits of the open trace, as text; all empty where no symbols are known.

import { codeOfEvent, placeText, sourceText, symbolText, type CodePlace, type EventCode } from '../../core/replay/code-names.ts';
import { eventOf } from './events.ts';
import type { Recording } from './recording.ts';

const NOTHING: EventCode = { at: null, to: null };

/** What is known of an event's instruction, and of where it led. */
export function codeAt(recording: Recording, seq: number): EventCode {
  const event = recording.symbols === null ? null : eventOf(recording, seq);
  return event === null ? NOTHING : codeOfEvent(recording.source, recording.symbols, event);
}

/** `main+0x12 (trap.c:131) → handler`; `whole`: files with their folders. */
export function codeText({ at, to }: EventCode, length: 'whole' | 'short' = 'short'): string {
  const end = length === 'whole' ? placeText(to, length) : symbolText(to?.symbol ?? null), start = placeText(at, length);
  return end === '' ? start : start === '' ? `→ ${end}` : `${start} → ${end}`;
}

/** `main (trap.c:131)`, or `main+0x12` where no line is known: for little room. */
export function briefPlace(place: CodePlace | null): string {
  if (place === null || place.symbol === null || place.source === null) return placeText(place);
  return `${place.symbol.name} (${sourceText(place.source, 'short')})`;
}

/** Names of handlers by visit: asked for at every drawing. */
const handlers = new WeakMap<Recording, Map<number, string>>();

/** The function a kernel visit begins in; empty where it has no name. */
export function handlerOf(recording: Recording, index: number): string {
  if (recording.symbols === null) return '';
  const known = handlers.get(recording) ?? new Map<number, string>();
  handlers.set(recording, known);
  let name = known.get(index);
  if (name === undefined) known.set(index, name = symbolText(codeAt(recording, recording.spans.visits.entry[index] ?? 0).to?.symbol ?? null));
  return name;
}

/** Where a kernel visit begins and what it interrupts, in words: `in entry_timer, from sieve_main+0x23 (sieve.c:30)`; empty without names. */
export function visitCodeText(recording: Recording, index: number): string {
  const { at, to } = codeAt(recording, recording.spans.visits.entry[index] ?? 0);
  const parts = [to === null ? '' : `in ${placeText(to)}`, at === null ? '' : `from ${placeText(at)}`];
  return parts.filter((part) => part !== '').join(', ');
}
