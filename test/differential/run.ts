// npm run differential: generated instructions and faulting states in every mode, here and on Bochs and QEMU, case by case the same or known why not.
// Exit 0 when all that was compared agrees or is excused, 1 when something differs or nothing was compared, 2 for bad usage.

import { bochsMissing } from '../witness/lib/bochs.ts';
import type { Outcome } from '../witness/lib/case.ts';
import { runOnRingscope } from '../witness/lib/case-run.ts';
import { hostMissing } from '../witness/lib/host-float.ts';
import { missing } from '../witness/lib/programs.ts';
import { qemuMissing } from '../witness/lib/qemu.ts';
import { compare, compareEndless, newTally, trialOf, type Numbered, type Tally } from './compare.ts';
import { HOST_MODES } from './host-modes.ts';
import { MODES, type Mode } from './modes.ts';
import { EMULATORS, readOptions, type EmulatorName, type Options, type PeerName } from './options.ts';
import { smallerText } from './smaller.ts';

const BATCH = 1000;
/** So many cases a mode that end by shutdown here are tried alone on Bochs. */
const SHUTDOWNS_TRIED = 5;
const MISSING: Readonly<Record<PeerName, () => string | null>> = { bochs: bochsMissing, qemu: () => qemuMissing() ?? missing('nasm', 'nasm'), host: hostMissing };

function usableOptions(): Options {
  try {
    return readOptions(process.argv.slice(2), [...MODES, ...HOST_MODES].map(({ name }) => name));
  } catch (error) {
    console.error(`differential: ${error instanceof Error ? error.message : String(error)}`);
    process.exit(2);
  }
}

/** Runs the mode's cases; tallies by peer. */
async function runMode(mode: Mode, options: Options, peers: readonly EmulatorName[]): Promise<Map<EmulatorName, Tally>> {
  const tallies = new Map(peers.map((peer) => [peer, newTally()]));
  const dropped = new Map<string, Numbered[]>();
  const last = options.only === null ? 2 * options.cases : options.only + 1;
  let left = options.only === null ? options.cases : 1;
  for (let from = options.only ?? 0; from < last && left > 0;) {
    const made = Array.from({ length: Math.min(BATCH, left) }, (_, index) => trialOf(mode, options.seed, from + index));
    const { trials, ours } = await runHere(made, dropped);
    from += made.length;
    left -= trials.length;
    for (const [peer, tally] of tallies) {
      const chosen = trials.flatMap((trial, index) => (trial.peers.includes(peer) ? [{ trial, outcome: ours[index]! }] : []));
      if (chosen.length > 0) await compare({ peer, models: mode.models, trials: chosen.map(({ trial }) => trial), ours: chosen.map(({ outcome }) => outcome), tally });
    }
  }
  for (const [reason, trials] of dropped) {
    console.log(`${mode.name}: ${trials.length} cases left out, which do not end here (${trials.slice(0, 3).map(({ number }) => number).join(', ')}…): ${reason}`);
    const tally = tallies.get('bochs');
    if (tally !== undefined && /shut down/.test(reason)) await compareEndless({ peer: 'bochs', models: mode.models, trials: trials.slice(0, SHUTDOWNS_TRIED), tally });
  }
  return tallies;
}

/** The cases that end here, with their outcomes; counts those that do not by the reason. */
async function runHere(made: readonly Numbered[], dropped: Map<string, Numbered[]>): Promise<{ readonly trials: readonly Numbered[]; readonly ours: readonly Outcome[] }> {
  const trials: Numbered[] = [], ours: Outcome[] = [];
  for (let from = 0; from < made.length;) {
    const { outcomes, problem } = await runOnRingscope(made.slice(from).map(({ one }) => one));
    trials.push(...made.slice(from, from + outcomes.length));
    ours.push(...outcomes);
    from += outcomes.length;
    if (problem !== null) dropped.set(problem, [...dropped.get(problem) ?? [], made[from]!]);
    from += 1;
  }
  return { trials, ours };
}

/** A line for the mode and peer, the excuses with their counts, the first differences, and how to see one again. */
async function report({ mode, peer, tally }: { readonly mode: { readonly name: string }; readonly peer: PeerName; readonly tally: Tally }): Promise<void> {
  const seconds = ((performance.now() - start) / 1000).toFixed(0);
  console.log(`${mode.name} against ${peer}: ${tally.compared} cases (${tally.faulted} fault), ${tally.agreed} agree, ${tally.excused} excused, ${tally.differences.length} differ  [${seconds} s]`);
  for (const [excuse, cases] of tally.excuses) console.log(`  excused ${cases}: ${excuse}`);
  for (const difference of tally.differences.slice(0, options.shown)) {
    const number = /^case (\d+)/.exec(difference)?.[1];
    const found = tally.differing.find((one) => String(one.number) === number);
    console.log(difference);
    if (found !== undefined && peer !== 'host') console.log(await smallerText(peer, found.one, MODES.find(({ name }) => name === mode.name)?.models));
    if (number !== undefined) console.log(`  again: npm run differential -- --seed ${options.seed} --mode ${mode.name} --against ${peer} --only ${number}`);
  }
  compared += tally.compared;
  differing += tally.differences.length;
}

const start = performance.now();
const options = usableOptions();
const usable = options.peers.filter((peer) => {
  const reason = MISSING[peer]();
  if (reason !== null) console.warn(`SKIPPED, nothing is compared with ${peer}: ${reason}`);
  return reason === null;
});
const emulators = EMULATORS.filter((peer) => usable.includes(peer));
console.log(`differential: seed ${options.seed}, ${options.cases} cases a mode, against ${usable.join(', ') || 'nothing'}`);
let compared = 0, differing = 0;
for (const mode of emulators.length === 0 ? [] : MODES.filter(({ name }) => options.modes.includes(name))) {
  for (const [peer, tally] of await runMode(mode, options, emulators)) {
    if (tally.compared > 0) await report({ mode, peer, tally });
  }
}
for (const mode of usable.includes('host') ? HOST_MODES.filter(({ name }) => options.modes.includes(name)) : []) await report({ mode, peer: 'host', tally: mode.run(options.seed, options.cases) });
console.log(`differential: ${compared} comparisons, ${differing} differ (seed ${options.seed})${compared === 0 ? ': NOTHING WAS COMPARED' : ''}`);
process.exitCode = differing > 0 || (compared === 0 && !options.allowsNone) ? 1 : 0;
