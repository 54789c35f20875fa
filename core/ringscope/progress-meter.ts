// How fast a recording goes, how long it may take, and how large its trace may become: for people, from what the last seconds showed. It decides nothing.

import type { RecordBounds, RecordProgress } from './record.ts';

/** Null while too little was seen to say. The guest may end earlier than its bound: what is said of the end is what may come at most. */
export interface Forecast {
  readonly instructionsPerSecond: number | null;
  /** Seconds of work until a bound ends the recording, at this speed; and the size of the trace then, in bytes. */
  readonly secondsLeft: number | null;
  readonly bytesAtEnd: number | null;
  /** Part of the way to the nearer bound, 0 to 1. */
  readonly part: number;
}

type Sample = Pick<RecordProgress, 'instructions' | 'attempts' | 'events' | 'bytes' | 'worked'>;
/** Milliseconds of work that a speed is taken from: at most, and at least. */
const WINDOW = 5000, LEAST = 200;
const FIRST: Sample = { instructions: 0, attempts: 0, events: 0, bytes: 0, worked: 0 };

export class ProgressMeter {
  readonly #maxAttempts: number;
  readonly #maxEvents: number;
  #samples: Sample[] = [FIRST];

  constructor({ maxInstructions, maxEvents }: RecordBounds) {
    this.#maxAttempts = maxInstructions;
    this.#maxEvents = maxEvents;
  }

  /** Takes the progress of now. Time in which the guest did not run (a pause, a wait for a key) does not count. */
  read({ instructions, attempts, events, bytes, worked }: RecordProgress): Forecast {
    const now = { instructions, attempts, events, bytes, worked };
    const first = this.#samples.filter((one) => worked - one.worked >= WINDOW).at(-1) ?? this.#samples[0]!;
    this.#samples = [...this.#samples.filter((one) => one.worked >= first.worked && worked - one.worked > LEAST / 2), now];
    if (this.#samples[0] !== first) this.#samples.unshift(first);
    const part = Math.min(1, Math.max(attempts / this.#maxAttempts, events / this.#maxEvents));
    const seconds = (worked - first.worked) / 1000;
    if (seconds * 1000 < LEAST) return { instructionsPerSecond: null, secondsLeft: null, bytesAtEnd: null, part };
    const left = (done: number, before: number, bound: number): number => (done > before ? Math.max(0, bound - done) * seconds / (done - before) : Infinity);
    const secondsLeft = Math.min(left(attempts, first.attempts, this.#maxAttempts), left(events, first.events, this.#maxEvents));
    const isKnown = secondsLeft !== Infinity;
    return {
      instructionsPerSecond: (instructions - first.instructions) / seconds, secondsLeft: isKnown ? secondsLeft : null,
      bytesAtEnd: isKnown ? bytes + (bytes - first.bytes) / seconds * secondsLeft : null, part,
    };
  }
}
