// MMX and SSE on operands whose results can be told by hand. Every instruction in every form is held against a host processor by
// test/witness/simd.test.ts; here is what must hold without one, and what a host does not show: faults that leave nothing behind.

import { describe, expect, it, test } from 'vitest';
import { blockCacheOf } from '../../../core/cpu/block-cache.ts';
import { fetchBlock } from '../../../core/cpu/fetch.ts';
import { readFlags, writeFlags } from '../../../core/cpu/flags.ts';
import { EAX, EBX, EDI, EDX, HALTED, type Cpu } from '../../../core/cpu/state.ts';
import { CODE, DATA, execute, runFor } from './bare-cpu.ts';
import { mmx, setMmx, setXmm, simdCpu, xmm } from './simd-world.ts';

const A = '7fff8000_00ff0001_80000000_ffffffff', B = '0001ffff_01010002_00000001_00000001';
/** XMM1 after an instruction on XMM1 and XMM2. */
function onXmm(code: readonly number[], a = A, b = B): string {
  const cpu = simdCpu(...code);
  setXmm(cpu, 1, a);
  setXmm(cpu, 2, b);
  execute(cpu);
  return xmm(cpu, 1);
}

test.each([
  ['paddb', [0xfc, 0xca], '7f007fff0100000380000001ffffff00'], ['paddq', [0xd4, 0xca], '80017fff020000038000000200000000'], ['paddsw', [0xed, 0xca], '7fff80000200000380000001ffff0000'],
  ['paddusb', [0xdc, 0xca], '7fffffff01ff000380000001ffffffff'], ['psubq', [0xfb, 0xca], '7ffd8000fffdffff7ffffffffffffffe'], ['psubusw', [0xd9, 0xca], '7ffe00000000000080000000fffffffe'],
  ['pmulhw', [0xe5, 0xca], '0000000000000000000000000000ffff'], ['pmulhuw', [0xe4, 0xca], '00007fff000000000000000000000000'], ['pmullw', [0xd5, 0xca], '7fff8000ffff0002000000000000ffff'],
  ['pmuludq', [0xf4, 0xca], '0000ffff02ff000200000000ffffffff'], ['pmaddwd', [0xf5, 0xca], '0000ffff0001000100000000ffffffff'], ['psadbw', [0xf6, 0xca], '00000000000003fb000000000000047c'],
  ['pavgb', [0xe0, 0xca], '4080c080018000024000000180808080'], ['pcmpgtd', [0x66, 0xca], 'ffffffff000000000000000000000000'], ['pminsw', [0xea, 0xca], '0001800000ff000180000000ffffffff'],
  ['pmaxub', [0xde, 0xca], '7fffffff01ff000280000001ffffffff'], ['pandn', [0xdf, 0xca], '00007fff010000020000000100000000'],
  ['packsswb', [0x63, 0xca], '01ff7f02000100017f807f018000ffff'], ['packuswb', [0x67, 0xca], '0100ff0200010001ff00ff0100000000'],
  ['pshufd 0x1b', [0x70, 0xca, 0x1b], '0000000100000001010100020001ffff'], ['pslldq 3', [0x73, 0xf9, 3], '0000ff000180000000ffffffff000000'],
] as const)('%s', (_, code, expected) => { expect(onXmm([0x66, 0x0f, ...code])).toBe(expected); });

test('unpacking takes DEST first, the lower or the upper half', () => {
  const a = '0f0e0d0c0b0a09080706050403020100', b = '1f1e1d1c1b1a19181716151413121110';
  expect(onXmm([0x66, 0x0f, 0x60, 0xca], a, b)).toBe('17071606150514041303120211011000');
  expect(onXmm([0x66, 0x0f, 0x6a, 0xca], a, b)).toBe('1f1e1d1c0f0e0d0c1b1a19180b0a0908');
  expect(onXmm([0x0f, 0xc6, 0xca, 0x1b], a, b)).toBe('13121110171615140b0a09080f0e0d0c');
});

test('a shift count counts whole, and shifts everything out when it is not below the width', () => {
  expect(onXmm([0x66, 0x0f, 0xd1, 0xca], A, '00000000_00000000_00000000_00000004')).toBe('07ff0800000f0000080000000fff0fff');
  expect(onXmm([0x66, 0x0f, 0xd1, 0xca], A, '00000000_00000000_00000001_00000004')).toBe('0'.repeat(32));
  expect(onXmm([0x66, 0x0f, 0xe1, 0xca], A, '00000000_00000000_00000000_00000010')).toBe('0000ffff00000000ffff0000ffffffff');
  expect(onXmm([0x66, 0x0f, 0xf3, 0xca], A, '00000000_00000000_00000000_00000021')).toBe('01fe000200000000fffffffe00000000');
});

