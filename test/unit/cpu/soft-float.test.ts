// The shared floating-point arithmetic against its definition on unbounded integers, in every format and rounding mode, and against the
// doubles and singles of the language that runs the tests.
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { add, subtract } from '../../../core/cpu/soft-float/add.ts';
import { compare, EQUAL, GREATER, LESS, UNORDERED } from '../../../core/cpu/soft-float/compare.ts';
import { divide } from '../../../core/cpu/soft-float/divide.ts';
import { ALL_EXCEPTIONS, Environment, IE, OE, PE, ROUND_DOWN, ROUND_NEAREST, ROUND_UP, ROUND_ZERO, UE, ZE } from '../../../core/cpu/soft-float/environment.ts';
import { FINITE, Float, INFINITY, QNAN, SNAN, UNSUPPORTED, ZERO } from '../../../core/cpu/soft-float/float.ts';
import {
  DOUBLE, EXTENDED, EXTENDED_24, EXTENDED_53, packDouble, packExtended, packSingle, SINGLE, unpackDouble, unpackExtended, unpackSingle, type Format,
} from '../../../core/cpu/soft-float/formats.ts';
import { fromInteger, Integer, roundToIntegral, toInteger } from '../../../core/cpu/soft-float/integer.ts';
import { multiply } from '../../../core/cpu/soft-float/multiply.ts';
import { round } from '../../../core/cpu/soft-float/round.ts';
import { squareRoot } from '../../../core/cpu/soft-float/square-root.ts';
import { exactOf, product, quotient, resultOf, root, rounded, spell, sum, type Exact } from './soft-float-reference.ts';

vi.setConfig({ testTimeout: 60_000 });

const word = fc.oneof(fc.constantFrom(0, 1, 2, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff, 0xffff_fffe, 0x400, 0x800, 0xc00, 0x100, 0x80), fc.nat({ max: 0xffff_ffff }));
const exponents = fc.oneof(
  { weight: 3, arbitrary: fc.integer({ min: -70, max: 70 }) }, fc.integer({ min: -16382, max: 16383 }),
  fc.integer({ min: -16450, max: -16370 }), fc.integer({ min: 16370, max: 16383 }), fc.integer({ min: -1080, max: -1015 }), fc.integer({ min: 1015, max: 1030 }),
  fc.integer({ min: -155, max: -120 }), fc.integer({ min: 120, max: 130 }),
);
const floats = fc.tuple(fc.nat({ max: 1 }), exponents, word, word).map(([sign, exponent, hi, lo]) => {
  const value = new Float();
  Object.assign(value, { kind: FINITE, sign, exponent, hi: (hi | 0x8000_0000) >>> 0, lo });
  return value;
});
const roundings = fc.constantFrom(ROUND_NEAREST, ROUND_DOWN, ROUND_UP, ROUND_ZERO);
const formats = fc.constantFrom(SINGLE, DOUBLE, EXTENDED, EXTENDED_24, EXTENDED_53);
const OPTIONS = { numRuns: 4000 };

type Operation = (env: Environment, a: Float, b: Float, out: Float) => void;
function ours(operation: Operation, a: Float, b: Float, format: Format, rounding: number): string {
  const env = new Environment(), out = new Float();
  env.rounding = rounding;
  operation(env, a, b, out);
  round(env, out, format);
  return spell(resultOf(out, env.flags, env.roundedUp));
}
// an exact sum of zero has the sign the rounding asks for: the reference knows magnitudes only
const withZeroSign = (exact: Exact, rounding: number): Exact => (exact.digits === 0n ? { ...exact, sign: rounding === ROUND_DOWN ? 1 : 0 } : exact);

