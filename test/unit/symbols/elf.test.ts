// The ELF32 reader for images on a file made byte by byte (test/unit/machine/elf-bytes.ts), whole and damaged.

import { describe, expect, it } from 'vitest';
import { BadInput } from '../../../core/base/bad-input.ts';
import { readElf } from '../../../core/symbols/elf.ts';
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
    expect(refusal(changed(4, 3))).toMatch(/32 or 64 bits/);
    expect(refusal(changed(5, 2))).toMatch(/little endian/);
    expect(refusal(changed(18, 40))).toMatch(/32-bit ARM, not for x86/);
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
        try { readElf(bytes); } catch (error) { expect(error).toBeInstanceOf(BadInput); }
      }
    }
  });
});
