// The explanation of the event where the playhead stands: asked for while the window paints, one at a time, so that a key held down asks
// for few events and the playhead never waits; one that is left behind is broken off. The last few answers are kept.

import { Lru } from '../../core/base/lru.ts';
import type { Explanation, TssField } from '../../core/replay/explain/explanation.ts';
import type { Replay } from '../../core/replay/cursor.ts';
import type { Recording } from './recording.ts';
import { yieldToWindow } from './slices.ts';

/** Thrown into an explanation nobody waits for any more. */
class Outdated extends Error {}

/** Answers kept of a recording. */
const KEPT = 24;

/** What it needs of the window. */
export interface ExplanationHost { readonly recording: Recording | null; readonly replay: Replay | null; readonly event: number | null }
/** What is explained: an event of a recording, by whoever executes it again. */
export interface ToExplain { readonly recording: Recording; readonly replay: Replay; readonly seq: number }
/** Answers what explains an event; `onpart` may be called before with what is known already. */
export type Explain = (what: ToExplain, onpart: (part: Explanation) => void) => Promise<Explanation>;

/**
 * `none`: nothing is to be explained here. `asking`: nothing is known yet. `there`: an explanation, `whole` once nothing is to come; its basis may
 * be an absence. `failed`: no answer came, which is a mishap of ours.
 */
export type ExplanationState =
  | { readonly kind: 'none' }
  | { readonly kind: 'asking'; readonly seq: number }
  | { readonly kind: 'there'; readonly seq: number; readonly explanation: Explanation; readonly whole: boolean }
  | { readonly kind: 'failed'; readonly seq: number; readonly reason: string };

export class Explanations {
  readonly #host: ExplanationHost;
  readonly #explain: Explain | null;
  state = $state.raw<ExplanationState>({ kind: 'none' });
  /** Milliseconds from standing at the event to the first of its explanation; null before the first. */
  lastMs: number | null = null;
  #kept = new Lru<number, Explanation>(KEPT);
  #of: Recording | null = null;
  #wanted: ToExplain | null = null;
  #since = 0;
  #running = false;

  constructor(host: ExplanationHost, explain: Explain | null) {
    this.#host = host;
    this.#explain = explain;
  }

  /** The playhead has moved. */
  moved(): void {
    const { recording, replay, event } = this.#host;
    if (recording !== this.#of) { this.#of = recording; this.#kept = new Lru(KEPT); }
    this.#wanted = null;
    this.#since = performance.now();
    if (recording === null || replay === null || event === null || this.#explain === null) { this.state = { kind: 'none' }; return; }
    const kept = this.#kept.get(event);
    if (kept !== undefined) { this.#show(event, kept, true); return; }
    this.state = { kind: 'asking', seq: event };
    this.#wanted = { recording, replay, seq: event };
    if (!this.#running) void this.#run();
  }

  /** The explanation of an event, while the playhead stands there and it is known. */
  of(seq: number): Explanation | null {
    return this.state.kind === 'there' && this.state.seq === seq ? this.state.explanation : null;
  }

  /** The field of the TSS at this offset that the event read, once that is known. */
  tssField(seq: number, offset: number): TssField | null {
    return this.of(seq)?.tss.find((field) => field.offset === offset) ?? null;
  }

  async #run(): Promise<void> {
    this.#running = true;
    try {
      // the first question goes out at once and is answered while the window paints; what is asked meanwhile waits for the window
      for (let isFirst = true; ; isFirst = false) {
        if (!isFirst) await yieldToWindow();
        const wanted = this.#wanted;
        if (wanted === null) return;
        this.#wanted = null;
        await this.#ask(wanted);
      }
    } finally {
      this.#running = false;
    }
  }

  async #ask(what: ToExplain): Promise<void> {
    const explain = this.#explain;
    if (explain === null) return;
    try {
      const explanation = await explain({ ...what, replay: this.#whileHere(what) }, (part) => { if (this.#isHere(what)) this.#show(what.seq, part, false); });
      if (this.#of === what.recording) this.#kept.set(what.seq, explanation, 1);
      if (this.#isHere(what)) this.#show(what.seq, explanation, true);
    } catch (error) {
      if (!(error instanceof Outdated) && this.#isHere(what)) this.state = { kind: 'failed', seq: what.seq, reason: error instanceof Error ? error.message : String(error) };
    }
  }

  // what is asked for an event left behind must not hold up the next one
  #whileHere(what: ToExplain): Replay {
    const { reexecutor } = what.replay;
    if (reexecutor === null) return what.replay;
    return { ...what.replay, reexecutor: { ask: (request) => (this.#isHere(what) ? reexecutor.ask(request) : Promise.reject(new Outdated())) } };
  }

  // an answer to a question of before is no answer to the one of now
  #isHere({ recording, seq }: ToExplain): boolean {
    return this.#host.recording === recording && this.#host.event === seq;
  }

  #show(seq: number, explanation: Explanation, whole: boolean): void {
    if (this.state.kind !== 'there' || this.state.seq !== seq) this.lastMs = performance.now() - this.#since;
    this.state = { kind: 'there', seq, explanation, whole };
  }
}