describe('arithmetic against its definition', () => {
  it('adds and subtracts', () => {
    fc.assert(fc.property(floats, floats, formats, roundings, (a, b, format, rounding) => {
      expect(ours(add, a, b, format, rounding)).toBe(spell(rounded(withZeroSign(sum(exactOf(a), exactOf(b)), rounding), format, rounding)));
      const negated = { ...exactOf(b), sign: b.sign ^ 1 };
      expect(ours(subtract, a, b, format, rounding)).toBe(spell(rounded(withZeroSign(sum(exactOf(a), negated), rounding), format, rounding)));
    }), OPTIONS);
  });
  it('adds and subtracts neighbours', () => {
    fc.assert(fc.property(floats, fc.nat({ max: 3 }), fc.nat({ max: 5 }), formats, roundings, (a, shift, step, format, rounding) => {
      const b = Object.assign(new Float(), a, { exponent: a.exponent + shift - 1, lo: (a.lo + step) % 0x1_0000_0000 });
      const negated = { ...exactOf(b), sign: b.sign ^ 1 };
      expect(ours(subtract, a, b, format, rounding)).toBe(spell(rounded(withZeroSign(sum(exactOf(a), negated), rounding), format, rounding)));
    }), OPTIONS);
  });
  it('multiplies', () => {
    fc.assert(fc.property(floats, floats, formats, roundings, (a, b, format, rounding) => {
      expect(ours(multiply, a, b, format, rounding)).toBe(spell(rounded(product(exactOf(a), exactOf(b)), format, rounding)));
    }), OPTIONS);
  });
  it('divides', () => {
    fc.assert(fc.property(floats, floats, formats, roundings, (a, b, format, rounding) => {
      expect(ours(divide, a, b, format, rounding)).toBe(spell(rounded(quotient(exactOf(a), exactOf(b)), format, rounding)));
    }), OPTIONS);
  });
  it('takes square roots', () => {
    fc.assert(fc.property(floats, formats, roundings, (a, format, rounding) => {
      const positive = Object.assign(new Float(), a, { sign: 0 });
      expect(ours((env, one, _, out) => { squareRoot(env, one, out); }, positive, positive, format, rounding)).toBe(spell(rounded(root(exactOf(positive)), format, rounding)));
    }), OPTIONS);
  });
  it('takes exact square roots', () => {
    fc.assert(fc.property(fc.nat({ max: 0xffff_ffff }).filter((one) => one > 0), fc.integer({ min: -40, max: 40 }), (a, scale) => {
      const square = BigInt(a) * BigInt(a), value = new Float(), env = new Environment();
      fromInteger(Number(square & 0xffff_ffffn), Number((square >> 32n) & 0x7fff_ffffn), value);
      if (square >> 63n !== 0n) return;
      value.exponent += 2 * scale;
      squareRoot(env, value, value);
      round(env, value, EXTENDED);
      expect([env.flags, exactOf(value).digits * BigInt(2) ** 100n]).toEqual([0, (BigInt(a) << BigInt(63 - Math.floor(Math.log2(a)))) * 2n ** 100n]);
    }), OPTIONS);
  });
});

describe('arithmetic of the language', () => {
  const doubles = fc.oneof(fc.double({ noNaN: true }), fc.constantFrom(0, -0, Infinity, -Infinity, 5e-324, 2.2250738585072014e-308, 1.7976931348623157e308, 1, -1, 3));
  const words = new Uint32Array(2), view = new Float64Array(words.buffer);
  const take = (value: number): Float => {
    const out = new Float();
    view[0] = value;
    unpackDouble(words, 0, out);
    return out;
  };
  const give = (value: Float): number => {
    packDouble(value, words, 0);
    return view[0]!;
  };
  it.each<readonly [string, Operation, (a: number, b: number) => number]>([
    ['+', add, (a, b) => a + b], ['-', subtract, (a, b) => a - b], ['*', multiply, (a, b) => a * b], ['/', divide, (a, b) => a / b],
    ['root', (env, a, _, out) => { squareRoot(env, a, out); }, (a) => Math.sqrt(a)],
  ])('double %s', (_name, operation, native) => {
    fc.assert(fc.property(doubles, doubles, (a, b) => {
      const env = new Environment(), out = new Float();
      operation(env, take(a), take(b), out);
      round(env, out, DOUBLE);
      expect(give(out)).toBe(native(a, b));
    }), OPTIONS);
  });
  it('single', () => {
    fc.assert(fc.property(doubles, (a) => {
      const env = new Environment(), out = take(a);
      round(env, out, SINGLE);
      const bits = new Uint32Array(1), one = new Float32Array(bits.buffer);
      bits[0] = packSingle(out);
      expect(one[0]).toBe(Math.fround(a));
      unpackSingle(bits[0], out);
      expect(packSingle(out)).toBe(bits[0]);
    }), OPTIONS);
  });
  it('compares', () => {
    fc.assert(fc.property(doubles, doubles, (a, b) => {
      expect(compare(take(a), take(b))).toBe(a < b ? LESS : a > b ? GREATER : EQUAL);
    }), OPTIONS);
    expect(compare(take(NaN), take(1))).toBe(UNORDERED);
  });
});

