// Real-address mode, virtual-8086 mode, 16-bit gates and the ways between: guests as bytes with their assembly beside them, events as lines.

import { describe, expect, test } from 'vitest';
import { registerOffset } from '../../../core/arch/register-file.ts';
import { deliverExternal, deliverFault } from '../../../core/cpu/delivery.ts';
import { Fault, GP } from '../../../core/cpu/fault.ts';
import { readFlags, writeFlags } from '../../../core/cpu/flags.ts';
import { loadParagraph } from '../../../core/cpu/real-mode.ts';
import { installNull, installSegment } from '../../../core/cpu/segmentation.ts';
import { CS, DS, EAX, ES, FS, GS, SS, type Cpu } from '../../../core/cpu/state.ts';
import type { TransitionEvent } from '../../../core/event/event.ts';
import { rule } from '../../../core/event/rules.ts';
import { enterReal, enterVirtual8086, IOPL3, lines, load16, REAL_CODE, REAL_STACK, runBytes, store16, storeStack, vector, VM } from './modes-world.ts';
import { CODE, CODE0, CODE3, DATA, DATA0, DATA3, descriptor, DPL3, enterRing3, FREE, FREE2, gate, HANDLER, KERNEL_STACK, listen, load32, newWorld, store32, TSS, TSS_SELECTOR, type World } from './world.ts';

function real(): World {
  const world = newWorld();
  enterReal(world);
  return world;
}
const segment = (cpu: Cpu, register: number): readonly number[] =>
  [cpu.segmentSelector(register), cpu.segmentBase(register), cpu.segmentLimit(register), cpu.segmentRights(register)];
const transitions = (world: World): readonly TransitionEvent[] => world.events.filter((one) => one.kind === 'transition');

