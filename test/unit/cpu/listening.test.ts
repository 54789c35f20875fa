// What a listening probe hears of memory: true physical addresses, whole values, the TLB, what the processor writes for itself, and frames
// slot by slot, pushed and popped.

import { describe, expect, test } from 'vitest';
import { deliverExternal } from '../../../core/cpu/delivery.ts';
import { farReturn } from '../../../core/cpu/far-return.ts';
import { enterHandler } from '../../../core/cpu/interrupt-gate.ts';
import { interruptReturn } from '../../../core/cpu/iret.ts';
import { read16, read32, write8 } from '../../../core/cpu/memory.ts';
import { checkIoPermission } from '../../../core/cpu/ports.ts';
import { realInterruptReturn } from '../../../core/cpu/real-mode-interrupt.ts';
import { step } from '../../../core/cpu/run.ts';
import { loadSegment } from '../../../core/cpu/segmentation.ts';
import { DS, SS } from '../../../core/cpu/state.ts';
import { TLB_DIRTY, TLB_STALE, TLB_USER, TLB_WRITABLE, type HeardAccess } from '../../../core/event/heard.ts';
import { CHECK_SKIPPED } from '../../../core/event/probe.ts';
import { farJump } from '../../../core/cpu/far-transfer.ts';
import { enterReal, REAL_STACK, storeStack } from './modes-world.ts';
import { task, TASK } from './task-world.ts';
import {
  CODE0, CODE3, DATA, DATA3, descriptor, DIRECTORY, enablePaging, enterRing3, FREE, gate, GDT, HANDLER, IDT, KERNEL_STACK, listen, load32, mapPage, newWorld, pushWords,
  store32, TABLE, TSS, TSS_SELECTOR, USER_STACK, type World,
} from './world.ts';

const accesses = (world: World): readonly HeardAccess[] => world.heard.filter((one) => one.kind === 'access');
const of = (world: World, what: HeardAccess['what']): readonly HeardAccess[] => accesses(world).filter((one) => one.what === what);
const hex = (value: bigint | number | null): string => (value === null ? '-' : value.toString(16));
/** `part linear>physical size = value`, `w` behind a write. */
const line = ({ part, linear, physical, size, value, write }: HeardAccess): string => `${part ?? '-'} ${hex(linear)}>${hex(physical)} ${String(size)} = ${hex(value)}${write ? ' w' : ''}`;
const lines = (world: World, what: HeardAccess['what']): readonly string[] => of(world, what).map(line);
/** Paging on, the page at `linear` in the frame at `frame`, bytes taken along. */
function moved(linear: number, frame: number): World {
  const world = newWorld();
  world.cpu.ram.copyWithin(frame, linear, linear + 0x1000);
  enablePaging(world);
  mapPage(world, linear, frame | 7);
  listen(world);
  return world;
}

