// Where a recording ends, for whoever executes it again: nothing may be shown that lies behind what was recorded.

import type { CheckpointSource } from '../../event/checkpoint.ts';
import type { Cpu } from '../../cpu/state.ts';
import { readAttempts } from '../save-state.ts';
import type { Bounds } from '../session.ts';

export interface RecordedExtent { readonly checkpoints: CheckpointSource; readonly eventCount: number }

/**
 * The bounds of a recording. A closed one ends with a checkpoint that says so. A recorder that was killed, or stopped inside its last
 * instruction, left none: then the last event ends it, or the last checkpoint where that is later.
 */
export function boundsOf(cpu: Cpu, { checkpoints, eventCount }: RecordedExtent): Bounds {
  const last = checkpoints.positions.length - 1;
  const closing = last < 0 ? null : readAttempts(checkpoints.load(last).devices);
  const lastAttempt = (): number => {
    if (closing?.ended === true) return closing.attempts;
    return cpu.seq < eventCount ? Infinity : Math.max(closing?.attempts ?? 0, cpu.attempts);
  };
  return { lastAttempt, end: () => (cpu.attempts >= lastAttempt() ? { kind: 'cancelled' } : null) };
}
