// `ringscope explain`: which check failed, with which operands, read from where, written by whom; for any event.

import { BadInput } from '../../../core/base/bad-input.ts';
import { explainEvent, lastFault } from '../../../core/replay/explain/explain.ts';
import { explanationJson } from '../../../core/replay/explain/json.ts';
import { lintsOf } from '../../../core/replay/lints.ts';
import { NEGATIVE, type Arguments, type Command } from '../command.ts';
import { explanationText } from '../explain-text.ts';
import type { Io } from '../io.ts';
import { lintJson } from '../lint-text.ts';
import { countOf } from '../numbers.ts';
import { openTraceOf, warn, type TraceFile } from '../open-trace.ts';
import { SYMBOLS_OPTION } from '../symbols.ts';
import { painter } from '../style.ts';

export const explainCommand: Command = {
  name: 'explain',
  summary: 'why an event happened: every check, the one that failed, who wrote what it read',
  help: `usage: ringscope explain TRACE --at SEQ|last-fault [--all] [--symbols FILE] [--json]

Explains an event: the checks the processor made on the way to it, in the manual's order, as passed, failed, skipped or not reached; the
value the failed check turned on, where it was read and who wrote it; where that came from; the cascade of faults it belongs to.
Of an event that sets something up (LIDT, LTR, WRMSR …) also what it leaves wrong for later, as "ringscope lint" finds it.

  --at SEQ       the event, by its number; any kind of event has its checks
  --at last-fault  the last fault of the trace; exit code 1 when there is none
  --all          every check on a line of its own, with the memory it read
  --symbols FILE names and source lines for addresses, beside those in the trace: an ELF file (symbols, DWARF lines), System.map
                 or a map of nasm; may be given more than once, the first one is asked first
  --json         one JSON object, as docs/events.md says under "Check ladder"

The checks come from executing that one instruction again; a trace imported from a log cannot be executed again, and then only what the
record says is shown. The last line says what the answer stands on.

Example: ringscope explain a.rtrace --at last-fault`,
  options: { ...SYMBOLS_OPTION, at: { type: 'string' }, all: { type: 'boolean' }, json: { type: 'boolean' } },
  positionals: { least: 1, most: 1 },
  async run(args: Arguments, io: Io): Promise<number> {
    const at = args.text('at');
    if (at === null) throw new BadInput('explain needs --at SEQ or --at last-fault; see ringscope explain --help');
    const wanted = at === 'last-fault' ? null : countOf(at, '--at');
    const trace = openTraceOf(args, io);
    const source = { trace: trace.reader, reexecutor: trace.reexecutor, absent: trace.absent, symbols: trace.symbols };
    const seq = wanted === null ? lastFault(source) : checked(trace, wanted);
    if (seq === null) {
      warn(trace, io);
      io.err('there is no fault in this trace: give --at SEQ to explain another event\n');
      return trace.exitCode === 0 ? NEGATIVE : trace.exitCode;
    }
    const explanation = await explainEvent(source, seq);
    const setUp = await lintsOf(source, seq);
    warn(trace, io);
    if (args.flag('json')) io.out(`${JSON.stringify({ ...explanationJson(explanation), lints: setUp.kind === 'absent' ? { absent: setUp.reason } : setUp.lints.map(lintJson) })}\n`);
    else io.out(explanationText(explanation, { paint: painter(io), named: { trace: trace.reader, symbols: trace.symbols }, all: args.flag('all'), lints: setUp.kind === 'absent' ? [] : setUp.lints }));
    return trace.exitCode;
  },
};

function checked({ reader, warning }: TraceFile, seq: number): number {
  if (seq < reader.eventCount && reader.has(seq)) return seq;
  const most = String(Math.max(0, reader.eventCount - 1));
  const why = seq >= reader.eventCount ? (reader.eventCount === 0 ? 'the trace has none' : `give one from 0 to ${most}`) : 'its recording did not keep it (--filter)';
  throw new BadInput(`there is no event ${String(seq)}: ${why}${warning === null ? '' : `; ${warning}`}`);
}
