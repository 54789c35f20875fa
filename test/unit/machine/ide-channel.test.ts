// The IDE channel, driven through its ports as a host driver does it, and guests that read and write a disk: recorded, verified, gone back over.

import { describe, expect, it } from 'vitest';
import { BadInput } from '../../../core/base/bad-input.ts';
import { ByteReader } from '../../../core/base/byte-reader.ts';
import { ByteWriter } from '../../../core/base/byte-writer.ts';
import type { GuestFile } from '../../../core/event/guest-file.ts';
import { CheckpointMaker } from '../../../core/machine/checkpoint-maker.ts';
import { createMachine, type Machine } from '../../../core/machine/machine.ts';
import { Rewinder } from '../../../core/machine/reexecution/rewinder.ts';
import { Session } from '../../../core/machine/session.ts';
import { verifyRecording } from '../../../core/ringscope/verify.ts';
import { open, record } from '../ringscope/recorded.ts';
import { guest, PIC_SETUP } from './interrupt-guests.ts';
import { exits } from './guests.ts';
import { hashOf } from './stop-at.ts';

const SECTORS = 2500;
/** A disk whose every sector is filled with its number's low byte. */
const disk = (name = 'disk', sectors = SECTORS): GuestFile => {
  const bytes = new Uint8Array(sectors * 512);
  for (let sector = 0; sector < sectors; sector += 1) bytes.fill(sector & 0xff, sector * 512, (sector + 1) * 512);
  return { role: 'disk', name, bytes };
};
const build = (files: readonly GuestFile[] = [disk()], image = exits(0)): Machine =>
  createMachine({ image, files, request: { format: 'flat', memoryBytes: 0x20_0000 }, allocate: (bytes) => new ArrayBuffer(bytes) });

/** A host driver: registers by their offset, time that passes when it waits. */
function driver({ cpu, devices }: Machine, first = 0x1f0) {
  const inb = (register: number): number => devices.readPort(first + register, 1);
  const outb = (register: number, value: number): void => { devices.writePort(first + register, 1, value); };
  const wait = (): number => {
    while ((devices.readPort(first + 0x206, 1) & 0x80) !== 0) {
      cpu.idleTicks += 100;
      devices.catchUp();
    }
    return inb(7);
  };
  return {
    inb, outb, wait,
    control: (value: number): void => { devices.writePort(first + 0x206, 1, value); },
    inw: (): number => devices.readPort(first, 2), outw: (value: number): void => { devices.writePort(first, 2, value); },
    inl: (): number => devices.readPort(first, 4),
    /** A command by 28 bits of block number. */
    send(command: number, { block = 0, count = 0, features = 0, unit = 0 }): void {
      outb(6, 0xe0 | (unit << 4) | (block >>> 24));
      [features, count, block & 0xff, (block >>> 8) & 0xff, (block >>> 16) & 0xff].forEach((value, index) => { outb(index + 1, value); });
      outb(7, command);
    },
    /** The same by 48 bits. */
    sendExtended(command: number, { block = 0, count = 0 }): void {
      outb(6, 0x40);
      [count >>> 8, block >>> 24, 0, 0].forEach((value, index) => { outb(index + 2, value & 0xff); });
      [count, block, block >>> 8, block >>> 16].forEach((value, index) => { outb(index + 2, value & 0xff); });
      outb(7, command);
    },
    words: (many: number): number[] => Array.from({ length: many }, () => devices.readPort(first, 2)),
  };
}
const READY = 0x50, REFUSED = 0x41, DATA = 0x58;
const ABORTED = 4;

