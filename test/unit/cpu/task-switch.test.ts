// Task switches: what is saved and loaded, busy bits, links and NT, the events and their order, faults inside the new task.

import { describe, expect, test } from 'vitest';
import { registerOffset } from '../../../core/arch/register-file.ts';
import { movToCr } from '../../../core/cpu/control-registers.ts';
import { movToDr } from '../../../core/cpu/debug-registers.ts';
import { deliverFault, softwareInterrupt } from '../../../core/cpu/delivery.ts';
import { farCall, farJump } from '../../../core/cpu/far-transfer.ts';
import { DF, Fault, GP } from '../../../core/cpu/fault.ts';
import { readFlags, writeFlags } from '../../../core/cpu/flags.ts';
import { interruptReturn } from '../../../core/cpu/iret.ts';
import { write8 } from '../../../core/cpu/memory.ts';
import { step } from '../../../core/cpu/run.ts';
import { CS, DS, EAX, EDI, ES, FS, LDTR, SS, TR } from '../../../core/cpu/state.ts';
import { isCached, tlbIndex } from '../../../core/cpu/tlb.ts';
import type { TraceEvent } from '../../../core/event/event.ts';
import { rule } from '../../../core/event/rules.ts';
import { TASK, TASK_ENTRY, TASK_STACK, task, task16 } from './task-world.ts';
import {
  ABSENT, CODE0, DATA, DATA0, DATA3, descriptor, DIRECTORY, DPL3, enablePaging, enterRing3, FREE, FREE2, gate, gateAt, GDT, HANDLER, IDT, KERNEL_STACK, LDT_SELECTOR,
  listen, load32, mapPage, newWorld, store32, TSS, TSS_SELECTOR, USER_STACK, type World,
} from './world.ts';

const CR0 = registerOffset('cr0'), CR3 = registerOffset('cr3');
const NT = 0x4000, RF = 0x1_0000, VM = 0x2_0000, TS = 8;
const isBusy = (world: World, selector: number): boolean => (load32(world, GDT + selector + 4) & 0x200) !== 0;
const kinds = (events: readonly TraceEvent[]): readonly string[] => events.map((one) =>
  one.kind === 'fault' ? `${one.mnemonic} ${one.rule ?? ''}` : one.kind === 'transition' ? one.via : one.kind === 'table-load' || one.kind === 'cr-write' || one.kind === 'dr-write' ? `${one.kind} ${one.register}` : one.kind);
const place = ({ cpu }: World): readonly number[] => [cpu.cpl, cpu.segmentSelector(CS), cpu.eip, cpu.segmentSelector(SS), cpu.esp];

/** A CALL or JMP of 7 bytes at 0x5000 is being executed; EAX and EDI are known. */
function executing(world: World): World {
  const { cpu } = world;
  cpu.instructionEip = 0x5000;
  cpu.eip = 0x5007;
  cpu.icount = 7;
  cpu.set32(EAX, 0x1111);
  cpu.set32(EDI, 0x7777);
  writeFlags(cpu, 0x46);
  listen(world);
  return world;
}

