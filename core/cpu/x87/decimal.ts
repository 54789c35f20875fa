// FBLD and FBSTP: eighteen decimal digits and a sign in ten bytes. SDM 1 "BCD and Packed BCD Integers".
//
//   79 sign   78..72 ignored   71..0 eighteen digits of four bits, the lowest first

import { difference } from '../../arch/vendor-differences.ts';
import type { Insn } from '../../isa/insn.ts';
import { differ } from '../differ.ts';
import { IE, PE } from '../soft-float/environment.ts';
import { Float, setIndefinite } from '../soft-float/float.ts';
import { fromInteger, Integer, toInteger } from '../soft-float/integer.ts';
import type { Cpu } from '../state.ts';
import { begin } from './available.ts';
import { prepareStore, readOperandWords, storeWords, words } from './operand.ts';
import { isEmpty, pop, push, readRegister, underflows, writeRegister } from './registers.ts';
import { C1, prepare, report } from './status.ts';

const D_DIGITS = difference('x87-packed-digits');
const value = new Float(), integer = new Integer();
const DIGITS = 18, GREATEST = 10n ** 18n - 1n, WORD = 32n, SIGN = 0x8000;
const UPPER_HALF = 0xffff_ffffn;

// SDM 2A "FBLD—Load Binary Coded Decimal"
function fbld(cpu: Cpu, insn: Insn): void {
  if (!begin(cpu)) return;
  readOperandWords(cpu, insn);
  if (!push(cpu)) return;
  report(cpu, 0, 0);
  let number = 0n;
  for (let place = DIGITS - 1; place >= 0; place -= 1) {
    const digit = (words[place >>> 3]! >>> ((place & 7) * 4)) & 15;
    if (digit > 9) differ(cpu, D_DIGITS);
    number = number * 10n + BigInt(digit);
  }
  fromInteger(Number(number & UPPER_HALF), Number(number >> WORD), value);
  value.sign = (words[2]! & SIGN) === 0 ? 0 : 1;
  writeRegister(cpu, 0, value);
}

// SDM 2A "FBSTP—Store BCD Integer and Pop"
function fbstp(cpu: Cpu, insn: Insn): void {
  if (!begin(cpu)) return;
  const offset = prepareStore(cpu, insn), env = prepare(cpu), wasEmpty = isEmpty(cpu, 0);
  if (wasEmpty) {
    if (!underflows(cpu)) return;
    setIndefinite(value);
  } else readRegister(cpu, 0, value);
  const { sign } = value;
  const isInteger = toInteger(env, value, 64, integer);
  const signed = BigInt.asIntN(64, (BigInt(integer.hi) << WORD) | BigInt(integer.lo)), number = signed < 0n ? -signed : signed;
  const isStorable = isInteger && number <= GREATEST;
  if (!isStorable) {
    env.flags = IE;
    env.roundedUp = 0;
  }
  if (!wasEmpty && report(cpu, env.flags, env.roundedUp === 0 ? 0 : C1) && (env.flags & ~PE) !== 0) return;
  if (isStorable) putDigits(number, sign);
  else words.set([0, 0xc000_0000, 0xffff]);
  storeWords(cpu, insn, offset);
  pop(cpu);
}

function putDigits(number: bigint, sign: number): void {
  words.fill(0);
  words[2] = sign === 0 ? 0 : SIGN;
  let rest = number;
  for (let digit = 0; digit < DIGITS; digit += 1) {
    words[digit >>> 3]! |= Number(rest % 10n) << ((digit & 7) * 4);
    rest /= 10n;
  }
}

export const X87_DECIMAL = { fbld, fbstp };
