// The QEMU logs kept beside the checkout, Linux boots among them: every line known, and the counts an independent search gives.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { describeEvent } from '../../../core/event/describe.ts';
import { factsOf } from '../../../core/replay/facts.ts';
import { root } from '../architecture/source-files.ts';
import { classOf, importLog, linesOf } from './import-log.ts';

const FOLDER = join(root, process.env['RINGSCOPE_SHARED'] ?? '../shared', 'samples/qemu');
const logs = existsSync(FOLDER) ? readdirSync(FOLDER).filter((name) => /^(?!.*exec).*\.log$/.test(name)) : [];
if (logs.length === 0) console.warn(`no QEMU logs at ${FOLDER}: the importer is not tried on them`);

/** Records by vector, as grep counts them. */
function grepVectors(text: string): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const [, vector] of text.matchAll(/ v=([0-9a-f]{2}) e=/g)) counts[`0x${vector!}`] = (counts[`0x${vector!}`] ?? 0) + 1;
  return counts;
}
const grep = (text: string, line: RegExp): number => text.split('\n').filter((one) => line.test(one)).length;

describe.skipIf(logs.length === 0)('QEMU logs', () => {
  it.each(logs)('%s', (name) => {
    const bytes = new Uint8Array(readFileSync(join(FOLDER, name)));
    const text = Buffer.from(bytes).toString('latin1');
    const { report, reader, events } = importLog(bytes, { piece: 65_536 });
    expect(report.unknown).toEqual([]);
    expect(classOf(report, 'unknown')).toBe(0);
    expect(report.lines).toBe(text.split('\n').length - (text.endsWith('\n') ? 1 : 0));
    expect(report.rules.reduce((sum, { lines }) => sum + lines, 0)).toBe(report.lines);
    expect(Object.fromEntries(report.vectors.map(({ vector, records }) => [`0x${vector.toString(16).padStart(2, '0')}`, records]))).toEqual(grepVectors(text));
    expect([linesOf(report, 'record'), linesOf(report, 'check-exception'), linesOf(report, 'hardware')]).toEqual([grep(text, / v=[0-9a-f]{2} e=/), grep(text, /^check_exception/), grep(text, /^Servicing/)]);

    // visits to system management mode are folded into snapshots; nothing else is
    const visits = events.flatMap((event) => (event.kind === 'snapshot' ? [/entered (\w+)/.exec(event.detail ?? '')?.[1] ?? ''] : []));
    expect(visits.reduce((sum, times) => sum + (times === 'once' ? 1 : Number(times)), 0)).toBe(grep(text, /^SMM: enter/));
    expect(events.filter(({ kind }) => kind === 'shutdown').length).toBeGreaterThanOrEqual(grep(text, /^Triple fault/) === 0 ? 0 : 1);
    // every event of a record carries its line, and every fault of one its vector
    const lines = text.split('\n');
    for (const event of events) {
      // whatever a log does not know, a sentence and an inspector's facts can be made
      expect(`${describeEvent(event)} ${JSON.stringify(factsOf(event).basics)}`).not.toMatch(/undefined|\bNaN\b|: \?/);
      if (event.inferred !== undefined) continue;
      expect(event.sourceLine).toBeGreaterThan(0);
      if (event.kind === 'fault' && event.errorCode !== null) expect(lines[event.sourceLine! - 1]).toContain(` v=${event.vector.toString(16).padStart(2, '0')} `);
    }
    expect(reader.notes).toEqual([]);
    expect(reader.contentHash).toBe(report.contentHash);
    expect(reader.recomputeHash()).toBe(report.contentHash);
  });
});
