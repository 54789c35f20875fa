// F2XM1, FYL2X, FYL2XP1, FPATAN: exponential, logarithm and arctangent. Special operands by the manual's tables; the rest in fixed-point.ts,
// rounded once, so within 1 ulp whatever the rounding mode. FSIN and its relatives: trigonometric.ts. SDM 1 "Logarithmic, Exponential, and Scale".

import { difference } from '../../arch/vendor-differences.ts';
import type { Insn } from '../../isa/insn.ts';
import { differ } from '../differ.ts';
import { divide } from '../soft-float/divide.ts';
import { IE, PE, ZE, type Environment } from '../soft-float/environment.ts';
import { copy, FINITE, Float, INFINITY, QNAN, setIndefinite, setSpecial, ZERO } from '../soft-float/float.ts';
import { EXTENDED } from '../soft-float/formats.ts';
import type { Cpu } from '../state.ts';
import { begin, noteInstruction } from './available.ts';
import { finish } from './finish.ts';
import { arctan, decrease, divideFixed, exponentialLessOne, FRACTION, fromDigits, LN2, LOG2E, multiplyFixed, ONE, PI, significandOf, toFixed, twiceArtanh } from './fixed-point.ts';
import { combineNans, passNan } from './nan.ts';
import { isEmpty, pop, readRegister, underflows, writeIndefinite, writeRegister } from './registers.ts';
import { prepare } from './status.ts';
import { beginUnary } from './unary.ts';

const D_RANGE = difference('x87-function-range');
const x = new Float(), y = new Float(), result = new Float();
/** Below 2^-TINY the next term of a series is less than half a unit of the 64th bit. */
const TINY = 70;
const SIGNIFICAND_BITS = 63;

// SDM 2A "F2XM1—Compute 2^x–1"
function f2xm1(cpu: Cpu, insn: Insn): void {
  if (!beginUnary(cpu, insn, x)) return;
  const env = prepare(cpu);
  copy(x, result);
  if (x.kind >= QNAN) passNan(env, result);
  else if (x.kind === INFINITY) {
    if (x.sign !== 0) oneOf(1);
  } else if (x.kind === FINITE) powerLessOne(cpu, env);
  if (finish(cpu, env, result, x.denormal, EXTENDED)) writeRegister(cpu, 0, result);
}

function oneOf(sign: number): void {
  setSpecial(result, FINITE, sign);
  result.hi = 0x8000_0000;
}

// beyond -1 and 1 the operand stays
function powerLessOne(cpu: Cpu, env: Environment): void {
  env.flags |= PE;
  if (x.exponent > 0 || (x.exponent === 0 && (x.hi !== 0x8000_0000 || x.lo !== 0))) {
    differ(cpu, D_RANGE);
    return;
  }
  if (x.exponent < -TINY) {
    fromDigits(result, x.sign, significandOf(x) * LN2, x.exponent - SIGNIFICAND_BITS - FRACTION, true);
    return;
  }
  const power = multiplyFixed(toFixed(x), LN2), value = exponentialLessOne(x.sign === 0 ? power : -power);
  fromDigits(result, x.sign, value < 0n ? -value : value, -FRACTION, x.exponent !== 0);
}

/** An instruction of ST0 and ST1 whose result replaces ST1 and becomes the top. */
function popping(compute: (env: Environment, cpu: Cpu) => void): (cpu: Cpu, insn: Insn) => void {
  return (cpu, insn) => {
    if (!begin(cpu)) return;
    noteInstruction(cpu, insn);
    if (isEmpty(cpu, 0) || isEmpty(cpu, 1)) {
      if (!underflows(cpu)) return;
      writeIndefinite(cpu, 1);
    } else {
      readRegister(cpu, 0, x);
      readRegister(cpu, 1, y);
      const env = prepare(cpu);
      if (x.kind >= QNAN || y.kind >= QNAN) combineNans(env, x, y, result);
      else compute(env, cpu);
      if (!finish(cpu, env, result, x.denormal | y.denormal, EXTENDED)) return;
      writeRegister(cpu, 1, result);
    }
    pop(cpu);
  };
}

function invalid(env: Environment): void {
  env.flags |= IE;
  setIndefinite(result);
}

// SDM 2A "FYL2X—Compute y * log2(x)"
function logarithm(env: Environment): void {
  if (x.sign !== 0 && x.kind !== ZERO) { invalid(env); return; }
  if (x.kind === ZERO) {
    if (y.kind === ZERO) { invalid(env); return; }
    if (y.kind === FINITE) env.flags |= ZE;
    setSpecial(result, INFINITY, y.sign ^ 1);
    return;
  }
  const isOne = x.kind === FINITE && x.exponent === 0 && x.hi === 0x8000_0000 && x.lo === 0;
  const sign = y.sign ^ (x.kind === FINITE && x.exponent < 0 ? 1 : 0);
  if (y.kind === INFINITY || x.kind === INFINITY) {
    if (y.kind === ZERO || isOne) invalid(env);
    else setSpecial(result, INFINITY, sign);
  } else if (y.kind === ZERO || isOne) setSpecial(result, ZERO, sign);
  else product(env, log2(), sign);
}

