// Delivery from cause to handler: frames, error codes, events, the double-fault table, shutdown. Events are compared as EVENTS.md has them.

import { describe, expect, test } from 'vitest';
import { registerOffset } from '../../../core/arch/register-file.ts';
import { breakpoint, deliverExternal, deliverFault, softwareInterrupt, trapOverflow } from '../../../core/cpu/delivery.ts';
import { DE, Fault, GP, NP, PF, UD } from '../../../core/cpu/fault.ts';
import { readFlags, writeFlags } from '../../../core/cpu/flags.ts';
import { interruptReturn } from '../../../core/cpu/iret.ts';
import { write8 } from '../../../core/cpu/memory.ts';
import { step } from '../../../core/cpu/run.ts';
import { installSegment } from '../../../core/cpu/segmentation.ts';
import { CS, DS, EBP, ES, SHUTDOWN, SS, TR } from '../../../core/cpu/state.ts';
import type { FaultEvent, TraceEvent, TransitionEvent } from '../../../core/event/event.ts';
import { rule } from '../../../core/event/rules.ts';
import {
  CODE, CODE0, CODE3, DATA0, DATA3, descriptor, enablePaging, enterRing3, FREE, FREE2, gate, HANDLER, IDT, KERNEL_STACK, listen, load32, mapPage, newWorld, store32,
  TSS, TSS_SELECTOR, USER_STACK, type World,
} from './world.ts';

const RF = 0x1_0000, IF = 0x200;
const some = rule('opcode-defined');
const fault = (code: number): Fault => new Fault(code, some, 0, 0);
/** The instruction at 0x5000, two bytes long, is being executed. */
function executing(world: World): World {
  world.cpu.instructionEip = 0x5000;
  world.cpu.eip = 0x5002;
  world.cpu.icount = 41;
  return world;
}
function ring3World(): World {
  const world = newWorld();
  gate(world, 0x80);
  enterRing3(world);
  writeFlags(world.cpu, IF | 0x102);
  listen(world);
  return executing(world);
}
const kinds = (events: readonly TraceEvent[]): readonly string[] =>
  events.map((one) => one.kind === 'fault' ? `${one.mnemonic}${one.errorCode === null ? '' : `(0x${one.errorCode.toString(16)})`}` : one.kind === 'transition' ? `->${one.vector}` : one.kind);

describe('INT 0x80 from ring 3', () => {
  test('switches stacks, pushes five slots, clears IF and TF, and is one transition', () => {
    const world = ring3World();
    softwareInterrupt(world.cpu, 0x80);
    const { cpu } = world;
    expect([cpu.cpl, cpu.segmentSelector(CS), cpu.eip, cpu.segmentSelector(SS), cpu.esp]).toEqual([0, CODE0, HANDLER, DATA0, KERNEL_STACK - 20]);
    expect(readFlags(cpu)).toBe(2);
    expect([0, 4, 8, 12, 16].map((at) => load32(world, cpu.esp + at))).toEqual([0x5002, CODE3, 0x302, USER_STACK, DATA3]);
    expect(world.events).toEqual([{
      seq: 2 + 1, kind: 'transition', icount: 41, mode: 'protected', cpl: 3, cs: CODE3, ip: 0x5000n, cpu: 0, via: 'int', source: 'software', vector: 0x80,
      from: { cpl: 3, cs: CODE3, ip: 0x5000n, ss: DATA3, sp: BigInt(USER_STACK), flags: 0x302n, mode: 'protected' },
      to: { cpl: 0, cs: CODE0, ip: BigInt(HANDLER), ss: DATA0, sp: BigInt(KERNEL_STACK - 20), flags: 2n, mode: 'protected' },
      returnIp: 0x5002n,
      frame: {
        ss: DATA0, linear: BigInt(KERNEL_STACK - 20), width: 4,
        slots: [{ name: 'eip', value: 0x5002n }, { name: 'cs', value: BigInt(CODE3) }, { name: 'eflags', value: 0x302n }, { name: 'esp', value: BigInt(USER_STACK) }, { name: 'ss', value: BigInt(DATA3) }],
      },
      gate: { table: 'idt', index: 0x80, physical: BigInt(IDT + 0x400), raw: 0x0001_ee00_0008_0000n },
      stackFrom: { tss: TSS_SELECTOR, offset: 4, value: BigInt(KERNEL_STACK) },
    }]);
  });

  test('a trap gate keeps IF', () => {
    const world = ring3World();
    gate(world, 0x80, { type: 15 });
    softwareInterrupt(world.cpu, 0x80);
    expect(readFlags(world.cpu)).toBe(IF | 2);
  });

  test('IRET goes back, and the data segments of ring 0 become null', () => {
    const world = ring3World();
    softwareInterrupt(world.cpu, 0x80);
    descriptor(world, FREE2, CODE | 4);
    world.cpu.setSegment(DS, DATA0, 0xc093, 0xffff_ffff, 0);
    world.cpu.setSegment(ES, FREE2, 0xc09f, 0xffff_ffff, 0);
    listen(world);
    interruptReturn(world.cpu, 32);
    const { cpu } = world;
    expect([cpu.cpl, cpu.segmentSelector(CS), cpu.eip, cpu.segmentSelector(SS), cpu.esp, readFlags(cpu)]).toEqual([3, CODE3, 0x5002, DATA3, USER_STACK, 0x302]);
    expect([cpu.segmentSelector(DS), cpu.segmentSelector(ES)]).toEqual([0, FREE2]);
    const event = world.events[0] as TransitionEvent;
    expect([event.via, event.from.cpl, event.to.cpl, event.returnIp, event.frame?.slots.length]).toEqual(['iret', 0, 3, 0x5002n, 5]);
  });
});