describe('physical addresses', () => {
  test('a descriptor: where it lies, and all eight bytes', () => {
    const world = moved(GDT, 0x3_1000);
    descriptor(world, FREE, DATA);
    world.cpu.ram.copyWithin(0x3_1000, GDT, GDT + 0x1000);
    loadSegment(world.cpu, DS, FREE);
    const high = load32(world, GDT + FREE + 4), low = load32(world, GDT + FREE);
    expect(lines(world, 'descriptor')).toEqual([
      `data ${hex(GDT + FREE)}>${hex(0x3_1000 + FREE)} 8 = ${hex((BigInt(high) << 32n) | BigInt(low))}`,
      `data ${hex(GDT + FREE + 4)}>${hex(0x3_1000 + FREE + 4)} 4 = ${hex(high | 0x100)} w`,
    ]);
  });

  test('a gate, the fields of the TSS and the frame of an entry from ring 3', () => {
    const world = moved(KERNEL_STACK - 0x1000, 0x3_2000);
    gate(world, 0x80);
    enterRing3(world);
    world.cpu.eip = 0x5002;
    enterHandler(world.cpu, { source: 0, vector: 0x80, errorCode: -1, resume: false });
    expect(lines(world, 'gate')).toEqual([`- ${hex(IDT + 0x400)}>${hex(IDT + 0x400)} 8 = ${hex((BigInt(load32(world, IDT + 0x404)) << 32n) | BigInt(load32(world, IDT + 0x400)))}`]);
    expect(lines(world, 'tss')).toEqual([`ss ${hex(TSS + 8)}>${hex(TSS + 8)} 2 = 10`, `sp ${hex(TSS + 4)}>${hex(TSS + 4)} 4 = ${hex(KERNEL_STACK)}`]);
    const at = (distance: number): string => `${hex(KERNEL_STACK - distance)}>${hex(0x3_3000 - distance)} 4`;
    expect(lines(world, 'frame')).toEqual([`ss ${at(4)} = ${hex(DATA3)} w`, `sp ${at(8)} = ${hex(USER_STACK)} w`, `flags ${at(12)} = 2 w`, `cs ${at(16)} = ${hex(CODE3)} w`, `ip ${at(20)} = 5002 w`]);
  });

  test('an operand: read and written where the page lies', () => {
    const world = moved(0x5000, 0x3_4000);
    store32(world, 0x3_4010, 0xcafe_f00d);
    read32(world.cpu, DS, 0x5010);
    write8(world.cpu, DS, 0x5010, 0x155);
    expect(lines(world, 'operand')).toEqual(['- 5010>34010 4 = cafef00d', '- 5010>34010 1 = 55 w']);
  });

  test('the I/O permission map and its base', () => {
    const world = newWorld();
    enterRing3(world);
    world.cpu.setSegment(7, TSS_SELECTOR, 0x8b, 104 + 3, TSS);
    store32(world, TSS + 104, 0);
    listen(world);
    checkIoPermission(world.cpu, 0x10, 1);
    expect([lines(world, 'tss'), lines(world, 'io-map')]).toEqual([[`io-map ${hex(TSS + 102)}>${hex(TSS + 102)} 2 = 68`], [`- ${hex(TSS + 106)}>${hex(TSS + 106)} 2 = 0`]]);
  });
});

describe('page walks', () => {
  const entry = (linear: number): number => TABLE + (linear >>> 12) * 4;

  test('a miss reads both entries and writes their A and D bits', () => {
    const world = moved(0x5000, 0x5000);
    write8(world.cpu, DS, 0x5000, 1);
    expect(lines(world, 'page-entry')).toEqual([
      `directory-entry ${hex(DIRECTORY)}>${hex(DIRECTORY)} 4 = ${hex(TABLE | 7)}`, `table-entry ${hex(entry(0x5000))}>${hex(entry(0x5000))} 4 = 5007`,
      `directory-entry ${hex(DIRECTORY)}>${hex(DIRECTORY)} 4 = ${hex(TABLE | 0x27)} w`, `table-entry ${hex(entry(0x5000))}>${hex(entry(0x5000))} 4 = 5067 w`,
    ]);
    expect(of(world, 'tlb')).toEqual([]);
  });

  test('a hit tells the translation that is used, and that nothing was walked', () => {
    const world = moved(0x5000, 0x3_4000);
    read16(world.cpu, DS, 0x5000);
    listen(world);
    read16(world.cpu, DS, 0x5abc);
    expect(of(world, 'page-entry')).toEqual([]);
    expect(of(world, 'tlb')).toMatchObject([{ linear: 0x5000, physical: 0x3_4000, size: 0, value: BigInt(TLB_WRITABLE | TLB_USER), write: false }]);
    expect(world.checks).toContainEqual({ rule: 'page-directory-present', outcome: CHECK_SKIPPED });
  });

  test('a hit that disagrees with the tables says so', () => {
    const world = moved(0x5000, 0x5000);
    write8(world.cpu, DS, 0x5000, 1);
    store32(world, entry(0x5000), 0x6067);
    listen(world);
    write8(world.cpu, DS, 0x5000, 1);
    expect(of(world, 'tlb')).toMatchObject([{ physical: 0x5000, value: BigInt(TLB_WRITABLE | TLB_USER | TLB_DIRTY | TLB_STALE) }]);
  });

  test('nothing is told of pages while paging is off', () => {
    const world = newWorld();
    read32(world.cpu, DS, 0x5000);
    expect(world.checks.filter((check) => check.rule.startsWith('page-'))).toEqual([]);
    expect(accesses(world).map((one) => one.what)).toEqual(['operand']);
  });
});

