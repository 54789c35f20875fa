// Repeats in a recording that make no progress, found from events alone. A refault: the same fault of the same thread again, and no
// instruction ran between the handler's return and it. An interrupt storm: the same vector again within a few instructions of its handler's
// return. Idling is neither: an interrupt that HLT waited for is welcome. Folding them for a table: storm-folds.ts.

import { isPresent, isUnknown, wordOf, highWordOf, type Row } from '../event/draft.ts';
import { codeOf, EVENT_KINDS, FAULT_CLASSES, VIAS } from '../event/kinds.ts';
import { commonHandle, handleOf } from '../event/schema.ts';
import { Chains, type Chain } from './storm-chains.ts';
import { stormText } from './storm-words.ts';
import type { TraceSource } from './source.ts';
import { NONE, type Visits } from './visits/table.ts';

/** Rounds from which on a refault is a storm: twice may be chance (a page brought in read-only, then made writable). */
export const REFAULTS_LEAST = 3;
/** Rounds from which on interrupts are a storm. */
export const INTERRUPTS_LEAST = 8;
/** Instructions of the interrupted code that may run between two interrupts of a storm. */
export const INTERRUPT_GAP = 16;

export interface Storm {
  readonly kind: 'refault' | 'interrupt';
  /** The first event of the first round. */
  readonly seqFirst: number;
  /** The last event of the last round: its return, or where the recording ends. */
  readonly seqLast: number;
  /** Rounds: how often the fault or interrupt came. */
  readonly count: number;
  /** Events in a round, or null where rounds differ. */
  readonly period: number | null;
  /** The first event of each round, rising. */
  readonly rounds: Uint32Array;
  /** `412 times the same #PF at 0x401000 …`, a sentence without a full stop. */
  readonly text: string;
}

export interface Storms {
  /** By their first event. */
  readonly list: readonly Storm[];
  /** What the record cannot tell, as a sentence; null when it tells all. */
  readonly unknown: string | null;
}

const FAULT = codeOf(EVENT_KINDS, 'fault'), TRANSITION = codeOf(EVENT_KINDS, 'transition'), HALT = codeOf(EVENT_KINDS, 'halt');
const VECTOR = handleOf('fault', 'vector'), CLASS = handleOf('fault', 'class'), CR2 = handleOf('fault', 'cr2'), CODE = handleOf('fault', 'errorCode');
const IP = commonHandle('ip'), CS = commonHandle('cs'), CPL = commonHandle('cpl');
const TRAP = codeOf(FAULT_CLASSES, 'trap');
const VIA_EXCEPTION = codeOf(VIAS, 'exception'), VIA_INTERRUPT = codeOf(VIAS, 'interrupt'), VIA_NMI = codeOf(VIAS, 'nmi');
const NMI_VECTOR = 2;

/** Finds every storm: one pass over the kinds, and the rows of faults. */
export function stormsOf(trace: TraceSource, visits: Visits): Storms {
  const scan = new StormScan(trace, visits);
  scan.advance(trace.eventCount);
  return scan.storms();
}

/** Looks in slices, so that a window stays responsive. */
export class StormScan {
  readonly #trace: TraceSource;
  readonly #visits: Visits;
  readonly #refaults: Chains;
  readonly #interrupts: Chains;
  /** The next event to look at. */
  #seq = 0;
  /** The next visit to be entered. */
  #entered = 0;
  /** The first and the last fault since the last transition, -1 for none; what is the same of the last one. */
  #faultFirst = -1;
  #faultKey = '';
  /** Visits left so far, in the order of their exits. */
  #left = 0;
  /** The exit last seen, -1 after an entry; and the visit it left, NONE when that is not known or its progress is counted. */
  #exitSeq = -1;
  #exitVisit = NONE;
  /** Instructions the code around visits has run between them, by thread and depth. */
  readonly #progress = new Map<number, number>();
  /** The fault before, whoever raised it: for logs that count no instructions. */
  #keyBefore = '';
  /** Waited in HLT since the last exit. */
  #hasHalted = false;

  constructor(trace: TraceSource, visits: Visits) {
    this.#trace = trace;
    this.#visits = visits;
    this.#refaults = new Chains(REFAULTS_LEAST);
    this.#interrupts = new Chains(INTERRUPTS_LEAST);
  }

