// PCI configuration space, power management, firmware configuration and the ways out, on the bus without a running guest.

import { beforeEach, describe, expect, it } from 'vitest';
import { ByteReader } from '../../../core/base/byte-reader.ts';
import { ByteWriter } from '../../../core/base/byte-writer.ts';
import { Unsupported } from '../../../core/cpu/fault.ts';
import { startProtected32 } from '../../../core/cpu/start.ts';
import { Cpu, stateBytes } from '../../../core/cpu/state.ts';
import { CLOCKS_PER_PIT_TICK, CLOCKS_PER_SECOND } from '../../../core/machine/clock-rate.ts';
import { Devices } from '../../../core/machine/devices/devices.ts';

const RAM = 0x20_0000;
let devices: Devices, cpu: Cpu;
beforeEach(() => {
  devices = new Devices();
  cpu = new Cpu(new ArrayBuffer(stateBytes(RAM)), RAM, devices);
  devices.attach(cpu);
  startProtected32(cpu, 0);
});
const advanceTo = (clock: number): void => {
  cpu.idleTicks += clock - cpu.clock;
  devices.catchUp();
};

describe('PCI configuration', () => {
  const at = (device: number, number: number, register: number): void => { devices.writePort(0xcf8, 4, (0x8000_0000 | (device << 11) | (number << 8) | register) >>> 0); };
  const read = (device: number, number: number, register: number, size = 4): number => {
    at(device, number, register & 0xfc);
    return devices.readPort(0xcfc + (register & 3), size);
  };

  it('finds the bridges, IDE and power management of QEMU\'s pc, and nothing else', () => {
    const found: string[] = [];
    for (let device = 0; device < 32; device += 1) {
      for (let number = 0; number < 8; number += 1) {
        const id = read(device, number, 0);
        if (id !== 0xffff_ffff) found.push(`${String(device)}.${String(number)} ${id.toString(16)} ${read(device, number, 8).toString(16)}`);
      }
    }
    expect(found).toEqual(['0.0 12378086 6000002', '1.0 70008086 6010000', '1.1 70108086 1010000', '1.3 71138086 6800003']);
    expect([read(1, 0, 0x0e, 1), read(0, 0, 0x0e, 1), read(1, 3, 0x3c, 2), read(1, 3, 0x40)]).toEqual([0x80, 0, 0x0109, 0x601]);
    devices.writePort(0xcf8, 4, 0x8001_0000);
    expect(devices.readPort(0xcfc, 4)).toBe(0xffff_ffff);
    devices.writePort(0xcf8, 4, 0);
    expect(devices.readPort(0xcfc, 4)).toBe(0xffff_ffff);
  });

  it('has no base addresses; command and interrupt line keep what they can', () => {
    at(1, 1, 0x20);
    devices.writePort(0xcfc, 4, 0xffff_ffff);
    expect(devices.readPort(0xcfc, 4)).toBe(0);
    at(1, 1, 4);
    devices.writePort(0xcfc, 2, 0xffff);
    expect(devices.readPort(0xcfc, 4)).toBe(0x0280_0107);
    at(1, 0, 0x60);
    devices.writePort(0xcfd, 1, 0x0b);
    expect(devices.readPort(0xcfc, 4)).toBe(0x8080_0b80);
    at(1, 3, 0x40);
    devices.writePort(0xcfc, 4, 0x601);
    expect(() => { devices.writePort(0xcfc, 4, 0xb001); }).toThrow(Unsupported);
  });

  it('is selected by whole writes to 0xCF8 only; a byte to 0xCF9 is the reset register', () => {
    at(1, 0, 0);
    devices.writePort(0xcf8, 1, 0);
    expect([devices.readPort(0xcf8, 4), devices.readPort(0xcfc, 2), devices.resetReason]).toEqual([0x8000_0800, 0x8086, null]);
    devices.writePort(0xcf9, 1, 6);
    expect(devices.resetReason).toBe('port 0xcf9');
  });
});

