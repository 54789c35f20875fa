// `ringscope lint`: what the guest set up wrong, tried at the moment it was set up.

import type { JsonValue } from '../../../core/event/json.ts';
import { lintsOf, lintsOfTrace, type StandingLint, type TraceLints } from '../../../core/replay/lints.ts';
import type { ExplainSource } from '../../../core/replay/explain/inquiry.ts';
import { BadInput } from '../../../core/base/bad-input.ts';
import { NEGATIVE, OK, type Arguments, type Command } from '../command.ts';
import type { Io } from '../io.ts';
import { lintDetails, lintJson } from '../lint-text.ts';
import { countOf } from '../numbers.ts';
import { openTraceOf, warn, type TraceFile } from '../open-trace.ts';
import { SYMBOLS_OPTION } from '../symbols.ts';
import { painter } from '../style.ts';

export const lintCommand: Command = {
  name: 'lint',
  summary: 'what was set up wrong and fails later, found when it is set up',
  help: `usage: ringscope lint TRACE [--at SEQ] [--symbols FILE] [--json]

After every LGDT, LIDT, LLDT, LTR, write of IA32_SYSENTER_*, change of CR0 or CR4 that matters, and the first entry to ring 3, tries on the
machine of that moment what the set-up is for: delivering each vector that has a gate, SYSENTER and the segments it needs, the stack in the
TSS. What fails is told with the check, its values and where they were read, and with the event at which it came true.
Exit code 1 when something will fail, 0 when nothing was found (notes are no finding: what is all zeros may be set up later).

  --at SEQ       only behind this event
  --symbols FILE names and source lines for addresses, beside those in the trace: an ELF file (symbols, DWARF lines), System.map
                 or a map of nasm; may be given more than once, the first one is asked first
  --json         one JSON object: setUps, cut, lints [{seq, lastSeq, severity, trial, vectors, rule, title, cite, fault, sentence, operands, read, linear, cameTrue}]

The answers come from executing the recording again; a trace imported from a log has none.

Example: ringscope lint traces/triple-fault.rtrace`,
  options: { ...SYMBOLS_OPTION, at: { type: 'string' }, json: { type: 'boolean' } },
  positionals: { least: 1, most: 1 },
  async run(args: Arguments, io: Io): Promise<number> {
    const at = args.text('at');
    const wanted = at === null ? null : countOf(at, '--at');
    const trace = openTraceOf(args, io);
    const source = { trace: trace.reader, reexecutor: trace.reexecutor, absent: trace.absent, symbols: trace.symbols };
    const result = wanted === null ? await lintsOfTrace(source) : await lintsAt(source, trace, wanted);
    if (result.kind === 'absent') throw new BadInput(result.reason);
    warn(trace, io);
    io.out(args.flag('json') ? `${JSON.stringify(jsonOf(result))}\n` : textOf(result, io));
    if (trace.exitCode !== OK) return trace.exitCode;
    return result.lints.some(({ severity }) => severity === 'warning') ? NEGATIVE : OK;
  },
};

type Found = Extract<TraceLints, { readonly kind: 'lints' }>;

async function lintsAt(source: ExplainSource, { reader }: TraceFile, seq: number): Promise<TraceLints> {
  if (seq >= reader.eventCount || !reader.has(seq)) throw new BadInput(`there is no event ${String(seq)} in this trace: give one from 0 to ${String(Math.max(0, reader.eventCount - 1))}`);
  const reply = await lintsOf(source, seq);
  if (reply.kind === 'absent') return reply;
  return { kind: 'lints', lints: reply.lints.map((lint) => ({ ...lint, lastSeq: seq })), setUps: 1, cut: false };
}

function textOf({ lints, setUps, cut }: Found, io: Io): string {
  const paint = painter(io);
  const looked = `${setUps === 1 ? 'one set-up event' : `${String(setUps)} set-up events`} tried again${cut ? ' (there are more)' : ''}`;
  if (lints.length === 0) return `nothing found; ${looked}\n`;
  return `${lints.map((lint) => lineOf(lint, paint)).join('\n')}\n${paint('dim', `${looked}; re-executed`)}\n`;
}

function lineOf(lint: StandingLint, paint: ReturnType<typeof painter>): string {
  const head = `${paint(lint.severity === 'warning' ? 'red' : 'yellow', lint.severity)} at event ${String(lint.seq)}${lint.lastSeq === lint.seq ? '' : `, still so at event ${String(lint.lastSeq)}`}`;
  const [rule, ...after] = lintDetails(lint);
  return [`${head}: ${lint.sentence}`, `  ${paint('dim', rule ?? '')}`, ...after.map((line) => `  ${line}`)].join('\n');
}

function jsonOf({ lints, setUps, cut }: Found): JsonValue {
  return { setUps, cut, basis: 're-executed', lints: lints.map((lint) => ({ ...lintJson(lint), lastSeq: lint.lastSeq })) };
}