describe('CALL to a TSS', () => {
  function called(): World {
    const world = newWorld();
    task(world, { eax: 0xaaaa, edi: 0xdddd, es: DATA0 });
    executing(world);
    farCall(world.cpu, 32, FREE, 0x1234);
    return world;
  }

  test('saves the old task, loads the new one, links and nests', () => {
    const world = called();
    const { cpu } = world;
    expect(place(world)).toEqual([0, CODE0, TASK_ENTRY, DATA0, TASK_STACK]);
    expect([cpu.get32(EAX), cpu.get32(EDI), readFlags(cpu), cpu.segmentSelector(TR), cpu.segmentSelector(ES), cpu.segmentSelector(DS)]).toEqual([0xaaaa, 0xdddd, NT | 2, FREE, DATA0, 0]);
    expect(cpu.register(CR0) & TS).toBe(TS);
    expect([32, 36, 40, 56, 68, 76, 80, 84].map((at) => load32(world, TSS + at))).toEqual([0x5007, 0x46, 0x1111, KERNEL_STACK, 0x7777, CODE0, DATA0, DATA0]);
    expect([load32(world, TASK) & 0xffff, isBusy(world, TSS_SELECTOR), isBusy(world, FREE)]).toEqual([TSS_SELECTOR, true, true]);
    // stacks of inner rings and CR3 are not part of what is saved
    expect([load32(world, TSS + 4), load32(world, TSS + 28)]).toEqual([KERNEL_STACK, 0]);
  });

  test('is one transition, then what was loaded with it, at the new task\'s first instruction; no table-write', () => {
    const { events } = called();
    expect(kinds(events)).toEqual(['task-switch', 'table-load tr', 'cr-write cr0']);
    expect(events[0]).toMatchObject({
      icount: 7, ip: 0x5000n, returnIp: 0x5007n, from: { cpl: 0, cs: CODE0, ip: 0x5000n, sp: BigInt(KERNEL_STACK), flags: 0x46n }, to: { cpl: 0, cs: CODE0, ip: BigInt(TASK_ENTRY), sp: BigInt(TASK_STACK), flags: BigInt(NT | 2) },
    });
    for (const field of ['gate', 'frame', 'vector', 'source']) expect(events[0]).not.toHaveProperty(field);
    expect(events[1]).toMatchObject({ ip: BigInt(TASK_ENTRY), before: { selector: TSS_SELECTOR, base: BigInt(TSS) }, after: { selector: FREE, base: BigInt(TASK), limit: 0x67 } });
  });

  test('IRET with NT goes back: the task is available again, its NT is cleared where it was saved', () => {
    const world = called();
    const { cpu } = world;
    cpu.instructionEip = TASK_ENTRY;
    cpu.eip = TASK_ENTRY + 1;
    listen(world);
    interruptReturn(cpu, 32);
    expect(place(world)).toEqual([0, CODE0, 0x5007, DATA0, KERNEL_STACK]);
    expect([cpu.get32(EAX), readFlags(cpu), cpu.segmentSelector(TR), isBusy(world, TSS_SELECTOR), isBusy(world, FREE)]).toEqual([0x1111, 0x46, TSS_SELECTOR, true, false]);
    expect([load32(world, TASK + 32), load32(world, TASK + 36) & NT]).toEqual([TASK_ENTRY + 1, 0]);
    expect(kinds(world.events)).toEqual(['task-switch', 'table-load tr']);
    expect(world.events[0]).not.toHaveProperty('returnIp');
  });
});

test('JMP leaves the old task available, keeps NT as the new task has it and writes no link', () => {
  const world = newWorld();
  task(world, { link: 0x99 });
  executing(world);
  farJump(world.cpu, FREE, 0);
  expect([isBusy(world, TSS_SELECTOR), isBusy(world, FREE), load32(world, TASK), readFlags(world.cpu)]).toEqual([false, true, 0x99, 2]);
  expect(world.events[0]).not.toHaveProperty('returnIp');
});

test('a task gate from ring 3 into another ring, with its gate in the event', () => {
  const world = newWorld();
  task(world);
  gateAt(world, FREE2, { type: 5, selector: FREE });
  enterRing3(world);
  executing(world);
  farCall(world.cpu, 32, FREE2 | 3, 0);
  expect(place(world)).toEqual([0, CODE0, TASK_ENTRY, DATA0, TASK_STACK]);
  expect(load32(world, TSS + 80)).toBe(DATA3);
  expect(world.events[0]).toMatchObject({ from: { cpl: 3, sp: BigInt(USER_STACK) }, to: { cpl: 0 }, gate: { table: 'gdt', index: FREE2 >> 3, physical: BigInt(GDT + FREE2) } });
});

