// Breakpoint hits as pixels of the hit row: neighbours on one pixel are joined and counted.

import type { Columns } from '../session/columns.ts';
import { indexAt, pixelOf, unitAt, unitOf, type Scale } from '../session/scale.ts';

const JOIN_PIXELS = 9;

/** Joined hits of the stretch in view. `hits` are sequence numbers, rising. Work is bounded by the pixels: it jumps from dot to dot. */
export function hitPixels(hits: ArrayLike<number>, columns: Columns, scale: Scale): readonly { readonly x: number; readonly count: number }[] {
  const result: { x: number; count: number }[] = [];
  const right = indexAt(columns, scale.axis, scale.view.last);
  let at = firstAtLeast(hits, indexAt(columns, scale.axis, scale.view.first), 0);
  while (at < hits.length && (hits[at] ?? right) < right) {
    const x = pixelOf(scale, unitOf(columns, scale.axis, hits[at] ?? 0));
    const next = firstAtLeast(hits, indexAt(columns, scale.axis, unitAt(scale, x + JOIN_PIXELS)), at + 1);
    result.push({ x, count: next - at });
    at = next;
  }
  return result;
}

function firstAtLeast(hits: ArrayLike<number>, seq: number, from: number): number {
  let low = from;
  let high = hits.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((hits[middle] ?? 0) < seq) low = middle + 1; else high = middle;
  }
  return low;
}
