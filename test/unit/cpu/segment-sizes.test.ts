// 16-bit code and stacks in protected mode, expand-down segments, and code outside RAM: bytes with their assembly beside them.

import { describe, expect, test } from 'vitest';
import { registerOffset } from '../../../core/arch/register-file.ts';
import type { Bus } from '../../../core/cpu/bus.ts';
import { NO_LIMITS, run } from '../../../core/cpu/run.ts';
import { loadSegment, installSegment } from '../../../core/cpu/segmentation.ts';
import { startProtected32, startReal } from '../../../core/cpu/start.ts';
import { CS, Cpu, DS, EAX, EBP, EBX, ECX, EDI, EDX, ESI, ESP, SS, stateBytes } from '../../../core/cpu/state.ts';
import { lines, load16, runBytes } from './modes-world.ts';
import { DATA, descriptor, enterRing3, FREE, FREE2, gate, load32, newWorld, store32, type World } from './world.ts';

const BASE = 0x5_0000;

/** Ring 0 with a 16-bit code segment at BASE and a 16-bit stack and data segment at BASE + 64 KiB; SP 0x100, its upper half not clear. */
function world16(): World {
  const world = newWorld();
  const { cpu } = world;
  for (const number of [12, 13]) gate(world, number);
  installSegment(cpu, CS, FREE, 0x9b, 0xffff, BASE);
  installSegment(cpu, SS, FREE2, 0x93, 0xffff, BASE + 0x1_0000);
  installSegment(cpu, DS, FREE2, 0x93, 0xffff, BASE + 0x1_0000);
  cpu.esp = 0x1234_0100;
  cpu.eip = 0;
  return world;
}
const u32 = (world: World, register: number): number => world.cpu.get32(register) >>> 0;
const stackAt = (world: World, offset: number): number => load16(world, BASE + 0x1_0000 + offset);

