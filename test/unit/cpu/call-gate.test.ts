// Far transfers through call gates and back: stacks, parameters, registers, events; conforming code and the LDT on the way.

import { describe, expect, test } from 'vitest';
import { farReturn } from '../../../core/cpu/far-return.ts';
import { farCall, farJump } from '../../../core/cpu/far-transfer.ts';
import { loadSegment } from '../../../core/cpu/segmentation.ts';
import { CS, DS, ES, SS } from '../../../core/cpu/state.ts';
import { lldt } from '../../../core/cpu/system-tables.ts';
import {
  CODE, CODE0, CODE3, CONFORMING, DATA, DATA0, DATA3, descriptor, DPL3, enablePaging, enterRing3, FREE, FREE2, gateAt, GDT, HANDLER, KERNEL_STACK, LDT, LDT_SELECTOR,
  listen, load32, mapPage, newWorld, outcome, pushWords, store32, USER_STACK, type World,
} from './world.ts';

/** Ring 3 about to execute a CALL of 7 bytes at 0x5000, with two parameters on its stack. */
function caller(world = newWorld()): World {
  enterRing3(world);
  pushWords(world, 0x2222_2222, 0x1111_1111);
  world.cpu.instructionEip = 0x5000;
  world.cpu.eip = 0x5007;
  world.cpu.icount = 7;
  listen(world);
  return world;
}
const place = ({ cpu }: World): readonly number[] => [cpu.cpl, cpu.segmentSelector(CS), cpu.eip, cpu.segmentSelector(SS), cpu.esp];
const CALLER_STACK = USER_STACK - 8;

describe('CALL through a call gate to ring 0', () => {
  test('switches stacks, copies the parameters, and is one transition', () => {
    const world = caller();
    gateAt(world, FREE, { parameters: 2 });
    farCall(world.cpu, 32, FREE | 3, 0x7777);
    const esp = KERNEL_STACK - 24;
    expect(place(world)).toEqual([0, CODE0, HANDLER, DATA0, esp]);
    expect([0, 4, 8, 12, 16, 20].map((at) => load32(world, esp + at))).toEqual([0x5007, CODE3, 0x1111_1111, 0x2222_2222, CALLER_STACK, DATA3]);
    expect(world.events).toMatchObject([{
      kind: 'transition', icount: 7, cpl: 3, ip: 0x5000n, via: 'call-gate', returnIp: 0x5007n,
      from: { cpl: 3, cs: CODE3, ip: 0x5000n, ss: DATA3, sp: BigInt(CALLER_STACK) }, to: { cpl: 0, cs: CODE0, ip: BigInt(HANDLER), ss: DATA0, sp: BigInt(esp) },
      frame: { ss: DATA0, linear: BigInt(esp), width: 4, slots: [
        { name: 'eip', value: 0x5007n }, { name: 'cs', value: BigInt(CODE3) }, { name: 'parameter', value: 0x1111_1111n }, { name: 'parameter', value: 0x2222_2222n },
        { name: 'esp', value: BigInt(CALLER_STACK) }, { name: 'ss', value: BigInt(DATA3) }] },
      gate: { table: 'gdt', index: FREE >> 3, physical: BigInt(GDT + FREE), raw: 0x0001_ec02_0008_0000n }, stackFrom: { tss: 0x28, offset: 4, value: BigInt(KERNEL_STACK) },
    }]);
    expect(world.events[0]).not.toHaveProperty('vector');
    expect(world.events[0]).not.toHaveProperty('source');
  });

  test('RETF n comes back and releases the parameters on both stacks', () => {
    const world = caller();
    gateAt(world, FREE, { parameters: 2 });
    farCall(world.cpu, 32, FREE | 3, 0);
    farReturn(world.cpu, 32, 8);
    expect(place(world)).toEqual([3, CODE3, 0x5007, DATA3, USER_STACK]);
    expect(world.events[1]).toMatchObject({ via: 'far-return', from: { cpl: 0 }, to: { cpl: 3 }, frame: { slots: [{ name: 'eip' }, { name: 'cs' },
      { name: 'parameter', value: 0x1111_1111n }, { name: 'parameter', value: 0x2222_2222n }, { name: 'esp', value: BigInt(CALLER_STACK) }, { name: 'ss', value: BigInt(DATA3) }] } });
  });

  test('a 16-bit gate pushes and copies words, and its offset has 16 bits', () => {
    const world = caller();
    gateAt(world, FREE, { type: 4, offset: 0x1_2345, parameters: 3 });
    farCall(world.cpu, 32, FREE | 3, 0);
    const esp = KERNEL_STACK - 14;
    expect(place(world)).toEqual([0, CODE0, 0x2345, DATA0, esp]);
    expect([0, 4, 8, 12].map((at) => load32(world, esp + at))).toEqual([CODE3 * 0x1_0000 + 0x5007, 0x1111_1111, CALLER_STACK * 0x1_0000 + 0x2222, DATA3]);
    expect(world.events[0]).toMatchObject({ frame: { width: 2, slots: [{ name: 'ip' }, { name: 'cs' }, { name: 'parameter' }, { name: 'parameter' }, { name: 'parameter', value: 0x2222n }, { name: 'sp' }, { name: 'ss' }] } });
    farReturn(world.cpu, 16, 6);
    // SP alone is 16 bits on the frame, all of ESP is loaded
    expect(place(world)).toEqual([3, CODE3, 0x5007, DATA3, CALLER_STACK + 6]);
  });

  test('an absent parameter page faults as the caller, an absent inner stack as the supervisor, and nothing has changed', () => {
    const faults = (page: number): string => {
      const world = newWorld();
      enablePaging(world);
      caller(world);
      gateAt(world, FREE, { parameters: 2 });
      mapPage(world, page, 0);
      const before = Array.from(world.cpu.registerFile);
      const seen = outcome(() => { farCall(world.cpu, 32, FREE | 3, 0); });
      expect(Array.from(world.cpu.registerFile).filter((word, index) => word !== before[index])).toEqual([]);
      return seen;
    };
    expect(faults(0x9000)).toBe('#PF(0x4) page-table-present');
    expect(faults(0x7000)).toBe('#PF(0x2) page-table-present');
  });
});