describe('MMX registers', () => {
  it('are significands of x87 registers: a write sets the exponent to ones, every instruction but EMMS TOP to 0 and all tags to valid', () => {
    const cpu = simdCpu(0x0f, 0xfc, 0xca, 0x0f, 0x7e, 0xc8); // paddb mm1, mm2; movd eax, mm1
    cpu.fpuStatus = 5 << 11;
    cpu.fpuTag = 0xffff;
    setMmx(cpu, 1, '0102030405060708');
    setMmx(cpu, 2, '1111111111111111');
    execute(cpu);
    expect([mmx(cpu, 1), cpu.x87[1 * 4 + 2], cpu.x87[2 * 4 + 2]]).toEqual(['1213141516171819', 0xffff, 0]);
    expect([cpu.fpuStatus, cpu.fpuTag]).toEqual([0, 0]);
    cpu.fpuTag = 0xffff;
    execute(cpu);
    expect([cpu.get32(EAX), cpu.fpuTag]).toEqual([0x16171819, 0]);
  });

  it('wait, with CR0.NE = 0, for the interrupt that FERR# brings, while an x87 exception is pending', () => {
    const cpu = simdCpu(0x0f, 0xfc, 0xca, 0x0f, 0x50, 0xc1); // paddb mm1, mm2
    cpu.fpuStatus = 0x80;
    cpu.fpuTag = 0xffff;
    setMmx(cpu, 2, '1111111111111111');
    runFor(cpu, 1);
    expect([cpu.icount, cpu.eip, mmx(cpu, 1), cpu.fpuTag, cpu.activity]).toEqual([0, CODE, '0000000000000000', 0xffff, HALTED]);
  });

  it('stay as they are when the operand faults', () => {
    const cpu = simdCpu(0x0f, 0xfc, 0x0b); // paddb mm1, [ebx]
    cpu.fpuTag = 0xffff;
    cpu.setSegment(3, 0x10, 0x4093, 0x7fff, 0);
    cpu.flatSegments = 0;
    cpu.set32(EBX, 0x7ff9);
    runFor(cpu, 1);
    expect([cpu.icount, cpu.fpuTag]).toEqual([0, 0xffff]);
  });
});

describe('moves', () => {
  it('of a scalar clear the rest when they come from memory and keep it when from a register', () => {
    const cpu = simdCpu(0xf3, 0x0f, 0x10, 0x0b, 0xf3, 0x0f, 0x10, 0xd1, 0xf2, 0x0f, 0x11, 0x0b); // movss xmm1, [ebx]; movss xmm2, xmm1; movsd [ebx], xmm1
    cpu.set32(EBX, DATA + 3);
    cpu.ram.fill(0x5a, DATA, DATA + 16);
    setXmm(cpu, 1, A);
    setXmm(cpu, 2, B);
    for (let index = 0; index < 3; index += 1) execute(cpu);
    expect([xmm(cpu, 1), xmm(cpu, 2)]).toEqual(['0000000000000000000000005a5a5a5a', '0001ffff01010002000000015a5a5a5a']);
    expect([...cpu.ram.subarray(DATA, DATA + 13)]).toEqual([0x5a, 0x5a, 0x5a, 0x5a, 0x5a, 0x5a, 0x5a, 0, 0, 0, 0, 0x5a, 0x5a]);
  });

  it('of masked bytes write those alone', () => {
    const cpu = simdCpu(0x66, 0x0f, 0xf7, 0xca); // maskmovdqu xmm1, xmm2
    cpu.set32(EDI, DATA);
    cpu.ram.fill(0x11, DATA, DATA + 16);
    setXmm(cpu, 1, '0f0e0d0c_0b0a0908_07060504_03020100');
    setXmm(cpu, 2, '80000000_00000000_00008000_000000ff');
    execute(cpu);
    expect([...cpu.ram.subarray(DATA, DATA + 16)]).toEqual([0, ...new Array<number>(4).fill(0x11), 5, ...new Array<number>(9).fill(0x11), 15]);
  });

  it('into general registers: MOVMSKPS, PMOVMSKB and PEXTRW are zero-extended', () => {
    const cpu = simdCpu(0x0f, 0x50, 0xc1, 0x66, 0x0f, 0xd7, 0xd1, 0x66, 0x0f, 0xc5, 0xd9, 0x0f); // movmskps eax, xmm1; pmovmskb edx, xmm1; pextrw ebx, xmm1, 15
    setXmm(cpu, 1, A);
    for (const register of [EAX, EDX, EBX]) cpu.set32(register, -1);
    for (let index = 0; index < 3; index += 1) execute(cpu);
    expect([cpu.get32(EAX), cpu.get32(EDX), cpu.get32(EBX)]).toEqual([0b0011, 0x648f, 0x7fff]);
  });
});

