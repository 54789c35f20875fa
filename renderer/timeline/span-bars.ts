// Which bars the kernel visits of the stretch in view make, as plain geometry. Work is bounded by rows and pixels, never by the number of
// visits: those too short for a bar of their own share a cell, and the next one is sought behind it.

import type { Columns } from '../session/columns.ts';
import { extentOf, indexAt, pixelOf, unitAt, unitOf, type Scale } from '../session/scale.ts';
import type { Spans } from '../session/spans.ts';

/** A bar narrower than this is drawn as a cell. */
const BAR_PIXELS = 3;
const CELL_PIXELS = 2;

/** One visit, or several in one cell. `index`: the visit, or the first of the cell. `from` and `to` are CSS pixels, not yet cut to the view. */
export interface SpanBar { readonly index: number; readonly row: number; readonly from: number; readonly to: number; readonly count: number }

/** The bars in view, row by row, from left to right. */
export function spanBars(spans: Spans, columns: Columns, scale: Scale): readonly SpanBar[] {
  const bars: SpanBar[] = [];
  for (const [row, list] of spans.rows.entries()) addRow(bars, { spans, columns, scale }, row, list);
  return bars;
}

interface Drawn { readonly spans: Spans; readonly columns: Columns; readonly scale: Scale }

function addRow(bars: SpanBar[], { spans, columns, scale }: Drawn, row: number, list: Uint32Array): void {
  const { entry } = spans.visits;
  const seqOf = (at: number): number => entry[list[at] ?? 0] ?? 0;
  const firstSeq = indexAt(columns, scale.axis, scale.view.first);
  // the one that began before the view may reach into it
  for (let at = Math.max(0, firstAtLeast(list.length, seqOf, firstSeq, 0) - 1); at < list.length;) {
    const bar = barOf({ spans, columns, scale }, row, list[at] ?? 0);
    if (bar.from > scale.left + scale.width) return;
    if (bar.to - bar.from >= BAR_PIXELS) {
      if (bar.to >= scale.left) bars.push(bar);
      at += 1;
      continue;
    }
    const cell = Math.floor(bar.from / CELL_PIXELS) * CELL_PIXELS;
    const next = Math.max(at + 1, firstAtLeast(list.length, seqOf, indexAt(columns, scale.axis, unitAt(scale, cell + CELL_PIXELS)), at + 1));
    bars.push({ ...bar, from: cell, to: cell + CELL_PIXELS, count: next - at });
    at = next;
  }
}

function barOf({ spans, columns, scale }: Drawn, row: number, index: number): SpanBar {
  const { visits } = spans;
  const over = visits.over[index] ?? 0;
  const end = over >= columns.count ? extentOf(columns, scale.axis) : unitOf(columns, scale.axis, over);
  return { index, row, count: 1, from: pixelOf(scale, unitOf(columns, scale.axis, visits.entry[index] ?? 0)), to: pixelOf(scale, end) };
}

/** The visit at a pixel of a row, within `reach` pixels; null when there is none. */
export function spanAt(spans: Spans, columns: Columns, scale: Scale, at: { readonly row: number; readonly x: number; readonly reach: number }): number | null {
  const list = spans.rows[at.row];
  if (list === undefined) return null;
  const { entry } = spans.visits;
  const next = firstAtLeast(list.length, (one) => entry[list[one] ?? 0] ?? 0, indexAt(columns, scale.axis, unitAt(scale, at.x + at.reach)), 0);
  const index = list[next - 1];
  if (index === undefined) return null;
  return barOf({ spans, columns, scale }, at.row, index).to >= at.x - at.reach ? index : null;
}

function firstAtLeast(length: number, valueOf: (at: number) => number, value: number, from: number): number {
  let low = from;
  let high = length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (valueOf(middle) < value) low = middle + 1; else high = middle;
  }
  return low;
}
