// A recording in numbers, as text and as JSON. What each part stands on is said with it.

import { hex } from '../../core/base/u64.ts';
import type { JsonValue } from '../../core/event/json.ts';
import type { Dwell } from '../../core/replay/stats/dwell.ts';
import type { FaultPlace, Tally } from '../../core/replay/stats/tally.ts';
import type { Storms } from '../../core/replay/storms.ts';
import type { VisitSummary } from '../../core/replay/visits/summary.ts';
import { grouped } from './numbers.ts';
import type { TraceFile } from './open-trace.ts';
import { systemJson, systemParts, type SystemStats } from './system-text.ts';
import { table, wrapped, type Paint } from './text-table.ts';
import { summaryJson } from './visit-json.ts';
import { groupsText } from './visit-text.ts';

const WIDTH = 100;
/** Storms printed one by one. */
const STORMS_LISTED = 10;

export interface Stats {
  readonly events: number;
  readonly rows: number;
  readonly isImported: boolean;
  readonly tally: Tally;
  readonly dwell: Dwell | { readonly absent: string };
  readonly storms: Storms;
  readonly visits: VisitSummary;
  /** What the operating system makes of it; null when nobody asked. */
  readonly system: SystemStats | null;
}

/** Several parts, each with a title. */
export function statsText(trace: TraceFile, stats: Stats, paint: Paint): string {
  const { events, rows, isImported, tally } = stats;
  const basis = isImported ? 'from the log' : 'from the recorded events';
  const head = `${grouped(events)} events${rows === events ? '' : `, ${grouped(rows)} of them stored`}; counts and times ${basis}`;
  const parts = [
    part('events by kind', paint, table(['kind', 'events'], tally.kinds.map(({ kind, count }) => [kind, grouped(count)]), { paint, right: [1] })),
    part('vectors', paint, vectorLines(tally, paint)), part('rings', paint, dwellLines(stats.dwell, paint)), part('where faults come from', paint, placeLines(trace, tally, paint)),
    part('storms', paint, stormLines(stats.storms)), part('kernel visits', paint, stats.visits.groups.length === 0 ? ['none'] : groupsText(stats.visits, paint).split('\n')),
    ...(stats.system === null ? [] : systemParts(stats.system, paint).map(([title, lines]) => part(title, paint, lines))),
  ];
  return `${head}\n${parts.join('')}`;
}

function part(title: string, paint: Paint, lines: readonly string[]): string {
  return `\n${paint('bold', title)}\n${lines.map((line) => `  ${line}`.trimEnd()).join('\n')}\n`;
}

function vectorLines({ vectors }: Tally, paint: Paint): readonly string[] {
  if (vectors.length === 0) return ['no fault, no entry'];
  const rows = vectors.map(({ vector, name, faults, entries }) => [hex(vector), name.startsWith('#') || name === 'NMI' ? name : '', grouped(faults), grouped(entries)]);
  return table(['vector', 'name', 'faults', 'entries'], rows, { paint, right: [0, 2, 3] });
}

function dwellLines(dwell: Stats['dwell'], paint: Paint): readonly string[] {
  if ('absent' in dwell) return wrapped(`how long each ring ran is absent: ${dwell.absent}`, { width: WIDTH - 2, indent: '' });
  const all = dwell.instructions.reduce((sum, one) => sum + one, 0) + dwell.unknown;
  const share = (many: number): string => (all === 0 ? '-' : `${((100 * many) / all).toFixed(1)} %`);
  const rows = dwell.instructions.flatMap((many, ring) => (dwell.stays[ring] === 0 ? [] : [[`ring ${String(ring)}`, grouped(many), share(many), grouped(dwell.stays[ring] ?? 0)]]));
  if (dwell.unknown > 0) rows.push(['unknown', grouped(dwell.unknown), share(dwell.unknown), '-']);
  return table(['ring', 'instructions', 'share', 'stays'], rows, { paint, right: [1, 2, 3] });
}

function placeLines(trace: TraceFile, { places, isCut }: Tally, paint: Paint): readonly string[] {
  if (places.length === 0) return ['no fault'];
  const rows = places.map((place) => [place.name, place.cr2 === null ? '-' : hex(place.cr2), instructionText(trace, place), grouped(place.count), eventsText(place)]);
  return [...table(['fault', 'address', 'instruction (first)', 'times', 'events'], rows, { paint, right: [1, 3] }), ...(isCut ? ['there are more places than are told apart'] : [])];
}

function instructionText({ symbols }: TraceFile, { ip }: FaultPlace): string {
  if (ip === null) return '-';
  const symbol = symbols?.symbolAt(ip) ?? null;
  return symbol === null ? hex(ip) : `${hex(ip)} ${symbol.name}${symbol.offset === 0 ? '' : `+${hex(symbol.offset)}`}`;
}

function eventsText({ count, seqFirst, seqLast }: FaultPlace): string {
  return count === 1 ? String(seqFirst) : `${String(seqFirst)}${count === 2 ? ', ' : ' … '}${String(seqLast)}`;
}

function stormLines({ list, unknown }: Storms): readonly string[] {
  const lines = list.slice(0, STORMS_LISTED).map(({ seqFirst, seqLast, text }) => `events ${String(seqFirst)} to ${String(seqLast)}: ${text}`);
  const all = [...(list.length === 0 ? ['none'] : lines), ...(list.length > STORMS_LISTED ? [`and ${grouped(list.length - STORMS_LISTED)} more`] : []), ...(unknown === null ? [] : [unknown])];
  return all.flatMap((line) => wrapped(line, { width: WIDTH - 2, indent: '' }));
}

/** The same as one JSON object. */
export function statsJson({ events, rows, tally, dwell, storms, visits, system }: Stats): { readonly [name: string]: JsonValue } {
  const { kinds, vectors, vias, places, isCut } = tally;
  return {
    basis: 'recorded', events, stored: rows, kinds: Object.fromEntries(kinds.map(({ kind, count }) => [kind, count])), mechanisms: Object.fromEntries(vias.map(({ via, count }) => [via, count])),
    vectors: vectors.map(({ vector, name, faults, entries }) => ({ vector, name, faults, entries })),
    rings: 'absent' in dwell ? { absent: dwell.absent } : { instructions: [...dwell.instructions], stays: [...dwell.stays], unknown: dwell.unknown },
    faultPlaces: places.map(({ name, cr2, ip, count, seqFirst, seqLast }) => ({ fault: name, cr2: cr2 === null ? null : hex(cr2), ip: ip === null ? null : hex(ip), count, seqFirst, seqLast })), ...(isCut ? { faultPlacesCut: true } : {}),
    storms: storms.list.map(({ kind, seqFirst, seqLast, count, period, text }) => ({ kind, seqFirst, seqLast, count, period, text })), ...(storms.unknown === null ? {} : { stormsUnknown: storms.unknown }),
    visits: summaryJson(visits), ...(system === null ? {} : { os: systemJson(system) }),
  };
}
