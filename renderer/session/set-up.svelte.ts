// What the event where the playhead stands leaves wrong for later, when it sets something up: tried on the machine of that moment, one event
// at a time, so that a key held down asks for the last one only. The last few answers are kept.

import { Lru } from '../../core/base/lru.ts';
import type { Replay } from '../../core/replay/cursor.ts';
import { isSetUp, lintsOf, lintsOfTrace, type Lint, type TraceLints } from '../../core/replay/lints.ts';
import type { Work } from './once.svelte.ts';
import type { Recording } from './recording.ts';
import { yieldToWindow } from './slices.ts';

/** Answers kept of a recording. */
const KEPT = 32;

/** What it needs of the window. */
export interface SetUpHost { readonly recording: Recording | null; readonly replay: Replay | null; readonly event: number | null }
/** `none`: nothing is set up here. */
export type SetUpState =
  | { readonly kind: 'none' }
  | { readonly kind: 'asking'; readonly seq: number }
  | { readonly kind: 'there'; readonly seq: number; readonly lints: readonly Lint[] }
  | { readonly kind: 'absent'; readonly seq: number; readonly reason: string };

export class SetUps {
  readonly #host: SetUpHost;
  state = $state.raw<SetUpState>({ kind: 'none' });
  #kept = new Lru<number, SetUpState>(KEPT);
  #of: Recording | null = null;
  #running = false;

  constructor(host: SetUpHost) {
    this.#host = host;
  }

  /** The playhead has moved. */
  moved(): void {
    const { recording, replay, event } = this.#host;
    if (recording !== this.#of) { this.#of = recording; this.#kept = new Lru(KEPT); }
    if (recording === null || replay === null || event === null || !isSetUp({ trace: recording.source }, event)) { this.state = { kind: 'none' }; return; }
    this.state = this.#kept.get(event) ?? { kind: 'asking', seq: event };
    if (this.state.kind === 'asking' && !this.#running) void this.#run();
  }

  async #run(): Promise<void> {
    this.#running = true;
    try {
      for (;;) {
        await yieldToWindow();
        const { recording, replay } = this.#host;
        if (this.state.kind !== 'asking' || recording === null || replay === null) return;
        const { seq } = this.state;
        const answer = await ask(recording, replay, seq);
        if (this.#of !== recording) continue;
        this.#kept.set(seq, answer, 1);
        if (this.#host.event === seq) this.state = answer;
      }
    } finally {
      this.#running = false;
    }
  }
}

async function ask(recording: Recording, replay: Replay, seq: number): Promise<SetUpState> {
  try {
    const reply = await lintsOf(sourceOf(recording, replay), seq);
    return reply.kind === 'absent' ? { ...reply, seq } : { kind: 'there', seq, lints: reply.lints };
  } catch (error) {
    return { kind: 'absent', seq, reason: error instanceof Error ? error.message : String(error) };
  }
}

/** The lints of the whole recording. */
export function allLints({ recording, replay }: Work): Promise<TraceLints> {
  return lintsOfTrace(sourceOf(recording, replay));
}

const sourceOf = (recording: Recording, replay: Replay) => ({ trace: recording.source, reexecutor: replay.reexecutor, absent: replay.absent, symbols: recording.symbols });