describe('16-bit protected mode', () => {
  test('a push moves SP alone, and SP wraps', () => {
    const world = world16();
    world.cpu.set32(EAX, 0xaaaa_bbbb);
    runBytes(world, BASE, [0x66, 0x50, 0x5b, 0x59], 3); // push eax; pop bx; pop cx
    expect([world.cpu.get16(EBX), world.cpu.get16(ECX), world.cpu.esp]).toEqual([0xbbbb, 0xaaaa, 0x1234_0100]);
    world.cpu.esp = 0x1234_0002;
    world.cpu.eip = 0;
    runBytes(world, BASE, [0x50, 0x50], 2); // push ax; push ax
    expect([world.cpu.esp, stackAt(world, 0), stackAt(world, 0xfffe)]).toEqual([0x1234_fffe, 0xbbbb, 0xbbbb]);
  });

  test('ENTER and LEAVE use BP and SP; with a 32-bit operand ENTER writes all of EBP', () => {
    const world = world16();
    world.cpu.set32(EBP, 0x5555_0040);
    runBytes(world, BASE, [0xc8, 0x08, 0x00, 0x02], 1); // enter 8, 2
    expect([u32(world, EBP), world.cpu.esp, stackAt(world, 0xfe), stackAt(world, 0xfa)]).toEqual([0x5555_00fe, 0x1234_00f2, 0x40, 0xfe]);
    runBytes(world, BASE + 4, [0xc9], 1); // leave
    expect([u32(world, EBP), world.cpu.esp]).toEqual([0x5555_0040, 0x1234_0100]);
    runBytes(world, BASE + 5, [0x66, 0xc8, 0x04, 0x00, 0x00], 1); // enter 4, 0 (32-bit)
    expect([u32(world, EBP), world.cpu.esp]).toEqual([0x1234_00fc, 0x1234_00f8]);
    runBytes(world, BASE + 10, [0x66, 0xc9], 1); // leave (32-bit)
    expect([u32(world, EBP), world.cpu.esp]).toEqual([0x5555_0040, 0x1234_0100]);
  });

  test('PUSHA, POPA, PUSHF and POPF move words', () => {
    const world = world16();
    [EAX, ECX, EDX, EBX].forEach((register, index) => { world.cpu.set32(register, 0x1111_0001 * (index + 1)); });
    runBytes(world, BASE, [0x60, 0x9c], 2); // pusha; pushf
    expect([world.cpu.esp, ...[0xfe, 0xfc, 0xfa, 0xf8, 0xf6, 0xee].map((at) => stackAt(world, at))]).toEqual([0x1234_00ee, 1, 2, 3, 4, 0x100, 2]);
    for (const register of [EAX, ECX, EDX, EBX]) world.cpu.set32(register, 0x9999_9999);
    runBytes(world, BASE + 2, [0x9d, 0x61], 2); // popf; popa
    expect([u32(world, EAX), u32(world, EBX), world.cpu.esp]).toEqual([0x9999_0001, 0x9999_0004, 0x1234_0100]);
  });

  test('LOOP and JCXZ count with CX, behind 0x67 with ECX; string pointers wrap at 64 KiB', () => {
    const world = world16();
    const taken = (code: readonly number[], count: number): number => {
      world.cpu.set32(ECX, count);
      world.cpu.eip = 0;
      runBytes(world, BASE, code, 1);
      return world.cpu.eip - code.length;
    };
    expect([taken([0xe2, 2], 0x5_0001), taken([0x67, 0xe2, 2], 0x5_0001), u32(world, ECX)]).toEqual([0, 2, 0x5_0000]); // loop, a32 loop
    expect([taken([0xe3, 2], 0x5_0000), taken([0x67, 0xe3, 2], 0x5_0000)]).toEqual([2, 0]); // jcxz, jecxz
    world.cpu.set32(ESI, 0x7777_fffe);
    world.cpu.set32(ECX, 0x9999_0002);
    world.cpu.eip = 0;
    runBytes(world, BASE, [0xf3, 0xad], 1); // rep lodsw
    expect([u32(world, ESI), u32(world, ECX), lines(world)]).toEqual([0x7777_0002, 0x9999_0000, []]);
    world.cpu.set32(EDI, 0x1_0000);
    world.cpu.eip = 0;
    installSegment(world.cpu, 0, FREE2, 0x93, 0xffff, BASE);
    runBytes(world, BASE, [0x67, 0xaa], 1); // a32 stosb
    expect(lines(world)[0]).toBe('#GP(0) during execution [segment-limit]');
  });

  test('near branches wrap at 64 KiB; with a 32-bit operand they do not, and fault beyond the limit', () => {
    const world = world16();
    world.cpu.eip = 0xff00;
    runBytes(world, BASE + 0xff00, [0xe9, 0xfd, 0x6f], 1); // jmp $+0x7000
    expect(world.cpu.eip).toBe(0x6f00);
    runBytes(world, BASE + 0x6f00, [0x66, 0xe8, 0x00, 0x00, 0x01, 0x00], 1); // call dword $+0x10006
    expect(lines(world)[0]).toBe('#GP(0) during execution [fetch-limit]');
  });

  test('LGDT takes 24 bits of the base, with a 32-bit operand all of it', () => {
    const world = world16();
    store32(world, BASE + 0x1_4000, 0x2345_0077);
    store32(world, BASE + 0x1_4004, 0xaa01);
    const at = registerOffset('gdtr.base');
    runBytes(world, BASE, [0x0f, 0x01, 0x16, 0x00, 0x40], 1); // lgdt [0x4000]
    expect([world.cpu.register(at), world.cpu.register(registerOffset('gdtr.limit'))]).toEqual([0x01_2345, 0x77]);
    runBytes(world, BASE + 5, [0x66, 0x0f, 0x01, 0x16, 0x00, 0x40], 1); // o32 lgdt [0x4000]
    expect(world.cpu.register(at)).toBe(0xaa01_2345);
  });

  test('RETF, CALL far and IRET move words', () => {
    const world = world16();
    descriptor(world, FREE, 0x9a, { base: BASE, limit: 0xffff });
    world.cpu.ram.set([0xcb], BASE + 0x40); // retf
    runBytes(world, BASE, [0x9a, 0x40, 0x00, FREE, 0x00, 0x9c, 0x0e, 0x68, 0x60, 0x00, 0xcf], 2); // call FREE:0x40; pushf; push cs; push 0x60; iret
    expect([world.cpu.eip, world.cpu.esp, stackAt(world, 0xfe), stackAt(world, 0xfc)]).toEqual([5, 0x1234_0100, FREE, 5]);
    runBytes(world, BASE, [], 4);
    expect([world.cpu.eip, world.cpu.esp, lines(world)]).toEqual([0x60, 0x1234_0100, [`iret ${FREE.toString(16)}:a -> ${FREE.toString(16)}:60 protected`]]);
  });
});

