// A what-if on the machine of a recording: a change at a boundary, some attempts, and everything is put back. What happened is the answer.

import { BadInput } from '../../base/bad-input.ts';
import { PENDING_STOP } from '../../cpu/attention.ts';
import type { Cpu } from '../../cpu/state.ts';
import { parseChanges } from '../../event/change.ts';
import { decodeEvent } from '../../event/decode.ts';
import type { EventDraft } from '../../event/draft.ts';
import type { TraceEvent } from '../../event/event.ts';
import type { Probe } from '../../event/probe.ts';
import { TRY_EVENTS_MAX, type ReexecuteReply } from '../../event/reexecutor.ts';
import { applyChange } from '../apply-change.ts';
import type { Rewinder } from './rewinder.ts';
import { describeEnd } from '../run-end.ts';
import { Session } from '../session.ts';

/** Keeps the events of a trial; asks for a stop when there are enough. */
class CollectingProbe implements Probe {
  readonly listening = false;
  readonly events: TraceEvent[] = [];
  readonly #cpu: Cpu;

  constructor(cpu: Cpu) { this.#cpu = cpu; }

  get isFull(): boolean { return this.events.length >= TRY_EVENTS_MAX; }

  before(): void {
    // the register file is not looked at
  }

  emit(seq: number, draft: EventDraft): void {
    if (!this.isFull) this.events.push(decodeEvent(draft, seq));
    if (this.isFull) this.#cpu.pending |= PENDING_STOP;
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

/** Makes the changes of `text` where the rewinder stands, then up to `attempts` attempts; the machine is left as it was. Throws BadInput when a change cannot be made. */
export function tryChange(rewinder: Rewinder, text: string, attempts: number): ReexecuteReply {
  const changes = parseChanges(text);
  const { machine } = rewinder;
  if (rewinder.session.end !== null) throw new BadInput('the recording is over there: nothing comes after the change');
  const boundary = rewinder.attempts;
  return rewinder.trial(() => {
    const probe = new CollectingProbe(machine.cpu);
    machine.cpu.probe = probe;
    // bounds of its own: what is tried may go on where the recording ends
    const session = new Session(machine, { lastAttempt: () => Infinity, end: () => (probe.isFull ? { kind: 'cancelled' } : null) });
    // those of the recording at this boundary come first
    session.makeArrivals();
    const changed = changes.map((change) => applyChange(machine.cpu, change)).join('; ');
    session.run(attempts);
    const stopped = probe.isFull ? `${String(TRY_EVENTS_MAX)} events were made: more are not collected` : session.end === null ? null : describeEnd(session.end);
    return { kind: 'tried', boundary, changed, events: probe.events, stopped };
  });
}