describe('a drive', () => {
  it('reads sectors by 28 bits, one block of data a sector, an interrupt before each', () => {
    const drive = driver(build());
    drive.send(0x20, { block: 300, count: 2 });
    expect(drive.inb(7)).toBe(0x90);
    expect([drive.wait(), ...drive.words(256)]).toEqual([DATA, ...Array<number>(256).fill(0x2c2c)]);
    expect([drive.wait(), drive.inl(), ...drive.words(254)]).toEqual([DATA, 0x2d2d_2d2d, ...Array<number>(254).fill(0x2d2d)]);
    expect([drive.wait(), drive.inb(2), drive.inb(3), drive.inb(4), drive.inw()]).toEqual([READY, 0, 302 - 256, 1, 0]);
  });

  it('reads by 48 bits and by cylinder, head and sector', () => {
    const drive = driver(build());
    drive.sendExtended(0x24, { block: 2049, count: 1 });
    expect([drive.wait(), drive.inw()]).toEqual([DATA, 0x0101]);
    drive.words(255);
    drive.outb(6, 0xa0 | 3);
    [1, 10, 1, 0].forEach((value, index) => { drive.outb(index + 2, value); });
    drive.outb(7, 0x20);
    const block = (1 * 16 + 3) * 63 + 9;
    expect([drive.wait(), drive.inw() & 0xff]).toEqual([DATA, block & 0xff]);
    drive.words(255);
    expect([drive.inb(3), drive.inb(4), drive.inb(6)]).toEqual([11, 1, 0xa3]);
  });

  it('reads and writes blocks of several sectors', () => {
    const drive = driver(build());
    drive.send(0xc6, { count: 4 });
    expect(drive.wait()).toBe(READY);
    drive.send(0xc5, { block: 7, count: 6 });
    expect(drive.inb(7)).toBe(DATA);
    for (let index = 0; index < 4 * 256; index += 1) drive.outw(0x1111 * (1 + (index >>> 8)));
    expect(drive.inb(7) & 0x80).toBe(0x80);
    expect(drive.wait()).toBe(DATA);
    for (let index = 0; index < 2 * 256; index += 1) drive.outw(0x5555 + 0x1111 * (index >>> 8));
    expect(drive.wait()).toBe(READY);
    drive.send(0xc4, { block: 6, count: 8 });
    drive.wait();
    const first = drive.words(4 * 256);
    drive.wait();
    const sectors = [...first, ...drive.words(4 * 256)].filter((_, index) => index % 256 === 255);
    expect(sectors).toEqual([0x0606, 0x1111, 0x2222, 0x3333, 0x4444, 0x5555, 0x6666, 0x0d0d]);
    drive.send(0xc6, { count: 3 });
    expect([drive.wait(), drive.inb(1)]).toEqual([REFUSED, ABORTED]);
  });

  it('says who it is', () => {
    const drive = driver(build([disk(), disk('second', 100_000)]));
    drive.send(0xec, {});
    expect(drive.wait()).toBe(DATA);
    const words = drive.words(256);
    const text = words.slice(27, 47).map((word) => String.fromCharCode(word >>> 8, word & 0xff)).join('').trimEnd();
    expect([text, words[0], words[1], words[3], words[6], words[60]! + words[61]! * 65536, words[49]! & 0x300, words[63], words[88]]).toEqual(['RINGSCOPE HARDDISK', 0x40, 2, 16, 63, SECTORS, 0x200, 0, 0]);
    drive.send(0xec, { unit: 1 });
    drive.wait();
    const second = drive.words(256);
    expect([second[1], second[60]! + second[61]! * 65536, second[100]! + second[101]! * 65536]).toEqual([99, 100_000, 100_000]);
  });

  it.each([
    ['a sector behind the end', 0x20, { block: SECTORS, count: 1 }], ['a write behind the end', 0x30, { block: SECTORS, count: 1 }], ['READ DMA', 0xc8, { count: 1 }], ['WRITE DMA', 0xca, { count: 1 }],
    ['READ DMA EXT', 0x25, { count: 1 }], ['PACKET', 0xa0, {}], ['IDENTIFY PACKET DEVICE', 0xa1, {}], ['NOP', 0x00, {}], ['a DMA mode', 0xef, { features: 3, count: 0x20 }], ['a command nobody has', 0xff, {}],
  ])('refuses %s', (_, command, registers) => {
    const drive = driver(build());
    drive.send(command, registers);
    expect([drive.wait(), drive.inb(1)]).toEqual([REFUSED, ABORTED]);
    drive.send(0x20, { block: 1, count: 1 });
    expect([drive.wait(), drive.inb(1), drive.inw()]).toEqual([DATA, 0, 0x0101]);
  });

  it('keeps its registers while a command is in progress', () => {
    const drive = driver(build());
    drive.send(0x20, { block: 5, count: 1 });
    drive.wait();
    drive.send(0xc6, { count: 4, block: 0x123456, unit: 1 });
    expect([drive.inb(2), drive.inb(3), drive.inb(6)]).toEqual([0, 6, 0xe0]);
    drive.words(256);
    drive.outb(2, 9);
    expect(drive.inb(2)).toBe(9);
  });

  it('ends a read at the last sector with an error', () => {
    const drive = driver(build());
    drive.send(0x20, { block: SECTORS - 1, count: 2 });
    expect([drive.wait(), drive.words(256)[255]]).toEqual([DATA, ((SECTORS - 1) & 0xff) * 0x101]);
    expect([drive.wait(), drive.inb(1)]).toEqual([REFUSED, ABORTED]);
  });

  it.each([[0xe7, 0], [0xea, 0], [0x10, 0], [0x91, 63], [0x40, 8], [0xef, 0]])('does command %i', (command, count) => {
    const drive = driver(build());
    drive.send(command, { count, features: 0xaa, block: 5 });
    expect([drive.wait(), drive.inb(1)]).toEqual([READY, 0]);
  });

  it('shows its signature after a software reset, which also ends what was going on', () => {
    const drive = driver(build([disk(), disk('second')]));
    drive.send(0x20, { block: 9, count: 9 });
    drive.wait();
    drive.control(4);
    expect(drive.inb(7) & 0x80).toBe(0x80);
    drive.control(0);
    expect([drive.wait(), drive.inb(1), drive.inb(2), drive.inb(3), drive.inb(4), drive.inb(5), drive.inw()]).toEqual([READY, 1, 1, 1, 0, 0, 0]);
  });

  it('keeps a task file of its own: what one drive answers the other does not show', () => {
    const drive = driver(build([disk(), disk('second')]));
    drive.send(0xe5, { unit: 1, count: 7 });
    expect([drive.wait(), drive.inb(2)]).toEqual([READY, 0xff]);
    drive.outb(6, 0xa0);
    expect(drive.inb(2)).toBe(7);
  });
});

