// Fast system calls, MSRs, control registers, table registers, CPUID: values and events.

import { describe, expect, test } from 'vitest';
import { registerOffset } from '../../../core/arch/register-file.ts';
import { clts, invalidatePage, lmsw, movFromCr, movToCr } from '../../../core/cpu/control-registers.ts';
import { cpuid } from '../../../core/cpu/cpuid.ts';
import { movFromDr, movToDr } from '../../../core/cpu/debug-registers.ts';
import { farReturn } from '../../../core/cpu/far-return.ts';
import { farCall, farJump } from '../../../core/cpu/far-transfer.ts';
import { sysenter, sysexit } from '../../../core/cpu/fast-system-calls.ts';
import { readFlags, writeFlags } from '../../../core/cpu/flags.ts';
import { rdmsr, rdtsc, wrmsr } from '../../../core/cpu/model-specific-registers.ts';
import { checkIoPermission } from '../../../core/cpu/ports.ts';
import { CS, EAX, EBX, ECX, EDX, SS } from '../../../core/cpu/state.ts';
import { lgdt, lldt, ltr } from '../../../core/cpu/system-tables.ts';
import type { TransitionEvent } from '../../../core/event/event.ts';
import { CODE, CODE0, CODE3, DATA3, descriptor, DPL3, enablePaging, enterRing3, FREE, GDT, KERNEL_STACK, LDT, LDT_SELECTOR, listen, load32, newWorld, outcome, pushWords, TSS32, USER_STACK, type World } from './world.ts';

function setMsr(world: World, number: number, lo: number, hi = 0): void {
  world.cpu.set32(ECX, number);
  world.cpu.set32(EAX, lo);
  world.cpu.set32(EDX, hi);
  wrmsr(world.cpu);
}
function withFastCalls(cs: number): World {
  const world = newWorld();
  setMsr(world, 0x174, cs);
  setMsr(world, 0x175, KERNEL_STACK);
  setMsr(world, 0x176, 0x1_2345);
  enterRing3(world);
  writeFlags(world.cpu, 0x302);
  listen(world);
  world.cpu.instructionEip = 0x5000;
  world.cpu.eip = 0x5002;
  return world;
}

describe.each([[8, 0x8, 0x10, 0x1b, 0x23], [0xb, 0x8, 0x10, 0x1b, 0x23], [0xfff8, 0xfff8, 0x0, 0xb, 0x13]])('IA32_SYSENTER_CS = %i', (msr, cs0, ss0, cs3, ss3) => {
  test('SYSENTER goes to ring 0 with flat segments, IF clear, TF kept, nothing pushed', () => {
    const world = withFastCalls(msr);
    sysenter(world.cpu);
    const { cpu } = world;
    expect([cpu.cpl, cpu.segmentSelector(CS), cpu.segmentSelector(SS), cpu.eip, cpu.esp, readFlags(cpu)]).toEqual([0, cs0, ss0, 0x1_2345, KERNEL_STACK, 0x102]);
    expect([cpu.segmentRights(CS), cpu.segmentRights(SS), cpu.segmentLimit(CS), cpu.segmentBase(CS)]).toEqual([0xc09b, 0xc093, 0xffff_ffff, 0]);
    const event = world.events[0] as TransitionEvent;
    expect(event).toMatchObject({ via: 'sysenter', from: { cpl: 3, cs: CODE3, ip: 0x5000n, ss: DATA3, sp: BigInt(USER_STACK) }, to: { cpl: 0, cs: cs0, ss: ss0, ip: 0x1_2345n } });
    expect('frame' in event || 'gate' in event || 'vector' in event || 'returnIp' in event).toBe(false);
  });

  test('SYSEXIT goes to ring 3 at EDX on the stack ECX', () => {
    const world = withFastCalls(msr);
    sysenter(world.cpu);
    world.cpu.set32(EDX, 0x6000);
    world.cpu.set32(ECX, USER_STACK - 4);
    sysexit(world.cpu);
    const { cpu } = world;
    expect([cpu.cpl, cpu.segmentSelector(CS), cpu.segmentSelector(SS), cpu.eip, cpu.esp]).toEqual([3, cs3, ss3, 0x6000, USER_STACK - 4]);
    expect([cpu.segmentRights(CS), cpu.segmentRights(SS)]).toEqual([0xc0fb, 0xc0f3]);
    expect(world.events[1]).toMatchObject({ via: 'sysexit', from: { cpl: 0 }, to: { cpl: 3, cs: cs3, ss: ss3 } });
  });
});

