// A cascade of faults, from the events alone: the first fault, why its delivery failed, the cell of the double-fault table that was met,
// #DF, why that failed, shutdown, or the delivery that ended it. Which cell leads where is not decided here: the event that followed tells.

import { findVector, vectorName, type Contribution } from '../../arch/vectors.ts';
import { hex } from '../../base/u64.ts';
import type { FaultEvent, TraceEvent } from '../../event/event.ts';
import { EVENT_KINDS } from '../../event/kinds.ts';
import { RULES } from '../../event/rules.ts';
import type { WriterSource } from '../last-writer.ts';
import type { CascadeStep } from './explanation.ts';

/** A chain of failed deliveries is longer only in a damaged trace. */
const CASCADE_MAX = 32;
const FAULT = EVENT_KINDS.indexOf('fault'), SHUTDOWN = EVENT_KINDS.indexOf('shutdown'), TRANSITION = EVENT_KINDS.indexOf('transition');
const CLASS_NAMES: Readonly<Record<Contribution, string>> = { 'benign': 'benign', 'contributory': 'contributory', 'page-fault': 'page fault' };

/** The cascade an event belongs to, first fault first; empty when the event stands alone. */
export function cascadeOf(trace: WriterSource, event: TraceEvent): readonly CascadeStep[] {
  const seqs = membersOf(trace, event);
  if (seqs.length < 2) return [];
  const events = seqs.map((seq) => trace.event(seq));
  return events.map((one, index) => stepOf(one, events.slice(0, index), events[index + 1] ?? null));
}

/** The sequence numbers of a cascade, rising. */
function membersOf(trace: WriterSource, event: TraceEvent): readonly number[] {
  const first = rootOf(trace, event);
  if (first === null) return [];
  const members = [first];
  for (let seq = first + 1; seq < trace.eventCount && members.length < CASCADE_MAX; seq += 1) {
    const next = eventOrNull(trace, seq);
    if (next === null || !follows(next, members)) break;
    members.push(seq);
  }
  const faults = members.length;
  const end = eventOrNull(trace, members.at(-1)! + 1);
  if (faults > 1 && end !== null && isDelivery(end, trace.event(members.at(-1)!))) members.push(end.seq);
  return members.includes(event.seq) ? members : [];
}

function rootOf(trace: WriterSource, event: TraceEvent): number | null {
  let at: TraceEvent | null = event.kind === 'transition' ? eventOrNull(trace, event.seq - 1) : event;
  for (let tries = 0; at !== null && tries < CASCADE_MAX; tries += 1) {
    const before = precedingOf(at);
    if (before === null) return at.kind === 'fault' ? at.seq : null;
    at = eventOrNull(trace, before);
  }
  return null;
}

/** The earliest event one names as what led to it. */
function precedingOf(event: TraceEvent): number | null {
  if (event.kind === 'shutdown') return event.chain[0] ?? null;
  if (event.kind !== 'fault') return null;
  const named = [...(event.causes ?? []), ...(event.deliveryOf === undefined || event.deliveryOf.seq === null ? [] : [event.deliveryOf.seq])].filter((seq) => seq < event.seq);
  return named.length === 0 ? null : Math.min(...named);
}

function follows(event: TraceEvent, members: readonly number[]): boolean {
  if (event.kind === 'shutdown') return event.chain.some((seq) => members.includes(seq));
  if (event.kind !== 'fault') return false;
  return (event.causes ?? []).some((seq) => members.includes(seq)) || (event.deliveryOf?.seq !== undefined && event.deliveryOf.seq !== null && members.includes(event.deliveryOf.seq));
}

const isDelivery = (event: TraceEvent, last: TraceEvent): boolean => event.kind === 'transition' && last.kind === 'fault' && event.vector === last.vector && event.icount === last.icount;

function eventOrNull(trace: WriterSource, seq: number): TraceEvent | null {
  if (seq < 0 || seq >= trace.eventCount) return null;
  const kind = trace.kindAt(seq);
  return kind === FAULT || kind === SHUTDOWN || kind === TRANSITION ? trace.event(seq) : null;
}

function stepOf(event: TraceEvent, before: readonly TraceEvent[], next: TraceEvent | null): CascadeStep {
  if (event.kind === 'transition') return { seq: event.seq, name: event.via === 'task-switch' ? 'delivered by a task switch' : 'delivered', when: `to ${place(event.to.cs, event.to.ip)}`, rule: null, title: null, pair: null };
  if (event.kind !== 'fault') return { seq: event.seq, name: 'shutdown', when: 'the double fault could not be delivered; real machines are reset now', rule: null, title: null, pair: null };
  const rule = event.rule === null || event.rule === 'none' ? null : event.rule;
  return {
    seq: event.seq, name: nameOf(event), when: whenOf(event), rule, title: RULES.find(({ id }) => id === rule)?.title ?? null, pair: pairOf(event, before, next),
  };
}

/** `#GP(0x6b)`; `#UD` where there is no code. */
export function nameOf({ mnemonic, errorCode }: FaultEvent): string {
  return errorCode === null ? mnemonic : `${mnemonic}(${hex(errorCode)})`;
}

function whenOf(event: FaultEvent): string {
  const { deliveryOf: of, causes } = event;
  if (causes !== undefined && causes.length > 0) return `instead of events ${causes.map(String).join(' and ')}`;
  if (of === undefined) return `at ${place(event.cs, event.ip)} in ring ${event.cpl === null ? '?' : String(event.cpl)}`;
  const what = of.source === 'software' ? `INT ${hex(of.vector)}` : vectorName(of.vector);
  return `while ${what}${of.seq === null ? '' : ` (event ${String(of.seq)})`} was delivered`;
}

/** The cell of the double-fault table a failed delivery met: SDM 3A "Interrupt 8—Double Fault Exception (#DF)". */
function pairOf(event: FaultEvent, before: readonly TraceEvent[], next: TraceEvent | null): CascadeStep['pair'] {
  const { deliveryOf: of, causes } = event;
  if (of === undefined || (causes !== undefined && causes.length > 0)) return null;
  const first = of.source === 'software' ? 'benign' : classOf(of.vector);
  const isShutDown = next?.kind === 'shutdown' && before.some((one) => one.kind === 'fault' && one.seq === of.seq && one.vector === 8);
  const isDouble = next?.kind === 'fault' && (next.causes ?? []).includes(event.seq);
  return { first, second: classOf(event.vector), outcome: isShutDown ? 'shutdown' : isDouble ? 'double fault' : 'serial' };
}

const classOf = (vector: number): string => (vector === 8 ? 'double fault' : CLASS_NAMES[findVector(vector)?.contribution ?? 'benign']);
const place = (cs: number | null, ip: bigint | null): string => `${cs === null ? '?' : cs.toString(16).padStart(4, '0')}:${ip === null ? '?' : ip.toString(16).padStart(8, '0')}`;
