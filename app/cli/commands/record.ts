// `ringscope record`: runs a guest image and writes its trace, with progress on a terminal; Ctrl+C leaves a whole trace.

import { basename } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import { DEFAULT_MODEL, MODELS } from '../../../core/arch/cpu-models.ts';
import { BadInput } from '../../../core/base/bad-input.ts';
import { decodeUtf8 } from '../../../core/base/utf8.ts';
import { parseInputScript, type ScriptStep } from '../../../core/event/input-script.ts';
import type { SymbolLookup } from '../../../core/replay/expression/test-field.ts';
import { givenFiles } from '../../../core/ringscope/given-files.ts';
import { ProgressMeter } from '../../../core/ringscope/progress-meter.ts';
import { startRecording, type RecordRequest, type RecordSummary, type RunUntil } from '../../../core/ringscope/record.ts';
import { symbolsWhileRecording } from '../../../core/ringscope/symbols.ts';
import { OK, type Arguments, type Command } from '../command.ts';
import { compileOrRefuse } from '../expression.ts';
import type { Io, Output } from '../io.ts';
import { addressOf, countOf, grouped, sizeOf } from '../numbers.ts';
import { progressText } from '../progress-text.ts';
import { PortLogWriter, portLogsOf } from '../port-log.ts';
import { givenSymbols, SYMBOLS_OPTION } from '../symbols.ts';

const FORMATS = ['auto', 'flat', 'elf', 'boot', 'rom', 'multiboot', 'multiboot2', 'linux', 'pvh'] as const;
const START_MODES = ['protected', 'real'] as const;

