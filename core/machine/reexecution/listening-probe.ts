// Listens to one attempt that is executed again: keeps every check and access in order, and passes events on to the comparison.

import { VENDOR_DIFFERENCES } from '../../arch/vendor-differences.ts';
import { EVENT_KINDS } from '../../event/kinds.ts';
import type { EventDraft } from '../../event/draft.ts';
import { joinU64 } from '../../base/u64.ts';
import { ACCESS_KINDS, ACCESS_PARTS, HEARD_FIRST, HEARD_MAX, type Heard } from '../../event/heard.ts';
import type { Probe } from '../../event/probe.ts';

export class ListeningProbe implements Probe {
  readonly listening = true;
  readonly heard: Heard[] = [];
  /** More was reported than is kept: what is missing lies behind the first HEARD_FIRST. */
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

  access(what: number, part: number, linear: number, physical: number, size: number, lo: number, hi: number, write: number): void {
    const kind = ACCESS_KINDS[what]!;
    this.#keep({
      kind: 'access', what: kind, part: ACCESS_PARTS[part] ?? null, linear: kind === 'page-entry' ? null : linear, physical, size, value: joinU64(lo, hi), write: write !== 0,
    });
  }

  differ(difference: number): void {
    const one = VENDOR_DIFFERENCES[difference];
    if (one !== undefined) this.#keep({ kind: 'difference', id: one.id });
  }

  // the end of an attempt explains its fault, so it is the middle that goes
  #keep(one: Heard): void {
    if (this.heard.length === HEARD_MAX) {
      this.cut = true;
      this.heard.splice(HEARD_FIRST, (HEARD_MAX - HEARD_FIRST) >>> 1);
    }
    this.heard.push(one);
  }
}
