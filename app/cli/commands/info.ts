// `ringscope info`: what a trace is, its content hash, and how many events of each kind and ring it holds.

import { findModel } from '../../../core/arch/cpu-models.ts';
import { hex } from '../../../core/base/u64.ts';
import { infoOf, type RecordingInfo } from '../../../core/ringscope/info.ts';
import type { Arguments, Command } from '../command.ts';
import type { Io } from '../io.ts';
import { grouped } from '../numbers.ts';
import { openTraceOf, warn, type TraceFile } from '../open-trace.ts';
import { SYMBOLS_OPTION } from '../symbols.ts';
import { painter } from '../style.ts';

export const infoCommand: Command = {
  name: 'info',
  summary: 'what a trace is: header, content hash, counts per kind and ring',
  help: `usage: ringscope info TRACE [--symbols FILE] [--json]

Prints the header of a trace, its content hash, and its events counted by kind and by ring. Counts include events that a record
filter (--filter) dropped. The content hash is equal for equal runs, on every machine; a trace that was cut off has none.

  --symbols FILE names and source lines for addresses, beside those in the trace: an ELF file (symbols, DWARF lines), System.map
                 or a map of nasm; may be given more than once, the first one is asked first
  --json         one JSON object

Exit code 2, after printing what is there, when the trace was cut off or is damaged.`,
  options: { ...SYMBOLS_OPTION, json: { type: 'boolean' } },
  positionals: { least: 1, most: 1 },
  run(args: Arguments, io: Io): number {
    const trace = openTraceOf(args, io);
    const facts = factsOf(trace);
    warn(trace, io);
    io.out(args.flag('json') ? `${JSON.stringify(facts)}\n` : textOf(facts, painter(io)));
    return trace.exitCode;
  },
};

interface Facts extends Omit<RecordingInfo, 'rings'> {
  readonly rings: Readonly<Record<string, number>>;
  /** Instruction counts of the first and last stored event. */
  readonly icount: { readonly first: number | null; readonly last: number | null };
}

function factsOf(trace: TraceFile): Facts {
  const { reader } = trace;
  const info = infoOf(trace);
  const at = (row: number): number | null => {
    const icount = reader.rowCount === 0 ? -1 : reader.icountAt(reader.seqAt(row));
    return icount < 0 ? null : icount;
  };
  return {
    ...info, icount: { first: at(0), last: at(reader.rowCount - 1) },
    rings: Object.fromEntries(info.rings.map((count, ring) => [ring < 4 ? String(ring) : 'unknown', count] as const).filter(([name, count]) => count > 0 || name !== 'unknown')),
  };
}

/** The name with what it stands for, where this version knows it: `p6 (Pentium III)`. */
function processorText(name: string): string {
  const model = findModel(name);
  return model === null ? name : `${name} (${model.title})`;
}

type Paint = ReturnType<typeof painter>;

function textOf(facts: Facts, paint: Paint): string {
  const lines: string[] = [];
  const add = (label: string, value: string): void => { lines.push(`${paint('dim', label.padEnd(14))}${value}`); };
  add('trace', `${facts.kind}, format version ${String(facts.formatVersion)}, core ${facts.coreVersion}${facts.engine === null ? '' : `, engine ${facts.engine}`}`);
  if (facts.sourceTool !== null) add('made from', facts.sourceTool);
  if (facts.cpuModel !== null) add('processor', processorText(facts.cpuModel));
  if (facts.memoryBytes !== null) add('memory', `${String(facts.memoryBytes / 2 ** 20)} MiB`);
  if (facts.devices.length > 0) add('devices', facts.devices.join(', '));
  if (facts.image !== null) add('image', `${facts.image.format}, ${grouped(facts.image.bytes)} bytes, hash ${facts.image.hash}`);
  const options = Object.entries(facts.options).filter(([name]) => name !== 'memory' && name !== 'not-logged' && name !== 'what-if').map(([name, value]) => `${name}=${optionText(name, value)}`);
  if (options.length > 0) add('options', options.join(' '));
  if (facts.options['not-logged'] !== undefined) add('not logged', String(facts.options['not-logged']));
  for (const { attempts, set } of facts.changes) add('what if', `${set}, after ${grouped(attempts)} attempts`);
  if (facts.filter !== null) add('filter', facts.filter);
  add('content hash', facts.contentHash ?? `none: the trace was cut off (what is there: ${facts.recomputed ?? 'unknown'})`);
  add('events', `${grouped(facts.events)}${facts.rows === facts.events ? '' : `, ${grouped(facts.rows)} of them stored`}`);
  if (facts.icount.first !== null && facts.icount.last !== null) add('icount', `${grouped(facts.icount.first)} to ${grouped(facts.icount.last)} at the events`);
  add('checkpoints', grouped(facts.checkpoints));
  if (facts.symbols > 0 || facts.lineRows > 0) add('symbols', `${grouped(facts.symbols)}${facts.lineRows === 0 ? '' : `, and source lines (${grouped(facts.lineRows)} rows)`}`);
  for (const { role, name, bytes } of facts.files) add(role, `${name}, ${grouped(bytes)} bytes`);
  add('re-execution', facts.canReexecute ? 'possible' : `absent: ${facts.absent ?? 'no reason is known'}`);
  const tables = facts.events === 0 ? [] : ['', ...tableOf('kind', facts.kinds, paint), '', ...tableOf('ring', facts.rings, paint)];
  return `${[...lines, ...tables].join('\n')}\n`;
}

/** Addresses in hexadecimal, as they are given on the command line. */
function optionText(name: string, value: unknown): string {
  return (name === 'org' || name === 'entry') && typeof value === 'number' ? hex(value) : String(value);
}

function tableOf(title: string, counts: Readonly<Record<string, number>>, paint: Paint): string[] {
  const rows = Object.entries(counts).map(([name, count]) => [name, grouped(count)] as const);
  const left = Math.max(title.length, ...rows.map(([name]) => name.length)), right = Math.max(6, ...rows.map(([, count]) => count.length));
  return [paint('dim', `${title.padEnd(left)}  ${'events'.padStart(right)}`), ...rows.map(([name, count]) => `${name.padEnd(left)}  ${count.padStart(right)}`)];
}
