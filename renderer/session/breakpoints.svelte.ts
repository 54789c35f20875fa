// The breakpoints of the window: the set, all hits of each in the open trace, running to them both ways.

import { HitScan, makeBreakpoint, addBreakpoint, changeBreakpoint, removeBreakpoint, activeBreakpoints, type Breakpoint } from '../../core/replay/breakpoints.ts';
import { runToBreakpoint, type Replay } from '../../core/replay/cursor.ts';
import type { Direction } from '../../core/replay/source.ts';
import type { SavedBreakpoint } from '../../app/contract/api.ts';
import type { Position } from '../../core/event/position.ts';
import { mergeRising } from './merge.ts';
import type { Recording } from './recording.ts';
import { workSlice, yieldToWindow } from './slices.ts';

const NO_HITS = new Uint32Array(0);

/** What the breakpoints need of the window. */
export interface BreakpointHost {
  readonly recording: Recording | null;
  readonly replay: Replay | null;
  readonly at: Position;
  busy: boolean;
  announcement: string;
  moveTo(at: Position): void;
  /** Where the playhead stands, in words. */
  spoken(): string;
  fail(title: string, message: string): void;
  /** Brings the breakpoints into sight. */
  showBreakpoints(): void;
  remember(breakpoints: readonly SavedBreakpoint[]): void;
}

export class Breakpoints {
  readonly #session: BreakpointHost;
  set = $state.raw<readonly Breakpoint[]>([]);
  /** Hits by the id of the breakpoint: sequence numbers, rising. One still being counted has none here. */
  hitsOf = $state.raw<Readonly<Record<number, Uint32Array>>>({});
  /** Scans under way, each with the id of its breakpoint; the first one is worked on. */
  #scans: readonly { readonly id: number; readonly scan: HitScan }[] = [];
  /** Settles when nothing is left to count; null while nothing is being counted. */
  #counting: Promise<void> | null = null;
  /** Share of the events seen by each scan under way, 0 to 1. */
  progressOf = $state.raw<Readonly<Record<number, number>>>({});
  /** The one that stopped the last run. */
  stoppedAt = $state<number | null>(null);
  /** Rises when the editor should take the focus. */
  editing = $state(0);

  constructor(session: BreakpointHost) {
    this.#session = session;
  }

  /** Hits of all enabled ones together. */
  readonly hits = $derived.by((): Uint32Array => mergeRising(activeBreakpoints(this.set).map((one) => this.hitsOf[one.id] ?? NO_HITS)));
  /** How many can stop a run. */
  readonly active = $derived.by((): number => activeBreakpoints(this.set).length);

  /** Takes the remembered ones. */
  restore(saved: readonly SavedBreakpoint[]): void {
    this.set = saved.map((one, index) => makeBreakpoint(index + 1, one.expression, { name: one.name, enabled: one.enabled, symbols: this.#symbols() }));
    this.refresh();
  }

  /** Counts the hits again: after a trace opened. */
  refresh(): void {
    const { recording } = this.#session;
    this.set = this.set.map((one) => makeBreakpoint(one.id, one.text, { name: one.name === one.text ? null : one.name, enabled: one.enabled, symbols: this.#symbols() }));
    this.#scans = [];
    this.hitsOf = {};
    for (const one of this.set) this.#scan(one, recording);
    this.#count();
    this.stoppedAt = null;
  }

  /** Adds one; the same text twice is one breakpoint, enabled again. */
  add(text: string, name: string | null = null): void {
    const same = this.set.find((one) => one.text === text.trim());
    if (same !== undefined) { this.toggle(same.id, true); return; }
    this.set = addBreakpoint(this.set, text.trim(), { name, symbols: this.#symbols() });
    const added = this.set[this.set.length - 1];
    const { recording } = this.#session;
    if (added !== undefined) {
      this.#scan(added, recording);
      this.#count();
      const hits = this.hitsOf[added.id];
      this.#session.announcement = `Breakpoint added: ${added.name}. ${hits === undefined ? 'Counting its hits.' : `${String(hits.length)} ${hits.length === 1 ? 'hit' : 'hits'}.`}`;
    }
    this.#save();
  }

  toggle(id: number, enabled: boolean): void {
    this.set = changeBreakpoint(this.set, id, { enabled });
    this.#save();
  }

  rename(id: number, name: string): void {
    this.set = changeBreakpoint(this.set, id, { name });
    this.#save();
  }

  remove(id: number): void {
    this.set = removeBreakpoint(this.set, id);
    this.#scans = this.#scans.filter((one) => one.id !== id);
    this.hitsOf = Object.fromEntries(Object.entries(this.hitsOf).filter(([key]) => Number(key) !== id));
    this.#save();
  }

  /** Opens the place to type a new one. */
  edit(): void {
    this.#session.showBreakpoints();
    this.editing += 1;
  }

  /** Runs or reverses to the nearest hit of an enabled one; says where it stopped or that nothing follows. */
  async run(direction: Direction): Promise<void> {
    const session = this.#session;
    const { replay } = session;
    if (replay === null) return;
    session.busy = true;
    try {
      while (this.#counting !== null) await this.#counting;
      if (session.recording?.source !== replay.trace) return;
      const moved = await runToBreakpoint(replay, this.set, { from: session.at, direction }, (id) => this.hitsOf[id] ?? null);
      if (session.replay?.trace !== replay.trace) return;
      if (moved.kind === 'absent') { session.fail('This run cannot be made', moved.reason); return; }
      session.moveTo(moved.position);
      this.stoppedAt = moved.kind === 'moved' ? moved.breakpoint : null;
      const name = this.set.find((one) => one.id === this.stoppedAt)?.name;
      session.announcement = moved.kind === 'edge' ? `No further hit: stopped at the ${moved.edge} of the recording.` : `Stopped at event ${String(moved.event ?? moved.position.seq)} by ${name ?? 'a breakpoint'}. ${session.spoken()}`;
    } finally {
      session.busy = false;
    }
  }

  // what has no trace or no meaning has no hits; anything else is counted
  #scan(breakpoint: Breakpoint, recording: Recording | null): void {
    if (recording === null || breakpoint.compiled === null) this.hitsOf = { ...this.hitsOf, [breakpoint.id]: NO_HITS };
    else this.#scans = [...this.#scans, { id: breakpoint.id, scan: new HitScan(recording.source, breakpoint.compiled) }];
  }

  // the first slice at once: a short trace is counted without a flicker
  #count(): void {
    if (this.#counting !== null || !this.#countSlice()) return;
    this.#counting = (async () => {
      do await yieldToWindow(); while (this.#countSlice());
      this.#counting = null;
    })();
  }

  // true while something is left to count
  #countSlice(): boolean {
    workSlice((budget) => {
      const [next, ...later] = this.#scans;
      if (next === undefined) return true;
      if (next.scan.advance(budget)) {
        this.#scans = later;
        this.hitsOf = { ...this.hitsOf, [next.id]: next.scan.hits() };
      }
      return this.#scans.length === 0;
    });
    this.progressOf = Object.fromEntries(this.#scans.map(({ id, scan }) => [id, scan.progress()]));
    return this.#scans.length > 0;
  }

  #symbols(): { addressOf(name: string): number | null } | null {
    return this.#session.recording?.symbols ?? null;
  }

  #save(): void {
    this.#session.remember(this.set.map((one) => ({ expression: one.text, name: one.name === one.text ? null : one.name, enabled: one.enabled })));
  }
}