/** log2(x) in fixed point, and whether it is the exact one. */
function log2(): { readonly value: bigint; readonly isExact: boolean } {
  const whole = BigInt(x.exponent) << BigInt(FRACTION);
  if (x.hi === 0x8000_0000 && x.lo === 0) return { value: whole, isExact: true };
  const mantissa = significandOf(x) << BigInt(FRACTION - SIGNIFICAND_BITS);
  return { value: whole + multiplyFixed(twiceArtanh(divideFixed(mantissa - ONE, mantissa + ONE)), LOG2E), isExact: false };
}

function product(env: Environment, { value, isExact }: { readonly value: bigint; readonly isExact: boolean }, sign: number): void {
  fromDigits(result, sign, significandOf(y) * (value < 0n ? -value : value), y.exponent - SIGNIFICAND_BITS - FRACTION, !isExact);
  // processors report this for an exact result, too
  env.flags |= PE;
}

// SDM 2A "FYL2XP1—Compute y * log2(x + 1)"; beyond the manual's range it is computed while x is greater than -1
function logarithmOfMore(env: Environment, cpu: Cpu): void {
  const sign = x.sign ^ y.sign;
  if (x.kind === INFINITY && x.sign !== 0) invalid(env);
  else if (x.kind === INFINITY || y.kind === INFINITY) {
    if (x.kind === ZERO || y.kind === ZERO) invalid(env);
    else setSpecial(result, INFINITY, sign);
  } else if (x.kind === ZERO || y.kind === ZERO) setSpecial(result, ZERO, sign);
  else if (x.exponent < -TINY) {
    fromDigits(result, sign, significandOf(y) * significandOf(x) * LOG2E, y.exponent + x.exponent - 2 * SIGNIFICAND_BITS - FRACTION, true);
    env.flags |= PE;
  } else if (x.exponent >= 0 && x.sign !== 0) {
    differ(cpu, D_RANGE);
    copy(x, result);
    env.flags |= PE;
  } else product(env, { value: logOfMore(), isExact: false }, sign);
}

function logOfMore(): bigint {
  const fixed = toFixed(x);
  let more = ONE + (x.sign === 0 ? fixed : -fixed), whole = 0n;
  if (x.exponent < -1) return multiplyFixed(twiceArtanh(divideFixed(more - ONE, more + ONE)), LOG2E);
  while (more >= 2n * ONE) { more >>= 1n; whole += ONE; }
  while (more < ONE) { more <<= 1n; whole -= ONE; }
  return whole + multiplyFixed(twiceArtanh(divideFixed(more - ONE, more + ONE)), LOG2E);
}

// SDM 2A "FPATAN—Partial Arctangent": the angle of the point (ST0, ST1), by the table of its results
function arctangent(env: Environment): void {
  if (y.kind === ZERO || (x.kind === INFINITY && y.kind !== INFINITY)) {
    if (x.sign === 0) setSpecial(result, ZERO, y.sign);
    else angle(env, PI);
  } else if (y.kind === INFINITY && x.kind === INFINITY) angle(env, x.sign === 0 ? PI >> 2n : (3n * PI) >> 2n);
  else if (y.kind === INFINITY || x.kind === ZERO) angle(env, PI >> 1n);
  else angleOfPoint(env);
}

function angle(env: Environment, value: bigint): void {
  env.flags |= PE;
  fromDigits(result, y.sign, value, -FRACTION, true);
}

function angleOfPoint(env: Environment): void {
  const difference = y.exponent - x.exponent;
  if (difference < -TINY && x.sign === 0) smallAngle(env);
  else if (Math.abs(difference) > 2 * TINY) angle(env, difference > 0 ? PI >> 1n : PI);
  else {
    const scaledY = significandOf(y) << BigInt(2 * TINY + difference), scaledX = significandOf(x) << BigInt(2 * TINY);
    const first = scaledY <= scaledX ? arctan(divideFixed(scaledY, scaledX)) : (PI >> 1n) - arctan(divideFixed(scaledX, scaledY));
    angle(env, x.sign === 0 ? first : PI - first);
  }
}

// the quotient less its third power over three: just below the quotient
function smallAngle(env: Environment): void {
  const { sign } = y;
  divide(env, y, x, result);
  result.sign = sign;
  env.flags |= PE;
  if (result.tail === 0) decrease(result);
}

export const X87_TRANSCENDENTAL = { f2xm1, fyl2x: popping(logarithm), fyl2xp1: popping(logarithmOfMore), fpatan: popping(arctangent) };
