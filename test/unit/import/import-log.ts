// Imports a log held in memory and opens the trace it became.

import { deflateRawSync } from 'node:zlib';
import type { TraceEvent } from '../../../core/event/event.ts';
import { describeEvent } from '../../../core/event/describe.ts';
import { startImport, type ImportReport, type ImportRequest } from '../../../core/ringscope/import.ts';
import type { TraceReader } from '../../../core/trace/reader.ts';
import { openTrace } from '../../../core/trace/reader.ts';
import { Collector, inflate } from '../trace/support.ts';

export interface Imported { readonly report: ImportReport; readonly bytes: Uint8Array; readonly reader: TraceReader; readonly events: readonly TraceEvent[] }
export interface Feeding { readonly from?: ImportRequest['from']; /** Bytes fed at a time. */ readonly piece?: number }

export const ascii = (text: string): Uint8Array => Uint8Array.from(text, (letter) => letter.charCodeAt(0) & 0xff);

/** Runs an import to its end; `write` sees what reaches the sink. */
export function runImport(log: Uint8Array, { from = 'auto', piece = 4096 }: Feeding = {}, write: (bytes: Uint8Array) => void = () => undefined): ImportReport {
  const running = startImport({ name: 'a.log', from, sink: write, deflate: (bytes) => new Uint8Array(deflateRawSync(bytes, { level: 1 })), now: () => 0 });
  for (let at = 0; at < log.length; at += piece) running.feed(log.slice(at, at + piece));
  return running.finish();
}

/** Imports and reads back. */
export function importLog(log: Uint8Array | string, feeding: Feeding = {}): Imported {
  const collector = new Collector();
  const report = runImport(typeof log === 'string' ? ascii(log) : log, feeding, (bytes) => { collector.write(bytes); });
  const bytes = collector.bytes();
  const reader = openTrace(bytes, inflate);
  return { report, bytes, reader, events: Array.from({ length: reader.eventCount }, (_, seq) => reader.event(seq)) };
}

/** An event as one line: `12 @19 3 fault: …`, with what it was inferred between instead of the line. */
export function lineOf(event: TraceEvent): string {
  const where = event.inferred === undefined ? `@${String(event.sourceLine ?? '-')}` : `(${String(event.inferred.after)}..${String(event.inferred.before)})`;
  return `${String(event.seq)} ${where} ${String(event.cpl ?? '-')} ${event.kind}: ${describeEvent(event)}`;
}

/** Lines counted to a rule. */
export const linesOf = ({ rules }: ImportReport, id: string): number => rules.find(({ rule }) => rule === id)?.lines ?? 0;
/** Lines counted to a class. */
export const classOf = ({ rules }: ImportReport, kind: string): number => rules.filter((rule) => rule.class === kind).reduce((sum, { lines }) => sum + lines, 0);
