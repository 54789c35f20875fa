// The horizontal scale of the timeline: units are events or instructions, a view is a half-open stretch of them.

import { firstAtCount, spanOf, type Columns } from './columns.ts';

export type Axis = 'events' | 'instructions';
export interface View { readonly first: number; readonly last: number }
export interface Scale { readonly axis: Axis; readonly view: View; readonly left: number; readonly width: number }

/** Smallest number of units a view may span. */
export const SPAN_MIN = 4;
/** Room before the first and behind the last event, as a share of the span. */
const MARGIN = 0.02;

/** Units of the whole recording on an axis. */
export function extentOf(columns: Columns, axis: Axis): number {
  return axis === 'events' ? Math.max(1, columns.count) : spanOf(columns);
}

/** The view that shows everything. */
export function fitView(columns: Columns, axis: Axis): View {
  const extent = extentOf(columns, axis);
  const margin = Math.max(0.5, extent * MARGIN);
  return { first: -margin, last: extent + margin };
}

/** Unit at which an event is drawn; on the event axis it stands in the middle of its slot. */
export function unitOf(columns: Columns, axis: Axis, seq: number): number {
  if (axis === 'events') return seq + 0.5;
  return seq >= columns.count ? spanOf(columns) : columns.icount[seq] ?? 0;
}

/** CSS pixel of a unit. */
export function pixelOf(scale: Scale, unit: number): number {
  return scale.left + ((unit - scale.view.first) / (scale.view.last - scale.view.first)) * scale.width;
}

/** Unit at a CSS pixel. */
export function unitAt(scale: Scale, pixel: number): number {
  return scale.view.first + ((pixel - scale.left) / scale.width) * (scale.view.last - scale.view.first);
}

/** Index of the first event drawn at or right of a unit. */
export function indexAt(columns: Columns, axis: Axis, unit: number): number {
  const index = axis === 'events' ? Math.ceil(unit - 0.5) : firstAtCount(columns, unit);
  return Math.max(0, Math.min(columns.count, index));
}

/** The view enlarged (factor below 1) or reduced about a unit that keeps its place; never beyond the recording. */
export function zoomView(view: View, about: number, factor: number, whole: View): View {
  const span = Math.min(whole.last - whole.first, Math.max(SPAN_MIN, (view.last - view.first) * factor));
  const share = (about - view.first) / (view.last - view.first);
  return heldInside({ first: about - share * span, last: about + (1 - share) * span }, whole);
}

/** The view moved by units, stopped at the ends. */
export function panView(view: View, by: number, whole: View): View {
  return heldInside({ first: view.first + by, last: view.last + by }, whole);
}

/** The view moved as little as needed to show a unit with some room beside it. */
export function revealUnit(view: View, unit: number, whole: View): View {
  const span = view.last - view.first;
  const room = span * 0.08;
  if (unit >= view.first + room && unit <= view.last - room) return view;
  if (unit >= view.first && unit <= view.last && (view.first <= whole.first || view.last >= whole.last)) {
    const inside = unit < view.first + room ? view.first <= whole.first : view.last >= whole.last;
    if (inside) return view;
  }
  const far = unit < view.first - span || unit > view.last + span;
  const first = far ? unit - span / 2 : unit < view.first + room ? unit - room : unit + room - span;
  return heldInside({ first, last: first + span }, whole);
}

function heldInside(view: View, whole: View): View {
  const span = view.last - view.first;
  if (span >= whole.last - whole.first) return whole;
  const first = Math.min(Math.max(view.first, whole.first), whole.last - span);
  return { first, last: first + span };
}

/** Round positions for axis labels: about one a `spacing` pixels, steps of 1, 2 or 5 times a power of ten, whole numbers only. */
export function ticksOf(scale: Scale, spacing: number, extent: number): readonly number[] {
  const span = scale.view.last - scale.view.first;
  const rough = (span * spacing) / Math.max(1, scale.width);
  const power = 10 ** Math.floor(Math.log10(Math.max(1, rough)));
  const step = [1, 2, 5, 10].map((times) => times * power).find((candidate) => candidate >= rough) ?? 10 * power;
  const ticks: number[] = [];
  for (let unit = Math.max(0, Math.ceil(scale.view.first / step) * step); unit <= Math.min(scale.view.last, extent); unit += step) ticks.push(unit);
  return ticks;
}

/** Where a point between two events stands on the event axis: as far from the one before as its share of the instructions between them. */
export function betweenEvents(columns: Columns, at: { readonly icount: number; readonly seq: number }): number {
  const next = columns.icount[at.seq] ?? 0;
  const before = at.seq === 0 ? 0 : columns.icount[at.seq - 1] ?? 0;
  const share = next > before ? Math.max(0, Math.min(1, (at.icount - before) / (next - before))) : 0.5;
  return at.seq - 0.5 + share;
}