export const recordCommand: Command = {
  name: 'record',
  summary: 'run a guest image and record its trace',
  help: `usage: ringscope record IMAGE -o OUT [options]

Runs a guest and writes every privilege transition, fault, and system-register write to OUT.
Exit code 0 also when the guest faults or shuts down; Ctrl+C ends the run and leaves a whole trace.

  -o, --output OUT          the trace to write; "-" for standard output
  --format FORMAT           what IMAGE is: auto (default), multiboot, multiboot2, linux, pvh, elf, flat, boot or rom
                              multiboot, multiboot2  a kernel with such a header, started as the specification says
                              linux a bzImage, started at its 32-bit entry
                              pvh   an ELF file with a note that names a PVH entry
                              elf   an ELF32 executable, started in 32-bit protected mode
                              flat  bytes at --org, started in 32-bit protected mode (or --start real)
                              boot  a disk image whose first sector ends in 55 AA, started at 0x7c00 by a small BIOS
                              rom   a ROM that ends at 1 MiB, started as the processor leaves reset
                              auto  by the bytes; a ROM by its size and reset vector; what is nothing else is flat
  --org A                   flat: physical address of the first byte (default 0x100000)
  --start MODE              flat: protected (default), or real: in real-address mode, org 0x7c00, above the BIOS
  --entry A                 address of the first instruction (default: the ELF's entry, flat: the first byte)
  --append TEXT             kernels with a boot protocol: the command line (multiboot: behind the word "kernel")
  --initrd FILE             linux: the initial RAM disk. multiboot, multiboot2, pvh: a module; "FILE ARGS" with its
                            arguments; may be given more than once
  --disk FILE               a hard disk, behind the image when that is one; may be given twice
  --input FILE              keys and bytes to give the guest, as a script (docs/inputs.md), for example
                              after "login: "
                              send "root\\r"
  --memory SIZE             guest memory, for example 16M (default 64M)
  --cpu MODEL               the processor: ${MODELS.map(({ name, title }) => `${name.padEnd(8)} ${title}`).join(`\n${' '.repeat(30)}`)}
                              (default ${DEFAULT_MODEL.name}). An instruction a model does not have raises #UD
  --max-instructions N      end after N instructions, faulted attempts included (default 1 000 000 000,
                            of a Linux kernel ten times that: it unpacks itself first)
  --max-events N            end after N events (default 10 000 000)
  --until EXPR              end with the instruction that makes the first matching event, for example --until "fault #DF",
                            or before an instruction: --until "exec kernel_panic"
  --filter EXPR             keep only events the expression matches; the others are counted
  --console -|FILE          what the guest prints, to standard output or a file: port 0xE9 or COM1, whichever it uses
                            first, and before that what it prints through the BIOS
  --port-log PORT=FILE      every write of the guest to this port, one line of hexadecimal digits each: two for a byte, four
                            for a word, eight for a doubleword; may be given more than once
  --symbols FILE            names and source lines for addresses, kept in the trace: an ELF file (symbols, DWARF lines), System.map
                            or a map of nasm; may be given more than once. Those of an ELF image are there without
  --json                    the summary as one JSON object

Expressions: docs/breakpoints.md. Names of an ELF image and of --symbols can be used in --until.

Examples:
  ringscope record traces/sysenter-sysexit.img -o a.rtrace
  ringscope record kernel.elf -o boot.rtrace --console - --until "fault"`,
  options: {
    'output': { type: 'string', short: 'o' }, 'format': { type: 'string' }, 'org': { type: 'string' }, 'entry': { type: 'string' }, 'memory': { type: 'string' }, 'cpu': { type: 'string' },
    'max-instructions': { type: 'string' }, 'max-events': { type: 'string' }, 'until': { type: 'string' }, 'filter': { type: 'string' }, 'console': { type: 'string' },
    'port-log': { type: 'string', multiple: true }, 'json': { type: 'boolean' },
    'start': { type: 'string' }, 'initrd': { type: 'string', multiple: true }, 'append': { type: 'string' }, 'disk': { type: 'string', multiple: true }, 'input': { type: 'string' }, ...SYMBOLS_OPTION,
  },
  positionals: { least: 1, most: 1 },
  async run(args: Arguments, io: Io): Promise<number> {
    const image = args.positionals[0] ?? '-';
    const out = args.text('output');
    if (out === null) throw new BadInput('record needs a place for the trace: give -o OUT, for example -o a.rtrace');
    const bytes = io.readFile(image);
    const symbols = givenSymbols(args, io);
    const options = requestOptions(args, symbolsWhileRecording(bytes, symbols));
    const given = givenFiles({ initrds: args.all('initrd'), disks: args.all('disk') }, { image: bytes, format: options.format ?? 'auto' }, (path) => io.readFile(path));
    const script = scriptOf(args.text('input'), io);
    const consoleTo = args.text('console');
    if (consoleTo === out) throw new BadInput('the trace and the console cannot go to one place: give --console another');
    if (io.isSameFile(image, out)) throw new BadInput(`${out} is the image itself: give another name to -o`);
    const logs = portLogsOf(args.all('port-log'));
    if (logs.some(({ file }) => file === out || file === consoleTo || io.isSameFile(image, file))) throw new BadInput('a --port-log cannot go where the image, the trace or the console is: give it a file of its own');
    const files = new Files({ trace: out, console: consoleTo }, io);
    const portLog = new PortLogWriter(logs, (file, written) => { files.to(file).write(written); });
    try {
      const request: RecordRequest = {
        ...options, image: bytes, files: [...given, ...symbols.files], givers: { script }, name: basename(image), sink: (bytes) => { files.trace(bytes); }, deflate: (bytes) => deflateRawSync(bytes, { level: 1 }), now: () => io.now(),
        ...(logs.length === 0 ? {} : { onPortWrite: portLog.listener }),
        ...(consoleTo === null ? {} : { onConsole: (_: string, bytes: Uint8Array): void => { files.console(bytes); } }),
      };
      const summary = await runGuest(request, io);
      portLog.flush();
      files.close();
      report(summary, { json: args.flag('json'), out, toStderr: out === '-' || consoleTo === '-' || logs.some(({ file }) => file === '-') }, io);
      return OK;
    } finally {
      files.close();
    }
  },
};

function scriptOf(path: string | null, io: Io): readonly ScriptStep[] {
  return path === null ? [] : parseInputScript(decodeUtf8(io.readFile(path)));
}

function startOf(text: string): NonNullable<RecordRequest['start']> {
  const mode = START_MODES.find((known) => known === text);
  if (mode === undefined) throw new BadInput(`--start ${JSON.stringify(text)} is not known: give ${START_MODES.join(' or ')}`);
  return mode;
}

