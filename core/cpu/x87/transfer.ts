// Moving values: FLD, FST, FILD, FIST, FXCH, FCMOVcc, the constants, and what moves the stack alone. SDM 1 "Data Transfer Instructions".

import { difference } from '../../arch/vendor-differences.ts';
import { MEMORY, type Insn } from '../../isa/insn.ts';
import { differ } from '../differ.ts';
import { isCondition } from '../flags.ts';
import { DE, IE, OE, PE, ROUND_ZERO, UE, type Environment } from '../soft-float/environment.ts';
import { Float, QNAN, setIndefinite } from '../soft-float/float.ts';
import { DOUBLE, EXTENDED, packDouble, packSingle, SINGLE, unpackDouble, unpackSingle } from '../soft-float/formats.ts';
import { fromInteger, Integer, toInteger } from '../soft-float/integer.ts';
import { round } from '../soft-float/round.ts';
import type { Cpu } from '../state.ts';
import { begin, noteInstruction } from './available.ts';
import { passNan } from './nan.ts';
import { prepareStore, readOperandWords, storeWords, words } from './operand.ts';
import { copyRegister, isEmpty, moveTop, physicalOf, pop, push, readRegister, setEmpty, underflows, writeIndefinite, writeRaw, writeRegister } from './registers.ts';
import { C1, env, prepare, report } from './status.ts';

const D_LOAD = difference('x87-denormal-load'), D_ALIAS = difference('x87-store-alias');
const value = new Float(), integer = new Integer();

// SDM 2A "FLD—Load Floating Point Value"
function fld(cpu: Cpu, insn: Insn): void {
  if (!begin(cpu)) return;
  if (insn.destination.kind !== MEMORY) {
    noteInstruction(cpu, insn);
    loadRegister(cpu, insn.source.register);
    return;
  }
  readOperandWords(cpu, insn);
  if (insn.destination.sizeBits === 80) {
    if (push(cpu)) { report(cpu, 0, 0); writeRaw(cpu, 0, words[0]!, words[1]!, words[2]!); }
    return;
  }
  if (insn.destination.sizeBits === 32) unpackSingle(words[0]!, value);
  else unpackDouble(words, 0, value);
  loadValue(cpu, prepare(cpu));
}

function loadRegister(cpu: Cpu, from: number): void {
  const wasEmpty = isEmpty(cpu, from), at = physicalOf(cpu, from) << 2;
  if (wasEmpty) {
    // an overflow at the same time is not looked for
    if (!underflows(cpu)) return;
    moveTop(cpu, -1);
    writeIndefinite(cpu, 0);
  } else if (push(cpu)) {
    report(cpu, 0, 0);
    writeRaw(cpu, 0, cpu.x87[at]!, cpu.x87[at + 1]!, cpu.x87[at + 2]!);
  }
}

// A denormal operand is loaded whether its exception is masked or not; a signalling NaN is not when it is not.
function loadValue(cpu: Cpu, environment: Environment): void {
  if (!isEmpty(cpu, 7)) {
    push(cpu);
    return;
  }
  if (value.kind >= QNAN) passNan(environment, value);
  if (value.denormal !== 0) {
    environment.flags |= DE;
    if ((environment.masks & DE) === 0) differ(cpu, D_LOAD);
  }
  report(cpu, environment.flags, 0);
  if ((environment.flags & ~environment.masks & IE) !== 0) return;
  moveTop(cpu, -1);
  writeRegister(cpu, 0, value);
}

// SDM 2A "FILD—Load Integer"
function fild(cpu: Cpu, insn: Insn): void {
  if (!begin(cpu)) return;
  readOperandWords(cpu, insn);
  if (!push(cpu)) return;
  report(cpu, 0, 0);
  fromInteger(words[0]!, insn.destination.sizeBits === 64 ? words[1]! : (words[0]! | 0) >> 31, value);
  writeRegister(cpu, 0, value);
}

