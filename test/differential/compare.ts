// One mode: its cases are made, run here and by a peer, and compared. What differs is excused by an entry of case-deviations.ts, which is then
// counted, or it is reported.

import { END_VECTOR, describeCase, differencesText, outcomeDifferences, type Case, type Difference, type Outcome } from '../witness/lib/case.ts';
import { excuseOf } from '../witness/lib/case-deviations.ts';
import { runOnBochs, runOnQemu, type Ended, type Models } from '../witness/lib/case-run.ts';
import { randomFrom } from '../witness/lib/random.ts';
import type { Mode, Trial } from './modes.ts';
import type { EmulatorName } from './options.ts';

export const RUN: Readonly<Record<EmulatorName, (cases: readonly Case[], models?: Models) => Promise<Ended>>> = { bochs: runOnBochs, qemu: runOnQemu };

/** What came of comparing with one peer. */
export interface Tally {
  compared: number;
  agreed: number;
  /** Cases that only differ as an entry says. */
  excused: number;
  /** Cases that ended by a fault here. */
  faulted: number;
  readonly excuses: Map<string, number>;
  readonly differences: string[];
  /** The cases behind `differences`, as far as they are such. */
  readonly differing: { readonly one: Case; readonly number: number }[];
}

export const newTally = (): Tally => ({ compared: 0, agreed: 0, excused: 0, faulted: 0, excuses: new Map(), differences: [], differing: [] });

export interface Numbered extends Trial { readonly number: number }

/** The case of that number: the same for a seed, whatever others are made. */
export function trialOf(mode: Mode, seed: number, number: number): Numbered {
  const name = Buffer.from(mode.name).reduce((sum, letter) => Math.imul(sum, 31) + letter, 7);
  return { ...mode.make(randomFrom(Math.imul(seed, 0x9e37_79b1) ^ Math.imul(name, 0x85eb_ca6b) ^ Math.imul(number + 1, 0xc2b2_ae35))), number };
}

/** Runs the cases on the peer and adds to the tally. `ours` is what they left behind here, in the same order. */
export async function compare({ peer, models, trials, ours, tally }: { readonly peer: EmulatorName; readonly models: Models | undefined; readonly trials: readonly Numbered[]; readonly ours: readonly Outcome[]; readonly tally: Tally }): Promise<void> {
  let from = 0;
  while (from < trials.length) {
    const { outcomes, problem } = await RUN[peer](trials.slice(from).map(({ one }) => one), models);
    outcomes.forEach((theirs, index) => { judge(peer, trials[from + index]!, { ours: ours[from + index]!, theirs }, tally); });
    from += outcomes.length;
    if (from >= trials.length) return;
    judge(peer, trials[from]!, { ours: ours[from]!, theirs: noEnd(ours[from]!) }, tally, problem ?? 'no reason given');
    from += 1;
  }
}

/** True when the case leaves something behind on the peer that nothing excuses. */
export function differs(peer: EmulatorName, one: Case, { ours, theirs }: { readonly ours: Outcome; readonly theirs: Outcome }): boolean {
  return outcomeDifferences(one, ours, theirs).some((difference) => excuseOf(peer, difference, { one, ours, theirs }) === null);
}

/** In the place of an outcome that a peer did not come to. */
const noEnd = ({ fields, window }: Outcome): Outcome => ({ fields: { ...fields, vector: -1 }, window });

/** Of cases that make no end here by shutdown, those that do come to an end on the peer are differences. Each needs a start of the peer. */
export async function compareEndless({ peer, models, trials, tally }: { readonly peer: EmulatorName; readonly models: Models | undefined; readonly trials: readonly Numbered[]; readonly tally: Tally }): Promise<void> {
  for (const { one, number } of trials) {
    const { outcomes } = await RUN[peer]([one], models);
    tally.compared += 1;
    const [theirs] = outcomes;
    const excuse = theirs === undefined ? null : excuseOf(peer, { place: 'vector', ours: -1, theirs: theirs.fields['vector']! }, { one, ours: noEnd(theirs), theirs });
    if (theirs === undefined) tally.agreed += 1;
    else if (excuse !== null) excuseCase(tally, [excuse]);
    else tally.differences.push(`case ${number}: ${describeCase(one)}\n  here: the processor shuts down\n  ${peer}: ${outcomeText(theirs)}`);
  }
}

function judge(peer: EmulatorName, { one, number }: Numbered, { ours, theirs }: { readonly ours: Outcome; readonly theirs: Outcome }, tally: Tally, problem = ''): void {
  tally.compared += 1;
  if (ours.fields['vector'] !== END_VECTOR) tally.faulted += 1;
  const left: Difference[] = [], excuses = new Set<string>();
  for (const difference of outcomeDifferences(one, ours, theirs)) {
    const excuse = excuseOf(peer, difference, { one, ours, theirs });
    if (excuse === null) left.push(difference);
    else excuses.add(excuse);
  }
  if (left.length > 0) tally.differing.push({ one, number });
  if (left.length > 0) tally.differences.push(`case ${number}: ${describeCase(one)}\n  here against ${peer}: ${differencesText(left)}\n  here: ${outcomeText(ours)}\n  ${peer}: ${problem === '' ? outcomeText(theirs) : problem}`);
  else if (excuses.size === 0) tally.agreed += 1;
  else excuseCase(tally, excuses);
}

function excuseCase(tally: Tally, excuses: Iterable<string>): void {
  tally.excused += 1;
  for (const excuse of excuses) tally.excuses.set(excuse, (tally.excuses.get(excuse) ?? 0) + 1);
}

/** Every field that is not 0. */
function outcomeText({ fields }: Outcome): string {
  return Object.entries(fields).filter(([, value]) => value !== 0).map(([name, value]) => `${name} ${(value >>> 0).toString(16)}`).join(' ');
}
