// Geometry of the timeline: columns with their sums, the scale, lanes, what is drawn at which density, hits, and what a pointer finds.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ColumnsReading, columnsOf, nearestCounted, RING_UNKNOWN, type Columns } from '../../../renderer/session/columns.ts';
import { betweenEvents, extentOf, fitView, indexAt, panView, pixelOf, revealUnit, ticksOf, unitAt, unitOf, zoomView, type Scale } from '../../../renderer/session/scale.ts';
import { hitPixels } from '../../../renderer/timeline/hits.ts';
import { layLanes, levelOf } from '../../../renderer/timeline/lanes.ts';
import { draw, hit, visibleRange } from '../../../renderer/timeline/marks.ts';
import { row, traceOf, transition } from '../replay/synthetic.ts';

const trace = traceOf([
  row('cr-write', { icount: 10, cpl: 0, register: 'cr0', after: 1n }),
  transition(0, 3, 'iret', { icount: 20 }),
  row('fault', { icount: 30, cpl: 3, vector: 14, mnemonic: '#PF', class: 'fault' }),
  transition(3, 0, 'exception', { icount: 30 }),
  row('msr-write', { icount: 40, cpl: 0, msr: 0x174, name: 'IA32_SYSENTER_CS', after: 8n }),
  row('exit', { icount: 50, cpl: 0, value: 0 }),
]);
const columns = columnsOf(trace);
const scaleOf = (over: Columns, axis: Scale['axis'] = 'events', width = 1000): Scale => ({ axis, view: fitView(over, axis), left: 80, width });

/** Many round trips of a system call, with a fault now and then. */
function long(trips: number): Columns {
  const rows = Array.from({ length: trips }, (_, index) => [
    transition(0, 3, 'iret', { icount: index * 10 + 1 }), transition(3, 0, 'int', { icount: index * 10 + 5 }),
    ...(index % 1000 === 999 ? [row('fault', { icount: index * 10 + 6, cpl: 0, vector: 13, mnemonic: '#GP', class: 'fault' })] : []),
  ]).flat();
  return columnsOf(traceOf(rows));
}

test('columns read in slices are those read at once', () => {
  const reading = new ColumnsReading(trace);
  expect([reading.advance(4), reading.advance(1), reading.advance(100)]).toEqual([false, false, true]);
  expect(reading.columns()).toEqual(columns);
});

test('the nearest counted event is found from the sums, both ways', () => {
  const faults = long(3000);
  const seqs = [...faults.mark.keys()].filter((seq) => faults.sums.fault[seq + 1] !== faults.sums.fault[seq]);
  fc.assert(fc.property(fc.integer({ min: 0, max: faults.count }), (from) => {
    expect(nearestCounted(faults, 'fault', from, 'forward')).toBe(seqs.find((seq) => seq >= from) ?? null);
    expect(nearestCounted(faults, 'fault', from, 'backward')).toBe(seqs.filter((seq) => seq < from).at(-1) ?? null);
  }));
});

test('columns hold the ring before and after, the mark, and rising counts', () => {
  expect([...columns.ringBefore]).toEqual([0, 0, 3, 3, 0, 0]);
  expect([...columns.ringAfter]).toEqual([0, 3, 3, 0, 0, 0]);
  expect([...columns.icount]).toEqual([10, 20, 30, 30, 40, 50]);
  expect(columns.rings).toEqual([true, false, false, true, false]);
  expect(columns.sums.fault[6]).toBe(1);
  expect(columns.sums.change[6]).toBe(2);
  expect(columns.ringSums[3]?.[6]).toBe(2);
  expect([...columnsOf(traceOf([row('console', { text: 'a' })])).ringBefore]).toEqual([RING_UNKNOWN]);
});

test('pixels and units are each other’s inverse, on both axes', () => {
  for (const axis of ['events', 'instructions'] as const) {
    fc.assert(fc.property(fc.double({ min: 80, max: 1080, noNaN: true }), (pixel) => {
      const scale = scaleOf(columns, axis);
      expect(pixelOf(scale, unitAt(scale, pixel))).toBeCloseTo(pixel, 6);
    }));
  }
});

test('zoom keeps the unit under the pointer, never leaves the recording, never collapses', () => {
  const whole = fitView(long(500), 'events');
  fc.assert(fc.property(fc.double({ min: 0, max: 1000, noNaN: true }), fc.double({ min: 0.1, max: 8, noNaN: true }), (about, factor) => {
    const view = zoomView(whole, about, factor, whole);
    expect(view.first).toBeGreaterThanOrEqual(whole.first);
    expect(view.last).toBeLessThanOrEqual(whole.last);
    expect(view.last - view.first).toBeGreaterThanOrEqual(4);
  }));
  const half = zoomView({ first: 100, last: 300 }, 150, 0.5, whole);
  expect((150 - half.first) / (half.last - half.first)).toBeCloseTo(0.25);
});

test('pan stops at both ends with the span kept', () => {
  const whole = { first: 0, last: 100 };
  expect(panView({ first: 10, last: 20 }, -50, whole)).toEqual({ first: 0, last: 10 });
  expect(panView({ first: 10, last: 20 }, 500, whole)).toEqual({ first: 90, last: 100 });
});

test('revealing a unit in view moves nothing; one outside comes into view', () => {
  const whole = { first: 0, last: 1000 };
  expect(revealUnit({ first: 100, last: 200 }, 150, whole)).toEqual({ first: 100, last: 200 });
  for (const unit of [0, 90, 205, 999]) {
    const view = revealUnit({ first: 100, last: 200 }, unit, whole);
    expect(view.first).toBeLessThanOrEqual(unit);
    expect(view.last).toBeGreaterThanOrEqual(unit);
    expect(view.last - view.first).toBeCloseTo(100);
  }
});