describe('interrupts through a task gate', () => {
  test('#DF: the error code goes onto the new stack, EIP is that of the fault, RF is saved for faults', () => {
    const world = newWorld();
    task(world);
    gate(world, 8, { type: 5, selector: FREE, dpl: 0 });
    gate(world, 13, { type: 5, selector: FREE, dpl: 0 });
    executing(world);
    deliverFault(world.cpu, new Fault(DF, rule('exceptions-serial'), 0, 0));
    expect([...place(world), load32(world, TASK_STACK - 4), load32(world, TSS + 32)]).toEqual([0, CODE0, TASK_ENTRY, DATA0, TASK_STACK - 4, 0, 0x5000]);
    expect(load32(world, TSS + 36) & RF).toBe(0);
    expect(world.events[1]).toMatchObject({
      via: 'task-switch', source: 'exception', vector: 8, errorCode: 0, returnIp: 0x5000n, gate: { table: 'idt', index: 8, physical: BigInt(IDT + 64) },
      frame: { ss: DATA0, linear: BigInt(TASK_STACK - 4), width: 4, slots: [{ name: 'error-code', value: 0n }] },
    });
  });

  test('INT n pushes nothing; a fault saves RF', () => {
    const world = newWorld();
    task(world);
    gate(world, 0x80, { type: 5, selector: FREE });
    executing(world);
    softwareInterrupt(world.cpu, 0x80);
    expect([world.cpu.esp, load32(world, TSS + 32)]).toEqual([TASK_STACK, 0x5007]);
    expect(world.events[0]).toMatchObject({ via: 'task-switch', source: 'software', vector: 0x80 });
    const other = newWorld();
    task(other);
    gate(other, 13, { type: 5, selector: FREE });
    executing(other);
    deliverFault(other.cpu, new Fault(GP(0x10), rule('data-type'), 0, 0));
    expect([load32(other, TSS + 36) & RF, load32(other, TASK_STACK - 4)]).toEqual([RF, 0x10]);
  });
});

test('with paging the task\'s CR3 is loaded before its segments are read, and the TLB is flushed', () => {
  const world = newWorld();
  enablePaging(world);
  // another directory: the same pages, but the GDT's page lies elsewhere, where CODE0 is execute-only
  const [directory, table, gdt] = [0x3_0000, 0x3_1000, 0x3_2000];
  store32(world, directory, table | 7);
  for (let page = 0; page < 1024; page += 1) store32(world, table + page * 4, page * 0x1000 + 7);
  store32(world, table + (GDT >> 12) * 4, gdt | 7);
  world.cpu.ram.copyWithin(gdt, GDT, GDT + 0x1000);
  store32(world, gdt + CODE0 + 4, 0x00cf_9800);
  task(world, { cr3: directory });
  executing(world);
  farCall(world.cpu, 32, FREE, 0);
  expect([world.cpu.register(CR3), world.cpu.segmentRights(CS) & 0xff]).toEqual([directory, 0x99]);
  expect(kinds(world.events)).toEqual(['task-switch', 'table-load tr', 'cr-write cr3', 'tlb-flush', 'cr-write cr0']);
  expect(world.events[2]).toMatchObject({ before: BigInt(DIRECTORY), after: BigInt(directory) });
});

test('global pages stay in the TLB across a task switch', () => {
  const world = newWorld();
  enablePaging(world);
  movToCr(world.cpu, 4, 0x80);
  mapPage(world, 0x5000, 0x5107);
  task(world, { cr3: DIRECTORY });
  executing(world);
  write8(world.cpu, DS, 0x5000, 1);
  write8(world.cpu, DS, 0x4000, 1);
  farCall(world.cpu, 32, FREE, 0);
  expect([0x5000, 0x4000].map((linear) => isCached(world.cpu, tlbIndex(linear), linear))).toEqual([true, false]);
});