describe('encodings', () => {
  it('of extended numbers go apart and together again', () => {
    fc.assert(fc.property(word, word, fc.oneof(fc.constantFrom(0, 1, 0x7ffe, 0x7fff, 0x8000, 0xffff), fc.nat({ max: 0xffff })), (lo, hi, top) => {
      const from = Uint32Array.of(lo, hi, top), to = new Uint32Array(3), value = new Float();
      unpackExtended(from, 0, value);
      packExtended(value, to, 0);
      // a pseudo-denormal is the normal number of the same value
      if ((top & 0x7fff) === 0 && hi >>> 31 !== 0) from[2] = top | 1;
      expect([...to]).toEqual([...from]);
    }), OPTIONS);
  });
  it.each<readonly [string, readonly number[], number, number]>([
    ['zero', [0, 0, 0], ZERO, 0], ['denormal', [1, 0, 0], FINITE, 1], ['pseudo-denormal', [0, 0x8000_0000, 0], FINITE, 1], ['one', [0, 0x8000_0000, 0x3fff], FINITE, 0],
    ['unnormal', [0, 0x4000_0000, 0x3fff], UNSUPPORTED, 0], ['pseudo-zero', [0, 0, 1], UNSUPPORTED, 0], ['pseudo-infinity', [0, 0, 0x7fff], UNSUPPORTED, 0],
    ['infinity', [0, 0x8000_0000, 0x7fff], INFINITY, 0], ['signalling NaN', [1, 0x8000_0000, 0x7fff], SNAN, 0], ['quiet NaN', [0, 0xc000_0000, 0xffff], QNAN, 0],
    ['pseudo-NaN', [1, 0x4000_0000, 0x7fff], UNSUPPORTED, 0],
  ])('extended %s', (_name, words, kind, denormal) => {
    const value = new Float();
    unpackExtended(Uint32Array.from(words), 0, value);
    expect([value.kind, value.denormal]).toEqual([kind, denormal]);
  });
  it('keep the payload of a NaN from single and double', () => {
    const value = new Float(), words = Uint32Array.of(0x0000_0001, 0xfff0_0000);
    unpackSingle(0x7f80_0001, value);
    expect([value.kind, value.sign, value.hi, packSingle(value)]).toEqual([SNAN, 0, 0x8000_0100, 0x7f80_0001]);
    unpackDouble(words, 0, value);
    expect([value.kind, value.sign, value.hi, value.lo]).toEqual([SNAN, 1, 0x8000_0000, 0x800]);
  });
});

