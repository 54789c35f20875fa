// What each way between rings costs, as work: some transitions of every mechanism are executed again with a listening probe and counted.
// Per call, for the whole recording, and for an entry with its exit as one round trip. Stands on re-execution; without it only how often
// each mechanism was used is known.

import type { Reexecutor } from '../../event/reexecutor.ts';
import type { Basis } from '../explain/explanation.ts';
import { positionOfEvent, type TraceSource } from '../source.ts';
import { NONE, type Visits } from '../visits/table.ts';
import { mechanismsOf, NO_MECHANISM, type Mechanism, type Mechanisms } from './mechanisms.ts';
import { addWork, combined, WORK_KINDS, workOf, type Work } from './work.ts';

/** Transitions of one mechanism that are executed again, unless told otherwise. */
export const REPRESENTATIVES = 8;

export const NOT_CYCLES = 'Counted is architectural work, not cycles: what the manual makes the processor check, read and write.';
/** Why anybody asked. */
export const HISTORY = 'As history: on the Pentium 4 the software interrupt turned out to be a slow way into the kernel, and Linux went over to SYSENTER and SYSEXIT, which processors have had since the Pentium II.';

export interface MechanismCost extends Omit<Mechanism, 'seqs'> {
  readonly count: number;
  /** Events that were executed again and counted. */
  readonly listened: readonly number[];
  /** The commonest among them, and the bounds of each counter; null when none was executed. */
  readonly work: { readonly typical: Work; readonly least: Work; readonly most: Work } | null;
  /** For the whole recording: a sum when all were executed (`isExact`), else the typical work times the count. */
  readonly total: { readonly work: Work; readonly isExact: boolean } | null;
}

/** An entry and the exit that ends it. */
export interface RoundTrip {
  /** `int 0x80 + iret`. */
  readonly name: string;
  /** Indices in `mechanisms`. */
  readonly entry: number;
  readonly exit: number;
  readonly count: number;
  readonly fromRing: number | null;
  readonly work: Work | null;
}

export interface CostAnatomy {
  readonly basis: Basis;
  /** Most frequent first. */
  readonly mechanisms: readonly MechanismCost[];
  /** Most frequent first. */
  readonly roundTrips: readonly RoundTrip[];
}

export interface CostWishes {
  readonly representatives?: number;
  /** Called before each attempt that is executed again. */
  readonly onProgress?: (done: number, all: number) => void;
  /** Asked before each; true ends with what there is. */
  readonly isCancelled?: () => boolean;
}

/** A trace with what may execute it again; `absent` says why nothing does. */
export interface CostSource { readonly trace: TraceSource; readonly visits: Visits; readonly reexecutor: Reexecutor | null; readonly absent: string | null }

/** Counts the work of every mechanism of a recording. */
export async function costAnatomy(source: CostSource, wishes: CostWishes = {}): Promise<CostAnatomy> {
  const { trace, visits } = source;
  const mechanisms = mechanismsOf(trace);
  const listener = new Listener(source, mechanisms.list.map(({ seqs }) => spread(seqs, wishes.representatives ?? REPRESENTATIVES)), wishes);
  const costs: MechanismCost[] = [];
  for (const [index, mechanism] of mechanisms.list.entries()) costs.push(costOf(mechanism, await listener.workOf(index)));
  const order = costs.map((_, index) => index).sort((a, b) => costs[b]!.count - costs[a]!.count || a - b);
  const places = new Map(order.map((from, place) => [from, place]));
  const roundTrips = roundTripsOf(visits, mechanisms, costs).map((one) => ({ ...one, entry: places.get(one.entry)!, exit: places.get(one.exit)! }));
  return { basis: listener.basis, mechanisms: order.map((index) => costs[index]!), roundTrips };
}

/** How many times as much of each counter `a` needs as `b`; null where `b` needs none. */
export function ratios(a: Work, b: Work): Readonly<Record<(typeof WORK_KINDS)[number], number | null>> {
  return Object.fromEntries(WORK_KINDS.map((kind) => [kind, b[kind] === 0 ? null : a[kind] / b[kind]])) as Readonly<Record<(typeof WORK_KINDS)[number], number | null>>;
}

