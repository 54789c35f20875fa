// Two outcomes side by side: the events of the recording from a point on, and those of a trial from the same point.

import { describeEvent, labelEvent } from '../../core/event/describe.ts';
import type { TraceEvent } from '../../core/event/event.ts';

/** An event as a line. `seq` is its number in the recording; a trial's events have none there. */
export interface OutcomeLine { readonly seq: number | null; readonly title: string; readonly sentence: string; readonly where: string; readonly tone: 'fault' | 'end' | 'change' | 'plain' }
/** `same`: both sides alike. `first`: where they part. `after`: behind that; the sides need not belong together. */
export interface OutcomeRow { readonly kind: 'same' | 'first' | 'after'; readonly was: OutcomeLine | null; readonly is: OutcomeLine | null }
export interface Outcomes {
  readonly rows: readonly OutcomeRow[];
  /** Like events above the first row that is shown. */
  readonly skipped: number;
  /** True when the two part. */
  readonly differs: boolean;
  /** Events of each side below the last row. */
  readonly more: { readonly was: number; readonly is: number };
}

/** Rows shown above and below the first difference. */
const BEFORE = 3, AFTER = 5;

/** Compares by what happens and where, not by when: a trial may take a few instructions more on the same way. `isWhole`: the trial ran to its end; else what it lacks at its end only has not come yet. */
export function compareOutcomes(was: readonly TraceEvent[], is: readonly TraceEvent[], { isWhole }: { readonly isWhole: boolean }): Outcomes {
  const keysOf = (events: readonly TraceEvent[]): readonly string[] => events.map(keyOf);
  const a = keysOf(was), b = keysOf(is);
  const shorter = Math.min(a.length, b.length);
  let first = 0;
  while (first < shorter && a[first] === b[first]) first += 1;
  const differs = first < b.length || (isWhole && first < a.length);
  const from = Math.max(0, first - BEFORE);
  const end = differs ? first + 1 + AFTER : first;
  const rows: OutcomeRow[] = [];
  for (let at = from; at < end && (at < a.length || at < b.length); at += 1) {
    const old = was[at], now = is[at];
    rows.push({ kind: at < first ? 'same' : at === first ? 'first' : 'after', was: old === undefined ? null : lineOf(old, true), is: now === undefined ? null : lineOf(now, false) });
  }
  return { rows, skipped: from, differs, more: { was: differs ? Math.max(0, a.length - end) : 0, is: Math.max(0, b.length - end) } };
}

function keyOf(event: TraceEvent): string {
  return `${event.kind} ${String(event.cs)} ${String(event.ip)} ${describeEvent(event)}`;
}

function lineOf(event: TraceEvent, recorded: boolean): OutcomeLine {
  const sentence = describeEvent(event);
  const tone = event.kind === 'fault' || event.kind === 'shutdown' || event.kind === 'unsupported' ? 'fault' : event.kind === 'exit' || event.kind === 'halt' || event.kind === 'reset' ? 'end' : event.kind === 'transition' && event.from.cpl !== event.to.cpl ? 'change' : 'plain';
  const where = event.ip === null ? '' : `0x${event.ip.toString(16)}`;
  return { seq: recorded ? event.seq : null, title: labelEvent(event), sentence: sentence.charAt(0).toUpperCase() + sentence.slice(1), where, tone };
}
