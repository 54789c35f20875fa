// Faults of a task switch, on either side of the commit: before it they belong to the old task, which nothing has changed; behind it to the new one,
// at its first instruction. With paging, so that every page the switch touches can be missing. And task gates wherever they may lie.

import { describe, expect, test } from 'vitest';
import { registerOffset } from '../../../core/arch/register-file.ts';
import { deliverExternal, deliverFault } from '../../../core/cpu/delivery.ts';
import { farCall, farJump } from '../../../core/cpu/far-transfer.ts';
import { Fault, faultErrorCode, faultVector, GP } from '../../../core/cpu/fault.ts';
import { writeFlags } from '../../../core/cpu/flags.ts';
import { interruptReturn } from '../../../core/cpu/iret.ts';
import { NO_LIMITS, run } from '../../../core/cpu/run.ts';
import { lldt } from '../../../core/cpu/system-tables.ts';
import { CS, SS, TR } from '../../../core/cpu/state.ts';
import type { TraceEvent } from '../../../core/event/event.ts';
import { rule } from '../../../core/event/rules.ts';
import { enterVirtual8086, lines, REAL_CODE, runBytes, VM } from './modes-world.ts';
import { setTask, task, TASK, TASK_ENTRY, TASK_STACK } from './task-world.ts';
import {
  CODE0, DATA, DATA0, descriptor, DIRECTORY, enablePaging, FREE, FREE2, gate, gateAt, GDT, HANDLER, LDT_SELECTOR, listen, load32, mapPage, newWorld, store32, TSS, TSS32,
  TSS_SELECTOR, type World,
} from './world.ts';

const PAGE = 0x1000, READ_ONLY = 5, WP = 0x1_0000;
const CR0 = registerOffset('cr0'), CR2 = registerOffset('cr2'), CR3 = registerOffset('cr3');
/** A page of RAM that no table of the world lies in: where the other task's TSS is put. */
const FAR = 0x6000, FAR_TSS = FAR + 0xfa0;

/** Paging on and WP set; the other task's TSS lies across two pages, described by FREE. */
function paged(): World {
  const world = newWorld();
  task(world, { cr3: DIRECTORY });
  world.cpu.ram.copyWithin(FAR_TSS, TASK, TASK + 0x68);
  descriptor(world, FREE, TSS32, { base: FAR_TSS, limit: 0x67 });
  setTask(world, { eip: HANDLER }, FAR_TSS);
  enablePaging(world);
  world.cpu.setRegister(CR0, world.cpu.register(CR0) | WP, 0);
  world.cpu.eip = 0x5007;
  world.cpu.instructionEip = 0x5000;
  return world;
}
/** Vector, error code and linear address of the fault, as `14(2) at 6fa0`; or `ok`. */
function attempt(world: World, act: () => void): string {
  listen(world);
  try {
    act();
    return 'ok';
  } catch (thrown) {
    if (!(thrown instanceof Fault)) throw thrown;
    return `${String(faultVector(thrown.code))}(${faultErrorCode(thrown.code).toString(16)}) at ${thrown.linear.toString(16)}`;
  }
}

describe('before the commit', () => {
  test.each([
    ['the new TSS, first page', FAR, 0, '14(0) at 6fa0'],
    ['the new TSS, second page', FAR + PAGE, 0, '14(0) at 7007'],
    ['the link of the new TSS', FAR, READ_ONLY, '14(3) at 6fa0'],
    ['the old TSS', TSS & ~0xfff, READ_ONLY, `14(3) at ${(TSS + 32).toString(16)}`],
    ['the busy bit in the GDT', GDT & ~0xfff, READ_ONLY, `14(3) at ${(GDT + TSS_SELECTOR + 4).toString(16)}`],
  ])('%s: #PF in the old task, nothing changed', (_, page, flags, expected) => {
    const world = paged();
    mapPage(world, page, flags === 0 ? 0 : page | flags);
    const registers = Array.from(world.cpu.registerFile), memory = world.cpu.ram.slice(0, 0x8000);
    expect(attempt(world, () => { farCall(world.cpu, 32, FREE, 0); })).toBe(expected);
    expect(Array.from(world.cpu.registerFile)).toEqual(registers);
    expect(Buffer.compare(world.cpu.ram.slice(0, 0x8000), memory)).toBe(0);
    expect(world.events).toEqual([]);
  });

  test('a JMP writes no link, so a read-only new TSS does', () => {
    const world = paged();
    mapPage(world, FAR, FAR | READ_ONLY);
    expect(attempt(world, () => { farJump(world.cpu, FREE, 0); })).toBe('ok');
    expect(world.cpu.segmentSelector(TR)).toBe(FREE);
  });

  test('a TSS across two pages is read whole', () => {
    const world = paged();
    setTask(world, { es: DATA0, gs: DATA0, edi: 0x1234 }, FAR_TSS);
    expect(attempt(world, () => { farCall(world.cpu, 32, FREE, 0); })).toBe('ok');
    expect([world.cpu.get32(7), world.cpu.segmentSelector(5), world.cpu.eip]).toEqual([0x1234, DATA0, HANDLER]);
  });
});

