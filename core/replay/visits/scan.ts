// Pairs kernel entries with their exits, in one pass over the rows. An exit matches the entry whose frame it consumes (linear address of
// the frame, and CR3); SYSENTER and SYSCALL match by the stack they started on. What stays alone has a reason, and is no error: threads
// switch, processes are replaced, recordings end. Where a log shows no frames, only what can be known is paired, and marked.

import { registerOffset } from '../../arch/register-file.ts';
import { CURRENT_NAMES } from '../../event/decode.ts';
import { highWordOf, isPresent, isUnknown, wordOf, type Row } from '../../event/draft.ts';
import { codeOf, CONTROL_REGISTERS, EVENT_KINDS, VIAS } from '../../event/kinds.ts';
import { handleOf } from '../../event/schema.ts';
import { callNumberAt, type System } from '../os/system-call.ts';
import type { TraceSource } from '../source.ts';
import { Crossing } from './crossing.ts';
import { isFailedReturn, MissColumns, returnRuleCodes, stackTop } from './misses.ts';
import { OpenVisits } from './open-visits.ts';
import { DELTA_UNKNOWN, Growing, NONE, UNMATCHED, type Unmatched, type Visits } from './table.ts';
import { CR3_UNKNOWN } from './threads.ts';

const kind = (name: (typeof EVENT_KINDS)[number]): number => codeOf(EVENT_KINDS, name);
const TRANSITION = kind('transition'), FAULT = kind('fault'), CR_WRITE = kind('cr-write'), SHUTDOWN = kind('shutdown'), RESET = kind('reset'), LINE = kind('interrupt-line');
const REGISTER = handleOf('cr-write', 'register'), AFTER = handleOf('cr-write', 'after');
const LINE_NUMBER = handleOf('interrupt-line', 'line'), LINE_VECTOR = handleOf('interrupt-line', 'vector');
const CODE_CR3 = codeOf(CONTROL_REGISTERS, 'cr3');
const CR3 = registerOffset('cr3'), TR = registerOffset('tr.selector');
const VIA_SMI = codeOf(VIAS, 'smi'), VIA_RSM = codeOf(VIAS, 'rsm'), VIA_SYSENTER = codeOf(VIAS, 'sysenter'), VIA_SYSCALL = codeOf(VIAS, 'syscall'), VIA_SYSRET = codeOf(VIAS, 'sysret');
const isFast = (via: number): boolean => via === VIA_SYSENTER || via === VIA_SYSCALL;

/** Pairs in slices, so that a window stays responsive. */
export class VisitScan {
  readonly #trace: TraceSource;
  readonly #open = new OpenVisits();
  readonly #crossing = new Crossing();
  readonly #strays = new Growing();
  #reasons: number[] = [];
  readonly #misses = new MissColumns();
  readonly #returnRules: ReadonlySet<number>;
  #seq = 0;
  /** CR3 where we are. */
  #cr3 = CR3_UNKNOWN;
  /** False where its change may have escaped us: then the registers are asked. */
  #cr3IsKnown = false;
  readonly #isFiltered: boolean;
  readonly #system: System | null;
  /** Task switches under way: the visit, the task register before and after. */
  #tasks: { readonly visit: number; readonly from: number; readonly to: number }[] = [];
  /** Faults whose delivery has not come yet. */
  #pendingFaults = 0;
  /** The visit that runs, as far as the last transition told; NONE outside. */
  #running = NONE;
  /** The interrupt line a controller acknowledged with each vector; 255 for none. */
  readonly #lines = new Uint8Array(256).fill(255);

  /** `system`: whose system calls are told by number; null for none. */
  constructor(trace: TraceSource, { system = null }: { readonly system?: System | null } = {}) {
    this.#trace = trace;
    this.#system = system;
    this.#isFiltered = trace.rowCount < trace.eventCount;
    this.#returnRules = returnRuleCodes((trace.names ?? CURRENT_NAMES).rules);
  }