describe('real-address mode', () => {
  test('INT pushes three words through the vector table and clears IF, TF and AC; IRET brings all of FLAGS back', () => {
    const world = real();
    vector(world, 0x21, 0x700, 0x34);
    world.cpu.ram.set([0xcf], 0x7034); // iret
    writeFlags(world.cpu, 0x4_7202 | 0x3000);
    runBytes(world, REAL_CODE, [0xcd, 0x21, 0xf4], 1); // int 0x21; hlt
    const { cpu } = world;
    expect([cpu.segmentSelector(CS), cpu.eip, cpu.esp, readFlags(cpu)]).toEqual([0x700, 0x34, 0xfa, 0x7002]);
    expect([0, 2, 4].map((at) => load16(world, REAL_STACK + 0xfa + at))).toEqual([2, 0x500, 0x7202]);
    expect(world.events[0]).toMatchObject({
      via: 'int', source: 'software', vector: 0x21, mode: 'real', returnIp: 2n, gate: { table: 'idt', index: 0x21, physical: 0x84n, raw: 0x0700_0034n },
      frame: { ss: 0x900, linear: 0x90fan, width: 2, slots: [{ name: 'ip', value: 2n }, { name: 'cs', value: 0x500n }, { name: 'flags', value: 0x7202n }] },
    });
    expect(world.events[0]).not.toHaveProperty('errorCode');
    runBytes(world, REAL_CODE, [0xcd, 0x21, 0xf4], 2);
    expect([cpu.segmentSelector(CS), cpu.esp, readFlags(cpu)]).toEqual([0x500, 0x100, 0x7202]);
    expect(lines(world)).toEqual(['int 21 500:0 -> 700:34 real', 'iret 700:34 -> 500:2 real', 'halt']);
  });

  test('IRETD takes RF, AC and ID besides the low word, but neither VM nor VIF nor VIP', () => {
    const world = real();
    storeStack(world, 0x40, 0, 0x700, 0xffff, 0xffff, 0xffff);
    runBytes(world, REAL_CODE, [0x66, 0xcf], 1); // iretd
    expect([world.cpu.segmentSelector(CS), world.cpu.eip, readFlags(world.cpu)]).toEqual([0x700, 0x40, 0x25_7fd7]);
  });

  test('an exception pushes no error code, and its events have none', () => {
    const world = real();
    vector(world, 13, 0x700, 0);
    runBytes(world, REAL_CODE, [0xa1, 0xff, 0xff], 1); // mov ax, [0xffff]
    expect(lines(world)).toEqual(['#GP during execution [segment-limit]', 'exception d 500:0 -> 700:0 real']);
    expect([world.cpu.esp, load16(world, REAL_STACK + 0xfa)]).toEqual([0xfa, 0]);
  });

  test('a word at SS:FFFF raises #SS, an instruction beyond IP FFFF #GP', () => {
    const world = real();
    vector(world, 12, 0x700, 0);
    runBytes(world, REAL_CODE, [0xbd, 0xff, 0xff, 0x8b, 0x46, 0x00], 2); // mov bp, 0xffff; mov ax, [bp]
    expect(lines(world)[0]).toBe('#SS during execution [segment-limit]');
    enterReal(world);
    vector(world, 13, 0x700, 0);
    world.cpu.eip = 0xfffe;
    runBytes(world, REAL_CODE + 0xfffe, [0x40, 0x40, 0x40], 3); // inc ax, three times; the third is beyond
    expect([world.cpu.get16(EAX), ...lines(world)]).toEqual([0xaa57, '#GP during execution [fetch-limit]', 'exception d 500:10000 -> 700:0 real']);
    expect(load16(world, REAL_STACK + 0xfa)).toBe(0);
  });

  test('a vector beyond IDTR\'s limit is #GP; when that is beyond it, too, a double fault, then shutdown', () => {
    const world = real();
    world.cpu.setNarrow(registerOffset('idtr.limit'), 13 * 4 + 3);
    vector(world, 13, 0x700, 0);
    runBytes(world, REAL_CODE, [0xcd, 0x0e], 1); // int 14
    expect(lines(world)).toEqual(['#GP during delivery [vector-table-limit]', 'exception d 500:0 -> 700:0 real']);
    enterReal(world);
    world.cpu.setNarrow(registerOffset('idtr.limit'), 0);
    expect(runBytes(world, REAL_CODE, [0xcc], 1)).toEqual({ kind: 'shutdown' }); // int3
    expect(lines(world)).toEqual([
      '#BP during execution [breakpoint-trap]', '#GP during delivery [vector-table-limit]', '#GP during delivery [vector-table-limit]', '#DF during delivery [exceptions-serial]',
      '#GP during delivery [vector-table-limit]', 'shutdown',
    ]);
  });

  test('PUSH with SP = 1 ends in shutdown, as the manual says', () => {
    const world = real();
    world.cpu.esp = 1;
    expect(runBytes(world, REAL_CODE, [0x50], 1)).toEqual({ kind: 'shutdown' }); // push ax
  });

  test('PUSHA is refused with #GP for the five odd pointers the manual names, and wraps from 8 on even ones', () => {
    const pusha = (sp: number): World => {
      const world = real();
      for (const number of [12, 13]) vector(world, number, 0x700, 0);
      world.cpu.esp = sp;
      runBytes(world, REAL_CODE, [0x60], 1); // pusha
      return world;
    };
    for (const sp of [7, 9, 11, 13, 15]) expect(lines(pusha(sp))[0]).toBe('#GP during execution [pusha-pointer]');
    expect([lines(pusha(8)), pusha(8).cpu.esp, lines(pusha(17)), pusha(17).cpu.esp]).toEqual([[], 0xfff8, [], 1]);
  });

  test('SP wraps from 0 to FFFE, for PUSH, INT and far CALL alike', () => {
    const world = real();
    vector(world, 0x21, 0x700, 0);
    world.cpu.esp = 0x1234_0002;
    runBytes(world, REAL_CODE, [0xcd, 0x21], 1); // int 0x21
    expect([world.cpu.esp, load16(world, REAL_STACK), load16(world, REAL_STACK + 0xfffe), load16(world, REAL_STACK + 0xfffc)]).toEqual([0x1234_fffc, 2, 0x500, 2]);
  });

  test('plain far transfers load base = selector * 16 and emit nothing', () => {
    const world = real();
    world.cpu.ram.set([0xca, 0x02, 0x00], 0x7034); // retf 2
    runBytes(world, REAL_CODE, [0x9a, 0x34, 0x00, 0x00, 0x07, 0xea, 0x10, 0x00, 0xfe, 0x04], 1); // call 0x700:0x34; jmp 0x4fe:0x10
    expect(segment(world.cpu, CS)).toEqual([0x700, 0x7000, 0xffff, 0x93]);
    runBytes(world, REAL_CODE, [0x9a, 0x34, 0x00, 0x00, 0x07, 0xea, 0x10, 0x00, 0xfe, 0x04], 1);
    expect([world.cpu.segmentSelector(CS), world.cpu.eip, world.cpu.esp]).toEqual([0x500, 5, 0x102]);
    runBytes(world, REAL_CODE, [0x9a, 0x34, 0x00, 0x00, 0x07, 0xea, 0x10, 0x00, 0xfe, 0x04], 1);
    expect([world.cpu.segmentBase(CS), world.cpu.eip, lines(world)]).toEqual([0x4fe0, 0x10, []]);
  });

  test('an external interrupt goes through the table, and code may be written through CS', () => {
    const world = real();
    vector(world, 8, 0x700, 0);
    runBytes(world, REAL_CODE, [0x2e, 0xc6, 0x06, 0x80, 0x00, 0x5a], 1); // mov byte [cs:0x80], 0x5a
    deliverExternal(world.cpu, 8);
    expect([world.cpu.ram[0x5080], ...lines(world)]).toEqual([0x5a, 'interrupt 8 500:6 -> 700:0 real']);
  });

  test('a register that protected mode left null is usable again once it is loaded', () => {
    const world = real();
    vector(world, 13, 0x700, 0);
    installNull(world.cpu, DS, 0);
    runBytes(world, REAL_CODE, [0xa0, 0x00, 0x00], 1); // mov al, [0]
    expect(lines(world)[0]).toBe('#GP during execution [segment-usable]');
    loadParagraph(world.cpu, DS, 0x1234);
    expect(segment(world.cpu, DS)).toEqual([0x1234, 0x1_2340, 0xffff, 0x93]);
  });
});

