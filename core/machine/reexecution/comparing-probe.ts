// Listens while a recording is executed again and holds every event against the recorded one, word for word.

import { PENDING_STOP } from '../../cpu/attention.ts';
import type { Cpu } from '../../cpu/state.ts';
import type { EventDraft, Row } from '../../event/draft.ts';
import type { Probe } from '../../event/probe.ts';
import { SCHEMA } from '../../event/schema.ts';
import { RegistersBefore } from '../registers-before.ts';

/** The recorded row of an event; null when it is not stored. It must not throw: it is asked in the middle of an instruction. */
export type RowSource = (seq: number) => Row | null;

/** The filter of a recording: which events were kept. `registersBefore` is valid during the call. */
export type Keeps = (seq: number, row: Row, registersBefore: () => Uint32Array) => boolean;

export class ComparingProbe implements Probe {
  readonly listening = false;
  /** First event that was not as recorded; null while all agree. */
  differsAt: number | null = null;
  readonly #cpu: Cpu;
  readonly #rowOf: RowSource;
  readonly #events: number;
  readonly #registers: RegistersBefore;
  #keeps: Keeps | null = null;

  /** `events`: how many the recording has; what comes after them is not compared. */
  constructor(cpu: Cpu, recorded: { readonly rowOf: RowSource; readonly eventCount: number }) {
    this.#cpu = cpu;
    this.#rowOf = recorded.rowOf;
    this.#events = recorded.eventCount;
    this.#registers = new RegistersBefore(cpu, { wanted: true });
  }

  /** From now on an event also differs when it is stored and the filter drops it, or the other way round; null: only stored events are compared. */
  filterBy(keeps: Keeps | null): void {
    this.#keeps = keeps;
  }

  before(): void {
    if (this.#keeps !== null) this.#registers.capture();
  }

  emit(seq: number, draft: EventDraft): void {
    // the recording may end here: whoever runs decides at the boundary
    if (seq + 1 >= this.#events) this.#cpu.pending |= PENDING_STOP;
    if (seq >= this.#events || (this.differsAt !== null && seq >= this.differsAt)) return;
    const recorded = this.#rowOf(seq);
    const isMisfiltered = this.#keeps !== null && this.#keeps(seq, draft, this.#registers.words) !== (recorded !== null);
    this.#registers.release();
    if (isMisfiltered || (recorded !== null && !isSameRow(draft, recorded))) this.differsAt = seq;
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
