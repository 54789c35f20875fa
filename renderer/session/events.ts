// Events of the open trace as words: one object, one short title, one sentence. The words themselves are core/event's.

import type { TraceEvent } from '../../core/event/event.ts';
import { describeEvent, describeWithoutRule, labelEvent } from '../../core/event/describe.ts';
import type { Recording } from './recording.ts';

/** The event with this number, or null where there is none or its row was dropped. */
export function eventOf(recording: Recording, seq: number): TraceEvent | null {
  const { source } = recording;
  return seq < 0 || seq >= source.eventCount || source.kindAt(seq) < 0 ? null : source.event(seq);
}

/** What happened, in one sentence. */
export function sentenceAt(recording: Recording, seq: number | null): string {
  if (seq === null) return '';
  const event = eventOf(recording, seq);
  if (event === null) return 'This event was left out by the recording’s filter.';
  const words = recording.system?.wordsAt(seq) ?? '';
  return asSentence(`${describeEvent(event)}${words === '' ? '' : `; ${words}`}`);
}

/** What happened, without the check that failed: for where that has a place of its own. */
export function sentenceWithoutRule(event: TraceEvent): string {
  return asSentence(describeWithoutRule(event));
}

function asSentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** A short title: `#PF`, `INT 0x80`, `SYSENTER`, `CR3`, `MSR write`. */
export function titleAt(recording: Recording, seq: number): string {
  const event = eventOf(recording, seq);
  if (event === null) return 'filtered';
  const named = event.kind === 'fault' || event.kind === 'transition' || event.kind === 'cr-write' || event.kind === 'dr-write' || event.kind === 'table-load' || event.kind === 'halt';
  return named ? labelEvent(event) : event.kind.replace('-', ' ').replace('msr', 'MSR').replace('tlb', 'TLB').replace(/^vm|^os/, (name) => name.toUpperCase());
}

/** Text beside a mark of the timeline; empty for marks that speak for themselves. */
export function describeShort(recording: Recording, seq: number): string {
  const event = eventOf(recording, seq);
  if (event === null || event.kind === 'console' || event.kind === 'table-write' || event.kind === 'tlb-flush') return '';
  if (event.kind === 'transition' && (event.via === 'exception' || event.via === 'unknown')) return '';
  if (event.kind === 'msr-write') return event.name.replace('IA32_', '');
  return labelEvent(event);
}

/** CS:IP of the instruction responsible; empty where it is not recorded. */
export function whereAt(recording: Recording, seq: number): string {
  const event = eventOf(recording, seq);
  return event === null || event.cs === null || event.ip === null ? '' : `${event.cs.toString(16)}:${event.ip.toString(16).padStart(8, '0')}`;
}

/** Line of the log an imported event came from; null for recorded ones. */
export function sourceLineAt(recording: Recording, seq: number): number | null {
  return eventOf(recording, seq)?.sourceLine ?? null;
}

/** Stored events from one on, at most so many. */
export function recordedFrom(recording: Recording, first: number, most: number): readonly TraceEvent[] {
  const events: TraceEvent[] = [];
  for (let seq = Math.max(0, first); seq < recording.source.eventCount && events.length < most; seq += 1) {
    const event = eventOf(recording, seq);
    if (event !== null) events.push(event);
  }
  return events;
}
