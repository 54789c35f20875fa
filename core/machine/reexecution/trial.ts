// One thing a pre-flight tries. Which there are: preflight-trials.ts, page-trials.ts; what becomes of them: preflight.ts.

import type { Cpu } from '../../cpu/state.ts';
import type { PreflightTrial } from '../../event/reexecutor.ts';

/** One trial: `prepare` brings the processor where it begins, unheard; `run` raises a Fault when it fails. */
export interface Trial {
  readonly trial: PreflightTrial;
  readonly vector: number | null;
  /** Its gate is all zeros. */
  readonly isUnset: boolean;
  prepare(cpu: Cpu): void;
  run(cpu: Cpu): void;
}
