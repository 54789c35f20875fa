// FPREM and FPREM1: the exact remainder, in steps of at most 63 bits of quotient, and FSCALE. SDM 2A "FPREM—Partial Remainder", "FPREM1—Partial Remainder".

import { difference } from '../../arch/vendor-differences.ts';
import type { Insn } from '../../isa/insn.ts';
import { differ } from '../differ.ts';
import { IE, type Environment } from '../soft-float/environment.ts';
import { copy, FINITE, Float, INFINITY, normalise, QNAN, setIndefinite, setSpecial, ZERO } from '../soft-float/float.ts';
import { EXTENDED } from '../soft-float/formats.ts';
import type { Cpu } from '../state.ts';
import { begin, noteInstruction } from './available.ts';
import { finish } from './finish.ts';
import { combineNans } from './nan.ts';
import { isEmpty, readRegister, underflows, writeIndefinite, writeRegister } from './registers.ts';
import { C0, C1, C2, C3, prepare, setCodes } from './status.ts';

const D_STEP = difference('x87-remainder-step');
const first = new Float(), second = new Float(), result = new Float();
const WORD = 0x1_0000_0000;
/** A quotient of so many bits or more is not finished in one step. */
const MOST_BITS = 64;
/** Behind every integer a significand can be; beyond it FSCALE cannot give anything but an overflow or an underflow. */
const SCALE_BITS = 16, SCALE_MOST = 0x1_0000;

/** Begins an instruction of ST0 and ST1 and takes them apart; false when it has ended. A stack underflow clears the condition codes `cleared`. */
function beginBinary(cpu: Cpu, insn: Insn, top: Float, next: Float, cleared: number): boolean {
  if (!begin(cpu)) return false;
  noteInstruction(cpu, insn);
  if (isEmpty(cpu, 0) || isEmpty(cpu, 1)) {
    setCodes(cpu, cleared, 0);
    if (underflows(cpu)) writeIndefinite(cpu, 0);
    return false;
  }
  readRegister(cpu, 0, top);
  readRegister(cpu, 1, next);
  return true;
}

function remainder(isNearest: boolean): (cpu: Cpu, insn: Insn) => void {
  return (cpu, insn) => {
    if (!beginBinary(cpu, insn, first, second, C2)) return;
    const env = prepare(cpu);
    quotientCodes = 0;
    if (first.kind >= QNAN || second.kind >= QNAN) combineNans(env, first, second, result);
    else remainderOf(env, isNearest);
    if ((quotientCodes & C2) !== 0) differ(cpu, D_STEP);
    const isStored = finish(cpu, env, result, first.denormal | second.denormal, EXTENDED);
    if (!isStored || result.kind >= QNAN) setCodes(cpu, C1 | C2, 0);
    else setCodes(cpu, C0 | C1 | C2 | C3, quotientCodes);
    if (isStored) writeRegister(cpu, 0, result);
  };
}

/** The condition codes of the remainder just made: C2 not finished, otherwise C0 C3 C1 are bits 2, 1, 0 of the quotient. */
let quotientCodes = 0;

function remainderOf(env: Environment, isNearest: boolean): void {
  if (first.kind === INFINITY || second.kind === ZERO) {
    env.flags |= IE;
    setIndefinite(result);
    return;
  }
  copy(first, result);
  if (first.kind === ZERO || second.kind === INFINITY) return;
  const difference = first.exponent - second.exponent;
  if (difference >= 0) divideDown(difference, isNearest);
  else if (isNearest && difference === -1) nearestOfSmaller();
}

// The dividend loses the divisor times the quotient's bits, from the front; the remainder is in units of the divisor's last bit.
function divideDown(difference: number, isNearest: boolean): void {
  const isDone = difference < MOST_BITS;
  const steps = isDone ? difference : (difference & 31) | 32;
  let { hi, lo } = first, quotient = 0;
  for (let step = 0; ; step += 1) {
    quotient = (quotient << 1) & 7;
    if (hi > second.hi || (hi === second.hi && lo >= second.lo)) {
      quotient |= 1;
      hi -= second.hi;
      lo -= second.lo;
      if (lo < 0) { lo += WORD; hi -= 1; }
    }
    if (step === steps) break;
    hi = hi * 2 + (lo >>> 31);
    lo = (lo << 1) >>> 0;
  }
  if (isDone && isNearest && isAboveHalf(hi, lo, quotient)) {
    hi = second.hi - hi;
    lo = second.lo - lo;
    if (lo < 0) { lo += WORD; hi -= 1; }
    result.sign ^= 1;
    quotient += 1;
  }
  result.exponent = second.exponent + difference - steps;
  takeRemainder(hi, lo);
  quotientCodes = isDone ? codesOf(quotient) : C2;
}

// a zero keeps the sign of the dividend
function takeRemainder(hi: number, lo: number): void {
  result.hi = hi;
  result.lo = lo;
  if (hi === 0 && lo === 0) result.sign = first.sign;
  normalise(result);
}

function isAboveHalf(hi: number, lo: number, quotient: number): boolean {
  const twiceHi = hi * 2 + (lo >>> 31), twiceLo = (lo << 1) >>> 0;
  if (twiceHi === second.hi && twiceLo === second.lo) return (quotient & 1) !== 0;
  return twiceHi > second.hi || (twiceHi === second.hi && twiceLo > second.lo);
}

// The dividend is less than the divisor and more than a quarter of it: FPREM1 takes it once when more than half. Twice the divisor less the dividend fits.
function nearestOfSmaller(): void {
  if (first.hi < second.hi || (first.hi === second.hi && first.lo <= second.lo)) return;
  let lo = ((second.lo << 1) >>> 0) - first.lo, hi = second.hi * 2 + (second.lo >>> 31) - first.hi;
  if (lo < 0) { lo += WORD; hi -= 1; }
  result.sign ^= 1;
  takeRemainder(hi, lo);
  quotientCodes = codesOf(1);
}

const codesOf = (quotient: number): number => ((quotient & 4) === 0 ? 0 : C0) | ((quotient & 2) === 0 ? 0 : C3) | ((quotient & 1) === 0 ? 0 : C1);

// SDM 2A "FSCALE—Scale": ST0 times 2 to the power of ST1 without its fraction
function fscale(cpu: Cpu, insn: Insn): void {
  if (!beginBinary(cpu, insn, first, second, 0)) return;
  const env = prepare(cpu);
  if (first.kind >= QNAN || second.kind >= QNAN) combineNans(env, first, second, result);
  else scale(env);
  if (finish(cpu, env, result, first.denormal | second.denormal, EXTENDED)) writeRegister(cpu, 0, result);
}

// SDM 2A "Table 3-28. FSCALE Results"
function scale(env: Environment): void {
  copy(first, result);
  if (second.kind === INFINITY) {
    const isInvalid = second.sign === 0 ? first.kind === ZERO : first.kind === INFINITY;
    if (isInvalid) {
      env.flags |= IE;
      setIndefinite(result);
    } else setSpecial(result, second.sign === 0 ? INFINITY : ZERO, first.sign);
  } else if (first.kind === FINITE && second.kind === FINITE) {
    const steps = second.exponent < 0 ? 0 : second.exponent >= SCALE_BITS ? SCALE_MOST : second.hi >>> (31 - second.exponent);
    result.exponent += second.sign === 0 ? steps : -steps;
  }
}

export const X87_REMAINDER = { fprem: remainder(false), fprem1: remainder(true), fscale };