describe('a channel', () => {
  it('holds its interrupt while nIEN is set, and gives it up when the status is read', () => {
    const machine = build(), drive = driver(machine);
    machine.devices.writePort(0x21, 1, 0);
    machine.devices.writePort(0xa1, 1, 0);
    drive.control(2);
    drive.send(0xec, {});
    expect(machine.cpu.interruptRequest).toBe(0);
    drive.control(0);
    expect(machine.cpu.interruptRequest).not.toBe(0);
    expect(machine.devices.acknowledgeInterrupt()).toBe(0x76);
    drive.inb(7);
    drive.control(2);
    drive.control(0);
    expect(machine.cpu.interruptRequest).toBe(0);
  });

  it('without drives, and the place of a drive that is not there, read as zeros', () => {
    const alone = driver(build()), none = driver(build([])), secondary = driver(build(), 0x170);
    alone.send(0xec, { unit: 1 });
    expect(alone.inb(7)).toBe(0);
    for (const drive of [none, secondary]) {
      drive.send(0xec, {});
      expect([drive.inb(7), drive.inb(2), drive.inw()]).toEqual([0, 0, 0]);
    }
  });

  it('has room for two disks, and a disk has at least a byte', () => {
    expect(() => build([disk('a'), disk('b'), disk('c')])).toThrow(BadInput);
    expect(() => build([{ role: 'disk', name: 'empty', bytes: new Uint8Array() }])).toThrow(/empty is empty/);
  });

  it('is in a checkpoint, in the middle of a block, too; a damaged one is refused', () => {
    const first = build(), drive = driver(first);
    drive.send(0x20, { block: 8, count: 3 });
    drive.wait();
    drive.words(100);
    const writer = new ByteWriter();
    first.devices.save(writer);
    const second = build();
    second.cpu.idleTicks = first.cpu.idleTicks;
    second.devices.restore(new ByteReader(writer.copy(), 'a checkpoint'));
    expect(driver(second).words(157)).toEqual(drive.words(157));
    expect([driver(second).wait(), driver(second).inw()]).toEqual([DATA, 0x0909]);
    const without = build([]);
    expect(() => { without.devices.restore(new ByteReader(writer.copy(), 'a checkpoint')); }).toThrow(/a drive that is not there/);
  });
});

