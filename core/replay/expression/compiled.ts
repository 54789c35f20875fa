// The compiled form of an expression and what it is evaluated against.

import type { Row } from '../../event/draft.ts';
import type { LinearRange } from '../../event/reexecutor.ts';
import type { Expression } from './ast.ts';

/** What surrounds a row while it is tested. Reused; tests must not keep it. */
export interface Scope { registers: () => Uint32Array | null; seq: number; linear: number }

export interface Compiled {
  /** The normal form of the text. */
  readonly text: string;
  readonly expression: Expression;
  /** One bit per kind code: events of other kinds never match, their rows need not be read. */
  readonly kinds: number;
  /** True when some test can only be answered by a register. `registersBefore` may be called without it, too. */
  readonly needsRegisters: boolean;
  /** True when hits may lie between events (`exec`): they are found by re-execution only. */
  readonly needsExecution: boolean;
  /** Where the instructions of `exec` lie; empty without one. */
  readonly ranges: readonly LinearRange[];
  /**
   * True when the event matches: a stored row, or a draft just emitted. `registersBefore` gives the register file just before the
   * event, or null where none were recorded, and is called only when needed. `seq` answers tests of `seq`; without it they do not match.
   */
  matches(row: Row, registersBefore: () => Uint32Array | null, seq?: number): boolean;
  /** True when the instruction boundary with these registers matches: the instruction at CS:IP is about to run. */
  matchesMoment(registers: Uint32Array): boolean;
}
