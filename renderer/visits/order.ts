// Which kernel visits the table shows, and in which order: row -> visit and back, as typed columns, so that a million of them scroll.

import { NONE, type Visits } from '../../core/replay/visits/table.ts';

export type SortBy = 'entry' | 'duration';

export interface Wanted {
  readonly sort: SortBy;
  /** True for visits that are to be shown. */
  readonly isShown: (index: number) => boolean;
  /** What a visit lasted, in whatever unit; null where nobody knows. */
  readonly lasted: (index: number) => number | null;
}

export interface Order {
  /** Visit of each row. */
  readonly visits: Uint32Array;
  /** Row of each visit; -1 for one that is not shown. */
  readonly rowOf: Int32Array;
}

/** The rows: by entry as it came, or the longest first (those of one length, and of none, by entry). */
export function orderOf({ count }: Visits, { sort, isShown, lasted }: Wanted): Order {
  const shown = new Uint32Array(count);
  let many = 0;
  for (let index = 0; index < count; index += 1) if (isShown(index)) { shown[many] = index; many += 1; }
  const visits = shown.subarray(0, many);
  if (sort === 'duration') {
    const lengths = Float64Array.from({ length: count }, (_, index) => lasted(index) ?? -1);
    visits.sort((a, b) => lengths[b]! - lengths[a]! || a - b);
  }
  const rowOf = new Int32Array(count).fill(-1);
  for (let row = 0; row < many; row += 1) rowOf[visits[row]!] = row;
  return { visits, rowOf };
}

/** The row of a visit, or of the nearest one around it that is shown; -1 for none. */
export function rowNear({ rowOf }: Order, { parent }: Visits, index: number): number {
  for (let at = index; at !== NONE; at = parent[at] ?? NONE) if ((rowOf[at] ?? -1) >= 0) return rowOf[at] ?? -1;
  return -1;
}

/** The row of the first visit directly inside one, or -1. Visits inside one begin right after it. */
export function firstInside({ rowOf }: Order, visits: Visits, index: number): number {
  for (let at = index + 1; at < visits.count && (visits.entry[at] ?? 0) < (visits.over[index] ?? 0); at += 1) if (visits.parent[at] === index && (rowOf[at] ?? -1) >= 0) return rowOf[at] ?? -1;
  return -1;
}
