// Comparisons: into the condition codes (FCOM, FUCOM, FTST, FICOM) or into EFLAGS (FCOMI, FUCOMI). SDM 1 "Comparison and Classification Instructions".

import { difference } from '../../arch/vendor-differences.ts';
import { MEMORY, X87_REGISTER, type Insn } from '../../isa/insn.ts';
import { differ } from '../differ.ts';
import { FLAG_CF, FLAG_PF, FLAG_ZF, writeStatusFlags } from '../flags.ts';
import { compare, EQUAL, GREATER, LESS } from '../soft-float/compare.ts';
import { DE, IE } from '../soft-float/environment.ts';
import { Float, QNAN, setSpecial, SNAN, ZERO } from '../soft-float/float.ts';
import { unpackDouble, unpackSingle } from '../soft-float/formats.ts';
import { fromInteger } from '../soft-float/integer.ts';
import type { Cpu } from '../state.ts';
import { begin, noteInstruction } from './available.ts';
import { readOperandWords, words } from './operand.ts';
import { isEmpty, popTimes, readRegister, underflows } from './registers.ts';
import { C0, C1, C2, C3, prepare, report, setCodes } from './status.ts';

const D_DIRECTION = difference('x87-compare-direction');
const first = new Float(), second = new Float();

/** An ordered comparison takes a quiet NaN for an invalid operand, an unordered one does not. */
interface Form { readonly isOrdered: boolean; readonly isInteger: boolean; readonly toFlags: boolean; readonly times: 0 | 1 | 2 }

function comparison(form: Form): (cpu: Cpu, insn: Insn) => void {
  return (cpu, insn) => {
    if (!begin(cpu)) return;
    if (form.toFlags && (cpu.fpuStatus & C1) !== 0) differ(cpu, D_DIRECTION);
    if (insn.destination.kind === MEMORY) {
      readOperandWords(cpu, insn);
      compareWith(cpu, form, -1, insn.destination.sizeBits);
    } else {
      noteInstruction(cpu, insn);
      compareWith(cpu, form, otherRegister(insn), 0);
    }
  };
}

// FCOMPP and FUCOMPP name none: ST1
function otherRegister({ destination, source }: Insn): number {
  if (source.kind === X87_REGISTER) return source.register;
  return destination.kind === X87_REGISTER ? destination.register : 1;
}

/** Compares ST0 with ST(from), or, when that is -1, with the operand of `bits` bits in `words`. Unmasked exceptions leave the stack, not the codes. */
function compareWith(cpu: Cpu, form: Form, from: number, bits: number): void {
  if (isEmpty(cpu, 0) || (from >= 0 && isEmpty(cpu, from))) {
    const isMasked = underflows(cpu);
    give(cpu, form, UNORDERED_CODES);
    if (isMasked) popTimes(cpu, form.times);
    return;
  }
  readRegister(cpu, 0, first);
  if (from >= 0) readRegister(cpu, from, second);
  else if (form.isInteger) fromInteger(words[0]!, (words[0]! | 0) >> 31, second);
  else if (bits === 32) unpackSingle(words[0]!, second);
  else unpackDouble(words, 0, second);
  finish(cpu, form);
}

function finish(cpu: Cpu, form: Form): void {
  const env = prepare(cpu), invalid = form.isOrdered ? QNAN : SNAN;
  if (first.kind >= invalid || second.kind >= invalid) env.flags |= IE;
  else if ((first.denormal | second.denormal) !== 0 && first.kind < QNAN && second.kind < QNAN) env.flags |= DE;
  const isUnmasked = report(cpu, env.flags, 0);
  give(cpu, form, codesOf(compare(first, second)));
  if (!isUnmasked) popTimes(cpu, form.times);
}

const UNORDERED_CODES = C3 | C2 | C0;

function codesOf(relation: number): number {
  switch (relation) {
    case GREATER: return 0;
    case LESS: return C0;
    case EQUAL: return C3;
    default: return UNORDERED_CODES;
  }
}

// ZF PF CF stand for C3 C2 C0; OF, SF and AF become 0. SDM 2A "FCOMI/FCOMIP/FUCOMI/FUCOMIP—Compare Floating Point Values and Set EFLAGS".
function give(cpu: Cpu, form: Form, codes: number): void {
  if (!form.toFlags) setCodes(cpu, UNORDERED_CODES, codes);
  else writeStatusFlags(cpu, ((codes & C3) === 0 ? 0 : FLAG_ZF) | ((codes & C2) === 0 ? 0 : FLAG_PF) | ((codes & C0) === 0 ? 0 : FLAG_CF));
}

// SDM 2A "FTST—TEST": with +0
function ftst(cpu: Cpu, insn: Insn): void {
  if (!begin(cpu)) return;
  noteInstruction(cpu, insn);
  if (isEmpty(cpu, 0)) {
    underflows(cpu);
    setCodes(cpu, UNORDERED_CODES, UNORDERED_CODES);
    return;
  }
  readRegister(cpu, 0, first);
  setSpecial(second, ZERO, 0);
  finish(cpu, ORDERED);
}

const ORDERED: Form = { isOrdered: true, isInteger: false, toFlags: false, times: 0 };
const form = (change: Partial<Form> = {}): ((cpu: Cpu, insn: Insn) => void) => comparison({ ...ORDERED, ...change });
const UNORDERED = { isOrdered: false }, FLAGS = { toFlags: true };

export const X87_COMPARE = {
  ftst, fcom: form(), fcomp: form({ times: 1 }), fcompp: form({ times: 2 }), ficom: form({ isInteger: true }), ficomp: form({ isInteger: true, times: 1 }),
  fucom: form(UNORDERED), fucomp: form({ ...UNORDERED, times: 1 }), fucompp: form({ ...UNORDERED, times: 2 }),
  fcomi: form(FLAGS), fcomip: form({ ...FLAGS, times: 1 }), fucomi: form({ ...FLAGS, ...UNORDERED }), fucomip: form({ ...FLAGS, ...UNORDERED, times: 1 }),
};
