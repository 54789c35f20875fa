// The devices on the bus, without a running guest: console, COM1, exit, system control, CMOS, keys, and absent ports.

import { describe, expect, it } from 'vitest';
import { ByteReader } from '../../../core/base/byte-reader.ts';
import { ByteWriter } from '../../../core/base/byte-writer.ts';
import { PENDING_NMI } from '../../../core/cpu/attention.ts';
import { Unsupported } from '../../../core/cpu/fault.ts';
import { Cpu, stateBytes } from '../../../core/cpu/state.ts';
import type { EventDraft } from '../../../core/event/draft.ts';
import { textOf } from '../../../core/event/draft.ts';
import { EVENT_KINDS } from '../../../core/event/kinds.ts';
import { SILENT_PROBE } from '../../../core/event/probe.ts';
import { handleOf } from '../../../core/event/schema.ts';
import { CLOCKS_PER_PIT_TICK, CLOCKS_PER_SECOND } from '../../../core/machine/clock-rate.ts';
import { Devices } from '../../../core/machine/devices/devices.ts';

const TEXT = handleOf('console', 'text');
function build(): { readonly devices: Devices; readonly cpu: Cpu; readonly events: string[] } {
  const devices = new Devices();
  const cpu = new Cpu(new ArrayBuffer(stateBytes(0x1000)), 0x1000, devices);
  devices.attach(cpu);
  const events: string[] = [];
  cpu.probe = {
    ...SILENT_PROBE,
    emit(_seq: number, draft: EventDraft): void {
      const kind = EVENT_KINDS[draft.kind]!;
      events.push(kind === 'console' ? textOf(draft, TEXT) : kind);
    },
  };
  return { devices, cpu, events };
}
const print = (devices: Devices, port: number, text: string): void => {
  for (const character of text) devices.writePort(port, 1, character.charCodeAt(0));
};

describe('the console', () => {
  it('makes an event of each line, on either device', () => {
    const { devices, events } = build();
    print(devices, 0xe9, 'one\ntw');
    print(devices, 0x3f8, 'com\n');
    print(devices, 0xe9, 'o\n');
    expect(events).toEqual(['one\n', 'com\n', 'two\n']);
  });

  it('ends a line that something else interrupted, and one that grows too long', () => {
    const { devices, cpu, events } = build();
    print(devices, 0xe9, 'before');
    cpu.seq += 1;
    print(devices, 0xe9, 'after\n');
    expect(events).toEqual(['before', 'after\n']);
    print(devices, 0xe9, 'x'.repeat(300));
    devices.flush();
    expect(events.slice(2).map((text) => text.length)).toEqual([256, 44]);
  });

  it('survives a checkpoint in the middle of a line', () => {
    const { devices } = build();
    print(devices, 0xe9, 'half a ');
    devices.writePort(0x3fb, 1, 0x83);
    const writer = new ByteWriter();
    devices.save(writer);
    const other = build();
    other.devices.restore(new ByteReader(writer.copy(), 'a checkpoint'));
    print(other.devices, 0xe9, 'line\n');
    expect(other.events).toEqual(['half a line\n']);
    expect(other.devices.readPort(0x3fb, 1)).toBe(0x83);
  });
});

describe('COM1', () => {
  it('is always ready to send and passes the loop-back test of drivers', () => {
    const { devices, events } = build();
    expect(devices.readPort(0x3fd, 1)).toBe(0x60);
    devices.writePort(0x3fc, 1, 0x1e);
    devices.writePort(0x3f8, 1, 0xae);
    expect(devices.readPort(0x3fd, 1)).toBe(0x61);
    expect(devices.readPort(0x3f8, 1)).toBe(0xae);
    expect(devices.readPort(0x3fd, 1)).toBe(0x60);
    devices.writePort(0x3fc, 1, 0x0f);
    devices.flush();
    expect(events).toEqual([]);
  });

  it('keeps its divisor apart from its data', () => {
    const { devices, events } = build();
    devices.writePort(0x3fb, 1, 0x80);
    devices.writePort(0x3f8, 2, 0x0103);
    expect([devices.readPort(0x3f8, 1), devices.readPort(0x3f9, 1)]).toEqual([3, 1]);
    devices.writePort(0x3fb, 1, 3);
    expect(devices.readPort(0x3f9, 1)).toBe(0);
    devices.flush();
    expect(events).toEqual([]);
  });
});

describe('what is not there', () => {
  it('reads as all ones and swallows writes', () => {
    const { devices, events } = build();
    expect([devices.readPort(0x81, 1), devices.readPort(0x300, 2), devices.readPort(0xcfc, 4)]).toEqual([0xff, 0xffff, 0xffff_ffff]);
    expect([1, 2, 4].map((size) => devices.readDevice(0xfee0_0000, size))).toEqual([0xff, 0xffff, 0xffff_ffff]);
    devices.writePort(0x80, 1, 0x11);
    expect(events).toEqual([]);
  });
});

describe('port 0xf4', () => {
  it('ends the run with the value written, after what was printed', () => {
    const { devices, events, cpu } = build();
    print(devices, 0xe9, 'bye');
    devices.writePort(0xf4, 4, 0x1234_5678);
    expect(events).toEqual(['bye', 'exit']);
    expect(devices.exit).toEqual({ value: 0x1234_5678, by: 'port-0xf4' });
    expect(cpu.pending).not.toBe(0);
  });
});

