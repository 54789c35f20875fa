// The local APIC and the I/O APIC on the bus, without a running guest: registers, priorities, what is sent and accepted, the timer's counts.

import { beforeEach, describe, expect, it } from 'vitest';
import { findModel } from '../../../core/arch/cpu-models.ts';
import { registerOffset } from '../../../core/arch/register-file.ts';
import { ByteReader } from '../../../core/base/byte-reader.ts';
import { ByteWriter } from '../../../core/base/byte-writer.ts';
import { PENDING_NMI } from '../../../core/cpu/attention.ts';
import { Unsupported } from '../../../core/cpu/fault.ts';
import { startProtected32 } from '../../../core/cpu/start.ts';
import { Cpu, stateBytes } from '../../../core/cpu/state.ts';
import { isPresent, wordOf, type EventDraft } from '../../../core/event/draft.ts';
import { EVENT_KINDS, LINE_SOURCES } from '../../../core/event/kinds.ts';
import { SILENT_PROBE } from '../../../core/event/probe.ts';
import { handleOf } from '../../../core/event/schema.ts';
import { APIC_COUNTS_PER_CLOCK } from '../../../core/machine/clock-rate.ts';
import { Devices } from '../../../core/machine/devices/devices.ts';

const APIC = 0xfee0_0000, IO_APIC = 0xfec0_0000;
const ID = 0x20, VERSION = 0x30, TPR = 0x80, PPR = 0xa0, EOI = 0xb0, LDR = 0xd0, DFR = 0xe0, SVR = 0xf0, ISR = 0x100, TMR = 0x180, IRR = 0x200, ESR = 0x280, ICR = 0x300, ICR_HIGH = 0x310,
  LVT_TIMER = 0x320, LINT0 = 0x350, LINT1 = 0x360, LVT_ERROR = 0x370, INITIAL = 0x380, CURRENT = 0x390, DIVIDE = 0x3e0;
const apicBase = registerOffset('apic_base');
const BY_ONE = 0xb, TO_SELF = 0x4_0000;
const LINE = handleOf('interrupt-line', 'line'), STATE = handleOf('interrupt-line', 'state'), VECTOR = handleOf('interrupt-line', 'vector'), SOURCE = handleOf('interrupt-line', 'source');
const STATES = ['raised', 'acknowledged', 'lowered'];

let devices: Devices, cpu: Cpu, events: string[];
const read = (register: number): number => devices.readDevice(APIC + register, 4);
const write = (register: number, value: number): void => { devices.writeDevice(APIC + register, 4, value); };
const readIo = (register: number): number => {
  devices.writeDevice(IO_APIC, 4, register);
  return devices.readDevice(IO_APIC + 0x10, 4);
};
const writeIo = (register: number, value: number): void => {
  devices.writeDevice(IO_APIC, 4, register);
  devices.writeDevice(IO_APIC + 0x10, 4, value);
};
const isAsking = (): boolean => cpu.interruptRequest !== 0;
const advanceTo = (clock: number): void => {
  cpu.idleTicks += clock - cpu.clock;
  devices.catchUp();
};
function lineText(draft: EventDraft): string {
  const has = (handle: number): boolean => isPresent(draft, handle);
  const value = (handle: number): number => wordOf(draft, handle);
  return [has(SOURCE) ? LINE_SOURCES[value(SOURCE)]! : '8259', has(LINE) ? `line ${String(value(LINE))}` : '', STATES[value(STATE)]!, has(VECTOR) ? String(value(VECTOR)) : ''].filter((part) => part !== '').join(' ');
}

function build(model = 'modern'): void {
  devices = new Devices();
  cpu = new Cpu(new ArrayBuffer(stateBytes(0x1000)), 0x1000, devices);
  cpu.model = findModel(model)!;
  devices.attach(cpu);
  startProtected32(cpu, 0);
  events = [];
  const told = events;
  cpu.probe = { ...SILENT_PROBE, emit: (_seq, draft) => { told.push(EVENT_KINDS[draft.kind] === 'interrupt-line' ? lineText(draft) : EVENT_KINDS[draft.kind]!); } };
}
beforeEach(() => {
  build();
  write(SVR, 0x1ff);
});