describe('tables in use', () => {
  test('in real-address mode the vector table alone, by vector; a GDT is one once PE is set', () => {
    const world = real();
    // mov word [es:0x84], 0x34; mov word [0x10], 0x5555 with DS on the GDT
    loadParagraph(world.cpu, ES, 0);
    loadParagraph(world.cpu, DS, 0x100);
    const write = [0x26, 0xc7, 0x06, 0x84, 0x00, 0x34, 0x00, 0xc7, 0x06, 0x10, 0x00, 0x55, 0x55];
    world.cpu.setRegister(registerOffset('gdtr.base'), 0x1000, 0);
    world.cpu.setNarrow(registerOffset('gdtr.limit'), 0x17);
    runBytes(world, REAL_CODE, [...write, 0x0f, 0x20, 0xc0, 0x0c, 0x01, 0x0f, 0x22, 0xc0], 5); // mov eax, cr0; or al, 1; mov cr0, eax
    expect(lines(world)).toEqual(['table-write', 'cr0 10 -> 11', 'mode real -> protected']);
    expect(world.events[0]).toMatchObject({ table: 'idt', index: 0x21, physical: 0x84n, before: 0n, after: 0x34n });
    listen(world);
    world.cpu.eip = 0;
    runBytes(world, REAL_CODE, write, 2);
    expect(world.events.map((one) => one.kind === 'table-write' ? `${one.table} ${String(one.index)}` : one.kind)).toEqual(['idt 16', 'gdt 2']);
  });
});

