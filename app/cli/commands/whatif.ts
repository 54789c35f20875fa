// `ringscope whatif`: records a guest again with something changed at one event, and holds the outcome against the old one.

import { deflateRawSync } from 'node:zlib';
import { BadInput } from '../../../core/base/bad-input.ts';
import { describeEvent } from '../../../core/event/describe.ts';
import type { TraceEvent } from '../../../core/event/event.ts';
import { eventJson, type JsonValue } from '../../../core/event/json.ts';
import { printChange } from '../../../core/event/change.ts';
import { lastFault } from '../../../core/replay/explain/explain.ts';
import { openRecording } from '../../../core/ringscope/open.ts';
import type { RecordSummary } from '../../../core/ringscope/record.ts';
import { outcomeOf, planWhatIf, type Outcome, type Pair, type WhatIf } from '../../../core/ringscope/whatif.ts';
import { NEGATIVE, OK, type Arguments, type Command } from '../command.ts';
import type { Io } from '../io.ts';
import { countOf, grouped } from '../numbers.ts';
import { inflate, openTraceFile, warn, type TraceFile } from '../open-trace.ts';
import { runGuest } from './record.ts';

export const whatifCommand: Command = {
  name: 'whatif',
  summary: 'record a guest again with something changed at one event, and compare',
  help: `usage: ringscope whatif TRACE --at SEQ --set CHANGE [--set CHANGE…] -o OUT [--json]

Records the guest of TRACE again from the start, makes the changes just before the attempt that makes event SEQ, and writes what follows to
OUT. OUT keeps the changes: it is re-executed, verified and changed again as any trace. Prints the event before and now, and the first difference.

  --at SEQ         the event; --at last-fault: the last fault of the trace (exit code 1 when there is none)
  --set CHANGE     what is set, as if it had been so; may be given more than once
  -o, --output OUT the trace to write; "-" for standard output
  --json           one JSON object

A change is TARGET=VALUE:
  cr0.WP=0  cr4.PSE=1  eflags.IF=1  eax=0x10  eip=0x1000  ss=0x23     registers and their fields; selectors are loaded with every check
  IA32_SYSENTER_CS=0x8  idtr.limit=0x7ff  gdtr.base=0x1000            model-specific and table registers
  gdt[3].P=1  ldt[1].type=2  idt[0x80].DPL=3  idt[14].selector=0x8    fields of descriptors and gates, or all eight bytes
  tss.esp0=0x9000  tss.ss0=0x10                                       the TSS that TR holds
  pte[0x7ff000].US=1  pde[0x400000].RW=1  pte[0x401000].XD=0          page entries on the walk of a linear address (with PAE pdpte, too);
                                                                      the TLB forgets the page
  [0x8000]=0x55  [0x8000]:4=0x1  phys:0x8000=0x55                     1, 2 or 4 bytes of memory, linear or physical

Example: ringscope whatif traces/gate-dpl.rtrace --at 7 --set "idt[0x20].DPL=3" -o b.rtrace`,
  options: { at: { type: 'string' }, set: { type: 'string', multiple: true }, output: { type: 'string', short: 'o' }, json: { type: 'boolean' } },
  positionals: { least: 1, most: 1 },
  async run(args: Arguments, io: Io): Promise<number> {
    const at = args.text('at'), out = args.text('output'), sets = args.all('set');
    const path = args.positionals[0] ?? '-';
    if (at === null) throw new BadInput('whatif needs --at SEQ or --at last-fault; see ringscope whatif --help');
    if (sets.length === 0) throw new BadInput('whatif needs something to change: give --set, for example --set cr0.WP=0');
    if (out === null) throw new BadInput('whatif needs a place for the new trace: give -o OUT, for example -o b.rtrace');
    const wanted = at === 'last-fault' ? null : countOf(at, '--at');
    if (out !== '-' && io.isSameFile(path, out)) throw new BadInput(`${out} is the trace itself: give another name to -o`);
    const trace = openTraceFile(path, io);
    const seq = wanted === null ? lastFault({ trace: trace.reader }) : checked(trace, wanted);
    if (seq === null) {
      io.err('there is no fault in this trace: give --at SEQ\n');
      return NEGATIVE;
    }
    const plan = await planWhatIf(trace, seq, sets);
    warn(trace, io);
    const { bytes, summary } = await recordAgain(plan, io);
    const outcome = outcomeOf(trace.reader, openRecording(bytes, { inflate }).reader, plan);
    const output = io.openOutput(out);
    output.write(bytes);
    output.close();
    const text = args.flag('json') ? `${JSON.stringify(jsonOf(out, plan, outcome, summary))}\n` : textOf(out, plan, outcome, summary);
    if (out === '-') io.err(text); else io.out(text);
    return trace.exitCode === OK ? OK : trace.exitCode;
  },
};

