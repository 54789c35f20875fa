// Which marks the timeline draws for the stretch in view, as plain geometry: shapes when they fit, columns of pixels when they
// do not. The work is bounded by the pixels, never by the number of events.

import { MARKS, kindOf, viaOf, type Columns, type Counted } from '../session/columns.ts';
import type { Via } from '../../core/event/kinds.ts';
import { indexAt, pixelOf, unitAt, unitOf, type Scale } from '../session/scale.ts';

/** Events wider apart than this many pixels are drawn as shapes. */
const SHAPE_SPACING = 3;

export interface ShapeMark { readonly seq: number; readonly x: number; readonly mark: (typeof MARKS)[number]; readonly kind: string; readonly before: number; readonly after: number; readonly via: Via | null; readonly inferred: boolean }
/** One pixel column: shares (0..1) of the events in it that stand in each ring, and counts of what must not get lost. */
export interface DenseColumn { readonly x: number; readonly shares: readonly number[]; readonly counts: Readonly<Record<Counted, number>> }
export type Drawing =
  | { readonly style: 'shapes'; readonly marks: readonly ShapeMark[]; readonly ringFirst: number }
  | { readonly style: 'columns'; readonly columns: readonly DenseColumn[] };

/** The events in view, [first, end), with one more on either side so that lines reach the borders. */
export function visibleRange(columns: Columns, scale: Scale): { readonly first: number; readonly end: number } {
  return { first: Math.max(0, indexAt(columns, scale.axis, scale.view.first) - 1), end: Math.min(columns.count, indexAt(columns, scale.axis, scale.view.last) + 1) };
}

/** Chooses shapes or columns for the view and lays them out. `columnWidth` is the width of a dense column in CSS pixels. */
export function draw(columns: Columns, scale: Scale, columnWidth = 1): Drawing {
  const { first, end } = visibleRange(columns, scale);
  if ((end - first) * SHAPE_SPACING > scale.width) return { style: 'columns', columns: denseColumns(columns, scale, columnWidth) };
  const marks: ShapeMark[] = [];
  for (let seq = first; seq < end; seq += 1) {
    const mark = MARKS[columns.mark[seq] ?? 0] ?? 'none';
    marks.push({
      seq, mark, x: pixelOf(scale, unitOf(columns, scale.axis, seq)), kind: kindOf(columns, seq) ?? 'filtered',
      before: columns.ringBefore[seq] ?? 4, after: columns.ringAfter[seq] ?? 4, via: mark === 'transition' ? viaOf(columns, seq) : null,
      inferred: columns.inferred[seq] === 1,
    });
  }
  return { style: 'shapes', marks, ringFirst: columns.ringBefore[first] ?? 4 };
}

/** The stretch in view as columns of `columnWidth` pixels. */
export function denseColumns(columns: Columns, scale: Scale, columnWidth: number): readonly DenseColumn[] {
  const result: DenseColumn[] = [];
  let first = indexAt(columns, scale.axis, unitAt(scale, scale.left));
  let ring = columns.ringBefore[first] ?? 4;
  for (let x = scale.left; x < scale.left + scale.width; x += columnWidth) {
    const end = indexAt(columns, scale.axis, unitAt(scale, x + columnWidth));
    const unit = unitAt(scale, x);
    const inside = unit >= 0 && unit <= (scale.axis === 'events' ? columns.count : (columns.icount[columns.count - 1] ?? 0) + 1);
    const total = Math.max(0, end - first);
    const shares = [0, 1, 2, 3].map((one) => (total > 0 ? between(columns.ringSums[one], first, end) / total : inside && ring === one ? 1 : 0));
    const count = (name: Counted): number => between(columns.sums[name], first, end);
    result.push({ x, shares, counts: { fault: count('fault'), msr: count('msr'), cr: count('cr'), end: count('end'), change: count('change') } });
    if (end > first) ring = columns.ringAfter[end - 1] ?? ring;
    first = Math.max(first, end);
  }
  return result;
}

function between(sums: Uint32Array | undefined, first: number, end: number): number {
  return (sums?.[end] ?? 0) - (sums?.[first] ?? 0);
}

/** The event nearest to a pixel, within `reach` pixels, graver marks first among those equally near; null when there is none. */
export function hit(columns: Columns, scale: Scale, x: number, reach: number): number | null {
  const first = indexAt(columns, scale.axis, unitAt(scale, x - reach));
  const end = Math.min(indexAt(columns, scale.axis, unitAt(scale, x + reach)), first + 512);
  let best: number | null = null;
  let bestScore = Number.POSITIVE_INFINITY;
  for (let seq = first; seq < end; seq += 1) {
    const distance = Math.abs(pixelOf(scale, unitOf(columns, scale.axis, seq)) - x);
    const score = distance - (columns.mark[seq] ?? 0) * 0.4;
    if (distance <= reach && score < bestScore) { best = seq; bestScore = score; }
  }
  return best;
}
