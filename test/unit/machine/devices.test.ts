// Console, COM1, exit port and absent ports, without a running guest.

import { describe, expect, it } from 'vitest';
import { ByteReader } from '../../../core/base/byte-reader.ts';
import { ByteWriter } from '../../../core/base/byte-writer.ts';
import { Cpu, stateBytes } from '../../../core/cpu/state.ts';
import type { EventDraft } from '../../../core/event/draft.ts';
import { textOf } from '../../../core/event/draft.ts';
import { EVENT_KINDS } from '../../../core/event/kinds.ts';
import { SILENT_PROBE } from '../../../core/event/probe.ts';
import { handleOf } from '../../../core/event/schema.ts';
import { Devices } from '../../../core/machine/devices.ts';

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
    expect([devices.readPort(0x60, 1), devices.readPort(0x60, 2), devices.readPort(0xcfc, 4)]).toEqual([0xff, 0xffff, 0xffff_ffff]);
    expect([1, 2, 4].map((size) => devices.readDevice(0xfee0_0000, size))).toEqual([0xff, 0xffff, 0xffff_ffff]);
    devices.writePort(0x20, 1, 0x11);
    expect(events).toEqual([]);
  });
});

describe('port 0xf4', () => {
  it('ends the run with the value written, after what was printed', () => {
    const { devices, events, cpu } = build();
    print(devices, 0xe9, 'bye');
    devices.writePort(0xf4, 4, 0x1234_5678);
    expect(events).toEqual(['bye', 'exit']);
    expect(devices.exitValue).toBe(0x1234_5678);
    expect(cpu.pending).not.toBe(0);
  });
});