describe('call gates that keep the ring', () => {
  test('CALL pushes two slots; conforming code runs at the caller\'s CPL', () => {
    const world = caller();
    descriptor(world, FREE2, CONFORMING);
    gateAt(world, FREE, { selector: FREE2, parameters: 9 });
    farCall(world.cpu, 32, FREE | 3, 0);
    expect(place(world)).toEqual([3, FREE2 | 3, HANDLER, DATA3, CALLER_STACK - 8]);
    expect(world.events).toMatchObject([{ via: 'call-gate', from: { cpl: 3 }, to: { cpl: 3 }, frame: { slots: [{ name: 'eip' }, { name: 'cs' }] } }]);
    expect(world.events[0]).not.toHaveProperty('stackFrom');
  });

  test('JMP pushes nothing and says no return address', () => {
    const world = caller();
    gateAt(world, FREE, { selector: CODE3 });
    farJump(world.cpu, FREE | 3, 0);
    expect(place(world)).toEqual([3, CODE3, HANDLER, DATA3, CALLER_STACK]);
    expect(world.events).toMatchObject([{ via: 'call-gate', gate: { table: 'gdt', index: 7 } }]);
    expect(world.events[0]).not.toHaveProperty('frame');
    expect(world.events[0]).not.toHaveProperty('returnIp');
  });
});

describe('LDT', () => {
  test('a gate and its code segment in the LDT, with the limit of the LDT', () => {
    const world = newWorld();
    lldt(world.cpu, LDT_SELECTOR);
    gateAt(world, 0x4, { selector: 0xc });
    descriptor(world, 0xc, CODE | DPL3);
    enterRing3(world);
    listen(world);
    farCall(world.cpu, 32, 0x7, 0);
    expect(place(world)).toEqual([3, 0xf, HANDLER, DATA3, USER_STACK - 8]);
    expect(world.events).toMatchObject([{ gate: { table: 'ldt', index: 0, physical: BigInt(LDT) } }]);
    expect(outcome(() => { farCall(world.cpu, 32, 0x17, 0); })).toBe('#GP(0x14) jump-table-limit');
  });

  test('data segments come from the LDT, and their accessed bits go there', () => {
    const world = newWorld();
    lldt(world.cpu, LDT_SELECTOR);
    descriptor(world, 0xc, DATA, { base: 0x5000, limit: 0xfff });
    loadSegment(world.cpu, ES, 0xc);
    expect([world.cpu.segmentSelector(ES), world.cpu.segmentBase(ES)]).toEqual([0xc, 0x5000]);
    expect(load32(world, LDT + 12) & 0x100).toBe(0x100);
  });

  test('returns go to segments of the LDT', () => {
    const world = newWorld();
    lldt(world.cpu, LDT_SELECTOR);
    descriptor(world, 0x4, CODE | DPL3);
    descriptor(world, 0xc, DATA | DPL3);
    pushWords(world, 0xf, USER_STACK, 0x7, 0x5000);
    farReturn(world.cpu, 32, 0);
    expect(place(world)).toEqual([3, 0x7, 0x5000, 0xf, USER_STACK]);
  });
});

test('plain far transfers are silent, conforming code included; its CS has the RPL of CPL', () => {
  const world = caller();
  descriptor(world, FREE, CONFORMING);
  farJump(world.cpu, FREE, 0x6000);
  expect(place(world)).toEqual([3, FREE | 3, 0x6000, DATA3, CALLER_STACK]);
  farCall(world.cpu, 32, FREE, 0x6100);
  farReturn(world.cpu, 32, 0);
  expect(world.events).toEqual([]);
});

test('after a return to an outer ring, segments of inner rings are gone, conforming code stays', () => {
  const world = newWorld();
  descriptor(world, FREE, CONFORMING);
  loadSegment(world.cpu, ES, FREE);
  store32(world, GDT, 0);
  pushWords(world, DATA3, USER_STACK, CODE3, 0x5000);
  farReturn(world.cpu, 32, 0);
  expect([ES, DS].map((segment) => world.cpu.segmentSelector(segment))).toEqual([FREE, 0]);
});
