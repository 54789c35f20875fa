// Recording: deterministic, without effect on the guest, within bounds, whole when it is stopped.

import { describe, expect, it, vi } from 'vitest';
import { readFileSync } from 'node:fs';
import { createMachine } from '../../../core/machine/machine.ts';
import { Session } from '../../../core/machine/session.ts';
import { CheckpointMaker } from '../../../core/machine/checkpoint-maker.ts';
import { infoOf } from '../../../core/ringscope/info.ts';
import { CORE_VERSION } from '../../../core/ringscope/version.ts';
import { bootDisk, call, exit } from '../machine/boot-guests.ts';
import { exits, faultsForEver, prints, SPINS, CLOSES_A20, writesMemory } from '../machine/guests.ts';
import { open, record, scenario, type Wishes } from './recorded.ts';

// seconds on an idle machine; checks run beside other work
vi.setConfig({ testTimeout: 60_000 });

const kindsOf = (bytes: Uint8Array): readonly string[] => {
  const { reader } = open(bytes);
  return Array.from({ length: reader.eventCount }, (_, seq) => reader.event(seq).kind);
};

describe('recording', () => {
  it('is the same whatever the clock does and however it is sliced', () => {
    for (const image of [writesMemory(20_000), faultsForEver(), scenario('int80-syscall')]) {
      const bounded: Wishes = { maxInstructions: 100_000, maxEvents: 1_500 };
      const hashes = [0.1, 7, 300].map((tick) => record(image, { ...bounded, tick }).summary.contentHash);
      expect(new Set(hashes).size).toBe(1);
    }
  });

  it('never changes execution: a silent machine ends in the same state', () => {
    for (const image of [writesMemory(5_000), prints('hello\nworld'), scenario('int80-syscall'), scenario('demand-paging')]) {
      const { bytes } = record(image);
      const { reader } = open(bytes);
      const machine = createMachine({ image, request: { memoryBytes: 0x80_0000 }, allocate: (size) => new ArrayBuffer(size) });
      const session = new Session(machine);
      const maker = new CheckpointMaker(session);
      session.run(Infinity);
      expect(maker.make().stateHash).toBe(reader.checkpoints.load(reader.checkpoints.positions.length - 1).stateHash);
    }
  });

  it('passes on what the BIOS prints until a port is printed to, and then that', () => {
    const com1 = [0xba, 0xf8, 0x03, 0xb0, 0x43, 0xee]; // mov dx, 0x3f8 / mov al, 'C' / out dx, al
    const says = (letter: string): number[] => call(0x10, { ax: 0x0e00 | letter.charCodeAt(0), bx: 0 });
    expect(record(bootDisk([...says('S'), ...com1, ...says('T'), ...com1, ...exit(0)])).console).toBe('SCC');
    expect(record(bootDisk([...says('S'), ...says('T'), ...exit(0)])).console).toBe('ST');
  });

  it('makes console events of lines, and passes the bytes on', () => {
    const { bytes, console, summary } = record(prints('one\ntwo'));
    expect(console).toBe('one\ntwo');
    const { reader } = open(bytes);
    expect(Array.from({ length: 2 }, (_, seq) => reader.event(seq))).toMatchObject([
      { kind: 'console', text: 'one\n', device: 'debug', icount: 7 }, { kind: 'console', text: 'two', device: 'debug', icount: 15 },
    ]);
    expect(kindsOf(bytes)).toEqual(['console', 'console', 'exit']);
    expect(summary.end).toEqual({ kind: 'exit', value: 0 });
  });

  it('keeps exactly --max-events events, also when the last instruction makes more', () => {
    for (const maxEvents of [1, 2, 3, 10]) {
      const { bytes, summary } = record(faultsForEver(), { maxEvents });
      expect(open(bytes).reader.eventCount).toBe(maxEvents);
      expect(summary).toMatchObject({ events: maxEvents, end: { kind: 'limit', bound: 'max-events' } });
    }
  });

  it('ends at --until after the instruction that made it true', () => {
    const { bytes, summary } = record(faultsForEver(), { until: { text: 'fault', matches: (seq) => seq === 5 } });
    expect(summary.end).toEqual({ kind: 'until' });
    expect(open(bytes).reader.eventCount).toBeLessThan(10);
  });

  it('counts what a filter drops', () => {
    const { bytes } = record(prints('a\nb\nc\n'), { filter: { text: 'exit', matches: (seq) => seq === 3 } });
    expect(infoOf(open(bytes))).toMatchObject({ events: 4, rows: 1, kinds: { console: 3, exit: 1 }, filter: 'exit' });
  });

  it('leaves a readable trace when cancelled', () => {
    const { bytes, summary } = record(SPINS, { cancelAfter: 2 });
    expect(summary.end).toEqual({ kind: 'cancelled' });
    expect(open(bytes).reader.truncated).toBe(false);
  });

  it('ends an unsupported instruction with its event', () => {
    const { bytes } = record(CLOSES_A20);
    expect(kindsOf(bytes).at(-1)).toBe('unsupported');
  });

  it('says what was recorded', () => {
    const { bytes, summary } = record(scenario('int80-syscall'));
    const info = infoOf(open(bytes));
    expect(info).toMatchObject({ kind: 'recorded', coreVersion: CORE_VERSION, canReexecute: true, absent: null, isTruncated: false, contentHash: summary.contentHash });
    expect(info.options).toMatchObject({ format: 'multiboot', start: 'protected' });
    expect(info.symbols).toBeGreaterThan(10);
  });

  it('notes what the image was taken for, when nobody said it', () => {
    expect(record(exits(0), { format: 'flat' }).summary.notes).toEqual([]);
    expect(record(SPINS, { format: 'flat', maxInstructions: 1000 }).summary.notes).toEqual([]);
    expect(record(exits(0)).summary.notes).toEqual([expect.stringContaining('flat')]);
    expect(record(scenario('triple-fault')).summary.notes).toEqual([expect.stringContaining('(--format multiboot)')]);
  });

  it('notes that the guest left the VGA in planes, which are not modelled', () => {
    // out 0x3c2, 0x63 / three words: graphics 6 = 5, sequencer 4 = 6, CRT controller 0x17 = 0xe3 / exit
    const word = (port: number, value: number): number[] => [0x66, 0xba, port & 0xff, port >>> 8, 0x66, 0xb8, value & 0xff, value >>> 8, 0x66, 0xef];
    const guest = (chain: number): Uint8Array =>
      Uint8Array.from([0x66, 0xba, 0xc2, 0x03, 0xb0, 0x63, 0xee, ...word(0x3ce, 0x0506), ...word(0x3c4, 0x0604 | (chain << 8)), ...word(0x3d4, 0xe317), ...exits(0)]);
    expect(record(guest(0), { format: 'flat' }).summary.notes).toEqual([expect.stringMatching(/^the guest draws in the planes of the VGA, which are not modelled/)]);
    expect(record(guest(8), { format: 'flat' }).summary.notes).toEqual([]);
  });

  it('notes that the guest wrote where it has no memory, but not what probing for its end writes', () => {
    // from 2 MiB on in steps of 68 bytes: 100 000 of them end beyond 8 MiB
    const notes = (count: number): readonly string[] => record(writesMemory(count), { format: 'flat' }).summary.notes;
    expect(notes(92_000)).toEqual([]);
    expect(notes(100_000)).toEqual([expect.stringMatching(/^\d+ writes .* the first to 0x800\w{3}; it has 8 MiB, give more with --memory$/)]);
  });
});

describe('the core version', () => {
  it('is the package\'s', () => {
    const { version } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')) as { version: string };
    expect(CORE_VERSION).toBe(version);
  });
});
