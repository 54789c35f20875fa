// x87 by hand-made cases from the manual: the stack and its faults, exceptions masked and not, environments in memory, pointers, errors by #MF and by
// FERR#, state saved with MMX and SSE. Thousands of random cases against the host: test/witness/x87.test.ts.
import { describe, expect, it } from 'vitest';
import { registerOffset } from '../../../core/arch/register-file.ts';
import { blockCacheOf } from '../../../core/cpu/block-cache.ts';
import { executeBlock } from '../../../core/cpu/execute.ts';
import { Fault, faultVector } from '../../../core/cpu/fault.ts';
import { fetchBlock } from '../../../core/cpu/fetch.ts';
import { writeFlags } from '../../../core/cpu/flags.ts';
import { EAX, ECX, HALTED, type Cpu } from '../../../core/cpu/state.ts';
import { startReal } from '../../../core/cpu/start.ts';
import { bareCpu, CODE, DATA, EmptyBus, runFor } from './bare-cpu.ts';
import { enablePaging, enterRing3, newWorld } from './world.ts';
import { execute as executeInWorld, put } from './execute-bytes.ts';

const CR0 = registerOffset('cr0'), CR4 = registerOffset('cr4');
const CR0_NE = 0x20, OSFXSR = 0x200;
const FINIT = [0xdb, 0xe3], FLD1 = [0xd9, 0xe8], FLDZ = [0xd9, 0xee], FLDPI = [0xd9, 0xeb], FNSTSW = [0xdf, 0xe0], DIV = [0xde, 0xf9];
const IE = 1, ZE = 4, PE = 0x20, SF = 0x40, ES_B = 0x8080, C1 = 0x200;

/** Runs instructions, one attempt each, with ECX at DATA and CR0.NE set. */
function after(code: readonly (readonly number[])[], prepare: (cpu: Cpu) => void = () => undefined): Cpu {
  const cpu = bareCpu(code.flat());
  cpu.setRegister(CR0, cpu.register(CR0) | CR0_NE, 0);
  cpu.set32(ECX, DATA);
  prepare(cpu);
  runFor(cpu, code.length);
  return cpu;
}
const top = (cpu: Cpu): number => (cpu.fpuStatus >>> 11) & 7;
const st = (cpu: Cpu, i: number): string => {
  const at = ((top(cpu) + i) & 7) * 4;
  return [cpu.x87[at + 2]!, cpu.x87[at + 1]!, cpu.x87[at]!].map((word, index) => word.toString(16).padStart(index === 0 ? 4 : 8, '0')).join('');
};
const isEmpty = (cpu: Cpu, i: number): boolean => ((cpu.fpuTag >>> (((top(cpu) + i) & 7) * 2)) & 3) === 3;
const words = (cpu: Cpu, count: number): string[] => Array.from({ length: count }, (_, index) => cpu.ramView.getUint32(DATA + index * 4, true).toString(16));
/** Sets the control word. */
const control = (value: number) => (cpu: Cpu): void => { cpu.fpuControl = value; };
const ONE = '3fff8000000000000000', INDEFINITE = 'ffffc000000000000000';

describe('the stack', () => {
  it('goes down by a load and up by a pop', () => {
    const cpu = after([FLD1, FLDPI, [0xdd, 0xd8]]); // fstp st0
    expect([top(cpu), st(cpu, 0), isEmpty(cpu, 0), isEmpty(cpu, 7)]).toEqual([7, ONE, false, true]);
  });
  it('overflows with C1 set and gives the indefinite when that is masked', () => {
    const cpu = after(Array.from({ length: 9 }, () => FLD1));
    expect([cpu.fpuStatus & 0x27f, top(cpu), st(cpu, 0)]).toEqual([IE | SF | C1, 7, INDEFINITE]);
  });
  it('overflows without a change when that is not masked', () => {
    const cpu = after(Array.from({ length: 9 }, () => FLD1), control(0x37e));
    expect([cpu.fpuStatus & 0x82ff, top(cpu), st(cpu, 0)]).toEqual([IE | SF | C1 | ES_B, 0, ONE]);
  });
  it('underflows with C1 clear', () => {
    const cpu = after([[0xd8, 0xc1]]); // fadd st0, st1
    expect([cpu.fpuStatus & 0x27f, st(cpu, 0)]).toEqual([IE | SF, INDEFINITE]);
  });
  it('keeps contents and tags apart: FFREE, FINCSTP, FFREEP', () => {
    const cpu = after([FLD1, FLDPI, [0xdd, 0xc1], [0xd9, 0xf7]]); // ffree st1; fincstp
    expect([top(cpu), isEmpty(cpu, 0), st(cpu, 0), isEmpty(cpu, 7)]).toEqual([7, true, ONE, false]);
    const freed = after([FLD1, FLDPI, [0xdf, 0xc1]]); // ffreep st1
    expect([top(freed), isEmpty(freed, 0), isEmpty(freed, 7)]).toEqual([7, true, true]);
  });
});