describe('changes of mode', () => {
  // lgdt [cs:0x2f]; mov eax, cr0; or al, 1; mov cr0, eax; mov ax, 0x10; mov ds, ax; mov eax, cr0; and al, 0xfe; mov cr0, eax;
  // mov byte [dword 0x12345], 0x5a; xor ax, ax; mov ds, ax; mov bl, [dword 0x12345]; hlt
  const UNREAL = [
    0x2e, 0x0f, 0x01, 0x16, 0x2f, 0x00, 0x0f, 0x20, 0xc0, 0x0c, 0x01, 0x0f, 0x22, 0xc0, 0xb8, 0x10, 0x00, 0x8e, 0xd8, 0x0f, 0x20, 0xc0, 0x24, 0xfe, 0x0f, 0x22, 0xc0,
    0x67, 0xc6, 0x05, 0x45, 0x23, 0x01, 0x00, 0x5a, 0x31, 0xc0, 0x8e, 0xd8, 0x67, 0x8a, 0x1d, 0x45, 0x23, 0x01, 0x00, 0xf4, 0x17, 0x00, 0x00, 0x10, 0x00, 0x00,
  ];
  test('a DS of 4 GBytes loaded in protected mode stays so large when PE is cleared', () => {
    const world = real();
    expect(runBytes(world, REAL_CODE, UNREAL, 100)).toEqual({ kind: 'halted' });
    expect(lines(world)).toEqual(['table-load', 'cr0 10 -> 11', 'mode real -> protected', 'cr0 11 -> 10', 'mode protected -> real', 'halt']);
    expect(world.events[1]).toMatchObject({ mode: 'real' });
    expect([world.cpu.ram[0x1_2345], world.cpu.get8(3), ...segment(world.cpu, DS)]).toEqual([0x5a, 0x5a, 0, 0, 0xffff_ffff, 0xc093]);
    // CS was not reloaded: a 16-bit segment all the way
    expect(segment(world.cpu, CS)).toEqual([0x500, 0x5000, 0xffff, 0x93]);
  });

  test('LMSW enters, a far jump makes the code 32-bit; with PE cleared a far jump sets base alone', () => {
    const world = real();
    // lgdt [cs:0x50]; smsw ax; or al, 1; lmsw ax; jmp dword 8:0x5020
    const enter = [0x2e, 0x0f, 0x01, 0x16, 0x50, 0x00, 0x0f, 0x01, 0xe0, 0x0c, 0x01, 0x0f, 0x01, 0xf0, 0x66, 0xea, 0x20, 0x50, 0x00, 0x00, 0x08, 0x00];
    // mov eax, cr0; and al, 0xfe; mov cr0, eax; jmp 0x500:0x40 (32-bit)
    const leave = [0x0f, 0x20, 0xc0, 0x24, 0xfe, 0x0f, 0x22, 0xc0, 0xea, 0x40, 0x00, 0x00, 0x00, 0x00, 0x05];
    world.cpu.ram.set(leave, REAL_CODE + 0x20);
    world.cpu.ram.set([0xf4], REAL_CODE + 0x40);
    world.cpu.ram.set([0x17, 0x00, 0x00, 0x10], REAL_CODE + 0x50);
    expect(runBytes(world, REAL_CODE, enter, 100)).toEqual({ kind: 'halted' });
    expect(lines(world)).toEqual(['table-load', 'cr0 10 -> 11', 'mode real -> protected', 'cr0 11 -> 10', 'mode protected -> real', 'halt']);
    expect([...segment(world.cpu, CS), world.cpu.code32]).toEqual([0x500, 0x5000, 0xffff_ffff, 0xc09b, 1]);
  });
});

describe('16-bit gates', () => {
  const cut = (world: World, at: number, count: number): readonly number[] => Array.from({ length: count }, (_, slot) => load16(world, at + slot * 2));

  test('push words, use 16 bits of the offset, and a trap gate keeps IF', () => {
    const world = newWorld();
    const { cpu } = world;
    gate(world, 0x80, { type: 7, offset: 0xdead_6000 });
    writeFlags(cpu, 0x202);
    cpu.eip = 0x1_5000;
    world.cpu.ram.set([0x66, 0xcf], 0x6000); // iret, 16-bit
    runBytes(world, 0x1_5000, [0xcd, 0x80], 1); // int 0x80
    expect([cpu.eip, cpu.esp, readFlags(cpu), ...cut(world, cpu.esp, 3)]).toEqual([0x6000, KERNEL_STACK - 6, 0x202, 0x5002, CODE0, 0x202]);
    expect(world.events[0]).toMatchObject({ frame: { width: 2, slots: [{ name: 'ip' }, { name: 'cs' }, { name: 'flags' }] } });
    runBytes(world, 0x1_5000, [0xcd, 0x80], 1);
    expect([cpu.eip, cpu.esp]).toEqual([0x5002, KERNEL_STACK]);
  });

  test('from ring 3 with an error code: six words on the stack that a 16-bit TSS names', () => {
    const world = newWorld();
    const { cpu } = world;
    descriptor(world, FREE2, DATA & ~0xc000, { base: 0, limit: 0xffff });
    store32(world, TSS, KERNEL_STACK << 16);
    store16(world, TSS + 4, FREE2);
    cpu.setSegment(7, TSS_SELECTOR, 0x83, 0x2b, TSS);
    gate(world, 13, { type: 6 });
    enterRing3(world);
    cpu.esp = 0x1234_a000;
    cpu.instructionEip = 0x5000;
    listen(world);
    deliverFault(cpu, new Fault(GP(0x38), rule('opcode-defined'), 0, 0));
    expect([cpu.cpl, cpu.esp, ...cut(world, cpu.esp, 6)]).toEqual([0, KERNEL_STACK - 12, 0x38, 0x5000, CODE3, 2, 0xa000, DATA3]);
    expect(transitions(world)[0]).toMatchObject({ stackFrom: { offset: 2, value: BigInt(KERNEL_STACK) }, errorCode: 0x38, frame: { width: 2 } });
    expect(load32(world, 0x1000 + FREE2 + 4) & 0x100).toBe(0x100);
  });
});

