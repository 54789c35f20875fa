// The transcendental functions of x87 by known values, to all 64 bits: published digits of constants, and identities between functions.
// Random arguments against the host: test/witness/x87.test.ts.
import { describe, expect, it } from 'vitest';
import { bareCpu, CODE, runFor } from './bare-cpu.ts';
import type { Cpu } from '../../../core/cpu/state.ts';

const BIAS = 16383;
type Number80 = readonly [top: number, significand: bigint];

/** The extended number nearest to `digits` * 10^-`places`. */
function nearest(digits: bigint, places: number): Number80 {
  const sign = digits < 0n ? 0x8000 : 0, magnitude = digits < 0n ? -digits : digits, scale = 10n ** BigInt(places);
  let exponent = 0, numerator = magnitude << 300n;
  const quotient = numerator / scale, bits = quotient.toString(2).length;
  exponent = bits - 1 - 300;
  numerator = quotient >> BigInt(bits - 65);
  const significand = (numerator + 1n) >> 1n;
  return [sign | (exponent + BIAS), significand];
}
const integer = (value: number): Number80 => nearest(BigInt(value), 0);

/** ST0 (and ST1) as given, then one instruction. */
function after(code: readonly number[], st0: Number80, st1: Number80 = integer(1)): Cpu {
  const cpu = bareCpu(code);
  cpu.fpuTag = 0xfff0;
  [st0, st1].forEach(([top, significand], register) => { cpu.x87.set([Number(significand & 0xffff_ffffn), Number(significand >> 32n), top], register * 4); });
  runFor(cpu, 1);
  expect(cpu.eip).toBe(CODE + code.length);
  return cpu;
}
function st(cpu: Cpu, i: number): Number80 {
  const at = (((cpu.fpuStatus >>> 11) + i) & 7) * 4;
  return [cpu.x87[at + 2]!, (BigInt(cpu.x87[at + 1]!) << 32n) | BigInt(cpu.x87[at]!)];
}
const FSIN = [0xd9, 0xfe], FCOS = [0xd9, 0xff], FSINCOS = [0xd9, 0xfb], FPTAN = [0xd9, 0xf2], FPATAN = [0xd9, 0xf3], FYL2X = [0xd9, 0xf1], FYL2XP1 = [0xd9, 0xf9], F2XM1 = [0xd9, 0xf0];
const PE = 0x20, C2 = 0x400;

describe('known values', () => {
  it.each<readonly [string, readonly number[], Number80, Number80, bigint, number]>([
    ['sin 1', FSIN, integer(1), integer(1), 841470984807896506652502321630298999622563n, 42],
    ['cos 1', FCOS, integer(1), integer(1), 540302305868139717400936607442976603732310n, 42],
    ['sin 2', FSIN, integer(2), integer(1), 909297426825681695396019865911744842702255n, 42],
    ['arctan 1', FPATAN, integer(1), integer(1), 785398163397448309615660845819875721049292n, 42],
    ['arctan 1/2', FPATAN, integer(2), integer(1), 463647609000806116214256231461214402028537n, 42],
    ['the angle of (-1, 1)', FPATAN, integer(-1), integer(1), 2356194490192344928846982537459627163147877n, 42],
    ['log2 10', FYL2X, integer(10), integer(1), 3321928094887362347870319429489390175864831n, 42],
    ['log2 1.1', FYL2XP1, nearest(1n, 1), integer(1), 137503523749934908329043617236402782220n, 39],
    ['3 log2 10', FYL2X, integer(10), integer(3), 9965784284662087043610958288468170527594493n, 42],
    ['root of 2, less 1', F2XM1, nearest(5n, 1), integer(1), 414213562373095048801688724209698078569671n, 42],
    ['2^-0.5, less 1', F2XM1, nearest(-5n, 1), integer(1), -292893218813452475599155637895150960715164n, 42],
  ])('%s', (_name, code, st0, st1, digits, places) => {
    const cpu = after(code, st0, st1), [top, significand] = st(cpu, 0), [expectedTop, expected] = nearest(digits, places);
    expect(top).toBe(expectedTop);
    // the argument 0.1 is rounded itself: one unit more or less
    expect(Number(significand - expected)).toBeGreaterThanOrEqual(-1);
    expect(Number(significand - expected)).toBeLessThanOrEqual(1);
    expect(cpu.fpuStatus & PE).toBe(PE);
  });
  it('FSINCOS and FPTAN push the second result', () => {
    const both = after(FSINCOS, integer(1));
    expect([st(both, 1), st(both, 0)]).toEqual([st(after(FSIN, integer(1)), 0), st(after(FCOS, integer(1)), 0)]);
    const tangent = after(FPTAN, integer(1));
    expect([st(tangent, 1), st(tangent, 0)]).toEqual([nearest(1557407724654902230506974807458360173087250772n, 45), integer(1)]);
  });
});

describe('operands', () => {
  it('from 2^63 on are out of range', () => {
    const cpu = after(FSIN, [BIAS + 63, 1n << 63n]);
    expect([cpu.fpuStatus & C2, st(cpu, 0)]).toEqual([C2, [BIAS + 63, 1n << 63n]]);
  });
  it('that are tiny give the operand, or a little less or more by the rounding', () => {
    const tiny: Number80 = [BIAS - 100, (1n << 63n) + 5n];
    expect(st(after(FSIN, tiny), 0)).toEqual(tiny);
    expect(st(after(FPATAN, integer(1), tiny), 0)).toEqual(tiny);
    expect(st(after(FCOS, tiny), 0)).toEqual(integer(1));
  });
  it('near multiples of pi show the 66 bits of the manual\'s pi', () => {
    // the extended number nearest to pi ends in 35H; the manual's pi has 34H and two more bits, 11, so that -2^-64 is left
    const [top, significand] = st(after(FSIN, nearest(3141592653589793238462643383279502884197169n, 42)), 0);
    expect([top, significand]).toEqual([0x8000 | (BIAS - 64), 1n << 63n]);
  });
});