describe('exceptions', () => {
  it('that are masked give the manual\'s response', () => {
    const cpu = after([FLD1, FLDZ, DIV]);
    expect([cpu.fpuStatus & 0xff, st(cpu, 0)]).toEqual([ZE, '7fff8000000000000000']);
  });
  it('that are not masked keep operands and stack, and are told by #MF at the next waiting instruction', () => {
    const cpu = after([FLD1, FLDZ, DIV], control(0x37b));
    expect([cpu.fpuStatus & 0x80ff, top(cpu), st(cpu, 0), st(cpu, 1)]).toEqual([ZE | ES_B, 6, '00000000000000000000', ONE]);
    expect(vectorOf(cpu, FNSTSW)).toBe(null);
    expect(vectorOf(cpu, FLD1)).toBe(16);
    expect(vectorOf(cpu, [0x9b])).toBe(16);
    expect(vectorOf(cpu, [0xdb, 0xe2])).toBe(null); // fnclex
    expect(vectorOf(cpu, FLD1)).toBe(null);
  });
  it('become pending when FLDCW unmasks them', () => {
    const cpu = after([FLD1, FLDZ, DIV, [0xd9, 0x29]], (one) => { one.ramView.setUint16(DATA, 0x340, true); });
    expect([cpu.fpuControl, cpu.fpuStatus & ES_B]).toEqual([0x340, ES_B]);
  });
  it('of precision are reported behind the result, C1 telling the direction', () => {
    const cpu = after([FLD1, [0xda, 0x31]], (one) => { one.ramView.setInt32(DATA, 3, true); }); // fidiv dword [ecx]
    expect([cpu.fpuStatus & 0x2ff, st(cpu, 0)]).toEqual([PE | C1, '3ffdaaaaaaaaaaaaaaab']);
  });
});

/** The vector an instruction faults with at the end of the code, or null. */
function vectorOf(cpu: Cpu, code: readonly number[]): number | null {
  cpu.ram.set(code, CODE + 0x100);
  cpu.pageFlags.fill(0);
  cpu.eip = CODE + 0x100;
  cpu.instructionEip = cpu.eip;
  try {
    executeBlock(cpu, fetchBlock(cpu, blockCacheOf(cpu)), 1);
    return null;
  } catch (thrown) {
    if (!(thrown instanceof Fault)) throw thrown;
    return faultVector(thrown.code);
  }
}

describe('with CR0.NE = 0', () => {
  class ErrorBus extends EmptyBus {
    readonly errors: boolean[] = [];
    isIgnored = false;
    override setFpuError(error?: { readonly isRaised: boolean }): void { this.errors.push(error?.isRaised ?? false); }
    override ignoresFpuError(): boolean { return this.isIgnored; }
  }
  const failing = (bus: ErrorBus): Cpu => {
    const cpu = bareCpu([FLD1, FLDZ, DIV, FLD1].flat(), bus);
    cpu.fpuControl = 0x37b;
    runFor(cpu, 3);
    return cpu;
  };
  it('an error goes out by FERR# and the next waiting instruction stands still', () => {
    const bus = new ErrorBus(), cpu = failing(bus);
    expect(bus.errors).toEqual([true]);
    expect(runFor(cpu, 1)).toEqual({ kind: 'halted' });
    expect([cpu.eip, cpu.activity, cpu.icount]).toEqual([CODE + 6, HALTED, 3]);
  });
  it('is not raised by an environment that masks what the old one holds', () => {
    const bus = new ErrorBus(), cpu = bareCpu([0xd9, 0x21], bus); // fldenv [ecx]
    cpu.set32(ECX, DATA);
    cpu.fpuStatus = ZE;
    cpu.ramView.setUint16(DATA, 0x37b, true);
    runFor(cpu, 1);
    expect([cpu.fpuControl, cpu.fpuStatus, bus.errors]).toEqual([0x37b, 0, []]);
  });
  it('is passed over under IGNNE#, and ends with FNCLEX', () => {
    const bus = new ErrorBus(), cpu = failing(bus);
    bus.isIgnored = true;
    runFor(cpu, 1);
    expect([cpu.eip, top(cpu)]).toEqual([CODE + 8, 5]);
    expect(vectorOf(cpu, [0xdb, 0xe2])).toBe(null);
    expect(bus.errors).toEqual([true, false]);
  });
});