describe('MSRs', () => {
  test('WRMSR is one msr-write with before and after, and reads back', () => {
    const world = newWorld();
    setMsr(world, 0x176, 0x1000);
    setMsr(world, 0x176, 0xc000_0000 | 0, 7);
    expect(world.events).toMatchObject([
      { kind: 'msr-write', msr: 0x176, name: 'IA32_SYSENTER_EIP', before: 0n, after: 0x1000n, refused: false },
      { kind: 'msr-write', before: 0x1000n, after: 0xc000_0000n, refused: false },
    ]);
    rdmsr(world.cpu);
    expect([world.cpu.get32(EAX) >>> 0, world.cpu.get32(EDX)]).toEqual([0xc000_0000, 0]);
  });

  test('a refused write is an event too, then #GP(0); nothing is written', () => {
    const world = newWorld();
    expect(outcome(() => { setMsr(world, 0xc000_0081, 1, 2); })).toBe('#GP(0x0) msr-exists');
    expect(world.events).toMatchObject([{ kind: 'msr-write', name: 'IA32_STAR', before: null, after: 0x2_0000_0001n, refused: true }]);
    enterRing3(world);
    expect(outcome(() => { setMsr(world, 0x174, 8); })).toBe('#GP(0x0) privileged-cpl');
    expect(world.cpu.register(registerOffset('sysenter_cs'))).toBe(0);
  });

  test('the TSC counts the clock and can be set', () => {
    const world = newWorld();
    world.cpu.icount = 0x1_0000_0005;
    rdtsc(world.cpu);
    expect([world.cpu.get32(EDX), world.cpu.get32(EAX)]).toEqual([1, 5]);
    setMsr(world, 0x10, 3, 0);
    world.cpu.idleTicks = 0xffff_fffe;
    rdtsc(world.cpu);
    expect([world.cpu.get32(EDX), world.cpu.get32(EAX)]).toEqual([1, 1]);
  });
});

describe('control registers', () => {
  test('turning paging on flushes everything; loading CR3 flushes what is not global', () => {
    const world = newWorld();
    movToCr(world.cpu, 3, 0x2_0000);
    movToCr(world.cpu, 0, 0x8000_0011);
    movToCr(world.cpu, 3, 0x2_0000);
    movToCr(world.cpu, 4, 0x10);
    expect(world.events.map((one) => one.kind === 'cr-write' ? `${one.register} ${one.before?.toString(16)}->${one.after.toString(16)}` : one.kind === 'tlb-flush' ? one.scope : one.kind)).toEqual([
      'cr3 0->20000', 'cr0 11->80000011', 'all', 'cr3 20000->20000', 'non-global', 'cr4 0->10', 'all',
    ]);
    invalidatePage(world.cpu, 0xc000_0123);
    expect(world.events.at(-1)).toMatchObject({ kind: 'tlb-flush', scope: 'page', linear: 0xc000_0123n });
  });

  test('bits that do not exist are not kept, ET stays 1, LMSW cannot clear PE, CLTS clears TS', () => {
    const world = newWorld();
    movToCr(world.cpu, 0, 0x0ffa_ffc9);
    expect(movFromCr(world.cpu, 0)).toBe(0x19);
    lmsw(world.cpu, 0xfff6);
    expect(movFromCr(world.cpu, 0)).toBe(0x17);
    lmsw(world.cpu, 8);
    clts(world.cpu);
    expect(movFromCr(world.cpu, 0)).toBe(0x11);
  });

  test('reserved bits of DR6 and DR7 keep their values; without CR4.DE, DR4 and DR5 are other names of them', () => {
    const world = newWorld();
    movToDr(world.cpu, 5, 0);
    movToDr(world.cpu, 4, 0xffff_ffff);
    expect([movFromDr(world.cpu, 7), movFromDr(world.cpu, 6)]).toEqual([0x400, 0xffff_effb + 4]);
  });
});