describe('expand-down segments', () => {
  // 0x97: data, writable, expand-down, accessed, DPL 0. Offsets above the limit are inside, up to 64 KiB or, with B, 4 GiB.
  const reads = (rights: number, limit: number, offset: number, size: 1 | 4): string => {
    const world = newWorld();
    gate(world, 13);
    installSegment(world.cpu, DS, FREE, rights, limit, 0);
    world.cpu.set32(EBX, offset);
    world.cpu.eip = 0x6000;
    runBytes(world, 0x6000, size === 1 ? [0x8a, 0x03] : [0x8b, 0x03], 1); // mov al, [ebx]; mov eax, [ebx]
    return lines(world)[0] ?? 'ok';
  };
  const REFUSED = '#GP(0) during execution [segment-expand-down]';

  test('the limit is the last offset outside, the upper bound follows B', () => {
    expect([reads(0x97, 0x7fff, 0x7fff, 1), reads(0x97, 0x7fff, 0x8000, 1), reads(0x97, 0x7fff, 0xffff, 1), reads(0x97, 0x7fff, 0xfffd, 4), reads(0x97, 0x7fff, 0x1_0000, 1)])
      .toEqual([REFUSED, 'ok', 'ok', REFUSED, REFUSED]);
    expect([reads(0x4097, 0x7fff, 0x7ffd, 4), reads(0x4097, 0x7fff, 0x1_0000, 4), reads(0x4097, 0x7fff, 0xffff_ffff, 4)]).toEqual([REFUSED, 'ok', REFUSED]);
    // A limit of FFFF leaves nothing of a 16-bit one.
    expect(reads(0x97, 0xffff, 0xffff, 1)).toBe(REFUSED);
  });

  test('a full expand-down stack raises #SS(0), 16-bit or 32-bit', () => {
    for (const [rights, esp] of [[0x97, 0x8002], [0x4097, 0x8004]] as const) {
      const world = newWorld();
      gate(world, 12, { dpl: 0 });
      enterRing3(world);
      const { cpu } = world;
      installSegment(cpu, SS, FREE | 3, rights | 0x60, 0x7fff, 0);
      cpu.esp = esp;
      cpu.eip = 0x6000;
      runBytes(world, 0x6000, rights === 0x97 ? [0x66, 0x50, 0x66, 0x50] : [0x50, 0x50], 2); // push ax twice; push eax twice
      expect([lines(world)[0], load32(world, cpu.esp)]).toEqual(['#SS(0) during execution [segment-expand-down]', 0]);
      expect(load32(world, cpu.esp + 16)).toBe(0x8000);
    }
  });

  test('a code segment with the same type bit is conforming, not expand-down', () => {
    const world = newWorld();
    descriptor(world, FREE, 0xc09e);
    loadSegment(world.cpu, DS, FREE);
    world.cpu.eip = 0x6000;
    runBytes(world, 0x6000, [0xa0, 0x00, 0x10, 0x00, 0x00], 1); // mov al, [0x1000]
    expect(lines(world)).toEqual([]);
  });

  test('a null SS cannot be loaded, a null DS faults when used', () => {
    const world = newWorld();
    gate(world, 13);
    descriptor(world, FREE, DATA);
    world.cpu.eip = 0x6000;
    runBytes(world, 0x6000, [0x31, 0xc0, 0x8e, 0xd8, 0x8e, 0xd0], 3); // xor eax, eax; mov ds, ax; mov ss, ax
    expect(lines(world)[0]).toBe('#GP(0) during execution [ss-not-null]');
  });
});

