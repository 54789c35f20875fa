// The virtual interrupt flag (CR4.VME, CR4.PVI) and the six ways INT n takes in virtual-8086 mode: guests as bytes with their assembly beside them.

import { describe, expect, test } from 'vitest';
import { readFlags } from '../../../core/cpu/flags.ts';
import { NO_LIMITS, run } from '../../../core/cpu/run.ts';
import { CS } from '../../../core/cpu/state.ts';
import { enterVirtual8086, IOPL3, lines, load16, REAL_CODE, REAL_STACK, runBytes, storeStack, vector, VM } from './modes-world.ts';
import { extensions, PVI, ring3, VIF, VIP, virtual8086, VME } from './rule-cases-virtual.ts';
import { task } from './task-world.ts';
import { FREE, gate, HANDLER, load32, newWorld, store32, TSS, TSS_SELECTOR, type World } from './world.ts';

const IF = 0x200, TF = 0x100, NT = 0x4000;
/** Where the redirection bit map lies: its 32 bytes end where the I/O map would begin, at the end of the TSS. */
const MAP = TSS + 104;
const HANDLER_TEXT = `8:${HANDLER.toString(16)}`;

/** Virtual-8086 mode; INT 0x21 has a gate and an entry of the program's table, and its bit is `bit`. */
function program(flags: number, change: { readonly cr4?: number; readonly bit?: number } = {}): World {
  const world = newWorld();
  for (const number of [13, 0x21, 3]) gate(world, number);
  vector(world, 0x21, 0x700, 0x34);
  vector(world, 3, 0x700, 0x44);
  store32(world, TSS + 100, 136 << 16);
  world.cpu.setSegment(7, TSS_SELECTOR, 0x8b, 136, TSS);
  store32(world, MAP + 4, (change.bit ?? 0) << 1); // bit 0x21 of the map
  enterVirtual8086(world, flags);
  extensions(change.cr4 ?? VME)(world);
  return world;
}
const stack = (world: World, count: number): readonly number[] => Array.from({ length: count }, (_, slot) => load16(world, REAL_STACK + world.cpu.esp + slot * 2));
const INT21 = [0xcd, 0x21];