describe('table registers', () => {
  test('LGDT, LLDT and LTR report what was and what is', () => {
    const world = newWorld();
    lgdt(world.cpu, 0x4f, GDT);
    lldt(world.cpu, LDT_SELECTOR);
    lldt(world.cpu, 0);
    expect(world.events).toMatchObject([
      { kind: 'table-load', register: 'gdtr', before: { base: BigInt(GDT), limit: 0x47 }, after: { base: BigInt(GDT), limit: 0x4f } },
      { register: 'ldtr', before: { selector: 0, base: 0n, limit: 0 }, after: { selector: LDT_SELECTOR, base: BigInt(LDT), limit: 0xf } },
      { register: 'ldtr', before: { selector: LDT_SELECTOR }, after: { selector: 0, base: 0n, limit: 0 } },
    ]);
    expect('selector' in (world.events[0] as { before: object }).before).toBe(false);
  });

  test('LTR makes the descriptor busy: the same one cannot be loaded again', () => {
    const world = newWorld();
    descriptor(world, FREE, TSS32, { base: 0x6000, limit: 0x67 });
    ltr(world.cpu, FREE);
    expect(load32(world, GDT + FREE + 4) & 0xf00).toBe(0xb00);
    expect(outcome(() => { ltr(world.cpu, FREE); })).toBe('#GP(0x38) ltr-type');
    expect(world.events.map((one) => one.kind)).toEqual(['table-load']);
  });
});

test('CPUID says what the core does: SEP with a signature SYSENTER software accepts, a local APIC', () => {
  const { cpu } = newWorld();
  cpu.set32(EAX, 0);
  cpuid(cpu);
  expect([EBX, EDX, ECX].map((register) => cpu.get32(register))).toEqual([0x756e_6547, 0x4965_6e69, 0x6c65_746e]);
  cpu.set32(EAX, 1);
  cpuid(cpu);
  const features = cpu.get32(EDX), signature = cpu.get32(EAX);
  expect([0, 3, 6, 9, 11, 13].map((bit) => (features >>> bit) & 1)).toEqual([1, 1, 1, 1, 1, 1]);
  expect((signature >>> 8) & 15).toBe(6);
  expect((signature & 0xff) >= 0x33).toBe(true);
});

test('ports: four ports need four clear bits, across a byte of the map', () => {
  const world = newWorld();
  enterRing3(world);
  world.cpu.setSegment(7, 0x28, 0x8b, 104 + 4, 0x3000);
  world.cpu.ram.set([0x00, 0x00, 0x02, 0xff], 0x3000 + 104);
  expect(outcome(() => { checkIoPermission(world.cpu, 13, 4); })).toBe('ok');
  expect(outcome(() => { checkIoPermission(world.cpu, 14, 4); })).toBe('#GP(0x0) io-map-bit');
  writeFlags(world.cpu, 0x3002);
  expect(outcome(() => { checkIoPermission(world.cpu, 14, 4); })).toBe('ok');
});

describe('far transfers', () => {
  test('JMP and CALL keep CPL in CS.RPL and are silent; RETF n releases its parameters', () => {
    const world = newWorld();
    descriptor(world, FREE, CODE);
    world.cpu.eip = 0x5007;
    farCall(world.cpu, 32, FREE, 0x6000);
    expect([world.cpu.segmentSelector(CS), world.cpu.eip, load32(world, world.cpu.esp), load32(world, world.cpu.esp + 4)]).toEqual([FREE, 0x6000, 0x5007, CODE0]);
    farReturn(world.cpu, 32, 8);
    expect([world.cpu.segmentSelector(CS), world.cpu.eip, world.cpu.esp]).toEqual([CODE0, 0x5007, KERNEL_STACK + 8]);
    farJump(world.cpu, FREE, 0x7000);
    expect(world.events).toEqual([]);
  });

  test('RETF n to an outer ring is a transition; both stacks release their parameters', () => {
    const world = newWorld();
    descriptor(world, FREE, CODE | DPL3);
    pushWords(world, DATA3, USER_STACK, 1, 2, FREE | 3, 0x5000);
    farReturn(world.cpu, 32, 8);
    expect([world.cpu.cpl, world.cpu.segmentSelector(CS), world.cpu.segmentSelector(SS), world.cpu.esp, world.cpu.eip]).toEqual([3, FREE | 3, DATA3, USER_STACK + 8, 0x5000]);
    expect(world.events).toMatchObject([{ kind: 'transition', via: 'far-return', from: { cpl: 0 }, to: { cpl: 3 }, returnIp: 0x5000n }]);
  });
});

test('paging helpers of this test world leave events to the tests', () => {
  const world = newWorld();
  enablePaging(world);
  expect(world.events).toEqual([]);
});
