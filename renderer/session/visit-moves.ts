// Moving by kernel visits: over one and out of one, to the two ends of the one around the playhead, to the next and previous one.

import { stepOut, stepOver, type VisitStep } from '../../core/replay/visits/steps.ts';
import { lastEnteredBefore, NONE, visitAround, visitAt, visitOfEvent, type Visit } from '../../core/replay/visits/table.ts';
import type { Direction } from '../../core/replay/source.ts';
import type { Session } from './session.svelte.ts';
import { durationText } from './visit-words.ts';

const USER_RING = 3;
/** What a notice about a step that leads nowhere is called; the next step that leads somewhere takes it away. */
const NO_STEP = 'No such step';

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

/** Over the kernel visit entered or left here, else by one event; or out of the visit around. Says so when there is nowhere to go, and stays. */
export function stepVisit(session: Session, how: 'over' | 'out', direction: Direction): void {
  const { recording } = session;
  if (recording === null) return;
  if (session.notice?.title === NO_STEP) session.notice = null;
  // between two events none is entered or left: the nearest one comes first
  if (how === 'over' && session.event === null) { session.stepEvent(direction); return; }
  const step = (how === 'over' ? stepOver : stepOut)(recording.source, recording.spans.visits, { seq: session.at.seq, direction });
  if (step.kind === 'refused') refuse(session, step.reason);
  else if (step.kind === 'edge') toEdge(session, step.edge);
  else take(session, step, how);
}

function refuse(session: Session, reason: string): void {
  const message = `${reason.charAt(0).toUpperCase()}${reason.slice(1)}.`;
  session.notice = { title: NO_STEP, message, tone: 'warn' };
}

function toEdge(session: Session, edge: 'start' | 'end'): void {
  const count = session.recording?.columns.count ?? 0;
  const isThere = edge === 'end' ? session.at.seq >= count : session.at.seq <= 0 && session.at.icount <= 0;
  if (isThere) session.announcement = `This is the ${edge} of the recording.`;
  else if (edge === 'end') session.goTo(count); else session.goToStart();
}

function take(session: Session, step: Extract<VisitStep, { kind: 'moved' }>, how: 'over' | 'out'): void {
  session.goTo(step.seq);
  if (step.visit === null || session.recording === null) return;
  const visit = visitAt(session.recording.spans.visits, step.visit);
  const lasted = durationText(session.recording, visit);
  session.announcement = `${how === 'over' ? 'Over' : 'Out of'} kernel visit ${visit.name}${lasted === '' ? '' : `, ${lasted}`}. ${session.spoken()}`;
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