function requestOptions(args: Arguments, symbols: SymbolLookup | null): Partial<RecordRequest> {
  const given = <T>(name: string, read: (text: string, option: string) => T): T | undefined => {
    const text = args.text(name);
    return text === null ? undefined : read(text, `--${name}`);
  };
  const format = given('format', (text) => {
    const format = FORMATS.find((known) => known === text);
    if (format === undefined) throw new BadInput(`--format ${JSON.stringify(text)} is not known: give ${FORMATS.join(', ')}`);
    return format;
  });
  const values = {
    format, org: given('org', addressOf), entry: given('entry', addressOf), memoryBytes: given('memory', sizeOf), maxInstructions: given('max-instructions', countOf), maxEvents: given('max-events', countOf), cpuModel: given('cpu', (text) => text),
    append: given('append', (text) => text), start: given('start', startOf),
    until: given('until', (text, option) => untilOf(text, option, symbols)), filter: given('filter', filterOf),
  };
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}

/** Milliseconds between two looks at the progress. */
const SHOW_EVERY = 200;

/** An expression over the events as they are emitted, and over instructions (`exec`). */
function untilOf(text: string, option: string, symbols: SymbolLookup | null): RunUntil {
  const compiled = compileOrRefuse(text, { what: option, symbols });
  return {
    text: compiled.text, matches: (seq, row, registersBefore) => compiled.matches(row, registersBefore, seq),
    ...(compiled.needsExecution ? { execution: { ranges: compiled.ranges, matches: (registers: Uint32Array): boolean => compiled.matchesMoment(registers) } } : {}),
  };
}

function filterOf(text: string, option: string): NonNullable<RecordRequest['filter']> {
  const compiled = compileOrRefuse(text, { what: option, symbols: null });
  if (compiled.needsExecution) throw new BadInput(`${option} ${JSON.stringify(text)} is refused: "exec" is no event that could be kept; use --until, or ringscope find on the trace`);
  return { text: compiled.text, matches: (seq, row, registersBefore) => compiled.matches(row, registersBefore, seq) };
}

/** Output files, opened when the first byte comes: a bad image leaves no empty trace behind. */
class Files {
  private readonly names: { readonly trace: string; readonly console: string | null };
  private readonly io: Io;
  private readonly open = new Map<string, Output>();

  constructor(names: { readonly trace: string; readonly console: string | null }, io: Io) {
    this.names = names;
    this.io = io;
  }

  trace(bytes: Uint8Array): void { this.to(this.names.trace).write(bytes); }
  console(bytes: Uint8Array): void { if (this.names.console !== null) this.to(this.names.console).write(bytes); }
  close(): void {
    for (const output of this.open.values()) output.close();
    this.open.clear();
  }

  to(name: string): Output {
    const output = this.open.get(name) ?? this.io.openOutput(name);
    this.open.set(name, output);
    return output;
  }
}

/** Runs the guest in slices: progress is shown, Ctrl+C is seen, and the trace is closed in any case but an error of the disk. */
export async function runGuest(request: RecordRequest, io: Io): Promise<RecordSummary> {
  const recording = startRecording(request), meter = new ProgressMeter(recording.bounds);
  const stopListening = io.onInterrupt(() => { recording.cancel(); });
  try {
    for (let shown = io.now(), progress = recording.runSlice(); progress.end === null; progress = recording.runSlice()) {
      await io.pause();
      if (!io.errIsTerminal || io.now() - shown < SHOW_EVERY) continue;
      shown = io.now();
      io.err(`\r${progressText(progress, meter.read(progress))}\u001b[K`);
    }
    if (io.errIsTerminal) io.err('\r\u001b[K');
    return recording.finish();
  } finally {
    stopListening();
  }
}

function report(summary: RecordSummary, { json, out, toStderr }: { readonly json: boolean; readonly out: string; readonly toStderr: boolean }, io: Io): void {
  const { instructions, events, end, ended, contentHash, bytes, notes } = summary;
  const print = (text: string): void => { if (toStderr) io.err(text); else io.out(text); };
  for (const note of notes) io.err(`note: ${note}\n`);
  if (json) print(`${JSON.stringify({ output: out, instructions, events, end, ended, contentHash, bytes, notes })}\n`);
  else print(`${out === '-' ? 'standard output' : out}: ${grouped(events)} events in ${grouped(instructions)} instructions, ${grouped(bytes)} bytes; ${ended}\n`);
}
