// FADD, FSUB, FMUL, FDIV and their reversed, integer and popping forms. SDM 1 "Basic Arithmetic Instructions".

import { MEMORY, type Insn } from '../../isa/insn.ts';
import { add, subtract } from '../soft-float/add.ts';
import { divide } from '../soft-float/divide.ts';
import type { Environment } from '../soft-float/environment.ts';
import { Float, QNAN } from '../soft-float/float.ts';
import { unpackDouble, unpackSingle } from '../soft-float/formats.ts';
import { fromInteger } from '../soft-float/integer.ts';
import { multiply } from '../soft-float/multiply.ts';
import type { Cpu } from '../state.ts';
import { begin, noteInstruction } from './available.ts';
import { finish } from './finish.ts';
import { combineNans } from './nan.ts';
import { readOperandWords, words } from './operand.ts';
import { isEmpty, pop, readRegister, underflows, writeIndefinite, writeRegister } from './registers.ts';
import { precisionOf, prepare } from './status.ts';

/** out = a operation b; `out` is neither. */
export type BinaryOperation = (env: Environment, a: Float, b: Float, out: Float) => void;

const first = new Float(), second = new Float(), result = new Float();

/** How an instruction takes its operands: integers in memory, the source first, a pop behind it. */
interface Form { readonly operation: BinaryOperation; readonly isInteger: boolean; readonly isReversed: boolean; readonly pops: boolean }

/** Semantics of one mnemonic, for memory operands and for register ones. */
function arithmetic(form: Form): (cpu: Cpu, insn: Insn) => void {
  return (cpu, insn) => {
    if (!begin(cpu)) return;
    if (insn.destination.kind === MEMORY) {
      readOperandWords(cpu, insn);
      compute(cpu, form, 0, -1, insn.destination.sizeBits);
    } else {
      noteInstruction(cpu, insn);
      compute(cpu, form, insn.destination.register, insn.source.register, 0);
    }
  };
}

/** DEST <- DEST op SRC in the stack. `from` is -1 when the source is the operand of `bits` bits in `words`. */
function compute(cpu: Cpu, form: Form, to: number, from: number, bits: number): void {
  if (isEmpty(cpu, to) || (from >= 0 && isEmpty(cpu, from))) {
    if (!underflows(cpu)) return;
    writeIndefinite(cpu, to);
  } else {
    readRegister(cpu, to, first);
    if (from >= 0) readRegister(cpu, from, second);
    else takeOperand(form.isInteger, bits);
    const isStored = form.isReversed ? operate(cpu, form.operation, second, first) : operate(cpu, form.operation, first, second);
    if (!isStored) return;
    writeRegister(cpu, to, result);
  }
  if (form.pops) pop(cpu);
}

function takeOperand(isInteger: boolean, bits: number): void {
  if (isInteger) fromInteger(words[0]!, (words[0]! | 0) >> 31, second);
  else if (bits === 32) unpackSingle(words[0]!, second);
  else unpackDouble(words, 0, second);
}

/** Makes `result` of an operation of two operands; false when an unmasked exception keeps it from being stored. */
function operate(cpu: Cpu, operation: BinaryOperation, a: Float, b: Float): boolean {
  const env = prepare(cpu);
  if (a.kind >= QNAN || b.kind >= QNAN) combineNans(env, a, b, result);
  else operation(env, a, b, result);
  return finish(cpu, env, result, a.denormal | b.denormal, precisionOf(cpu));
}

const form = (operation: BinaryOperation, change: Partial<Form> = {}): ((cpu: Cpu, insn: Insn) => void) => arithmetic({ operation, isInteger: false, isReversed: false, pops: false, ...change });
const POP = { pops: true }, REVERSED = { isReversed: true }, INTEGER = { isInteger: true };

export const X87_ARITHMETIC = {
  fadd: form(add), faddp: form(add, POP), fiadd: form(add, INTEGER),
  fmul: form(multiply), fmulp: form(multiply, POP), fimul: form(multiply, INTEGER),
  fsub: form(subtract), fsubp: form(subtract, POP), fisub: form(subtract, INTEGER),
  fsubr: form(subtract, REVERSED), fsubrp: form(subtract, { ...REVERSED, ...POP }), fisubr: form(subtract, { ...REVERSED, ...INTEGER }),
  fdiv: form(divide), fdivp: form(divide, POP), fidiv: form(divide, INTEGER),
  fdivr: form(divide, REVERSED), fdivrp: form(divide, { ...REVERSED, ...POP }), fidivr: form(divide, { ...REVERSED, ...INTEGER }),
};
