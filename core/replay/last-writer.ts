// Who last wrote a page-table entry before an event, from the recorded table writes alone. Tables are mostly built before paging uses
// them: then no write was recorded, and the answer is absent with that reason (a re-execution that watches memory could say more).

import type { TraceEvent, TableWriteEvent } from '../event/event.ts';
import { EVENT_KINDS, TABLES } from '../event/kinds.ts';
import type { LastWriter } from '../event/json.ts';
import type { WalkLevel } from '../event/heap-lists.ts';
import { joinCount } from '../base/u64.ts';
import { highWordOf, wordOf } from '../event/draft.ts';
import { handleOf } from '../event/schema.ts';
import type { TraceSource } from './source.ts';

const TABLE_WRITE = EVENT_KINDS.indexOf('table-write');
const TABLE = handleOf('table-write', 'table'), PHYSICAL = handleOf('table-write', 'physical');
const PAGING = ['page-directory', 'page-table', 'pdpt', 'pml4'].map((name) => TABLES.findIndex((one) => one === name));
const NOT_RECORDED: LastWriter = { absent: 'no write to this entry was recorded: it was made before paging used it' };
const FILTERED: LastWriter = { absent: 'the recording does not keep every event, and none that writes this entry' };

/** What the search needs beyond a TraceSource: events as objects. */
export interface WriterSource extends TraceSource { event(seq: number): TraceEvent }

/** Answers for events in any order; going forwards costs one look at each event in between. */
export class LastWriters {
  private readonly trace: WriterSource;
  private readonly writes = new Map<number, number>();
  private row = 0;
  private seqNext = 0;

  constructor(trace: WriterSource) { this.trace = trace; }

  /** The last recorded write to a level's entry before the event. */
  of(event: TraceEvent, level: WalkLevel): LastWriter {
    this.advance(event.seq);
    const seq = this.writes.get(level.physical);
    if (seq === undefined) return this.trace.rowCount < this.trace.eventCount ? FILTERED : NOT_RECORDED;
    const write = this.trace.event(seq);
    return write.kind === 'table-write' ? writerOf(write) : NOT_RECORDED;
  }

  private advance(seq: number): void {
    if (seq < this.seqNext) {
      this.writes.clear();
      this.row = 0;
    }
    for (; this.row < this.trace.rowCount; this.row += 1) {
      const at = this.trace.seqAt(this.row);
      if (at >= seq) break;
      if (this.trace.kindAt(at) !== TABLE_WRITE) continue;
      const row = this.trace.row(at);
      if (PAGING.includes(wordOf(row, TABLE))) this.writes.set(joinCount(wordOf(row, PHYSICAL), highWordOf(row, PHYSICAL)), at);
    }
    this.seqNext = seq;
  }
}

function writerOf({ icount, seq, cpl, cs, ip, before, after }: TableWriteEvent): LastWriter {
  return { by: 'cpu', icount, seq, cpl, cs, ip, before, after };
}
