// What was met on the way through a log that a person should know: counted here, put into sentences by notes.ts.

export interface QemuFacts {
  /** INT records by vector, as `grep -c ' v=0e '` counts them. */
  readonly vectors: Float64Array;
  /** Records whose delivery was refused: the record that follows says why. */
  refused: number;
  /** Exceptions of which only the check_exception line is there. */
  unlogged: number;
  inferredRings: number;
  inferredWrites: number;
  smmEntries: number; smmReturns: number;
  resets: number;
  realModeInterrupts: number;
  breakpoints: number;
  /** Error codes that name a gate while IA32_EFER.LMA is set. */
  longGateCodes: number;
  gateCodes: number;
  v86Faults: number;
  /** Dumps in the 32-bit form of a processor in long mode. */
  narrowDumps: number;
  incompleteDumps: number;
  guessedCauses: number;
  /** Runs in the file: the record counter began again. */
  runs: number;
  firstCount: number;
  missingRecords: number;
  processors: number;
}

export function noFacts(): QemuFacts {
  return {
    vectors: new Float64Array(256), refused: 0, unlogged: 0, inferredRings: 0, inferredWrites: 0, smmEntries: 0, smmReturns: 0, resets: 0, realModeInterrupts: 0,
    breakpoints: 0, longGateCodes: 0, gateCodes: 0, v86Faults: 0, narrowDumps: 0, incompleteDumps: 0, guessedCauses: 0, runs: 0, firstCount: 0, missingRecords: 0, processors: 1,
  };
}
