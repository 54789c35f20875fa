// Opening a trace for a command, and what to say when it is not whole: what is there is shown, a warning goes to stderr, and the exit
// code is 2, so that a script never takes a part for the whole.

import { inflateRawSync } from 'node:zlib';
import { BadInput } from '../../core/base/bad-input.ts';
import { openRecording, type OpenedRecording } from '../../core/ringscope/open.ts';
import { withSymbols } from '../../core/ringscope/symbols.ts';
import { OK, REFUSED, type Arguments } from './command.ts';
import type { Io } from './io.ts';
import { givenSymbols } from './symbols.ts';

/** Unfolds raw DEFLATE data; throws when the result would be longer than `maxBytes`. */
export function inflate(bytes: Uint8Array, maxBytes: number): Uint8Array {
  return inflateRawSync(bytes, { maxOutputLength: Math.max(1, maxBytes) });
}

export interface TraceFile extends OpenedRecording {
  readonly path: string;
  /** What the file lacks, as one line for stderr; null for a sound file. */
  readonly warning: string | null;
  /** Exit code when all else went well: OK, or REFUSED after the warning that the trace is cut. */
  readonly exitCode: number;
}

/** Opens a trace file (`-`: stdin). What it lacks is said by `warn` once there is an answer to print: a refusal stays one line. Throws BadInput with the file's name. */
export function openTraceFile(path: string, io: Io): TraceFile {
  const bytes = io.readFile(path);
  const name = path === '-' ? 'standard input' : path;
  let opened: OpenedRecording;
  try {
    opened = openRecording(bytes, { inflate });
  } catch (problem) {
    if (problem instanceof BadInput) throw new BadInput(`${name}: ${problem.message}`);
    throw problem;
  }
  const { notes } = opened.reader;
  return { ...opened, path, warning: notes.length === 0 ? null : `${name}: ${notes.join('; ')}`, exitCode: opened.reader.truncated || opened.reader.damaged ? REFUSED : OK };
}

/** The trace a command is given first, with the names of --symbols. Throws BadInput. */
export function openTraceOf(args: Arguments, io: Io): TraceFile {
  const given = givenSymbols(args, io);
  return withSymbols(openTraceFile(args.positionals[0] ?? '-', io), given);
}

/** Says on stderr what the file lacks, if anything. Call before printing an answer. */
export function warn({ warning }: TraceFile, io: Io): void {
  if (warning !== null) io.err(`warning: ${warning}\n`);
}
