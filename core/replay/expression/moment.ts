// Between two events there is no row: an `exec` breakpoint is decided on the registers alone, through a row of no kind.

import { registerOffset } from '../../arch/register-file.ts';
import { EventDraft, type Row } from '../../event/draft.ts';
import { codeOf, MODES } from '../../event/kinds.ts';

/** The bit that stands for "an instruction boundary, no event" beside the kind bits. */
export const NO_KIND = 1 << 30;

const empty = new EventDraft();
empty.kind = -1;
/** A row without kind and fields: every event test answers no, every event field is absent. */
export const NO_ROW: Row = empty;

const CR0 = registerOffset('cr0'), FLAGS = registerOffset('rflags'), EFER = registerOffset('efer');
const CS_RIGHTS = registerOffset('cs.rights'), CS_BASE = registerOffset('cs.base'), RIP = registerOffset('rip');
const CR0_PE = 1, FLAGS_VM = 1 << 17, EFER_LMA = 1 << 10, RIGHTS_L = 1 << 13;

/** Code in MODES of the mode these registers stand for. SDM 3A "Modes of Operation". */
export function modeOf(registers: Uint32Array): number {
  if ((registers[CR0]! & CR0_PE) === 0) return codeOf(MODES, 'real');
  if ((registers[EFER]! & EFER_LMA) !== 0) return codeOf(MODES, (registers[CS_RIGHTS]! & RIGHTS_L) !== 0 ? 'long' : 'compat');
  return codeOf(MODES, (registers[FLAGS]! & FLAGS_VM) !== 0 ? 'v86' : 'protected');
}

/** Linear address of the next instruction. 64-bit mode ignores the base; there it may leave the 53 bits of a number and is rounded. */
export function linearOfNext(registers: Uint32Array): number {
  if (modeOf(registers) === codeOf(MODES, 'long')) return registers[RIP + 1]! * 0x1_0000_0000 + registers[RIP]!;
  return (registers[CS_BASE]! + registers[RIP]!) >>> 0;
}
