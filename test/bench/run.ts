// npm run bench: phases A to E of bench.asm on Ringscope and on v86 (with and without its JIT), as ratios.
//   npm run bench -- [--small] [--rounds N] [--json] [--limit SECONDS] [--before FOLDER]
// `--before` adds the built checkout in FOLDER, so that two versions of Ringscope meet in one run.
// Each run is a process of its own and the targets alternate, so that a change in the machine's load meets all of them. A run counts
// only when all its results equal the expected ones. Exit 0 when every target gave figures, 1 when one did not, 2 for bad usage.

import os from 'node:os';
import { parseArgs } from 'node:util';
import { buildIfStale } from '../../scripts/build.mjs';
import { FULL, PHASE_TITLES, PHASES, SMALL, type Phase } from './phases.ts';
import { checkoutsWith, runOnce, TARGETS, unavailable, type Checkouts, type RunResult, type Target } from './targets.ts';

interface Options { readonly small: boolean; readonly json: boolean; readonly rounds: number; readonly limitMs: number; readonly checkouts: Checkouts; readonly targets: readonly Target[] }
type Figures = Record<Phase, Record<Target, number | null>>;

/** The options, or one line on stderr and exit 2. */
function readOptions(): Options {
  const usage = (why: string): never => {
    console.error(`bench: ${why}; usage: npm run bench -- [--small] [--rounds N] [--json] [--limit SECONDS] [--before FOLDER]`);
    process.exit(2);
  };
  const count = (name: string, text: string): number => (/^[1-9]\d{0,5}$/.test(text) ? Number(text) : usage(`--${name} wants a count, not ${text}`));
  try {
    const { values } = parseArgs({ options: {
      small: { type: 'boolean', default: false }, json: { type: 'boolean', default: false },
      rounds: { type: 'string', default: '3' }, limit: { type: 'string', default: '600' }, before: { type: 'string' },
    } });
    const checkouts = checkoutsWith(values.before ?? null);
    return {
      checkouts, targets: TARGETS.filter((target) => target !== 'before' || checkouts.before !== null),
      small: values.small, json: values.json, rounds: count('rounds', values.rounds), limitMs: 1000 * count('limit', values.limit),
    };
  } catch (error) {
    return usage(error instanceof Error ? error.message : String(error));
  }
}

/** The middle value; of an even number, the mean of the two in the middle; null of none. */
function median(values: readonly number[]): number | null {
  const sorted = [...values].sort((a, b) => a - b);
  const upper = sorted[sorted.length >> 1];
  const lower = sorted[(sorted.length - 1) >> 1];
  return upper === undefined || lower === undefined ? null : (upper + lower) / 2;
}

/** phase -> target -> value by `value`, for every pair. */
function table(targets: readonly Target[], value: (phase: Phase, target: Target) => number | null): Figures {
  return Object.fromEntries(PHASES.map((phase) => [phase, Object.fromEntries(targets.map((target) => [target, value(phase, target)]))])) as Figures;
}

interface Rounds { readonly results: readonly Readonly<Record<Target, RunResult>>[]; readonly problems: string[] }

async function runRounds(options: Options): Promise<Rounds> {
  const results: Record<Target, RunResult>[] = [];
  const problems: string[] = [];
  for (let round = 0; round < options.rounds; round += 1) {
    const row: Partial<Record<Target, RunResult>> = {};
    for (const target of options.targets) {
      const reason = unavailable(target, options.checkouts);
      if (!options.json && process.stderr.isTTY) process.stderr.write(`round ${String(round + 1)} of ${String(options.rounds)}: ${target}          \r`);
      const result: RunResult = reason === null ? await runOnce(target, options.checkouts, options.small ? SMALL : FULL, options.limitMs) : { rates: null, problem: reason };
      if (result.problem !== null) problems.push(`${target}, round ${String(round + 1)}: ${result.problem}`);
      row[target] = result;
    }
    results.push(row as Record<Target, RunResult>);
  }
  return { results, problems };
}

const shown = (value: number | null, scale: number): string => (value === null ? '-' : (value / scale).toFixed(value / scale < 10 ? 2 : 0));

function print(options: Options, rates: Figures, ratios: Figures, load: readonly string[], problems: readonly string[]): void {
  console.log(`${options.small ? 'small' : 'full'} set, medians of ${String(options.rounds)} round(s); ${String(os.cpus().length)} processors, load before and after ${load.join(' and ')}`);
  const peers = options.targets.filter((target) => target !== 'ringscope');
  console.log(`phase                       unit             ${options.targets.map((target) => target.padStart(11)).join('')}${peers.map((peer) => `ringscope/${peer}`.padStart(22)).join('')}`);
  for (const phase of PHASES) {
    const { title, unit, scale } = PHASE_TITLES[phase];
    const columns = options.targets.map((target) => shown(rates[phase][target], scale).padStart(11)).join('');
    const compared = peers.map((peer) => (ratios[phase][peer]?.toFixed(3) ?? '-').padStart(22)).join('');
    console.log(`${phase} ${title.padEnd(26)}${unit.padEnd(17)}${columns}${compared}`);
  }
  for (const problem of problems) console.log(`not counted: ${problem}`);
}

const options = readOptions();
await buildIfStale(['cli']);
const load = [os.loadavg()[0]?.toFixed(2) ?? '?'];
const { results, problems } = await runRounds(options);
load.push(os.loadavg()[0]?.toFixed(2) ?? '?');
const rateOf = (row: Readonly<Record<Target, RunResult>>, phase: Phase, target: Target): number | null => row[target].rates?.[phase] ?? null;
const present = (values: readonly (number | null)[]): number[] => values.filter((value) => value !== null);
const rates = table(options.targets, (phase, target) => median(present(results.map((row) => rateOf(row, phase, target)))));
// A ratio is taken within each round, where both met the same load, and the median is of those.
const ratios = table(options.targets, (phase, target) => median(present(results.map((row) => {
  const ours = rateOf(row, phase, 'ringscope');
  const theirs = rateOf(row, phase, target);
  return ours === null || theirs === null ? null : ours / theirs;
}))));
if (options.json) {
  console.log(JSON.stringify({ set: options.small ? 'small' : 'full', rounds: options.rounds, processors: os.cpus().length, load, unit: 'work per second', phases: rates, ratios, problems }));
} else {
  print(options, rates, ratios, load, problems);
}
process.exitCode = options.targets.every((target) => PHASES.every((phase) => rates[phase][target] !== null)) ? 0 : 1;
