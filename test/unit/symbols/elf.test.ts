// The ELF32 reader on a file made byte by byte (test/unit/machine/elf-bytes.ts), whole and damaged.

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { BadInput } from '../../../core/base/bad-input.ts';
import { readElf, readElfSymbols } from '../../../core/symbols/elf.ts';
import { elfBytes } from '../machine/elf-bytes.ts';

const KERNEL = elfBytes({
  entry: 0x10_0004,
  segments: [{ physical: 0x10_0000, bytes: [0x90, 0x90, 0x90, 0x90, 0xf4], memoryBytes: 0x2000 }],
  symbols: [{ name: 'start', address: 0x10_0000, size: 4 }, { name: 'stop', address: 0x10_0004, size: 0 }],
});

const refusal = (bytes: Uint8Array): string => {
  try { readElf(bytes); } catch (error) {
    expect(error).toBeInstanceOf(BadInput);
    return (error as BadInput).message;
  }
  throw new Error('it was not refused');
};
const changed = (at: number, value: number): Uint8Array => {
  const bytes = KERNEL.slice();
  bytes[at] = value;
  return bytes;
};

describe('readElf', () => {
  it('reads entry and segments', () => {
    const elf = readElf(KERNEL);
    expect(elf.type).toBe(2);
    expect(elf.entry).toBe(0x10_0004);
    expect(elf.segments).toHaveLength(1);
    expect(elf.segments[0]).toMatchObject({ type: 1, physical: 0x10_0000, fileBytes: 5, memoryBytes: 0x2000 });
  });

  it('refuses in one line what it cannot read', () => {
    expect(refusal(changed(0, 0))).toMatch(/not an ELF file/);
    expect(refusal(changed(4, 2))).toMatch(/64-bit ELF/);
    expect(refusal(changed(5, 2))).toMatch(/little endian/);
    expect(refusal(changed(18, 40))).toMatch(/machine 40, not for x86/);
    expect(refusal(KERNEL.slice(0, 20))).toMatch(/is cut/);
    expect(refusal(KERNEL.slice(0, 60))).toMatch(/program header 0 lies beyond/);
    expect(refusal(KERNEL.slice(0, 86))).toMatch(/segment 0 lie beyond/);
    expect(refusal(changed(45, 0xff))).toMatch(/program headers, more than/);
    for (const line of [refusal(changed(0, 0)), refusal(changed(4, 2))]) expect(line).not.toContain('\n');
  });

  it('never throws anything but BadInput on damaged bytes', () => {
    for (let at = 0; at < KERNEL.length; at += 1) {
      for (const value of [0, 1, 0x7f, 0xff]) {
        const bytes = changed(at, value);
        try { readElfSymbols(readElf(bytes)); } catch (error) { expect(error).toBeInstanceOf(BadInput); }
      }
    }
  });
});

describe('readElfSymbols', () => {
  it('names addresses by size; a number of its own names only itself', () => {
    const symbols = readElfSymbols(readElf(KERNEL));
    expect(symbols?.addressOf('stop')).toBe(0x10_0004);
    expect(symbols?.addressOf('nowhere')).toBeNull();
    expect(symbols?.symbolAt(0x10_0003)).toEqual({ name: 'start', offset: 3 });
    expect(symbols?.symbolAt(0x10_0004)).toEqual({ name: 'stop', offset: 0 });
    expect(symbols?.symbolAt(0x10_0010)).toBeNull();
    expect(symbols?.symbolAt(0xf_ffff)).toBeNull();
    expect(symbols?.symbolAt(0x20_0004)).toBeNull();
  });

  it('lets a symbol without a size reach to the next one, and no farther than its section', () => {
    const symbols = readElfSymbols(readElf(readFileSync(new URL('../../../traces/demand-paging.img', import.meta.url))));
    const program = symbols?.addressOf('user_program') ?? 0, stack = symbols?.addressOf('user_stack_top') ?? 0;
    expect(symbols?.symbolAt(program + 5)).toEqual({ name: 'user_program', offset: 5 });
    expect(symbols?.symbolAt(stack)).toEqual({ name: 'user_stack_top', offset: 0 });
    expect(symbols?.symbolAt(stack + 0x4123)).toBeNull();
  });

  it('is null for a stripped file', () => {
    expect(readElfSymbols(readElf(elfBytes({ entry: 0, segments: [], symbols: null })))).toBeNull();
  });
});
