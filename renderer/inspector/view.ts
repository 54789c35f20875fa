// What the inspector shows at a point: the event with its facts, and the register states to compare. Reads only; no drawing.

import type { TraceEvent } from '../../core/event/event.ts';
import type { Moment } from '../../core/event/reexecutor.ts';
import { factsOf, type EventFacts } from '../../core/replay/facts.ts';
import { loggedState } from '../../core/replay/logged-state.ts';
import { viewState, type StateView } from '../../core/replay/state.ts';
import { eventOf } from '../session/events.ts';
import type { Recording } from '../session/recording.ts';
import { FROM_LOG, LAST_DUMP, RECORDED, REEXECUTED, absentBecause, type Provenance } from './provenance.ts';

export interface EventView { readonly event: TraceEvent; readonly facts: EventFacts }
/** `sides`: there is a state before and one after to choose from. */
export interface StateChoice { readonly state: StateView; readonly provenance: Provenance; readonly words: Uint32Array; readonly sides: boolean }

/** The event and its facts; null between events, at the end and for a dropped row. */
export function eventView(recording: Recording, seq: number | null): EventView | null {
  const event = seq === null ? null : eventOf(recording, seq);
  return event === null ? null : { event, facts: factsOf(event, (of, level) => recording.writers.of(of, level)) };
}

/**
 * Registers before or after the event where the playhead stands; between events those of the moment executed again, compared with the
 * state after the event before. A Provenance alone says why there are none.
 */
export function stateAt(recording: Recording, at: { readonly seq: number | null; readonly next: number; readonly side: 'before' | 'after'; readonly moment: Moment | null }): StateChoice | Provenance {
  const { source } = recording;
  if (at.seq !== null && source.hasState) {
    const before = source.stateBefore(at.seq);
    const absent = recording.imported?.notLogged;
    const logged = recording.imported === null ? null : loggedState(source.event(at.seq));
    const provenance = logged === null ? RECORDED : logged.isOlder ? LAST_DUMP : FROM_LOG;
    const sides = logged?.isAfterKnown !== false;
    if (!sides || at.side === 'before') return { state: viewState(before, null, absent), provenance, words: before, sides };
    const after = source.stateAfter(at.seq);
    return { state: viewState(after, before, absent), provenance: logged === null ? RECORDED : FROM_LOG, words: after, sides };
  }
  const previous = at.next - 1;
  const last = source.hasState && previous >= 0 && previous < source.eventCount && source.kindAt(previous) >= 0 ? source.stateAfter(previous) : null;
  if (at.moment !== null) return { state: viewState(at.moment.registers, last), provenance: REEXECUTED, words: at.moment.registers, sides: false };
  if (last !== null && at.next >= source.eventCount) return { state: viewState(last, null, recording.imported?.notLogged), provenance: recording.imported === null ? RECORDED : LAST_DUMP, words: last, sides: false };
  return absentBecause(source.hasState ? 'Between two events the registers come from executing again.' : 'This trace holds no registers: its source did not record them.');
}

/** True when a choice has registers. */
export function hasRegisters(choice: StateChoice | Provenance): choice is StateChoice {
  return 'state' in choice;
}
