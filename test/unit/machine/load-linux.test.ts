// A Linux kernel by its boot protocol: what it finds at its 32-bit entry, and which kernels are refused in which words.

import { describe, expect, it } from 'vitest';
import { BadInput } from '../../../core/base/bad-input.ts';
import type { GuestFile } from '../../../core/event/guest-file.ts';
import { createMachine, planMachine, type Machine } from '../../../core/machine/machine.ts';
import type { MachineRequest } from '../../../core/machine/options.ts';
import { Session } from '../../../core/machine/session.ts';
import { elfBytes } from './elf-bytes.ts';
import { linuxImage, type LinuxRecipe } from './linux-image.ts';

const MEMORY = 0x40_0000, ZERO_PAGE = 0x1_0000;
const build = (recipe: LinuxRecipe, request: MachineRequest = {}, files: readonly GuestFile[] = []): Machine =>
  createMachine({ image: linuxImage(recipe), files, request: { memoryBytes: MEMORY, ...request }, allocate: (bytes) => new ArrayBuffer(bytes) });
const initrd = (bytes: number): GuestFile => ({ role: 'initrd', name: 'init.cpio', bytes: new Uint8Array(bytes).fill(7) });
const CODE = { code: [0xf4] };
const refusal = (image: Uint8Array, request: MachineRequest = {}, files: readonly GuestFile[] = []): string => {
  try { planMachine(image, { memoryBytes: MEMORY, ...request }, files); } catch (error) {
    expect(error).toBeInstanceOf(BadInput);
    expect((error as BadInput).message).not.toContain('\n');
    return (error as BadInput).message;
  }
  throw new Error('it was not refused');
};

describe('a bzImage', () => {
  it('is known by its magic number, lies at 1 MiB and starts there with ESI at the zero page', () => {
    const { cpu, options } = build(CODE);
    expect(options).toMatchObject({ format: 'linux', entry: 0x10_0000 });
    expect(cpu.ram[0x10_0000]).toBe(0xf4);
    expect(cpu.eip).toBe(0x10_0000);
    expect([0, 1, 2, 3, 5, 6, 7].map((register) => cpu.get32(register))).toEqual([0, 0, 0, 0, 0, ZERO_PAGE, 0]);
    expect(cpu.rawFlags).toBe(2);
  });

  it('may run ten times as long as another image unless a bound is given', () => {
    expect(build(CODE).options.maxInstructions).toBe(10_000_000_000);
    expect(build(CODE, { maxInstructions: 7 }).options.maxInstructions).toBe(7);
    expect(build(CODE, { format: 'flat' }).options.maxInstructions).toBe(1_000_000_000);
  });

  it('finds its header, the memory map and the command line in the zero page', () => {
    const { cpu: { ram, ramView } } = build(CODE, { append: 'console=ttyS0' });
    expect(ramView.getUint32(ZERO_PAGE + 0x202, true)).toBe(0x5372_6448);
    expect(ram[ZERO_PAGE + 0x210]).toBe(0xff);
    const line = ramView.getUint32(ZERO_PAGE + 0x228, true);
    expect(new TextDecoder().decode(ram.subarray(line, line + 14))).toBe('console=ttyS0\0');
    const count = ram[ZERO_PAGE + 0x1e8]!;
    const map = Array.from({ length: count }, (_, index) => [0, 8, 16].map((offset) => ramView.getUint32(ZERO_PAGE + 0x2d0 + index * 20 + offset, true)));
    expect(map).toContainEqual([0, 639 * 1024, 1]);
    expect(map).toContainEqual([0x10_0000, MEMORY - 0x10_0000, 1]);
  });

  it('finds nothing of the image in the zero page beside the header', () => {
    const { cpu } = build(CODE);
    expect([...cpu.ram.subarray(ZERO_PAGE, ZERO_PAGE + 2)]).toEqual([0, 0]);
    expect(cpu.ramView.getUint32(ZERO_PAGE + 0x1b8, true)).toBe(0);
  });

  it('finds the initial RAM disk at the end of memory, or below the limit the kernel names', () => {
    const at = (recipe: LinuxRecipe): readonly number[] => {
      const { cpu } = build(recipe, {}, [initrd(5000)]);
      const where = cpu.ramView.getUint32(ZERO_PAGE + 0x218, true);
      expect([cpu.ram[where - 1], cpu.ram[where], cpu.ram[where + 4999], cpu.ram[where + 5000]]).toEqual([0, 7, 7, where + 5000 < MEMORY ? 0 : undefined]);
      return [where, cpu.ramView.getUint32(ZERO_PAGE + 0x21c, true)];
    };
    expect(at(CODE)).toEqual([MEMORY - 0x2000, 5000]);
    expect(at({ ...CODE, ramDiskMax: 0x30_0fff })).toEqual([0x30_1000 - 0x2000, 5000]);
  });

  it('may load its segment registers anew: the descriptors are there', () => {
    // mov eax, 0x18 / mov ds, eax / mov es, eax / mov ss, eax / jmp 0x10:next / next: mov eax, [esi + 0x228] / mov al, [eax] / out 0xf4, al / hlt
    const code = [0xb8, 0x18, 0, 0, 0, 0x8e, 0xd8, 0x8e, 0xc0, 0x8e, 0xd0, 0xea, 0x12, 0, 0x10, 0, 0x10, 0, 0x8b, 0x86, 0x28, 2, 0, 0, 0x8a, 0x00, 0xe6, 0xf4, 0xf4];
    const session = new Session(build({ code }, { append: '*' }));
    expect(session.run(20)).toEqual({ kind: 'exit', value: 0x2a });
  });
});

