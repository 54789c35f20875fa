// The cost picture as plain figures: what is drawn for each round trip, row by row. Arithmetic only; the work was counted by core/replay.

import type { CostAnatomy, RoundTrip } from '../../core/replay/cost/anatomy.ts';
import { accessesOf, WORK_KINDS, WORK_TITLES, type Work, type WorkKind } from '../../core/replay/cost/work.ts';
import { VIA_COLOURS, type ViaColour } from '../session/via-colours.ts';

/** One way into the kernel and back. */
export interface Column {
  /** Index of the round trip. */
  readonly trip: number;
  /** `int 0x80 + iret`. */
  readonly name: string;
  readonly colour: ViaColour;
  readonly calls: number;
  /** Calls executed again to count their work: of the way in and the way back. */
  readonly counted: number;
}

/** One kind of work: a number for each column; null where none was counted. */
export interface WorkRow { readonly id: WorkKind | 'accesses'; readonly label: string; readonly what: string; readonly counts: readonly number[]; readonly isSum: boolean }

/** What each kind is, in words of the manual. */
const WHAT: Readonly<Record<WorkKind, string>> = {
  checks: 'conditions that must hold', gates: 'in the IDT, or a call gate', descriptors: 'code and stack segments', tss: 'the stack of the inner ring',
  pushes: 'the frame to return by', pops: 'the frame taken back', others: 'accessed and busy bits, pointers', accessChecks: 'usable, readable or writable, within the limit', pageChecks: 'rights, level by level', pageEntries: 'where the TLB did not know the page',
};
const MAIN: readonly WorkKind[] = ['checks', 'gates', 'descriptors', 'tss', 'pushes', 'pops', 'others'];
/** What each access costs besides: its segment, and its page, which depends on the TLB. */
const BESIDES: readonly WorkKind[] = ['accessChecks', 'pageChecks', 'pageEntries'];

/** The round trips worth comparing at first: the two commonest entered in different ways, the slower manual first by its count of checks. */
export function firstTrips({ roundTrips, mechanisms }: CostAnatomy): readonly number[] {
  const known = roundTrips.flatMap((trip, index) => (trip.work === null ? [] : [index]));
  const first = known[0];
  if (first === undefined) return [];
  const via = (index: number): string | undefined => mechanisms[roundTrips[index]?.entry ?? 0]?.via;
  const second = known.find((index) => via(index) !== via(first)) ?? known[1];
  return second === undefined ? [first] : [first, second].sort((a, b) => (roundTrips[b]?.work?.checks ?? 0) - (roundTrips[a]?.work?.checks ?? 0));
}

/** The columns of some round trips. */
export function columnsOf({ roundTrips, mechanisms }: CostAnatomy, trips: readonly number[]): readonly Column[] {
  return trips.flatMap((trip) => {
    const one = roundTrips[trip];
    const entry = mechanisms[one?.entry ?? -1], exit = mechanisms[one?.exit ?? -1];
    if (one === undefined || entry === undefined || exit === undefined) return [];
    return [{ trip, name: one.name, colour: VIA_COLOURS[entry.via], calls: one.count, counted: entry.listened.length + exit.listened.length }];
  });
}

/** The rows: each kind of work that any of them needs, a sum of the memory accesses, and apart from them what each access costs besides. `of`: one call, or all of the trace. */
export function rowsOf({ roundTrips }: CostAnatomy, trips: readonly number[], of: 'call' | 'trace'): { readonly main: readonly WorkRow[]; readonly sum: WorkRow; readonly besides: readonly WorkRow[] } {
  const chosen = trips.flatMap((trip) => roundTrips[trip] ?? []);
  const counts = (pick: (work: Work) => number): readonly number[] => chosen.map((one) => (one.work === null ? 0 : pick(one.work)) * times(one, of));
  const row = (kind: WorkKind): WorkRow => ({ id: kind, label: title(kind), what: WHAT[kind], counts: counts((work) => work[kind]), isSum: false });
  const used = (kinds: readonly WorkKind[]): readonly WorkRow[] => WORK_KINDS.filter((kind) => kinds.includes(kind)).map(row).filter((one) => one.counts.some((count) => count > 0));
  return { main: used(MAIN), sum: { id: 'accesses', label: 'Memory accesses', what: 'all of the above but the checks', counts: counts(accessesOf), isSum: true }, besides: used(BESIDES) };
}

const times = ({ count }: RoundTrip, of: 'call' | 'trace'): number => (of === 'call' ? 1 : count);
const title = (kind: WorkKind): string => { const text = WORK_TITLES[kind]; return text.charAt(0).toUpperCase() + text.slice(1); };

/** Things drawn one by one at most; more are a bar. */
export const UNITS_MAX = 120;

/** How a count is drawn: as that many squares, or as a bar of a share of the largest. */
export type Drawing = { readonly kind: 'none' } | { readonly kind: 'units'; readonly units: number } | { readonly kind: 'bar'; readonly share: number };

/** All counts of a row are drawn alike, so that they can be compared. */
export function drawingsOf({ counts }: Pick<WorkRow, 'counts'>): readonly Drawing[] {
  const most = Math.max(0, ...counts);
  return counts.map((count): Drawing => (count === 0 ? { kind: 'none' } : most <= UNITS_MAX ? { kind: 'units', units: count } : { kind: 'bar', share: count / most }));
}

/** How two counts stand to each other: `4.2 ×`, `the same`, `7 : 0` where one side has none. Empty unless there are two. */
export function ratioText({ counts }: Pick<WorkRow, 'counts'>): string {
  const [first, second] = counts;
  if (counts.length !== 2 || first === undefined || second === undefined) return '';
  if (first === second) return 'the same';
  if (first === 0 || second === 0) return `${first.toLocaleString('en')} : ${second.toLocaleString('en')}`;
  const ratio = Math.max(first, second) / Math.min(first, second);
  return `${Number.isInteger(ratio) ? ratio.toLocaleString('en') : ratio.toFixed(1)} ×`;
}
