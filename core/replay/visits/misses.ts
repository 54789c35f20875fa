// Exits that missed the visit they were to end: an IRET, RETF or SYSEXIT that faulted while it was under way, and one that went through with
// a frame that overlaps the pushed one. Which of the two is no check of ours: the fault names its rule, the exit its frame.

import { registerOffset } from '../../arch/register-file.ts';
import { isPresent, isUnknown, wordOf, type Row } from '../../event/draft.ts';
import { commonHandle, handleOf } from '../../event/schema.ts';
import { RULES } from '../../event/rules.ts';
import { DELTA_UNKNOWN, Growing, type Misses } from './table.ts';

const CPL = commonHandle('cpl'), RULE = handleOf('fault', 'rule');
const RSP = registerOffset('rsp'), SS_BASE = registerOffset('ss.base'), SS_RIGHTS = registerOffset('ss.rights'), CS_RIGHTS = registerOffset('cs.rights');
/** Access rights bits: D/B of SS gives the size of the stack pointer, L of CS makes it 64 bits. */
const RIGHTS_BIG = 1 << 14, RIGHTS_LONG = 1 << 13;
const RETURN_PROCEDURES = ['iret', 'real-iret', 'far-return', 'sysexit'];
const RETURN_RULES = new Set(RULES.filter((one) => RETURN_PROCEDURES.includes(one.procedure)).map((one): string => one.id));
const KERNEL_RINGS = 3;

/** Codes, in a trace with these rule names, of the checks that only a return from the kernel makes. */
export function returnRuleCodes(names: readonly string[]): ReadonlySet<number> {
  return new Set(names.flatMap((name, code) => (RETURN_RULES.has(name) ? [code] : [])));
}

/** True for a fault of a return that the kernel tried. */
export function isFailedReturn(row: Row, codes: ReadonlySet<number>): boolean {
  if (!isPresent(row, RULE) || isUnknown(row, RULE) || !codes.has(wordOf(row, RULE))) return false;
  return isPresent(row, CPL) && !isUnknown(row, CPL) && wordOf(row, CPL) < KERNEL_RINGS;
}

/** Linear address of the top of the stack, as a number with bit 63 as its sign. */
export function stackTop(registers: Uint32Array): number {
  const isLong = (registers[CS_RIGHTS]! & RIGHTS_LONG) !== 0;
  if (isLong) return (registers[RSP + 1]! | 0) * 0x1_0000_0000 + registers[RSP]!;
  const offset = (registers[SS_RIGHTS]! & RIGHTS_BIG) === 0 ? registers[RSP]! & 0xffff : registers[RSP]!;
  return (registers[SS_BASE]! + offset) % 0x1_0000_0000;
}

/** Columns of misses that grow. */
export class MissColumns {
  readonly #visit = new Growing();
  readonly #seq = new Growing();
  #delta: number[] = [];

  add(visit: number, seq: number, delta: number): void {
    this.#visit.push(visit);
    this.#seq.push(seq);
    this.#delta.push(Math.abs(delta) < DELTA_UNKNOWN ? delta : DELTA_UNKNOWN);
  }

  take(): Misses {
    const visit = this.#visit.take(), seq = this.#seq.take();
    const order = Uint32Array.from(visit, (_, index) => index).sort((a, b) => visit[a]! - visit[b]! || a - b);
    return { visit: order.map((at) => visit[at]!), seq: order.map((at) => seq[at]!), delta: Int32Array.from(order, (at) => this.#delta[at]!) };
  }
}