describe('code outside RAM', () => {
  const RAM = 0x1_0000;
  /** A processor after reset with a ROM of 64 KiB below 4 GiB and, aliased, below 1 MiB. */
  function withRom(parts: readonly (readonly [number, readonly number[]])[]): Cpu {
    const rom = new Uint8Array(0x1_0000).fill(0xf4); // hlt
    for (const [at, bytes] of parts) rom.set(bytes, at);
    const bus: Bus = {
      readPort: () => -1, writePort: () => undefined, writeDevice: () => undefined, willWake: () => false, apicBaseWritten: () => undefined, setFpuError: () => undefined, ignoresFpuError: () => false, acknowledgeInterrupt: () => 0xff,
      readDevice: (physical, size) => {
        if (physical < 0xffff_0000 && (physical < 0xf_0000 || physical > 0xf_ffff)) return -1;
        let value = 0;
        for (let index = 0; index < size; index += 1) value |= rom[(physical + index) & 0xffff]! << (index * 8);
        return value;
      },
    };
    const cpu = new Cpu(new ArrayBuffer(stateBytes(RAM)), RAM, bus);
    startReal(cpu);
    return cpu;
  }

  test('the first instruction after reset comes from the top of the address space, the rest from the alias below 1 MiB', () => {
    const cpu = withRom([
      [0xfff0, [0xea, 0x00, 0xe0, 0x00, 0xf0]], // jmp 0xf000:0xe000
      [0xe000, [0xb8, 0x34, 0x12, 0x2e, 0x8b, 0x1e, 0xf0, 0xff, 0xbc, 0x00, 0x10, 0x50, 0xb1, 0x02, 0xfe, 0xc9, 0x75, 0xfc]], // mov ax, 0x1234; mov bx, [cs:0xfff0]; mov sp, 0x1000; push ax; mov cl, 2; dec cl; jnz $-2
    ]);
    expect(run(cpu, NO_LIMITS)).toEqual({ kind: 'halted' });
    expect([cpu.get16(EAX), cpu.get16(EBX), cpu.get16(ESP), cpu.ramView.getUint16(0xffe, true), cpu.segmentBase(CS), cpu.eip, cpu.icount]).toEqual([0x1234, 0x00ea, 0xffe, 0x1234, 0xf_0000, 0xe013, 11]);
  });

  test('a short jump beyond the end of the segment wraps to its beginning', () => {
    const cpu = withRom([[0xfff0, [0xeb, 0x0e]]]); // jmp $+0x10
    expect(run(cpu, NO_LIMITS)).toEqual({ kind: 'halted' });
    expect(cpu.eip).toBe(1);
  });

  test('an instruction that goes on beyond 4 GiB is #GP, not wrapped', () => {
    const cpu = withRom([[0xffff, [0xb8]]]); // the first byte of mov eax, imm32
    startProtected32(cpu, 0xffff_ffff);
    expect(run(cpu, NO_LIMITS)).toEqual({ kind: 'shutdown' });
    expect([cpu.eip, cpu.icount]).toEqual([0xffff_ffff, 0]);
  });

  test('nothing there reads as ones: FF FF is #UD, and without a vector table that ends in shutdown', () => {
    const cpu = withRom([[0xfff0, [0xea, 0x00, 0x00, 0x00, 0xc0]]]); // jmp 0xc000:0
    cpu.setNarrow(registerOffset('idtr.limit'), 0);
    expect(run(cpu, NO_LIMITS)).toEqual({ kind: 'shutdown' });
  });
});
