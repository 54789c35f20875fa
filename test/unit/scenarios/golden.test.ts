// Every committed image recorded anew: the same events, line by line, and the content hash of the committed trace.
// Goldens are text to be read as prose; UPDATE_GOLDEN=1 rewrites them. A trace that repeats itself is shown by its beginning, its
// end and its counts.

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { describeEvent } from '../../../core/event/describe.ts';
import { EVENT_KINDS } from '../../../core/event/kinds.ts';
import type { TraceReader } from '../../../core/trace/reader.ts';
import { open, record, scenario } from '../ringscope/recorded.ts';

const traces = new URL('../../../traces/', import.meta.url);
const names = readdirSync(traces).filter((file) => file.endsWith('.img')).map((file) => file.slice(0, -4)).sort();
const SHOWN_WHOLE = 200, ENDS = 60;
const MEBIBYTE = 1 << 20;

function line(reader: TraceReader, seq: number): string {
  const event = reader.event(seq);
  const place = `${(event.cs ?? 0).toString(16).padStart(4, '0')}:${(event.ip ?? 0n).toString(16).padStart(8, '0')}`;
  return `${String(seq)} @${String(event.icount)} ring ${String(event.cpl)} ${place} ${event.kind}: ${describeEvent(event)}`;
}

function text(reader: TraceReader): string {
  const count = reader.eventCount;
  const all = Array.from({ length: count }, (_, seq) => seq);
  const shown = count <= SHOWN_WHOLE ? all : [...all.slice(0, ENDS), ...all.slice(-ENDS)];
  const counts = EVENT_KINDS.map((kind) => [kind, all.filter((seq) => reader.kindAt(seq) === EVENT_KINDS.indexOf(kind)).length] as const).filter(([, number]) => number > 0);
  const lines = shown.map((seq) => line(reader, seq));
  if (count > SHOWN_WHOLE) lines.splice(ENDS, 0, `... ${String(count - 2 * ENDS)} events ...`);
  return `${lines.join('\n')}\n${counts.map(([kind, number]) => `${kind} ${String(number)}`).join(', ')}\n`;
}

test('there are scenarios to record', () => { expect(names.length).toBeGreaterThanOrEqual(25); });

describe.each(names)('%s', (name) => {
  const recorded = record(scenario(name), { memoryBytes: 64 * MEBIBYTE });

  test('gives the events of its golden', () => {
    const golden = new URL(`golden/${name}.txt`, import.meta.url);
    const now = text(open(recorded.bytes).reader);
    if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(golden, now);
    expect(now).toBe(readFileSync(golden, 'utf8'));
  });

  test('has the content hash of the committed trace', () => {
    const committed = open(readFileSync(new URL(`${name}.rtrace`, traces))).reader;
    expect(recorded.summary.contentHash).toBe(committed.contentHash);
    expect(committed.truncated).toBe(false);
  });
});
