// One import: reads the log in pieces, unpacks gzip, writes the trace, reports progress. What is no log writes nothing.
import { closeSync, createReadStream, openSync, statSync, writeSync, type ReadStream } from 'node:fs';
import { basename } from 'node:path';
import { createGunzip, deflateRawSync } from 'node:zlib';
import { BadInput } from '../../core/base/bad-input.ts';
import type { ImportRequest, LogImport } from '../../core/ringscope/import.ts';
import { LIMITS } from '../contract/limits.ts';
import type { ImportMessage, ImportTask } from '../contract/worker.ts';

/** Milliseconds between two reports; bytes read at once. */
const REPORT = 100;
const PIECE = 1 << 18;
const GZIP = [0x1f, 0x8b];

export type ImportTools = {
  readonly start: (request: ImportRequest) => LogImport;
  readonly tell: (message: ImportMessage) => void;
  /** Milliseconds from any fixed point. */
  readonly now: () => number;
};

/** Imports the whole log. Stopping it is ending its thread: an import that is not finished is of no use. */
export async function importJob({ log, output }: ImportTask, { start, tell, now }: ImportTools): Promise<void> {
  const name = basename(log);
  const target = new LazyFile(output);
  try {
    const size = statSync(log).size;
    const job = start({
      name, from: 'auto', now, deflate: (bytes) => deflateRawSync(bytes, { level: 1 }),
      sink: (bytes) => { target.write(bytes); },
    });
    const file = createReadStream(log, { highWaterMark: PIECE });
    let reported = now();
    for await (const piece of unpacked(file)) {
      job.feed(piece);
      if (job.progress.bytes > LIMITS.logBytes) throw new BadInput(`${name} holds more than ${String(LIMITS.logBytes / 2 ** 30)} GiB: cut it, for example with tail -c`);
      if (now() - reported < REPORT) continue;
      reported = now();
      tell({ kind: 'progress', progress: { read: file.bytesRead, size, lines: job.progress.lines, events: job.progress.events } });
    }
    tell({ kind: 'finished', report: job.finish() });
  } catch (error) {
    tell({ kind: 'failed', message: messageOf(error, name) });
  } finally {
    target.close();
  }
}

/** The bytes of a log, unpacked when they begin as gzip data does. */
async function* unpacked(file: ReadStream): AsyncGenerator<Uint8Array> {
  const pieces: AsyncIterator<Buffer> = file[Symbol.asyncIterator]();
  const first = await pieces.next();
  if (first.done === true) return;
  const rest = async function* (): AsyncGenerator<Buffer> {
    yield first.value;
    for (let next = await pieces.next(); next.done !== true; next = await pieces.next()) yield next.value;
  };
  if (!GZIP.every((byte, index) => first.value[index] === byte)) { yield* rest(); return; }
  const unzip = createGunzip({ chunkSize: PIECE });
  const feeding = (async () => {
    try {
      for await (const piece of rest()) if (!unzip.write(piece)) await new Promise((ready) => unzip.once('drain', ready));
      unzip.end();
    } catch (error) {
      unzip.destroy(error instanceof Error ? error : new Error(String(error)));
    }
  })();
  for await (const piece of unzip) yield piece as Uint8Array;
  await feeding;
}

function messageOf(error: unknown, name: string): string {
  if (error instanceof BadInput) return error.message;
  const code = error instanceof Error && 'code' in error ? error.code : null;
  if (code === 'ENOENT') return `there is no file ${name} any more: it was moved, renamed or deleted`;
  if (code === 'Z_BUF_ERROR') return `${name} is gzip data that ends too soon: fetch or copy it again`;
  if (typeof code === 'string' && code.startsWith('Z_')) return `${name} is damaged gzip data: fetch or copy it again`;
  if (code === 'ENOSPC') return 'the disk is full: make room and import again';
  return `the import of ${name} failed: ${error instanceof Error ? error.message : String(error)}`;
}

/** A file made at its first bytes. */
class LazyFile {
  readonly #path: string;
  #file: number | null = null;

  constructor(path: string) {
    this.#path = path;
  }

  write(bytes: Uint8Array): void {
    this.#file ??= openSync(this.#path, 'w');
    for (let written = 0; written < bytes.length;) written += writeSync(this.#file, bytes, written);
  }

  close(): void {
    if (this.#file !== null) closeSync(this.#file);
    this.#file = null;
  }
}
