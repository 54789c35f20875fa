// Kernel visits in the timeline: rows and bands, bars within the bounds of the pixels, what a pointer finds, and the words for them.
import { expect, test } from 'vitest';
import { VisitColumns, visitAt, NONE, type Visits } from '../../../core/replay/visits/table.ts';
import { columnsOf, type Columns } from '../../../renderer/session/columns.ts';
import type { Recording } from '../../../renderer/session/recording.ts';
import { fitView, pixelOf, type Scale } from '../../../renderer/session/scale.ts';
import { BANDS_MAX, DEPTH_MAX, laySpans } from '../../../renderer/session/spans.ts';
import { durationText, threadText, visitText, whyNoExit } from '../../../renderer/session/visit-words.ts';
import { layLanes, rowAt } from '../../../renderer/timeline/lanes.ts';
import { spanAt, spanBars } from '../../../renderer/timeline/span-bars.ts';
import { row, traceOf } from '../replay/synthetic.ts';

const INT = 0;
type Made = { readonly entry: number; readonly over: number; readonly thread?: number; readonly parent?: number; readonly open?: boolean };

/** Visits as made; `over` is the exit unless `open`. */
function visitsOf(made: readonly Made[], threads = 1): Visits {
  const columns = new VisitColumns();
  for (const one of made) columns.add({ entry: one.entry, via: INT, vector: 0x80, thread: one.thread ?? 0, parent: one.parent ?? NONE });
  for (const [index, one] of made.entries()) columns.close(index, one.open === true ? { ending: 'open', exit: NONE, over: one.over } : { ending: 'returned', exit: one.over, over: one.over });
  return columns.take({
    threads: Array.from({ length: threads }, (_, index) => ({ stack: BigInt(0x107000 + index * 0x2000), cr3: 0x1000n, isTop: true })), lines: new Uint8Array(256).fill(255),
    byExit: new Uint32Array(0), strayExits: new Uint32Array(0), strayReasons: new Uint8Array(0),
    misses: { visit: new Uint32Array(0), seq: new Uint32Array(0), delta: new Int32Array(0) },
  });
}
const eventsOf = (count: number): Columns => columnsOf(traceOf(Array.from({ length: count }, (_, index) => row('marker', { icount: index * 10 + 1, cpl: 0 }))));
const recordingOf = (visits: Visits, columns: Columns): Recording => ({ columns, spans: laySpans(visits) }) as unknown as Recording;
const scaleOf = (columns: Columns, view = fitView(columns, 'events')): Scale => ({ axis: 'events', view, left: 80, width: 1000 });

test('what is nested lies in rows of one band, each under the one around it', () => {
  const spans = laySpans(visitsOf([{ entry: 0, over: 9 }, { entry: 1, over: 5, parent: 0 }, { entry: 2, over: 3, parent: 1 }, { entry: 6, over: 7, parent: 0 }]));
  expect([...spans.rowOf]).toEqual([0, 1, 2, 1]);
  expect(spans.bands).toEqual([{ firstRow: 0, rows: 3, thread: 0, isCrowded: false }]);
  expect(spans.rows.map((list) => [...list])).toEqual([[0], [1, 3], [2]]);
});

test('two threads interleaved keep a band each; one thread needs one', () => {
  const made = [{ entry: 0, over: 9 }, { entry: 2, over: 5, thread: 1 }, { entry: 6, over: 12, thread: 1 }, { entry: 10, over: 11 }];
  const spans = laySpans(visitsOf(made, 2));
  expect([...spans.rowOf]).toEqual([0, 1, 1, 0]);
  expect(spans.bands.map((band) => band.thread)).toEqual([0, 1]);
  expect(laySpans(visitsOf([{ entry: 0, over: 1 }, { entry: 1, over: 2 }])).bands).toHaveLength(1);
});

test('threads that take turns share a band, and it names none of them', () => {
  const spans = laySpans(visitsOf([{ entry: 0, over: 1 }, { entry: 2, over: 3, thread: 1 }], 2));
  expect(spans.bands).toEqual([{ firstRow: 0, rows: 1, thread: null, isCrowded: false }]);
});