describe('frames popped', () => {
  test('by IRET to ring 3', () => {
    const world = newWorld();
    pushWords(world, DATA3, USER_STACK, 2, CODE3, 0x5000);
    interruptReturn(world.cpu, 32);
    expect(of(world, 'frame').map(({ part, value, write }) => [part, Number(value), write])).toEqual([['ip', 0x5000, false], ['cs', CODE3, false], ['flags', 2, false], ['sp', USER_STACK, false], ['ss', DATA3, false]]);
    expect(of(world, 'operand')).toEqual([]);
  });

  test('by RETF, with parameters between', () => {
    const world = newWorld();
    pushWords(world, DATA3, USER_STACK, 0x77, CODE3, 0x5000);
    farReturn(world.cpu, 32, 4);
    expect(of(world, 'frame').map(({ part, value }) => [part, Number(value)])).toEqual([['ip', 0x5000], ['cs', CODE3], ['sp', USER_STACK], ['ss', DATA3]]);
  });

  test('by IRET in real-address mode', () => {
    const world = newWorld();
    enterReal(world);
    storeStack(world, 0x4000, 0x700, 2);
    listen(world);
    realInterruptReturn(world.cpu, 16);
    expect(lines(world, 'frame')).toEqual([`ip ${hex(REAL_STACK + 0x100)}>${hex(REAL_STACK + 0x100)} 2 = 4000`, `cs ${hex(REAL_STACK + 0x102)}>${hex(REAL_STACK + 0x102)} 2 = 700`, `flags ${hex(REAL_STACK + 0x104)}>${hex(REAL_STACK + 0x104)} 2 = 2`]);
  });
});

test('a task switch: every field read and saved, and the busy bits of both', () => {
  const world = newWorld();
  task(world);
  listen(world);
  farJump(world.cpu, FREE, 0);
  const tss = of(world, 'tss');
  expect(tss.filter((one) => !one.write).map((one) => one.part)).toEqual(['cr3', 'ip', 'flags', 'ax', 'cx', 'dx', 'bx', 'sp', 'bp', 'si', 'di', 'es', 'cs', 'ss', 'ds', 'fs', 'gs', 'ldt', 'trap']);
  expect(tss.filter((one) => one.write).map((one) => one.part)).toEqual(['ip', 'flags', 'ax', 'cx', 'dx', 'bx', 'sp', 'bp', 'si', 'di', 'es', 'cs', 'ss', 'ds', 'fs', 'gs']);
  expect(tss.every((one) => one.linear! >= (one.write ? TSS : TASK) && one.physical === one.linear)).toBe(true);
  expect(of(world, 'descriptor').filter((one) => one.write && one.part === 'tss').map(({ linear }) => linear)).toEqual([GDT + TSS_SELECTOR + 4, GDT + FREE + 4]);
});

test('LGDT reads a pseudo-descriptor', () => {
  const world = newWorld();
  world.cpu.ram.set([0x0f, 0x01, 0x15, 0x00, 0x50, 0x00, 0x00], HANDLER);
  store32(world, 0x5000, (GDT << 16) | 0x47);
  store32(world, 0x5004, GDT >>> 16);
  step(world.cpu);
  expect(lines(world, 'pseudo-descriptor')).toEqual(['limit 5000>5000 2 = 47', `base 5002>5002 4 = ${hex(GDT)}`]);
});

test('an interrupt from outside pushes no operand', () => {
  const world = newWorld();
  gate(world, 0x20);
  deliverExternal(world.cpu, 0x20);
  expect(of(world, 'operand')).toEqual([]);
  expect(of(world, 'frame').map((one) => one.part)).toEqual(['flags', 'cs', 'ip']);
  expect(of(world, 'frame')[1]?.value).toBe(BigInt(CODE0));
  expect([world.cpu.eip, world.cpu.segmentSelector(SS)]).toEqual([HANDLER, 0x10]);
});
