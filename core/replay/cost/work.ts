// The architectural work of one transition, counted from what a listening probe heard of it: which checks were made, which tables were read,
// what was pushed or popped. Work, not cycles: how long a processor takes for it nobody can read off a trace.

import type { Heard, HeardAccess } from '../../event/heard.ts';
import { CHECK_SKIPPED } from '../../event/probe.ts';
import { RULES } from '../../event/rules.ts';

/** What is counted, in the order it is shown. */
export const WORK_KINDS = ['checks', 'gates', 'descriptors', 'tss', 'pushes', 'pops', 'others', 'accessChecks', 'pageChecks', 'pageEntries'] as const;
export type WorkKind = (typeof WORK_KINDS)[number];
/**
 * How many of each. `checks`: those of the procedure itself. `others`: accessed and busy bits, pointers, the I/O map. Each access besides is held
 * against its segment (`accessChecks`) and its page: what pages cost depends on the TLB, so these stand apart.
 */
export type Work = Readonly<Record<WorkKind, number>>;

export const WORK_TITLES: Readonly<Record<WorkKind, string>> = {
  checks: 'checks', gates: 'gates read', descriptors: 'descriptors read', tss: 'TSS fields read', pushes: 'values pushed', pops: 'values popped',
  others: 'other accesses', accessChecks: 'checks of the segment', pageChecks: 'checks of the page', pageEntries: 'page entries read',
};

/** Memory accesses, but for those of page walks. */
export function accessesOf({ gates, descriptors, tss, pushes, pops, others }: Work): number {
  return gates + descriptors + tss + pushes + pops + others;
}

/** Every instruction is fetched and decoded with the same checks: they are no work of a transition. */
const FETCH = 'fetch';
const KINDS: Readonly<Record<string, WorkKind>> = { 'page-walk': 'pageChecks', 'memory-access': 'accessChecks' };

/**
 * The work for event `seq` among what one attempt let hear: all between the fault or transition before it and the event itself. Null when
 * the event was not heard.
 */
export function workOf(heard: readonly Heard[], seq: number): Work | null {
  const end = heard.findIndex((one) => one.kind === 'event' && one.seq === seq);
  if (end < 0) return null;
  let first = end;
  while (first > 0 && !isBorder(heard[first - 1]!)) first -= 1;
  const work = emptyWork();
  for (let at = first; at < end; at += 1) {
    const kind = kindOf(heard[at]!);
    if (kind !== null) work[kind] += 1;
  }
  return work;
}

/** The sum of two. */
export function addWork(a: Work, b: Work): Work {
  return combined(a, b, (one, other) => one + other);
}

/** Counter by counter. */
export function combined(a: Work, b: Work, combine: (one: number, other: number) => number): Work {
  const result = emptyWork();
  for (const kind of WORK_KINDS) result[kind] = combine(a[kind], b[kind]);
  return result;
}

function emptyWork(): Record<WorkKind, number> {
  return { checks: 0, gates: 0, descriptors: 0, tss: 0, pushes: 0, pops: 0, others: 0, accessChecks: 0, pageChecks: 0, pageEntries: 0 };
}

function isBorder(one: Heard): boolean {
  return one.kind === 'event' && (one.event === 'fault' || one.event === 'transition');
}

function kindOf(one: Heard): WorkKind | null {
  if (one.kind === 'access') return accessKind(one);
  if (one.kind !== 'check' || one.outcome === CHECK_SKIPPED) return null;
  const procedure = RULES[one.rule]?.procedure ?? FETCH;
  return procedure === FETCH ? null : KINDS[procedure] ?? 'checks';
}

function accessKind({ what, write }: HeardAccess): WorkKind | null {
  switch (what) {
    case 'page-entry': return write ? 'others' : 'pageEntries';
    case 'frame': return write ? 'pushes' : 'pops';
    case 'gate': return write ? 'others' : 'gates';
    case 'descriptor': return write ? 'others' : 'descriptors';
    case 'tss': return write ? 'others' : 'tss';
    case 'io-map': case 'redirection-map': case 'operand': case 'pseudo-descriptor': return 'others';
    case 'tlb': return null;
  }
}
