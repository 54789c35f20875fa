// The overview's window: where it lies, what is taken hold of, and the views drags and keys make.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SPAN_MIN, type Scale, type View } from '../../../renderer/session/scale.ts';
import { gripAt, viewBetween, viewForKey, viewWithEdge, windowOf } from '../../../renderer/timeline/minimap.ts';

const whole: View = { first: -20, last: 1020 };
const scale: Scale = { axis: 'events', view: { first: 0, last: 1000 }, left: 80, width: 1000 };
const partial = { isWhole: false };

test('the window lies over its part; over everything it fills the overview; a narrow one can still be held', () => {
  expect(windowOf({ first: 250, last: 500 }, scale)).toEqual({ from: 330, to: 580 });
  expect(windowOf(whole, scale)).toEqual({ from: 80, to: 1080 });
  const million: Scale = { ...scale, view: { first: 0, last: 1_000_000 } };
  for (const first of [0, 500_000, 999_990]) {
    const { from, to } = windowOf({ first, last: first + 10 }, million);
    expect(to - from).toBe(10);
    expect(from).toBeGreaterThanOrEqual(80);
    expect(to).toBeLessThanOrEqual(1080);
  }
  expect(windowOf({ first: -0.5, last: 1.5 }, { ...scale, view: { first: 0, last: 1 } })).toEqual({ from: 80, to: 1080 });
});

test('edges are taken before the inside; a window over everything is drawn anew', () => {
  const window = { from: 200, to: 400 };
  expect([196, 204, 300, 398, 406, 500].map((x) => gripAt(window, x, partial))).toEqual(['start', 'start', 'inside', 'end', 'end', 'outside']);
  expect(gripAt({ from: 80, to: 1080 }, 600, { isWhole: true })).toBe('outside');
});

test('any drag and any key gives a view inside the recording, not below the least span', () => {
  const unit = fc.double({ min: -500, max: 1500, noNaN: true });
  const view = fc.tuple(fc.double({ min: -20, max: 900, noNaN: true }), fc.double({ min: SPAN_MIN, max: 120, noNaN: true })).map(([first, span]) => ({ first, last: first + span }));
  const holds = (made: View): void => {
    expect(made.first).toBeGreaterThanOrEqual(whole.first - 1e-9);
    expect(made.last).toBeLessThanOrEqual(whole.last + 1e-9);
    expect(made.last - made.first).toBeGreaterThanOrEqual(SPAN_MIN - 1e-9);
  };
  fc.assert(fc.property(unit, unit, (a, b) => { holds(viewBetween(a, b, whole)); }));
  fc.assert(fc.property(view, unit, fc.constantFrom('start' as const, 'end' as const), (from, at, edge) => { holds(viewWithEdge(from, edge, at, whole)); }));
  fc.assert(fc.property(view, fc.constantFrom('ArrowLeft', 'ArrowRight', 'Home', 'End', 'PageUp', 'PageDown'), fc.boolean(), (from, key, shift) => {
    const made = viewForKey(key, { shift }, from, whole);
    expect(made).not.toBeNull();
    if (made !== null) holds(made);
  }));
});

test('arrows move, Shift stretches the end, Home and End go to the ends, other keys are not ours', () => {
  const view = { first: 100, last: 200 };
  expect(viewForKey('ArrowRight', { shift: false }, view, whole)).toEqual({ first: 110, last: 210 });
  expect(viewForKey('ArrowRight', { shift: true }, view, whole)).toEqual({ first: 100, last: 210 });
  expect(viewForKey('ArrowLeft', { shift: true }, view, whole)).toEqual({ first: 100, last: 190 });
  expect(viewForKey('Home', { shift: false }, view, whole)).toEqual({ first: -20, last: 80 });
  expect(viewForKey('End', { shift: false }, view, whole)).toEqual({ first: 920, last: 1020 });
  expect(viewForKey('x', { shift: false }, view, whole)).toBeNull();
});
