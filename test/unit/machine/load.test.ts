// What images become in memory, and which are refused in which words. The ELF files are made by elf-bytes.ts.

import { describe, expect, it } from 'vitest';
import { BadInput } from '../../../core/base/bad-input.ts';
import { createMachine, planMachine } from '../../../core/machine/machine.ts';
import { CS, EDX } from '../../../core/cpu/state.ts';
import { Session } from '../../../core/machine/session.ts';
import type { MachineRequest } from '../../../core/machine/options.ts';
import { elfBytes } from './elf-bytes.ts';

const SEGMENT = { physical: 0x10_0000, bytes: [1, 2, 3, 4], memoryBytes: 0x1800 };
const KERNEL = elfBytes({ entry: 0x10_0002, segments: [SEGMENT], symbols: null });
const build = (image: Uint8Array, request: MachineRequest = {}): ReturnType<typeof createMachine> =>
  createMachine({ image, request: { memoryBytes: 0x20_0000, ...request }, allocate: (bytes) => new ArrayBuffer(bytes) });
const refusal = (image: Uint8Array, request: MachineRequest = {}): string => {
  try { planMachine(image, { memoryBytes: 0x20_0000, ...request }); } catch (error) {
    expect(error).toBeInstanceOf(BadInput);
    expect((error as BadInput).message).not.toContain('\n');
    return (error as BadInput).message;
  }
  throw new Error('it was not refused');
};

describe('an ELF image', () => {
  it('goes to its physical addresses, bss zeroed, and starts like under Multiboot', () => {
    const { cpu, options } = build(KERNEL);
    expect([...cpu.ram.subarray(0x10_0000, 0x10_0006)]).toEqual([1, 2, 3, 4, 0, 0]);
    expect(options).toMatchObject({ format: 'elf', entry: 0x10_0002 });
    expect(cpu.eip).toBe(0x10_0002);
    expect(cpu.get32(0) >>> 0).toBe(0x2bad_b002);
    expect(cpu.get32(3)).toBe(0);
    expect(cpu.cpl).toBe(0);
    expect(cpu.icount).toBe(0);
  });

  it('translates a high virtual entry through its segment', () => {
    const high = elfBytes({ entry: 0xc010_0002, segments: [{ ...SEGMENT, virtual: 0xc010_0000 }], symbols: null });
    expect(build(high).cpu.eip).toBe(0x10_0002);
  });

  it('is refused when it cannot be loaded whole', () => {
    expect(refusal(elfBytes({ entry: 0, segments: [SEGMENT], symbols: null }))).toMatch(/entry point 0x0 is in no loaded segment/);
    expect(refusal(elfBytes({ entry: 0, segments: [], symbols: null }))).toMatch(/no segment to load/);
    expect(refusal(elfBytes({ entry: 0x10_0000, segments: [{ ...SEGMENT, memoryBytes: 0x10_0001 }], symbols: null }))).toMatch(/beyond the 2097152 bytes of memory/);
    const shared = KERNEL.slice();
    shared[16] = 3;
    expect(refusal(shared)).toMatch(/not an executable/);
    expect(refusal(KERNEL, { org: 0x1000 })).toMatch(/--org is for flat images/);
  });
});

describe('a flat image', () => {
  const image = Uint8Array.of(0x90, 0x90, 0xf4);

  it('goes to --org and starts at --entry', () => {
    const { cpu } = build(image, { org: 0x7c00, entry: 0x7c02 });
    expect([...cpu.ram.subarray(0x7c00, 0x7c04)]).toEqual([0x90, 0x90, 0xf4, 0]);
    expect(cpu.eip).toBe(0x7c02);
  });

  it('starts at its first byte at 1 MiB unless told otherwise', () => {
    expect(build(image).cpu.eip).toBe(0x10_0000);
  });

  it('starts in real-address mode above the BIOS with --start real', () => {
    // mov ax, 0x0e41 / int 0x10 / mov al, 7 / out 0xf4, al
    const prints = Uint8Array.of(0xb8, 0x41, 0x0e, 0xcd, 0x10, 0xb0, 7, 0xe6, 0xf4);
    const machine = build(prints, { format: 'flat', start: 'real', org: 0x1_2340 });
    expect(machine.options).toMatchObject({ start: 'real', org: 0x1_2340, entry: 0x1_2340 });
    expect([machine.cpu.segmentBase(CS), machine.cpu.eip, machine.cpu.get32(EDX)]).toEqual([0x1_0000, 0x2340, 0]);
    expect(new Session(machine).run(1_000_000)).toEqual({ kind: 'exit', value: 7 });
    expect(build(prints, { format: 'flat', start: 'real' }).options.org).toBe(0x7c00);
    expect(build(prints, { format: 'flat' }).options.start).toBe('protected');
  });

  it('is refused outside memory, empty, or with an entry outside it', () => {
    expect(refusal(image, { org: 0x1f_fffe })).toMatch(/does not fit/);
    expect(refusal(image, { entry: 0x10_0003 })).toMatch(/outside the image/);
    expect(refusal(new Uint8Array(0))).toMatch(/empty/);
    expect(refusal(image, { org: -1 })).toMatch(/not a 32-bit address/);
    expect(refusal(image, { memoryBytes: 12 })).toMatch(/guest memory of 12 bytes/);
    expect(refusal(image, { start: 'real', org: 0x10_0000 })).toMatch(/below 1 MiB/);
    expect(refusal(KERNEL, { start: 'real' })).toMatch(/--start real is for flat images: an image of format elf starts in protected mode/);
    expect(refusal(image, { maxInstructions: 0 })).toMatch(/--max-instructions/);
    expect(refusal(image, { format: 'elf' })).toMatch(/not an ELF file/);
  });
});
