// The cost picture as plain figures: what is drawn for each mechanism, row by row. Arithmetic only; what the work is comes from core/replay.

import type { ViaColour } from '../session/via-colours.ts';

/** One way into the kernel and back. */
export interface Mechanism {
  /** `int 0x80 + iret`. */
  readonly name: string;
  readonly colour: ViaColour;
  /** Calls in the recording, and those that were executed again to see their work. */
  readonly calls: number;
  readonly sampled: number;
}

/** One kind of work. `counts`: a number for each mechanism. */
export interface WorkRow { readonly id: string; readonly label: string; readonly what: string; readonly counts: readonly number[] }

/** Things drawn one by one at most; more are a bar. */
export const UNITS_MAX = 120;

/** How a count is drawn: as that many squares, or as a bar of a share of the largest. */
export type Drawing = { readonly kind: 'none' } | { readonly kind: 'units'; readonly units: number } | { readonly kind: 'bar'; readonly share: number };

/** All counts of a row are drawn alike, so that they can be compared. */
export function drawingsOf({ counts }: WorkRow): readonly Drawing[] {
  const most = Math.max(0, ...counts);
  const countable = most <= UNITS_MAX && counts.every((count) => Number.isInteger(count));
  return counts.map((count): Drawing => (count === 0 ? { kind: 'none' } : countable ? { kind: 'units', units: count } : { kind: 'bar', share: count / most }));
}

/** How the first count stands to the last, in words: `4.2 ×`, `the same`, `7 : 0` where one side has none. Empty with one mechanism. */
export function ratioText({ counts }: WorkRow): string {
  const first = counts[0], last = counts[counts.length - 1];
  if (counts.length < 2 || first === undefined || last === undefined) return '';
  if (first === last) return first === 0 ? 'none' : 'the same';
  if (first === 0 || last === 0) return `${countText(first)} : ${countText(last)}`;
  const ratio = first > last ? first / last : last / first;
  const text = Number.isInteger(ratio) ? String(ratio) : ratio.toFixed(1);
  return `${text} ×`;
}

/** A count as people read it: whole, or with one decimal where it is a mean. */
export function countText(count: number): string {
  return Number.isInteger(count) ? count.toLocaleString('en') : count.toLocaleString('en', { minimumFractionDigits: 1, maximumFractionDigits: 1 });
}
