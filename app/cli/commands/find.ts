// `ringscope find`: the next or previous place where an expression holds. Exit 1 when there is none.

import { BadInput } from '../../../core/base/bad-input.ts';
import type { Position } from '../../../core/event/position.ts';
import { namesUnder, placeAt, placeText } from '../../../core/replay/code-names.ts';
import { momentAt } from '../../../core/replay/cursor.ts';
import { linearOfNext, modeOf } from '../../../core/replay/expression/moment.ts';
import { findNext, type Hit } from '../../../core/replay/search.ts';
import { endOf, positionOfEvent, type Direction } from '../../../core/replay/source.ts';
import { registerOffset } from '../../../core/arch/register-file.ts';
import { hex, hexU64 } from '../../../core/base/u64.ts';
import { MODES } from '../../../core/event/kinds.ts';
import { NEGATIVE, type Arguments, type Command } from '../command.ts';
import { eventOf } from '../event-text.ts';
import { compileOrRefuse } from '../expression.ts';
import type { Io } from '../io.ts';
import { countOf } from '../numbers.ts';
import { openTraceOf, warn, type TraceFile } from '../open-trace.ts';
import { SYMBOLS_OPTION } from '../symbols.ts';
import { SYSTEM_HELP, SYSTEM_OPTION } from '../system.ts';
import { printerOf } from './events.ts';

export const findCommand: Command = {
  name: 'find',
  summary: 'find the next or previous place an expression matches',
  help: `usage: ringscope find TRACE EXPR [--from SEQ] [--backward] [--symbols FILE] [--os linux|none] [--json]

Prints the nearest match as "ringscope events" prints it. Exit code 1 when there is none.

  --from SEQ     start at event SEQ, which is not looked at itself (default: before the first event, with --backward after the last)
  --backward     search towards the beginning
  --symbols FILE names and source lines for addresses, beside those in the trace: an ELF file (symbols, DWARF lines), System.map
                 or a map of nasm; may be given more than once, the first one is asked first
${SYSTEM_HELP}
  --json, --csv  as "ringscope events"

Examples:
  ringscope find a.rtrace "msr IA32_SYSENTER_EIP"
  ringscope find a.rtrace "cpl 3->0" --from 20
  ringscope find a.rtrace "fault #PF if (error.user)" --backward
  ringscope find a.rtrace "exec kernel_entry"      the instruction at that symbol, between events: needs re-execution

Where a trace cannot be executed again, "exec" is refused with the reason and exit code 2, never answered "no match".`,
  options: { ...SYMBOLS_OPTION, ...SYSTEM_OPTION, from: { type: 'string' }, backward: { type: 'boolean' }, json: { type: 'boolean' }, csv: { type: 'boolean' } },
  positionals: { least: 2, most: 2 },
  async run(args: Arguments, io: Io): Promise<number> {
    if (args.flag('json') && args.flag('csv')) throw new BadInput('--json and --csv exclude each other: give one');
    const trace = openTraceOf(args, io);
    const compiled = compileOrRefuse(args.positionals[1] ?? '', { what: 'the expression', symbols: trace.symbols });
    const direction: Direction = args.flag('backward') ? 'backward' : 'forward';
    const from = startingPoint(trace, args.text('from'), direction);
    const result = await findNext(trace.reader, compiled, { from, direction, reexecutor: trace.reexecutor, absent: trace.absent });
    if (result.kind === 'absent') throw new BadInput(result.reason);
    if (result.kind === 'none') {
      if (trace.exitCode !== 0) throw new BadInput(`no match in the part of the trace that is there, which says nothing about the rest: ${trace.warning ?? trace.path}`);
      const start = args.text('from');
      const { filter } = trace.reader.header;
      const kept = filter === null ? '' : ` among the events kept by --filter ${JSON.stringify(filter)}`;
      const known = trace.reader.header.kind === 'imported' ? '; what its log does not show (the ring a handler runs in, for example) matches nothing' : '';
      io.err(`no match for ${JSON.stringify(compiled.text)} ${start === null ? 'in this trace' : `${direction === 'forward' ? 'after' : 'before'} event ${start}`}${kept}${known}\n`);
      return NEGATIVE;
    }
    warn(trace, io);
    await print(trace, result.hit, args, io);
    return trace.exitCode;
  },
};

/** Before the first event (icount -1 sorts before everything), after the last, or at the event named. */
function startingPoint(trace: TraceFile, text: string | null, direction: Direction): Position {
  const { reader } = trace;
  if (text === null) return direction === 'forward' ? { icount: -1, iteration: 0, seq: 0 } : { ...endOf(reader), icount: Number.MAX_SAFE_INTEGER };
  const seq = countOf(text, '--from');
  if (seq >= reader.eventCount) throw new BadInput(`--from ${text}: there is no such event; give one below ${String(reader.eventCount)}`);
  return positionOfEvent(reader, seq);
}

async function print(trace: TraceFile, { event, position }: Hit, args: Arguments, io: Io): Promise<void> {
  if (event !== null) {
    const printer = printerOf(args, trace, io);
    io.out(`${args.flag('csv') ? printer.header : ''}${printer.line(eventOf(trace, event))}`);
    return;
  }
  const reply = await momentAt({ trace: trace.reader, reexecutor: trace.reexecutor, absent: trace.absent }, position);
  if (reply.kind === 'absent') throw new BadInput(reply.reason);
  const registers = reply.moment.registers;
  const linear = linearOfNext(registers);
  const cs = registers[registerOffset('cs.selector')]!, cpl = registers[registerOffset('cpl')]!, rip = registerOffset('rip');
  const ip = hexU64(registers[rip]!, registers[rip + 1]!);
  if (args.flag('json')) {
    const { icount, iteration, seq } = position;
    io.out(`${JSON.stringify({ seq: null, icount, ...(iteration === 0 ? {} : { iteration }), kind: 'instruction', mode: MODES[modeOf(registers)], cpl, cs: hex(cs), ip, cpu: 0, linear: hex(linear), nextSeq: seq })}\n`);
    return;
  }
  const text = placeText(placeAt(trace.symbols === null ? null : namesUnder(trace.symbols, registers), linear));
  const name = text === '' ? '' : ` (${text.replace(' (', ', ').replace(/\)$/, '')})`;
  io.out(`instruction at ${cs.toString(16).padStart(4, '0')}:${ip.slice(2).padStart(8, '0')}${name}, ring ${String(cpl)}, icount ${String(position.icount)}, before event ${String(position.seq)}\n`);
}