test('IRET at CPL 3 changes neither IOPL nor, above IOPL, IF', () => {
  const world = ring3World();
  const { cpu } = world;
  writeFlags(cpu, IF | 2);
  cpu.esp = USER_STACK - 12;
  [0x6000, CODE3, 0x3402].forEach((word, slot) => { store32(world, cpu.esp + slot * 4, word); });
  interruptReturn(cpu, 32);
  expect(readFlags(cpu)).toBe(0x602);
  expect([cpu.esp, cpu.eip]).toEqual([USER_STACK, 0x6000]);
});

test('an exception pushes its error code and sets RF in the pushed flags; registers of the instruction are undone', () => {
  const world = executing(newWorld());
  gate(world, 13, { dpl: 0 });
  deliverFault(world.cpu, fault(GP(0x38)));
  const { cpu } = world;
  expect([0, 4, 8, 12].map((at) => load32(world, cpu.esp + at))).toEqual([0x38, 0x5000, CODE0, RF | 2]);
  expect(kinds(world.events)).toEqual(['#GP(0x38)', '->13']);
  expect(world.events[0]).toMatchObject({ class: 'fault', during: 'execution', rule: 'opcode-defined', icount: 41, ip: 0x5000n });
  expect(world.events[1]).toMatchObject({ via: 'exception', source: 'exception', errorCode: 0x38, returnIp: 0x5000n });
});

test('an exception without error code has errorCode null, and its transition has none', () => {
  const world = executing(newWorld());
  gate(world, 6);
  deliverFault(world.cpu, fault(UD));
  expect((world.events[0] as FaultEvent).errorCode).toBeNull();
  expect('errorCode' in world.events[1]!).toBe(false);
});

test('an external interrupt returns to the interrupted instruction and leaves RF alone', () => {
  const world = executing(newWorld());
  gate(world, 0x20, { dpl: 0 });
  deliverExternal(world.cpu, 0x20);
  expect([load32(world, world.cpu.esp), load32(world, world.cpu.esp + 8)]).toEqual([0x5002, 2]);
  expect(world.events[0]).toMatchObject({ via: 'interrupt', source: 'external', ip: 0x5002n, returnIp: 0x5002n });
});

test.each([['INT3', breakpoint, '#BP', 3], ['INTO', trapOverflow, '#OF', 4]] as const)('%s gives a trap from software, then a transition via int', (_, act, mnemonic, vector) => {
  const world = ring3World();
  gate(world, vector);
  writeFlags(world.cpu, readFlags(world.cpu) | 0x800);
  act(world.cpu);
  expect(world.events[0]).toMatchObject({ kind: 'fault', mnemonic, class: 'trap', errorCode: null, source: 'software', icount: 41 });
  expect(world.events[1]).toMatchObject({ kind: 'transition', via: 'int', source: 'software', vector, returnIp: 0x5002n });
});

test('a refusal at INT n\'s own gate is a #GP during delivery of it, delivered for the INT itself', () => {
  const world = ring3World();
  gate(world, 0x80, { dpl: 0 });
  gate(world, 13, { dpl: 0 });
  let thrown: unknown;
  try { softwareInterrupt(world.cpu, 0x80); } catch (caught) { thrown = caught; }
  expect(thrown).toBeInstanceOf(Fault);
  deliverFault(world.cpu, thrown as Fault);
  expect(world.events[0]).toMatchObject({ mnemonic: '#GP', errorCode: 0x402, during: 'delivery', deliveryOf: { source: 'software', vector: 0x80, seq: null }, rule: 'gate-dpl' });
  expect(world.events[1]).toMatchObject({ vector: 13, returnIp: 0x5000n });
});