test('the LDT comes first: segments may lie in it', () => {
  const world = newWorld();
  task(world, { ldtr: LDT_SELECTOR, es: 0xc });
  descriptor(world, 0xc, DATA, { base: 0x5000, limit: 0xff });
  executing(world);
  farJump(world.cpu, FREE, 0);
  expect([world.cpu.segmentSelector(LDTR), world.cpu.segmentSelector(ES), world.cpu.segmentBase(ES)]).toEqual([LDT_SELECTOR, 0xc, 0x5000]);
  expect(kinds(world.events)).toEqual(['task-switch', 'table-load tr', 'table-load ldtr', 'cr-write cr0']);
});

test('16-bit TSSs: words are saved and loaded, high halves are all ones, FS is null, CR3 stays', () => {
  const world = newWorld();
  task16(world, { ax: 0xaaaa, di: 0xdddd });
  executing(world);
  farCall(world.cpu, 32, FREE, 0);
  const { cpu } = world;
  expect([...place(world), cpu.get32(EAX), cpu.get32(EDI), cpu.segmentSelector(FS)]).toEqual([0, CODE0, TASK_ENTRY, DATA0, 0xffff_0000 + TASK_STACK, 0xffff_aaaa | 0, 0xffff_dddd | 0, 0]);
  cpu.eip = TASK_ENTRY + 1;
  interruptReturn(cpu, 32);
  expect([...place(world), load32(world, TASK + 14) & 0xffff, load32(world, TASK + 32) & 0xffff]).toEqual([0, CODE0, 0x5007, DATA0, KERNEL_STACK, TASK_ENTRY + 1, 0xdddd]);
});

test('a task in virtual-8086 mode has CPL 3 and paragraphs', () => {
  const world = newWorld();
  task(world, { eflags: VM | 2, cs: 0x1234, ss: 0x2000, eip: 0x10, ds: 0x3000 });
  executing(world);
  farJump(world.cpu, FREE, 0);
  expect([...place(world), world.cpu.segmentBase(CS), world.cpu.segmentBase(DS), world.cpu.segmentLimit(SS)]).toEqual([3, 0x1234, 0x10, 0x2000, TASK_STACK, 0x1_2340, 0x3_0000, 0xffff]);
  expect(world.events.slice(0, 2)).toMatchObject([{ to: { mode: 'v86' } }, { kind: 'mode-change', before: 'protected', after: 'v86' }]);
});

test('LE of DR7 is cleared', () => {
  const world = newWorld();
  movToDr(world.cpu, 7, 0x700);
  task(world);
  executing(world);
  farJump(world.cpu, FREE, 0);
  expect(kinds(world.events)).toEqual(['task-switch', 'table-load tr', 'cr-write cr0', 'dr-write dr7']);
  expect(world.events.at(-1)).toMatchObject({ before: 0x700n, after: 0x600n });
});

test('a late check faults inside the new task: the transition first, then the fault at the task\'s first instruction, in its handler', () => {
  const world = newWorld();
  descriptor(world, FREE2, (DATA | DPL3) & ~ABSENT);
  task(world, { ds: FREE2 | 3, esi: 0x1234 });
  gate(world, 11);
  const { cpu } = world;
  cpu.ram.set([0xea, 0, 0, 0, 0, FREE, 0], 0x5000);
  cpu.eip = 0x5000;
  listen(world);
  step(cpu);
  expect(kinds(world.events)).toEqual(['task-switch', 'table-load tr', 'cr-write cr0', '#NP task-data-present', 'exception']);
  expect(world.events[3]).toMatchObject({ errorCode: FREE2, cs: CODE0, ip: BigInt(TASK_ENTRY), during: 'execution' });
  expect([...place(world), load32(world, TASK_STACK - 16), load32(world, TASK_STACK - 12)]).toEqual([0, CODE0, HANDLER, DATA0, TASK_STACK - 16, FREE2, TASK_ENTRY]);
  expect([cpu.segmentSelector(DS), isBusy(world, TSS_SELECTOR), isBusy(world, FREE)]).toEqual([FREE2 | 3, false, true]);
});