describe('an unpacked kernel', () => {
  const vmlinux = elfBytes({ entry: 0x10_0000, segments: [{ physical: 0x10_0000, virtual: 0xc010_0000, bytes: [0xf4], memoryBytes: 0x2000 }], symbols: null });

  it('starts at its entry with the same zero page, when the format is given', () => {
    const { cpu, options } = createMachine({ image: vmlinux, files: [initrd(5000)], request: { memoryBytes: MEMORY, format: 'linux', append: 'quiet' }, allocate: (bytes) => new ArrayBuffer(bytes) });
    expect(options).toMatchObject({ format: 'linux', entry: 0x10_0000, append: 'quiet' });
    expect([cpu.eip, cpu.get32(6)]).toEqual([0x10_0000, ZERO_PAGE]);
    expect(cpu.ramView.getUint32(ZERO_PAGE + 0x202, true)).toBe(0x5372_6448);
    expect(cpu.ramView.getUint16(ZERO_PAGE + 0x206, true)).toBe(0x20f);
    expect(cpu.ramView.getUint32(ZERO_PAGE + 0x218, true)).toBe(MEMORY - 0x2000);
    expect(planMachine(vmlinux, { memoryBytes: MEMORY }).plan.format).toBe('elf');
  });

  it('is refused where it does not fit', () => {
    expect(refusal(vmlinux, { format: 'linux', memoryBytes: 0x10_0000 })).toMatch(/beyond the 1048576 bytes of memory/);
    expect(refusal(vmlinux, { format: 'linux' }, [initrd(0x2f_f000)])).toMatch(/RAM disk of 3141632 bytes does not fit above the kernel, which needs memory up to 0x102000/);
  });
});

describe('what is refused', () => {
  const image = linuxImage(CODE);
  it('kernels this machine cannot start', () => {
    expect(refusal(linuxImage({ ...CODE, extraFlags: 1 }))).toMatch(/built for x86-64.*linux-image-686/);
    expect(refusal(linuxImage({ ...CODE, loadFlags: 0 }))).toMatch(/zImage/);
    expect(refusal(linuxImage({ ...CODE, version: 0x201 }))).toMatch(/version 2.01 of the boot protocol/);
    expect(refusal(Uint8Array.of(1, 2, 3), { format: 'linux' })).toMatch(/no Linux kernel: "HdrS" is missing/);
    expect(refusal(image.subarray(0, image.length - 16))).toMatch(/the kernel is cut off: .* promises 1552 bytes, the file has 1536/);
  });

  it('what does not fit', () => {
    expect(refusal(linuxImage({ ...CODE, initSize: 0x40_0000 }))).toMatch(/needs memory up to 0x500000.*--memory/);
    expect(refusal(image, {}, [initrd(0x30_0000)])).toMatch(/RAM disk of 3145728 bytes does not fit/);
    expect(refusal(image, {}, [initrd(0x50_0000)])).toMatch(/does not fit/);
    expect(refusal(image, { append: 'x'.repeat(2048) })).toMatch(/has 2048 characters, this kernel takes at most 2047/);
    expect(planMachine(image, { memoryBytes: MEMORY, append: 'x'.repeat(2047) }).plan.format).toBe('linux');
  });

  it('options that mean nothing, in plain words', () => {
    expect(refusal(image, { org: 0x1000 })).toMatch(/--org is for flat images/);
    expect(refusal(image, { entry: 0x1000 })).toMatch(/--entry is for/);
    expect(refusal(image, { append: 'caf\u00e9' })).toMatch(/not printable ASCII/);
    expect(refusal(image, {}, [initrd(1), initrd(1)])).toMatch(/takes one --initrd/);
  });
});