describe('when delivery faults', () => {
  const NO_GATE = 0;
  /** IDT limit keeps only the vectors listed; the others have empty gates. */
  function worldWith(...vectors: readonly number[]): World {
    const world = executing(newWorld());
    for (let vector = 0; vector < 32; vector += 1) { store32(world, IDT + vector * 8, NO_GATE); store32(world, IDT + vector * 8 + 4, NO_GATE); }
    for (const vector of vectors) gate(world, vector, { dpl: 0 });
    return world;
  }

  test('a benign exception and a contributory one are delivered one after the other', () => {
    const world = worldWith(13);
    deliverFault(world.cpu, fault(UD));
    // The gate of #UD is empty: #GP with index 6, IDT and EXT.
    expect(kinds(world.events)).toEqual(['#UD', '#GP(0x33)', '->13']);
    expect(world.events[1]).toMatchObject({ during: 'delivery', deliveryOf: { source: 'exception', vector: 6, seq: world.events[0]!.seq }, rule: 'gate-type' });
  });

  test('two contributory exceptions make a double fault with its causes', () => {
    const world = worldWith(8);
    deliverFault(world.cpu, fault(DE));
    expect(kinds(world.events)).toEqual(['#DE', '#GP(0x3)', '#DF(0x0)', '->8']);
    const [first, second, third] = world.events;
    expect(third).toMatchObject({ class: 'abort', causes: [first!.seq, second!.seq], rule: 'exceptions-serial' });
    expect(load32(world, world.cpu.esp)).toBe(0);
  });

  test('a contributory exception and a page fault are delivered one after the other, a page fault and a page fault are not', () => {
    const world = worldWith(14, 8);
    gate(world, 13, { dpl: 0 });
    enablePaging(world);
    executing(world);
    // The code segment's descriptor lies on the page of the GDT: an absent IDT page faults every delivery.
    mapPage(world, 0x2000, 0x2006);
    deliverFault(world.cpu, fault(GP(0)));
    expect(kinds(world.events)).toEqual(['#GP(0x0)', '#PF(0x0)', '#PF(0x0)', '#DF(0x0)', '#PF(0x0)', 'shutdown']);
    expect(world.events[1]).toMatchObject({ cr2: BigInt(IDT + 13 * 8), access: { type: 'read', user: false, implicit: true } });
    expect(world.events.at(-1)).toMatchObject({ chain: world.events.slice(0, -1).map((one) => one.seq) });
  });

  test('a fault while #DF is delivered ends in shutdown with the whole chain', () => {
    const world = worldWith();
    deliverFault(world.cpu, fault(NP(0x38)));
    expect(kinds(world.events)).toEqual(['#NP(0x38)', '#GP(0x5b)', '#DF(0x0)', '#GP(0x43)', 'shutdown']);
    expect(world.cpu.activity).toBe(SHUTDOWN);
    expect(world.events.at(-1)).toMatchObject({ chain: [3, 4, 5, 6] });
  });

  test('an external interrupt whose delivery faults is benign', () => {
    const world = worldWith(11);
    gate(world, 0x20, { present: false });
    deliverExternal(world.cpu, 0x20);
    expect(kinds(world.events)).toEqual(['#NP(0x103)', '->11']);
    expect(world.events[0]).toMatchObject({ deliveryOf: { source: 'external', vector: 0x20, seq: null } });
  });

  test('INT3 whose gate refuses: #BP, then #GP during its delivery', () => {
    const world = worldWith(13);
    let thrown: unknown;
    try { breakpoint(world.cpu); } catch (caught) { thrown = caught; }
    deliverFault(world.cpu, thrown as Fault);
    expect(kinds(world.events)).toEqual(['#BP', '#GP(0x1a)', '->13']);
    expect(world.events[1]).toMatchObject({ deliveryOf: { source: 'software', vector: 3, seq: world.events[0]!.seq } });
  });
});

