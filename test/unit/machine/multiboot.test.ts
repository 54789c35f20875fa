// What a Multiboot kernel finds: registers, the information structure and what it points at, modules in whole pages; and what is refused.

import { describe, expect, it } from 'vitest';
import type { GuestFile } from '../../../core/event/guest-file.ts';
import { createMachine, planMachine, type Machine } from '../../../core/machine/machine.ts';
import type { MachineRequest } from '../../../core/machine/options.ts';
import { EAX, EBX } from '../../../core/cpu/state.ts';
import { elfBytes } from './elf-bytes.ts';
import { littleEndian, multibootHeader } from './multiboot-bytes.ts';

const MEMORY = 0x40_0000, LOAD = 0x10_0000;
const kernel = (flags: number, tail: readonly number[] = []): Uint8Array => elfBytes({ entry: LOAD, segments: [{ physical: LOAD, bytes: [...multibootHeader(flags), ...tail], memoryBytes: 0x1234 }], symbols: null });
const module = (name: string, ...bytes: number[]): GuestFile => ({ role: 'module', name, bytes: Uint8Array.from(bytes) });
const build = (image: Uint8Array, { request = {}, files = [] }: { readonly request?: MachineRequest; readonly files?: readonly GuestFile[] } = {}): Machine =>
  createMachine({ image, files, request: { memoryBytes: MEMORY, ...request }, allocate: (bytes) => new ArrayBuffer(bytes) });
const word = ({ cpu }: Machine, physical: number): number => cpu.ramView.getUint32(physical, true);
const text = ({ cpu }: Machine, physical: number): string => String.fromCharCode(...cpu.ram.subarray(physical, cpu.ram.indexOf(0, physical)));
const refusal = (image: Uint8Array, request: MachineRequest = {}, files: readonly GuestFile[] = []): string => {
  try { planMachine(image, { memoryBytes: MEMORY, ...request }, files); } catch (error) { return (error as Error).message; }
  throw new Error('it was not refused');
};

describe('a Multiboot kernel', () => {
  it('is found by its header, and begins with the magic number and the information', () => {
    const machine = build(kernel(0));
    expect(machine.options).toMatchObject({ format: 'multiboot', entry: LOAD });
    expect(machine.cpu.get32(EAX) >>> 0).toBe(0x2bad_b002);
    const at = machine.cpu.get32(EBX) >>> 0;
    expect(at % 4).toBe(0);
    expect(word(machine, at).toString(2)).toBe('1001001101');
    expect([word(machine, at + 4), word(machine, at + 8)]).toEqual([639, MEMORY / 1024 - 1024]);
    expect(text(machine, word(machine, at + 16))).toBe('kernel');
    expect(word(machine, at + 20)).toBe(0);
    expect(text(machine, word(machine, at + 64))).toBe('ringscope');
  });

  it('is told the map of memory', () => {
    const machine = build(kernel(3));
    const at = machine.cpu.get32(EBX) >>> 0;
    const areas: string[] = [];
    const first = word(machine, at + 48);
    for (let entry = first; entry < first + word(machine, at + 44); entry += word(machine, entry) + 4) {
      areas.push([4, 8, 12, 16, 20].map((offset) => word(machine, entry + offset).toString(16)).join(' '));
    }
    expect(areas.slice(0, 2)).toEqual(['0 0 9fc00 0 1', '9fc00 0 400 0 2']);
    expect(areas).toContain('100000 0 300000 0 1');
  });

  it('finds its command line and its modules in whole pages behind it', () => {
    const machine = build(kernel(1), { request: { append: 'quiet n=3' }, files: [module('first a b', 1, 2, 3), module('second', 9)] });
    const at = machine.cpu.get32(EBX) >>> 0;
    expect(text(machine, word(machine, at + 16))).toBe('kernel quiet n=3');
    expect(word(machine, at + 20)).toBe(2);
    const list = word(machine, at + 24);
    expect([0, 4, 16, 20].map((offset) => word(machine, list + offset))).toEqual([0x10_2000, 0x10_2003, 0x10_3000, 0x10_3001]);
    expect([text(machine, word(machine, list + 8)), text(machine, word(machine, list + 24))]).toEqual(['first a b', 'second']);
    expect([...machine.cpu.ram.subarray(0x10_2000, 0x10_2004)]).toEqual([1, 2, 3, 0]);
    expect(machine.loadedPages).toContain(0x103);
  });

  it('that asks for a video mode is told of the text screen, and a person that graphics is not there', () => {
    const asks = (mode: number): Uint8Array => kernel(4, [...Array.from({ length: 20 }, () => 0), ...littleEndian(mode, 80, 25, 0)]);
    const machine = build(asks(1));
    const at = machine.cpu.get32(EBX) >>> 0;
    expect(word(machine, at) & 0x1000).toBe(0x1000);
    expect([88, 92, 96, 100, 104].map((offset) => word(machine, at + offset))).toEqual([0xb8000, 0, 160, 80, 25]);
    expect([...machine.cpu.ram.subarray(at + 108, at + 110)]).toEqual([16, 2]);
    expect(machine.plan.notes).toHaveLength(1);
    expect(build(asks(0)).plan.notes).toEqual([expect.stringContaining('taken as'), expect.stringContaining('graphics')]);
  });

  it('is told of the first disk when there is one', () => {
    const machine = build(kernel(0), { files: [{ role: 'disk', name: 'd.img', bytes: new Uint8Array(512) }] });
    const at = machine.cpu.get32(EBX) >>> 0;
    expect([word(machine, at) & 2, word(machine, at + 12)]).toEqual([2, 0x80ff_ffff]);
  });

  it('finds nothing over what it occupies itself', () => {
    const low = elfBytes({ entry: LOAD, segments: [{ physical: LOAD, bytes: multibootHeader(0) }, { physical: 0x1000, bytes: [7], memoryBytes: 0x9_ec00 }], symbols: null });
    const machine = build(low);
    expect(machine.cpu.get32(EBX)).toBeGreaterThanOrEqual(LOAD + 12);
    expect(machine.cpu.ram.subarray(0x1001, 0x9_fc00).every((byte) => byte === 0)).toBe(true);
  });

  it('has the BIOS below it, and is refused over it', () => {
    const machine = build(kernel(0));
    expect(word(machine, 0x10 * 4)).toBeGreaterThan(0xf000_0000);
    expect(machine.cpu.ramView.getUint16(0x400, true)).toBe(0x3f8);
    const over = elfBytes({ entry: LOAD, segments: [{ physical: LOAD, bytes: multibootHeader(0) }, { physical: 0x9_0000, bytes: [7], memoryBytes: 0x2_0000 }], symbols: null });
    expect(refusal(over)).toMatch(/0x90000 to 0xb0000\) lies over the display memory and the BIOS/);
  });

  it('is found as plain ELF when a person says so, with a note', () => {
    const machine = build(kernel(2), { request: { format: 'elf' } });
    expect(machine.cpu.get32(EBX)).toBe(0);
    expect(machine.plan.notes).toEqual([expect.stringContaining('no Multiboot information')]);
  });
});

