// An Io in memory for tests of the command line: files are a map, output is collected, nothing outside is touched.

import { BadInput } from '../../../core/base/bad-input.ts';
import type { Io } from '../../../app/cli/io.ts';
import { main } from '../../../app/cli/run.ts';

export interface Ran { readonly code: number; readonly out: string; readonly err: string }

export class MemoryIo implements Io {
  readonly files = new Map<string, Uint8Array>();
  readonly launched: (string | null)[] = [];
  readonly outIsTerminal: boolean;
  readonly errIsTerminal = false;
  readonly colour = true;
  readonly version = '0.0-test';
  stdout: Uint8Array[] = [];
  text = '';
  errors = '';
  interrupt: (() => void) | null = null;
  clock = 0;

  constructor(options: { readonly terminal?: boolean } = {}) { this.outIsTerminal = options.terminal ?? false; }

  out(text: string): void { this.text += text; }
  err(text: string): void { this.errors += text; }
  outBytes(bytes: Uint8Array): void { this.stdout.push(bytes); }
  readFile(path: string): Uint8Array {
    const bytes = this.files.get(path);
    if (bytes === undefined) throw new BadInput(`cannot read ${path}: there is no such file or folder; check the name`);
    return bytes;
  }
  openInput(path: string): { readonly size: number | null; read(): Uint8Array | null; close(): void } {
    const bytes = this.readFile(path);
    let at = 0;
    return {
      size: path === '-' ? null : bytes.length,
      read: () => {
        at += 1000;
        return at - 1000 < bytes.length ? bytes.subarray(at - 1000, at) : null;
      },
      close: () => undefined,
    };
  }
  openOutput(path: string): { write(bytes: Uint8Array): void; close(): void } {
    if (path.startsWith('/forbidden/')) throw new BadInput(`cannot write ${path}: permission denied; choose a place you may use`);
    const parts: Uint8Array[] = [];
    return {
      write: (bytes) => { parts.push(bytes.slice()); },
      close: () => { this.files.set(path, Uint8Array.from(parts.flatMap((part) => [...part]))); },
    };
  }
  isSameFile(a: string, b: string): boolean { return a === b; }
  now(): number { this.clock += 1; return this.clock; }
  pause(): Promise<void> { return Promise.resolve(); }
  onInterrupt(listener: () => void): () => void { this.interrupt = listener; return () => { this.interrupt = null; }; }
  launchApp(trace: string | null): Promise<number> { this.launched.push(trace); return Promise.resolve(0); }

  /** Runs one command line and hands out what it printed since the last one. */
  async run(...argv: string[]): Promise<Ran> {
    this.text = '';
    this.errors = '';
    const code = await main(argv, this);
    return { code, out: this.text, err: this.errors };
  }
}
