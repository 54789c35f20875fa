// The one place that knows what is open and where we stand. Features read it and call its methods; they never call each other.
// Trace data is held raw; nothing here decides what the architecture means.

import type { Position } from '../../core/event/position.ts';
import type { Moment } from '../../core/event/reexecutor.ts';
import type { Named } from '../../core/replay/code-names.ts';
import type { Replay } from '../../core/replay/cursor.ts';
import { compile, isRefusal } from '../../core/replay/expression/compile.ts';
import { findNext } from '../../core/replay/search.ts';
import { NONE, visitOfEvent } from '../../core/replay/visits/table.ts';
import { endOf, positionOfEvent, startOf, type Direction } from '../../core/replay/source.ts';
import type { ChosenLog } from '../../app/contract/import.ts';
import type { Api, ChooseImageOutcome, ChooseLogOutcome, ChosenImage, OpenedTrace, OpenOutcome, SampleInfo, SavedBreakpoint } from '../../app/contract/api.ts';
import { Breakpoints, type BreakpointHost } from './breakpoints.svelte.ts';
import { Execution, type ExecutionHost } from './execution.svelte.ts';
import { explainEvent } from './explain.ts';
import { Explanations, type Explain, type ExplanationHost } from './explanation.svelte.ts';
import { Once, type OnceHost } from './once.svelte.ts';
import { Panes, type Overlay } from './panes.svelte.ts';
import { Preferences } from './preferences.svelte.ts';
import { nearestCounted } from './columns.ts';
import { betweenEvents, fitView, panView, revealUnit, unitOf, zoomView, type Axis, type View } from './scale.ts';
import { loadRecording, whyNotExecutable, type Recording } from './recording.ts';
import { sentenceAt } from './events.ts';
import { allLints, SetUps, type SetUpHost } from './set-up.svelte.ts';
import { nearestStored, positionEvent } from './stored.ts';
import { visitAfterword } from './visit-words.ts';
import { Walks, type WalksHost } from './walks.svelte.ts';
import { WhatIf, type WhatIfHost } from './what-if.svelte.ts';
import { costOf, countsOf } from './whole.ts';

/** A refusal or mishap in plain words; it stays until dismissed or something succeeds. */
export interface Notice { readonly title: string; readonly message: string; readonly tone: 'bad' | 'warn' | 'good' }

const NOWHERE: Position = { icount: 0, iteration: 0, seq: 0 };

export class Session implements BreakpointHost, ExecutionHost, ExplanationHost, WalksHost, WhatIfHost, OnceHost, SetUpHost {
  readonly api: Api;
  readonly preferences: Preferences;
  readonly breakpoints: Breakpoints;
  readonly execution: Execution;
  readonly panes = new Panes();
  readonly explanation: Explanations;
  readonly walks: Walks;
  readonly whatIf: WhatIf;
  readonly counts = new Once(this, countsOf);
  readonly cost = new Once(this, costOf);
  readonly lints = new Once(this, allLints);
  readonly setUp = new SetUps(this);
  /** What was asked for last: a slower one before it must not take its place. */
  #latest: OpenedTrace | null = null;
  recording = $state.raw<Recording | null>(null);
  /** Name of what is being opened, while it is. */
  opening = $state<string | null>(null);
  notice = $state.raw<Notice | null>(null);
  at = $state.raw<Position>(NOWHERE);
  axis = $state<Axis>('events');
  view = $state.raw<View>({ first: 0, last: 1 });
  overlay = $state<Overlay>(null);
  samples = $state.raw<readonly SampleInfo[] | null>(null);
  /** The image the record dialog is about. */
  image = $state.raw<ChosenImage | null>(null);
  /** The log the import dialog is about. */
  log = $state.raw<ChosenLog | null>(null);
  /** A word for screen readers about what just happened. */
  announcement = $state('');
  /** True while a question to the re-executor is out. */
  busy = $state(false);

  constructor(api: Api, explain: Explain | null = explainEvent) {
    this.api = api;
    this.preferences = new Preferences(api);
    this.breakpoints = new Breakpoints(this);
    this.execution = new Execution(this);
    this.explanation = new Explanations(this, explain);
    this.walks = new Walks(this);
    this.whatIf = new WhatIf(this);
  }

  /** The event about to happen where we stand, or null between events and at the end. */
  readonly event = $derived.by((): number | null => (this.recording === null ? null : positionEvent(this.recording.source, this.at)));
  /** What the moves of core/replay need: the trace, and who answers between its events. */
  readonly replay = $derived.by((): Replay | null => {
    const { recording, api } = this;
    const { absent } = this.execution;
    if (recording === null) return null;
    return { trace: recording.source, reexecutor: absent === null ? { ask: (request) => api.reexecute(recording.opened.id, request) } : null, absent };
  });
  /** The open trace with its names. */
  readonly named = $derived.by((): Named | null => (this.recording === null ? null : { trace: this.recording.source, symbols: this.recording.symbols }));
  /** The sample page that belongs to the open trace. */
  readonly guide = $derived.by((): SampleInfo | null => this.samples?.find((sample) => sample.name === this.recording?.opened.sample) ?? null);