describe('software interrupts in virtual-8086 mode', () => {
  test('methods 1 and 4: without VME, or with the bit set, and IOPL 3: through the IDT', () => {
    for (const world of [program(IOPL3, { cr4: 0 }), program(IOPL3, { bit: 1 })]) {
      runBytes(world, REAL_CODE, INT21, 1);
      expect(lines(world)).toEqual([`int 21 500:0 -> ${HANDLER_TEXT} v86 -> protected`, 'mode v86 -> protected']);
    }
  });

  test('methods 2 and 3: the same with IOPL below 3: #GP(0)', () => {
    for (const world of [program(0x2000, { cr4: 0 }), program(0x2000, { bit: 1 })]) {
      runBytes(world, REAL_CODE, INT21, 1);
      expect(lines(world).slice(0, 2)).toEqual(['#GP(0) during delivery [v86-iopl]', `exception d 500:0 -> ${HANDLER_TEXT} v86 -> protected`]);
    }
  });

  test('method 5: the bit clear and IOPL 3: the program\'s own handler; IF and TF are cleared, FLAGS pushed as they were', () => {
    const world = program(IOPL3 | IF | NT | VIF);
    runBytes(world, REAL_CODE, INT21, 1);
    expect(lines(world)).toEqual(['int 21 500:0 -> 700:34 v86']);
    expect([readFlags(world.cpu), world.cpu.cpl, ...stack(world, 3)]).toEqual([VM | IOPL3 | NT | VIF | 2, 3, 2, 0x500, IOPL3 | IF | NT | 2]);
    expect(world.events[0]).toMatchObject({
      mode: 'v86', source: 'software', vector: 0x21, returnIp: 2n, gate: { table: 'idt', index: 0x21, physical: 0x84n, raw: 0x0700_0034n },
      from: { cpl: 3, mode: 'v86' }, to: { cpl: 3, mode: 'v86' }, frame: { ss: 0x900, width: 2, linear: 0x90fan },
    });
    expect(world.heard.filter((one) => one.kind === 'access' && one.what === 'redirection-map')).toMatchObject([{ linear: MAP + 4, size: 1, value: 0n }]);
  });

  test('method 6: the bit clear and IOPL below 3: VIF is pushed as IF, with IOPL 3, and cleared; IF stays', () => {
    for (const [vif, pushed] of [[VIF, IF], [0, 0]] as const) {
      const world = program(IF | vif);
      runBytes(world, REAL_CODE, INT21, 1);
      expect(lines(world)).toEqual(['int 21 500:0 -> 700:34 v86']);
      expect([readFlags(world.cpu), ...stack(world, 3)]).toEqual([VM | IF | 2, 2, 0x500, IOPL3 | pushed | 2]);
    }
  });

  test('IRET of 16 bits brings VIF back from a redirected handler', () => {
    const world = program(VIF);
    world.cpu.ram.set([0xcf], 0x7034); // iret
    runBytes(world, REAL_CODE, INT21, 2);
    expect([readFlags(world.cpu), world.cpu.segmentSelector(CS), world.cpu.eip, world.cpu.esp]).toEqual([VM | VIF | 2, 0x500, 2, 0x100]);
    expect(lines(world)).toEqual(['int 21 500:0 -> 700:34 v86', 'iret 700:34 -> 500:2 v86']);
  });

  test('INT3 and external interrupts are never redirected', () => {
    const world = program(0);
    runBytes(world, REAL_CODE, [0xcc], 1); // int3
    expect(lines(world)).toEqual(['#BP during execution [breakpoint-trap]', `int 3 500:0 -> ${HANDLER_TEXT} v86 -> protected`, 'mode v86 -> protected']);
  });

  test('a stack without room for the three words is #SS, nothing changed', () => {
    const world = program(0);
    gate(world, 12);
    world.cpu.esp = 3;
    runBytes(world, REAL_CODE, INT21, 1);
    expect(lines(world)[0]).toBe('#SS(0) during delivery [vector-frame-room]');
  });

  test('a redirected INT n clears TF and is not stepped', () => {
    const world = program(TF | VIF);
    gate(world, 1);
    runBytes(world, REAL_CODE, INT21, 1);
    expect([readFlags(world.cpu), ...stack(world, 3)]).toEqual([VM | 2, 2, 0x500, IOPL3 | IF | TF | 2]);
    expect(lines(world)).toEqual(['int 21 500:0 -> 700:34 v86']);
  });
});

describe('VIF in virtual-8086 mode with IOPL below 3', () => {
  test('CLI and STI work on it, and leave IF', () => {
    const world = program(IF);
    runBytes(world, REAL_CODE, [0xfb], 1); // sti
    expect([readFlags(world.cpu), world.cpu.shadow]).toEqual([VM | IF | VIF | 2, 0]);
    runBytes(world, REAL_CODE + 1, [0xfa], 1); // cli
    expect(readFlags(world.cpu)).toBe(VM | IF | 2);
    expect(lines(world)).toEqual([]);
  });

  test('with IOPL 3 they work on IF', () => {
    const world = program(IOPL3 | VIF);
    runBytes(world, REAL_CODE, [0xfb, 0x90, 0xfa], 3); // sti; nop; cli
    expect(readFlags(world.cpu)).toBe(VM | IOPL3 | VIF | 2);
  });

  test('PUSHF shows it as IF with IOPL 3; PUSHFD is refused', () => {
    const world = program(VIF);
    runBytes(world, REAL_CODE, [0x9c], 1); // pushf
    expect(stack(world, 1)).toEqual([IOPL3 | IF | 2]);
    runBytes(world, REAL_CODE + 1, [0x66, 0x9c], 1); // pushfd
    expect(lines(world)[0]).toBe('#GP(0) during execution [v86-iopl]');
  });

  test('POPF sets it from IF and keeps IF and IOPL; TF, or IF while VIP is set, is refused with the stack as it was', () => {
    const world = program(0);
    storeStack(world, IOPL3 | IF | NT | 0x8d7);
    runBytes(world, REAL_CODE, [0x9d], 1); // popf
    expect([readFlags(world.cpu), world.cpu.esp]).toEqual([VM | VIF | NT | 0x8d7, 0x102]);
    for (const [flags, image, rule] of [[0, TF, 'virtual-flag-trap'], [VIP, IF, 'virtual-flag-pending']] as const) {
      const refused = program(flags);
      storeStack(refused, image);
      runBytes(refused, REAL_CODE, [0x9d], 1);
      expect([lines(refused)[0], load32(refused, refused.cpu.esp + 16)]).toEqual([`#GP(0) during execution [${rule}]`, 0x100]);
    }
  });

  test('IRET of 16 bits takes it from IF; IRETD is refused', () => {
    const world = program(IF);
    storeStack(world, 4, 0x700, IOPL3 | IF);
    runBytes(world, REAL_CODE, [0xcf], 1); // iret
    expect([readFlags(world.cpu), world.cpu.eip]).toEqual([VM | IF | VIF | 2, 4]);
    runBytes(world, 0x7004, [0x66, 0xcf], 1); // iretd
    expect(lines(world)[1]).toBe('#GP(0) during execution [v86-iopl]');
  });
});

