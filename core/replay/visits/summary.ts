// Visits counted by what they are: how many, how many returned, how long they lasted. One pass over the columns; durations are sorted once
// a name. Stands on event data.

import type { TraceSource } from '../source.ts';
import { findingTotals, isOdd, type FindingTotals } from './findings.ts';
import { ENDINGS, UNMATCHED, visitAt, type Ending, type Unmatched, type Visits } from './table.ts';

/** Visits of one name. */
export interface VisitGroup {
  /** `int 0x80`, `#PF`, `IRQ0`. */
  readonly name: string;
  readonly count: number;
  readonly returned: number;
  /** Visits with something to look at. */
  readonly odd: number;
  readonly faults: number;
  /** Instructions from entry to exit of those that returned; null where none did, or none are counted. */
  readonly instructions: { readonly least: number; readonly median: number; readonly most: number; readonly total: number } | null;
  /** One of them, to look at: the longest that returned, else the first. */
  readonly example: number;
}

export interface VisitSummary {
  readonly count: number;
  /** Most frequent first. */
  readonly groups: readonly VisitGroup[];
  /** Visits by how they ended. */
  readonly endings: Readonly<Record<Ending, number>>;
  /** Exits that belong to no visit, by reason. */
  readonly strays: Readonly<Record<Unmatched, number>>;
  readonly findings: FindingTotals;
  /** Kernel stacks. */
  readonly threads: number;
  readonly deepest: number;
  /** Visits during which another thread ran: the kernel switched, which is legal. */
  readonly switched: number;
}

interface Gathered { readonly example: number; readonly name: string; count: number; returned: number; odd: number; faults: number; longest: number; longestAt: number; readonly lasted: number[] }

/** Sums the visits of a recording up. */
export function summarize(trace: TraceSource, visits: Visits): VisitSummary {
  const groups = new Map<number, Gathered>();
  const endings = new Uint32Array(ENDINGS.length), strays = new Uint32Array(UNMATCHED.length);
  let deepest = 0, switched = 0;
  for (let index = 0; index < visits.count; index += 1) {
    endings[visits.ending[index]!]! += 1;
    deepest = Math.max(deepest, visits.depth[index]! + 1);
    switched += visits.switched[index]!;
    gather(trace, visits, groups, index);
  }
  for (const reason of visits.strayReasons) strays[reason]! += 1;
  return {
    count: visits.count, threads: visits.threads.length, deepest, switched, findings: findingTotals(visits),
    groups: [...groups.values()].map(groupOf).sort((a, b) => b.count - a.count || (a.name < b.name ? -1 : 1)),
    endings: countsOf(ENDINGS, endings), strays: countsOf(UNMATCHED, strays),
  };
}

function gather(trace: TraceSource, visits: Visits, groups: Map<number, Gathered>, index: number): void {
  const key = visits.via[index]! * 0x1000 + visits.vector[index]! + 1;
  let group = groups.get(key);
  if (group === undefined) groups.set(key, group = { example: index, name: visitAt(visits, index).name, count: 0, returned: 0, odd: 0, faults: 0, longest: -1, longestAt: -1, lasted: [] });
  group.count += 1;
  group.faults += visits.faults[index]!;
  if (isOdd(visits, index)) group.odd += 1;
  const exit = visits.exit[index]!;
  if (exit >= trace.eventCount) return;
  group.returned += 1;
  const began = trace.icountAt(visits.entry[index]!);
  if (began < 0) return;
  const lasted = trace.icountAt(exit) - began;
  group.lasted.push(lasted);
  if (lasted > group.longest) { group.longest = lasted; group.longestAt = index; }
}

function groupOf({ name, count, returned, odd, faults, lasted, longestAt, example }: Gathered): VisitGroup {
  return { name, count, returned, odd, faults, instructions: durationsOf(lasted), example: longestAt < 0 ? example : longestAt };
}

function durationsOf(lasted: readonly number[]): VisitGroup['instructions'] {
  const sorted = Float64Array.from(lasted).sort();
  const least = sorted[0];
  if (least === undefined) return null;
  return { least, median: sorted[(sorted.length - 1) >> 1]!, most: sorted[sorted.length - 1]!, total: sorted.reduce((sum, one) => sum + one, 0) };
}

function countsOf<Name extends string>(names: readonly Name[], counts: Uint32Array): Readonly<Record<Name, number>> {
  return Object.fromEntries(names.map((name, code) => [name, counts[code]!])) as Readonly<Record<Name, number>>;
}