  /** Reads settings and samples; to be called once. */
  async start(): Promise<void> {
    const [samples] = await Promise.all([this.api.samples(), this.preferences.load()]);
    this.samples = samples;
    this.breakpoints.restore(this.preferences.settings.breakpoints);
  }

  /** Opens what an api call answers with; a refusal becomes a notice and leaves the open trace alone. */
  async open(name: string, ask: () => Promise<OpenOutcome>): Promise<boolean> {
    this.opening = name;
    try {
      return await this.accept(await ask());
    } finally {
      this.opening = null;
    }
  }

  /** Takes an outcome that came from elsewhere (a recording that ended, a file association). */
  async accept(outcome: OpenOutcome): Promise<boolean> {
    if (outcome.kind === 'cancelled') return false;
    if (outcome.kind === 'failed') { this.fail('This could not be opened', outcome.message); return false; }
    if (outcome.kind === 'log') await this.chooseLog(() => Promise.resolve(outcome));
    if (outcome.kind === 'chosen') await this.chooseImage(() => Promise.resolve(outcome));
    if (outcome.kind !== 'opened') return false;
    return this.show(outcome.trace);
  }

  private async show(opened: OpenedTrace): Promise<boolean> {
    this.opening = opened.name;
    this.#latest = opened;
    try {
      const recording = await loadRecording(opened);
      if (this.#latest !== opened) { void this.api.closeTrace(opened.id); return false; }
      this.leave();
      this.execution.reset(whyNotExecutable(recording));
      this.recording = recording;
      this.moveTo(startOf(recording.source));
      this.view = fitView(recording.columns, this.axis);
      this.notice = noticeOf(recording);
      this.panes.pointedVisit = null;
      this.panes.show(opened.sample === null ? 'inspector' : 'guide');
      this.breakpoints.refresh();
      this.announcement = `${opened.name} is open: ${String(recording.columns.count)} events.`;
      return true;
    } catch (error) {
      this.fail(`${opened.name} could not be read`, error instanceof Error ? error.message : String(error));
      void this.api.closeTrace(opened.id);
      return false;
    } finally {
      if (this.#latest === opened) this.opening = null;
    }
  }

  /** Back to the gallery. */
  leave(): void {
    if (this.recording !== null) void this.api.closeTrace(this.recording.opened.id);
    this.recording = null;
    this.execution.reset();
    this.at = NOWHERE;
    this.explanation.moved();
  }

  showBreakpoints(): void {
    this.panes.show('breakpoints');
  }

  remember(breakpoints: readonly SavedBreakpoint[]): void {
    void this.preferences.setBreakpoints(breakpoints);
  }

  fail(title: string, message: string): void {
    this.notice = { title, message, tone: 'bad' };
  }

  /** Moves the playhead to a point and brings it into view. A moment that came with the point is kept, else it is asked for. */
  moveTo(at: Position, moment: Moment | null = null): void {
    if (this.recording === null) return;
    const { columns } = this.recording;
    this.at = at;
    this.execution.moved(moment);
    this.explanation.moved();
    this.setUp.moved();
    this.walks.moved();
    this.announcement = this.spoken();
    this.view = revealUnit(this.view, this.unit(at), fitView(columns, this.axis));
  }

  /** Where the playhead stands and what happens there, in words. */
  spoken(): string {
    if (this.recording === null) return '';
    const { columns } = this.recording;
    if (this.event !== null) return `Event ${String(this.event)} of ${String(columns.count)}: ${sentenceAt(this.recording, this.event)}.${this.visitSpoken(this.recording, this.event)}`;
    if (this.at.seq === 0 && this.at.icount <= 0) return 'The start of the recording: nothing has run yet.';
    return this.at.seq >= columns.count ? 'The end of the recording.' : `Between events, after ${String(Math.max(0, this.at.icount))} instructions. Next is event ${String(this.at.seq)}.`;
  }

  private visitSpoken(recording: Recording, seq: number): string {
    const index = visitOfEvent(recording.spans.visits, seq);
    return index === NONE ? '' : visitAfterword(recording, seq, index);
  }

  /** Moves the playhead to just before an event; the number of events means the end. */
  goTo(seq: number): void {
    if (this.recording === null) return;
    const { source } = this.recording;
    const stored = nearestStored(source, Math.max(0, seq), seq < this.at.seq ? 'backward' : 'forward');
    this.moveTo(stored === null ? endOf(source) : positionOfEvent(source, stored));
  }

  /** To the point where nothing has run yet: instructions before event 0 lie behind it. */
  goToStart(): void {
    if (this.recording !== null) this.moveTo(startOf(this.recording.source));
  }

  /** One event on or back; at the edge to the very start or end. */
  stepEvent(direction: Direction): void {
    if (this.recording === null) return;
    const earlier = direction === 'forward' ? -1 : nearestStored(this.recording.source, this.at.seq - 1, 'backward') ?? this.at.seq;
    if (earlier >= this.at.seq) { this.goToStart(); return; }
    const between = this.event === null;
    this.goTo(direction === 'backward' ? this.at.seq - 1 : between ? this.at.seq : this.at.seq + 1);
  }

  /** To the nearest fault or CPL change; says so when there is none, and stays. */
  seek(what: 'fault' | 'change', direction: Direction): void {
    if (this.recording === null) return;
    const from = direction === 'forward' && this.event !== null ? this.at.seq + 1 : this.at.seq;
    const seq = nearestCounted(this.recording.columns, what, from, direction);
    if (seq !== null) this.goTo(seq);
    else this.announcement = `No ${what === 'fault' ? 'fault' : 'CPL change'} ${direction === 'forward' ? 'after' : 'before'} this point.`;
  }

  /** To the nearest match of an expression of the breakpoint language; says so when there is none, or why it cannot be known. */
  async find(text: string, direction: Direction): Promise<void> {
    const { replay } = this;
    const compiled = compile(text, { symbols: this.recording?.symbols ?? null });
    if (replay === null || isRefusal(compiled)) return;
    this.busy = true;
    try {
      const result = await findNext(replay.trace, compiled, { from: this.at, direction, reexecutor: replay.reexecutor, absent: replay.absent });
      if (this.replay?.trace !== replay.trace) return;
      if (result.kind === 'absent') this.fail('This cannot be found', result.reason);
      else if (result.kind === 'none') this.notice = { title: 'No match', message: `Nothing ${direction === 'forward' ? 'after' : 'before'} this point matches ${text}.`, tone: 'good' };
      else this.moveTo(result.hit.position);
    } finally {
      this.busy = false;
    }
  }

  /** Unit of a point on the axis of the timeline. */
  unit(at: Position): number {
    if (this.recording === null) return 0;
    const { columns, source } = this.recording;
    if (this.axis === 'instructions' && columns.counted) return at.seq >= columns.count ? unitOf(columns, this.axis, at.seq) : Math.max(0, at.icount);
    return positionEvent(source, at) === null && at.seq < columns.count ? betweenEvents(columns, at) : unitOf(columns, 'events', at.seq);
  }

  setAxis(axis: Axis): void {
    this.axis = axis;
    if (this.recording !== null) this.view = fitView(this.recording.columns, axis);
  }

  /** Zooms about a unit (the playhead when it is in view, otherwise the middle). */
  zoom(factor: number, about?: number): void {
    if (this.recording === null) return;
    const head = this.unit(this.at);
    const middle = (this.view.first + this.view.last) / 2;
    const unit = about ?? (head >= this.view.first && head <= this.view.last ? head : middle);
    this.view = zoomView(this.view, unit, factor, fitView(this.recording.columns, this.axis));
  }

  /** Moves the view by a share of what it shows. */
  pan(share: number): void {
    if (this.recording === null) return;
    this.view = panView(this.view, (this.view.last - this.view.first) * share, fitView(this.recording.columns, this.axis));
  }

  /** Takes a chosen or dropped image to the record dialog. */
  async chooseImage(ask: () => Promise<ChooseImageOutcome>): Promise<void> {
    const outcome = await ask();
    if (outcome.kind === 'failed') this.fail('This image cannot be recorded', outcome.message);
    if (outcome.kind !== 'chosen') return;
    this.image = outcome.image;
    this.overlay = 'record';
  }

  /** Takes a chosen, dropped or opened log to the import dialog. */
  async chooseLog(ask: () => Promise<ChooseLogOutcome>): Promise<void> {
    const outcome = await ask();
    if (outcome.kind === 'failed') this.fail('This log cannot be imported', outcome.message);
    if (outcome.kind !== 'log') return;
    this.log = outcome.log;
    this.overlay = 'import';
  }

  async save(): Promise<void> {
    if (this.recording === null) return;
    const outcome = await this.api.saveTraceAs(this.recording.opened.id);
    if (outcome.kind === 'failed') this.fail('The trace could not be saved', outcome.message);
    if (outcome.kind === 'saved') this.notice = { title: 'Saved', message: outcome.path, tone: 'good' };
  }

  async cycleTheme(): Promise<void> {
    const order = ['system', 'light', 'dark'] as const;
    const next = order[(order.indexOf(this.preferences.settings.theme) + 1) % order.length] ?? 'system';
    this.announcement = `Theme: ${next}.`;
    await this.preferences.setTheme(next);
  }

  fit(): void {
    if (this.recording !== null) this.view = fitView(this.recording.columns, this.axis);
  }
}

const sentenceCase = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

// a file that is not whole opens, with what is missing said
function noticeOf({ source }: Recording): Notice | null {
  if (source.notes.length === 0) return null;
  const title = source.damaged ? 'This trace is damaged' : source.truncated ? 'This trace is cut off' : 'About this trace';
  return { title, message: `${sentenceCase(source.notes.join('; '))}. What could be read is shown.`, tone: 'warn' };
}
