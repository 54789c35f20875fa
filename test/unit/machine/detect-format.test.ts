// What `--format auto` takes an image for and why, and how files that are none are named. Files are made byte by byte.

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { BadInput } from '../../../core/base/bad-input.ts';
import { detectFormat } from '../../../core/machine/loaders/detect-format.ts';
import { planMachine } from '../../../core/machine/machine.ts';
import { elfBytes } from './elf-bytes.ts';
import { linuxImage } from './linux-image.ts';
import { littleEndian, multibootHeader, multiboot2Header } from './multiboot-bytes.ts';

const elf = (...bytes: number[]): Uint8Array => elfBytes({ entry: 0x10_0000, segments: [{ physical: 0x10_0000, bytes }], symbols: null });
const disk = (bytes = 1024): Uint8Array => {
  const image = new Uint8Array(bytes);
  image.set([0xeb, 0xfe]);
  image.set([0x55, 0xaa], 510);
  return image;
};
const diskWithKernel = (): Uint8Array => {
  const image = disk(4096);
  image.set(elf(...multibootHeader(0)), 512);
  return image;
};
const rom = (): Uint8Array => {
  const image = new Uint8Array(0x1_0000);
  image[0xfff0] = 0xea;
  return image;
};
const padded = (...bytes: number[]): Uint8Array => Uint8Array.from([...bytes, ...Array.from({ length: 2048 }, () => 0x90)]);
const at = (offset: number, ...bytes: number[]): Uint8Array => {
  const file = padded();
  file.set(bytes, offset);
  return file;
};
const letters = (text: string): number[] => Array.from(text, (letter) => letter.charCodeAt(0));
const refusal = (image: Uint8Array): string => {
  try { detectFormat(image); } catch (error) {
    expect(error).toBeInstanceOf(BadInput);
    expect((error as BadInput).message).not.toContain('\n');
    return (error as BadInput).message;
  }
  throw new Error('it was not refused');
};

describe('an image', () => {
  it.each<[string, Uint8Array, RegExp]>([
    ['multiboot', elf(...multibootHeader(0), 0xf4), /header lies at 0x54/], ['multiboot2', elf(0, 0, 0, 0, ...multiboot2Header()), /header lies at 0x58/],
    ['multiboot', elf(...multibootHeader(0), ...littleEndian(0, 0), ...multiboot2Header()), /Multiboot 2 header, too/], ['elf', elf(0xf4), /without Multiboot header/],
    ['multiboot', padded(...littleEndian(0), ...multibootHeader(0x1_0000)), /header lies at 0x4/], ['linux', linuxImage({ code: [0xf4] }), /HdrS/],
    ['boot', disk(), /55 aa/], ['boot', disk(700), /55 aa/], ['boot', diskWithKernel(), /55 aa/], ['rom', rom(), /reset vector/], ['flat', padded(0x90), /nothing in it/],
  ])('is taken as %s', (format, image, why) => {
    expect(detectFormat(image)).toEqual({ format, why: expect.stringMatching(why) as string });
    if (format !== 'multiboot' || image[0] === 0x7f) expect(planMachine(image, {}).plan.notes[0]).toBe(`the image was taken as ${detectFormat(image).why} (--format ${format})`);
  });

  it('is not asked about when a person says what it is', () => {
    expect(planMachine(disk(), { format: 'flat' }).plan.notes).toEqual([]);
    expect(planMachine(padded(0x1f, 0x8b), { format: 'flat' }).options.format).toBe('flat');
  });
});

describe('a wrong file', () => {
  const pe = (subsystem: number): Uint8Array => {
    const image = at(0x80, ...letters('PE\0\0'));
    image.set(letters('MZ'));
    image.set(littleEndian(0x80), 0x3c);
    image.set([subsystem, 0], 0x80 + 0x5c);
    return image;
  };
  const gpt = (): Uint8Array => {
    const image = disk();
    image.set([0, 0]);
    image.set(letters('EFI PART'), 512);
    return image;
  };
  it.each<[RegExp, Uint8Array]>([
    [/gzip data: unpack/, padded(0x1f, 0x8b)], [/xz data/, padded(0xfd, ...letters('7zXZ'), 0)], [/zip data/, padded(...letters('PK\u0003\u0004'))], [/tar data/, at(257, ...letters('ustar'))],
    [/cpio.*--initrd/, padded(...letters('070701'))], [/qcow disk.*qemu-img convert/, padded(...letters('QFI'), 0xfb)], [/VMDK disk/, padded(...letters('KDMV'))], [/VDI disk/, at(0x40, 0x7f, 0x10, 0xda, 0xbe)],
    [/itself a trace/, readFileSync(new URL('../../../traces/int80-syscall.rtrace', import.meta.url))], [/EFI program/, pe(10)], [/Windows executable \(PE\)/, pe(3)], [/DOS or Windows/, padded(...letters('MZ'))],
    [/text file/, padded().map((_, index) => 'mov eax, 1\n'.charCodeAt(index % 11))], [/script/, Uint8Array.from(letters('#!/bin/sh\necho hello there\n'))], [/text file/, Uint8Array.from([...letters('K\u00c3\u00bcche und B\u00c3\u00a4ren')])],
    [/Intel HEX/, Uint8Array.from(letters(':10010000214601360121470136007EFE09D2190140\n'))], [/ringscope import/, Uint8Array.from(letters('     0: v=20 e=0000 i=0 cpl=0 IP=0008:00100000 pc=00100000\n'))],
    [/64-bit ARM/, at(0x38, ...letters('ARM\u0064'))], [/ext4 file system.*--disk/, at(0x438, 0x53, 0xef)], [/UEFI only/, gpt()], [/object files/, padded(...letters('!<arch>\n'))], [/empty/, new Uint8Array(0)], [/nothing but zeros/, new Uint8Array(4096)],
  ])('is named: %s', (message, image) => { expect(refusal(image)).toMatch(message); });

  it('is named when it is an ELF file of another kind', () => {
    const reason = (change: (image: Uint8Array) => void): string => {
      const image = elf(0xf4);
      change(image);
      try { planMachine(image, {}); } catch (error) { return (error as Error).message; }
      throw new Error('it was not refused');
    };
    expect(reason((image) => { image[18] = 183; })).toMatch(/64-bit ARM/);
    expect(reason((image) => { image[16] = 1; })).toMatch(/type 1 \(object or shared\)/);
    expect(reason((image) => { image[52] = 3; })).toMatch(/program for an operating system/);
    expect(reason((image) => { image[5] = 2; })).toMatch(/little endian/);
  });

  it('is named when it is to be a disk', () => {
    const reason = (bytes: Uint8Array): string => {
      try { planMachine(elf(...multibootHeader(0)), {}, [{ role: 'disk', name: 'd.img', bytes }]); } catch (error) { return (error as Error).message; }
      return '';
    };
    expect(reason(padded(...letters('QFI'), 0xfb))).toMatch(/disk d\.img is a qcow disk/);
    expect(reason(padded(0x1f, 0x8b))).toMatch(/disk d\.img is gzip data/);
    expect(reason(new Uint8Array(0))).toMatch(/empty/);
    expect(reason(new Uint8Array(512))).toBe('');
  });
});
