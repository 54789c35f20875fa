// The history of an entry: every write to it up to a point, newest first, as one last writer after the other. Bounded.

import type { Position } from '../../event/position.ts';
import type { Absent, Place, WriterReplay } from './place.ts';
import { lastWriterOfRegister } from './register.ts';
import { lastWriterOfPlace, type Written } from './written.ts';

/** The newest writes a history shows. */
export const HISTORY_MAX = 32;

export interface History {
  /** Newest first. The last one may be the loader. */
  readonly writes: readonly Written[];
  /** There are older ones that are not listed. */
  readonly more: boolean;
  /** Why the list ends where it does, when it is not complete; null when it is. */
  readonly absent: string | null;
}

/** The writes to a place before a point. Of an instruction that writes it more than once (a REP) only the last write is listed. */
export function historyOfPlace(replay: WriterReplay, before: Position, place: Place | Absent): Promise<History> {
  return collect(before, (point) => lastWriterOfPlace(replay, point, place));
}

/** The changes of a register before a point. */
export function historyOfRegister(replay: WriterReplay, before: Position, name: string): Promise<History> {
  return collect(before, (point) => lastWriterOfRegister(replay, point, name));
}

async function collect(before: Position, lastBefore: (point: Position) => Promise<Written>): Promise<History> {
  const writes: Written[] = [];
  for (let point = before; ;) {
    const one = await lastBefore(point);
    if ('absent' in one.writer) return { writes, more: false, absent: one.basis.kind === 'absent' ? one.writer.absent : null };
    if (writes.length === HISTORY_MAX) return { writes, more: true, absent: null };
    writes.push(one);
    if (one.at === null) return { writes, more: false, absent: null };
    point = one.at;
  }
}
