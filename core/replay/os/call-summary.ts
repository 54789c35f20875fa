// System calls counted by number: how often by each way of calling, how many returned, and how long they lasted. Stands on kernel visits.

import { codeOf, VIAS } from '../../event/kinds.ts';
import type { TraceSource } from '../source.ts';
import type { Visits } from '../visits/table.ts';
import { callOf, NO_CALL, type SystemCall } from './system-call.ts';

export interface CallGroup {
  readonly call: SystemCall;
  /** Calls by INT 80h, and by SYSENTER. */
  readonly byInterrupt: number;
  readonly bySysenter: number;
  readonly returned: number;
  /** Median of the instructions from entry to exit of those that returned, other threads' in between included; null where none did. */
  readonly median: number | null;
}

const VIA_SYSENTER = codeOf(VIAS, 'sysenter');

/** The calls of all visits, most frequent first. */
export function callSummary(trace: TraceSource, visits: Visits): readonly CallGroup[] {
  const groups = new Map<number, { all: number; fast: number; readonly lasted: number[] }>();
  for (let index = 0; index < visits.count; index += 1) {
    const number = visits.call[index]!;
    if (number === NO_CALL) continue;
    let group = groups.get(number);
    if (group === undefined) groups.set(number, group = { all: 0, fast: 0, lasted: [] });
    group.all += 1;
    if (visits.via[index] === VIA_SYSENTER) group.fast += 1;
    const exit = visits.exit[index]!;
    if (exit < trace.eventCount) group.lasted.push(trace.icountAt(exit) - trace.icountAt(visits.entry[index]!));
  }
  return [...groups].map(([number, { all, fast, lasted }]) => ({ call: callOf(number) ?? { number, name: null }, byInterrupt: all - fast, bySysenter: fast, returned: lasted.length, median: medianOf(lasted) }))
    .sort((a, b) => b.byInterrupt + b.bySysenter - a.byInterrupt - a.bySysenter || a.call.number - b.call.number);
}

function medianOf(lasted: readonly number[]): number | null {
  const sorted = Float64Array.from(lasted).sort();
  return sorted[(sorted.length - 1) >> 1] ?? null;
}