describe('virtual-8086 mode', () => {
  /** Ring 0 about to IRETD into virtual-8086 code at 0x500:0 with these flags; #GP and INT 0x21 have 32-bit gates. */
  function monitor(flags: number): World {
    const world = newWorld();
    for (const number of [13, 0x21]) gate(world, number);
    const { cpu } = world;
    cpu.esp = KERNEL_STACK - 36;
    [0, 0x500, VM | flags | 2, 0x100, 0x900, 0xa00, 0xb00, 0xc00, 0xd00].forEach((word, slot) => { store32(world, cpu.esp + slot * 4, word); });
    cpu.eip = HANDLER - 1;
    runBytes(world, HANDLER - 1, [0xcf], 1); // iretd
    return world;
  }

  test('IRETD installs five segments of 64 KBytes at DPL 3', () => {
    const world = monitor(IOPL3 | 0x200);
    const { cpu } = world;
    expect(lines(world)).toEqual(['iret 8:ffff -> 500:0 protected -> v86', 'mode protected -> v86']);
    expect([cpu.cpl, cpu.esp, cpu.eip, readFlags(cpu)]).toEqual([3, 0x100, 0, VM | IOPL3 | 0x202]);
    expect([CS, SS, ES, DS, FS, GS].map((one) => segment(cpu, one))).toEqual([0x500, 0x900, 0xa00, 0xb00, 0xc00, 0xd00].map((selector) => [selector, selector * 16, 0xffff, 0xf3]));
    expect(transitions(world)[0]!.frame!.slots.map((slot) => slot.name)).toEqual(['eip', 'cs', 'eflags', 'esp', 'ss', 'es', 'ds', 'fs', 'gs']);
  });

  test('with IOPL 3, INT n goes through the gate: nine slots, the data segments null', () => {
    const world = monitor(IOPL3);
    listen(world);
    runBytes(world, REAL_CODE, [0xcd, 0x21], 1); // int 0x21
    const { cpu } = world;
    expect(lines(world)).toEqual([`int 21 500:0 -> 8:${HANDLER.toString(16)} v86 -> protected`, 'mode v86 -> protected']);
    expect([cpu.cpl, cpu.segmentSelector(SS), cpu.esp, readFlags(cpu)]).toEqual([0, DATA0, KERNEL_STACK - 36, IOPL3 | 2]);
    expect(Array.from({ length: 9 }, (_, slot) => load32(world, cpu.esp + slot * 4))).toEqual([2, 0x500, VM | IOPL3 | 2, 0x100, 0x900, 0xa00, 0xb00, 0xc00, 0xd00]);
    expect([ES, DS, FS, GS].map((one) => segment(cpu, one))).toEqual(Array.from({ length: 4 }, () => [0, 0, 0, 0x1_0000]));
  });

  test('with IOPL below 3, INT n, CLI, STI, PUSHF, POPF and IRET raise #GP(0) of their own; INT3 does not', () => {
    for (const code of [[0xcd, 0x21], [0xfa], [0xfb], [0x9c], [0x66, 0x9c], [0x9d], [0x66, 0x9d], [0xcf], [0x66, 0xcf]]) {
      const world = monitor(0x2000);
      listen(world);
      runBytes(world, REAL_CODE, code, 1);
      expect(lines(world)[0], code.join()).toMatch(code[0] === 0xcd ? /^#GP\(0\) during delivery \[v86-iopl\]$/ : /^#GP\(0\) during execution \[(v86-iopl|iopl-interrupt-flag)\]$/);
      expect(lines(world).slice(1)).toEqual([`exception d 500:0 -> 8:${HANDLER.toString(16)} v86 -> protected`, 'mode v86 -> protected']);
      expect([world.cpu.esp, load32(world, world.cpu.esp)]).toEqual([KERNEL_STACK - 40, 0]);
    }
    const world = monitor(0);
    gate(world, 3);
    listen(world);
    runBytes(world, REAL_CODE, [0xcc], 1); // int3
    expect(lines(world)[0]).toBe('#BP during execution [breakpoint-trap]');
  });

  test('privileged instructions raise #GP(0) whatever IOPL is', () => {
    for (const code of [[0xf4], [0x0f, 0x06], [0x0f, 0x20, 0xc0], [0x0f, 0x22, 0xc0], [0x0f, 0x01, 0x16, 0, 0], [0x0f, 0x01, 0xf0], [0x0f, 0x09]]) {
      const world = monitor(IOPL3);
      listen(world);
      runBytes(world, REAL_CODE, code, 1);
      expect(lines(world)[0], code.join()).toBe('#GP(0) during execution [privileged-cpl]');
    }
  });

  test('PUSHFD shows VM and RF clear; POPFD changes neither VM nor IOPL', () => {
    const world = monitor(IOPL3);
    runBytes(world, REAL_CODE, [0x66, 0x9c, 0x66, 0x83, 0x36, 0x00, 0x00, 0x00], 1); // pushfd
    expect(load32(world, REAL_STACK + 0xfc)).toBe(IOPL3 | 2);
    store32(world, REAL_STACK + 0xfc, 0x1000 | 0x200 | 0x4_0000 | 0x8_0000 | 2);
    runBytes(world, REAL_CODE, [0x66, 0x9c, 0x66, 0x9d], 1); // popfd
    expect(readFlags(world.cpu)).toBe(VM | IOPL3 | 0x4_0202);
  });

  test('IRET with IOPL 3 stays in the mode and keeps IOPL; far transfers and segment loads are those of the 8086', () => {
    const world = monitor(IOPL3);
    storeStack(world, 4, 0x700, 0x0202);
    runBytes(world, REAL_CODE, [0xcf], 1); // iret
    const { cpu } = world;
    expect([...segment(cpu, CS), cpu.eip, cpu.esp, readFlags(cpu)]).toEqual([0x700, 0x7000, 0xffff, 0xf3, 4, 0x106, VM | IOPL3 | 0x202]);
    runBytes(world, 0x7004, [0x8e, 0xd9, 0xea, 0, 0, 0, 0x08], 2); // mov ds, cx; jmp 0x800:0
    expect([segment(cpu, DS), segment(cpu, CS)]).toEqual([[0, 0, 0xffff, 0xf3], [0x800, 0x8000, 0xffff, 0xf3]]);
    expect(lines(world).slice(2)).toEqual(['iret 500:0 -> 700:4 v86']);
  });

  test('ports are asked in the I/O map even with IOPL 3', () => {
    const world = monitor(IOPL3);
    listen(world);
    runBytes(world, REAL_CODE, [0xe6, 0xf8], 1); // out 0xf8, al
    expect(lines(world)[0]).toBe('#GP(0) during execution [io-map-limit]');
  });

  test('a 16-bit gate pushes nine words', () => {
    const world = monitor(IOPL3);
    gate(world, 0x21, { type: 6, offset: 0x6000 });
    listen(world);
    runBytes(world, REAL_CODE, [0xcd, 0x21], 1); // int 0x21
    const { cpu } = world;
    expect([cpu.esp, cpu.eip]).toEqual([KERNEL_STACK - 18, 0x6000]);
    expect(Array.from({ length: 9 }, (_, slot) => load16(world, cpu.esp + slot * 2))).toEqual([2, 0x500, IOPL3 | 2, 0x100, 0x900, 0xa00, 0xb00, 0xc00, 0xd00]);
  });

  test('an IRETD at CPL 3 or of 16 bits leaves VM alone', () => {
    const world = newWorld();
    descriptor(world, FREE, CODE | DPL3);
    enterRing3(world);
    const { cpu } = world;
    cpu.esp -= 12;
    [0x5000, FREE | 3, VM | 2].forEach((word, slot) => { store32(world, cpu.esp + slot * 4, word); });
    cpu.eip = HANDLER;
    runBytes(world, HANDLER, [0xcf], 1); // iretd
    expect([readFlags(cpu), cpu.segmentSelector(CS), lines(world)]).toEqual([2, FREE | 3, [`iret 1b:${HANDLER.toString(16)} -> 3b:5000 protected`]]);
  });

  test('the ring 0 stack of a paragraph-based segment is left as it was: bases of both modes do not mix', () => {
    const world = newWorld();
    enterVirtual8086(world);
    gate(world, 3);
    installSegment(world.cpu, DS, 0xffff, 0xf3, 0xffff, 0xf_fff0);
    runBytes(world, REAL_CODE, [0xa0, 0x10, 0x00, 0xcc], 2); // mov al, [0x10]; int3
    expect([world.cpu.segmentBase(SS), world.cpu.segmentLimit(SS), load32(world, KERNEL_STACK - 12)]).toEqual([0, 0xffff_ffff, 0xffff]);
  });
});
