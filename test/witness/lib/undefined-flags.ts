// The status flags an instruction leaves undefined, from its page in SDM 2 ("Flags Affected"). Emulators and processors differ there,
// so they are not compared. Everything not listed defines all it changes.

import type { Insn } from '../../../core/isa/insn.ts';
import type { Op } from '../../../core/isa/opcode-index.ts';

const CF = 1, PF = 4, AF = 16, ZF = 64, SF = 128, OF = 0x800;

/** What holds whatever the operands are. Titles of SDM 2 beside them. */
const ALWAYS: Partial<Readonly<Record<Op, number>>> = {
  and: AF, or: AF, xor: AF, test: AF, // "AND—Logical AND", "OR", "XOR", "TEST": AF is undefined
  mul: SF | ZF | AF | PF, imul: SF | ZF | AF | PF, imulAccumulator: SF | ZF | AF | PF, // "MUL—Unsigned Multiply", "IMUL—Signed Multiply"
  div: CF | OF | SF | ZF | AF | PF, idiv: CF | OF | SF | ZF | AF | PF, // "DIV—Unsigned Divide", "IDIV—Signed Divide"
  aaa: OF | SF | ZF | PF, aas: OF | SF | ZF | PF, // "AAA—ASCII Adjust After Addition", "AAS"
  aam: OF | AF | CF, aad: OF | AF | CF, daa: OF, das: OF, // "AAM", "AAD", "DAA—Decimal Adjust AL After Addition", "DAS"
  bt: OF | SF | AF | PF, bts: OF | SF | AF | PF, btr: OF | SF | AF | PF, btc: OF | SF | AF | PF, // "BT—Bit Test": ZF is unaffected
  bsf: CF | OF | SF | AF | PF, bsr: CF | OF | SF | AF | PF, // "BSF—Bit Scan Forward", "BSR"
};

/**
 * The undefined flags of an instruction. `count` is the unmasked shift count, or null when it is not known: then every flag that may be
 * undefined is.
 */
export function undefinedFlags(insn: Insn, count: number | null): number {
  switch (insn.op) {
    case 'rol': case 'ror': case 'rcl': case 'rcr': case 'shl': case 'shr': case 'sar': case 'shld': case 'shrd': return ofShift(insn, count === null ? null : count & 31);
    default: return ALWAYS[insn.op] ?? 0;
  }
}

// "SAL/SAR/SHL/SHR—Shift": OF is defined for 1-bit shifts only, AF never for a count other than 0, CF not for SHL and SHR by the operand's
// size or more. "RCL/RCR/ROL/ROR—Rotate": OF alone, likewise. "SHLD", "SHRD": as shifts; a count above the size leaves everything undefined.
function ofShift(insn: Insn, count: number | null): number {
  if (count === 0) return 0;
  const overflow = count === 1 ? 0 : OF;
  switch (insn.op) {
    case 'rol': case 'ror': case 'rcl': case 'rcr': return overflow;
    case 'shl': case 'shr': return overflow | AF | (count === null || count >= insn.destination.sizeBits ? CF : 0);
    default: return overflow | AF;
  }
}
