// `ringscope import`: a log of another tool becomes a trace, with a report on what its lines were. Ctrl+C leaves a whole trace of what
// was read so far.

import { basename } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import { BadInput } from '../../../core/base/bad-input.ts';
import { LOG_KINDS, startImport, type ImportReport, type LogImport, type LogKind } from '../../../core/ringscope/import.ts';
import { OK, REFUSED, type Arguments, type Command } from '../command.ts';
import { classesText, reportText } from '../import-report.ts';
import type { Io, Output } from '../io.ts';
import { readLog } from '../log-input.ts';
import { grouped } from '../numbers.ts';
import { painter } from '../style.ts';

const LATER_LOGS = ['bochs', 'ftrace', 'perf', 'kvm', 'strace'];
const NEWLINE = Uint8Array.of(10);

export const importCommand: Command = {
  name: 'import',
  summary: 'read a log of another tool (QEMU -d int) and write it as a trace',
  help: `usage: ringscope import LOG [LOG…] -o OUT [options]

Reads what qemu -d int[,cpu_reset] wrote and writes it as a trace: exceptions, interrupts, resets and shutdowns with the registers the log
shows. What the log does not have stays unknown; what must have happened between two of its records is marked as inferred.
LOG may be gzip. Several LOGs are read one after the other; line numbers go on. Ctrl+C ends with a whole trace of what was read.

  -o, --output OUT     the trace to write; "-" for standard output
  --from auto|qemu     what the log is (default auto: found out from its first 64 KiB)
  --report             lines by rule, records by vector, notes on what is missing or inferred, and how to capture more
  --json               the report as one JSON object

Examples:
  qemu-system-i386 -accel tcg -d int,cpu_reset -D boot.log -kernel bzImage
  ringscope import boot.log -o boot.rtrace --report`,
  options: { output: { type: 'string', short: 'o' }, from: { type: 'string' }, report: { type: 'boolean' }, json: { type: 'boolean' } },
  positionals: { least: 1, most: Infinity },
  async run(args: Arguments, io: Io): Promise<number> {
    const out = args.text('output');
    if (out === null) throw new BadInput('import needs a place for the trace: give -o OUT, for example -o a.rtrace');
    const logs = args.positionals;
    for (const log of logs) if (io.isSameFile(log, out)) throw new BadInput(`${out} is the log itself: give another name to -o`);
    const file = new LateOutput(out, io);
    try {
      const running = startImport({
        name: nameOf(logs[0] ?? '-'), from: fromOf(args.text('from')), sink: (bytes) => { file.write(bytes); }, deflate: (bytes) => deflateRawSync(bytes, { level: 1 }), now: () => io.now(),
      });
      const warnings = await readAll(logs, running, io);
      const report = running.finish();
      file.close();
      print({ report, warnings, out }, args, io);
      return warnings.some(({ isCut }) => isCut) ? REFUSED : OK;
    } finally {
      file.close();
    }
  },
};

const nameOf = (path: string): string => (path === '-' ? 'standard input' : basename(path));

function fromOf(text: string | null): 'auto' | LogKind {
  const kind = text ?? 'auto';
  if (kind === 'auto') return kind;
  const known = LOG_KINDS.find((one) => one === kind);
  if (known !== undefined) return known;
  if (LATER_LOGS.includes(kind)) throw new BadInput(`--from ${kind} is not available yet: this version reads logs of qemu -d int`);
  throw new BadInput(`--from ${JSON.stringify(kind)} is not known: give auto or ${LOG_KINDS.join(', ')}`);
}

/** Opened with the first bytes: what is no log leaves no file behind. */
class LateOutput {
  private readonly path: string;
  private readonly io: Io;
  private output: Output | null = null;

  constructor(path: string, io: Io) {
    this.path = path;
    this.io = io;
  }

  write(bytes: Uint8Array): void {
    this.output ??= this.io.openOutput(this.path);
    this.output.write(bytes);
  }

  close(): void {
    this.output?.close();
    this.output = null;
  }
}

/** What a person is told about the reading; `isCut`: the exit code says so too. */
interface Warning { readonly text: string; readonly isCut: boolean }

async function readAll(logs: readonly string[], running: LogImport, io: Io): Promise<readonly Warning[]> {
  const warnings: Warning[] = [];
  const state = { isStopped: false, shown: io.now(), lastByte: 10 };
  const stopListening = io.onInterrupt(() => { state.isStopped = true; });
  try {
    for (const log of logs) {
      if (state.lastByte !== 10) running.feed(NEWLINE);
      const { problem } = await readLog(log, io, async (piece, read, all) => {
        running.feed(piece);
        state.lastByte = piece[piece.length - 1] ?? 10;
        await io.pause();
        if (io.errIsTerminal && io.now() - state.shown >= 200) {
          state.shown = io.now();
          showProgress(running, read, all, io);
        }
        return !state.isStopped;
      });
      if (problem !== null) warnings.push({ text: problem, isCut: true });
      if (state.isStopped) break;
    }
  } finally {
    stopListening();
    if (io.errIsTerminal) io.err('\r\u001b[K');
  }
  if (state.isStopped) warnings.push({ text: `stopped after ${grouped(running.progress.lines)} lines: the trace holds what was read`, isCut: false });
  return warnings;
}

function showProgress({ progress: { lines, events } }: LogImport, read: number, all: number | null, io: Io): void {
  const part = all === null || all === 0 ? '' : `${String(Math.min(100, Math.floor((100 * read) / all)))} %, `;
  io.err(`\r${part}${grouped(lines)} lines, ${grouped(events)} events\u001b[K`);
}

function print({ report, warnings, out }: { readonly report: ImportReport; readonly warnings: readonly Warning[]; readonly out: string }, args: Arguments, io: Io): void {
  const say = (text: string): void => { if (out === '-') io.err(text); else io.out(text); };
  for (const { text } of warnings) io.err(`warning: ${text}\n`);
  if (args.flag('json')) {
    say(`${JSON.stringify({ output: out, ...report, warnings: warnings.map(({ text }) => text) })}\n`);
    return;
  }
  if (args.flag('report')) say(`${reportText(report, painter(io))}\n`);
  say(`${out === '-' ? 'standard output' : out}: ${grouped(report.events)} events from ${grouped(report.lines)} lines of ${report.tool} (${classesText(report)}), ${grouped(report.bytes)} bytes\n`);
  if (!args.flag('report')) say(`${String(report.notes.length)} notes on what is missing or inferred: --report shows them\n`);
}