test('more visits at a time than bands, or deeper than rows, share the last', () => {
  const many = laySpans(visitsOf(Array.from({ length: BANDS_MAX + 3 }, (_, index) => ({ entry: index, over: 100, thread: index })), BANDS_MAX + 3));
  expect(many.bands).toHaveLength(BANDS_MAX);
  expect(many.bands[BANDS_MAX - 1]).toMatchObject({ isCrowded: true, thread: null });
  const deep = laySpans(visitsOf(Array.from({ length: DEPTH_MAX + 3 }, (_, index) => ({ entry: index, over: 100 - index, parent: index === 0 ? NONE : index - 1 }))));
  expect(deep.bands[0]?.rows).toBe(DEPTH_MAX);
});

test('bars reach from entry to exit; one that is open reaches the end of the recording', () => {
  const columns = eventsOf(20);
  const scale = scaleOf(columns);
  const bars = spanBars(laySpans(visitsOf([{ entry: 2, over: 5 }, { entry: 8, over: 20, open: true }])), columns, scale);
  expect(bars.map((bar) => [bar.from, bar.to])).toEqual([[pixelOf(scale, 2.5), pixelOf(scale, 5.5)], [pixelOf(scale, 8.5), pixelOf(scale, 20)]]);
});

test('a bar that began before the view is drawn, one that ended before is not', () => {
  const columns = eventsOf(100);
  const spans = laySpans(visitsOf([{ entry: 0, over: 10 }, { entry: 20, over: 60 }, { entry: 90, over: 95 }]));
  expect(spanBars(spans, columns, scaleOf(columns, { first: 40, last: 80 })).map((bar) => bar.index)).toEqual([1]);
});

test('many visits make no more cells than there are pixels, and none is lost', () => {
  const many = 6000;
  const columns = eventsOf(many * 2);
  const spans = laySpans(visitsOf(Array.from({ length: many }, (_, index) => ({ entry: index * 2, over: index * 2 + 1 }))));
  const bars = spanBars(spans, columns, scaleOf(columns));
  expect(bars.length).toBeLessThan(520);
  expect(bars.reduce((sum, bar) => sum + bar.count, 0)).toBe(many);
});

test('a pointer finds the visit of its row, and nothing between two', () => {
  const columns = eventsOf(20);
  const scale = scaleOf(columns);
  const spans = laySpans(visitsOf([{ entry: 2, over: 9 }, { entry: 4, over: 6, parent: 0 }, { entry: 14, over: 16 }]));
  const find = (row_: number, unit: number): number | null => spanAt(spans, columns, scale, { row: row_, x: pixelOf(scale, unit), reach: 3 });
  expect([find(0, 5), find(1, 5), find(0, 12), find(1, 8), find(0, 15), find(7, 5)]).toEqual([0, 1, null, null, 2, null]);
});

test('rows lie under ring 0 without overlap, and a height finds its row', () => {
  const layout = layLanes(300, 16, [true, false, false, true], laySpans(visitsOf([{ entry: 0, over: 9 }, { entry: 1, over: 2, parent: 0 }, { entry: 3, over: 20, thread: 1 }], 2)).bands);
  const ring0 = layout.lanes[layout.lanes.length - 1];
  expect(layout.rows).toHaveLength(3);
  expect(layout.rows[0]?.top).toBeGreaterThanOrEqual((ring0?.top ?? 0) + (ring0?.height ?? 0));
  for (const [index, strip] of layout.rows.entries()) {
    expect(rowAt(layout, strip.top + strip.height / 2)).toBe(index);
    expect(strip.top).toBeGreaterThanOrEqual(index === 0 ? 0 : (layout.rows[index - 1]?.top ?? 0) + (layout.rows[index - 1]?.height ?? 0));
  }
  expect(rowAt(layout, layout.ruler.height)).toBe(-1);
  expect(layout.height).toBeGreaterThanOrEqual((layout.rows[2]?.top ?? 0) + (layout.rows[2]?.height ?? 0));
});

test('the words say how long, which thread, and why there is no exit', () => {
  const columns = eventsOf(20);
  const recording = recordingOf(visitsOf([{ entry: 2, over: 5 }, { entry: 8, over: 20, thread: 1, open: true }], 2), columns);
  const [returned, open] = [0, 1].map((index) => visitAt(recording.spans.visits, index));
  if (returned === undefined || open === undefined) throw new Error('two visits were made');
  expect(visitText(recording, returned)).toBe('from event 2 to 5, 30 instructions, no fault inside, thread 1, kernel stack 0x107000.');
  expect([durationText(recording, open), whyNoExit(open), threadText(recording, open)]).toEqual(['at least 110 instructions', 'The recording ends before it returns.', 'thread 2, kernel stack 0x109000']);
});
