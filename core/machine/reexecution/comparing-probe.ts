// Listens while a recording is executed again and holds every event against the recorded one, word for word.

import { PENDING_STOP } from '../../cpu/attention.ts';
import type { Cpu } from '../../cpu/state.ts';
import type { EventDraft, Row } from '../../event/draft.ts';
import type { Probe } from '../../event/probe.ts';
import { SCHEMA } from '../../event/schema.ts';

/** The recorded row of an event; null when it is not stored. It must not throw: it is asked in the middle of an instruction. */
export type RowSource = (seq: number) => Row | null;

export class ComparingProbe implements Probe {
  readonly listening = false;
  /** First event that was not as recorded; null while all agree. */
  differsAt: number | null = null;
  readonly #cpu: Cpu;
  readonly #rowOf: RowSource;
  readonly #events: number;

  /** `events`: how many the recording has; what comes after them is not compared. */
  constructor(cpu: Cpu, recorded: { readonly rowOf: RowSource; readonly eventCount: number }) {
    this.#cpu = cpu;
    this.#rowOf = recorded.rowOf;
    this.#events = recorded.eventCount;
  }

  before(): void {
    // the register file is not looked at
  }

  emit(seq: number, draft: EventDraft): void {
    // the recording may end here: whoever runs decides at the boundary
    if (seq + 1 >= this.#events) this.#cpu.pending |= PENDING_STOP;
    if (seq >= this.#events || (this.differsAt !== null && seq >= this.differsAt)) return;
    const recorded = this.#rowOf(seq);
    if (recorded !== null && !isSameRow(draft, recorded)) this.differsAt = seq;
  }

  check(): void {
    // not listening
  }

  differ(): void {
    // not listening
  }

  access(): void {
    // not listening
  }
}

/** True when two rows hold the same event: kind, words and heap. */
export function isSameRow(a: Row, b: Row): boolean {
  if (a.kind !== b.kind || a.heapLength !== b.heapLength) return false;
  const words = SCHEMA[a.kind]!.words;
  for (let at = 0; at < words; at += 1) if (a.words[at] !== b.words[at]) return false;
  for (let at = 0; at < a.heapLength; at += 1) if (a.heap[at] !== b.heap[at]) return false;
  return true;
}
