// The manual's operand letters (SDM 2D "Codes for Addressing Method" and "Codes for Operand Type") as data:
// 'Ev' becomes { method: 'E', size: 'v' }. Decoded operands are in insn.ts.
//
//   E  ModRM.rm: general register or memory    G  ModRM.reg: general register      M  memory only       R  ModRM.rm, register only
//   Z  register in the low three opcode bits   I  immediate                        J  relative offset   O  offset without ModRM
//   A  far pointer in the instruction          S  segment register                 C  control register  D  debug register  T  test register
//   X  DS:rSI   Y  ES:rDI                      P  MMX register   Q  MMX or memory  N  ModRM.rm MMX      V W U  the same for XMM
//   F  x87: ST(i), i in ModRM.rm               fixed: AL CL DX rAX eAX 1 ES CS SS DS FS GS ST0
//   sizes: b w d q t(80 bits) dq(128)   v 16, 32 or 64   z 16 or 32   y 32 or 64   p far pointer   s table register   a pair of v
//          bs  byte, sign-extended to the operand size   none: memory without a size (LEA, FXSAVE)

/** Where an operand is encoded: the manual's capital letter, or a register that the opcode implies. */
export type OperandMethod = 'E' | 'G' | 'M' | 'R' | 'Z' | 'I' | 'J' | 'O' | 'A' | 'S' | 'C' | 'D' | 'T' | 'X' | 'Y' | 'P' | 'Q' | 'N' | 'V' | 'W' | 'U' | 'F' | 'fixed' | 'one';
/** How wide an operand is: the manual's small letters. */
export type OperandSizeCode = 'b' | 'w' | 'd' | 'q' | 't' | 'dq' | 'v' | 'z' | 'y' | 'p' | 's' | 'a' | 'bs' | 'none';

/** One operand of a row. `register` and `bank` only for fixed registers. */
export interface OperandLetters {
  readonly method: OperandMethod;
  readonly size: OperandSizeCode;
  readonly bank: 'general' | 'segment' | 'x87';
  readonly register: number;
}

const FIXED: Readonly<Record<string, OperandLetters>> = {
  AL: { method: 'fixed', size: 'b', bank: 'general', register: 0 },
  CL: { method: 'fixed', size: 'b', bank: 'general', register: 1 },
  DX: { method: 'fixed', size: 'w', bank: 'general', register: 2 },
  AX: { method: 'fixed', size: 'w', bank: 'general', register: 0 },
  rAX: { method: 'fixed', size: 'v', bank: 'general', register: 0 },
  eAX: { method: 'fixed', size: 'z', bank: 'general', register: 0 },
  ES: { method: 'fixed', size: 'w', bank: 'segment', register: 0 },
  CS: { method: 'fixed', size: 'w', bank: 'segment', register: 1 },
  SS: { method: 'fixed', size: 'w', bank: 'segment', register: 2 },
  DS: { method: 'fixed', size: 'w', bank: 'segment', register: 3 },
  FS: { method: 'fixed', size: 'w', bank: 'segment', register: 4 },
  GS: { method: 'fixed', size: 'w', bank: 'segment', register: 5 },
  ST0: { method: 'fixed', size: 't', bank: 'x87', register: 0 },
  '1': { method: 'one', size: 'b', bank: 'general', register: 0 },
};
const METHODS: readonly OperandMethod[] = ['E', 'G', 'M', 'R', 'Z', 'I', 'J', 'O', 'A', 'S', 'C', 'D', 'T', 'X', 'Y', 'P', 'Q', 'N', 'V', 'W', 'U', 'F'];
const SIZES: readonly OperandSizeCode[] = ['b', 'w', 'd', 'q', 't', 'dq', 'v', 'z', 'y', 'p', 's', 'a', 'bs'];

/** Reads an operand column such as `Ev,Gv,Ib`. Throws on letters that do not exist: a mistake in the table. */
export function parseOperands(text: string): readonly OperandLetters[] {
  return text === '' ? [] : text.split(',').map(parseOperand);
}

function parseOperand(text: string): OperandLetters {
  const fixed = FIXED[text];
  if (fixed !== undefined) return fixed;
  const method = METHODS.find((letter) => letter === text[0]);
  const size = text.length === 1 ? 'none' : SIZES.find((code) => code === text.slice(1));
  if (method === undefined || size === undefined) throw new Error(`internal error: no operand ${text}`);
  return { method, size, bank: method === 'F' ? 'x87' : 'general', register: 0 };
}