describe('exceptions', () => {
  const special = (kind: number, sign = 0): Float => Object.assign(new Float(), { kind, sign });
  const finite = (hi: number, exponent: number): Float => Object.assign(new Float(), { kind: FINITE, hi, exponent });
  const flagsOf = (operation: Operation, a: Float, b: Float): readonly [number, number] => {
    const env = new Environment(), out = new Float();
    operation(env, a, b, out);
    return [env.flags, out.kind];
  };
  it('are raised by operations without a result', () => {
    expect(flagsOf(add, special(INFINITY), special(INFINITY, 1))).toEqual([IE, QNAN]);
    expect(flagsOf(subtract, special(INFINITY), special(INFINITY))).toEqual([IE, QNAN]);
    expect(flagsOf(add, special(INFINITY), special(INFINITY))).toEqual([0, INFINITY]);
    expect(flagsOf(multiply, special(INFINITY), special(ZERO))).toEqual([IE, QNAN]);
    expect(flagsOf(divide, special(ZERO), special(ZERO))).toEqual([IE, QNAN]);
    expect(flagsOf(divide, special(INFINITY), special(INFINITY))).toEqual([IE, QNAN]);
    expect(flagsOf(divide, finite(0x8000_0000, 0), special(ZERO))).toEqual([ZE, INFINITY]);
    expect(flagsOf(divide, special(INFINITY), special(ZERO))).toEqual([0, INFINITY]);
    expect(flagsOf((env, a, _, out) => { squareRoot(env, a, out); }, special(INFINITY, 1), special(ZERO))).toEqual([IE, QNAN]);
    expect(flagsOf((env, a, _, out) => { squareRoot(env, a, out); }, special(ZERO, 1), special(ZERO))).toEqual([0, ZERO]);
  });
  it('that are not masked wrap the exponent of an extended result', () => {
    const env = new Environment(), out = new Float();
    env.masks = ALL_EXCEPTIONS & ~(OE | UE);
    multiply(env, finite(0x8000_0000, 16383), finite(0x8000_0000, 1), out);
    round(env, out, EXTENDED);
    expect([env.flags, out.exponent]).toEqual([OE, 16384 - 24576]);
    env.flags = 0;
    multiply(env, finite(0x8000_0000, -16382), finite(0x8000_0000, -1), out);
    round(env, out, EXTENDED);
    // not masked, underflow is signalled for an exact result, too
    expect([env.flags, out.exponent]).toEqual([UE, -16383 + 24576]);
  });
  it('flush to zero', () => {
    const env = new Environment(), out = new Float();
    env.flushToZero = 1;
    multiply(env, finite(0x8000_0000, -126), finite(0x8000_0000, -1), out);
    round(env, out, SINGLE);
    expect([env.flags, out.kind]).toEqual([UE | PE, ZERO]);
  });
});

describe('integers', () => {
  const integers = fc.oneof(fc.constantFrom(0n, 1n, -1n, 2n ** 63n - 1n, -(2n ** 63n), 2n ** 31n, -(2n ** 31n), 2n ** 15n, -(2n ** 15n)), fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), fc.bigInt({ min: -70000n, max: 70000n }));
  it('become numbers and integers again', () => {
    fc.assert(fc.property(integers, fc.constantFrom<16 | 32 | 64>(16, 32, 64), (value, bits) => {
      const float = new Float(), out = new Integer(), env = new Environment();
      fromInteger(Number(BigInt.asUintN(32, value)), Number(BigInt.asUintN(32, value >> 32n)), float);
      const doesFit = BigInt.asIntN(bits, value) === value;
      expect(toInteger(env, float, bits, out)).toBe(doesFit);
      expect(BigInt.asIntN(64, (BigInt(out.hi) << 32n) | BigInt(out.lo))).toBe(doesFit ? value : -(2n ** BigInt(bits - 1)));
      expect(env.flags).toBe(doesFit ? 0 : IE);
    }), OPTIONS);
  });
  it('are what numbers are rounded to', () => {
    fc.assert(fc.property(floats.filter(({ exponent }) => exponent < 200), roundings, (value, rounding) => {
      const env = new Environment(), out = Object.assign(new Float(), value);
      env.rounding = rounding;
      roundToIntegral(env, out);
      // an integer is a number of unbounded precision whose quantum is 1
      const exact = exactOf(value), shift = BigInt(Math.max(0, -exact.scale)), steps = exact.digits >> shift, rest = exact.digits - (steps << shift);
      const half = shift === 0n ? 1n : 1n << (shift - 1n);
      const up = rounding === ROUND_NEAREST ? rest > half || (rest === half && rest !== 0n && (steps & 1n) === 1n) : rest !== 0n && rounding === (value.sign === 0 ? ROUND_UP : ROUND_DOWN);
      const expected = { sign: value.sign, digits: up ? steps + 1n : steps, scale: Math.max(0, exact.scale), flags: rest === 0n ? 0 : PE, roundedUp: up ? 1 : 0 };
      expect(spell(resultOf(out, env.flags, env.roundedUp))).toBe(spell(expected));
    }), OPTIONS);
  });
});
