// The emulators compared, and one run of one of them: a child process whose console output is timed.

import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { MarkerClock } from './markers.ts';
import { PHASES, type Phase, type WorkSet } from './phases.ts';

const HERE = path.dirname(fileURLToPath(import.meta.url));
const CLI = path.resolve(HERE, '../../dist/cli.mjs');

/** `before` is Ringscope of another checkout, which a run asks for by its folder. */
export const TARGETS = ['ringscope', 'before', 'v86', 'v86-nojit'] as const;
export type Target = (typeof TARGETS)[number];

/** Where the command line of each checkout is; `before` is null when no other one takes part. */
export interface Checkouts { readonly ringscope: string; readonly before: string | null }

/** This checkout, and the built one in the folder `before` if there is one. */
export function checkoutsWith(before: string | null): Checkouts {
  return { ringscope: CLI, before: before === null ? null : path.resolve(before, 'dist/cli.mjs') };
}

/** Rates of one run in units of work per second; `problem` says why there are none. */
export type RunResult =
  | { readonly rates: Readonly<Record<Phase, number>>; readonly problem: null }
  | { readonly rates: null; readonly problem: string };

/** Why a target cannot run here, or null. */
export function unavailable(target: Target, checkouts: Checkouts): string | null {
  if (target !== 'ringscope' && target !== 'before') return null;
  const cli = checkouts[target];
  return cli === null || !existsSync(cli) ? `Ringscope is not built (${cli ?? 'dist/cli.mjs'} is missing): npm run build there` : null;
}

/** The child's arguments to node; `scratch` is a folder for what it must write. */
function childArguments(target: Target, checkouts: Checkouts, image: string, scratch: string): string[] {
  const cli = target === 'ringscope' || target === 'before' ? checkouts[target] : null;
  if (cli !== null) return [cli, 'record', image, '-o', path.join(scratch, 'bench.rtrace'), '--memory', '32M', '--console', '-'];
  return [path.join(HERE, 'v86-child.mjs'), image, target === 'v86' ? 'jit' : 'nojit'];
}

/** The rates, or the first reason why this run does not count: no end, a wrong result, markers that cannot be timed. */
function judge(clock: MarkerClock, set: WorkSet, complaint: string): RunResult {
  const fail = (problem: string): RunResult => ({ rates: null, problem });
  if (!clock.finished) return fail(`ended before the guest did; last output ${JSON.stringify(clock.tail())}${complaint === '' ? '' : `; it said: ${complaint}`}`);
  const rates: Partial<Record<Phase, number>> = {};
  for (const phase of PHASES) {
    const timing = clock.timings.get(phase);
    const size = set.sizes[phase];
    if (timing?.result !== size.expected) return fail(`phase ${phase} gave ${timing?.result ?? 'nothing'} instead of ${size.expected}`);
    if (timing.milliseconds === null) return fail(`phase ${phase} cannot be timed: its markers arrived together (is the console written as it comes?)`);
    rates[phase] = size.work / (timing.milliseconds / 1000);
  }
  return { rates: rates as Record<Phase, number>, problem: null };
}

/** One run of `target` over the image of `set`, in a process of its own, ended after `limitMs`. */
export async function runOnce(target: Target, checkouts: Checkouts, set: WorkSet, limitMs: number): Promise<RunResult> {
  const scratch = mkdtempSync(path.join(os.tmpdir(), 'ringscope-bench-'));
  const clock = new MarkerClock();
  let complaint = '';
  try {
    const child = spawn(process.execPath, childArguments(target, checkouts, path.join(HERE, set.image), scratch), { cwd: HERE, stdio: ['ignore', 'pipe', 'pipe'] });
    const limit = setTimeout(() => { complaint = `stopped after ${String(limitMs / 1000)} s`; child.kill('SIGKILL'); }, limitMs);
    child.stderr.setEncoding('utf8').on('data', (text: string) => { complaint = (complaint + text).slice(-300); });
    child.stdout.setEncoding('latin1').on('data', (text: string) => {
      clock.feed(text, performance.now());
      if (clock.finished) child.kill('SIGKILL');
    });
    await new Promise<void>((resolve, reject) => child.on('error', reject).on('close', () => { resolve(); }));
    clearTimeout(limit);
    return judge(clock, set, complaint.trim());
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}