  /** Looks at up to `budget` more events. True when all were seen. */
  advance(budget: number): boolean {
    const end = Math.min(this.#trace.eventCount, this.#seq + budget);
    for (; this.#seq < end; this.#seq += 1) this.#look(this.#seq);
    return this.#seq >= this.#trace.eventCount;
  }

  /** What was found; to be called once, when all events were seen. */
  storms(): Storms {
    const list = [...this.#told('refault', this.#refaults.take()), ...this.#told('interrupt', this.#interrupts.take())];
    const trace = this.#trace;
    const isCounted = trace.rowCount === 0 || trace.icountAt(trace.seqAt(0)) >= 0;
    return {
      list: list.sort((a, b) => a.seqFirst - b.seqFirst),
      unknown: isCounted ? null : 'the log counts no instructions: refaults are told by faults that follow one another, and interrupt storms cannot be told',
    };
  }

  #look(seq: number): void {
    const code = this.#trace.kindAt(seq);
    if (code === FAULT) this.#fault(seq, this.#trace.row(seq));
    else if (code === HALT) this.#hasHalted = true;
    else if (code === TRANSITION) this.#transition(seq);
  }

  #told(kind: Storm['kind'], chains: readonly Chain[]): readonly Storm[] {
    const { over } = this.#visits;
    return chains.map((chain): Storm => {
      const rounds = Uint32Array.from(chain.rounds);
      const seqLast = Math.min(over[chain.visit]!, this.#trace.eventCount - 1);
      return { kind, seqFirst: rounds[0]!, seqLast, count: rounds.length, period: periodOf(rounds), rounds, text: stormText(this.#trace, kind, { seq: chain.shown, count: rounds.length }) };
    });
  }

  #fault(seq: number, row: Row): void {
    if (this.#faultFirst < 0) this.#faultFirst = seq;
    // a trap is raised by an instruction that was done: the next one is progress. Read at once: counting asks for other rows
    this.#faultKey = isPresent(row, CLASS) && !isUnknown(row, CLASS) && wordOf(row, CLASS) === TRAP ? '' : keyOf(row);
    this.#countProgress(seq);
  }

  #transition(seq: number): void {
    const { entry, via } = this.#visits;
    this.#countProgress(seq);
    if (entry[this.#entered] !== seq) { this.#leave(seq); return; }
    const visit = this.#entered;
    this.#entered += 1;
    if (via[visit] === VIA_EXCEPTION && this.#faultFirst >= 0 && this.#faultKey !== '') this.#refault(seq, visit);
    else if (via[visit] === VIA_INTERRUPT || via[visit] === VIA_NMI) this.#interrupt(seq, visit);
    this.#faultFirst = this.#exitSeq = -1;
    this.#exitVisit = NONE;
  }

  #leave(seq: number): void {
    const { byExit, exit } = this.#visits;
    const visit = byExit[this.#left];
    this.#exitVisit = visit !== undefined && exit[visit] === seq ? visit : NONE;
    if (this.#exitVisit !== NONE) this.#left += 1;
    this.#exitSeq = seq;
    this.#faultFirst = -1;
    this.#hasHalted = false;
  }

  // the first fault or transition behind an exit tells how long the code around the visit ran; the exit itself is one instruction
  #countProgress(seq: number): void {
    // before the first fault nobody asks
    if (this.#exitVisit === NONE || this.#refaults.isEmpty) return;
    const place = this.#placeOf(this.#exitVisit);
    this.#exitVisit = NONE;
    this.#progress.set(place, (this.#progress.get(place) ?? 0) + this.#trace.icountAt(seq) - this.#trace.icountAt(this.#exitSeq) - 1);
  }

  #placeOf(visit: number): number {
    return this.#visits.thread[visit]! * 0x1_0000 + this.#visits.depth[visit]!;
  }

  // SDM 3A "Exception Classifications": a fault returns to the instruction that faulted; with nothing run since the return it is that one again
  #refault(seq: number, visit: number): void {
    const place = this.#placeOf(visit);
    const icount = this.#trace.icountAt(this.#faultFirst);
    // a log without counts shows no returns either: what is under way there lies ever deeper
    const key = `${String(icount < 0 ? this.#visits.thread[visit] : place)} ${this.#faultKey}`;
    const progress = this.#progress.get(place) ?? 0;
    const before = this.#refaults.of(key);
    const isReturned = before !== null && this.#visits.over[before.visit]! < seq;
    const goesOn = icount < 0 ? key === this.#keyBefore : isReturned && this.#exitSeq >= 0 && icount === this.#trace.icountAt(this.#exitSeq) + 1 && progress === before.progress;
    this.#keyBefore = key;
    this.#refaults.add(key, { round: this.#faultFirst, visit, shown: this.#faultFirst, progress, goesOn });
  }

  #interrupt(seq: number, visit: number): void {
    const vector = this.#visits.via[visit] === VIA_NMI ? NMI_VECTOR : this.#visits.vector[visit]!;
    const key = String(vector);
    const before = this.#interrupts.of(key);
    const left = before === null ? 0 : this.#visits.exit[before.visit]!;
    const icount = this.#trace.icountAt(seq);
    const goesOn = before !== null && left < seq && !this.#hasHalted && icount >= 0 && icount - this.#trace.icountAt(left) - 1 <= INTERRUPT_GAP;
    this.#interrupts.add(key, { round: seq, visit, shown: seq, progress: 0, goesOn });
  }
}

function keyOf(row: Row): string {
  const wide = (field: number): string => (isPresent(row, field) && !isUnknown(row, field) ? `${String(highWordOf(row, field))}.${String(wordOf(row, field))}` : '-');
  const narrow = (field: number): string => (isPresent(row, field) && !isUnknown(row, field) ? String(wordOf(row, field)) : '-');
  return `${narrow(VECTOR)} ${narrow(CS)} ${wide(IP)} ${wide(CR2)} ${narrow(CODE)} ${narrow(CPL)}`;
}

// events from one round to the next, when all are alike
function periodOf(rounds: Uint32Array): number | null {
  const period = rounds[1]! - rounds[0]!;
  for (let at = 2; at < rounds.length; at += 1) if (rounds[at]! - rounds[at - 1]! !== period) return null;
  return period;
}
