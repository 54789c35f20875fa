// Rows for the kernel visits of a recording, once a trace: each visit that stands alone takes the first band that is free while it and
// what is nested in it last, and a thread keeps its band while it can. So spans of two threads never lie in one band at one time.

import { NONE, type Visits } from '../../core/replay/visits/table.ts';

/** Bands, and rows in one, at most: what is beyond shares the last. */
export const BANDS_MAX = 6;
export const DEPTH_MAX = 4;

/** Rows that belong together: visits and what is nested in them. */
export interface Band {
  readonly firstRow: number;
  readonly rows: number;
  /** The one thread shown in it, or null when several take turns. */
  readonly thread: number | null;
  /** True when visits may lie over one another: there were more at a time than bands. */
  readonly isCrowded: boolean;
}

export interface Spans {
  readonly visits: Visits;
  /** Row of each visit. */
  readonly rowOf: Uint8Array;
  /** Visits of each row, in the order of entry. */
  readonly rows: readonly Uint32Array[];
  readonly bands: readonly Band[];
}

/** Lays the visits of a recording out in rows. */
export function laySpans(visits: Visits): Spans {
  const { bandOf, bands } = placeRoots(visits);
  const heights = bands.map(() => 1);
  const rowInBand = new Uint8Array(visits.count);
  for (let index = 0; index < visits.count; index += 1) {
    const row = Math.min(DEPTH_MAX - 1, visits.depth[index] ?? 0);
    rowInBand[index] = row;
    const band = bandOf[index] ?? 0;
    heights[band] = Math.max(heights[band] ?? 1, row + 1);
  }
  let firstRow = 0;
  const laid = bands.map((band, at): Band => {
    const rows = heights[at] ?? 1;
    const placed = { firstRow, rows, thread: band.threads === 1 ? band.thread : null, isCrowded: band.isCrowded };
    firstRow += rows;
    return placed;
  });
  const rowOf = Uint8Array.from(rowInBand, (row, index) => (laid[bandOf[index] ?? 0]?.firstRow ?? 0) + row);
  return { visits, rowOf, rows: inRows(rowOf, firstRow), bands: laid };
}

interface OpenBand { thread: number; threads: number; freeFrom: number; isCrowded: boolean }

// a visit nested in another follows it into its band
function placeRoots(visits: Visits): { readonly bandOf: Uint8Array; readonly bands: readonly OpenBand[] } {
  const bandOf = new Uint8Array(visits.count);
  const bands: OpenBand[] = [];
  const bandOfThread = new Map<number, number>();
  for (let index = 0; index < visits.count; index += 1) {
    const parent = visits.parent[index] ?? NONE;
    if (parent !== NONE) { bandOf[index] = bandOf[parent] ?? 0; continue; }
    const entry = visits.entry[index] ?? 0;
    const thread = visits.thread[index] ?? 0;
    const own = bandOfThread.get(thread);
    const at = own !== undefined && isFree(bands[own], entry) ? own : freeBand(bands, entry);
    const band = bands[at];
    if (band === undefined) continue;
    if (band.freeFrom > entry) band.isCrowded = true;
    if (band.threads === 0 || band.thread !== thread) { band.thread = thread; band.threads += 1; }
    band.freeFrom = Math.max(band.freeFrom, visits.over[index] ?? 0);
    bandOf[index] = at;
    bandOfThread.set(thread, at);
  }
  return { bandOf, bands };
}

function isFree(band: OpenBand | undefined, entry: number): boolean {
  return band !== undefined && band.freeFrom <= entry;
}

// the first free one that nobody has used, or that is free: a new band while there is room, else the last
function freeBand(bands: OpenBand[], entry: number): number {
  const free = bands.findIndex((band) => isFree(band, entry));
  if (free >= 0) return free;
  if (bands.length < BANDS_MAX) bands.push({ thread: 0, threads: 0, freeFrom: 0, isCrowded: false });
  return bands.length - 1;
}

function inRows(rowOf: Uint8Array, count: number): readonly Uint32Array[] {
  const lengths = new Uint32Array(count);
  for (const row of rowOf) lengths[row] = (lengths[row] ?? 0) + 1;
  const rows = Array.from(lengths, (length) => new Uint32Array(length));
  const filled = new Uint32Array(count);
  for (const [index, row] of rowOf.entries()) {
    const list = rows[row];
    if (list === undefined) continue;
    list[filled[row] ?? 0] = index;
    filled[row] = (filled[row] ?? 0) + 1;
  }
  return rows;
}