describe('a Multiboot kernel that gives its addresses', () => {
  const flat = (...addresses: number[]): Uint8Array => Uint8Array.from([...littleEndian(0x11111111), ...multibootHeader(0x1_0000), ...littleEndian(...addresses), 0xf4, 0xf5]);

  it('is loaded from any file by them', () => {
    const { cpu, options } = build(flat(0x20_0004, 0x20_0000, 0, 0x20_0100, 0x20_0024));
    expect(options).toMatchObject({ format: 'multiboot', entry: 0x20_0024 });
    expect([...cpu.ram.subarray(0x20_0000, 0x20_0004), ...cpu.ram.subarray(0x20_0024, 0x20_0028)]).toEqual([0x11, 0x11, 0x11, 0x11, 0xf4, 0xf5, 0, 0]);
  });

  it('loads no more than it says', () => {
    expect(build(flat(0x20_0004, 0x20_0004, 0x20_0025, 0, 0x20_0024)).cpu.ram.subarray(0x20_0000, 0x20_0026).filter((byte) => byte === 0x11 || byte === 0xf5)).toHaveLength(0);
  });

  it('is refused when they do not fit the file, the memory or each other', () => {
    expect(refusal(flat(0x20_0004, 0x20_0000, 0x20_1000, 0, 0x20_0024))).toMatch(/does not hold so much/);
    expect(refusal(flat(0x20_0000, 0x20_0004, 0, 0, 0x20_0024))).toMatch(/do not agree/);
    expect(refusal(flat(0x20_0014, 0x20_0000, 0, 0, 0x20_0024))).toMatch(/do not agree/);
    expect(refusal(flat(0x20_0004, 0x20_0000, 0, 0x7000_0000, 0x20_0024))).toMatch(/beyond the 4194304 bytes/);
    expect(refusal(flat(0x20_0004, 0x20_0000, 0, 0, 0x30_0000))).toMatch(/entry point 0x300000/);
  });
});

describe('refusals', () => {
  it('name what cannot be met', () => {
    expect(refusal(kernel(0x8))).toMatch(/flags 0x8/);
    expect(refusal(kernel(0), {}, [{ role: 'module', name: 'big', bytes: new Uint8Array(MEMORY) }])).toMatch(/no room in memory for the module "big"/);
    expect(refusal(kernel(0), {}, [{ role: 'initrd', name: 'i', bytes: new Uint8Array(1) }])).toMatch(/given modules/);
    expect(refusal(Uint8Array.of(0xf4), { append: 'x' })).toMatch(/--append/);
    expect(refusal(kernel(0), { append: 'x'.repeat(2048) })).toMatch(/2048 characters/);
    expect(refusal(kernel(0), { append: 'a\nb' })).toMatch(/line break/);
    expect(refusal(Uint8Array.of(0xf4), {}, [module('m', 1)])).toMatch(/boot protocol/);
    expect(refusal(Uint8Array.of(0xf4), { format: 'multiboot' })).toMatch(/no Multiboot header/);
  });
});
