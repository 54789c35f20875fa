// FSIN, FCOS, FSINCOS, FPTAN. The operand is reduced by the pi of 66 bits that the manual gives, as Intel and AMD processors do it; what follows
// is within 1 ulp. SDM 1 "Trigonometric Instructions", "Approximation of Pi".

import type { Insn } from '../../isa/insn.ts';
import { IE, PE } from '../soft-float/environment.ts';
import { copy, FINITE, Float, INFINITY, QNAN, setIndefinite, setSpecial, ZERO } from '../soft-float/float.ts';
import { EXTENDED } from '../soft-float/formats.ts';
import type { Cpu } from '../state.ts';
import { begin, noteInstruction } from './available.ts';
import { finish } from './finish.ts';
import { cosineOf, decrease, divideFixed, FRACTION, fromDigits, PI_66, sineOf, toFixed } from './fixed-point.ts';
import { passNan } from './nan.ts';
import { isEmpty, moveTop, readRegister, underflows, writeIndefinite, writeRegister } from './registers.ts';
import { C2, prepare, setCodes } from './status.ts';
import { overflowBeside } from './unary.ts';

const x = new Float(), first = new Float(), second = new Float();
/** Operands from 2^63 on are out of range: C2. */
const RANGE = 63;
/** Below 2^-TINY a second term is less than half a unit of the 64th bit. */
const TINY = 34;

type Function = 'sin' | 'cos' | 'tan';

/** What goes into ST0, and what is pushed behind it. */
function trigonometric(what: Function, beside: 'cos' | 'one' | null): (cpu: Cpu, insn: Insn) => void {
  return (cpu, insn) => {
    if (!begin(cpu)) return;
    noteInstruction(cpu, insn);
    if (isEmpty(cpu, 0)) {
      setCodes(cpu, C2, 0);
      if (!underflows(cpu)) return;
      writeIndefinite(cpu, 0);
      if (beside !== null) pushValue(cpu, null);
      return;
    }
    readRegister(cpu, 0, x);
    if (beside !== null && !isEmpty(cpu, 7)) {
      setCodes(cpu, C2, 0);
      overflowBeside(cpu);
      return;
    }
    if (x.kind === FINITE && x.exponent >= RANGE) {
      setCodes(cpu, C2, C2);
      return;
    }
    compute(cpu, what, beside);
  };
}

function compute(cpu: Cpu, what: Function, beside: 'cos' | 'one' | null): void {
  const env = prepare(cpu);
  if (x.kind >= QNAN || x.kind === INFINITY) {
    copy(x, first);
    if (x.kind === INFINITY) {
      env.flags |= IE;
      setIndefinite(first);
    } else passNan(env, first);
    copy(first, second);
  } else {
    evaluate(what, first);
    if (x.kind !== ZERO) env.flags |= PE;
    if (beside === 'cos') evaluate('cos', second);
    else oneInto(second);
  }
  setCodes(cpu, C2, 0);
  if (!finish(cpu, env, first, x.denormal, EXTENDED)) return;
  writeRegister(cpu, 0, first);
  if (beside === null) return;
  if (beside === 'cos') finish(cpu, prepare(cpu), second, 0, EXTENDED);
  pushValue(cpu, second);
}

/** Pushes a second result, or the indefinite: that there is room for it is known. */
function pushValue(cpu: Cpu, value: Float | null): void {
  moveTop(cpu, -1);
  if (value === null) writeIndefinite(cpu, 0);
  else writeRegister(cpu, 0, value);
}

function oneInto(out: Float): void {
  setSpecial(out, FINITE, 0);
  out.hi = 0x8000_0000;
}

function evaluate(what: Function, out: Float): void {
  if (x.kind === ZERO || x.exponent < -TINY) {
    if (what === 'cos') nearOne(out);
    else nearOperand(what, out);
    return;
  }
  const half = PI_66 >> 1n, fixed = toFixed(x), turns = (fixed + (half >> 1n)) / half, rest = fixed - turns * half, quadrant = Number(turns & 3n);
  const sine = quadrant & 1 ? cosineOf(rest) : sineOf(rest), cosine = quadrant & 1 ? sineOf(rest) : cosineOf(rest);
  const isSineNegative = (quadrant & 2) !== 0, isCosineNegative = quadrant === 1 || quadrant === 2;
  let value = what === 'cos' ? cosine : sine, isNegative = what === 'cos' ? isCosineNegative : isSineNegative !== (x.sign !== 0);
  if (what === 'tan') {
    value = divideFixed(sine, cosine);
    isNegative = isSineNegative !== isCosineNegative !== (x.sign !== 0);
  }
  fromDigits(out, (value < 0n) === isNegative ? 0 : 1, value < 0n ? -value : value, -FRACTION, true);
}

// sin x is just below x, tan x just above it
function nearOperand(what: Function, out: Float): void {
  copy(x, out);
  if (x.kind === ZERO) return;
  if (what === 'tan') { out.tail = 1; return; }
  decrease(out);
}

function nearOne(out: Float): void {
  oneInto(out);
  if (x.kind !== ZERO) decrease(out);
}

export const X87_TRIGONOMETRIC = { fsin: trigonometric('sin', null), fcos: trigonometric('cos', null), fsincos: trigonometric('sin', 'cos'), fptan: trigonometric('tan', 'one') };