  /** Looks at up to `budget` more events. True when all were seen. */
  advance(budget: number): boolean {
    const end = Math.min(this.#trace.eventCount, this.#seq + budget);
    for (; this.#seq < end; this.#seq += 1) this.#look(this.#seq);
    return this.#seq >= this.#trace.eventCount;
  }

  /** The visits; to be called once, when all events were seen. */
  visits(): Visits {
    this.#countFaults(this.#running);
    this.#open.closeAll('open', this.#trace.eventCount);
    const { columns, threads, byExit } = this.#open;
    return columns.take({ threads: threads.list(), lines: this.#lines, byExit: byExit.take(), strayExits: this.#strays.take(), strayReasons: Uint8Array.from(this.#reasons), misses: this.#misses.take() });
  }

  #look(seq: number): void {
    const code = this.#trace.kindAt(seq);
    if (code === TRANSITION) this.#transition(seq, this.#crossing.read(this.#trace.row(seq)));
    else if (code === FAULT) this.#fault(seq, this.#trace.row(seq));
    else if (code === LINE) this.#noteLine(this.#trace.row(seq));
    else if (code === CR_WRITE) this.#noteCr3(this.#trace.row(seq));
    else if (code === SHUTDOWN || code === RESET) this.#stop(seq, code === SHUTDOWN ? 'shutdown' : 'reset');
  }

  #fault(seq: number, row: Row): void {
    this.#pendingFaults += 1;
    if (!this.#trace.hasState || !isFailedReturn(row, this.#returnRules)) return;
    this.#readCr3(seq);
    const top = stackTop(this.#trace.stateBefore(seq));
    const thread = this.#open.threadHolding(top, this.#cr3);
    const visit = thread < 0 ? NONE : this.#open.innermost(thread);
    // a first way to user code, or a frame built for leaving a fast call, has no place it must be at
    const hasPlace = visit !== NONE && !isFast(this.#open.columns.via[visit]!);
    this.#misses.add(visit, seq, hasPlace ? top - this.#open.columns.frame[visit]! : DELTA_UNKNOWN);
  }

  #noteLine(row: Row): void {
    if (isPresent(row, LINE_VECTOR) && !isUnknown(row, LINE_VECTOR) && isPresent(row, LINE_NUMBER)) this.#lines[wordOf(row, LINE_VECTOR) & 0xff] = wordOf(row, LINE_NUMBER);
  }

  #noteCr3(row: Row): void {
    if (wordOf(row, REGISTER) !== CODE_CR3 || !isPresent(row, AFTER) || isUnknown(row, AFTER)) return;
    this.#cr3 = highWordOf(row, AFTER) * 0x1_0000_0000 + wordOf(row, AFTER);
    this.#cr3IsKnown = true;
  }

  #stop(seq: number, ending: 'shutdown' | 'reset'): void {
    this.#countFaults(this.#running);
    this.#open.closeAll(ending, seq);
    this.#tasks = [];
    this.#running = NONE;
    this.#cr3IsKnown = false;
  }

  #transition(seq: number, crossing: Crossing): void {
    this.#readCr3(seq);
    switch (crossing.role) {
      case 'enter': case 'enter-fast': this.#enter(seq, crossing); break;
      case 'leave': case 'leave-fast': this.#leave(seq, crossing); break;
      case 'task': this.#switchTask(seq, crossing); break;
      case 'unknown': if (crossing.fromRing < crossing.toRing) this.#leaveUnseen(seq); else if (crossing.fromRing > crossing.toRing) this.#enter(seq, crossing); break;
      case 'none': break;
    }
    this.#pendingFaults = 0;
  }

  // every write of CR3 is an event: the registers are asked at the start, after a task switch, and where a filter or a log may lack it
  #readCr3(seq: number): void {
    if (this.#cr3IsKnown && !this.#isFiltered && this.#trace.icountAt(seq) >= 0) return;
    if (!this.#trace.hasState) return;
    const words = this.#trace.stateBefore(seq);
    this.#cr3 = words[CR3 + 1]! * 0x1_0000_0000 + words[CR3]!;
    this.#cr3IsKnown = true;
  }

  #enter(seq: number, crossing: Crossing): void {
    const fast = crossing.role === 'enter-fast';
    if (crossing.via === VIA_SMI || (Number.isNaN(crossing.frame) && !fast)) { this.#enterUnseen(seq, crossing); return; }
    const end = fast ? crossing.toSp : crossing.frameEnd;
    const place = fast ? crossing.toSp : crossing.frame;
    const restarts = fast || crossing.isFromOuterRing;
    const held = restarts ? -1 : this.#open.threadHolding(end, this.#cr3);
    const thread = restarts ? this.#open.threads.withTop(end, this.#cr3) : held >= 0 ? held : this.#open.threads.ofPage(end, this.#cr3);
    this.#open.runs(thread);
    this.#open.unwind(thread, end, seq, { atToo: restarts });
    this.#countFaults(this.#open.innermost(thread));
    this.#running = this.#open.enter(seq, crossing, { thread, cr3: this.#cr3, frame: place });
    if (this.#system !== null && crossing.isFromOuterRing) this.#open.columns.call[this.#running] = callNumberAt(this.#trace, seq);
  }

  // a log that shows no frame: from an outer ring one visit an address space; inside the kernel nothing tells of the return
  #enterUnseen(seq: number, crossing: Crossing): void {
    const { threads } = this.#open;
    if (crossing.via === VIA_SMI || crossing.isFromOuterRing) {
      this.#running = this.#open.enter(seq, crossing, { thread: threads.ofAddressSpace(this.#cr3), cr3: this.#cr3, frame: NaN, inferred: crossing.role === 'unknown' });
      return;
    }
    const thread = Number.isNaN(crossing.fromSp) ? threads.ofAddressSpace(CR3_UNKNOWN) : threads.ofPage(crossing.fromSp, CR3_UNKNOWN);
    this.#open.close(this.#open.enter(seq, crossing, { thread, cr3: this.#cr3, frame: NaN }), 'not-logged', seq + 1);
  }

  #leave(seq: number, crossing: Crossing): void {
    const found = this.#visitLeft(crossing);
    if (typeof found === 'string') { this.#stray(seq, found); this.#leaveAstray(seq, crossing); this.#running = NONE; return; }
    this.#countFaults(this.#running);
    const parent = this.#open.columns.parent[found.visit]!;
    this.#open.leave(found.visit, seq, found);
    this.#running = crossing.toRing > crossing.fromRing ? NONE : parent;
  }

  #visitLeft(crossing: Crossing): { readonly visit: number; readonly exact: boolean } | Unmatched {
    const cr3 = this.#cr3;
    if (crossing.via === VIA_RSM) return exactly(this.#open.looseIn(null, (via) => via === VIA_SMI)) ?? 'no-entry';
    if (crossing.role === 'leave-fast') {
      const wanted = crossing.via === VIA_SYSRET ? VIA_SYSCALL : VIA_SYSENTER;
      return this.#open.fastOn(crossing.fromSp, cr3, (via) => via === wanted) ?? 'other-stack';
    }
    if (Number.isNaN(crossing.frame)) return exactly(this.#open.looseIn(cr3, () => true)) ?? 'no-entry';
    const framed = exactly(this.#open.withFrame(crossing.frame, cr3));
    if (framed !== null) return framed;
    // a kernel may leave a fast call by a frame it built itself, on the same stack
    const fast = crossing.toRing > crossing.fromRing ? this.#open.fastOn(crossing.frameEnd, cr3, isFast) : null;
    return fast?.exact === true ? fast : this.#whyNone(crossing, cr3);
  }

  #whyNone(crossing: Crossing, cr3: number): Unmatched {
    const { frame } = crossing;
    if (this.#isFiltered) return 'filtered';
    if (this.#open.withCodeAt(frame, 4, cr3) !== NONE || this.#open.withCodeAt(frame, 8, cr3) !== NONE || this.#open.withCodeAt(frame, 2, cr3) !== NONE) return 'error-code';
    return this.#open.hasFrameElsewhere(frame) ? 'address-space' : 'no-entry';
  }

  // whatever lies below what an exit consumed is gone, also when that was no entry's frame; one that overlaps the frame of a visit missed it
  #leaveAstray(seq: number, crossing: Crossing): void {
    if (Number.isNaN(crossing.frame)) return;
    const thread = this.#open.threadHolding(crossing.frame, this.#cr3);
    this.#open.runs(thread);
    if (thread < 0) return;
    const visit = this.#open.innermost(thread);
    const delta = visit === NONE ? NaN : crossing.frame - this.#open.columns.frame[visit]!;
    if (Math.abs(delta) < crossing.frameEnd - crossing.frame && !isFast(this.#open.columns.via[visit]!)) this.#misses.add(visit, seq, delta);
    this.#open.unwind(thread, crossing.frame, seq, { atToo: false });
  }

  // between two records of a log the kernel was left: the one visit of that address space, when there is one
  #leaveUnseen(seq: number): void {
    const visit = this.#open.looseIn(this.#cr3, (via) => via !== VIA_SMI);
    if (visit === NONE) this.#stray(seq, 'no-entry'); else this.#open.leave(visit, seq, { exact: false });
    this.#running = NONE;
  }

  // SDM 3A "Task Switching": a task that was called stays nested in its caller, which is busy; so a switch back is its return
  #switchTask(seq: number, crossing: Crossing): void {
    this.#cr3IsKnown = false;
    if (!this.#trace.hasState) return;
    const from = this.#trace.stateBefore(seq)[TR]!;
    const to = this.#trace.stateAfter(seq)[TR]!;
    this.#tasks = this.#tasks.filter((one) => this.#open.isOpen(one.visit));
    const called = this.#tasks.find((one) => one.from === to && one.to === from);
    if (called !== undefined) this.#open.leave(called.visit, seq, { exact: true });
    else if (crossing.nestsTask) this.#tasks = [...this.#tasks.slice(-64), { visit: this.#enterTask(seq, crossing), from, to }];
  }

  #enterTask(seq: number, crossing: Crossing): number {
    this.#countFaults(this.#running);
    const thread = this.#open.threads.withTop(crossing.toSp, this.#cr3);
    this.#open.unwind(thread, crossing.toSp, seq, { atToo: true });
    this.#running = this.#open.enter(seq, crossing, { thread, cr3: this.#cr3, frame: crossing.toSp });
    return this.#running;
  }

  // faults not delivered yet were met inside this visit
  #countFaults(visit: number): void {
    if (visit !== NONE) this.#open.columns.faults[visit]! += this.#pendingFaults;
    this.#pendingFaults = 0;
  }

  #stray(seq: number, reason: Unmatched): void {
    this.#strays.push(seq);
    this.#reasons.push(UNMATCHED.indexOf(reason));
  }
}

const exactly = (visit: number): { readonly visit: number; readonly exact: true } | null => (visit === NONE ? null : { visit, exact: true });

/** All visits of a recording at once. */
export function pairVisits(trace: TraceSource, { system = null }: { readonly system?: System | null } = {}): Visits {
  const scan = new VisitScan(trace, { system });
  scan.advance(trace.eventCount);
  return scan.visits();
}
