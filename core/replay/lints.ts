// Lints: what a set-up event leaves wrong for later, from the pre-flight of the re-executor, as sentences with values and places; and where
// it came true. Nothing is decided here: the checks failed in core/cpu, on the machine of that moment.

import { hex } from '../base/u64.ts';
import type { FaultEvent } from '../event/event.ts';
import { EVENT_KINDS } from '../event/kinds.ts';
import type { LadderAccess, LadderStep } from '../event/ladder.ts';
import type { PreflightFinding, PreflightTrial } from '../event/reexecutor.ts';
import { ruleOf } from '../event/rules.ts';
import { setUpOf, type SetUp } from '../event/set-up.ts';
import { Inquiry, type ExplainSource } from './explain/inquiry.ts';
import { ladderOfSlice } from './explain/ladder.ts';
import { readBy, sentenceOf } from './lint-words.ts';

/** `warning`: it will fail when it is needed. `note`: nothing is there yet, which may be set up later. */
export type Severity = 'warning' | 'note';

/** One thing that is wrong behind a set-up event. Stands on re-execution. */
export interface Lint {
  /** The set-up event. */
  readonly seq: number;
  readonly severity: Severity;
  readonly trial: PreflightTrial;
  /** Of deliveries, ascending. */
  readonly vectors: readonly number[];
  readonly rule: string;
  readonly title: string;
  readonly cite: string;
  /** What would be raised: `#GP(0x10)`. */
  readonly fault: string;
  /** One sentence with the values and where they were read. */
  readonly sentence: string;
  /** The failing check with operands and the memory read for it. */
  readonly step: LadderStep | null;
  /** The memory the failing check turned on; null when it is no memory. */
  readonly read: LadderAccess | null;
  /** The linear address of a page fault. */
  readonly linear: bigint | null;
  /** The first later fault by the same rule at the same place; null when it never came true. */
  readonly cameTrue: number | null;
}

export type Lints = { readonly kind: 'lints'; readonly lints: readonly Lint[] } | { readonly kind: 'absent'; readonly reason: string };

/** A lint of a whole trace: reported where it was first so. */
export interface StandingLint extends Lint {
  /** The last set-up event behind which it was still so. */
  readonly lastSeq: number;
}
export type TraceLints =
  /** `setUps`: set-up events looked at. `cut`: there were more. */
  | { readonly kind: 'lints'; readonly lints: readonly StandingLint[]; readonly setUps: number; readonly cut: boolean }
  | { readonly kind: 'absent'; readonly reason: string };

/** So many set-up events of a trace are looked at. */
export const SET_UPS_MAX = 200;

const FAULT = EVENT_KINDS.indexOf('fault');
const SET_UP_KINDS = (['table-load', 'msr-write', 'cr-write', 'transition'] as const).map((kind) => EVENT_KINDS.indexOf(kind));

/** What an event sets up for later; null when nothing, and for the registers a task switch loads: the task that began uses them. */
function setUpAt({ trace }: Pick<ExplainSource, 'trace'>, seq: number): SetUp | null {
  const event = trace.event(seq);
  const setUp = setUpOf(event);
  if (event.kind !== 'table-load' || seq === 0 || trace.kindAt(seq - 1) === -1) return setUp;
  const before = trace.event(seq - 1);
  const isOfTaskSwitch = before.icount === event.icount && ((before.kind === 'transition' && before.via === 'task-switch') || before.kind === 'table-load');
  return isOfTaskSwitch ? null : setUp;
}

/** True when a pre-flight has something to try behind this event. */
export const isSetUp = (source: Pick<ExplainSource, 'trace'>, seq: number): boolean => setUpAt(source, seq) !== null;

/** The lints of one event, which must be stored; none when it sets nothing up. */
export async function lintsOf(source: ExplainSource, seq: number): Promise<Lints> {
  const setUp = setUpAt(source, seq);
  if (setUp === null) return { kind: 'lints', lints: [] };
  const inquiry = new Inquiry(source);
  const reply = await inquiry.ask({ kind: 'preflight', at: inquiry.before(seq) }, 'preflight');
  if (reply.kind === 'unknown') return { kind: 'absent', reason: reply.reason };
  const lints = reply.findings.map((finding) => lintOf(source, seq, finding, { isLast: setUp === 'ring-3' }));
  return { kind: 'lints', lints };
}

