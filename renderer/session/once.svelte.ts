// A long answer about the whole recording, worked out once when somebody first wants to see it: with progress, dropped when another
// recording is opened.

import type { Replay } from '../../core/replay/cursor.ts';
import type { Recording } from './recording.ts';
import { yieldToWindow } from './slices.ts';

/** What it needs of the window. */
export interface OnceHost { readonly recording: Recording | null; readonly replay: Replay | null }
export interface Work {
  readonly recording: Recording;
  readonly replay: Replay;
  /** Says how far it is; of an unknown length: 0 of 0. */
  readonly tell: (done: number, all: number) => void;
  /** True once nobody wants it any more. */
  readonly isDropped: () => boolean;
}
export type OnceState<Value> =
  | { readonly kind: 'none' }
  | { readonly kind: 'working'; readonly done: number; readonly all: number }
  | { readonly kind: 'there'; readonly value: Value }
  | { readonly kind: 'failed'; readonly reason: string };

export class Once<Value> {
  readonly #host: OnceHost;
  readonly #work: (work: Work) => Promise<Value>;
  #of = $state.raw<Recording | null>(null);
  #state = $state.raw<OnceState<Value>>({ kind: 'none' });

  constructor(host: OnceHost, work: (work: Work) => Promise<Value>) {
    this.#host = host;
    this.#work = work;
  }

  /** What is known of the open recording. */
  get state(): OnceState<Value> {
    return this.#of === this.#host.recording ? this.#state : { kind: 'none' };
  }

  /** Begins, unless that was done for this recording. */
  want(): void {
    const { recording, replay } = this.#host;
    if (recording === null || replay === null || this.#of === recording) return;
    this.#of = recording;
    this.#state = { kind: 'working', done: 0, all: 0 };
    void this.#run(recording, replay);
  }

  async #run(recording: Recording, replay: Replay): Promise<void> {
    const isDropped = (): boolean => this.#of !== recording || this.#host.recording !== recording;
    const tell = (done: number, all: number): void => { if (!isDropped()) this.#state = { kind: 'working', done, all }; };
    await yieldToWindow();
    try {
      const value = await this.#work({ recording, replay, tell, isDropped });
      if (!isDropped()) this.#state = { kind: 'there', value };
    } catch (error) {
      if (!isDropped()) this.#state = { kind: 'failed', reason: error instanceof Error ? error.message : String(error) };
    }
  }
}
