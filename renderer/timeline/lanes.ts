// The vertical layout of the timeline: a ruler, a row of breakpoint hits, and one lane a ring, ring 3 on top so that
// entering the kernel goes down. Rings that never occur are drawn thin.

export interface Lane { readonly ring: number; readonly top: number; readonly height: number; readonly used: boolean }
export interface LaneLayout {
  readonly ruler: { readonly top: number; readonly height: number };
  readonly hits: { readonly top: number; readonly height: number };
  /** Ring 3 first. */
  readonly lanes: readonly Lane[];
  readonly height: number;
}

const RULER_REM = 1.5, HITS_REM = 1.25, UNUSED_REM = 1.125, SQUEEZED_REM = 0.375, LANE_MIN_REM = 1.875, GAP_REM = 0.25;
/** Below this a used lane takes room from the unused ones. */
const LANE_FAIR_REM = 2.5;

/** Lays the lanes out in `height` CSS pixels; `rem` is the root font size. Lanes keep a least height even when that is too tall. */
export function layLanes(height: number, rem: number, rings: readonly boolean[]): LaneLayout {
  const used = [3, 2, 1, 0].map((ring) => ({ ring, used: ring === 0 || ring === 3 || rings[ring] === true }));
  const wide = used.filter((lane) => lane.used).length;
  const fixed = (RULER_REM + HITS_REM + GAP_REM * used.length) * rem;
  const share = (unused: number): number => (height - fixed - unused * rem * (used.length - wide)) / wide;
  const unused = share(UNUSED_REM) < LANE_FAIR_REM * rem ? SQUEEZED_REM : UNUSED_REM;
  const each = Math.max(LANE_MIN_REM * rem, share(unused));
  let top = (RULER_REM + HITS_REM) * rem;
  const lanes = used.map((lane) => {
    const placed = { ...lane, top, height: lane.used ? each : unused * rem };
    top += placed.height + GAP_REM * rem;
    return placed;
  });
  return { ruler: { top: 0, height: RULER_REM * rem }, hits: { top: RULER_REM * rem, height: HITS_REM * rem }, lanes, height: top };
}

/** Where the level line of a ring runs; a ring nobody knows runs between rings 3 and 0. */
export function levelOf(layout: LaneLayout, ring: number): number {
  const lane = layout.lanes.find((candidate) => candidate.ring === ring);
  if (lane !== undefined) return lane.top + lane.height / 2;
  const first = layout.lanes[0];
  const last = layout.lanes[layout.lanes.length - 1];
  return first === undefined || last === undefined ? 0 : (first.top + last.top + last.height) / 2;
}
