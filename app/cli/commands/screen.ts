// `ringscope screen`: what the guest's display shows at a point of a recording, as text, and what the guest had printed up to there.

import { BadInput } from '../../../core/base/bad-input.ts';
import type { JsonValue } from '../../../core/event/json.ts';
import type { Screen } from '../../../core/event/screen.ts';
import { printedBefore, rowsOf, screenAt, shadesOf } from '../../../core/replay/screen.ts';
import { atEvent, type AtEvent } from '../at-event.ts';
import type { Arguments, Command } from '../command.ts';
import type { Io } from '../io.ts';
import { openTraceFile, warn, type TraceFile } from '../open-trace.ts';

const SHADE_COLUMNS = 80;

export const screenCommand: Command = {
  name: 'screen',
  summary: 'what the guest\'s display shows at an event, or what it had printed',
  help: `usage: ringscope screen TRACE [--at SEQ] [--console] [--json]

Prints the text screen of the guest as it was just before an event, found by executing the recording again. Of a graphics mode it prints the
size and the picture in shades of characters.

  --at SEQ       just before event SEQ; "last-fault" is the last fault, "end" the end of the recording, which is meant without --at
  --console      what the guest had printed up to there instead, device by device, from the trace alone
  --json         one JSON object: the text row by row, the cursor, or the size of the picture; with --console the text of each device

Example: ringscope screen a.rtrace --at 120`,
  options: { at: { type: 'string' }, console: { type: 'boolean' }, json: { type: 'boolean' } },
  positionals: { least: 1, most: 1 },
  async run(args: Arguments, io: Io): Promise<number> {
    const trace = openTraceFile(args.positionals[0] ?? '-', io);
    const at = atEvent(trace, args.text('at') ?? 'end');
    warn(trace, io);
    io.out(args.flag('console') ? consoleOutput(trace, at, args.flag('json')) : await screenOutput(trace, at, args.flag('json')));
    return trace.exitCode;
  },
};

async function screenOutput({ reader, reexecutor, absent }: TraceFile, { seq, position, words }: AtEvent, isJson: boolean): Promise<string> {
  const screen = await screenAt({ trace: reader, reexecutor, absent }, position);
  if (screen.kind === 'absent') throw new BadInput(`there is no screen to show ${words}: ${screen.reason}`);
  if (isJson) return `${JSON.stringify({ seq, ...jsonOf(screen) })}\n`;
  if (screen.kind === 'graphics') return `${String(screen.width)} by ${String(screen.height)} pixels ${words}\n${shadesOf(screen, SHADE_COLUMNS).join('\n')}\n`;
  const { cursor } = screen;
  const where = cursor === null ? 'no cursor' : `cursor at row ${String(cursor.row)}, column ${String(cursor.column)}`;
  return `${String(screen.columns)} by ${String(screen.rows)} characters ${words}, ${where}\n${rowsOf(screen).join('\n').trimEnd()}\n`;
}

function jsonOf(screen: Exclude<Screen, { readonly kind: 'absent' }>): Record<string, JsonValue> {
  if (screen.kind === 'graphics') return { kind: 'graphics', width: screen.width, height: screen.height };
  const { columns, rows, cursor } = screen;
  return { kind: 'text', columns, rows, text: rowsOf(screen), cursor: cursor === null ? null : { row: cursor.row, column: cursor.column } };
}

function consoleOutput({ reader }: TraceFile, { seq, words }: AtEvent, isJson: boolean): string {
  const printed = printedBefore(reader, seq ?? reader.eventCount);
  if (isJson) return `${JSON.stringify({ seq, devices: Object.fromEntries(printed) })}\n`;
  if (printed.size === 0) return `nothing was printed ${words}\n`;
  return [...printed].map(([device, text]) => `${device} ${words}\n${text.endsWith('\n') ? text : `${text}\n`}`).join('\n');
}
