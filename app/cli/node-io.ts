// The real standard streams and files of Node 20. Every failure of the outside becomes one line (BadInput) that says what to do.

import { spawn } from 'node:child_process';
import { closeSync, existsSync, fstatSync, openSync, readFileSync, readSync, statSync, writeSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { BadInput } from '../../core/base/bad-input.ts';
import type { Input, Io, Output } from './io.ts';

/** Largest file that is read whole: beyond it a typed array could not hold it on every machine. */
const FILE_BYTES_MAX = 2 ** 31;
const CHECKOUT = new URL('../', import.meta.url);

export function nodeIo(): Io {
  return {
    out: (text) => { process.stdout.write(text); },
    err: (text) => { process.stderr.write(text); },
    outBytes: (bytes) => { writeAll(1, bytes, 'standard output'); },
    outIsTerminal: process.stdout.isTTY,
    errIsTerminal: process.stderr.isTTY,
    colour: (process.env['NO_COLOR'] ?? '') === '' && process.env['TERM'] !== 'dumb',
    readFile,
    openInput,
    openOutput,
    isSameFile,
    now: () => performance.now(),
    pause: () => new Promise((done) => { setImmediate(done); }),
    onInterrupt,
    launchApp,
    version: readVersion(),
  };
}

function readFile(path: string): Uint8Array {
  const name = path === '-' ? 'standard input' : path;
  try {
    const facts = path === '-' ? fstatSync(0) : statSync(path);
    if (facts.size > FILE_BYTES_MAX) throw new BadInput(`${name} is larger than 2 GiB: record a shorter run (--max-events, --filter)`);
    return facts.isFile() || facts.isDirectory() ? readFileSync(path === '-' ? 0 : path) : readStream(path, name);
  } catch (problem) {
    if (problem instanceof BadInput) throw problem;
    throw new BadInput(`cannot read ${name}: ${reasonOf(problem)}`);
  }
}

/** Pipes and devices do not say how long they are, and some have no end. */
const STREAM_BYTES_MAX = 2 ** 28;

function readStream(path: string, name: string): Uint8Array {
  const input = openInput(path);
  const pieces: Uint8Array[] = [];
  let length = 0;
  try {
    for (let piece = input.read(); piece !== null; piece = input.read()) {
      pieces.push(piece.slice());
      length += piece.length;
      if (length > STREAM_BYTES_MAX) throw new BadInput(`${name} gives more than 256 MiB: copy the part that is meant to a file, and give that`);
    }
  } finally {
    input.close();
  }
  return Buffer.concat(pieces, length);
}

const PIECE_BYTES = 1 << 18;

function openInput(path: string): Input {
  const name = path === '-' ? 'standard input' : path;
  const piece = new Uint8Array(PIECE_BYTES);
  const orRefuse = <Value>(act: () => Value): Value => {
    try {
      return act();
    } catch (problem) {
      throw new BadInput(`cannot read ${name}: ${reasonOf(problem)}`);
    }
  };
  const file = path === '-' ? 0 : orRefuse(() => openSync(path, 'r'));
  const facts = orRefuse(() => fstatSync(file));
  const close = (): void => { if (file !== 0) closeSync(file); };
  if (facts.isDirectory()) {
    close();
    throw new BadInput(`cannot read ${name}: ${REASONS['EISDIR'] ?? ''}`);
  }
  return {
    size: facts.isFile() ? facts.size : null,
    read: () => {
      const length = orRefuse(() => readSome(file, piece));
      return length === 0 ? null : piece.subarray(0, length);
    },
    close,
  };
}

/** Reads what is there, waiting for a slow pipe. */
function readSome(file: number, piece: Uint8Array): number {
  for (;;) {
    try {
      return readSync(file, piece);
    } catch (problem) {
      if (codeOf(problem) === 'EOF') return 0;
      if (codeOf(problem) !== 'EAGAIN') throw problem;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
    }
  }
}

function openOutput(path: string): Output {
  if (path === '-') return { write: (bytes) => { writeAll(1, bytes, 'standard output'); }, close: () => undefined };
  let file: number;
  try {
    file = openSync(path, 'w');
  } catch (problem) {
    throw new BadInput(`cannot write ${path}: ${reasonOf(problem)}`);
  }
  return { write: (bytes) => { writeAll(file, bytes, path); }, close: () => { closeSync(file); } };
}

/** Writes all bytes; a full pipe is waited for. */
function writeAll(file: number, bytes: Uint8Array, name: string): void {
  for (let at = 0; at < bytes.length;) {
    try {
      at += writeSync(file, bytes, at);
    } catch (problem) {
      if (codeOf(problem) === 'EAGAIN') { Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5); continue; }
      throw new BadInput(`cannot write ${name}: ${reasonOf(problem)}`);
    }
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file or folder; check the name',
  EACCES: 'permission denied; choose a place you may use',
  EPERM: 'permission denied; choose a place you may use',
  EISDIR: 'it is a folder; name a file',
  ENOTDIR: 'a part of the path is no folder; check the name',
  ENOSPC: 'the disk is full; free some space or choose another place',
  EROFS: 'the disk is read-only; choose another place',
  EPIPE: 'the reader went away',
  EMFILE: 'too many files are open; close some',
};
/** What went wrong outside and what to do, as the end of a sentence. */
export function reasonOf(problem: unknown): string {
  const code = codeOf(problem);
  return REASONS[code] ?? (problem instanceof Error ? `${problem.message.split('\n')[0] ?? ''}; check the name and try again` : String(problem));
}
function codeOf(problem: unknown): string {
  return problem instanceof Error && 'code' in problem ? String(problem.code) : '';
}

function isSameFile(a: string, b: string): boolean {
  if (a === '-' || b === '-' || !existsSync(a) || !existsSync(b)) return false;
  const first = statSync(a), second = statSync(b);
  return first.isFile() && first.ino === second.ino && first.dev === second.dev && first.ino !== 0;
}

function onInterrupt(listener: () => void): () => void {
  const once = (): void => { stop(); listener(); };
  const stop = (): void => { process.off('SIGINT', once); process.off('SIGTERM', once); };
  process.on('SIGINT', once);
  process.on('SIGTERM', once);
  return stop;
}

function launchApp(trace: string | null): Promise<number> {
  const start = fileURLToPath(new URL('scripts/start.mjs', CHECKOUT));
  if (!existsSync(start)) throw new BadInput('the app is not part of this installation: start it from your desktop and open the file there');
  return new Promise((done, failed) => {
    const child = spawn(process.execPath, [start, ...(trace === null ? [] : [resolve(trace)])], { stdio: 'inherit' });
    child.on('error', failed);
    child.on('close', (code) => { done(code ?? 0); });
  });
}

function readVersion(): string {
  try {
    const facts: unknown = JSON.parse(readFileSync(new URL('package.json', CHECKOUT), 'utf8'));
    return typeof facts === 'object' && facts !== null && 'version' in facts ? String(facts.version) : 'unknown';
  } catch {
    return 'unknown';
  }
}