describe('page faults', () => {
  test('a user write to a supervisor page carries CR2, access and the walk with the right each level takes', () => {
    const world = newWorld();
    gate(world, 14, { dpl: 0 });
    enablePaging(world);
    enterRing3(world);
    executing(world);
    mapPage(world, 0x5000, 0x5003);
    let thrown: unknown;
    try { write8(world.cpu, DS, 0x5123, 1); } catch (caught) { thrown = caught; }
    deliverFault(world.cpu, thrown as Fault);
    expect(world.events[0]).toMatchObject({
      mnemonic: '#PF', errorCode: 7, cr2: 0x5123n, access: { type: 'write', user: true, implicit: false }, tlb: 'miss', rule: 'page-user',
      walk: {
        levels: [
          { level: 2, physical: 0x2_0000, entry: 0x2_1007n, present: true, rightsSoFar: 'urwx', pageSize: 0 },
          { level: 1, physical: 0x2_1014, entry: 0x5003n, present: true, user: false, rightsSoFar: 'srwx', pageSize: 4096 },
        ],
        verdict: { rights: 'srwx', rule: 'page-user' },
      },
    });
    expect(world.cpu.register(registerOffset('cr2'))).toBe(0x5123);
  });

  test('CR2 is the last thing to change: a #PF in delivery of a #PF leaves the second address', () => {
    const world = executing(newWorld());
    enablePaging(world);
    mapPage(world, 0x2000, 0);
    deliverFault(world.cpu, new Fault(PF(0), rule('page-table-present'), 0x7777, 0));
    expect(world.cpu.register(registerOffset('cr2'))).toBe(IDT + 8 * 8);
  });
});

test('an inner stack that is not mapped faults with U/S = 0 and nothing is pushed or loaded', () => {
  const world = newWorld();
  enablePaging(world);
  gate(world, 0x80);
  enterRing3(world);
  executing(world);
  mapPage(world, 0x7000, 0);
  const before = Array.from(world.cpu.registerFile);
  let thrown: unknown;
  try { softwareInterrupt(world.cpu, 0x80); } catch (caught) { thrown = caught; }
  expect((thrown as Fault).code).toBe(PF(2));
  expect((thrown as Fault).linear).toBe(KERNEL_STACK - 4);
  expect(Array.from(world.cpu.registerFile)).toEqual(before);
});

test('a 16-bit TSS gives SP0 and SS0; the frame keeps the gate\'s size', () => {
  const world = ring3World();
  store32(world, TSS, KERNEL_STACK << 16);
  store32(world, TSS + 4, DATA0);
  installSegment(world.cpu, TR, TSS_SELECTOR, 0x83, 0x2b, TSS);
  softwareInterrupt(world.cpu, 0x80);
  expect([world.cpu.cpl, world.cpu.segmentSelector(SS), world.cpu.esp]).toEqual([0, DATA0, KERNEL_STACK - 20]);
  expect(world.events[0]).toMatchObject({ stackFrom: { tss: TSS_SELECTOR, offset: 2, value: BigInt(KERNEL_STACK) }, frame: { width: 4 } });
});

test('a conforming handler runs at the caller\'s CPL on the caller\'s stack', () => {
  const world = ring3World();
  descriptor(world, FREE, 0xc09e);
  gate(world, 0x80, { selector: FREE });
  softwareInterrupt(world.cpu, 0x80);
  expect([world.cpu.cpl, world.cpu.segmentSelector(CS), world.cpu.esp]).toEqual([3, FREE | 3, USER_STACK - 12]);
});

test('accessed bits are set in the descriptors a delivery uses', () => {
  const world = ring3World();
  softwareInterrupt(world.cpu, 0x80);
  expect([CODE0, DATA0].map((selector) => load32(world, 0x1004 + selector) & 0x100)).toEqual([0x100, 0x100]);
});

test('with TF set, an INTO without overflow traps like any instruction; one that is taken clears TF first', () => {
  const stepped = (flags: number): readonly string[] => {
    const world = newWorld();
    gate(world, 1);
    gate(world, 4);
    world.cpu.ram.set([0xce], 0x5000); // into
    world.cpu.eip = 0x5000;
    writeFlags(world.cpu, flags);
    listen(world);
    step(world.cpu);
    return kinds(world.events);
  };
  expect(stepped(0x102)).toEqual(['#DB', '->1']);
  expect(stepped(0x902)).toEqual(['#OF', '->4']);
});

test('ENTER reads the display before the push of what it read: an absent page there comes before the stack\'s limit', () => {
  const world = newWorld();
  enablePaging(world);
  mapPage(world, 0x30_0000, 0);
  const { cpu } = world;
  cpu.ram.set([0xc8, 0, 0, 2], 0x5000); // enter 0, 2: three pushes, and room for two
  installSegment(cpu, SS, DATA0, 0xc097, KERNEL_STACK - 9, 0);
  cpu.eip = 0x5000;
  cpu.set32(EBP, 0x30_0ffc);
  listen(world);
  step(cpu);
  expect(kinds(world.events)[0]).toBe('#PF(0x0)');
  expect(cpu.get32(EBP)).toBe(0x30_0ffc);
});
