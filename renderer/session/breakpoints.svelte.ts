// The breakpoints of the window: the set, all hits of each in the open trace, running to them both ways.

import { collectHits, makeBreakpoint, addBreakpoint, changeBreakpoint, removeBreakpoint, activeBreakpoints, type Breakpoint } from '../../core/replay/breakpoints.ts';
import { runToBreakpoint, type Replay } from '../../core/replay/cursor.ts';
import type { Direction } from '../../core/replay/source.ts';
import type { SavedBreakpoint } from '../../app/contract/api.ts';
import type { Position } from '../../core/event/position.ts';
import { mergeRising } from './merge.ts';
import type { Recording } from './recording.ts';

const NO_HITS = new Uint32Array(0);

/** What the breakpoints need of the window. */
export interface BreakpointHost {
  readonly recording: Recording | null;
  readonly replay: Replay | null;
  readonly at: Position;
  busy: boolean;
  announcement: string;
  moveTo(at: Position): void;
  fail(title: string, message: string): void;
  /** Brings the breakpoints into sight. */
  showBreakpoints(): void;
  remember(breakpoints: readonly SavedBreakpoint[]): void;
}

export class Breakpoints {
  readonly #session: BreakpointHost;
  set = $state.raw<readonly Breakpoint[]>([]);
  /** Hits by the id of the breakpoint: sequence numbers, rising. */
  hitsOf = $state.raw<Readonly<Record<number, Uint32Array>>>({});
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
    this.hitsOf = Object.fromEntries(this.set.map((one) => [one.id, recording === null || one.compiled === null ? NO_HITS : collectHits(recording.source, one.compiled)]));
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
      const hits = recording === null || added.compiled === null ? NO_HITS : collectHits(recording.source, added.compiled);
      this.hitsOf = { ...this.hitsOf, [added.id]: hits };
      this.#session.announcement = `Breakpoint added: ${added.name}. ${String(hits.length)} hits.`;
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
    this.hitsOf = Object.fromEntries(this.set.map((one) => [one.id, this.hitsOf[one.id] ?? NO_HITS]));
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
      const moved = await runToBreakpoint(replay, this.set, { from: session.at, direction });
      if (session.replay?.trace !== replay.trace) return;
      if (moved.kind === 'absent') { session.fail('This run cannot be made', moved.reason); return; }
      session.moveTo(moved.position);
      this.stoppedAt = moved.kind === 'moved' ? moved.breakpoint : null;
      const name = this.set.find((one) => one.id === this.stoppedAt)?.name;
      session.announcement = moved.kind === 'edge' ? `No further hit: stopped at the ${moved.edge} of the recording.` : `Stopped at event ${String(moved.event ?? moved.position.seq)} by ${name ?? 'a breakpoint'}.`;
    } finally {
      session.busy = false;
    }
  }

  #symbols(): { addressOf(name: string): number | null } | null {
    return this.#session.recording?.symbols ?? null;
  }

  #save(): void {
    this.#session.remember(this.set.map((one) => ({ expression: one.text, name: one.name === one.text ? null : one.name, enabled: one.enabled })));
  }
}
