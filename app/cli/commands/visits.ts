// `ringscope visits`: kernel entries paired with their exits, with what is odd about each, and what they add up to.

import { BadInput } from '../../../core/base/bad-input.ts';
import type { Compiled } from '../../../core/replay/expression/compiled.ts';
import { matchesEvent } from '../../../core/replay/search.ts';
import { visitFacts } from '../../../core/replay/visits/facts.ts';
import { isOdd } from '../../../core/replay/visits/findings.ts';
import { pairVisits } from '../../../core/replay/visits/scan.ts';
import { summarize } from '../../../core/replay/visits/summary.ts';
import type { Visits } from '../../../core/replay/visits/table.ts';
import type { Arguments, Command } from '../command.ts';
import type { Io } from '../io.ts';
import { countOf } from '../numbers.ts';
import { openTraceOf, warn, type TraceFile } from '../open-trace.ts';
import { SYMBOLS_OPTION } from '../symbols.ts';
import { painter } from '../style.ts';
import { SYSTEM_HELP, SYSTEM_OPTION, systemOf } from '../system.ts';
import { failedJson, straysJson, summaryJson, visitJson } from '../visit-json.ts';
import { summaryText, visitLines, visitRowPrinter } from '../visit-text.ts';
import { compileWhere } from './events.ts';

/** Text is handed out in pieces of about this many characters. */
const PIECE = 1 << 16;

export const visitsCommand: Command = {
  name: 'visits',
  summary: 'kernel entries paired with their exits, and what is odd about them',
  help: `usage: ringscope visits TRACE [--only findings] [--where EXPR] [--limit N] [--symbols FILE] [--os linux|none] [--json]

Pairs every entry into the kernel with the exit that ends it: an IRET with the entry whose frame it takes, SYSEXIT with the SYSENTER
that began on its stack. A line a visit: entry, exit or why there is none, rings, thread (a kernel stack), instructions in between,
faults inside, and findings: error code not popped, stack pointer off, flags of user code still set. Visits inside others are indented.
Below it what they add up to. Everything stands on the recorded events; nothing is executed.

  --only findings  only visits with a finding that deserves a look
  --where EXPR     only visits whose entry the expression matches, for example "cpl 3->0 via sysenter"
  --limit N        at most N visits; the totals count all
  --symbols FILE   names and source lines for addresses, beside those in the trace: an ELF file (symbols, DWARF lines), System.map
                   or a map of nasm; may be given more than once, the first one is asked first
${SYSTEM_HELP}
  --json           one JSON object: basis, visits, unmatched (exits that belong to no visit), failed (returns that faulted
                   outside of all), totals. A visit that has no exit has "exit": null and a reason

Threads switch, processes are replaced, recordings end: an entry or exit that stays alone is no error in itself.`,
  options: { ...SYMBOLS_OPTION, ...SYSTEM_OPTION, only: { type: 'string' }, where: { type: 'string' }, limit: { type: 'string' }, json: { type: 'boolean' } },
  positionals: { least: 1, most: 1 },
  run(args: Arguments, io: Io): number {
    const only = args.text('only');
    if (only !== null && only !== 'findings') throw new BadInput(`--only ${JSON.stringify(only)} is not known: there is --only findings`);
    const limitText = args.text('limit');
    const limit = limitText === null ? Infinity : countOf(limitText, '--limit');
    const trace = openTraceOf(args, io);
    const where = compileWhere(args.text('where'), trace);
    warn(trace, io);
    const visits = pairVisits(trace.reader, { system: systemOf(args, trace, io) });
    const chosen = { only: only !== null, where, limit };
    if (args.flag('json')) printJson(trace, visits, chosen, io); else printText(trace, visits, chosen, io);
    return trace.exitCode;
  },
};

interface Choice { readonly only: boolean; readonly where: Compiled | null; readonly limit: number }

function* chosenOf({ reader }: TraceFile, visits: Visits, { only, where, limit }: Choice): Generator<number> {
  let left = limit;
  for (let index = 0; index < visits.count && left > 0; index += 1) {
    if (only && !isOdd(visits, index)) continue;
    if (where !== null && !matchesEvent(reader, where, visits.entry[index] ?? 0)) continue;
    left -= 1;
    yield index;
  }
}

function printJson(trace: TraceFile, visits: Visits, choice: Choice, io: Io): void {
  let text = '{"basis":"recorded","visits":[';
  let between = '';
  for (const index of chosenOf(trace, visits, choice)) {
    text += between + JSON.stringify(visitJson(visitFacts(trace.reader, visits, index)));
    between = ',';
    if (text.length >= PIECE) { io.out(text); text = ''; }
  }
  io.out(`${text}],"unmatched":${JSON.stringify(straysJson(visits))},"failed":${JSON.stringify(failedJson(visits))},"totals":${JSON.stringify(summaryJson(summarize(trace.reader, visits)))}}\n`);
}

function printText(trace: TraceFile, visits: Visits, choice: Choice, io: Io): void {
  const paint = painter(io);
  const printer = visitRowPrinter(trace, visits, paint);
  let text = '';
  let shown = 0;
  for (const index of chosenOf(trace, visits, choice)) {
    if (shown === 0) text += printer.header;
    text += visitLines(printer, visitFacts(trace.reader, visits, index));
    shown += 1;
    if (text.length >= PIECE) { io.out(text); text = ''; }
  }
  const isPart = shown < visits.count;
  const none = shown > 0 ? '' : visits.count === 0 ? 'no kernel visit in this trace\n' : `none of ${String(visits.count)} kernel visits${choice.only ? ' has a finding that deserves a look' : ' matches'}\n`;
  io.out(`${text}${none}${isPart && shown > 0 ? paint('dim', `listed: ${String(shown)} of ${String(visits.count)} visits\n`) : ''}${summaryText(trace, visits, summarize(trace.reader, visits), paint)}`);
}
