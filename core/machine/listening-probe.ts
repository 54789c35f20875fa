// Listens to one attempt that is executed again: keeps every check and access in order, and passes events on to the comparison.

import { EVENT_KINDS } from '../event/kinds.ts';
import type { EventDraft } from '../event/draft.ts';
import { ACCESS_KINDS, HEARD_MAX, type Heard } from '../event/heard.ts';
import type { Probe } from '../event/probe.ts';

export class ListeningProbe implements Probe {
  readonly listening = true;
  readonly heard: Heard[] = [];
  /** More was reported than is kept. */
  cut = false;
  readonly #events: Probe;

  /** `events`: who else is told of events. */
  constructor(events: Probe) { this.#events = events; }

  before(): void { this.#events.before(); }

  emit(seq: number, draft: EventDraft): void {
    this.#keep({ kind: 'event', seq, event: EVENT_KINDS[draft.kind]! });
    this.#events.emit(seq, draft);
  }

  check(rule: number, outcome: number, a: number, b: number): void {
    this.#keep({ kind: 'check', rule, outcome, a: a >>> 0, b: b >>> 0 });
  }

  access(what: number, linear: number, physical: number, size: number, value: number, write: number): void {
    const kind = ACCESS_KINDS[what]!;
    this.#keep({ kind: 'access', what: kind, linear: kind === 'page-entry' ? null : linear, physical, size, value: BigInt(value >>> 0), write: write !== 0 });
  }

  #keep(one: Heard): void {
    if (this.heard.length < HEARD_MAX) this.heard.push(one); else this.cut = true;
  }
}
