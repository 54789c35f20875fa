// Runs a whole recording again and compares every event and every checkpoint.

import type { CheckpointSource } from '../../event/checkpoint.ts';
import { comparePositions } from '../../event/position.ts';
import { StateHasher } from '../checkpoint-maker.ts';
import type { ComparingProbe } from './comparing-probe.ts';
import type { Rewinder } from './rewinder.ts';
import { readAttempts, saveState } from '../save-state.ts';

const SLICE = 200_000;

export type VerifyOutcome = { readonly kind: 'same'; readonly checkpoints: number } | { readonly kind: 'differs'; readonly seq: number };

export interface VerifyTask {
  readonly rewinder: Rewinder;
  readonly probe: ComparingProbe;
  readonly recorded: { readonly checkpoints: CheckpointSource; readonly eventCount: number };
  readonly pause: () => Promise<void>;
}

/** Compares from the first instruction to the end of the recording; stops at the first difference, which it names by seq. */
export async function verifyRun(task: VerifyTask): Promise<VerifyOutcome> {
  const { rewinder, probe, recorded } = task;
  rewinder.restart();
  rewinder.takeChangedPages();
  const hasher = new StateHasher(rewinder.machine);
  const { positions } = recorded.checkpoints;
  for (let index = 0; index < positions.length; index += 1) {
    const checkpoint = recorded.checkpoints.load(index);
    await runTo(task, readAttempts(checkpoint.devices).attempts);
    if (probe.differsAt !== null) return { kind: 'differs', seq: probe.differsAt };
    hasher.update(rewinder.takeChangedPages());
    const state = saveState(rewinder.session);
    const isSame = comparePositions(state.position, checkpoint.position) === 0 && hasher.hash(state) === checkpoint.stateHash;
    if (!isSame) return { kind: 'differs', seq: Math.min(state.position.seq, checkpoint.position.seq) };
  }
  await runTo(task, Infinity);
  if (probe.differsAt !== null) return { kind: 'differs', seq: probe.differsAt };
  const { seq } = rewinder.position;
  return seq < recorded.eventCount ? { kind: 'differs', seq } : { kind: 'same', checkpoints: positions.length };
}

async function runTo({ rewinder, probe, pause }: VerifyTask, attempts: number): Promise<void> {
  while (rewinder.attempts < attempts && rewinder.session.end === null && probe.differsAt === null) {
    rewinder.session.run(Math.min(SLICE, attempts - rewinder.attempts));
    await pause();
  }
}