describe('state in memory', () => {
  const LOADED = [FINIT, FLD1, FLDZ, [0xd8, 0x01]] as const; // fadd dword [ecx]
  it('FNSTENV of 32 bits in protected mode, and all exceptions masked behind it', () => {
    const cpu = after([...LOADED, [0xd9, 0x31]], control(0x340));
    expect(words(cpu, 7)).toEqual(['ffff037f', 'ffff3000', 'ffff1fff', (CODE + 6).toString(16), '10008', DATA.toString(16), 'ffff0010']);
  });
  it('FNSAVE stores ST0 first and initialises', () => {
    const cpu = after([...LOADED, [0xdd, 0x31]]);
    // +0 in ten bytes, then 1
    expect(words(cpu, 12).slice(7)).toEqual(['0', '0', '0', '0', '3fff8000']);
    expect([cpu.fpuControl, cpu.fpuStatus, cpu.fpuTag]).toEqual([0x37f, 0, 0xffff]);
  });
  it('FRSTOR brings back what FNSAVE stored', () => {
    const cpu = after([...LOADED, FLDPI, [0xdd, 0x31], FLD1, [0xdd, 0x21]]);
    expect([top(cpu), st(cpu, 0), st(cpu, 2), isEmpty(cpu, 3), cpu.fpuControl]).toEqual([5, '4000c90fdaa22168c235', ONE, true, 0x37f]);
  });
  it('real-address mode holds linear addresses', () => {
    const cpu = bareCpu([]);
    startReal(cpu);
    for (const segment of [0, 1, 2, 3]) cpu.setSegment(segment, 0x100, 0x93, 0xffff, 0x1000);
    cpu.eip = 0;
    cpu.ram.set([...FINIT, ...FLD1, 0xd8, 0x06, 0x00, 0x30, 0xd9, 0x36, 0x00, 0x30], 0x1000); // fadd dword [0x3000]; fnstenv [0x3000]
    runFor(cpu, 4);
    const at = (offset: number): number => cpu.ramView.getUint16(DATA + offset, true);
    expect([0, 2, 4, 6, 8, 10, 12].map((offset) => at(offset).toString(16))).toEqual(['37f', '3800', '3fff', '1004', '6', '4000', '0']);
  });
  it('FXSAVE and FXRSTOR keep x87, MXCSR and XMM under CR4.OSFXSR', () => {
    const cpu = after([...LOADED, [0x0f, 0xae, 0x01], FINIT, FLDPI], (one) => {
      one.setRegister(CR4, OSFXSR, 0);
      one.mxcsr = 0x1fa0;
      one.xmm[5] = 0x1234_5678;
    });
    expect(words(cpu, 9)).toEqual(['3000037f', '100c0', (CODE + 6).toString(16), '8', DATA.toString(16), '10', '1fa0', 'ffff', '0']);
    cpu.xmm[5] = 0;
    cpu.mxcsr = 0x1f80;
    expect(vectorOf(cpu, [0x0f, 0xae, 0x09])).toBe(null);
    expect([top(cpu), st(cpu, 1), isEmpty(cpu, 2), cpu.mxcsr, cpu.xmm[5]]).toEqual([6, ONE, true, 0x1fa0, 0x1234_5678]);
    cpu.ramView.setUint32(DATA + 24, 0x1_0000, true);
    expect(vectorOf(cpu, [0x0f, 0xae, 0x09])).toBe(13);
  });
  it('FXSAVE leaves the SSE part alone without CR4.OSFXSR', () => {
    const cpu = after([[0x0f, 0xae, 0x01]], (one) => { one.ram.fill(0xaa, DATA, DATA + 512); one.xmm[0] = 1; });
    expect([cpu.ramView.getUint32(DATA + 160, true), cpu.ramView.getUint32(DATA + 156, true)]).toEqual([0xaaaa_aaaa, 0]);
  });
});

