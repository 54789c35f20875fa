// What `ringscope info` says, as data: the header, the hash, and counts.

import { BadInput } from '../base/bad-input.ts';
import { printChange } from '../event/change.ts';
import { EVENT_KINDS, type EventKind } from '../event/kinds.ts';
import type { TraceFacts, TraceHeader } from '../trace/header.ts';
import { changesOf } from './header-options.ts';
import type { OpenedRecording } from './open.ts';

export interface RecordingInfo extends TraceFacts {
  readonly formatVersion: number;
  /** Null when the recorder did not close the file: `recomputed` then is the hash of what is there. */
  readonly contentHash: string | null;
  readonly recomputed: string | null;
  readonly events: number;
  /** Rows stored: less than `events` when a filter dropped some. */
  readonly rows: number;
  readonly kinds: Partial<Readonly<Record<EventKind, number>>>;
  /** Events by ring 0..3, and without one. */
  readonly rings: readonly number[];
  readonly checkpoints: number;
  /** Names of addresses, and rows of source lines. */
  readonly symbols: number;
  readonly lineRows: number;
  /** What a what-if changed, and after how many attempts. */
  readonly changes: readonly { readonly attempts: number; readonly set: string }[];
  readonly isTruncated: boolean;
  readonly canReexecute: boolean;
  /** Why not, when not. */
  readonly absent: string | null;
  readonly notes: readonly string[];
}

// a text that cannot be read is the reason why the trace cannot be executed again, which is said
function readableChanges(header: TraceHeader): RecordingInfo['changes'] {
  try {
    return changesOf(header).map(({ attempts, change }) => ({ attempts, set: printChange(change) }));
  } catch (problem) {
    if (problem instanceof BadInput) return [];
    throw problem;
  }
}

/** Header, hash and counts of an opened trace. A file without its closing part has its hash computed from what is there. */
export function infoOf({ reader, symbols, reexecutor, absent }: OpenedRecording): RecordingInfo {
  const { schema: _schema, ...facts } = reader.header;
  const kinds = EVENT_KINDS.flatMap((kind, code) => {
    const count = reader.totals.kinds[code] ?? 0;
    return count === 0 ? [] : [[kind, count] as const];
  });
  return {
    ...facts, contentHash: reader.contentHash, recomputed: reader.contentHash === null ? reader.recomputeHash() : null,
    events: reader.eventCount, rows: reader.rowCount, kinds: Object.fromEntries(kinds), rings: reader.totals.rings,
    checkpoints: reader.checkpoints.positions.length, symbols: symbols?.count ?? 0, lineRows: symbols?.lineCount ?? 0, changes: readableChanges(reader.header), isTruncated: reader.truncated,
    canReexecute: reexecutor !== null, absent, notes: reader.notes,
  };
}
