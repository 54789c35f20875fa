// Who last wrote a page-table entry before an event, from the recorded table writes alone. Tables are mostly built before paging uses
// them: then no write was recorded, and the answer is absent with that reason (a re-execution that watches memory could say more).

import { hex } from '../base/u64.ts';
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

/** Answers for events in any order; each event of the recording is looked at once, when an answer first needs it. */
export class LastWriters {
  private readonly trace: WriterSource;
  /** Events that wrote an entry, rising, by its physical address. */
  private readonly writes = new Map<number, number[]>();
  private row = 0;

  constructor(trace: WriterSource) { this.trace = trace; }

  /** The last recorded write to a level's entry before the event. */
  of(event: TraceEvent, level: WalkLevel): LastWriter {
    this.advance(event.seq);
    const seq = lastBefore(this.writes.get(level.physical) ?? [], event.seq);
    if (seq === undefined) return this.trace.rowCount < this.trace.eventCount ? FILTERED : NOT_RECORDED;
    const write = this.trace.event(seq);
    return write.kind === 'table-write' ? writerOf(write) : NOT_RECORDED;
  }

  private advance(seq: number): void {
    for (; this.row < this.trace.rowCount; this.row += 1) {
      const at = this.trace.seqAt(this.row);
      if (at >= seq) return;
      if (this.trace.kindAt(at) !== TABLE_WRITE) continue;
      const row = this.trace.row(at);
      if (!PAGING.includes(wordOf(row, TABLE))) continue;
      const physical = joinCount(wordOf(row, PHYSICAL), highWordOf(row, PHYSICAL));
      const seqs = this.writes.get(physical);
      if (seqs === undefined) this.writes.set(physical, [at]); else seqs.push(at);
    }
  }
}

function lastBefore(seqs: readonly number[], seq: number): number | undefined {
  let low = 0, high = seqs.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (seqs[middle]! < seq) low = middle + 1; else high = middle;
  }
  return seqs[low - 1];
}

/** `written at event 12 by ring 0 at 0x100210: 0x0 -> 0x9007`, or why nobody knows. */
export function describeWriter(writer: LastWriter): string {
  if ('absent' in writer) return `last writer absent: ${writer.absent}`;
  const { by, seq, cpl, ip, before, after } = writer;
  const when = seq === null ? '' : ` at event ${String(seq)}`;
  const who = by !== 'cpu' ? ` by a ${by}` : ` by ${cpl === null ? 'an unknown ring' : `ring ${String(cpl)}`}${ip === null ? '' : ` at ${hex(ip)}`}`;
  return `written${when}${who}${before === null || after === null ? '' : `: ${hex(before)} -> ${hex(after)}`}`;
}

function writerOf({ icount, seq, cpl, cs, ip, before, after }: TableWriteEvent): LastWriter {
  return { by: 'cpu', icount, seq, cpl, cs, ip, before, after };
}