const ONE = '3f800000', TWO = '40000000', THREE = '40400000', QNAN = '7fc12345', SNAN = '7f812345', INFINITE = '7f800000', TINY = '00000001';
/** The lowest lane of XMM1 after a scalar single operation, and MXCSR. */
function scalar(code: number, a: string, b: string, mxcsr = 0x1f80): string {
  const cpu = simdCpu(0xf3, 0x0f, code, 0xca);
  cpu.mxcsr = mxcsr;
  setXmm(cpu, 1, a);
  setXmm(cpu, 2, b);
  runFor(cpu, 1);
  return `${xmm(cpu, 1).slice(24)} ${cpu.mxcsr.toString(16)}${cpu.icount === 1 ? '' : ' faulted'}`;
}
const ADD = 0x58, MUL = 0x59, SUB = 0x5c, MIN = 0x5d, DIV = 0x5e, SQRT = 0x51;

test.each([
  ['1/3 to nearest, down, up, to zero', DIV, ONE, THREE, ['3eaaaaab 1fa0', '3eaaaaaa 3fa0', '3eaaaaab 5fa0', '3eaaaaaa 7fa0']],
  ['1 + 2', ADD, ONE, TWO, ['40400000 1f80', '40400000 3f80', '40400000 5f80', '40400000 7f80']],
  ['2 - 2: the sign of zero', SUB, TWO, TWO, ['00000000 1f80', '80000000 3f80', '00000000 5f80', '00000000 7f80']],
  ['root of 2', SQRT, ONE, TWO, ['3fb504f3 1fa0', '3fb504f3 3fa0', '3fb504f4 5fa0', '3fb504f3 7fa0']],
  ['overflow', MUL, '7f7fffff', TWO, ['7f800000 1fa8', '7f7fffff 3fa8', '7f800000 5fa8', '7f7fffff 7fa8']],
  ['the smallest denormal through 2', DIV, TINY, TWO, ['00000000 1fb2', '00000000 3fb2', '00000001 5fb2', '00000000 7fb2']],
])('%s', (_, code, a, b, expected) => { expect([0x1f80, 0x3f80, 0x5f80, 0x7f80].map((mxcsr) => scalar(code, a, b, mxcsr))).toEqual(expected); });

test.each([
  ['the first NaN wins, and is made quiet', ADD, SNAN, QNAN, 0x1f80, '7fc12345 1f81'], ['a quiet NaN is no exception', ADD, QNAN, ONE, 0x1f80, '7fc12345 1f80'],
  ['the indefinite', SUB, INFINITE, INFINITE, 0x1f80, 'ffc00000 1f81'], ['one through zero', DIV, ONE, '0', 0x1f80, '7f800000 1f84'], ['root of -1', SQRT, ONE, 'bf800000', 0x1f80, 'ffc00000 1f81'],
  ['MIN gives the second operand for a NaN', MIN, SNAN, ONE, 0x1f80, '3f800000 1f81'], ['MIN of zeros gives the second one', MIN, '0', '80000000', 0x1f80, '80000000 1f80'],
  ['a denormal operand', ADD, TINY, ONE, 0x1f80, '3f800000 1fa2'], ['DAZ: it is zero', ADD, TINY, ONE, 0x1fc0, '3f800000 1fc0'],
  ['FTZ: a tiny result is zero', MUL, '00800000', '3f000000', 0x9f80, '00000000 9fb0'], ['without FTZ it is exact', MUL, '00800000', '3f000000', 0x1f80, '00400000 1f80'],
  ['unmasked division by zero: the flag, no result', DIV, ONE, '0', 0x1d80, '3f800000 1d84 faulted'], ['unmasked inexact: the flag, no result', DIV, ONE, THREE, 0x0f80, '3f800000 fa0 faulted'],
])('%s', (_, code, a, b, mxcsr, expected) => { expect(scalar(code, a, b, mxcsr)).toBe(expected); });

test('an exception of operands that is not masked keeps those of results away', () => {
  const cpu = simdCpu(0x0f, 0x5e, 0xca); // divps xmm1, xmm2: 1/0 and 1/3
  cpu.mxcsr = 0x1d80;
  setXmm(cpu, 1, `${ONE}${ONE}${ONE}${ONE}`);
  setXmm(cpu, 2, `${THREE}${THREE}${THREE}00000000`);
  runFor(cpu, 1);
  expect([cpu.mxcsr, xmm(cpu, 1)]).toEqual([0x1d84, `${ONE}${ONE}${ONE}${ONE}`]);
});