test('ticks are whole, round and at least as far apart as asked', () => {
  const over = long(3000);
  const scale = scaleOf(over);
  const ticks = ticksOf(scale, 96, extentOf(over, 'events'));
  expect(ticks[1]).toBe(1000);
  for (const tick of ticks) expect(Number.isInteger(tick)).toBe(true);
  expect(pixelOf(scale, ticks[1] ?? 0) - pixelOf(scale, ticks[0] ?? 0)).toBeGreaterThanOrEqual(96);
});

test('ring 3 lies above ring 0; unused rings are thin and give way first; used lanes keep a least height', () => {
  const rings = [true, false, false, true];
  const roomy = layLanes(240, 16, rings);
  expect(roomy.lanes.map((lane) => lane.ring)).toEqual([3, 2, 1, 0]);
  expect(levelOf(roomy, 3)).toBeLessThan(levelOf(roomy, 0));
  const tight = layLanes(110, 16, rings);
  expect(tight.lanes[1]?.height).toBeLessThan(roomy.lanes[1]?.height ?? 0);
  expect(tight.lanes[0]?.height).toBeGreaterThanOrEqual(30);
  expect(layLanes(240, 16, [true, true, true, true]).lanes.every((lane) => lane.used)).toBe(true);
});

test('events of a ring nobody knows have a lane of their own above the rings, and only then', () => {
  const layout = layLanes(240, 16, [true, false, false, true, true]);
  expect(layout.lanes.map((lane) => lane.ring)).toEqual([RING_UNKNOWN, 3, 2, 1, 0]);
  expect(levelOf(layout, RING_UNKNOWN)).toBeLessThan(layout.lanes[1]!.top);
  expect(layout.height).toBeLessThanOrEqual(240);
  expect(layLanes(240, 16, [true, false, false, true, false]).lanes.map((lane) => lane.ring)).toEqual([3, 2, 1, 0]);
});

test('few events are shapes in order; the step carries its mechanism', () => {
  const drawing = draw(columns, scaleOf(columns));
  if (drawing.style !== 'shapes') throw new Error('expected shapes');
  expect(drawing.marks.map((mark) => mark.mark)).toEqual(['cr', 'transition', 'fault', 'transition', 'msr', 'end']);
  expect(drawing.marks[3]).toMatchObject({ before: 3, after: 0, via: 'exception' });
  expect(drawing.marks.map((mark) => mark.x)).toEqual([...drawing.marks.map((mark) => mark.x)].sort((a, b) => a - b));
});

test('many events are columns bounded by the pixels, and no rare fault is lost', () => {
  const over = long(5000);
  const drawing = draw(over, scaleOf(over), 2);
  if (drawing.style !== 'columns') throw new Error('expected columns');
  expect(drawing.columns.length).toBe(500);
  expect(drawing.columns.reduce((sum, column) => sum + column.counts.fault, 0)).toBe(5);
  expect(drawing.columns.reduce((sum, column) => sum + column.counts.change, 0)).toBe(over.sums.change[over.count]);
  for (const column of drawing.columns) expect(column.shares.reduce((sum, share) => sum + share, 0)).toBeLessThanOrEqual(1.0001);
});

test('a visible range reaches one event beyond either border', () => {
  const over = long(100);
  const scale: Scale = { axis: 'events', view: { first: 50, last: 60 }, left: 0, width: 100 };
  const { first, end } = visibleRange(over, scale);
  expect(unitOf(over, 'events', first)).toBeLessThan(50);
  expect(unitOf(over, 'events', end - 1)).toBeGreaterThan(60);
  expect(indexAt(over, 'instructions', 11)).toBe(2);
});

test('the pointer finds the graver of two events at one pixel, and nothing far away', () => {
  const scale = scaleOf(columns, 'instructions');
  expect(hit(columns, scale, pixelOf(scale, 30), 8)).toBe(2);
  expect(hit(columns, scale, pixelOf(scale, 25), 8)).toBeNull();
});

test('hits close together are joined and counted, all of them', () => {
  const over = long(2000);
  const hits = Uint32Array.from({ length: 2000 }, (_, index) => index * 2);
  const scale = scaleOf(over);
  const dots = hitPixels(hits, over, scale);
  expect(dots.length).toBeLessThanOrEqual(scale.width / 9 + 1);
  expect(dots.reduce((sum, dot) => sum + dot.count, 0)).toBe(2000);
  expect(hitPixels([2], columns, scaleOf(columns))).toHaveLength(1);
});

test('between two events the playhead stands by its share of the instructions', () => {
  expect(betweenEvents(columns, { icount: 15, seq: 1 })).toBe(1);
  expect(betweenEvents(columns, { icount: 20, seq: 1 })).toBe(1.5);
  expect(betweenEvents(columns, { icount: 0, seq: 0 })).toBe(-0.5);
  expect(betweenEvents(columns, { icount: 30, seq: 3 })).toBe(3);
});

test('where a log does not say the ring a transition leads to, the next event tells it, and it counts as inferred', () => {
  const entry = row('transition', { 'from.cpl': 3, 'to.cpl': null, via: 'int', icount: null });
  const logged = columnsOf(traceOf([entry, row('cr-write', { register: 'cr0', cpl: null }), transition(0, 3, 'unknown', { 'inferred.after': 1, 'inferred.before': 3 }), entry]));
  expect([...logged.ringBefore]).toEqual([3, 0, 0, 3]);
  expect([...logged.ringAfter]).toEqual([0, 0, 3, RING_UNKNOWN]);
  expect([...logged.inferred]).toEqual([1, 0, 1, 0]);
});