/** FST and FSTP: to memory in its format, or to a register as it is. SDM 2A "FST/FSTP—Store Floating Point Value". */
function store(times: 0 | 1): (cpu: Cpu, insn: Insn) => void {
  return (cpu, insn) => {
    if (!begin(cpu)) return;
    if (insn.destination.kind === MEMORY) {
      const offset = prepareStore(cpu, insn);
      if (!makeStored(cpu, insn.destination.sizeBits)) return;
      storeWords(cpu, insn, offset);
    } else {
      noteInstruction(cpu, insn);
      if (isEmpty(cpu, 0)) {
        if (!underflows(cpu)) return;
        writeIndefinite(cpu, insn.destination.register);
      } else {
        report(cpu, 0, 0);
        copyRegister(cpu, 0, insn.destination.register);
      }
    }
    if (times !== 0) pop(cpu);
  };
}

/** Puts ST0 into `words` in a format of 32, 64 or 80 bits; false when an unmasked exception keeps it from being stored. */
function makeStored(cpu: Cpu, bits: number): boolean {
  const environment = prepare(cpu);
  if (isEmpty(cpu, 0)) {
    if (!underflows(cpu)) return false;
    setIndefinite(value);
  } else if (bits === 80) {
    const at = physicalOf(cpu, 0) << 2;
    words.set(cpu.x87.subarray(at, at + 3));
    report(cpu, 0, 0);
    return true;
  } else {
    readRegister(cpu, 0, value);
    if (value.kind >= QNAN) passNan(environment, value);
    round(environment, value, bits === 32 ? SINGLE : DOUBLE);
    if ((environment.flags & ~environment.masks & (IE | OE | UE)) !== 0) {
      // nothing is stored, so nothing was inexact
      report(cpu, environment.flags & ~PE, 0);
      return false;
    }
    report(cpu, environment.flags, environment.roundedUp === 0 ? 0 : C1);
  }
  if (bits === 32) words[0] = packSingle(value);
  else if (bits === 64) packDouble(value, words, 0);
  else words.set([0, 0xc000_0000, 0xffff]);
  return true;
}

/** FIST, FISTP, and FISTTP which rounds toward zero. SDM 2A "FIST/FISTP—Store Integer". */
function storeInteger(times: 0 | 1, isTruncating: boolean): (cpu: Cpu, insn: Insn) => void {
  return (cpu, insn) => {
    if (!begin(cpu)) return;
    const offset = prepareStore(cpu, insn), bits = insn.destination.sizeBits === 16 ? 16 : insn.destination.sizeBits === 32 ? 32 : 64;
    const environment = prepare(cpu), wasEmpty = isEmpty(cpu, 0);
    if (isTruncating) environment.rounding = ROUND_ZERO;
    if (wasEmpty) {
      if (!underflows(cpu)) return;
      setIndefinite(value);
    } else readRegister(cpu, 0, value);
    toInteger(environment, value, bits, integer);
    if (!wasEmpty && report(cpu, environment.flags, environment.roundedUp === 0 ? 0 : C1) && (environment.flags & ~PE) !== 0) return;
    words[0] = integer.lo;
    words[1] = integer.hi;
    storeWords(cpu, insn, offset);
    if (times !== 0) pop(cpu);
  };
}

// SDM 2A "FXCH—Exchange Register Contents": an empty register becomes the indefinite first
function fxch(cpu: Cpu, insn: Insn): void {
  if (!begin(cpu)) return;
  noteInstruction(cpu, insn);
  const other = insn.source.register;
  if (isEmpty(cpu, 0) || isEmpty(cpu, other)) {
    if (!underflows(cpu)) return;
    if (isEmpty(cpu, 0)) writeIndefinite(cpu, 0);
    if (isEmpty(cpu, other)) writeIndefinite(cpu, other);
  } else report(cpu, 0, 0);
  const at = physicalOf(cpu, 0) << 2, low = cpu.x87[at]!, high = cpu.x87[at + 1]!, top = cpu.x87[at + 2]!;
  copyRegister(cpu, other, 0);
  writeRaw(cpu, other, low, high, top);
}

/** FCMOVcc. SDM 2A "FCMOVcc—Floating-Point Conditional Move": an empty register is an underflow even when nothing would be moved. */
function moveWhen(condition: number): (cpu: Cpu, insn: Insn) => void {
  return (cpu, insn) => {
    if (!begin(cpu)) return;
    noteInstruction(cpu, insn);
    const from = insn.source.register;
    if (isEmpty(cpu, 0) || isEmpty(cpu, from)) {
      if (underflows(cpu)) writeIndefinite(cpu, 0);
    } else if (isCondition(cpu, condition)) copyRegister(cpu, from, 0);
  };
}

