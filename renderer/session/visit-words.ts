// Kernel visits in words: for the card under the pointer, the inspector, and who hears instead of sees.

import { whyUnreturned } from '../../core/replay/visits/endings.ts';
import { ENDINGS, visitAt, type Visit } from '../../core/replay/visits/table.ts';
import type { Recording } from './recording.ts';

const NOT_LOGGED = ENDINGS.indexOf('not-logged');
const plural = (many: number, noun: string): string => `${many.toLocaleString('en')} ${noun}${many === 1 ? '' : 's'}`;

/** Instructions a visit lasted as far as it is known; null where none are counted. */
export function instructionsIn(recording: Recording, visit: Visit): number | null {
  return visit.reason === 'not-logged' ? null : instructionsAt(recording, visit.index);
}

/** The same by index, without making an object of the visit. */
export function instructionsAt({ columns, spans: { visits } }: Recording, index: number): number | null {
  if (!columns.counted || visits.ending[index] === NOT_LOGGED) return null;
  const last = columns.icount[columns.count - 1] ?? 0;
  const over = visits.over[index] ?? 0;
  const end = over >= columns.count ? last : columns.icount[over] ?? last;
  return Math.max(0, end - (columns.icount[visits.entry[index] ?? 0] ?? 0));
}

/** `246 instructions`, `at least 12 instructions`; empty where none are counted. */
export function durationText(recording: Recording, visit: Visit): string {
  const many = instructionsIn(recording, visit);
  return many === null ? '' : `${visit.reason === 'open' ? 'at least ' : ''}${plural(many, 'instruction')}`;
}

/** Why a visit has no exit, as a sentence; empty for one that returned. */
export function whyNoExit(visit: Visit): string {
  const why = whyUnreturned(visit);
  return why === '' ? '' : `${why.charAt(0).toUpperCase()}${why.slice(1)}.`;
}

/** `thread 2, kernel stack 0x109000`; the number only where there are several. */
export function threadText(recording: Recording, visit: Visit): string {
  const many = recording.spans.visits.threads.length;
  const { stack, cr3, isTop } = visit.stack;
  const where = stack !== null ? `kernel stack ${isTop ? '' : 'below '}${shown(stack)}` : cr3 !== null ? `address space CR3 ${shown(cr3)}` : 'a stack the log does not show';
  return many > 1 ? `thread ${String(visit.thread + 1)}, ${where}` : where;
}

/** The short name of a thread beside its spans. */
export function threadName(thread: number): string {
  return `T${String(thread + 1)}`;
}

export function faultsText(visit: Visit): string {
  return visit.faults === 0 ? 'no fault inside' : `${plural(visit.faults, 'fault')} inside`;
}

/** The whole visit in one sentence or two, without its name. */
export function visitText(recording: Recording, visit: Visit): string {
  const duration = durationText(recording, visit);
  const span = visit.seqExit === null ? `from event ${String(visit.seqEntry)}` : `from event ${String(visit.seqEntry)} to ${String(visit.seqExit)}`;
  const parts = [span, duration, faultsText(visit), visit.depth === 0 ? '' : `nested at depth ${String(visit.depth)}`, threadText(recording, visit)];
  const why = whyNoExit(visit);
  return `${parts.filter((part) => part !== '').join(', ')}.${why === '' ? '' : ` ${why}`}${visit.inferred ? ' The pairing is inferred: the log does not show this return.' : ''}`;
}

/** What an event means for kernel visits, to be said after it; empty when it neither enters nor leaves. */
export function visitAfterword(recording: Recording, seq: number, index: number): string {
  const visit = visitAt(recording.spans.visits, index);
  if (seq === visit.seqEntry) {
    const end = visit.seqExit === null ? whyNoExit(visit) : `It returns at event ${String(visit.seqExit)}.`;
    return ` Kernel visit ${visit.title} begins, ${faultsText(visit)}. ${end}`;
  }
  const duration = durationText(recording, visit);
  return ` Kernel visit ${visit.title} of event ${String(visit.seqEntry)} ends${duration === '' ? '' : ` after ${duration}`}.`;
}

const shown = (value: bigint): string => `0x${value.toString(16)}`;
