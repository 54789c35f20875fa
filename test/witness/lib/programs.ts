// Which witness programs are installed, child processes with a time limit, and folders for their files.

import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The checkout's root. */
export const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../..');

/** Why a program cannot be used, in one line that says what to install; null when it can. */
export function missing(program: string, debianPackage: string): string | null {
  const found = spawnSync(program, ['--help'], { stdio: 'ignore', timeout: 20_000 });
  return found.error ? `${program} is not installed (Debian, Ubuntu: apt-get install ${debianPackage})` : null;
}

/** The first of the files that exists; throws, naming them, when none does. */
export function firstExisting(files: readonly string[]): string {
  const file = files.find((candidate) => existsSync(candidate));
  if (file === undefined) throw new Error(`none of these files exists: ${files.join(', ')}`);
  return file;
}

/** Runs `use` with a fresh folder that is gone afterwards. */
export async function inFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'ringscope-witness-'));
  try {
    return await use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export interface Run { readonly code: number | null; readonly stdout: string; readonly stderr: string; readonly stopped: boolean; readonly late: boolean }

/**
 * Runs a program to its end, to `isDone` (asked every 50 ms; the program is then ended), or to the time limit, which throws unless `mayBeLate`.
 * `stopped` is true when `isDone` ended it, `late` when the limit did.
 */
export async function run(command: string, args: readonly string[], options: { cwd: string; limitMs: number; isDone?: () => boolean; mayBeLate?: boolean }): Promise<Run> {
  const child = spawn(command, [...args], { cwd: options.cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  const ended = { byUs: false, late: false };
  child.stdout.setEncoding('latin1').on('data', (text: string) => { stdout += text; });
  child.stderr.setEncoding('utf8').on('data', (text: string) => { stderr += text; });
  const timer = setInterval(() => {
    if (options.isDone?.() !== true) return;
    ended.byUs = true;
    child.kill('SIGKILL');
  }, 50);
  const limit = setTimeout(() => { ended.late = true; child.kill('SIGKILL'); }, options.limitMs);
  try {
    const code = await new Promise<number | null>((resolve, reject) => child.on('error', reject).on('close', resolve));
    if (ended.late && options.mayBeLate !== true) throw new Error(`${command} did not end within ${String(options.limitMs)} ms; it said: ${(stderr || stdout).slice(-300)}`);
    return { code, stdout, stderr, stopped: ended.byUs, late: ended.late };
  } finally {
    clearInterval(timer);
    clearTimeout(limit);
  }
}
