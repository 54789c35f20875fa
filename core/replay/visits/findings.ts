// What is odd about kernel visits, from the columns alone: an exit that missed, a flag of user code that is still set, a visit the processor
// shut down in. Cheap for a million visits: each answer looks at one visit. A finding says what the record shows; that it is a mistake of
// the kernel is for the reader to judge, so each has a severity.

import { DELTA_UNKNOWN, ENDINGS, lastBelow, NONE, visitAt, type Visits } from './table.ts';
import { whyUnreturned } from './endings.ts';
import { USER_FLAGS } from './user-flags.ts';

/**
 * `exit-faulted`: a return faulted while the visit was under way. `error-code`: with the error code still on the stack. `stack-delta`: with the
 * stack pointer elsewhere than at the pushed frame. `shutdown`: the processor shut down in it. `stack-reused`: its place was used again, so it
 * never returns. `flag`: a flag of user code is still set in the kernel.
 */
export const FINDING_KINDS = ['exit-faulted', 'error-code', 'stack-delta', 'shutdown', 'stack-reused', 'flag'] as const;
export type FindingKind = (typeof FINDING_KINDS)[number];
/** `wrong`: the record shows a failure. `look`: often a mistake. `note`: good to know. */
export const SEVERITIES = ['wrong', 'look', 'note'] as const;
export type Severity = (typeof SEVERITIES)[number];

export interface VisitFinding {
  readonly kind: FindingKind;
  readonly severity: Severity;
  /** The event that shows it. */
  readonly seq: number;
  /** A word or two for a table: `error code not popped`, `AC survives`. */
  readonly label: string;
  /** One sentence. */
  readonly text: string;
  /** Stack pointer of the exit less the address of the pushed frame, in bytes; null where that means nothing. */
  readonly deltaBytes: number | null;
}

const SHUTDOWN = ENDINGS.indexOf('shutdown'), STACK_REUSED = ENDINGS.indexOf('stack-reused');
const GRAVE_FLAGS = USER_FLAGS.reduce((bits, flag, index) => (flag.isGrave ? bits | (1 << index) : bits), 0);
/** Misses of one visit that are told one by one; the last says how many there are. */
const TOLD = 8;

/** True when there is something to look at: findings that are but a note do not count. */
export function isOdd(visits: Visits, index: number): boolean {
  return (visits.survivors[index]! & GRAVE_FLAGS) !== 0 || visits.ending[index] === SHUTDOWN || firstMiss(visits, index) !== NONE;
}

/** The findings of one visit, gravest first. */
export function findingsOf(visits: Visits, index: number): readonly VisitFinding[] {
  const all = [...missesOf(visits, index), ...endingOf(visits, index), ...flagsOf(visits, index)];
  return all.sort((a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity));
}

/** Findings of a whole recording, by kind, and visits that have something to look at. */
export interface FindingTotals { readonly visits: number; readonly kinds: Readonly<Record<FindingKind, number>>; readonly flags: Readonly<Record<string, number>> }

/** Counts every finding: one look at each visit. */
export function findingTotals(visits: Visits): FindingTotals {
  const kinds: Record<FindingKind, number> = { 'exit-faulted': 0, 'error-code': 0, 'stack-delta': 0, 'shutdown': 0, 'stack-reused': 0, 'flag': 0 };
  const flags = USER_FLAGS.map(() => 0);
  let odd = 0;
  for (let index = 0; index < visits.count; index += 1) {
    if (isOdd(visits, index)) odd += 1;
    if (visits.ending[index] === SHUTDOWN) kinds.shutdown += 1;
    if (visits.ending[index] === STACK_REUSED) kinds['stack-reused'] += 1;
    const survivors = visits.survivors[index]!;
    if (survivors !== 0) USER_FLAGS.forEach((_, bit) => { if ((survivors & (1 << bit)) !== 0) { flags[bit]! += 1; kinds.flag += 1; } });
  }
  for (let at = 0; at < visits.misses.visit.length - failedOutside(visits).length; at += 1) kinds[missKind(visits, at)] += 1;
  return { visits: odd, kinds, flags: Object.fromEntries(USER_FLAGS.map(({ name }, bit) => [name, flags[bit]!])) };
}

/** What a distance of the stack pointer from the pushed frame means, as a clause; null for none. */
export function deltaText(deltaBytes: number, codeBytes: number): string | null {
  if (deltaBytes === 0) return null;
  if (deltaBytes < 0 && -deltaBytes === codeBytes) return `the error code of ${String(codeBytes)} bytes was not popped`;
  const many = String(Math.abs(deltaBytes));
  return deltaBytes < 0 ? `${many} bytes more were pushed than popped` : `${many} bytes more were popped than pushed`;
}