test('behind the commit: the GDT is not mapped in the new address space: #PF at the task\'s first instruction, in its own space', () => {
  const world = paged();
  const [directory, table] = [0x3_0000, 0x3_1000];
  store32(world, directory, table | 7);
  for (let page = 0; page < 1024; page += 1) store32(world, table + page * 4, page === GDT >> 12 ? 0 : page * PAGE + 7);
  setTask(world, { cr3: directory }, FAR_TSS);
  const { cpu } = world;
  expect(attempt(world, () => { farCall(cpu, 32, FREE, 0); })).toBe(`14(0) at ${(GDT + CODE0).toString(16)}`);
  expect([cpu.register(CR3), cpu.segmentSelector(TR), cpu.segmentSelector(CS), cpu.eip, cpu.instructionEip]).toEqual([directory, FREE, CODE0, HANDLER, HANDLER]);
  expect(world.events[0]).toMatchObject({ via: 'task-switch', to: { ip: BigInt(HANDLER) } });
});

test('an exception whose task has a bad SS becomes a double fault, caught by another task', () => {
  const world = newWorld();
  task(world, { ss: 0 });
  gate(world, 13, { type: 5, selector: FREE });
  // the task of #DF: its TSS behind the first one
  const second = TASK + 0x80;
  descriptor(world, FREE2, TSS32, { base: second, limit: 0x67 });
  setTask(world, { eip: HANDLER, eflags: 2, esp: TASK_STACK + 0x800, cs: CODE0, ss: DATA0 }, second);
  gate(world, 8, { type: 5, selector: FREE2 });
  const { cpu } = world;
  cpu.instructionEip = 0x5000;
  listen(world);
  deliverFault(cpu, new Fault(GP(0x18), rule('data-type'), 0, 0));
  const kinds = (event: TraceEvent): boolean => event.kind === 'fault' || event.kind === 'transition';
  expect(world.events.filter(kinds).map((event) => (event.kind === 'fault' ? `${event.mnemonic}(${String(event.errorCode?.toString(16))}) during ${event.during}` : event.kind === 'transition' ? `${event.via} ${String(event.vector)}` : ''))).toEqual([
    '#GP(18) during execution', 'task-switch 13', '#TS(1) during delivery', '#DF(0) during delivery', 'task-switch 8',
  ]);
  // the failing task is what #DF interrupted: its link, its state
  expect([load32(world, second) & 0xffff, load32(world, TASK + 32), load32(world, TASK) & 0xffff]).toEqual([FREE, TASK_ENTRY, TSS_SELECTOR]);
  expect([cpu.segmentSelector(TR), cpu.eip, cpu.esp, load32(world, cpu.esp)]).toEqual([FREE2, HANDLER, TASK_STACK + 0x7fc, 0]);
});

test('a task gate in the LDT, and one that names a TSS in the LDT', () => {
  const world = newWorld();
  task(world);
  lldt(world.cpu, LDT_SELECTOR);
  gateAt(world, 0x4, { type: 5, selector: FREE });
  gateAt(world, 0xc, { type: 5, selector: FREE | 4 });
  expect(attempt(world, () => { farJump(world.cpu, 0xc, 0); })).toBe('13(3c) at 0');
  expect(attempt(world, () => { farJump(world.cpu, 0x4, 0); })).toBe('ok');
  expect(world.events[0]).toMatchObject({ via: 'task-switch', gate: { table: 'ldt', index: 0 } });
});

