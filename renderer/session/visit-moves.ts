// Moving by kernel visits: to the two ends of the one around the playhead, and to the next and previous one.

import { lastEnteredBefore, NONE, visitAround, visitAt, visitOfEvent, type Visit } from '../../core/replay/visits/table.ts';
import type { Direction } from '../../core/replay/source.ts';
import type { Session } from './session.svelte.ts';

const USER_RING = 3;

/** The visit the playhead stands in: the one its event enters or leaves, else the innermost one around it; null in user code. */
export function currentVisit({ recording, at, event }: Pick<Session, 'recording' | 'at' | 'event'>): Visit | null {
  if (recording === null) return null;
  const { visits } = recording.spans;
  const own = event === null ? NONE : visitOfEvent(visits, event);
  const ring = recording.columns.ringBefore[at.seq] ?? (recording.columns.ringAfter[recording.columns.count - 1] ?? 0);
  const index = own !== NONE ? own : ring === USER_RING ? NONE : visitAround(visits, at.seq);
  return index === NONE ? null : visitAt(visits, index);
}

/** To the entry or exit of the visit around the playhead; from there to that of the visit around it. Says so when there is none. */
export function goToEnd(session: Session, end: 'entry' | 'exit'): void {
  let visit = currentVisit(session);
  if (visit === null) { session.announcement = 'No kernel visit here: user code runs.'; return; }
  const seqOf = (one: Visit): number | null => (end === 'entry' ? one.seqEntry : one.seqExit);
  if (seqOf(visit) === session.event) visit = parentOf(session, visit) ?? visit;
  const seq = seqOf(visit);
  if (seq === null) session.announcement = `Kernel visit ${visit.name} has no exit in this recording.`;
  else if (seq === session.event) session.announcement = `This is the ${end} of the outermost kernel visit.`;
  else session.goTo(seq);
}

/** To the nearest entry before or after the playhead. */
export function seekVisit(session: Session, direction: Direction): void {
  const { recording } = session;
  if (recording === null) return;
  const { visits } = recording.spans;
  const before = lastEnteredBefore(visits, session.at.seq);
  const index = direction === 'backward' ? before : visits.entry[before + 1] === session.event ? before + 2 : before + 1;
  const seq = index < 0 ? undefined : visits.entry[index];
  if (seq === undefined) session.announcement = `No kernel visit begins ${direction === 'forward' ? 'after' : 'before'} this point.`;
  else session.goTo(seq);
}

function parentOf({ recording }: Session, visit: Visit): Visit | null {
  const parent = recording?.spans.visits.parent[visit.index] ?? NONE;
  return recording === null || parent === NONE ? null : visitAt(recording.spans.visits, parent);
}
