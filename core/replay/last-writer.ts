// Who last wrote an entry of a table before an event, from the recorded table writes alone. Tables are mostly built before they are in use:
// then no write was recorded, and the answer is absent with that reason. What re-execution adds: writers/written.ts. And the words for a writer.

import { hex, joinCount } from '../base/u64.ts';
import type { TraceEvent, TableWriteEvent } from '../event/event.ts';
import { EVENT_KINDS, MODES, TABLES } from '../event/kinds.ts';
import type { LastWriter } from '../event/json.ts';
import type { WalkLevel } from '../event/heap-lists.ts';
import { highWordOf, wordOf, type Row } from '../event/draft.ts';
import { commonHandle, handleOf } from '../event/schema.ts';
import type { CodeNames } from '../symbols/symbol-table.ts';
import { nameOrNull, namesOfWriter, placeAt, sourceText, symbolText, type Named } from './code-names.ts';
import type { TraceSource } from './source.ts';

const TABLE_WRITE = EVENT_KINDS.indexOf('table-write');
const TABLE = handleOf('table-write', 'table'), PHYSICAL = handleOf('table-write', 'physical'), BEFORE = handleOf('table-write', 'before'), AFTER = handleOf('table-write', 'after');
const PAGING = ['page-directory', 'page-table', 'pdpt', 'pml4'].map((name) => TABLES.findIndex((one) => one === name));
const ENTRIES_OF_8 = ['gdt', 'ldt', 'idt'].map((name) => TABLES.findIndex((one) => one === name));
const MODE = commonHandle('mode'), REAL = MODES.indexOf('real');
const NOT_RECORDED: LastWriter = { absent: 'no write to this entry was recorded: it was made before paging used it' };
const FILTERED: LastWriter = { absent: 'the recording does not keep every event, and none that writes this entry' };

/** What the search needs beyond a TraceSource: events as objects. */
export interface WriterSource extends TraceSource { event(seq: number): TraceEvent }

/** Answers for events in any order; each event of the recording is looked at once, when an answer first needs it. */
export class LastWriters {
  private readonly trace: WriterSource;
  /** Events that wrote an entry, rising, by its physical address. */
  private readonly writes = new Map<number, number[]>();
  /** The same for entries of every table. */
  private readonly entries: { readonly seq: number; readonly first: number; readonly end: number }[] = [];
  private row = 0;

  constructor(trace: WriterSource) { this.trace = trace; }

  /** The last recorded write to a level's entry before the event. */
  of(event: TraceEvent, level: WalkLevel): LastWriter {
    this.advance(event.seq);
    const seq = lastBefore(this.writes.get(level.physical) ?? [], event.seq);
    if (seq === undefined) return this.trace.rowCount < this.trace.eventCount ? FILTERED : NOT_RECORDED;
    return this.writerAt(seq);
  }

  /** The last recorded write, before event `seq`, of an entry that shares a byte with these; null when there is none. */
  seqOf(seq: number, physical: number, length: number): number | null {
    this.advance(seq);
    for (let at = this.entries.length - 1; at >= 0; at -= 1) {
      const one = this.entries[at]!;
      if (one.seq < seq && one.first < physical + length && physical < one.end) return one.seq;
    }
    return null;
  }

  /** The writer that a recorded table write names. */
  writerAt(seq: number): LastWriter {
    const write = this.trace.event(seq);
    return write.kind === 'table-write' ? writerOf(write) : NOT_RECORDED;
  }

  private advance(seq: number): void {
    for (; this.row < this.trace.rowCount; this.row += 1) {
      const at = this.trace.seqAt(this.row);
      if (at >= seq) return;
      if (this.trace.kindAt(at) !== TABLE_WRITE) continue;
      const row = this.trace.row(at);
      const table = wordOf(row, TABLE), physical = joinCount(wordOf(row, PHYSICAL), highWordOf(row, PHYSICAL));
      this.entries.push({ seq: at, first: physical, end: physical + (isEntryOf8(row, table) ? 8 : 4) });
      if (!PAGING.includes(table)) continue;
      const seqs = this.writes.get(physical);
      if (seqs === undefined) this.writes.set(physical, [at]); else seqs.push(at);
    }
  }
}

// an entry of PAE paging whose upper half is zero before and after was written in its lower half
function isEntryOf8(row: Row, table: number): boolean {
  if (ENTRIES_OF_8.includes(table)) return wordOf(row, MODE) !== REAL;
  return highWordOf(row, BEFORE) !== 0 || highWordOf(row, AFTER) !== 0;
}

function lastBefore(seqs: readonly number[], seq: number): number | undefined {
  let low = 0, high = seqs.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (seqs[middle]! < seq) low = middle + 1; else high = middle;
  }
  return seqs[low - 1];
}

/**
 * A writer in one line: `written at event 12 by ring 0 at build_tables+0x1c (boot.c:31, 0x10021c): 0x0 -> 0x9007`, `written by ring 0 at 0x100210, before
 * event 3: …`, `pushed by the delivery at event 12, which left ring 3 at 0x400010: …`, `set by the image's loader`, or why nobody knows.
 */
export function describeWriter(writer: LastWriter, named: Named | null = null): string {
  if ('absent' in writer) return `last writer absent: ${writer.absent}`;
  const { by, seq, before, after, how, nextSeq } = writer;
  if (by === 'loader') return `set by the image's loader${after === null ? '' : `: ${hex(after)}`}`;
  const change = before === null || after === null ? '' : `: ${hex(before)} -> ${hex(after)}`;
  const when = seq === null ? '' : ` at event ${String(seq)}`, next = seq === null && nextSeq !== undefined ? `, before event ${String(nextSeq)}` : '';
  if (how === 'pushed') return `pushed by the delivery${when}, which left ${whoOf(writer, named)}${change}`;
  if (how === 'called') return `pushed by the call${when}${change}`;
  if (how === 'saved') return `saved by the task switch${when}${change}`;
  return `written${when} by ${by === 'device' ? 'a device, asked by ' : ''}${whoOf(writer, named)}${next}${change}`;
}

function whoOf(writer: Exclude<LastWriter, { readonly absent: string }>, named: Named | null): string {
  const { cpl, ip } = writer;
  return `${cpl === null ? 'an unknown ring' : `ring ${String(cpl)}`}${ip === null ? '' : ` at ${nameOfAddress(ip, named === null ? null : namesOfWriter(named, writer))}`}`;
}

/** `label+0x12 (boot.c:31, 0x100212)`, or what of it is known. */
function nameOfAddress(ip: bigint, names: CodeNames | null): string {
  const place = placeAt(names, ip), name = symbolText(place?.symbol ?? null), line = sourceText(place?.source ?? null, 'short');
  if (place === null) return hex(ip);
  return name === '' ? `${line} (${hex(ip)})` : `${name} (${line === '' ? '' : `${line}, `}${hex(ip)})`;
}

/** `label+0x12 (boot.c:31)`: the instruction that wrote; null without a name. */
export function writerName(writer: LastWriter, named: Named): string | null {
  if ('absent' in writer || writer.ip === null) return null;
  return nameOrNull(placeAt(namesOfWriter(named, writer), writer.ip));
}

function writerOf({ icount, seq, cpl, cs, ip, before, after }: TableWriteEvent): LastWriter {
  return { by: 'cpu', icount, seq, cpl, cs, ip, before, after };
}
