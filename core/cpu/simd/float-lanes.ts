// Floating-point arithmetic and comparison of one lane: DEST <- DEST op SRC, exceptions noted in exceptions.ts. SDM 1 "Operating on NaNs",
// SDM 2A "ADDPS—Add Packed Single Precision Floating-Point Values" and the pages of its relatives.

import { add, subtract } from '../soft-float/add.ts';
import { compare, EQUAL, GREATER, LESS, UNORDERED } from '../soft-float/compare.ts';
import { divide } from '../soft-float/divide.ts';
import { IE, type Environment } from '../soft-float/environment.ts';
import { copy, Float, QNAN, quiet, SNAN } from '../soft-float/float.ts';
import { multiply } from '../soft-float/multiply.ts';
import { round } from '../soft-float/round.ts';
import { squareRoot } from '../soft-float/square-root.ts';
import { environment, mayBeQuick, noteAfter, noteBefore, noteInexact } from './exceptions.ts';
import { DOUBLES, SINGLES, type LaneFormat } from './float-formats.ts';
import * as host from './host-float.ts';
import type { Lanes } from './lanes.ts';

/** One lane of an instruction. `immediate` is its imm8. */
export type FloatLane = (destination: Lanes, source: Lanes, index: number, immediate: number) => void;
type SoftOperation = (env: Environment, a: Float, b: Float, out: Float) => void;

const a = new Float(), b = new Float(), result = new Float();

// SDM 1 "Table 4-7. Rules for Handling NaNs": the first source operand when it is a NaN, otherwise the second; made quiet.
function propagate(first: Float, second: Float): void {
  if (first.kind === SNAN || second.kind === SNAN) environment.flags |= IE;
  copy(first.kind >= QNAN ? first : second, result);
  quiet(result);
  noteBefore(0);
}

function finish({ format, pack }: LaneFormat, destination: Lanes, index: number, denormal: number): void {
  noteBefore(denormal);
  round(environment, result, format);
  noteAfter();
  pack(result, destination, index);
}

// True when the host's arithmetic gave the lane.
function isQuick(lane: LaneFormat, operate: host.HostOperation, destination: Lanes, source: Lanes, index: number): boolean {
  const value = operate(lane.get(destination, index), lane.get(source, index));
  if (Number.isNaN(value)) return false;
  lane.set(destination, index, value);
  if (!host.wasExact) noteInexact();
  return true;
}

function arithmetic(lane: LaneFormat, operate: SoftOperation, quick: host.HostOperation): FloatLane {
  return (destination, source, index) => {
    if (mayBeQuick && isQuick(lane, quick, destination, source, index)) return;
    lane.unpack(destination, index, a);
    lane.unpack(source, index, b);
    if (a.kind >= QNAN || b.kind >= QNAN) {
      propagate(a, b);
      lane.pack(result, destination, index);
      return;
    }
    operate(environment, a, b, result);
    finish(lane, destination, index, a.denormal | b.denormal);
  };
}

function root(lane: LaneFormat, quick: host.HostOperation): FloatLane {
  return (destination, source, index) => {
    if (mayBeQuick && isQuick(lane, quick, source, source, index)) {
      lane.set(destination, index, lane.get(source, index));
      return;
    }
    lane.unpack(source, index, b);
    if (b.kind >= QNAN) {
      propagate(b, b);
      lane.pack(result, destination, index);
      return;
    }
    squareRoot(environment, b, result);
    finish(lane, destination, index, b.denormal);
  };
}

// MIN and MAX: SRC when either is a NaN (any NaN is invalid here) or both are zeros; it is not changed, even when it signals.
function extreme(lane: LaneFormat, wanted: typeof LESS | typeof GREATER): FloatLane {
  return (destination, source, index) => {
    lane.unpack(destination, index, a);
    lane.unpack(source, index, b);
    const relation = compare(a, b);
    if (relation === UNORDERED) environment.flags |= IE;
    noteBefore(a.denormal | b.denormal);
    lane.pack(relation === wanted ? a : b, destination, index);
  };
}

/** Predicates of CMPPS and its relatives: bits 1..0 choose, bit 2 negates. SDM 2A "CMPPS—Compare Packed Single Precision Floating-Point Values". */
const PREDICATE_EQUAL = 0, PREDICATE_LESS = 1, PREDICATE_LESS_OR_EQUAL = 2;

function holds(predicate: number, relation: number): boolean {
  switch (predicate & 3) {
    case PREDICATE_EQUAL: return relation === EQUAL;
    case PREDICATE_LESS: return relation === LESS;
    case PREDICATE_LESS_OR_EQUAL: return relation === LESS || relation === EQUAL;
    default: return relation === UNORDERED;
  }
}