describe('registers of the local APIC', () => {
  it('are those of the one processor after reset; only whole ones can be written, any part can be read', () => {
    build();
    expect([ID, VERSION, TPR, PPR, LDR, DFR, SVR, ESR, ICR, LVT_TIMER, LINT0, LINT1, LVT_ERROR, INITIAL, CURRENT, DIVIDE].map(read)).toEqual([
      0, 0x0005_0014, 0, 0, 0, 0xffff_ffff, 0xff, 0, 0, 0x1_0000, 0x700, 0x400, 0x1_0000, 0, 0, 0,
    ]);
    write(LDR, 0xab00_0000);
    expect(devices.readDevice(APIC + LDR + 3, 1)).toBe(0xab);
    devices.writeDevice(APIC + TPR, 1, 0x20);
    devices.writeDevice(APIC + TPR + 4, 4, 0x20);
    expect(read(TPR)).toBe(0);
  });

  it('meet an error for what is no register, shown by a write to the error status', () => {
    expect(read(0x2f0)).toBe(0);
    write(0x40, 1);
    expect(read(ESR)).toBe(0);
    write(ESR, 0);
    expect(read(ESR)).toBe(0x80);
    write(ESR, 0);
    expect(read(ESR)).toBe(0);
    write(LVT_ERROR, 0x33);
    read(0x2f0);
    expect(events).toEqual(['error raised 51']);
  });

  it('are not there on a 486, nor while IA32_APIC_BASE has it off; on again it is as after reset', () => {
    write(TPR, 0x40);
    cpu.setRegister(apicBase, 0xfee0_0100, 0);
    devices.apicBaseWritten();
    expect(read(SVR)).toBe(0xffff_ffff);
    cpu.setRegister(apicBase, 0xfee0_0900, 0);
    devices.apicBaseWritten();
    expect([read(SVR), read(TPR)]).toEqual([0xff, 0]);
    build('486');
    expect([read(SVR), readIo(1), devices.readDevice(APIC, 1)]).toEqual([0xffff_ffff, 0xffff_ffff, 0xff]);
  });
});