test('out of virtual-8086 mode by a task gate, and back by IRET: VM lies in the saved EFLAGS', () => {
  const world = newWorld();
  task(world);
  gate(world, 0x20, { type: 5, selector: FREE });
  enterVirtual8086(world, 0x200);
  const { cpu } = world;
  cpu.eip = 0x12;
  listen(world);
  deliverExternal(cpu, 0x20);
  expect([cpu.cpl, cpu.segmentSelector(CS), cpu.eip, load32(world, TSS + 36), load32(world, TSS + 76)]).toEqual([0, CODE0, TASK_ENTRY, VM | 0x202, 0x500]);
  cpu.instructionEip = TASK_ENTRY;
  cpu.eip = TASK_ENTRY + 1;
  interruptReturn(cpu, 32);
  expect([cpu.cpl, cpu.segmentSelector(CS), cpu.segmentBase(CS), cpu.eip, cpu.segmentBase(SS), cpu.rawFlags]).toEqual([3, 0x500, 0x5000, 0x12, 0x9000, VM | 0x202]);
  expect(world.events.flatMap((event) => (event.kind === 'mode-change' ? [event.after] : []))).toEqual(['protected', 'v86']);
});

test('SYSENTER leaves virtual-8086 mode, too', () => {
  const world = newWorld();
  const { cpu } = world;
  for (const [name, value] of [['sysenter_cs', CODE0], ['sysenter_eip', HANDLER], ['sysenter_esp', 0x8000]] as const) cpu.setRegister(registerOffset(name), value, 0);
  enterVirtual8086(world, 0x200);
  runBytes(world, REAL_CODE, [0x0f, 0x34], 1); // sysenter
  expect([cpu.cpl, cpu.segmentSelector(CS), cpu.segmentSelector(SS), cpu.eip, cpu.esp, cpu.rawFlags]).toEqual([0, CODE0, DATA0, HANDLER, 0x8000, 2]);
  expect(lines(world)).toEqual([`sysenter 500:0 -> 8:${HANDLER.toString(16)} v86 -> protected`, 'mode v86 -> protected']);
});

test('a task linked to itself goes on from what was just saved, and is no longer busy', () => {
  const world = newWorld();
  const { cpu } = world;
  store32(world, TSS, TSS_SELECTOR);
  writeFlags(cpu, 0x4002);
  cpu.set32(3, 0x1234);
  cpu.instructionEip = 0x5000;
  cpu.eip = 0x5001;
  listen(world);
  interruptReturn(cpu, 32);
  expect([cpu.eip, cpu.get32(3), cpu.rawFlags & 0x4000, cpu.segmentSelector(SS), load32(world, GDT + TSS_SELECTOR + 4) & 0x200]).toEqual([0x5001, 0x1234, 0, DATA0, 0]);
});

test('#PF on the stack that takes the error code is a fault of the new task', () => {
  const world = paged();
  descriptor(world, FREE2, DATA);
  setTask(world, { esp: 0x8800 }, FAR_TSS);
  gate(world, 13, { type: 5, selector: FREE });
  gate(world, 14, { type: 14, dpl: 0 });
  mapPage(world, 0x8000, 0);
  const { cpu } = world;
  listen(world);
  cpu.instructionEip = 0x5000;
  deliverFault(cpu, new Fault(GP(0x18), rule('data-type'), 0, 0));
  // its own #PF cannot be pushed there either
  expect(lines(world).filter((line) => line.startsWith('#') || line.startsWith('task'))[0]).toBe('#GP(18) during execution [data-type]');
  expect(lines(world)).toContain('#PF(2) during delivery [page-table-present]');
  expect([cpu.register(CR2), cpu.segmentSelector(TR)]).toEqual([0x87fc, FREE]);
  expect(run(cpu, { ...NO_LIMITS, attempts: cpu.attempts + 1 })).toEqual({ kind: 'shutdown' });
});