const out = (port: number, value: number): number[] => [0x66, 0xba, port & 0xff, port >>> 8, 0xb0, value, 0xee];
/** mov dx, 0x1f7 / again: in al, dx / test al, 0x80 / jnz again */
const WAIT = [0x66, 0xba, 0xf7, 0x01, 0xec, 0xa8, 0x80, 0x75, 0xfb];
const command = (code: number, block: number, count: number): number[] => [...out(0x1f2, count), ...out(0x1f3, block), ...out(0x1f4, 0), ...out(0x1f5, 0), ...out(0x1f6, 0xe0), ...out(0x1f7, code)];
const long = (value: number): number[] => [value & 0xff, (value >>> 8) & 0xff, (value >>> 16) & 0xff, value >>> 24];
/** mov esi (edi), ADDRESS / mov ecx, 256 / mov dx, 0x1f0 / rep outsw (insw) */
const sends = (from: number): number[] => [0xbe, ...long(from), 0xb9, ...long(256), 0x66, 0xba, 0xf0, 0x01, 0xf3, 0x66, 0x6f];
const takes = (to: number): number[] => [0xbf, ...long(to), 0xb9, ...long(256), 0x66, 0xba, 0xf0, 0x01, 0xf3, 0x66, 0x6d];
/** Writes its own code to block 3, reads block 4 and then 3, sleeping until line 14 each time it reads. Ends with the byte of block 3. */
const WRITES_AND_READS = guest({
  setup: PIC_SETUP,
  code: [
    ...out(0xa1, 0xbf), ...out(0x21, 0xfb), ...command(0x30, 3, 1), ...sends(0x10_0000), ...WAIT,
    ...command(0x20, 4, 1), 0xfb, 0xf4, ...takes(0x18_0000), ...command(0x20, 3, 1), 0xf4, ...takes(0x19_0000), 0xa0, ...long(0x19_0001), 0xe6, 0xf4,
  ],
  // in al, 0x1f7 by dx / mov al, 0x20 / out 0xa0, al / out 0x20, al / iret
  handlers: { 0x2e: [0x66, 0xba, 0xf7, 0x01, 0xec, 0xb0, 0x20, 0xe6, 0xa0, 0xe6, 0x20, 0xcf] },
});

describe('a guest that writes its disk', () => {
  it('finds what it wrote and what the image holds; line 14 wakes it', () => {
    const machine = build([disk()], WRITES_AND_READS);
    expect(new Session(machine).run(Infinity)).toEqual({ kind: 'exit', value: WRITES_AND_READS[1] });
    expect(machine.cpu.ram.subarray(0x18_0000, 0x18_0200)).toEqual(new Uint8Array(512).fill(4));
    expect(machine.cpu.ram.subarray(0x19_0000, 0x19_0200)).toEqual(machine.cpu.ram.subarray(0x10_0000, 0x10_0200));
    expect(machine.cpu.idleTicks).toBeGreaterThan(900);
  });

  it('is recorded the same however checkpoints fall, and verified', async () => {
    const hashes = new Set<string>();
    for (const tick of [0, 25]) {
      const { bytes, summary } = record(WRITES_AND_READS, { format: 'flat', files: [disk()], tick });
      hashes.add(summary.contentHash);
      expect(await verifyRecording(open(bytes))).toMatchObject({ ok: true, reexecution: 'same' });
    }
    expect(hashes.size).toBe(1);
  });

  it('is gone back over: the disk is again what it was', () => {
    const session = new Session(build([disk()], WRITES_AND_READS));
    const checkpoint = new CheckpointMaker(session).make();
    const rewinder = new Rewinder(session, { positions: [checkpoint.position], load: () => checkpoint });
    const contents = session.machine.devices.drives.hardDisks[0]!;
    const first = hashOf(rewinder);
    rewinder.goToAttempts(Infinity);
    expect(contents.read(3, 1)![1]).toBe(WRITES_AND_READS[1]);
    const middle = Math.floor(rewinder.attempts / 2), last = hashOf(rewinder);
    rewinder.goToAttempts(middle);
    const between = hashOf(rewinder);
    rewinder.goToAttempts(0);
    expect([contents.read(3, 1)![1], hashOf(rewinder)]).toEqual([3, first]);
    rewinder.goToAttempts(middle);
    expect(hashOf(rewinder)).toBe(between);
    rewinder.goToAttempts(Infinity);
    expect(hashOf(rewinder)).toBe(last);
  });
});
