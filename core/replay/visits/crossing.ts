// What a transition's row says of the kernel stack: whether it enters or leaves, and where its frame lies. Addresses are numbers with
// bit 63 as their sign, so that canonical addresses of either half are exact.

import { EFLAGS_NT } from '../../arch/flags.ts';
import { highWordOf, isPresent, isUnknown, wordOf, type Row } from '../../event/draft.ts';
import { codeOf, SLOT_NAMES, VIAS, type Via } from '../../event/kinds.ts';
import { handleOf } from '../../event/schema.ts';
import { USER_FLAGS } from './user-flags.ts';

const handle = (path: string): number => handleOf('transition', path);
const VIA = handle('via'), VECTOR = handle('vector'), FROM_CPL = handle('from.cpl'), TO_CPL = handle('to.cpl'), FROM_SP = handle('from.sp'), TO_SP = handle('to.sp'), FROM_FLAGS = handle('from.flags'), TO_FLAGS = handle('to.flags');
const FRAME_LINEAR = handle('frame.linear'), FRAME_WIDTH = handle('frame.width'), FRAME_SLOTS = handle('frame.slots');
const ERROR_CODE = codeOf(SLOT_NAMES, 'error-code');
const SLOT_WORDS = 3;

/** How a transition matters to visits. Fast calls push no frame; a `task` decides by the task registers. */
type Role = 'enter' | 'enter-fast' | 'leave' | 'leave-fast' | 'task' | 'unknown' | 'none';
const ROLES: Readonly<Record<Via, Role>> = {
  'int': 'enter', 'exception': 'enter', 'interrupt': 'enter', 'nmi': 'enter', 'call-gate': 'enter', 'smi': 'enter', 'sysenter': 'enter-fast', 'syscall': 'enter-fast',
  'iret': 'leave', 'far-return': 'leave', 'rsm': 'leave', 'sysexit': 'leave-fast', 'sysret': 'leave-fast', 'task-switch': 'task', 'unknown': 'unknown',
  'far-call': 'none', 'far-jump': 'none',
};
const ROLE_OF: readonly Role[] = VIAS.map((via) => ROLES[via]);
const CALL_GATE = codeOf(VIAS, 'call-gate');

/** A transition as the pairing sees it. Reused: read what is needed before the next one. */
export class Crossing {
  role: Role = 'none';
  via = 0;
  /** -1 without one. */
  vector = -1;
  /** Ring before and after; -1 where nobody knows. */
  fromRing = -1;
  toRing = -1;
  /** Stack pointer before and after; NaN where nobody knows. */
  fromSp = NaN;
  toSp = NaN;
  /** Where the part of the frame lies that a return consumes, and where the frame ends (above it); NaN without a frame. */
  frame = NaN;
  frameEnd = NaN;
  /** True when a task switch leaves the old task waiting for the new one: by an interrupt, or by CALL, which sets NT. SDM 3A "Task Linking". */
  nestsTask = false;
  /** Bytes of the error code below `frame`, 0 without one. */
  codeBytes = 0;
  /** Flags set outside the kernel and still set inside: a bit for each of USER_FLAGS. */
  survivors = 0;

  /** Reads a transition's row. */
  read(row: Row): this {
    this.via = wordOf(row, VIA);
    this.role = ROLE_OF[this.via] ?? 'none';
    this.vector = isKnown(row, VECTOR) ? wordOf(row, VECTOR) : -1;
    this.fromRing = isKnown(row, FROM_CPL) ? wordOf(row, FROM_CPL) : -1;
    this.toRing = isKnown(row, TO_CPL) ? wordOf(row, TO_CPL) : -1;
    this.fromSp = addressIn(row, FROM_SP);
    this.toSp = addressIn(row, TO_SP);
    this.nestsTask = this.vector >= 0 || (isKnown(row, TO_FLAGS) && (wordOf(row, TO_FLAGS) & EFLAGS_NT) !== 0);
    // a call gate within a ring comes back by a plain RETF, which is no event: no visit can be made of it
    if (this.via === CALL_GATE && this.fromRing <= this.toRing) this.role = 'none';
    this.#readFrame(row);
    this.survivors = this.isFromOuterRing && isKnown(row, FROM_FLAGS) && isKnown(row, TO_FLAGS) ? survivorsOf(wordOf(row, FROM_FLAGS) & wordOf(row, TO_FLAGS)) : 0;
    return this;
  }

  /** True when it comes from a less privileged ring: the kernel stack begins anew. */
  get isFromOuterRing(): boolean {
    return this.fromRing > (this.toRing < 0 ? 0 : this.toRing);
  }

  #readFrame(row: Row): void {
    this.frame = this.frameEnd = addressIn(row, FRAME_LINEAR);
    this.codeBytes = 0;
    if (Number.isNaN(this.frame)) return;
    const width = isKnown(row, FRAME_WIDTH) ? wordOf(row, FRAME_WIDTH) : 0;
    const at = isKnown(row, FRAME_SLOTS) ? wordOf(row, FRAME_SLOTS) : row.heapLength;
    const slots = at < row.heapLength ? Math.min(row.heap[at]!, Math.floor((row.heapLength - at - 1) / SLOT_WORDS)) : 0;
    if (slots > 0 && row.heap[at + 1] === ERROR_CODE) this.codeBytes = width;
    this.frameEnd = this.frame + width * slots;
    this.frame += this.codeBytes;
  }
}

function survivorsOf(both: number): number {
  return USER_FLAGS.reduce((bits, { mask }, index) => ((both & mask) === 0 ? bits : bits | (1 << index)), 0);
}

function isKnown(row: Row, field: number): boolean {
  return isPresent(row, field) && !isUnknown(row, field);
}

function addressIn(row: Row, field: number): number {
  return isKnown(row, field) ? (highWordOf(row, field) | 0) * 0x1_0000_0000 + wordOf(row, field) : NaN;
}

/** The address as 64 bits. */
export function addressBits(address: number): bigint {
  return BigInt.asUintN(64, BigInt(address));
}
