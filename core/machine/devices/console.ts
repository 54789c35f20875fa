// What a guest prints, gathered into `console` events: one for each line, or for what was printed before something else happened.
// Only guest-visible facts decide where an event ends (never time, never how the run was sliced), so recordings agree.

import { decodeUtf8 } from '../../base/utf8.ts';

/** A longer line becomes several events. */
export const CONSOLE_EVENT_BYTES = 256;
const NEWLINE = 10;

/** Bytes one device has printed since its last event. */
export class ConsoleLine {
  readonly device: string;
  readonly #bytes = new Uint8Array(CONSOLE_EVENT_BYTES);
  #length = 0;
  /** Number of non-console events when the last byte came. */
  #otherEvents = 0;

  constructor(device: string) { this.device = device; }

  /** Bytes waiting for the end of their line. */
  get waiting(): Uint8Array { return this.#bytes.slice(0, this.#length); }
  get otherEvents(): number { return this.#otherEvents; }

  /** True when what waits was printed before another event: it must become an event of its own before more is added. */
  isInterrupted(otherEvents: number): boolean {
    return this.#length > 0 && this.#otherEvents !== otherEvents;
  }

  /** Adds a byte; true when the line is complete. */
  add(byte: number, otherEvents: number): boolean {
    this.#bytes[this.#length] = byte;
    this.#length += 1;
    this.#otherEvents = otherEvents;
    return byte === NEWLINE || this.#length === CONSOLE_EVENT_BYTES;
  }

  /** Takes what waits, as text. */
  take(): string {
    const text = decodeUtf8(this.#bytes.subarray(0, this.#length));
    this.#length = 0;
    return text;
  }

  /** Puts saved bytes back. */
  restore(bytes: Uint8Array, otherEvents: number): void {
    this.#length = Math.min(bytes.length, CONSOLE_EVENT_BYTES);
    this.#bytes.set(bytes.subarray(0, this.#length));
    this.#otherEvents = otherEvents;
  }
}