describe('interrupts to itself', () => {
  it('wait by priority, are taken and end', () => {
    write(ICR, TO_SELF | 0x41);
    write(ICR, TO_SELF | 0x63);
    write(ICR, TO_SELF | 0x41);
    expect([read(IRR + 0x20), read(IRR + 0x30), isAsking()]).toEqual([0b10, 0b1000, true]);
    expect(devices.acknowledgeInterrupt()).toBe(0x63);
    expect([read(ISR + 0x30), read(PPR), isAsking()]).toEqual([0b1000, 0x60, false]);
    write(EOI, 0);
    expect([read(ISR + 0x30), isAsking(), devices.acknowledgeInterrupt()]).toEqual([0, true, 0x41]);
    expect(events).toEqual(['ipi raised 65', 'ipi raised 99', 'ipi acknowledged 99', 'ipi acknowledged 65']);
  });

  it('are held back by the task priority, class by class', () => {
    write(TPR, 0x4f);
    write(ICR, TO_SELF | 0x4f);
    expect([isAsking(), read(PPR)]).toEqual([false, 0x4f]);
    write(ICR, TO_SELF | 0x50);
    expect(isAsking()).toBe(true);
    expect(devices.acknowledgeInterrupt()).toBe(0x50);
    write(EOI, 0);
    write(TPR, 0x30);
    expect(devices.acknowledgeInterrupt()).toBe(0x4f);
  });

  it('reach by identifier, by logical identifier and by broadcast, and nobody else', () => {
    const sent = (destination: number, command: number): boolean => {
      write(ICR_HIGH, destination << 24);
      write(ICR, command | 0x50);
      if (!isAsking()) return false;
      devices.acknowledgeInterrupt();
      write(EOI, 0);
      return true;
    };
    write(LDR, 0x0400_0000);
    expect([sent(0, 0), sent(1, 0), sent(0xff, 0)]).toEqual([true, false, true]);
    expect([sent(4, 0x800), sent(3, 0x800), sent(6, 0x900)]).toEqual([true, false, true]);
    write(DFR, 0);
    write(LDR, 0x2100_0000);
    expect([sent(0x21, 0x800), sent(0x22, 0x800), sent(0x31, 0x800), sent(0xf1, 0x800)]).toEqual([true, false, false, true]);
    expect([sent(0, 0x8_0000), sent(0, 0xc_0000)]).toEqual([true, false]);
  });

  it('of vectors below 16 are errors; NMI comes, INIT resets, what goes to absent processors is lost', () => {
    write(ICR, TO_SELF | 0x0f);
    write(ESR, 0);
    expect([read(ESR), isAsking()]).toEqual([0x20, false]);
    write(ICR_HIGH, 0x0100_0000);
    for (const command of [0x4500, 0x8500, 0x4608]) write(ICR, command);
    write(ICR, 0xc_4500);
    write(ICR, TO_SELF | 0x8500);
    expect([devices.resetReason, cpu.pending & PENDING_NMI, events]).toEqual([null, 0, []]);
    write(ICR, TO_SELF | 0x4400);
    expect(cpu.pending & PENDING_NMI).toBe(PENDING_NMI);
    expect(() => { write(ICR, TO_SELF | 0x4200); }).toThrow(Unsupported);
    write(ICR, TO_SELF | 0x4500);
    expect(devices.resetReason).toBe('INIT from the local APIC');
  });

  it('are not taken while software has the APIC off, which masks every entry for good', () => {
    write(LINT0, 0x700);
    write(SVR, 0xff);
    write(ICR, TO_SELF | 0x50);
    write(LVT_TIMER, 0x40);
    expect([isAsking(), read(LVT_TIMER), read(LINT0)]).toEqual([false, 0x1_0040, 0x1_0700]);
    write(SVR, 0x1ff);
    expect([read(LVT_TIMER), read(IRR + 0x20)]).toEqual([0x1_0040, 0]);
  });
});

describe('the timer', () => {
  it('counts down by the clock, once', () => {
    write(DIVIDE, BY_ONE);
    write(LVT_TIMER, 0x40);
    write(INITIAL, 1000);
    const end = Math.ceil(1000 / APIC_COUNTS_PER_CLOCK);
    expect(devices.deadline).toBe(end);
    advanceTo(3);
    expect(read(CURRENT)).toBe(1000 - 3 * APIC_COUNTS_PER_CLOCK);
    advanceTo(end - 1);
    expect(events).toEqual([]);
    advanceTo(end);
    expect([events, read(CURRENT), isAsking()]).toEqual([['timer raised 64'], 0, true]);
    expect(devices.deadline).toBe(Infinity);
  });

  it.each([[0b0000, 2], [0b0001, 4], [0b0010, 8], [0b0011, 16], [0b1000, 32], [0b1001, 64], [0b1010, 128], [0b1011, 1]])('divides by the configuration %i: by %i', (configuration, divisor) => {
    write(DIVIDE, configuration);
    write(LVT_TIMER, 0x40);
    write(INITIAL, 10_000);
    expect(devices.deadline).toBe(Math.ceil((10_000 * divisor) / APIC_COUNTS_PER_CLOCK));
  });

  it('repeats without drift, and does not flood where it repeats within a tick', () => {
    write(DIVIDE, BY_ONE);
    write(LVT_TIMER, 0x2_0040);
    write(INITIAL, 130);
    const came: number[] = [];
    while (came.length < 4) {
      advanceTo(devices.deadline);
      came.push(cpu.clock);
    }
    expect(came).toEqual([3, 5, 8, 10]);
    write(INITIAL, 1);
    const from = cpu.clock;
    advanceTo(devices.deadline);
    expect([cpu.clock - from, devices.deadline - cpu.clock]).toEqual([1, 1]);
  });

  it('is heard of only unmasked; a 0 stops it; a change to once ends the repeating', () => {
    write(DIVIDE, BY_ONE);
    write(LVT_TIMER, 0x3_0040);
    write(INITIAL, 5200);
    expect(devices.deadline).toBe(Infinity);
    advanceTo(150);
    expect([read(CURRENT), events]).toEqual([2600, []]);
    write(LVT_TIMER, 0x2_0040);
    expect(devices.deadline).toBe(200);
    write(LVT_TIMER, 0x40);
    advanceTo(200);
    expect([events, devices.deadline]).toEqual([['timer raised 64'], Infinity]);
    write(INITIAL, 5200);
    write(INITIAL, 0);
    expect([devices.deadline, read(CURRENT)]).toEqual([Infinity, 0]);
  });

  it('wakes a processor only when its interrupt would be taken', () => {
    const wakes = (isMaskableOpen: boolean): boolean => devices.willWake({ isMaskableOpen });
    write(LVT_TIMER, 0x40);
    expect(wakes(true)).toBe(false);
    write(INITIAL, 1000);
    expect([wakes(true), wakes(false)]).toEqual([true, false]);
    write(TPR, 0x40);
    expect(wakes(true)).toBe(false);
    write(TPR, 0x30);
    write(LVT_TIMER, 0x0f);
    expect(wakes(true)).toBe(false);
  });
});

