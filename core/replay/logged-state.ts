// What the registers around an event of an imported trace are worth: a log shows them where it dumps them, and nowhere else.

import type { TraceEvent } from '../event/event.ts';

export interface LoggedState {
  /** The log shows no registers at this event: what the trace has are those of the last dump before it. */
  readonly isOlder: boolean;
  /** The log shows the registers after the event too. */
  readonly isAfterKnown: boolean;
}

/** Of an event of an imported trace. A reset is dumped before and after; every other event before, if at all. */
export function loggedState(event: TraceEvent): LoggedState {
  if (event.kind === 'reset') return { isOlder: event.mode === null, isAfterKnown: true };
  return { isOlder: event.inferred !== undefined || event.mode === null || event.cs === null, isAfterKnown: false };
}