// SDM 2A "FINCSTP—Increment Stack-Top Pointer", "FDECSTP—Decrement Stack-Top Pointer": tags stay
function rotate(step: number): (cpu: Cpu, insn: Insn) => void {
  return (cpu, insn) => {
    if (!begin(cpu)) return;
    noteInstruction(cpu, insn);
    moveTop(cpu, step);
    report(cpu, 0, 0);
  };
}

// FFREEP, undocumented, also pops. SDM 2A "FFREE—Free Floating-Point Register".
function free(times: 0 | 1): (cpu: Cpu, insn: Insn) => void {
  return (cpu, insn) => {
    if (!begin(cpu)) return;
    noteInstruction(cpu, insn);
    setEmpty(cpu, insn.destination.register);
    report(cpu, 0, 0);
    if (times !== 0) pop(cpu);
  };
}

// D9 D8+i, undocumented: FSTP that never sees an empty stack
function fstpnce(cpu: Cpu, insn: Insn): void {
  if (!begin(cpu)) return;
  noteInstruction(cpu, insn);
  report(cpu, 0, 0);
  if (isEmpty(cpu, 0)) differ(cpu, D_ALIAS);
  else copyRegister(cpu, 0, insn.destination.register);
  pop(cpu);
}

/** Loads a constant: 96 bits of significand, rounded by the rounding control. SDM 2A "FLD1/FLDL2T/FLDL2E/FLDPI/FLDLG2/FLDLN2/FLDZ—Load Constant". */
function constant(exponent: number, hi: number, lo: number, tail: number): (cpu: Cpu, insn: Insn) => void {
  return (cpu, insn) => {
    if (!begin(cpu)) return;
    noteInstruction(cpu, insn);
    if (!push(cpu)) return;
    report(cpu, 0, 0);
    Object.assign(value, { kind: 1, sign: 0, exponent, hi, lo, tail, denormal: 0 });
    round(prepare(cpu), value, EXTENDED);
    env.flags = 0;
    writeRegister(cpu, 0, value);
  };
}

function fldz(cpu: Cpu, insn: Insn): void {
  if (!begin(cpu)) return;
  noteInstruction(cpu, insn);
  if (!push(cpu)) return;
  report(cpu, 0, 0);
  writeRaw(cpu, 0, 0, 0, 0);
}

// conditions of the integer unit, SDM 2D "Encoding of Conditional Test (tttn) Field": 2 B, 4 E, 6 BE, 10 P; odd ones are their opposites
const BELOW = 2, EQUAL = 4, BELOW_OR_EQUAL = 6, UNORDERED = 10, NOT = 1;

export const X87_TRANSFER = {
  fld, fst: store(0), fstp: store(1), fild, fist: storeInteger(0, false), fistp: storeInteger(1, false), fisttp: storeInteger(1, true), fxch, fstpnce,
  fcmovb: moveWhen(BELOW), fcmove: moveWhen(EQUAL), fcmovbe: moveWhen(BELOW_OR_EQUAL), fcmovu: moveWhen(UNORDERED),
  fcmovnb: moveWhen(BELOW | NOT), fcmovne: moveWhen(EQUAL | NOT), fcmovnbe: moveWhen(BELOW_OR_EQUAL | NOT), fcmovnu: moveWhen(UNORDERED | NOT),
  fincstp: rotate(1), fdecstp: rotate(-1), ffree: free(0), ffreep: free(1),
  fld1: constant(0, 0x8000_0000, 0, 0), fldz, fldpi: constant(1, 0xc90f_daa2, 0x2168_c234, 0xc4c6_628b), fldl2t: constant(1, 0xd49a_784b, 0xcd1b_8afe, 0x492b_f6ff),
  fldl2e: constant(0, 0xb8aa_3b29, 0x5c17_f0bb, 0xbe87_fed0), fldlg2: constant(-2, 0x9a20_9a84, 0xfbcf_f798, 0x8f89_59ac), fldln2: constant(-1, 0xb172_17f7, 0xd1cf_79ab, 0xc9e3_b398),
};
