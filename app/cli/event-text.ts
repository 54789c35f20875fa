// One event as a line of aligned text, as JSON, or as comma-separated values. `events` and `find` print alike.

import { decodeEvent } from '../../core/event/decode.ts';
import { describeEvent } from '../../core/event/describe.ts';
import type { TraceEvent } from '../../core/event/event.ts';
import { eventJson, eventLine, type JsonValue } from '../../core/event/json.ts';
import { EVENT_KINDS, type EventKind } from '../../core/event/kinds.ts';
import { COMMON_FIELDS, SCHEMA } from '../../core/event/schema.ts';
import { codeOfEvent, placeText, symbolText, type CodePlace, type EventCode } from '../../core/replay/code-names.ts';
import { LastWriters } from '../../core/replay/last-writer.ts';
import type { SystemView } from '../../core/replay/os/system-view.ts';
import type { TraceFile } from './open-trace.ts';
import type { Ink } from './style.ts';

/** How events are printed: chosen by --json, --csv or neither. */
export interface EventPrinter {
  /** Lines before the first event; empty when there are none. */
  readonly header: string;
  line(event: TraceEvent): string;
}

type Paint = (ink: Ink, text: string) => string;

/**
 * Prints each event as one JSON object, with the names of docs/events.md; walks name the last recorded writer of each entry, and `code` the
 * instruction where symbols are known, `os` what the system makes of it.
 */
export function jsonPrinter({ reader, symbols }: Pick<TraceFile, 'reader' | 'symbols'>, system: SystemView | null = null): EventPrinter {
  const writers = new LastWriters(reader);
  const code = (event: TraceEvent): string => { const json = codeJson(codeOfEvent(reader, symbols, event)); return json === null ? '' : `,"code":${JSON.stringify(json)}`; };
  const os = (event: TraceEvent): string => { const json = system?.jsonAt(event.seq) ?? null; return json === null ? '' : `,"os":${JSON.stringify(json)}`; };
  return { header: '', line: (event) => `${eventLine(event, (about, level) => writers.of(about, level)).slice(0, -1)}${code(event)}${os(event)}}\n` };
}

/** What is known of an event's instructions, as JSON: `{symbol, offset, file, line, to}`; null when that is nothing. */
export function codeJson({ at, to }: EventCode): JsonValue {
  const ofTo = placeJson(to);
  const own = { ...placeJson(at), ...(ofTo === null ? {} : { to: ofTo }) };
  return Object.keys(own).length === 0 ? null : own;
}

function placeJson(place: CodePlace | null): { readonly [name: string]: JsonValue } | null {
  if (place === null) return null;
  return { ...(place.symbol === null ? {} : { symbol: place.symbol.name, offset: place.symbol.offset }), ...(place.source === null ? {} : { file: place.source.file, line: place.source.line }) };
}

const INKS: Partial<Record<EventKind, Ink>> = {
  'fault': 'red', 'shutdown': 'red', 'unsupported': 'red', 'reset': 'red', 'transition': 'cyan', 'msr-write': 'yellow', 'cr-write': 'yellow', 'console': 'green', 'exit': 'bold', 'halt': 'bold',
};

/** Prints aligned columns with a sentence on what happened. Widths follow the trace, so that all lines agree. */
export function textPrinter(trace: Pick<TraceFile, 'reader' | 'symbols'>, paint: Paint, system: SystemView | null = null): EventPrinter {
  const { reader } = trace;
  const names = namesColumn(trace);
  const kinds = kindsIn(trace);
  const last = Math.max(0, reader.eventCount - 1);
  const seqWidth = Math.max(3, String(last).length);
  // an imported event stands at a line of its log, not at an instruction count
  const isImported = reader.header.kind === 'imported';
  const at = (event: TraceEvent): string => { const where = isImported ? event.sourceLine : event.icount; return where === undefined || where === null ? '-' : String(where); };
  const icountWidth = Math.max(6, isImported ? 8 : 0, String(reader.rowCount === 0 ? 0 : Math.max(0, reader.icountAt(last))).length);
  const placeWidth = 13, kindWidth = Math.max(10, ...EVENT_KINDS.map((kind, code) => ((kinds & (1 << code)) === 0 ? 0 : kind.length)));
  const cells = (seq: string, icount: string, cpl: string, place: string, name: string, kind: string, what: string, ink: Ink): string =>
    `${paint('dim', seq.padStart(seqWidth))}  ${paint('dim', icount.padStart(icountWidth))}  ${cpl.padEnd(4)}  ${place.padEnd(placeWidth)}  ${name}${paint(ink, kind.padEnd(kindWidth))}  ${what}\n`;
  return {
    header: cells('seq', isImported ? 'line' : 'icount', 'ring', 'cs:ip', names.header, 'event', 'what happened', 'plain'),
    line: (event) => cells(String(event.seq), at(event), ringOf(event), placeOf(event), names.cell(event), event.kind, sentence(event, system?.wordsAt(event.seq) ?? ''), INKS[event.kind] ?? 'plain'),
  };
}

