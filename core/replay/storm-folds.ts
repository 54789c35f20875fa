// Folding storms for a table of events: the first round and the last stay, the rounds between them become one row. Ranges are half-open,
// rising, and never overlap: of two storms that run through one another the earlier is folded.

import { EVENT_KINDS } from '../event/kinds.ts';
import type { TraceSource } from './source.ts';
import type { Storm } from './storms.ts';

export interface Fold {
  /** Events hidden: [first, end). */
  readonly first: number;
  readonly end: number;
  /** Index of the storm in the list. */
  readonly storm: number;
  /** Rounds hidden. */
  readonly rounds: number;
  /** `410 rounds like the one before: the same #PF …`, a sentence for the row that stands in their place. */
  readonly text: string;
}

/** The folds of a list of storms. */
export function foldsOf(trace: TraceSource, storms: readonly Storm[]): readonly Fold[] {
  const folds: Fold[] = [];
  let free = 0;
  storms.forEach((storm, index) => {
    const first = storm.rounds[1]!, end = storm.rounds[storm.count - 1]!;
    if (first < free || end <= first) return;
    const rounds = storm.count - 2;
    const others = unlike(trace, storm, { first, end });
    folds.push({ first, end, storm: index, rounds, text: `${String(rounds)} more ${rounds === 1 ? 'round' : 'rounds'}: ${storm.text}${others === '' ? '' : `; among them ${others}`}` });
    free = end;
  });
  return folds;
}

// what the hidden rounds have more of than the first one: nothing may hide behind a fold unsaid
function unlike(trace: TraceSource, storm: Storm, { first, end }: { readonly first: number; readonly end: number }): string {
  const once = kindsBetween(trace, storm.seqFirst, first);
  const all = kindsBetween(trace, first, end);
  const more = EVENT_KINDS.flatMap((kind, code) => {
    const many = all[code]! - once[code]! * (storm.count - 2);
    return many > 0 ? [`${String(many)} ${kind}`] : [];
  });
  return more.length === 0 ? '' : `${more.join(', ')} more`;
}

function kindsBetween(trace: TraceSource, first: number, end: number): Uint32Array {
  const counts = new Uint32Array(EVENT_KINDS.length);
  for (let seq = first; seq < end; seq += 1) {
    const code = trace.kindAt(seq);
    if (code >= 0) counts[code]! += 1;
  }
  return counts;
}
