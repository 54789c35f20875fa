// The geometry of the overview: where the window of the timeline lies in the whole recording, what a pointer takes hold of, and the view
// that a drag or a key makes of it.

import { SPAN_MIN, panView, pixelOf, type Scale, type View } from '../session/scale.ts';

/** The window is drawn and held at least this wide. */
const WINDOW_MIN_PIXELS = 10;
const GRIP_REACH = 6;
/** Share of the window an arrow key moves or stretches it by. */
const KEY_SHARE = 0.1;

export interface Window { readonly from: number; readonly to: number }
export type Grip = 'start' | 'end' | 'inside' | 'outside';

/** Pixels of the window: inside the overview, never too narrow to be held. */
export function windowOf(view: View, scale: Scale): Window {
  const right = scale.left + scale.width;
  const inside = (pixel: number): number => Math.max(scale.left, Math.min(right, pixel));
  const from = inside(pixelOf(scale, view.first)), to = inside(pixelOf(scale, view.last));
  const missing = WINDOW_MIN_PIXELS - (to - from);
  if (missing <= 0) return { from, to };
  const first = Math.max(scale.left, Math.min(right - WINDOW_MIN_PIXELS, from - missing / 2));
  return { from: first, to: first + WINDOW_MIN_PIXELS };
}

/** What a pointer at `x` takes hold of. A window over everything cannot be moved: inside it a new one is drawn. */
export function gripAt(window: Window, x: number, { isWhole }: { readonly isWhole: boolean }): Grip {
  if (Math.abs(x - window.from) <= GRIP_REACH) return 'start';
  if (Math.abs(x - window.to) <= GRIP_REACH) return 'end';
  return !isWhole && x > window.from && x < window.to ? 'inside' : 'outside';
}

/** The view between two units, widened to the least span, inside the whole. */
export function viewBetween(one: number, other: number, whole: View): View {
  const first = Math.max(whole.first, Math.min(one, other)), last = Math.min(whole.last, Math.max(one, other));
  const missing = SPAN_MIN - (last - first);
  return missing <= 0 ? { first, last } : panView({ first: first - missing / 2, last: last + missing / 2 }, 0, whole);
}

/** The view with one edge at a unit; the other edge stays. */
export function viewWithEdge(view: View, edge: 'start' | 'end', unit: number, whole: View): View {
  return edge === 'start' ? viewBetween(Math.min(unit, view.last - SPAN_MIN), view.last, whole) : viewBetween(view.first, Math.max(unit, view.first + SPAN_MIN), whole);
}

/** The view a key makes: arrows move it, with Shift they stretch its end, Page keys move by all of it, Home and End to the ends. Null for any other key. */
export function viewForKey(key: string, { shift }: { readonly shift: boolean }, view: View, whole: View): View | null {
  const span = view.last - view.first;
  const step = Math.max(1, span * KEY_SHARE);
  switch (key) {
    case 'ArrowLeft': case 'ArrowDown': return shift ? viewWithEdge(view, 'end', view.last - step, whole) : panView(view, -step, whole);
    case 'ArrowRight': case 'ArrowUp': return shift ? viewWithEdge(view, 'end', view.last + step, whole) : panView(view, step, whole);
    case 'PageDown': return panView(view, -span, whole);
    case 'PageUp': return panView(view, span, whole);
    case 'Home': return panView(view, whole.first - view.first, whole);
    case 'End': return panView(view, whole.last - view.last, whole);
    default: return null;
  }
}
