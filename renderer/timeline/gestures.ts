// What the mouse does on the canvas of the timeline: the wheel zooms and pans, a drag pans, on the ruler it moves the playhead.

import type { Session } from '../session/session.svelte.ts';
import { fitView, indexAt, panView, unitAt, unitOf, zoomView, type Scale } from '../session/scale.ts';
import { hit } from './marks.ts';

/** Pixels a pointer may move and still have clicked. */
const STILL = 3;

/** Zooms about the pointer, or pans when it goes sideways or Shift is held. */
export function wheel(event: WheelEvent, session: Session, scale: Scale): void {
  if (session.recording === null) return;
  event.preventDefault();
  const whole = fitView(session.recording.columns, session.axis);
  const sideways = event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY);
  if (sideways) session.view = panView(session.view, ((event.deltaX || event.deltaY) / scale.width) * (session.view.last - session.view.first), whole);
  else session.view = zoomView(session.view, unitAt(scale, event.offsetX), Math.exp(event.deltaY * 0.0016), whole);
}

/** What a press needs to know. `scrub`: it moves the playhead along. `ondrag` is told when a drag begins and ends, `onclick` of a press without one. */
export interface Press {
  readonly session: Session;
  readonly scale: Scale;
  readonly scrub: boolean;
  readonly ondrag: (dragging: boolean) => void;
  readonly onclick: (at: { readonly x: number; readonly y: number }) => void;
}

/** Follows one press of the pointer to its end. */
export function press(event: PointerEvent & { readonly currentTarget: HTMLElement }, { session, scale, scrub, ondrag, onclick }: Press): void {
  const { recording } = session;
  if (recording === null || event.button > 1) return;
  const element = event.currentTarget;
  const box = element.getBoundingClientRect();
  const from = { x: event.clientX, view: session.view };
  const whole = fitView(recording.columns, session.axis);
  let dragging = false;
  element.setPointerCapture(event.pointerId);
  if (scrub) goToNearest(session, scale, event.clientX - box.left);
  const move = (now: PointerEvent): void => {
    if (!dragging && Math.abs(now.clientX - from.x) > STILL) { dragging = true; ondrag(true); }
    if (!dragging) return;
    if (scrub) goToNearest(session, scale, now.clientX - box.left);
    else session.view = panView(from.view, ((from.x - now.clientX) / scale.width) * (from.view.last - from.view.first), whole);
  };
  const up = (now: PointerEvent): void => {
    if (!dragging && !scrub) onclick({ x: now.clientX - box.left, y: now.clientY - box.top });
    if (dragging) ondrag(false);
    element.removeEventListener('pointermove', move);
    element.removeEventListener('pointerup', up);
    element.removeEventListener('pointercancel', up);
  };
  element.addEventListener('pointermove', move);
  element.addEventListener('pointerup', up);
  element.addEventListener('pointercancel', up);
}

/** Moves the playhead to the event nearest to a pixel. */
export function goToNearest(session: Session, scale: Scale, x: number): void {
  if (session.recording !== null) session.goTo(hit(session.recording.columns, scale, x, 12) ?? nearest(session, scale, x));
}

function nearest({ recording }: Session, scale: Scale, x: number): number {
  if (recording === null) return 0;
  const { columns } = recording;
  const unit = unitAt(scale, x);
  const after = Math.min(indexAt(columns, scale.axis, unit), columns.count);
  const before = Math.max(0, after - 1);
  const gap = (seq: number): number => Math.abs(unitOf(columns, scale.axis, seq) - unit);
  return gap(before) <= gap(after) ? before : after;
}