/** Returns that faulted with no visit under way on their stack: a first way to user code that failed. Sequence numbers, rising. */
export function failedOutside({ misses }: Visits): Uint32Array {
  return misses.seq.subarray(lastBelow(misses.visit.length, (at) => misses.visit[at] !== NONE) + 1);
}

function missesOf(visits: Visits, index: number): VisitFinding[] {
  const first = firstMiss(visits, index);
  if (first === NONE) return [];
  const found: VisitFinding[] = [];
  const { visit } = visits.misses;
  let at = first;
  for (; visit[at] === index && found.length < TOLD; at += 1) found.push(missFinding(visits, at));
  const more = lastBelow(visit.length, (one) => visit[one]! <= index) + 1 - at;
  const last = found[found.length - 1];
  if (more > 0 && last !== undefined) found[found.length - 1] = { ...last, text: `${last.text}; ${String(more)} more such returns follow` };
  return found;
}

function missFinding(visits: Visits, at: number): VisitFinding {
  const { seq, kind, delta, codeBytes, isFault } = missAt(visits, at);
  const what = isFault ? `the return at event ${String(seq)} faulted` : `the return at event ${String(seq)} took another frame than the one pushed at event ${String(visits.entry[visits.misses.visit[at]!]!)}`;
  const means = delta === null ? null : deltaText(delta, codeBytes);
  const where = delta === null || means === null ? '' : `: the stack pointer was ${String(Math.abs(delta))} bytes ${delta < 0 ? 'below' : 'above'} the pushed frame, so ${means}`;
  const content = isFault && delta === 0 ? ': the stack pointer was at the pushed frame, so a value in the frame, or what it names, is wrong' : '';
  const labels = { 'error-code': 'error code not popped', 'stack-delta': `stack off by ${String(delta)}`, 'exit-faulted': 'return faulted' };
  return { kind, severity: 'wrong', seq, label: labels[kind], text: `${what}${where}${content}`, deltaBytes: delta };
}

type MissKind = 'error-code' | 'stack-delta' | 'exit-faulted';
interface Miss { readonly seq: number; readonly kind: MissKind; readonly delta: number | null; readonly codeBytes: number; readonly isFault: boolean }

function missAt(visits: Visits, at: number): Miss {
  const { misses } = visits;
  const seq = misses.seq[at]!;
  const delta = misses.delta[at] === DELTA_UNKNOWN ? null : misses.delta[at]!;
  return { seq, delta, codeBytes: visits.codeBytes[misses.visit[at]!]!, kind: missKind(visits, at), isFault: !isStray(visits, seq) };
}

function missKind({ misses, codeBytes }: Visits, at: number): MissKind {
  const delta = misses.delta[at]!;
  const code = codeBytes[misses.visit[at]!]!;
  if (code > 0 && delta === -code) return 'error-code';
  return delta === 0 || delta === DELTA_UNKNOWN ? 'exit-faulted' : 'stack-delta';
}

// a miss that is an exit stands among the exits that belong to no visit
function isStray({ strayExits }: Visits, seq: number): boolean {
  const at = lastBelow(strayExits.length, (index) => strayExits[index]! <= seq);
  return at >= 0 && strayExits[at] === seq;
}

function firstMiss({ misses }: Visits, index: number): number {
  if (misses.visit.length === 0) return NONE;
  const at = lastBelow(misses.visit.length, (one) => misses.visit[one]! < index) + 1;
  return misses.visit[at] === index ? at : NONE;
}

function endingOf(visits: Visits, index: number): readonly VisitFinding[] {
  const visit = visitAt(visits, index);
  const { reason, seqOver } = visit;
  if (reason === 'shutdown') return [{ kind: 'shutdown', severity: 'wrong', seq: seqOver, label: 'shut down', text: whyUnreturned(visit), deltaBytes: null }];
  if (reason === 'stack-reused') return [{ kind: 'stack-reused', severity: 'note', seq: seqOver, label: 'never returns', text: whyUnreturned(visit), deltaBytes: null }];
  return [];
}

function flagsOf(visits: Visits, index: number): readonly VisitFinding[] {
  const survivors = visits.survivors[index]!;
  if (survivors === 0) return [];
  return USER_FLAGS.filter((_, bit) => (survivors & (1 << bit)) !== 0).map(({ name, means, isGrave }): VisitFinding => ({
    kind: 'flag', severity: isGrave ? 'look' : 'note', seq: visits.entry[index]!, label: `${name} survives`, deltaBytes: null,
    text: `${name} of user code is still set in the kernel: ${means}`,
  }));
}
