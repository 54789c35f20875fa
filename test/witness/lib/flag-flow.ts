// Which status flags the manual leaves undefined along a sequence, so that no instruction behind one that leaves them undefined looks at them.
// SDM 1 "EFLAGS Cross-Reference".

import type { Insn } from '../../../core/isa/insn.ts';
import type { Op } from '../../../core/isa/opcode-index.ts';
import { STATUS_FLAGS } from './case.ts';
import { undefinedFlags } from './undefined-flags.ts';

const CF = 1, OF = 0x800;
const READERS: ReadonlySet<Op> = new Set<Op>(['adc', 'sbb', 'rcl', 'rcr', 'cmc', 'jcc', 'setcc', 'cmovcc', 'loope', 'loopne', 'pushf', 'lahf', 'aaa', 'aas', 'daa', 'das', 'salc', 'into']);
const WRITERS: ReadonlySet<Op> = new Set<Op>(['add', 'adc', 'sub', 'sbb', 'cmp', 'neg', 'xadd', 'cmpxchg', 'and', 'or', 'xor', 'test', 'popf']);

/** True when the instruction looks at status flags. */
export const readsFlags = ({ op }: Insn): boolean => READERS.has(op);

/** The flags undefined behind `insn`, when `before` were before it. `count` is that of a shift, null when it is not known. */
export function undefinedBehind(insn: Insn, before: number, count: number | null): number {
  const own = undefinedFlags(insn, count);
  if (WRITERS.has(insn.op) || ((insn.op === 'cmps' || insn.op === 'scas') && insn.repeat === 0)) return own;
  if (insn.op === 'inc' || insn.op === 'dec') return before & CF;
  if (insn.op === 'sahf') return before & OF;
  if (insn.op === 'clc' || insn.op === 'stc') return before & STATUS_FLAGS & ~CF;
  return before | own;
}
