// The traces main has opened: each an open file handle, so that what the page reads is what was opened even when the
// file is replaced meanwhile. The page gets an id and an address, never a way to name a file.
import { randomUUID } from 'node:crypto';
import { copyFile, open, type FileHandle } from 'node:fs/promises';
import { basename } from 'node:path';
import type { Readable } from 'node:stream';
import type { OpenedTrace, OpenOutcome, TraceId } from '../contract/api.ts';
import { MAGIC } from '../../core/trace/version.ts';
import { ORIGIN } from '../contract/channels.ts';
import { LIMITS } from '../contract/limits.ts';
import { failed } from './outcome.ts';

type Entry = { readonly trace: OpenedTrace; readonly file: string; readonly handle: FileHandle };

export class TraceStore {
  readonly #entries = new Map<TraceId, Entry>();

  /** Opens a file. `name` and `sample` are set for the gallery's, whose path is not shown. */
  async open(file: string, sample: { readonly name: string; readonly title: string } | null = null): Promise<OpenOutcome> {
    if (this.#entries.size >= LIMITS.openTraces) return failed(`${String(LIMITS.openTraces)} traces are open already: close one first`);
    const opened = await openRegular(file);
    if ('kind' in opened) return opened;
    const id = randomUUID();
    const trace: OpenedTrace = {
      id, name: sample?.title ?? basename(file), path: sample === null ? file : null, sample: sample?.name ?? null,
      bytes: opened.bytes, url: `${ORIGIN}/trace/${id}`,
    };
    this.#entries.set(id, { trace, file, handle: opened.handle });
    return { kind: 'opened', trace };
  }

  /** The bytes of an open trace, or null when no such trace is open. */
  stream(id: TraceId): { readonly bytes: number; readonly body: Readable } | null {
    const entry = this.#entries.get(id);
    if (entry === undefined) return null;
    const body = entry.handle.createReadStream({ start: 0, end: entry.trace.bytes - 1, autoClose: false, highWaterMark: 1 << 20 });
    return { bytes: entry.trace.bytes, body };
  }

  /** Path of an open trace on disk, for its re-executor and for saving; null when it is not open. */
  fileOf(id: TraceId): string | null {
    return this.#entries.get(id)?.file ?? null;
  }

  async copyTo(id: TraceId, target: string): Promise<void> {
    const file = this.fileOf(id);
    if (file !== null && file !== target) await copyFile(file, target);
  }

  async close(id: TraceId): Promise<void> {
    const entry = this.#entries.get(id);
    this.#entries.delete(id);
    await entry?.handle.close();
  }

  async closeAll(): Promise<void> {
    await Promise.all([...this.#entries.keys()].map((id) => this.close(id)));
  }
}

async function openRegular(file: string): Promise<{ readonly handle: FileHandle; readonly bytes: number } | ReturnType<typeof failed>> {
  let handle: FileHandle;
  try {
    handle = await open(file, 'r');
  } catch (error) {
    return failed(`cannot open ${file}: ${reason(error)}`);
  }
  const stat = await handle.stat();
  const problem = !stat.isFile() ? 'it is not a file: choose an .rtrace file'
    : stat.size === 0 ? 'it is empty: record it again'
    : stat.size > LIMITS.traceBytes ? `it is larger than ${String(LIMITS.traceBytes / 2 ** 30)} GiB: record with --filter or --max-events`
    : await isTrace(handle) ? null : 'it is not a Ringscope trace: choose an .rtrace file, or record a guest image';
  if (problem === null) return { handle, bytes: stat.size };
  await handle.close();
  return failed(`cannot open ${file}: ${problem}`);
}

/** True when a file can be read and begins as a trace does. */
export async function isTraceFile(file: string): Promise<boolean> {
  const handle = await open(file, 'r').catch(() => null);
  if (handle === null) return false;
  try {
    return await isTrace(handle);
  } catch {
    return false;
  } finally {
    await handle.close();
  }
}

// what is no trace must not reach the page, nor the list of recent files
async function isTrace(handle: FileHandle): Promise<boolean> {
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(MAGIC.length), 0, MAGIC.length, 0);
  return bytesRead === MAGIC.length && buffer.equals(MAGIC);
}

function reason(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : null;
  if (code === 'ENOENT') return 'there is no such file; it was moved, renamed or deleted';
  if (code === 'EACCES') return 'you may not read it';
  return error instanceof Error ? error.message : String(error);
}
