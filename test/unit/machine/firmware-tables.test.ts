// The MP table and the ACPI tables as a kernel reads them from memory: found by their signatures, every checksum right, every pointer into place.

import { describe, expect, it } from 'vitest';
import { biosRom, ROM_LINEAR } from '../../../core/machine/bios/rom.ts';
import { createMachine, type Machine } from '../../../core/machine/machine.ts';
import { eisaId, packaged, number } from '../../../core/machine/firmware/aml.ts';
import { TABLES, TABLES_END } from '../../../core/machine/firmware/firmware-tables.ts';
import type { ImageFormat } from '../../../core/machine/options.ts';

const bootSector = (): Uint8Array => {
  const image = new Uint8Array(512);
  image.set([0x55, 0xaa], 510);
  return image;
};
function build(format: ImageFormat = 'flat', cpuModel = 'modern', org = 0x10_0000): Machine {
  const image = format === 'boot' ? bootSector() : new Uint8Array(format === 'rom' ? 0x1_0000 : 16).fill(0x90);
  return createMachine({ image, request: { format, cpuModel, memoryBytes: 0x200_0000, ...(format === 'flat' ? { org } : {}) }, allocate: (bytes) => new ArrayBuffer(bytes) });
}
const text = ({ cpu }: Machine, at: number, length: number): string => String.fromCharCode(...cpu.ram.subarray(at, at + length));
const u32 = ({ cpu }: Machine, at: number): number => cpu.ramView.getUint32(at, true);
const u16 = ({ cpu }: Machine, at: number): number => cpu.ramView.getUint16(at, true);
const sum = ({ cpu }: Machine, at: number, length: number): number => cpu.ram.subarray(at, at + length).reduce((total, byte) => total + byte, 0) & 0xff;
function find(machine: Machine, signature: string): number {
  for (let at = 0xf_0000; at < 0x10_0000; at += 16) if (text(machine, at, signature.length) === signature) return at;
  return -1;
}

it('lies where the BIOS has nothing', () => {
  expect(biosRom().subarray(TABLES - ROM_LINEAR, TABLES_END - ROM_LINEAR).every((byte) => byte === 0)).toBe(true);
});

describe.each(['flat', 'boot'] as const)('below a %s image', (format) => {
  it('the MP table tells of one processor, an I/O APIC and its lines', () => {
    const machine = build(format), pointer = find(machine, '_MP_'), table = u32(machine, pointer + 4);
    expect([sum(machine, pointer, 16), text(machine, table, 4), sum(machine, table, u16(machine, table + 4)), u32(machine, table + 36)]).toEqual([0, 'PCMP', 0, 0xfee0_0000]);
    const entries: string[] = [];
    let at = table + 44;
    for (let left = u16(machine, table + 34); left > 0; left -= 1) {
      const size = machine.cpu.ram[at] === 0 ? 20 : 8;
      entries.push([...machine.cpu.ram.subarray(at, at + Math.min(size, 8))].map((byte) => byte.toString(16)).join(' '));
      at += size;
    }
    expect(at).toBe(table + u16(machine, table + 4));
    expect(entries.slice(0, 7)).toEqual(['0 0 14 3 f3 6 0 0', '1 0 50 43 49 20 20 20', '1 1 49 53 41 20 20 20', '2 0 20 1 0 0 c0 fe', '3 0 0 0 1 0 0 2', '3 0 0 0 1 1 0 1', '3 0 0 0 1 3 0 3']);
    expect(entries.slice(-3)).toEqual(['3 0 0 0 1 f 0 f', '4 3 0 0 1 0 0 0', '4 1 0 0 1 0 ff 1']);
  });

  it('the ACPI tables are found, whole, and in their room', () => {
    const machine = build(format), pointer = find(machine, 'RSD PTR '), root = u32(machine, pointer + 16);
    expect([sum(machine, pointer, 20), text(machine, root, 4), u32(machine, root + 4)]).toEqual([0, 'RSDT', 44]);
    const [fixed, apic] = [36, 40].map((offset) => u32(machine, root + offset));
    const description = u32(machine, fixed! + 40), control = u32(machine, fixed! + 36);
    for (const at of [root, fixed!, apic!, description]) {
      expect(sum(machine, at, u32(machine, at + 4)), text(machine, at, 4)).toBe(0);
      expect(at >= TABLES && at + u32(machine, at + 4) <= TABLES_END).toBe(true);
    }
    expect([fixed!, apic!, description, control].map((at) => text(machine, at, 4))).toEqual(['FACP', 'APIC', 'DSDT', 'FACS']);
    expect([u32(machine, fixed! + 4), control % 64, u16(machine, fixed! + 46), u32(machine, fixed! + 56), u32(machine, fixed! + 64), u32(machine, fixed! + 76)]).toEqual([116, 0, 9, 0x600, 0x604, 0x608]);
    expect([...machine.cpu.ram.subarray(apic! + 44, apic! + u32(machine, apic! + 4))].map((byte) => byte.toString(16)).join(' ')).toBe(
      '0 8 0 0 1 0 0 0 1 c 0 0 0 0 c0 fe 0 0 0 0 2 a 0 0 2 0 0 0 0 0 2 a 0 9 9 0 0 0 d 0 4 6 ff 0 0 1');
  });
});

it('a kernel finds COM1, conventional memory and the extended data area', () => {
  const machine = build();
  expect([u16(machine, 0x400), u16(machine, 0x40e), u16(machine, 0x413), machine.cpu.ram[0x9_fc00]]).toEqual([0x3f8, 0x9fc0, 639, 1]);
});

it('a processor without local APIC has no MP table and no MADT, a ROM has nothing', () => {
  const machine = build('flat', '486'), root = u32(machine, find(machine, 'RSD PTR ') + 16);
  expect([find(machine, '_MP_'), u32(machine, root + 4)]).toEqual([-1, 40]);
  const rom = build('rom');
  expect([find(rom, '_MP_'), find(rom, 'RSD PTR ')]).toEqual([-1, -1]);
});

it('the BIOS has nothing of its own in their room', () => {
  expect(biosRom().subarray(TABLES - ROM_LINEAR, TABLES_END - ROM_LINEAR).every((byte) => byte === 0)).toBe(true);
});

it('what an image loads at their place wins', () => {
  const machine = build('flat', 'modern', TABLES);
  expect(text(machine, TABLES, 4)).toBe('\x90\x90\x90\x90');
});

describe('AML', () => {
  it('counts a package\'s length with its own bytes, in one and in two', () => {
    expect([...packaged(number(0), number(1), number(0x20), number(0x300))]).toEqual([0x12, 9, 4, 0, 1, 0x0a, 0x20, 0x0b, 0, 3]);
    const long = [...packaged(...Array.from({ length: 40 }, () => number(2)))];
    expect([long.slice(0, 4), long.length]).toEqual([[0x12, 0x43, 0x05, 40], 0x53 + 1]);
  });

  it('packs an EISA identifier', () => {
    expect([...eisaId('PNP0A03')]).toEqual([0x0c, 0x41, 0xd0, 0x0a, 0x03]);
  });
});