describe('faults of the operand', () => {
  it('leave the FPU as it was', () => {
    const world = newWorld(), { cpu } = world;
    enablePaging(world);
    cpu.set32(ECX, 0x3f_f000);
    cpu.ramView.setUint32(0x2_1000 + 0x3ff * 4, 0, true);
    put(world, cpu.eip, [0xdd, 0x19]); // fstp qword [ecx]
    cpu.fpuStatus = 7 << 11;
    cpu.fpuTag = 0x3fff;
    cpu.x87.set([0, 0xc000_0001, 0x3fff], 28);
    const before = cpu.processorBytes.slice(0xa00, 0xb00);
    let vector = -1;
    try { executeInWorld(world); } catch (thrown) { vector = thrown instanceof Fault ? faultVector(thrown.code) : -2; }
    expect(vector).toBe(14);
    expect(cpu.processorBytes.slice(0xa00, 0xb00)).toEqual(before);
  });
});

describe('alignment checking', () => {
  it.each<readonly [string, readonly number[], number, boolean]>([
    ['a tword at 4', [0xdb, 0x29], 4, true], ['a tword at 8', [0xdb, 0x29], 8, false], ['a tword store at 4', [0xdb, 0x39], 4, true], ['a qword at 4', [0xdd, 0x01], 4, true],
    ['an environment at 2', [0xd9, 0x31], 2, true], ['an environment of 16 bits at 2', [0x66, 0xd9, 0x31], 2, false], ['a state at 4', [0xdd, 0x21], 4, false], ['a state at 2', [0xdd, 0x21], 2, true],
    ['FXSAVE at 2', [0x0f, 0xae, 0x01], 2, true],
  ])('of %s', (_name, code, offset, isRefused) => {
    const world = newWorld(), { cpu } = world;
    enterRing3(world);
    cpu.setRegister(CR0, cpu.register(CR0) | 0x4_0000, 0);
    writeFlags(cpu, 0x4_0002);
    cpu.set32(ECX, 0x5000 + offset);
    put(world, cpu.eip, code);
    let vector = -1;
    try { executeInWorld(world); } catch (thrown) { vector = thrown instanceof Fault ? faultVector(thrown.code) : -2; }
    expect(vector).toBe(isRefused ? 17 : -1);
  });
});

describe('control instructions', () => {
  it('FNSTSW AX, FLDCW and FNSTCW keep to the bits there are', () => {
    const cpu = after([[0xd9, 0x29], [0xd9, 0x79, 0x04], FLD1, FNSTSW], (one) => { one.ramView.setUint16(DATA, 0xffff, true); });
    expect([cpu.ramView.getUint16(DATA + 4, true), cpu.get16(EAX)]).toEqual([0x1f7f, 0x3800]);
  });
  it('reset leaves registers of +0 in use and exceptions unmasked, FNINIT does not', () => {
    const cpu = bareCpu([]);
    startReal(cpu);
    expect([cpu.fpuControl, cpu.fpuStatus, cpu.fpuTag]).toEqual([0x40, 0, 0]);
    expect(vectorOf(after([FINIT]), FLD1)).toBe(null);
  });
  it('EMMS empties the stack', () => {
    const cpu = after([FLD1, FLD1, [0x0f, 0x77]]);
    expect([cpu.fpuTag, top(cpu)]).toEqual([0xffff, 0]);
  });
});

describe('decimal', () => {
  it('FBSTP stores digits, the lowest first, and FBLD takes them', () => {
    const cpu = after([[0xdb, 0x01], [0xdf, 0x31], [0xdf, 0x21]], (one) => { one.ramView.setInt32(DATA, -1_234_567, true); }); // fild; fbstp; fbld
    expect(words(cpu, 3).slice(0, 2)).toEqual(['1234567', '0']);
    expect(cpu.ramView.getUint16(DATA + 8, true)).toBe(0x8000);
    expect(st(cpu, 0)).toBe('c01396b4380000000000');
  });
});
