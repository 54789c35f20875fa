// Ringscope as the one under test: records the image by the commands users have and brings its events into the witnesses' form.

import { existsSync } from 'node:fs';
import path from 'node:path';
import { inFolder, ROOT, run } from './programs.ts';
import type { WitnessEvent, WitnessRun } from './witness-event.ts';

const COMMAND = path.join(ROOT, 'scripts/ringscope.mjs');
const LIMIT_MS = 60_000;

/** Why Ringscope's command line cannot be used, or null. It builds itself where its sources are. */
export function ringscopeMissing(): string | null {
  const present = existsSync(COMMAND) && ['app/cli/main.ts', 'dist/cli.mjs'].some((file) => existsSync(path.join(ROOT, file)));
  return present ? null : "Ringscope's command line is not in this checkout (app/cli/main.ts)";
}

/** One line of `ringscope events --json`, as EVENTS.md has it; every field is checked before use. */
type Line = Readonly<Record<string, unknown>>;

/** A number that the command prints as a count or as a hex string; null for null and absent. */
function numberOf(value: unknown): number | null {
  if (typeof value === 'number') return value;
  return typeof value === 'string' && /^0x[0-9a-f]+$/.test(value) ? parseInt(value, 16) : null;
}

/** As numberOf, for a field that must be there. */
function needNumber(line: Line, field: string): number {
  const value = numberOf(line[field]);
  if (value === null) throw new Error(`ringscope events: ${field} is missing in ${JSON.stringify(line)}`);
  return value;
}

const software = (vector: number): WitnessEvent => ({ vector, errorCode: null, cr2: null, source: 'software', notLogged: [] });

/**
 * The witness events of one line. INT n, INT3 and INTO count by their transition, so the fault #BP or #OF that EVENTS.md puts
 * before it is left out; an INT whose delivery faults has no transition and counts by that fault.
 */
function eventsOf(line: Line): WitnessEvent[] {
  if (line['kind'] === 'transition') {
    if (line['via'] === 'interrupt') return [{ ...software(needNumber(line, 'vector')), source: 'external' }];
    return line['via'] === 'int' ? [software(needNumber(line, 'vector'))] : [];
  }
  if (line['kind'] !== 'fault' || (line['class'] === 'trap' && line['source'] === 'software')) return [];
  const vector = needNumber(line, 'vector');
  const fault: WitnessEvent = { vector, errorCode: numberOf(line['errorCode']), cr2: numberOf(line['cr2']), source: 'exception', notLogged: [] };
  const delivery = line['deliveryOf'] as Line | null | undefined;
  return delivery?.['source'] === 'software' ? [software(needNumber(delivery, 'vector')), fault] : [fault];
}

/** The run told by the lines of `ringscope events --json`: events, shutdown, and the text of COM1. Throws on `unsupported`. */
export function parseRingscopeLines(text: string): WitnessRun {
  const lines = text.split('\n').filter((line) => line !== '').map((line) => JSON.parse(line) as Line);
  const stop = lines.find((line) => line['kind'] === 'unsupported');
  if (stop) throw new Error(`Ringscope stopped at something it does not execute: ${JSON.stringify(stop)}`);
  const texts = lines.filter((line) => line['kind'] === 'console' && /com1/i.test(String(line['device'])));
  return {
    events: lines.flatMap(eventsOf),
    shutdown: lines.some((line) => line['kind'] === 'shutdown'),
    console: texts.map((line) => String(line['text'])).join(''),
  };
}

/** What Ringscope recorded of the image at `imagePath`. */
export async function ringscopeEvents(imagePath: string): Promise<WitnessRun> {
  return inFolder(async (folder) => {
    const trace = path.join(folder, 'trace.rtrace');
    const recorded = await run(process.execPath, [COMMAND, 'record', imagePath, '-o', trace], { cwd: ROOT, limitMs: LIMIT_MS });
    if (recorded.code !== 0) throw new Error(`ringscope record ended with ${String(recorded.code)}: ${recorded.stderr.trim()}`);
    const listed = await run(process.execPath, [COMMAND, 'events', trace, '--json'], { cwd: ROOT, limitMs: LIMIT_MS });
    if (listed.code !== 0) throw new Error(`ringscope events ended with ${String(listed.code)}: ${listed.stderr.trim()}`);
    return parseRingscopeLines(listed.stdout);
  });
}
