// `ringscope events`: lists the events of a trace, all or those an expression matches.

import { BadInput } from '../../../core/base/bad-input.ts';
import { matchesEvent, unanswerable } from '../../../core/replay/search.ts';
import type { Compiled } from '../../../core/replay/expression/compiled.ts';
import type { Arguments, Command } from '../command.ts';
import { csvPrinter, eventOf, jsonPrinter, kindsIn, textPrinter, type EventPrinter } from '../event-text.ts';
import { compileOrRefuse } from '../expression.ts';
import type { Io } from '../io.ts';
import { countOf } from '../numbers.ts';
import { openTraceOf, warn, type TraceFile } from '../open-trace.ts';
import { SYMBOLS_OPTION } from '../symbols.ts';
import { painter } from '../style.ts';
import { SYSTEM_HELP, SYSTEM_OPTION, systemViewOf } from '../system.ts';

/** Text is handed out in pieces of about this many characters. */
const PIECE = 1 << 16;

export const eventsCommand: Command = {
  name: 'events',
  summary: 'list the events of a trace',
  help: `usage: ringscope events TRACE [--where EXPR] [--limit N] [--symbols FILE] [--os linux|none] [--json | --csv]

Lists the events of a trace in order, one a line. TRACE is a file, or "-" for standard input.

  --where EXPR   only events the expression matches (the breakpoint language, see below)
  --limit N      at most N events
  --symbols FILE names and source lines for addresses, beside those in the trace: an ELF file (symbols, DWARF lines), System.map
                 or a map of nasm; may be given more than once, the first one is asked first
${SYSTEM_HELP}
  --json         one JSON object a line: addresses and register values as hexadecimal strings, counts as numbers, unknown as null
  --csv          comma-separated values with a header line

Expressions:
  cpl                                  every change of the current privilege level
  cpl 3->0 via sysenter                from ring 3 to ring 0 by SYSENTER
  msr IA32_SYSENTER_EIP changed        writes that left another value
  fault #PF if (cr2 < 0x1000 and not error.present)
  kind == transition and vector == 0x80
More in docs/breakpoints.md. "exec" stands between events: use "find".

A trace that was cut off is listed as far as it goes; a warning says so and the exit code is 2.`,
  options: { ...SYMBOLS_OPTION, ...SYSTEM_OPTION, where: { type: 'string' }, limit: { type: 'string' }, json: { type: 'boolean' }, csv: { type: 'boolean' } },
  positionals: { least: 1, most: 1 },
  run(args: Arguments, io: Io): number {
    if (args.flag('json') && args.flag('csv')) throw new BadInput('--json and --csv exclude each other: give one');
    const limitText = args.text('limit');
    const limit = limitText === null ? Infinity : countOf(limitText, '--limit');
    const trace = openTraceOf(args, io);
    const where = compileWhere(args.text('where'), trace);
    warn(trace, io);
    list(trace, { where, limit, printer: printerOf(args, trace, io) }, io);
    return trace.exitCode;
  },
};

/** The expression of --where; refused where events alone do not answer it. */
export function compileWhere(text: string | null, trace: TraceFile): Compiled | null {
  if (text === null) return null;
  const compiled = compileOrRefuse(text, { what: '--where', symbols: trace.symbols });
  if (compiled.needsExecution) throw new BadInput(`--where ${JSON.stringify(text)} is refused: "exec" stands between events, which are all that is listed here; use ringscope find`);
  const reason = unanswerable(trace.reader, compiled);
  if (reason !== null) throw new BadInput(`--where is refused: ${reason}; use fields of the events`);
  return compiled;
}

/** The printer the options choose. */
export function printerOf(args: Arguments, trace: TraceFile, io: Io): EventPrinter {
  const system = args.flag('csv') ? null : systemViewOf(args, trace, io);
  if (args.flag('json')) return jsonPrinter(trace, system);
  return args.flag('csv') ? csvPrinter(kindsIn(trace)) : textPrinter(trace, painter(io), system);
}

function list(trace: TraceFile, { where, limit, printer }: { readonly where: Compiled | null; readonly limit: number; readonly printer: EventPrinter }, io: Io): void {
  const { reader } = trace;
  let text = printer.header;
  let printed = 0;
  for (let row = 0; row < reader.rowCount && printed < limit; row += 1) {
    const seq = reader.seqAt(row);
    if (where !== null && !matchesEvent(reader, where, seq)) continue;
    text += printer.line(eventOf(trace, seq));
    printed += 1;
    if (text.length >= PIECE) { io.out(text); text = ''; }
  }
  if (text !== '') io.out(text);
}