test('comparison gives ZF, PF and CF and clears OF, SF and AF; a quiet NaN is invalid for COMISS alone', () => {
  const compare = (opcode: number, a: string, b: string): readonly [number, number] => {
    const cpu = simdCpu(0x0f, opcode, 0xca);
    setXmm(cpu, 1, a);
    setXmm(cpu, 2, b);
    writeFlags(cpu, 0x8d7);
    execute(cpu);
    return [readFlags(cpu) & 0x8d5, cpu.mxcsr & 0x3f];
  };
  expect([compare(0x2f, ONE, TWO), compare(0x2f, TWO, ONE), compare(0x2f, ONE, ONE), compare(0x2f, ONE, QNAN)]).toEqual([[1, 0], [0, 0], [0x40, 0], [0x45, 1]]);
  expect([compare(0x2e, ONE, QNAN), compare(0x2e, SNAN, ONE)]).toEqual([[0x45, 0], [0x45, 1]]);
});

test('CMPPS: eight predicates, for less, equal, greater and unordered', () => {
  const masks = [0, 1, 2, 3, 4, 5, 6, 7].map((predicate) => onXmm([0x0f, 0xc2, 0xca, predicate], `${ONE}${ONE}${TWO}${QNAN}`, `${TWO}${ONE}${ONE}${ONE}`).replace(/f{8}/g, '1').replace(/0{8}/g, '0'));
  expect(masks).toEqual(['0100', '1000', '1100', '0001', '1011', '0111', '0011', '1110']);
});

test('conversion to integers: by the rounding mode or truncated, and the indefinite for what does not fit', () => {
  const convert = (opcode: number, value: string, mxcsr: number): readonly [number, number] => {
    const cpu = simdCpu(0xf3, 0x0f, opcode, 0xc1);
    cpu.mxcsr = mxcsr;
    setXmm(cpu, 1, value);
    execute(cpu);
    return [cpu.get32(EAX), cpu.mxcsr & 0x3f];
  };
  const TWO_AND_A_HALF = '40200000', BIG = '4f000000';
  expect([0x1f80, 0x5f80].map((mxcsr) => convert(0x2d, TWO_AND_A_HALF, mxcsr))).toEqual([[2, 0x20], [3, 0x20]]);
  expect([convert(0x2c, TWO_AND_A_HALF, 0x5f80), convert(0x2d, BIG, 0x1f80), convert(0x2d, 'cf000000', 0x1f80)]).toEqual([[2, 0x20], [-0x8000_0000, 1], [-0x8000_0000, 0]]);
});

describe('RCPSS and RSQRTSS', () => {
  const result = (cpu: Cpu, code: number, value: number): number => {
    const view = new DataView(new ArrayBuffer(4));
    view.setFloat32(0, value);
    cpu.xmm[8] = view.getUint32(0);
    cpu.eip = 0x1000 + (code === 0x53 ? 0 : 4);
    execute(cpu);
    view.setUint32(0, cpu.xmm[4]!);
    return view.getFloat32(0);
  };
  const cpu = simdCpu(0xf3, 0x0f, 0x53, 0xca, 0xf3, 0x0f, 0x52, 0xca);

  it('err by at most 1.5 * 2^-12, whatever the rounding mode, and raise nothing', () => {
    cpu.mxcsr = 0x6000;
    for (let index = 1; index < 4000; index += 1) {
      const value = Math.fround((1 + (index * 0x9e37_79b1 % 0x1_0000_0000) / 0x1_0000_0000) * 2 ** (index % 200 - 100));
      expect(Math.abs(result(cpu, 0x53, value) * value - 1)).toBeLessThanOrEqual(1.5 / 4096);
      expect(Math.abs(result(cpu, 0x52, value) * Math.sqrt(value) - 1)).toBeLessThanOrEqual(1.5 / 4096);
    }
    expect(cpu.mxcsr).toBe(0x6000);
  });

  it('have the special results of the manual', () => {
    expect([0, -0, Infinity, -Infinity, 1e-40, 2 ** 127].map((value) => result(cpu, 0x53, value))).toEqual([Infinity, -Infinity, 0, -0, Infinity, 0]);
    expect([0, -0, Infinity, -1, 4].map((value) => result(cpu, 0x52, value))).toEqual([Infinity, -Infinity, 0, NaN, 0.5]);
  });
});

test('F2 and F3 that belong to an opcode do not end a block; REP does', () => {
  const addss = [0xf3, 0x0f, 0x58, 0xca], cpu = simdCpu(...addss, ...addss, ...addss, 0xf3, 0xa4, 0x90);
  expect(fetchBlock(cpu, blockCacheOf(cpu)).insns.map((insn) => insn.op)).toEqual(['addss', 'addss', 'addss', 'movs']);
});
