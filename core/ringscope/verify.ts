// `verify`: is the file sound, and does this core still do what was recorded?

import type { OpenedRecording } from './open.ts';

export interface Verification {
  /** True when the file is whole and, where it can be executed again, every event and checkpoint agreed. */
  readonly ok: boolean;
  /** What is wrong with the file itself, one sentence each; empty when it is sound. */
  readonly damage: readonly string[];
  /** `same`: everything agreed. `differs`: from `differsAt` on. `absent`: it cannot be executed again. */
  readonly reexecution: 'same' | 'differs' | 'absent';
  readonly differsAt: number | null;
  /** One line for a person. */
  readonly sentence: string;
  /** Events and checkpoints compared. */
  readonly events: number;
  readonly checkpoints: number;
}

/** Checks a recording's integrity, then executes all of it again. An imported trace is sound when its file is. */
export async function verifyRecording(opened: OpenedRecording): Promise<Verification> {
  const damage = integrityOf(opened);
  if (opened.reexecutor === null) {
    const sentence = damage[0] ?? `the file is sound, but nothing was executed again: ${opened.absent ?? 'it cannot be executed again'}`;
    return { ok: damage.length === 0, damage, reexecution: 'absent', differsAt: null, sentence, events: 0, checkpoints: 0 };
  }
  const reply = await opened.reexecutor.ask({ kind: 'verify' });
  if (reply.kind === 'verified') {
    const sentence = damage[0] ?? `the file is sound and ${String(reply.events)} events and ${String(reply.checkpoints)} checkpoints were reproduced exactly`;
    return { ok: damage.length === 0, damage, reexecution: 'same', differsAt: null, sentence, events: reply.events, checkpoints: reply.checkpoints };
  }
  if (reply.kind !== 'absent') throw new Error(`internal error: expected an answer to verify, not ${reply.kind}`);
  return { ok: false, damage, reexecution: 'differs', differsAt: reply.differsAt, sentence: reply.reason, events: reply.differsAt ?? 0, checkpoints: 0 };
}

function integrityOf({ reader }: OpenedRecording): readonly string[] {
  const damage = [...reader.notes];
  if (reader.contentHash !== null && damage.length === 0 && reader.recomputeHash() !== reader.contentHash) {
    damage.push('the content hash differs from what the file holds: the trace was changed after it was recorded');
  }
  return damage;
}