// up to `most` of them, the first and the last among them: the first call of a mechanism may find the TLB cold
function spread(seqs: Uint32Array, most: number): readonly number[] {
  if (seqs.length <= most) return Array.from(seqs);
  return Array.from({ length: most }, (_, index) => seqs[Math.round((index * (seqs.length - 1)) / Math.max(1, most - 1))]!);
}

interface Counted { readonly seq: number; readonly work: Work }

class Listener {
  readonly #source: CostSource;
  readonly #chosen: readonly (readonly number[])[];
  readonly #wishes: CostWishes;
  readonly #all: number;
  #done = 0;
  #absent: string | null;

  constructor(source: CostSource, chosen: readonly (readonly number[])[], wishes: CostWishes) {
    this.#source = source;
    this.#chosen = chosen;
    this.#wishes = wishes;
    this.#all = chosen.reduce((sum, one) => sum + one.length, 0);
    this.#absent = source.reexecutor === null ? source.absent ?? 'this trace cannot be executed again' : null;
  }

  get basis(): Basis {
    return this.#absent === null ? { kind: 're-execution' } : { kind: 'absent', reason: this.#absent };
  }

  async workOf(mechanism: number): Promise<readonly Counted[]> {
    const counted: Counted[] = [];
    for (const seq of this.#chosen[mechanism]!) {
      if (this.#absent !== null || this.#wishes.isCancelled?.() === true) return counted;
      this.#wishes.onProgress?.(this.#done, this.#all);
      this.#done += 1;
      const work = await this.#listen(seq);
      if (work !== null) counted.push({ seq, work });
    }
    return counted;
  }

  async #listen(seq: number): Promise<Work | null> {
    const { trace, reexecutor } = this.#source;
    const reply = await reexecutor?.ask({ kind: 'listen', at: positionOfEvent(trace, seq) });
    if (reply?.kind === 'absent') this.#absent = reply.reason;
    return reply?.kind === 'heard' && !reply.cut ? workOf(reply.heard, seq) : null;
  }
}

function costOf({ seqs, ...mechanism }: Mechanism, counted: readonly Counted[]): MechanismCost {
  const shared = { ...mechanism, count: seqs.length, listened: counted.map(({ seq }) => seq) };
  const works = counted.map(({ work }) => work);
  const first = works[0];
  if (first === undefined) return { ...shared, work: null, total: null };
  const typical = commonest(works);
  const isExact = works.length === seqs.length;
  const sum = isExact ? works.slice(1).reduce(addWork, first) : combined(typical, typical, (one) => one * seqs.length);
  return { ...shared, work: { typical, least: works.reduce((a, b) => combined(a, b, Math.min)), most: works.reduce((a, b) => combined(a, b, Math.max)) }, total: { work: sum, isExact } };
}

function commonest(works: readonly Work[]): Work {
  const counts = new Map<string, { readonly work: Work; count: number }>();
  for (const work of works) {
    const key = WORK_KINDS.map((kind) => String(work[kind])).join(' ');
    const there = counts.get(key);
    if (there === undefined) counts.set(key, { work, count: 1 }); else there.count += 1;
  }
  // of equals the later one: the first call may find caches of the processor empty
  return [...counts.values()].reduce((best, one) => (one.count >= best.count ? one : best)).work;
}

function roundTripsOf(visits: Visits, { of }: Mechanisms, costs: readonly MechanismCost[]): readonly RoundTrip[] {
  const pairs = new Map<number, { readonly entry: number; readonly exit: number; count: number }>();
  for (let index = 0; index < visits.count; index += 1) {
    const entry = of[visits.entry[index]!] ?? NO_MECHANISM;
    const exit = visits.exit[index] === NONE ? NO_MECHANISM : of[visits.exit[index]!] ?? NO_MECHANISM;
    if (entry === NO_MECHANISM || exit === NO_MECHANISM) continue;
    const there = pairs.get(entry * 0x1_0000 + exit);
    if (there === undefined) pairs.set(entry * 0x1_0000 + exit, { entry, exit, count: 1 }); else there.count += 1;
  }
  return [...pairs.values()].sort((a, b) => b.count - a.count).map(({ entry, exit, count }): RoundTrip => {
    const way = costs[entry]!, back = costs[exit]!;
    return {
      name: `${way.name} + ${back.name}`, entry, exit, count, fromRing: way.rings.from,
      work: way.work === null || back.work === null ? null : addWork(way.work.typical, back.work.typical),
    };
  });
}
