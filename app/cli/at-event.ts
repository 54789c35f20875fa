// Which point of a trace --at names: just before an event by its number, the last fault, or the end.

import { BadInput } from '../../core/base/bad-input.ts';
import type { Position } from '../../core/event/position.ts';
import { lastFault } from '../../core/replay/explain/explain.ts';
import { endOf, positionOfEvent } from '../../core/replay/source.ts';
import { countOf } from './numbers.ts';
import type { TraceFile } from './open-trace.ts';

/** A point with the event it stands before; null at the end. */
export interface AtEvent { readonly seq: number | null; readonly position: Position; /** `before event 12`, `at the end`. */ readonly words: string }

/** Reads --at: a number, `last-fault` or `end`. Throws BadInput. */
export function atEvent(trace: TraceFile, text: string): AtEvent {
  const { reader, warning } = trace;
  // what was executed after the last event belongs to the end, too
  if (text === 'end') return { seq: null, position: { ...endOf(reader), icount: reader.header.kind === 'imported' ? -1 : Number.MAX_SAFE_INTEGER }, words: 'at the end' };
  const seq = text === 'last-fault' ? lastFault({ ...trace, trace: reader }) : countOf(text, '--at');
  if (seq === null) throw new BadInput('there is no fault in this trace: give --at the number of an event');
  if (seq >= reader.eventCount) throw new BadInput(`there is no event ${String(seq)}: ${reader.eventCount === 0 ? 'the trace has none' : `give one from 0 to ${String(reader.eventCount - 1)}`}${warning === null ? '' : `; ${warning}`}`);
  return { seq, position: positionOfEvent(reader, seq), words: `before event ${String(seq)}` };
}