/** Events whose names decide how wide their column is, and its most; a longer name moves its own line alone. */
const NAMES_LOOKED_AT = 200, NAME_WIDTH_MAX = 48;

// the column of names; nothing at all where no event has one
function namesColumn({ reader, symbols }: Pick<TraceFile, 'reader' | 'symbols'>): { readonly header: string; readonly cell: (event: TraceEvent) => string } {
  const text = (event: TraceEvent): string => codeText(codeOfEvent(reader, symbols, event));
  const step = Math.max(1, Math.floor(reader.rowCount / NAMES_LOOKED_AT));
  let width = 0;
  for (let row = 0; symbols !== null && row < reader.rowCount; row += step) width = Math.max(width, text(eventOf({ reader }, reader.seqAt(row))).length);
  if (width === 0) return { header: '', cell: () => '' };
  const padded = (name: string): string => `${name.padEnd(Math.min(width, NAME_WIDTH_MAX))}  `;
  return { header: padded('in'), cell: (event) => padded(text(event)) };
}

/** `main+0x12 (user.c:30) -> syscall_entry`: where an event's instruction stands, and where it led. */
export function codeText({ at, to }: EventCode): string {
  const end = symbolText(to?.symbol ?? null);
  return end === '' ? placeText(at) : `${placeText(at)} -> ${end}`.trimStart();
}

const sentence = (event: TraceEvent, system: string): string => `${describeEvent(event)}${system === '' ? '' : `; ${system}`}`;

function ringOf(event: TraceEvent): string {
  if (event.kind === 'transition' && event.from.cpl !== null && event.to.cpl !== null && event.from.cpl !== event.to.cpl) return `${String(event.from.cpl)}->${String(event.to.cpl)}`;
  return event.cpl === null ? '-' : String(event.cpl);
}

function placeOf({ cs, ip }: TraceEvent): string {
  if (cs === null && ip === null) return '-';
  return `${cs === null ? '?' : cs.toString(16).padStart(4, '0')}:${ip === null ? '?' : ip.toString(16).padStart(8, '0')}`;
}

/** Prints comma-separated values (RFC 4180): the common fields, then every field of the kinds that can occur. Lists are JSON. */
export function csvPrinter(kinds: number): EventPrinter {
  const paths = ['seq', 'icount', 'iteration', 'kind', 'mode', 'cpl', 'cs', 'ip', 'cpu'];
  for (const schema of SCHEMA.filter(({ code }) => (kinds & (1 << code)) !== 0)) for (const { path } of schema.fields) if (!paths.includes(path)) paths.push(path);
  for (const { path } of COMMON_FIELDS) if (!paths.includes(path)) paths.push(path);
  return { header: `${paths.map(csvCell).join(',')}\r\n`, line: (event) => `${paths.map((path) => csvCell(valueAt(eventJson(event), path))).join(',')}\r\n` };
}

function valueAt(json: JsonValue, path: string): string {
  let value: JsonValue | undefined = json;
  for (const part of path.split('.')) value = typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Readonly<Record<string, JsonValue>>)[part] : undefined;
  if (value === undefined || value === null) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function csvCell(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** The kinds of which a trace has events, one bit each. */
export function kindsIn({ reader }: Pick<TraceFile, 'reader'>): number {
  return EVENT_KINDS.reduce((mask, _, code) => ((reader.totals.kinds[code] ?? 0) > 0 ? mask | (1 << code) : mask), 0);
}

/** A stored event as an object. */
export function eventOf({ reader }: Pick<TraceFile, 'reader'>, seq: number): TraceEvent {
  return decodeEvent(reader.row(seq), seq, reader.names);
}
