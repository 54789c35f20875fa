// Instructions of ST0 alone that need no series: FABS, FCHS, FSQRT, FRNDINT, FXAM, FXTRACT. SDM 1 "Basic Arithmetic Instructions".

import type { Insn } from '../../isa/insn.ts';
import { DE, IE, ZE, type Environment } from '../soft-float/environment.ts';
import { copy, FINITE, Float, INFINITY, QNAN, setSpecial, UNSUPPORTED, ZERO } from '../soft-float/float.ts';
import { EXTENDED } from '../soft-float/formats.ts';
import { fromInteger, roundToIntegral } from '../soft-float/integer.ts';
import { squareRoot } from '../soft-float/square-root.ts';
import type { Cpu } from '../state.ts';
import { begin, noteInstruction } from './available.ts';
import { finish } from './finish.ts';
import { passNan } from './nan.ts';
import { isEmpty, moveTop, physicalOf, readRegister, underflows, writeIndefinite, writeRegister } from './registers.ts';
import { C0, C1, C2, C3, CONDITION_CODES, precisionOf, prepare, report, setCodes, SF } from './status.ts';

const value = new Float(), exponent = new Float();
const SIGN = 0x8000;

/** Begins an instruction of ST0 and takes ST0 apart into `out`; false when it has ended: an error waits, or the stack is empty. */
export function beginUnary(cpu: Cpu, insn: Insn, out: Float): boolean {
  if (!begin(cpu)) return false;
  noteInstruction(cpu, insn);
  if (!isEmpty(cpu, 0)) {
    readRegister(cpu, 0, out);
    return true;
  }
  if (underflows(cpu)) writeIndefinite(cpu, 0);
  return false;
}

// SDM 2A "FABS—Absolute Value", "FCHS—Change Sign": a bit, whatever the register holds
function changeSign(change: (top: number) => number): (cpu: Cpu, insn: Insn) => void {
  return (cpu, insn) => {
    if (!beginUnary(cpu, insn, value)) return;
    const at = (physicalOf(cpu, 0) << 2) + 2;
    cpu.x87[at] = change(cpu.x87[at]!);
    report(cpu, 0, 0);
  };
}

// SDM 2A "FSQRT—Square Root": obeys the precision control
function fsqrt(cpu: Cpu, insn: Insn): void {
  if (!beginUnary(cpu, insn, value)) return;
  const env = prepare(cpu), { denormal } = value;
  if (value.kind >= QNAN) passNan(env, value);
  else squareRoot(env, value, value);
  if (finish(cpu, env, value, denormal, precisionOf(cpu))) writeRegister(cpu, 0, value);
}

// SDM 2A "FRNDINT—Round to Integer"
function frndint(cpu: Cpu, insn: Insn): void {
  if (!beginUnary(cpu, insn, value)) return;
  const env = prepare(cpu);
  if (value.kind >= QNAN) passNan(env, value);
  else if (value.denormal !== 0) env.flags |= DE;
  if ((env.flags & ~env.masks) !== 0) {
    report(cpu, env.flags, 0);
    return;
  }
  roundToIntegral(env, value);
  report(cpu, env.flags, env.roundedUp === 0 ? 0 : C1);
  writeRegister(cpu, 0, value);
}

// SDM 2A "FXAM—Examine Floating-Point": C1 is the sign, of an empty register, too
function fxam(cpu: Cpu, insn: Insn): void {
  if (!begin(cpu)) return;
  noteInstruction(cpu, insn);
  readRegister(cpu, 0, value);
  const sign = (cpu.x87[(physicalOf(cpu, 0) << 2) + 2]! & SIGN) === 0 ? 0 : C1;
  setCodes(cpu, CONDITION_CODES, sign | (isEmpty(cpu, 0) ? C3 | C0 : classOf(value)));
}

function classOf({ kind, denormal }: Float): number {
  switch (kind) {
    case ZERO: return C3;
    case FINITE: return denormal === 0 ? C2 : C3 | C2;
    case INFINITY: return C2 | C0;
    case UNSUPPORTED: return 0;
    default: return C0;
  }
}

// SDM 2A "FXTRACT—Extract Exponent and Significand": ST0 becomes the exponent, the significand is pushed
function fxtract(cpu: Cpu, insn: Insn): void {
  if (!begin(cpu)) return;
  noteInstruction(cpu, insn);
  if (isEmpty(cpu, 0)) {
    if (!underflows(cpu)) return;
    writeIndefinite(cpu, 0);
    moveTop(cpu, -1);
    writeIndefinite(cpu, 0);
    return;
  }
  readRegister(cpu, 0, value);
  const env = prepare(cpu), { denormal } = value;
  if (!isEmpty(cpu, 7)) {
    overflowBeside(cpu);
    return;
  }
  extract(env);
  if (!finish(cpu, env, exponent, denormal, EXTENDED)) return;
  writeRegister(cpu, 0, exponent);
  moveTop(cpu, -1);
  writeRegister(cpu, 0, value);
}

/** The stack overflow of an instruction that replaces ST0 and pushes a second result: masked, both are the indefinite. */
export function overflowBeside(cpu: Cpu): void {
  if (report(cpu, IE | SF, C1)) return;
  writeIndefinite(cpu, 0);
  moveTop(cpu, -1);
  writeIndefinite(cpu, 0);
}

// value becomes the significand
function extract(env: Environment): void {
  if (value.kind >= QNAN) {
    passNan(env, value);
    copy(value, exponent);
  } else if (value.kind === ZERO) {
    env.flags |= ZE;
    setSpecial(exponent, INFINITY, 1);
  } else if (value.kind === INFINITY) setSpecial(exponent, INFINITY, 0);
  else {
    fromInteger(value.exponent, value.exponent >> 31, exponent);
    value.exponent = 0;
  }
}

export const X87_UNARY = { fabs: changeSign((top) => top & ~SIGN), fchs: changeSign((top) => top ^ SIGN), fsqrt, frndint, fxam, fxtract };
