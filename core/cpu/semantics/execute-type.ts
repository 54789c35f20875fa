// The type of semantics functions and how one is chosen for an instruction. The functions are in the files beside, by topic of the manual.
import type { Insn } from '../../isa/insn.ts';
import type { Op } from '../../isa/opcode-index.ts';
import type { Cpu } from '../state.ts';

/**
 * Carries out one instruction. On entry `cpu.eip` is the next instruction and `cpu.instructionEip` this one. Throws Fault before
 * anything the guest can see has changed (finished iterations of a REP excepted), or Unsupported.
 */
export type Execute = (cpu: Cpu, insn: Insn) => void;

/** One function for all sizes, or one for each size of the first operand (without operands: the operand size). */
export type Semantics = Execute | { readonly byte: Execute; readonly word: Execute; readonly dword: Execute } | { readonly word: Execute; readonly dword: Execute };

/** Some rows of the dispatch table. */
export type SemanticsRows<Name extends Op> = Readonly<Record<Name, Semantics>>;