describe('VIF at CPL 3 of protected mode with PVI', () => {
  test('CLI and STI work on it; PUSHF and POPF do not know it', () => {
    const world = newWorld();
    ring3(IF)(world);
    world.cpu.eip = HANDLER;
    runBytes(world, HANDLER, [0xfb, 0x9c, 0xfa, 0x9d], 4); // sti; pushfd; cli; popfd
    expect([readFlags(world.cpu), load32(world, world.cpu.esp - 4), lines(world)]).toEqual([IF | 2, VIF | IF | 2, []]);
  });

  test('at CPL 1 and 2, and without PVI, IOPL alone counts', () => {
    const world = newWorld();
    ring3(0)(world);
    extensions(VME)(world);
    gate(world, 13);
    world.cpu.eip = HANDLER;
    runBytes(world, HANDLER, [0xfa], 1); // cli
    expect(lines(world)[0]).toBe('#GP(0) during execution [iopl-interrupt-flag]');
  });
});

describe('VIF and VIP both set', () => {
  test('refuse the next instruction of a virtual-8086 program, before it is fetched', () => {
    const world = newWorld();
    gate(world, 13);
    const { cpu } = world;
    // IRETD from ring 0 into 0x500:0 with both set
    cpu.esp -= 36;
    [0, 0x500, VM | VIF | VIP | 2, 0x100, 0x900, 0, 0, 0, 0].forEach((word, slot) => { store32(world, cpu.esp + slot * 4, word); });
    extensions(VME)(world);
    cpu.eip = HANDLER;
    runBytes(world, HANDLER, [0xcf], 1); // iretd
    expect([cpu.eip, cpu.icount]).toEqual([0, 1]);
    run(cpu, { ...NO_LIMITS, attempts: cpu.attempts + 1 });
    expect(lines(world).slice(2)).toEqual(['#GP(0) during execution [virtual-interrupt-due]', `exception d 500:0 -> ${HANDLER_TEXT} v86 -> protected`, 'mode v86 -> protected']);
    expect([cpu.icount, cpu.attempts]).toEqual([1, 2]);
    // they do not count in the handler, which runs on
    runBytes(world, HANDLER, [0x40, 0x40], 2); // inc eax, twice
    expect([cpu.get32(0), cpu.icount]).toEqual([2, 3]);
  });

  test('refuse the first instruction of a virtual-8086 task that a task switch enters', () => {
    const world = newWorld();
    task(world, { eflags: VM | VIF | VIP | 2, cs: 0x500, ss: 0x900, esp: 0x100, ss0: 0x10, esp0: 0x8000 });
    gate(world, 13);
    extensions(VME)(world);
    world.cpu.eip = HANDLER;
    runBytes(world, HANDLER, [0xea, 0, 0, 0, 0, FREE, 0], 2); // jmp FREE:0
    expect(lines(world).filter((line) => /^(#|task|exception)/.test(line))).toEqual([
      `task-switch 8:${HANDLER.toString(16)} -> 500:6000 protected -> v86`, '#GP(0) during execution [virtual-interrupt-due]', `exception d 500:6000 -> ${HANDLER_TEXT} v86 -> protected`,
    ]);
  });

  test('do not count without the extensions, nor with IOPL 3', () => {
    for (const prepare of [(world: World) => { virtual8086(VIF | VIP | IOPL3)(world); }, (world: World) => { virtual8086(VIF | VIP)(world); extensions(PVI)(world); }]) {
      const world = newWorld();
      prepare(world);
      runBytes(world, REAL_CODE, [0x40, 0x40, 0x40], 3); // inc ax, three times
      expect([world.cpu.get16(0), lines(world)]).toEqual([3, []]);
    }
  });
});
