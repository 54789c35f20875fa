// What a Multiboot 2 kernel and one with a PVH entry find: registers, tags, start information; and what is refused.

import { describe, expect, it } from 'vitest';
import { EAX, EBX, EDX } from '../../../core/cpu/state.ts';
import type { GuestFile } from '../../../core/event/guest-file.ts';
import { RSDP_AT } from '../../../core/machine/firmware/firmware-tables.ts';
import { createMachine, planMachine, type Machine } from '../../../core/machine/machine.ts';
import type { MachineRequest } from '../../../core/machine/options.ts';
import { elfBytes, elf64Bytes } from './elf-bytes.ts';
import { littleEndian, multiboot2Header, multiboot2Tag, multibootHeader } from './multiboot-bytes.ts';

const MEMORY = 0x40_0000, LOAD = 0x10_0000;
const kernel = (...tags: readonly (readonly number[])[]): Uint8Array => elfBytes({ entry: LOAD + 8, segments: [{ physical: LOAD, bytes: [0, 0, 0, 0, ...multiboot2Header(...tags), 0xf4], memoryBytes: 0x1234 }], symbols: null });
const module = (name: string, ...bytes: number[]): GuestFile => ({ role: 'module', name, bytes: Uint8Array.from(bytes) });
const build = (image: Uint8Array, { request = {}, files = [] }: { readonly request?: MachineRequest; readonly files?: readonly GuestFile[] } = {}): Machine =>
  createMachine({ image, files, request: { memoryBytes: MEMORY, ...request }, allocate: (bytes) => new ArrayBuffer(bytes) });
const word = ({ cpu }: Machine, physical: number): number => cpu.ramView.getUint32(physical, true);
const text = ({ cpu }: Machine, physical: number): string => String.fromCharCode(...cpu.ram.subarray(physical, cpu.ram.indexOf(0, physical)));
const refusal = (image: Uint8Array, request: MachineRequest = {}): string => {
  try { planMachine(image, { memoryBytes: MEMORY, ...request }); } catch (error) { return (error as Error).message; }
  throw new Error('it was not refused');
};
/** Types and where their bodies lie, of the block EBX points at; every tag is on a boundary of 8 bytes. */
function tagsOf(machine: Machine): readonly { readonly type: number; readonly size: number; readonly body: number }[] {
  const first = machine.cpu.get32(EBX) >>> 0, end = first + word(machine, first), tags = [];
  expect([first % 8, end % 8, word(machine, first + 4)]).toEqual([0, 0, 0]);
  for (let at = first + 8; at < end; at += Math.ceil(word(machine, at + 4) / 8) * 8) tags.push({ type: word(machine, at), size: word(machine, at + 4), body: at + 8 });
  return tags;
}

describe('a Multiboot 2 kernel', () => {
  it('begins with the magic number and the tags', () => {
    const machine = build(kernel(), { request: { append: 'a b=1' }, files: [module('m.bin x y', 7, 8), module('plain', 9)] });
    expect(machine.options).toMatchObject({ format: 'multiboot2', entry: LOAD + 8 });
    expect(machine.cpu.get32(EAX) >>> 0).toBe(0x36d7_6289);
    const tags = tagsOf(machine);
    expect(tags.map(({ type }) => type)).toEqual([1, 2, 3, 3, 4, 6, 8, 14, 0]);
    const [commandLine, loader, first, second, memory, map, screen, pointer] = tags;
    expect([text(machine, commandLine!.body), text(machine, loader!.body)]).toEqual(['a b=1', 'ringscope']);
    expect([word(machine, first!.body), word(machine, first!.body + 4), text(machine, first!.body + 8)]).toEqual([0x10_2000, 0x10_2002, 'x y']);
    expect(text(machine, second!.body + 8)).toBe('plain');
    expect([word(machine, memory!.body), word(machine, memory!.body + 4)]).toEqual([639, MEMORY / 1024 - 1024]);
    expect([0, 4, 8, 16, 24].map((offset) => word(machine, map!.body + offset))).toEqual([24, 0, 0, 0x9_fc00, 1]);
    expect([screen!.size, word(machine, screen!.body), word(machine, screen!.body + 12)]).toEqual([32, 0xb8000, 80]);
    const copy = machine.cpu.ram.subarray(pointer!.body, pointer!.body + 20);
    expect(new TextDecoder().decode(copy.subarray(0, 8))).toBe('RSD PTR ');
    expect(copy).toEqual(machine.cpu.ram.subarray(RSDP_AT, RSDP_AT + 20));
  });

  it('may give entry and addresses by tags, in a file of any kind', () => {
    const header = multiboot2Header(multiboot2Tag(2, { words: [0x20_0000, 0xffff_ffff, 0, 0x20_1000] }), multiboot2Tag(3, { words: [0x20_0040] }));
    const image = Uint8Array.from([...header, ...Array.from({ length: 64 }, () => 0xf4)]);
    const machine = build(image);
    expect(machine.options).toMatchObject({ format: 'multiboot2', entry: 0x20_0040 });
    expect([...machine.cpu.ram.subarray(0x20_0000, 0x20_0004)]).toEqual([0xd6, 0x50, 0x52, 0xe8]);
    expect(build(kernel(multiboot2Tag(3, { words: [LOAD + 4] }))).options.entry).toBe(LOAD + 4);
  });

  it('that may be moved is told where it lies; one that asks for graphics, that there is none', () => {
    const machine = build(kernel(multiboot2Tag(10, { words: [0, 0xffff_ffff, 0x1000, 0] })));
    const base = tagsOf(machine).find(({ type }) => type === 21);
    expect(word(machine, base!.body)).toBe(LOAD);
    expect(build(kernel(multiboot2Tag(5, { words: [1024, 768, 32] }))).plan.notes).toContainEqual(expect.stringContaining('graphics'));
  });

  it('is refused with demands nobody knows, unless they are optional', () => {
    expect(refusal(kernel(multiboot2Tag(99)))).toMatch(/tag of type 99/);
    expect(build(kernel(multiboot2Tag(99, { isOptional: true }))).options.format).toBe('multiboot2');
    expect(refusal(kernel(multiboot2Tag(1, { words: [6, 77] })))).toMatch(/information of type 77/);
    expect(build(kernel(multiboot2Tag(1, { words: [6, 77], isOptional: true }), multiboot2Tag(7), multiboot2Tag(6))).options.format).toBe('multiboot2');
    expect(refusal(kernel(littleEndian(5, 4)))).toMatch(/damaged/);
    expect(refusal(kernel(littleEndian(5, 4000)))).toMatch(/damaged/);
    expect(refusal(kernel(multiboot2Tag(2, { words: [LOAD, LOAD, 0, 0] })))).toMatch(/no entry address tag/);
    expect(refusal(Uint8Array.of(0xf4), { format: 'multiboot2' })).toMatch(/no Multiboot 2 header/);
  });
});

