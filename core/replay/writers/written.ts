// Who wrote it last: bytes of memory as of any point. Executed again where that is possible, as only then it is sure that nothing unrecorded
// came later; else the last recorded table write, else absent with the reason.

import { EVENT_KINDS } from '../../event/kinds.ts';
import type { LastWriter } from '../../event/json.ts';
import { comparePositions, type Position } from '../../event/position.ts';
import type { MemoryWrite, Reexecutor } from '../../event/reexecutor.ts';
import type { Basis } from '../explain/explanation.ts';
import { LastWriters } from '../last-writer.ts';
import { noExecution } from '../search.ts';
import { positionOfEvent } from '../source.ts';
import { isAbsent, placeEntry, type Absent, type Place, type SystemTable, type WriterReplay } from './place.ts';

/** A last writer, what that stands on, and where to go to see it. */
export interface Written {
  readonly writer: LastWriter;
  readonly basis: Basis;
  /** The point before the attempt that wrote; null for the loader, and when nobody is known. */
  readonly at: Position | null;
}

/** Nobody: the bytes are zero since the machine started. */
export const NEVER_WRITTEN = 'never written: zero since the machine started';
const TRANSITION = EVENT_KINDS.indexOf('transition');

/** An answer that is none. */
export const unknownWriter = (absent: string): Written => ({ writer: { absent }, basis: { kind: 'absent', reason: absent }, at: null });

/** The last writer of an entry of a table, of a place found before, or of bytes. `before`: nothing from there on counts. */
export async function lastWriterOfTableEntry(replay: WriterReplay, before: Position, which: { readonly table: SystemTable; readonly index: number } | { readonly tssField: string }): Promise<Written> {
  return lastWriterOfPlace(replay, before, await placeEntry(replay, before, which));
}

/** The last writer of the bytes of a place (place.ts); of an absent place the reason. */
export async function lastWriterOfPlace(replay: WriterReplay, before: Position, place: Place | Absent): Promise<Written> {
  if (isAbsent(place)) return unknownWriter(place.absent);
  if (replay.reexecutor === null) return recordedWriter(replay, before, place, noExecution('who wrote it', replay.absent));
  const found: (MemoryWrite | null)[] = [];
  for (const piece of place.pieces) {
    const reply = await askOne(replay.reexecutor, { before, ...piece });
    if (typeof reply === 'string') return recordedWriter(replay, before, place, reply);
    found.push(reply.write);
  }
  return joined(replay, place, found);
}

async function askOne(reexecutor: Reexecutor, question: { readonly before: Position; readonly physical: number; readonly length: number }): Promise<{ readonly write: MemoryWrite | null } | string> {
  const reply = await reexecutor.ask({ kind: 'last-write', ...question });
  if (reply.kind === 'written') return reply;
  return reply.kind === 'absent' ? reply.reason : 'the recording does not reach this point';
}

// the latest of the pieces' writers; the pieces it did not touch hold what their own writers left
function joined(replay: WriterReplay, { pieces }: Place, found: readonly (MemoryWrite | null)[]): Written {
  const latest = found.reduce((a, b) => (order(b) > order(a) || (order(b) === order(a) && order(b) === 2 && comparePositions(b!.at!, a!.at!) > 0) ? b : a), null);
  const basis: Basis = { kind: 're-execution' };
  if (latest === null) return { writer: { absent: NEVER_WRITTEN }, basis, at: null };
  const isLatest = (one: MemoryWrite | null): boolean => one !== null && one.by === latest.by && (one.at === null ? latest.at === null : latest.at !== null && comparePositions(one.at, latest.at) === 0);
  const value = (which: 'before' | 'after'): bigint => pieces.reduceRight((sum, piece, index) => {
    const one = found[index] ?? null;
    return (sum << BigInt(piece.length * 8)) | (one === null ? 0n : isLatest(one) ? one[which] : one.after);
  }, 0n);
  return { writer: writerOf(replay, latest, { before: value('before'), after: value('after') }), basis, at: latest.at };
}

// nobody, the loader, somebody
const order = (one: MemoryWrite | null): number => (one === null ? 0 : one.at === null ? 1 : 2);

function writerOf(replay: WriterReplay, { by, at, event, cpl, cs, ip }: MemoryWrite, { before, after }: { readonly before: bigint; readonly after: bigint }): LastWriter {
  const how = event === null ? null : howOf(replay, event);
  return {
    by, icount: at?.icount ?? null, seq: event, cpl, cs, ip, before, after,
    ...(event === null && at !== null ? { nextSeq: at.seq } : {}), ...(how === null ? {} : { how }),
  };
}

/** What made a write that a transition stands for; null for other events, and where the record does not keep it. */
export function howOf({ trace }: WriterReplay, seq: number): 'pushed' | 'called' | 'saved' | null {
  if (trace.kindAt(seq) !== TRANSITION) return null;
  const event = trace.event(seq);
  if (event.kind !== 'transition') return null;
  return event.via === 'call-gate' ? 'called' : event.via === 'task-switch' && event.frame === undefined ? 'saved' : 'pushed';
}

/** The event-level answer: the last recorded write of an entry that overlaps the place. `reason`: why there is no better one. */
function recordedWriter({ trace }: WriterReplay, before: Position, place: Place, reason: string): Written {
  const writers = recorded(trace);
  const found = place.pieces.map(({ physical, length }) => writers.seqOf(before.seq, physical, length)).filter((seq) => seq !== null);
  if (found.length === 0) return unknownWriter(reason);
  const seq = Math.max(...found);
  return { writer: writers.writerAt(seq), basis: { kind: 'record' }, at: positionOfEvent(trace, seq) };
}

const kept = new WeakMap<object, LastWriters>();
function recorded(trace: WriterReplay['trace']): LastWriters {
  const known = kept.get(trace);
  if (known !== undefined) return known;
  const made = new LastWriters(trace);
  kept.set(trace, made);
  return made;
}
