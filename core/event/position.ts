// Where in a recording we stand. Order: icount, then iteration, then seq.

/**
 * A point between two instructions of a recording: `icount` instructions have retired, `iteration` iterations of an unfinished REP
 * are done (0 at a boundary), and `seq` is the next event to happen. An instruction that faults does not retire: before it and in its
 * handler `icount` is equal and `seq` differs. Imported events may have no icount; positions there are seq alone with icount -1.
 */
export interface Position { readonly icount: number; readonly iteration: number; readonly seq: number }

/** Negative when `a` comes before `b`, zero when they are one point, positive otherwise. */
export function comparePositions(a: Position, b: Position): number {
  return a.icount - b.icount || a.iteration - b.iteration || a.seq - b.seq;
}