/** The lints of a whole trace: of its set-up events and of the first entry to ring 3, each where it was first so. */
export async function lintsOfTrace(source: ExplainSource): Promise<TraceLints> {
  const { seqs, cut } = setUpsOf(source);
  const standing = new Map<string, StandingLint>();
  for (const seq of seqs) {
    const reply = await lintsOf(source, seq);
    if (reply.kind === 'absent') return reply;
    for (const lint of reply.lints) {
      const known = standing.get(keyOf(lint));
      standing.set(keyOf(lint), known === undefined ? { ...lint, lastSeq: seq } : { ...known, severity: lint.severity, lastSeq: seq });
    }
  }
  return { kind: 'lints', lints: [...standing.values()], setUps: seqs.length, cut };
}

function setUpsOf({ trace }: ExplainSource): { readonly seqs: readonly number[]; readonly cut: boolean } {
  const seqs: number[] = [];
  let wasInRing3 = false;
  for (let row = 0; row < trace.rowCount; row += 1) {
    const seq = trace.seqAt(row);
    if (!SET_UP_KINDS.includes(trace.kindAt(seq))) continue;
    const setUp = setUpAt({ trace }, seq);
    if (setUp === null || (setUp === 'ring-3' && wasInRing3)) continue;
    if (seqs.length === SET_UPS_MAX) return { seqs, cut: true };
    wasInRing3 ||= setUp === 'ring-3';
    seqs.push(seq);
  }
  return { seqs, cut: false };
}

// what stays wrong is one lint, though a later set-up may be tried from another ring
const keyOf = ({ trial, rule, vectors, linear }: Lint): string => [vectors.length === 0 ? trial : 'delivery', rule, vectors.join(), String(linear === null ? '' : linear >> 12n)].join(' ');

function lintOf(source: ExplainSource, seq: number, finding: PreflightFinding, at: { readonly isLast: boolean }): Lint {
  const rule = ruleOf(finding.rule);
  const step = ladderOfSlice(finding.heard).steps.find(({ outcome }) => outcome === 'fail') ?? null;
  const read = step === null ? null : readBy(step);
  const linear = finding.linear === null ? null : BigInt(finding.linear);
  return {
    seq, severity: finding.isUnset && !at.isLast ? 'note' : 'warning', trial: finding.trial, vectors: finding.vectors, rule: rule?.id ?? 'none', title: rule?.title ?? '', cite: rule?.cite ?? '',
    fault: finding.fault, sentence: sentenceOf(finding, step), step, read, linear, cameTrue: cameTrue(source, seq, finding, rule?.id ?? 'none'),
  };
}

/** The first fault behind `seq` that fails the same check at the same place. */
function cameTrue({ trace }: ExplainSource, seq: number, finding: PreflightFinding, rule: string): number | null {
  for (let row = trace.rowNotAfter(seq) + 1; row < trace.rowCount; row += 1) {
    const at = trace.seqAt(row);
    if (trace.kindAt(at) !== FAULT) continue;
    const event = trace.event(at);
    if (event.kind === 'fault' && event.rule === rule && isSamePlace(event, finding)) return at;
  }
  return null;
}

function isSamePlace(event: FaultEvent, { trial, vectors, linear, fault }: PreflightFinding): boolean {
  // one page was tried; what is wrong with EFER is wrong for all
  if (trial === 'page-entry') return true;
  if (linear !== null) return typeof event.cr2 === 'bigint' && event.cr2 >> 12n === BigInt(linear >>> 12);
  if (vectors.length > 0) return event.deliveryOf !== undefined && vectors.includes(event.deliveryOf.vector);
  return `${event.mnemonic}${event.errorCode === null ? '' : `(${hex(event.errorCode)})`}` === fault;
}
