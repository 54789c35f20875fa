// The vertical layout of the timeline: a ruler, a row of breakpoint hits, one lane a ring, ring 3 on top so that entering the kernel goes
// down, and under ring 0 the bands of the kernel visits. Rings that never occur are drawn thin. Events whose ring a log does not tell have
// a thin lane of their own above the rings: between them they would seem to be in one.

import { RING_UNKNOWN } from '../session/columns.ts';
import type { Band } from '../session/spans.ts';

export interface Lane { readonly ring: number; readonly top: number; readonly height: number; readonly used: boolean }
interface Strip { readonly top: number; readonly height: number }
export interface LaneLayout {
  readonly ruler: Strip;
  readonly hits: Strip;
  /** Ring 3 first, above it RING_UNKNOWN where it occurs. */
  readonly lanes: readonly Lane[];
  /** Bands of kernel visits, and the rows in all of them. */
  readonly bands: readonly Strip[];
  readonly rows: readonly Strip[];
  readonly height: number;
}

const RULER_REM = 1.5, HITS_REM = 1.125, UNUSED_REM = 1.125, SQUEEZED_REM = 0.375, LANE_MIN_REM = 1.875, GAP_REM = 0.25;
/** Below this a used lane takes room from the unused ones. */
const LANE_FAIR_REM = 2.5;
/** Height of a row of visits: enough for its words while there are few. */
const ROW_REM = 1.125, ROW_LOW_REM = 0.625, ROWS_WORDED = 8, ROW_GAP = 1, BAND_GAP_REM = 0.375;

/** Lays the lanes out in `height` CSS pixels; `rem` is the root font size. Lanes keep a least height even when that is too tall. */
export function layLanes(height: number, rem: number, rings: readonly boolean[], bands: readonly Band[] = []): LaneLayout {
  const used = [3, 2, 1, 0].map((ring) => ({ ring, used: ring === 0 || ring === 3 || rings[ring] === true }));
  const wide = used.filter((lane) => lane.used).length;
  const spansHeight = layBands(0, rem, bands).height;
  const unknownRem = rings[RING_UNKNOWN] === true ? UNUSED_REM + GAP_REM : 0;
  const fixed = (RULER_REM + HITS_REM + GAP_REM * used.length + unknownRem) * rem + spansHeight;
  const share = (unused: number): number => (height - fixed - unused * rem * (used.length - wide)) / wide;
  const unused = share(UNUSED_REM) < LANE_FAIR_REM * rem ? SQUEEZED_REM : UNUSED_REM;
  const each = Math.max(LANE_MIN_REM * rem, share(unused));
  const first: readonly Lane[] = unknownRem === 0 ? [] : [{ ring: RING_UNKNOWN, used: false, top: (RULER_REM + HITS_REM) * rem, height: UNUSED_REM * rem }];
  let top = (RULER_REM + HITS_REM + unknownRem) * rem;
  const rest = used.map((lane) => {
    const placed = { ...lane, top, height: lane.used ? each : unused * rem };
    top += placed.height + GAP_REM * rem;
    return placed;
  });
  const laid = layBands(top, rem, bands);
  const lanes = [...first, ...rest];
  return { ruler: { top: 0, height: RULER_REM * rem }, hits: { top: RULER_REM * rem, height: HITS_REM * rem }, lanes, bands: laid.bands, rows: laid.rows, height: top + laid.height };
}

function layBands(first: number, rem: number, bands: readonly Band[]): { readonly bands: readonly Strip[]; readonly rows: readonly Strip[]; readonly height: number } {
  const many = bands.reduce((sum, band) => sum + band.rows, 0);
  const rowHeight = Math.round((many <= ROWS_WORDED ? ROW_REM : ROW_LOW_REM) * rem);
  const rows: Strip[] = [];
  let top = first;
  const laid = bands.map((band): Strip => {
    const start = top;
    for (let row = 0; row < band.rows; row += 1) { rows.push({ top, height: rowHeight }); top += rowHeight + ROW_GAP; }
    const height = top - ROW_GAP - start;
    top = start + height + BAND_GAP_REM * rem;
    return { top: start, height };
  });
  return { bands: laid, rows, height: top - first };
}

/** Where the level line of a ring runs. */
export function levelOf(layout: LaneLayout, ring: number): number {
  const lane = layout.lanes.find((candidate) => candidate.ring === ring) ?? layout.lanes[0];
  return lane === undefined ? 0 : lane.top + lane.height / 2;
}

/** The row of visits at a height; -1 outside all. */
export function rowAt(layout: LaneLayout, y: number): number {
  return layout.rows.findIndex((row) => y >= row.top && y < row.top + row.height + ROW_GAP);
}