describe('the pins', () => {
  const raisePic = (): void => {
    for (const [port, value] of [[0x20, 0x11], [0x21, 0x20], [0x21, 4], [0x21, 1], [0x21, 0xfe]] as const) devices.writePort(port, 1, value);
    devices.setLine(0, true);
  };

  it('let the 8259 through after reset and as ExtINT, not masked', () => {
    build();
    raisePic();
    expect(isAsking()).toBe(true);
    write(SVR, 0x1ff);
    write(LINT0, 0x1_0700);
    expect([isAsking(), devices.wouldServe(0)]).toEqual([false, false]);
    write(LINT0, 0x700);
    expect([isAsking(), devices.wouldServe(3)]).toEqual([true, false]);
    write(ICR, TO_SELF | 0x31);
    expect([devices.acknowledgeInterrupt(), devices.acknowledgeInterrupt()]).toEqual([0x31, 0x20]);
  });

  it('make an interrupt of their own of an edge of the 8259 with fixed delivery', () => {
    write(LINT0, 0x45);
    raisePic();
    expect([events, isAsking()]).toEqual([['8259 line 0 raised', 'lint0 raised 69'], true]);
    expect(() => { write(LINT0, 0x8045); }).toThrow(Unsupported);
  });

  it('let the NMI through, not masked', () => {
    write(LINT1, 0x1_0400);
    devices.writePort(0xea, 1, 0);
    expect(devices.willWake({ isMaskableOpen: false })).toBe(false);
    advanceTo(1);
    expect(cpu.pending & PENDING_NMI).toBe(0);
    write(LINT1, 0x400);
    devices.writePort(0xea, 1, 0);
    expect(devices.willWake({ isMaskableOpen: false })).toBe(true);
    advanceTo(2);
    expect(cpu.pending & PENDING_NMI).toBe(PENDING_NMI);
  });
});