describe('power management', () => {
  it('counts at three times the rate of the 8254, in 24 bits', () => {
    advanceTo(CLOCKS_PER_PIT_TICK * 100);
    expect(devices.readPort(0x608, 4)).toBe(300);
    advanceTo(CLOCKS_PER_SECOND);
    expect(devices.readPort(0x608, 4)).toBe(3_579_546);
    advanceTo(CLOCKS_PER_SECOND * 5);
    expect(devices.readPort(0x608, 4)).toBe((5 * 3_579_546) & 0xff_ffff);
  });

  it('raises line 9 when half of the timer has passed, with ACPI on and the event enabled, until it is taken back', () => {
    const half = Math.ceil((0x80_0000 * CLOCKS_PER_PIT_TICK) / 3);
    devices.writePort(0x602, 2, 1);
    expect(devices.deadline).toBe(Infinity);
    devices.writePort(0xb2, 1, 0xf1);
    expect([devices.readPort(0x604, 2), devices.deadline]).toEqual([1, half]);
    advanceTo(half);
    expect([devices.readPort(0x600, 2), devices.readPort(0x600, 4), devices.deadline]).toEqual([1, 0x1_0001, Infinity]);
    for (const [port, value] of [[0x20, 0x11], [0x21, 0x20], [0x21, 4], [0x21, 1], [0xa0, 0x11], [0xa1, 0x28], [0xa1, 2], [0xa1, 1], [0x21, 0xfb], [0xa1, 0xfd]] as const) devices.writePort(port, 1, value);
    devices.writePort(0x602, 2, 0);
    devices.writePort(0x602, 2, 1);
    expect(devices.acknowledgeInterrupt()).toBe(0x29);
    devices.writePort(0x600, 2, 1);
    expect([devices.readPort(0x600, 2), devices.deadline]).toEqual([0, Math.ceil((0x100_0000 * CLOCKS_PER_PIT_TICK) / 3)]);
    devices.writePort(0xb2, 1, 0xf0);
    expect(devices.readPort(0x604, 2)).toBe(0);
  });

  it.each([[0x604, 0x2000], [0x604, 0x2800], [0xb004, 0x2000]])('switches off by port %i, value %i', (port, value) => {
    devices.writePort(port, 2, value);
    expect(devices.exit).toEqual({ value: 0, by: 'power-off' });
  });

  it('keeps a sleep type, does not sleep without being told, and refuses to suspend', () => {
    devices.writePort(0x604, 2, 0x1400);
    expect([devices.readPort(0x604, 2), devices.exit]).toEqual([0x1400, null]);
    expect(() => { devices.writePort(0x604, 2, 0x2400); }).toThrow(Unsupported);
    devices.writePort(0x604, 2, 0x3400);
    expect(devices.exit).toBeNull();
  });
});

describe('firmware configuration', () => {
  const item = (key: number, bytes: number): readonly number[] => {
    devices.writePort(0x510, 2, key);
    return Array.from({ length: bytes }, () => devices.readPort(0x511, 1));
  };

  it('signs itself, tells memory and processors, and has no files', () => {
    expect(item(0, 5)).toEqual([0x51, 0x45, 0x4d, 0x55, 0]);
    expect([item(1, 4), item(3, 8), item(5, 2), item(0xf, 2), item(0x19, 4)]).toEqual([[1, 0, 0, 0], [0, 0, 0x20, 0, 0, 0, 0, 0], [1, 0], [1, 0], [0, 0, 0, 0]]);
    expect([item(8, 4), item(0xb, 4), item(0x14, 4), item(0x7777, 2)]).toEqual([[0, 0, 0, 0], [0, 0, 0, 0], [0, 0, 0, 0], [0, 0]]);
  });
});

it('port 0x501 ends the run as port 0xF4 does', () => {
  devices.writePort(0x501, 1, 7);
  expect(devices.exit).toEqual({ value: 7, by: 'port-0x501' });
});

it('a checkpoint holds all of it', () => {
  devices.writePort(0xcf8, 4, 0x8000_0860);
  devices.writePort(0xcfc, 1, 0x0a);
  devices.writePort(0x510, 2, 0);
  devices.readPort(0x511, 1);
  devices.writePort(0xb2, 1, 0xf1);
  devices.writePort(0x602, 2, 1);
  const writer = new ByteWriter();
  devices.save(writer);
  const other = new Devices();
  other.attach(cpu);
  other.restore(new ByteReader(writer.copy(), 'a checkpoint'));
  expect([other.readPort(0xcf8, 4), other.readPort(0xcfc, 1), other.readPort(0x511, 1), other.readPort(0x602, 2), other.deadline]).toEqual([0x8000_0860, 0x0a, 0x45, 1, devices.deadline]);
});