function comparison(lane: LaneFormat): FloatLane {
  return (destination, source, index, predicate) => {
    const isOrdering = (predicate & 3) === PREDICATE_LESS || (predicate & 3) === PREDICATE_LESS_OR_EQUAL;
    const relation = relationOf(lane, destination, source, index, isOrdering ? QNAN : SNAN);
    const mask = holds(predicate, relation) === ((predicate & 4) === 0) ? 0xffff_ffff : 0;
    for (let word = 0; word < lane.words; word += 1) destination.u32[index * lane.words + word] = mask;
  };
}

/** How the lane of DEST stands to that of SRC; NaNs from `invalidFrom` (QNAN, SNAN) on are invalid. */
export function relationOf(lane: LaneFormat, destination: Lanes, source: Lanes, index: number, invalidFrom: number): number {
  lane.unpack(destination, index, a);
  lane.unpack(source, index, b);
  const relation = compare(a, b);
  if (a.kind >= invalidFrom || b.kind >= invalidFrom) environment.flags |= IE;
  noteBefore(relation === UNORDERED ? 0 : a.denormal | b.denormal);
  return relation;
}

export const addSingle = arithmetic(SINGLES, add, host.addSingles), addDouble = arithmetic(DOUBLES, add, host.addDoubles);
export const subtractSingle = arithmetic(SINGLES, subtract, host.subtractSingles), subtractDouble = arithmetic(DOUBLES, subtract, host.subtractDoubles);
export const multiplySingle = arithmetic(SINGLES, multiply, host.multiplySingles), multiplyDouble = arithmetic(DOUBLES, multiply, host.multiplyDoubles);
export const divideSingle = arithmetic(SINGLES, divide, host.divideSingles), divideDouble = arithmetic(DOUBLES, divide, host.divideDoubles);
export const rootSingle = root(SINGLES, host.rootOfSingle), rootDouble = root(DOUBLES, host.rootOfDouble);
export const lowerSingle = extreme(SINGLES, LESS), lowerDouble = extreme(DOUBLES, LESS), higherSingle = extreme(SINGLES, GREATER), higherDouble = extreme(DOUBLES, GREATER);
export const compareSingle = comparison(SINGLES), compareDouble = comparison(DOUBLES);

/** ADDSUBPS and ADDSUBPD (SSE3): even lanes are subtracted, odd ones added. */
export const alternateSingle: FloatLane = (destination, source, index, none) => { (index % 2 === 0 ? subtractSingle : addSingle)(destination, source, index, none); };
export const alternateDouble: FloatLane = (destination, source, index, none) => { (index % 2 === 0 ? subtractDouble : addDouble)(destination, source, index, none); };

const APPROXIMATION_BITS = 12;
const work = new Float32Array(1), workBits = new Uint32Array(work.buffer);
/** Cuts a positive normal single to so many bits of significand, to nearest. */
function approximate(value: number): number {
  work[0] = value;
  const drop = 24 - APPROXIMATION_BITS;
  workBits[0] = (workBits[0]! + (1 << (drop - 1))) & ~((1 << drop) - 1);
  return work[0];
}

/**
 * RCPPS and RSQRTPS: no exception, no rounding mode; denormals count as zeros, tiny results become zero. Results are rounded to
 * 12 bits: a vendor difference. SDM 2B "RCPPS—Compute Reciprocals of Packed Single Precision Floating-Point Values".
 */
function approximation(of: (value: number) => number): FloatLane {
  return ({ u32: to, f32 }, { u32: from, f32: values }, index) => {
    const bits = from[index]!, sign = bits & 0x8000_0000, exponent = bits & 0x7f80_0000;
    if (exponent === 0x7f80_0000 && (bits & 0x7f_ffff) !== 0) { to[index] = bits | 0x40_0000; return; }
    const value = exponent === 0 ? (sign === 0 ? 0 : -0) : values[index]!, answer = of(value);
    if (Number.isNaN(answer)) to[index] = 0xffc0_0000;
    else if (!Number.isFinite(answer) || Math.abs(answer) < 2 ** -126) f32[index] = Number.isFinite(answer) ? (answer < 0 || Object.is(answer, -0) ? -0 : 0) : answer;
    else f32[index] = answer < 0 ? -approximate(-answer) : approximate(answer);
  };
}
export const reciprocalSingle = approximation((value) => 1 / value);
// SDM 2B "RSQRTPS": -0 gives -infinity, other negative numbers the QNaN indefinite
export const reciprocalRootSingle = approximation((value) => (value === 0 ? 1 / value : 1 / Math.sqrt(value)));