const note = (type: number, ...data: readonly number[]): number[] => [...littleEndian(4, data.length, type), 0x58, 0x65, 0x6e, 0, ...data];
const pvh = (notes: readonly number[]): Uint8Array => elfBytes({ entry: LOAD, segments: [{ physical: LOAD, bytes: [0x90, 0xf4, ...Array.from({ length: 30 }, () => 0x90)] }], notes, symbols: null });

describe('a kernel with a PVH entry', () => {
  it('starts there, and finds the start information', () => {
    const machine = build(pvh([...note(5, 1, 2, 3, 0), ...note(18, ...littleEndian(LOAD + 1))]), { request: { append: 'quiet' }, files: [module('m a', 1, 2, 3)] });
    expect(machine.options).toMatchObject({ format: 'pvh', entry: LOAD + 1 });
    expect([EAX, EDX].map((register) => machine.cpu.get32(register))).toEqual([0, 0]);
    const at = machine.cpu.get32(EBX) >>> 0;
    expect([0, 4, 8, 12, 48].map((offset) => word(machine, at + offset))).toEqual([0x336e_c578, 1, 0, 1, 5]);
    expect(String.fromCharCode(...machine.cpu.ram.subarray(word(machine, at + 32), word(machine, at + 32) + 8))).toBe('RSD PTR ');
    expect(text(machine, word(machine, at + 24))).toBe('quiet');
    const list = word(machine, at + 16), map = word(machine, at + 40);
    expect([word(machine, list), word(machine, list + 8), text(machine, word(machine, list + 16))]).toEqual([0x10_1000, 3, 'm a']);
    expect([0, 8, 16].map((offset) => word(machine, map + offset))).toEqual([0, 0x9_fc00, 1]);
  });

  it('is recognised by its note alone', () => {
    expect(planMachine(pvh(note(17, ...littleEndian(LOAD))), {}).options.format).toBe('elf');
    expect(planMachine(pvh(note(18, 1, 2)), {}).options.format).toBe('elf');
    expect(planMachine(pvh([...littleEndian(4, 0xffff_fff0, 18), 0x58]), {}).options.format).toBe('elf');
    expect(refusal(pvh([]), { format: 'pvh' })).toMatch(/no PVH entry/);
    expect(refusal(pvh(note(18, ...littleEndian(0x50_0000))))).toMatch(/entry point 0x500000/);
  });
});

describe('a 64-bit ELF file', () => {
  const image = (bytes: readonly number[]): Uint8Array => elf64Bytes({ entry: 0xffff_ffff_8010_000cn, segments: [{ physical: LOAD, virtual: 0xffff_ffff_8010_0000n, bytes }] });

  it('is loaded where a loader starts it in 32-bit mode; a high entry is translated', () => {
    const machine = build(image([...multibootHeader(0), 0xf4]));
    expect(machine.options).toMatchObject({ format: 'multiboot', entry: LOAD + 12 });
    expect(machine.cpu.ram[LOAD + 12]).toBe(0xf4);
  });

  it('is refused without a header, and where it is damaged', () => {
    expect(refusal(image([0xf4, 0xf4, 0xf4, 0xf4, 0xf4, 0xf4, 0xf4, 0xf4, 0xf4, 0xf4, 0xf4, 0xf4, 0xf4]))).toMatch(/64-bit mode/);
    expect(refusal(image(multibootHeader(0)))).toMatch(/entry point 0xffffffff8010000c is in no/);
    const far = image([...multibootHeader(0), 0xf4]);
    new DataView(far.buffer).setUint32(64 + 28, 1, true);
    expect(refusal(far)).toMatch(/lies beyond the/);
  });
});
