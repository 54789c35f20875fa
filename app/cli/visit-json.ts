// Kernel visits as JSON: addresses as lower-case hexadecimal strings, counts as numbers, what is not known as null with its reason.

import { hex } from '../../core/base/u64.ts';
import type { JsonValue } from '../../core/event/json.ts';
import { FAILED_OUTSIDE, strayAt, whyUnreturned } from '../../core/replay/visits/endings.ts';
import { failedOutside } from '../../core/replay/visits/findings.ts';
import type { VisitFacts } from '../../core/replay/visits/facts.ts';
import type { VisitSummary } from '../../core/replay/visits/summary.ts';
import type { Visits } from '../../core/replay/visits/table.ts';

const address = (value: bigint | null): string | null => (value === null ? null : hex(value));

/** One visit. */
export function visitJson({ visit, instructions, isAtLeast, time, rings, stack, result, findings }: VisitFacts): JsonValue {
  const { index, name, call, cause, seqEntry, seqExit, reason, seqOver, depth, thread, faults, inferred, switched } = visit;
  return {
    visit: index, name, via: cause.via, vector: cause.vector, ...(call === null ? {} : { call: { number: call.number, name: call.name, result } }), entry: seqEntry, exit: seqExit, reason, ...(reason === null ? {} : { why: whyUnreturned(visit), over: seqOver }),
    rings: { from: rings.from, to: rings.to }, depth, thread, kernelStack: { top: address(visit.stack.stack), isTop: visit.stack.isTop, cr3: address(visit.stack.cr3) },
    instructions, ...(isAtLeast ? { isAtLeast } : {}), ...(time === null ? {} : { time: { ...time } }), faults, switched, inferred,
    stack: { entry: address(stack.entry), exit: address(stack.exit), deltaBytes: stack.deltaBytes, means: stack.means },
    findings: findings.map(({ kind, severity, seq, label, text, deltaBytes }) => ({ kind, severity, seq, label, text, deltaBytes })),
  };
}

/** Exits that belong to no visit. */
export function straysJson(visits: Visits): JsonValue {
  return Array.from(visits.strayExits, (seq, index) => ({ exit: seq, entry: null, reason: strayAt(visits, index).reason, why: strayAt(visits, index).text }));
}

/** Returns that faulted outside of all visits. */
export function failedJson(visits: Visits): JsonValue {
  return Array.from(failedOutside(visits), (seq) => ({ fault: seq, why: FAILED_OUTSIDE }));
}

/** What the visits of a recording add up to. */
export function summaryJson({ count, groups, endings, strays, findings, threads, deepest, switched }: VisitSummary): JsonValue {
  return {
    visits: count, threads, deepest, switched, endings: { ...endings }, unmatched: { ...strays },
    findings: { visits: findings.visits, kinds: { ...findings.kinds }, flags: { ...findings.flags } },
    names: groups.map(({ name, count: many, returned, odd, faults, instructions }) => ({ name, count: many, returned, odd, faults, instructions: instructions === null ? null : { ...instructions } })),
  };
}
