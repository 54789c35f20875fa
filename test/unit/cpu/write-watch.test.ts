// The watch on physical memory tells of every write that somebody wanted, before and after it, and of nothing the processor does for itself.

import { expect, test } from 'vitest';
import { READ, SUPERVISOR } from '../../../core/cpu/access.ts';
import { farCall } from '../../../core/cpu/far-transfer.ts';
import { write16, write32, write8 } from '../../../core/cpu/memory.ts';
import { PAGE_CODE, PAGE_ROM, PAGE_SOUGHT } from '../../../core/cpu/page-flags.ts';
import { translate } from '../../../core/cpu/paging.ts';
import { writeByDevice } from '../../../core/cpu/physical.ts';
import { DS } from '../../../core/cpu/state.ts';
import { BY_DEVICE, BY_PROGRAM, BY_TASK_SWITCH } from '../../../core/cpu/write-watch.ts';
import { task, TASK } from './task-world.ts';
import { DIRECTORY, enablePaging, FREE, GDT, load32, newWorld, TABLE, TSS, type World } from './world.ts';

const SPOT = 0xb000;
const NAMES = new Map([[BY_PROGRAM, 'program'], [BY_DEVICE, 'device'], [BY_TASK_SWITCH, 'task switch']]);

/** Watches some pages; each write as `physical size by: before -> after` of its first word. */
function watched(world: World, ...pages: readonly number[]): string[] {
  const { cpu } = world;
  const told: string[] = [];
  let text = '', at = 0;
  for (const page of pages) cpu.pageFlags[page >>> 12]! |= PAGE_SOUGHT;
  cpu.writeWatch = {
    begin: (physical, size, by) => {
      at = physical & ~3;
      text = `${physical.toString(16)} ${String(size)} ${NAMES.get(by)!}: ${load32(world, at).toString(16)}`;
    },
    end: () => { told.push(`${text} -> ${load32(world, at).toString(16)}`); },
  };
  return told;
}

test('tells of writes of every size, and of one across pages in bytes', () => {
  const world = newWorld();
  const told = watched(world, SPOT);
  write32(world.cpu, DS, SPOT, 0x1122_3344);
  write32(world.cpu, DS, SPOT, 0x1122_3344);
  write16(world.cpu, DS, SPOT + 2, 0xbeef);
  write8(world.cpu, DS, SPOT + 1, 0xaa);
  write8(world.cpu, DS, SPOT + 0x1000, 1);
  write32(world.cpu, DS, SPOT + 0xffe, 0x5566_7788);
  expect(told).toEqual([
    'b000 4 program: 0 -> 11223344', 'b000 4 program: 11223344 -> 11223344', 'b002 2 program: 11223344 -> beef3344', 'b001 1 program: beef3344 -> beefaa44',
    'bffe 1 program: 0 -> 880000', 'bfff 1 program: 880000 -> 77880000',
  ]);
});

test('tells of devices, and not of writes that a ROM loses', () => {
  const world = newWorld();
  const told = watched(world, SPOT);
  writeByDevice(world.cpu, SPOT - 2, Uint8Array.of(1, 2, 3, 4));
  world.cpu.pageFlags[SPOT >>> 12]! |= PAGE_ROM;
  write32(world.cpu, DS, SPOT, 9);
  expect([told, load32(world, SPOT)]).toEqual([['affe 4 device: 0 -> 2010000'], 0x0403]);
});

test('does not tell of accessed and dirty bits', () => {
  const world = newWorld();
  enablePaging(world);
  const told = watched(world, DIRECTORY, TABLE);
  translate(world.cpu, SPOT, READ | SUPERVISOR);
  write32(world.cpu, DS, SPOT, 1);
  expect([load32(world, DIRECTORY) & 0x20, load32(world, TABLE + (SPOT >>> 12) * 4) & 0x60]).toEqual([0x20, 0x60]);
  expect(told).toEqual([]);
});

test('tells of the state a task switch saves, and not of busy and accessed bits', () => {
  const world = newWorld();
  task(world);
  const { cpu } = world;
  cpu.instructionEip = 0x5000;
  cpu.eip = 0x5007;
  const told = watched(world, TSS, TASK, GDT);
  farCall(cpu, 32, FREE, 0);
  expect(told[0]).toBe('3020 4 task switch: 0 -> 5007');
  expect(told.at(-1)).toBe('3a00 2 task switch: 0 -> 28');
  expect(told.every((one) => one.includes('task switch') && !one.startsWith('10'))).toBe(true);
});

test('changes nothing: a page with decoded code drops it as ever, and keeps its flag', () => {
  const world = newWorld();
  const dropped: number[] = [];
  world.cpu.onCodeWritten = (page) => { dropped.push(page); };
  world.cpu.pageFlags[SPOT >>> 12]! |= PAGE_CODE;
  world.cpu.codeChunks[(SPOT >>> 12) * 2] = 1;
  const told = watched(world, SPOT);
  write8(world.cpu, DS, SPOT, 1);
  expect([told.length, dropped, world.cpu.pageFlags[SPOT >>> 12]! & (PAGE_CODE | PAGE_SOUGHT)]).toEqual([1, [SPOT >>> 12], PAGE_SOUGHT]);
});