describe('the I/O APIC', () => {
  const entry = (pin: number, low: number, high = 0): void => {
    writeIo(0x11 + 2 * pin, high);
    writeIo(0x10 + 2 * pin, low);
  };

  it('has 24 masked entries, whose status bits cannot be written', () => {
    expect([readIo(0), readIo(1), readIo(2), readIo(0x10), readIo(0x3e), readIo(0x40)]).toEqual([0, 0x0017_0020, 0, 0x1_0000, 0x1_0000, 0]);
    writeIo(0, 0xff00_0000);
    entry(5, 0x1_ffff, 0xffff_ffff);
    expect([readIo(0), readIo(0x1a), readIo(0x1b)]).toEqual([0x0f00_0000, 0x1_afff, 0xff00_0000]);
    expect(readIo(2)).toBe(0x0f00_0000);
  });

  it('sends an edge of a line, the timer by pin 2; one that comes while it is masked is lost', () => {
    entry(2, 0x30);
    entry(4, 0x34);
    entry(6, 0x1_0036);
    devices.setLine(0, true);
    devices.setLine(4, true);
    devices.setLine(6, true);
    entry(6, 0x36);
    expect([devices.acknowledgeInterrupt(), isAsking()]).toEqual([0x34, false]);
    expect([devices.wouldServe(4), devices.wouldServe(0)]).toEqual([false, false]);
    write(EOI, 0);
    expect(devices.acknowledgeInterrupt()).toBe(0x30);
    devices.setLine(4, true);
    devices.setLine(4, false);
    expect(isAsking()).toBe(false);
    write(EOI, 0);
    devices.setLine(4, true);
    expect([isAsking(), devices.wouldServe(4), devices.wouldServe(5)]).toEqual([true, true, false]);
    expect(events).toEqual(['io-apic line 0 raised 48', 'io-apic line 4 raised 52', 'io-apic line 4 acknowledged 52', 'io-apic line 0 acknowledged 48', 'io-apic line 4 raised 52']);
  });

  it('sends a level again and again until the device is quiet, one at a time', () => {
    entry(9, 0x8049);
    devices.setLine(9, true);
    expect([readIo(0x22), read(TMR + 0x20)]).toEqual([0xc049, 1 << 9]);
    devices.acknowledgeInterrupt();
    devices.setLine(9, false);
    devices.setLine(9, true);
    expect(isAsking()).toBe(false);
    write(EOI, 0);
    expect(isAsking()).toBe(true);
    devices.acknowledgeInterrupt();
    devices.setLine(9, false);
    write(EOI, 0);
    expect([isAsking(), readIo(0x22)]).toEqual([false, 0x8049]);
  });

  it('serves a level that waits behind the mask, and ends by its own EOI register', () => {
    entry(9, 0x1_8049);
    devices.setLine(9, true);
    expect(isAsking()).toBe(false);
    entry(9, 0x8049);
    expect(isAsking()).toBe(true);
    devices.acknowledgeInterrupt();
    devices.writeDevice(IO_APIC + 0x40, 4, 0x49);
    expect(read(IRR + 0x20)).toBe(1 << 9);
  });

  it('sends to whom the entry names, and refuses what it has not', () => {
    entry(4, 0x34, 0x0100_0000);
    devices.setLine(4, true);
    expect([isAsking(), devices.wouldServe(4)]).toEqual([false, false]);
    expect(() => { entry(4, 0x0234); }).toThrow(expect.objectContaining({ detail: 'pin 4 of the I/O APIC with delivery mode SMI' }));
    expect(() => { entry(0, 0x0700); }).not.toThrow();
    entry(3, 0x0400);
    devices.setLine(3, true);
    expect(cpu.pending & PENDING_NMI).toBe(PENDING_NMI);
  });
});

it('a checkpoint holds all of it', () => {
  write(DIVIDE, 3);
  write(LVT_TIMER, 0x2_0040);
  write(INITIAL, 100_000);
  write(LINT0, 0x1_0700);
  write(TPR, 0x20);
  write(LDR, 0x0400_0000);
  writeIo(0x1b, 0);
  writeIo(0x1a, 0x8055);
  devices.setLine(5, true);
  advanceTo(777);
  devices.acknowledgeInterrupt();
  write(ICR, TO_SELF | 0x81);
  const writer = new ByteWriter();
  devices.save(writer);
  const saved = writer.copy(), words = (): readonly number[] => [ID, TPR, PPR, LDR, DFR, SVR, ISR + 0x20, TMR + 0x20, IRR + 0x40, ICR, LVT_TIMER, LINT0, INITIAL, CURRENT, DIVIDE].map(read);
  const before = [...words(), readIo(0x1a), devices.deadline];
  build();
  cpu.idleTicks = 777;
  devices.restore(new ByteReader(saved, 'a checkpoint'));
  expect([...words(), readIo(0x1a), devices.deadline]).toEqual(before);
  const again = new ByteWriter();
  devices.save(again);
  expect(again.copy()).toEqual(saved);
  expect([devices.acknowledgeInterrupt(), events]).toEqual([0x81, ['ipi acknowledged 129']]);
});