function checked({ reader }: TraceFile, seq: number): number {
  if (seq < reader.eventCount && reader.has(seq)) return seq;
  throw new BadInput(`there is no event ${String(seq)} in this trace: give one from 0 to ${String(Math.max(0, reader.eventCount - 1))}`);
}

/** The new trace in memory: nothing is written before all of it is there. */
async function recordAgain({ request }: WhatIf, io: Io): Promise<{ readonly bytes: Uint8Array; readonly summary: RecordSummary }> {
  const chunks: Uint8Array[] = [];
  const summary = await runGuest({
    ...request, name: 'what-if', sink: (bytes) => { chunks.push(bytes.slice()); }, deflate: (bytes) => deflateRawSync(bytes, { level: 1 }), now: () => io.now(),
  }, io);
  const bytes = new Uint8Array(chunks.reduce((sum, { length }) => sum + length, 0));
  let end = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, end);
    end += chunk.length;
  }
  return { bytes, summary };
}

function textOf(out: string, { seq, boundary, changed }: WhatIf, { asked, first }: Outcome, summary: RecordSummary): string {
  const { events, instructions, bytes, ended } = summary;
  return [
    `before event ${String(seq)}, after ${grouped(boundary)} attempts: ${changed}`,
    `event ${String(seq)} was ${shown(asked.before)}`,
    `${' '.repeat(`event ${String(seq)}`.length)} now ${shown(asked.after)}${asked.after === null ? '' : ` (event ${String(asked.after.seq)} of the new trace)`}`,
    firstText(asked, first),
    `${out === '-' ? 'standard output' : out}: ${grouped(events)} events in ${grouped(instructions)} instructions, ${grouped(bytes)} bytes; ${ended}`, '',
  ].join('\n');
}

function firstText(asked: Pair, first: Pair | null): string {
  if (first === null) return 'no event is another than before';
  if (first.before?.seq === asked.before?.seq && first.after?.seq === asked.after?.seq) return 'it is the first difference';
  const at = first.before === null ? 'behind the old recording' : `event ${String(first.before.seq)}`;
  return `the first difference, ${at}: was ${shown(first.before)}\n${' '.repeat(`the first difference, ${at}:`.length)} now ${shown(first.after)}`;
}

const shown = (event: TraceEvent | null): string => (event === null ? 'nothing: the recording has ended, or did not keep it' : `${event.kind}: ${describeEvent(event)}`);

function jsonOf(out: string, { seq, boundary, changed, request }: WhatIf, { asked, first }: Outcome, { events, instructions, ended, contentHash }: RecordSummary): JsonValue {
  const pair = ({ before, after }: Pair): JsonValue => ({ before: before === null ? null : eventJson(before), after: after === null ? null : eventJson(after) });
  return {
    output: out, at: seq, boundary, changed, changes: (request.changes ?? []).map((one) => ({ attempts: one.attempts, set: printChange(one.change) })),
    event: pair(asked), firstDifference: first === null ? null : pair(first), events, instructions, ended, contentHash,
  };
}
