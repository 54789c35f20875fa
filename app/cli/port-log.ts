// `--port-log PORT=FILE`: what the guest writes to a port, one line of lower-case hexadecimal digits for each write: two digits for a
// byte, four for a word, eight for a doubleword. Never part of the trace.

import { encodeUtf8 } from '../../core/base/utf8.ts';
import { BadInput } from '../../core/base/bad-input.ts';
import { addressOf } from './numbers.ts';

export interface PortLog { readonly port: number; readonly file: string }

/** Lines kept before they are written. */
const LINES_MAX = 4096;

/** The logs asked for. Throws BadInput for what is no PORT=FILE, and for a port or file named twice. */
export function portLogsOf(texts: readonly string[]): readonly PortLog[] {
  const logs = texts.map((text) => {
    const at = text.indexOf('=');
    if (at <= 0 || at === text.length - 1) throw new BadInput(`--port-log ${JSON.stringify(text)} is not PORT=FILE: give one such as 0x80=post.txt`);
    const port = addressOf(text.slice(0, at), '--port-log');
    if (port > 0xffff) throw new BadInput(`--port-log ${JSON.stringify(text)}: there are ports 0 to 0xffff only`);
    return { port, file: text.slice(at + 1) };
  });
  for (const one of logs) {
    if (logs.some((other) => other !== one && (other.port === one.port || other.file === one.file))) throw new BadInput(`--port-log names port 0x${one.port.toString(16)} or the file ${one.file} twice: give each once`);
  }
  return logs;
}

/** Gathers lines and writes them to each log's file. */
export class PortLogWriter {
  private readonly lines: ReadonlyMap<number, string[]>;
  private readonly files: ReadonlyMap<number, string>;
  private readonly write: (file: string, bytes: Uint8Array) => void;

  constructor(logs: readonly PortLog[], write: (file: string, bytes: Uint8Array) => void) {
    this.lines = new Map(logs.map(({ port }) => [port, []]));
    this.files = new Map(logs.map(({ port, file }) => [port, file]));
    this.write = write;
  }

  /** The guest wrote `size` bytes to a port. Only writes that begin at a logged port count. */
  readonly listener = (port: number, size: number, value: number): void => {
    const lines = this.lines.get(port);
    if (lines === undefined) return;
    lines.push((value >>> 0).toString(16).padStart(size * 2, '0').slice(-size * 2));
    if (lines.length >= LINES_MAX) this.flushPort(port);
  };

  /** Writes what is left; a log nothing was written to becomes an empty file. */
  flush(): void {
    for (const port of this.lines.keys()) this.flushPort(port);
  }

  private flushPort(port: number): void {
    const lines = this.lines.get(port) ?? [];
    this.write(this.files.get(port) ?? '', encodeUtf8(lines.map((line) => `${line}\n`).join('')));
    lines.length = 0;
  }
}
