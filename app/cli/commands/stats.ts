// `ringscope stats`: a recording in numbers: events, vectors, rings, fault addresses, storms, kernel visits, and what each way between
// rings costs.

import { costAnatomy, REPRESENTATIVES, type CostAnatomy } from '../../../core/replay/cost/anatomy.ts';
import { addressSpaces } from '../../../core/replay/os/address-spaces.ts';
import { callSummary } from '../../../core/replay/os/call-summary.ts';
import type { System } from '../../../core/replay/os/system-call.ts';
import { dwellOf } from '../../../core/replay/stats/dwell.ts';
import { tallyOf } from '../../../core/replay/stats/tally.ts';
import { stormsOf } from '../../../core/replay/storms.ts';
import { pairVisits } from '../../../core/replay/visits/scan.ts';
import { summarize } from '../../../core/replay/visits/summary.ts';
import type { Visits } from '../../../core/replay/visits/table.ts';
import type { Arguments, Command } from '../command.ts';
import { costJson } from '../cost-json.ts';
import { costText } from '../cost-text.ts';
import type { Io } from '../io.ts';
import { countOf } from '../numbers.ts';
import { openTraceOf, warn, type TraceFile } from '../open-trace.ts';
import { SYMBOLS_OPTION } from '../symbols.ts';
import { statsJson, statsText, type Stats } from '../stats-text.ts';
import { painter } from '../style.ts';
import { SYSTEM_HELP, SYSTEM_OPTION, systemOf } from '../system.ts';

const PLACES = 10;

export const statsCommand: Command = {
  name: 'stats',
  summary: 'counts, time per ring, storms, visits, and what each way between rings costs',
  help: `usage: ringscope stats TRACE [--cost] [--calls N] [--symbols FILE] [--os linux|none] [--json]

Counts a trace: events by kind, faults and entries by vector, instructions per ring, the addresses that fault most, storms (the same
fault or interrupt again and again without progress), kernel visits by name. Then the cost anatomy: for every mechanism (int 0x80, #PF,
interrupt, iret, sysenter, sysexit, call gate, task switch …) the checks, descriptor reads, pushes and other memory accesses of a call,
and each entry with its exit as one round trip, side by side. That is architectural work, not cycles.

  --cost         only the cost anatomy, with the bounds of each counter
  --calls N      execute N calls of each mechanism again to count them (default ${String(REPRESENTATIVES)}, 0: none)
  --symbols FILE names and source lines for addresses, beside those in the trace: an ELF file (symbols, DWARF lines), System.map
                 or a map of nasm; may be given more than once, the first one is asked first
${SYSTEM_HELP}
  --json         one JSON object; each part names its basis: recorded, re-executed, or absent with the reason

Counts and times stand on the recorded events. The cost anatomy executes some instructions again; an imported trace has none.`,
  options: { ...SYMBOLS_OPTION, ...SYSTEM_OPTION, cost: { type: 'boolean' }, calls: { type: 'string' }, json: { type: 'boolean' } },
  positionals: { least: 1, most: 1 },
  async run(args: Arguments, io: Io): Promise<number> {
    const calls = args.text('calls');
    const representatives = calls === null ? REPRESENTATIVES : countOf(calls, '--calls');
    const trace = openTraceOf(args, io);
    warn(trace, io);
    const system = systemOf(args, trace, io);
    const visits = pairVisits(trace.reader, { system });
    const cost = await costOf(trace, visits, representatives, io);
    const stats = args.flag('cost') ? null : countedIn(trace, visits, system);
    if (args.flag('json')) io.out(`${JSON.stringify({ ...(stats === null ? {} : statsJson(stats)), cost: costJson(cost) })}\n`);
    else io.out(`${stats === null ? '' : `${statsText(trace, stats, painter(io))}\n`}${costText(cost, { paint: painter(io), isLong: stats === null })}`);
    return trace.exitCode;
  },
};

function countedIn({ reader }: TraceFile, visits: Visits, system: System | null): Stats {
  return {
    events: reader.eventCount, rows: reader.rowCount, isImported: reader.header.kind === 'imported',
    tally: tallyOf(reader, { most: PLACES }), dwell: dwellOf(reader), storms: stormsOf(reader, visits), visits: summarize(reader, visits),
    system: system === null ? null : { system, calls: callSummary(reader, visits), spaces: addressSpaces(reader) },
  };
}

async function costOf(trace: TraceFile, visits: Visits, representatives: number, io: Io): Promise<CostAnatomy> {
  const off = representatives === 0;
  const source = { trace: trace.reader, visits, reexecutor: off ? null : trace.reexecutor, absent: off ? '--calls 0 asks for no re-execution' : trace.absent };
  const onProgress = (done: number, all: number): void => { if (io.errIsTerminal) io.err(`\rcounting the work of ${String(done + 1)} of ${String(all)} calls`); };
  const cost = await costAnatomy(source, { representatives, onProgress });
  if (io.errIsTerminal) io.err('\r\u001b[K');
  return cost;
}