describe('system control', () => {
  const refusal = (action: () => void): string => {
    try { action(); return 'allowed'; } catch (thrown) { return thrown instanceof Unsupported ? thrown.detail : String(thrown); }
  };

  it('opens A20 in every way, and refuses by name to close it', () => {
    const { devices } = build();
    const outputPort = (value: number): void => { devices.writePort(0x64, 1, 0xd1); devices.writePort(0x60, 1, value); };
    devices.writePort(0x92, 1, devices.readPort(0x92, 1) | 2);
    outputPort(0xdf);
    devices.writePort(0x64, 1, 0xdf);
    devices.writePort(0x64, 1, 0xd0);
    expect(devices.readPort(0x60, 1) & 3).toBe(3);
    expect(refusal(() => { devices.writePort(0x92, 1, 0); })).toMatch(/A20 gate by port 0x92/);
    expect(refusal(() => { outputPort(0xdd); })).toMatch(/A20 gate by the 8042/);
    expect(refusal(() => { devices.writePort(0x64, 1, 0xdd); })).toMatch(/A20 gate by 8042 command 0xdd/);
  });

  it.each([
    ['port 0x92', [[0x92, 3]]], ['port 0xcf9', [[0xcf9, 2], [0xcf9, 6]]], ['8042', [[0x64, 0xfe]]], ['8042', [[0x64, 0xd1], [0x60, 0]]],
  ] as const)('resets by %s: the event, then the run ends', (reason, writes) => {
    const { devices, events, cpu } = build();
    print(devices, 0xe9, 'bye');
    for (const [port, value] of writes) devices.writePort(port, 1, value);
    expect([events, devices.resetReason]).toEqual([['bye', 'reset'], reason]);
    expect(cpu.pending).not.toBe(0);
  });

  it('opens the gate of counter 2 and shows its output and the refresh in port 0x61', () => {
    const { devices, cpu } = build();
    devices.writePort(0x61, 1, 0x03);
    for (const [port, value] of [[0x43, 0xb0], [0x42, 10], [0x42, 0]] as const) devices.writePort(port, 1, value);
    expect(devices.readPort(0x61, 1)).toBe(0x03);
    cpu.icount = 11 * CLOCKS_PER_PIT_TICK;
    expect(devices.readPort(0x61, 1)).toBe(0x23);
    cpu.icount = 18 * CLOCKS_PER_PIT_TICK;
    expect(devices.readPort(0x61, 1)).toBe(0x33);
  });
});

it('a key from outside arrives at the 8042, when its text is one', () => {
  const { devices } = build();
  for (const text of ['KeyA', '+KeyZZ', '', '+KeyA', '-KeyA']) devices.input('keyboard', new TextEncoder().encode(text));
  devices.catchUp();
  expect([devices.readPort(0x64, 1) & 1, devices.readPort(0x60, 1)]).toEqual([1, 0x1c]);
});

describe('CMOS', () => {
  const read = (devices: Devices, index: number): number => { devices.writePort(0x70, 1, index); return devices.readPort(0x71, 1); };

  it('tells the memory sizes and keeps what is written', () => {
    const { devices } = build();
    devices.cmos.describe({ memoryBytes: 64 << 20, hasFloppy: true });
    expect([0x15, 0x16, 0x17, 0x18, 0x30, 0x31, 0x34, 0x35, 0x10, 0x0d].map((index) => read(devices, index))).toEqual([0x80, 2, 0, 0xfc, 0, 0xfc, 0, 3, 0x40, 0x80]);
    devices.writePort(0x70, 1, 0x0f);
    devices.writePort(0x71, 1, 5);
    expect(read(devices, 0x0f)).toBe(5);
  });

  it('has a clock that runs on the guest\'s own', () => {
    const { devices, cpu } = build();
    expect([4, 2, 0].map((index) => read(devices, index))).toEqual([0, 0, 0]);
    cpu.icount = CLOCKS_PER_SECOND * (3600 * 13 + 60 * 59 + 42);
    expect([4, 2, 0].map((index) => read(devices, index).toString(16))).toEqual(['13', '59', '42']);
  });
});

it('what is written to ports can be heard, as it was written', () => {
  const { devices } = build();
  const heard: string[] = [];
  devices.onPortWrite = (port, size, value) => { heard.push(`${port.toString(16)} ${String(size)} ${value.toString(16)}`); };
  devices.writePort(0x80, 1, 0x12);
  devices.writePort(0xe9, 2, 0x0a41);
  devices.writePort(0x300, 4, 0xdead_beef);
  expect(heard).toEqual(['80 1 12', 'e9 2 a41', '300 4 deadbeef']);
});

it('a checkpoint keeps all of it', () => {
  const { devices, cpu } = build();
  for (const [port, value] of [[0x70, 0x8f], [0x71, 9], [0x64, 0x60], [0x60, 0x11], [0x61, 3], [0xcf9, 2], [0xea, 200], [0x64, 0x20]] as const) devices.writePort(port, 1, value);
  const writer = new ByteWriter();
  devices.save(writer);
  const other = build();
  const reader = new ByteReader(writer.copy(), 'a checkpoint');
  other.devices.restore(reader);
  expect(reader.remaining).toBe(0);
  expect([0x71, 0x61, 0xcf9, 0x60].map((port) => other.devices.readPort(port, 1))).toEqual([9, 0x23, 2, 0x11]);
  expect(other.devices.deadline).toBe(201);
  // the NMI is still masked
  other.cpu.icount = 300;
  other.devices.catchUp();
  expect([other.devices.deadline, other.cpu.pending & PENDING_NMI]).toEqual([Infinity, 0]);
  other.devices.writePort(0x70, 1, 0);
  expect(other.cpu.pending & PENDING_NMI).toBe(PENDING_NMI);
  expect(cpu.pending & PENDING_NMI).toBe(0);
});
