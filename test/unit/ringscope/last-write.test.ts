// Who last wrote some bytes: by program, delivery, device, loader or nobody, against what the guests are known to do and against a log of
// every write.

import { describe, expect, it, vi } from 'vitest';
import { PAGE_SOUGHT } from '../../../core/cpu/page-flags.ts';
import type { Position } from '../../../core/event/position.ts';
import type { MemoryWrite, Reexecutor } from '../../../core/event/reexecutor.ts';
import type { FaultEvent, TableWriteEvent, TraceEvent, TransitionEvent } from '../../../core/event/event.ts';
import { EventDraft } from '../../../core/event/draft.ts';
import { createMachine } from '../../../core/machine/machine.ts';
import { createReexecutor } from '../../../core/machine/reexecution/reexecutor.ts';
import { Session } from '../../../core/machine/session.ts';
import { machineOptionsOf } from '../../../core/ringscope/header-options.ts';
import { verifyRecording } from '../../../core/ringscope/verify.ts';
import type { OpenedRecording } from '../../../core/ringscope/open.ts';
import { bootDisk, call, rom, STOP } from '../machine/boot-guests.ts';
import { exits } from '../machine/guests.ts';
import { open, record, scenario, type Wishes } from './recorded.ts';
import { ARENA, ARENA_BYTES, ORG, random, word, writingGuest, type LoggedWrite } from './writing-guest.ts';

vi.setConfig({ testTimeout: 60_000 });

const END: Position = { icount: Number.MAX_SAFE_INTEGER, iteration: 0, seq: 0 };

interface Asked { readonly opened: OpenedRecording; readonly reexecutor: Reexecutor }
function recorded(image: Uint8Array, wishes: Wishes = {}): Asked {
  const opened = open(record(image, { maxInstructions: 200_000, tick: 5, ...wishes }).bytes);
  if (opened.reexecutor === null) throw new Error(opened.absent ?? 'no re-executor');
  return { opened, reexecutor: opened.reexecutor };
}
async function lastWrite({ reexecutor }: Asked, physical: number, length = 4, before = END): Promise<MemoryWrite | null> {
  const reply = await reexecutor.ask({ kind: 'last-write', before, physical, length });
  if (reply.kind !== 'written') throw new Error(`expected a write, not ${JSON.stringify(reply)}`);
  return reply.write;
}
const at = ({ icount, iteration, seq }: TraceEvent): Position => ({ icount: icount ?? 0, iteration: iteration ?? 0, seq });
const eventsOf = ({ opened: { reader } }: Asked): TraceEvent[] => Array.from({ length: reader.eventCount }, (_, seq) => reader.event(seq));
const faultsOf = (asked: Asked, mnemonic: string): FaultEvent[] => eventsOf(asked).filter((one): one is FaultEvent => one.kind === 'fault' && one.mnemonic === mnemonic);
const transitionsOf = (asked: Asked, via: string): TransitionEvent[] => eventsOf(asked).filter((one): one is TransitionEvent => one.kind === 'transition' && one.via === via);
const functionOf = ({ opened }: Asked, write: MemoryWrite | null): string | null =>
  (write?.ip === undefined || write.ip === null ? null : opened.symbols?.symbolAt(Number(write.ip))?.name ?? null);

describe('who wrote', () => {
  it('an instruction: its boundary, ring, address, and the bytes before and after', async () => {
    // mov dword [0x200000], 0x11223344 / mov byte [0x200001], 0xaa / exit
    const asked = recorded(Uint8Array.from([0xc7, 0x05, ...word(0x20_0000), ...word(0x1122_3344), 0xc6, 0x05, ...word(0x20_0001), 0xaa, ...exits(0)]));
    expect(await lastWrite(asked, 0x20_0000)).toEqual({
      by: 'cpu', at: { icount: 1, iteration: 0, seq: 0 }, event: null, cpl: 0, cs: 8, ip: BigInt(ORG + 10), physical: 0x20_0001, size: 1, before: 0x1122_3344n, after: 0x1122_aa44n,
    });
    expect(await lastWrite(asked, 0x20_0002, 2)).toMatchObject({ at: { icount: 0 }, physical: 0x20_0000, size: 4, before: 0n, after: 0x1122n });
    expect(await lastWrite(asked, 0x20_0000, 4, { icount: 1, iteration: 0, seq: 0 })).toMatchObject({ at: { icount: 0 } });
    expect(await lastWrite(asked, 0x20_0000, 4, { icount: 0, iteration: 0, seq: 0 })).toBeNull();
  });

  it('the loader, or nobody', async () => {
    const asked = recorded(Uint8Array.from([...exits(0), 0xde, 0xad]));
    expect(await lastWrite(asked, ORG + 5, 2)).toEqual({ by: 'loader', at: null, event: null, cpl: null, cs: null, ip: null, physical: ORG, size: 7, before: 0n, after: 0xadden });
    expect(await lastWrite(asked, ORG, 1, { icount: 0, iteration: 0, seq: 0 })).toMatchObject({ by: 'loader' });
    expect(await lastWrite(asked, 0x30_0000)).toBeNull();
    expect(await lastWrite(asked, 0xffff_0000)).toBeNull();
  });

  it('a device: the BIOS that reads a sector', async () => {
    const asked = recorded(bootDisk([...call(0x13, { ax: 0x0201, bx: 0x600, cx: 1, dx: 0 }), ...STOP]), { format: 'boot' });
    expect(await lastWrite(asked, 0x600, 8)).toMatchObject({ by: 'device', event: null, cpl: 0, cs: 0xf000, physical: 0x600, size: 512, before: 0n, after: 0x01b9_0600_bb02_01b8n });
  });

  it('what is lost in a ROM is no write', async () => {
    // mov ax, 0xf000 / mov ds, ax / mov word [0x100], 0x1234 / cli / hlt
    const asked = recorded(rom([0xb8, 0x00, 0xf0, 0x8e, 0xd8, 0xc7, 0x06, 0x00, 0x01, 0x34, 0x12, ...STOP]), { format: 'rom', memoryBytes: 2 << 20 });
    expect(await lastWrite(asked, 0xf_0100, 2)).toMatchObject({ by: 'loader', physical: 0xf_0000, after: 0n });
    expect(await lastWrite(asked, 0xffff_fff0, 1)).toMatchObject({ by: 'loader', physical: 0xf_0000, after: 0xean });
  });

  it('the delivery that pushed a slot, and the event that stands for it', async () => {
    const asked = recorded(scenario('int80-syscall'));
    const entry = transitionsOf(asked, 'int')[0]!;
    for (const [index, { value }] of entry.frame!.slots.entries()) {
      const write = await lastWrite(asked, Number(entry.frame!.linear) + index * 4, 4, { ...at(entry), seq: entry.seq + 1 });
      expect(write).toMatchObject({ by: 'cpu', event: entry.seq, cpl: 3, ip: entry.ip, after: value });
    }
    const earlier = await lastWrite(asked, Number(entry.frame!.linear), 4, at(entry));
    expect(earlier?.event ?? -1).toBeLessThan(entry.seq);
  });

  it('the delivery also of a slot that holds 0', async () => {
    const asked = recorded(scenario('double-fault'));
    const entry = transitionsOf(asked, 'exception').find((one) => one.errorCode === 0)!;
    expect(entry.frame!.slots[0]).toEqual({ name: 'error-code', value: 0n });
    expect(await lastWrite(asked, Number(entry.frame!.linear), 4, { ...at(entry), seq: entry.seq + 1 })).toMatchObject({ by: 'cpu', event: entry.seq, size: 4, after: 0n });
  });

  it('a write to a table in use: its event', async () => {
    const asked = recorded(scenario('demand-paging'));
    const written = eventsOf(asked).filter((one): one is TableWriteEvent => one.kind === 'table-write');
    expect(written.length).toBeGreaterThan(1);
    for (const one of written) {
      expect(await lastWrite(asked, Number(one.physical), 4, { ...at(one), icount: at(one).icount + 1, seq: one.seq + 1 })).toMatchObject({ event: one.seq, ip: one.ip, before: one.before, after: one.after });
      expect((await lastWrite(asked, Number(one.physical), 4, at(one)))?.event ?? -1).toBeLessThan(one.seq);
    }
  });
});

describe('the bad entry of a sample was written by', () => {
  it('demand-paging: the kernel, before paging was on; accessed bits are nobody\'s', async () => {
    const asked = recorded(scenario('demand-paging'));
    const [first] = faultsOf(asked, '#PF');
    const [directory, table] = first!.walk!.levels;
    const wrote = await lastWrite(asked, table!.physical, 4, at(first!));
    expect([functionOf(asked, wrote), wrote?.event, wrote?.after]).toEqual(['write_lazy_entry_0', null, table!.entry]);
    const built = await lastWrite(asked, directory!.physical, 4, at(first!));
    expect(functionOf(asked, built)).toBe('build_page_tables');
    // the processor has set the accessed bit since
    expect([directory!.entry, built?.after]).toEqual([built!.after | 0x20n, built?.after]);
  });

  it('iret-bad-frame: a push of the kernel, then the REP MOVSD that copied the program\'s frame', async () => {
    const asked = recorded(scenario('iret-bad-frame'));
    const [first, second] = faultsOf(asked, '#GP');
    const slot = (fault: FaultEvent, index: number): number => Number(transitionsOf(asked, 'exception').find(({ seq }) => seq === fault.seq + 1)!.from.sp) + index * 4;
    const pushed = await lastWrite(asked, slot(first!, 4), 4, at(first!));
    expect([functionOf(asked, pushed), pushed?.after]).toEqual(['push_stale_ss', 0x18n]);
    const copied = await lastWrite(asked, slot(second!, 1), 4, at(second!));
    expect([functionOf(asked, copied), copied?.before, copied?.after]).toEqual(['copy_frame', 0x1bn, 0x23n]);
  });

  it('gate-dpl: the loader, as the IDT is part of the image', async () => {
    const asked = recorded(scenario('gate-dpl'));
    const refused = faultsOf(asked, '#GP')[0]!;
    const idtr = asked.opened.reader.stateBefore(refused.seq);
    expect(idtr.length).toBeGreaterThan(0);
    expect(await lastWrite(asked, Number(asked.opened.symbols!.addressOf('idt')), 8, at(refused))).toMatchObject({ by: 'loader' });
  });
});

describe('a log of every write agrees', () => {
  for (let seed = 1; seed <= 12; seed += 1) {
    it(`guest ${String(seed)}`, async () => {
      const next = random(seed * 7919);
      const guest = writingGuest(next, 120);
      const asked = recorded(guest.image);
      for (let question = 0; question < 60; question += 1) {
        const length = 1 + next(8), physical = ARENA + next(ARENA_BYTES - length), icount = next(guest.instructions + 1);
        const write = await lastWrite(asked, physical, length, { icount, iteration: 0, seq: 0 });
        const expected = lastOf(guest.log, { physical, length, icount });
        const found = write === null ? null : { icount: write.at?.icount, physical: write.physical, size: write.size, before: write.before, after: write.after, by: write.by };
        expect(found, `guest ${String(seed)} question ${String(question)}`).toEqual(expected);
      }
    });
  }
});

function lastOf(log: readonly LoggedWrite[], asked: { readonly physical: number; readonly length: number; readonly icount: number }): unknown {
  const { physical, length, icount } = asked;
  const memory = new Uint8Array(ARENA_BYTES);
  const value = (): bigint => memory.slice(physical - ARENA, physical - ARENA + length).reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
  let found: unknown = null;
  for (const one of log) {
    if (one.icount >= icount) break;
    const before = value();
    memory.set(one.bytes, one.physical - ARENA);
    if (!(one.physical < physical + length && physical < one.physical + one.bytes.length)) continue;
    // of a write across pages only the part in a page that is asked about is seen
    const pages = [physical >>> 12, (physical + length - 1) >>> 12];
    const seen = one.bytes.map((_, index) => one.physical + index).filter((byte) => pages.includes(byte >>> 12));
    found = { icount: one.icount, physical: seen[0], size: seen.length, before, after: value(), by: 'cpu' };
  }
  return found;
}

describe('a search', () => {
  // mov dword [0x200000], 1 / mov ecx, COUNT / again: mov [0x300000], ecx / dec ecx / jnz again / exit 0
  const longAgo = (count: number): Uint8Array =>
    Uint8Array.from([0xc7, 0x05, ...word(0x20_0000), ...word(1), 0xb9, ...word(count), 0x89, 0x0d, ...word(0x30_0000), 0x49, 0x75, 0xf7, ...exits(0)]);

  it('passes over what the checkpoints say was not written', async () => {
    const asked = recorded(longAgo(400_000), { maxInstructions: 10_000_000, tick: 25 });
    expect(asked.opened.reader.checkpoints.positions.length).toBeGreaterThan(3);
    await asked.reexecutor.ask({ kind: 'moment', at: END });
    const [write, executed] = await attemptsOf(() => lastWrite(asked, 0x20_0000));
    expect(write).toMatchObject({ at: { icount: 0 }, after: 1n });
    expect(executed).toBeLessThan(asked.opened.reader.checkpoints.positions[0]!.icount + 300_000);
    const [none, nothing] = await attemptsOf(() => lastWrite(asked, 0x40_0000));
    expect(none).toBeNull();
    expect(nothing).toBeLessThan(2_000);
    const [recent, few] = await attemptsOf(() => lastWrite(asked, 0x30_0000));
    expect(recent).toMatchObject({ before: 2n, after: 1n });
    expect(few).toBeLessThan(300_000);
  });

  it('leaves no trace in the machine: what follows is as recorded', async () => {
    const bytes = record(longAgo(30_000), { maxInstructions: 2_000_000, tick: 25 }).bytes;
    const opened = open(bytes);
    await lastWrite({ opened, reexecutor: opened.reexecutor! }, 0x20_0000);
    expect(await opened.reexecutor!.ask({ kind: 'verify' })).toMatchObject({ kind: 'verified' });
    expect(await verifyRecording(open(bytes))).toMatchObject({ ok: true });
  });

  it('is never heard of while recording: no page is flagged', () => {
    const machine = createMachine({ image: scenario('demand-paging'), request: { memoryBytes: 0x80_0000, maxInstructions: 50_000 }, allocate: (size) => new ArrayBuffer(size) });
    new Session(machine).run(Infinity);
    expect(machine.cpu.writeWatch).toBeNull();
    expect(machine.cpu.pageFlags.some((flags) => (flags & PAGE_SOUGHT) !== 0)).toBe(false);
  });

  it('says where this core differs, instead of an answer', async () => {
    const { reader } = open(record(scenario('int80-syscall')).bytes);
    const other = new EventDraft();
    reader.readRow(3, other);
    const reexecutor = createReexecutor({
      image: reader.image() ?? new Uint8Array(0), files: [], inputs: [], options: machineOptionsOf(reader.header), checkpoints: reader.checkpoints, eventCount: reader.eventCount, coreVersion: '9.9.9',
      rowOf: (seq) => (seq === 4 ? other : reader.row(seq)),
    }, { allocate: (size) => new ArrayBuffer(size) });
    const ask = (seq: number): Promise<unknown> => reexecutor.ask({ kind: 'last-write', before: { icount: reader.icountAt(seq), iteration: 0, seq }, physical: ORG, length: 4 });
    expect(await ask(3)).toMatchObject({ kind: 'written', write: { by: 'loader' } });
    expect(await ask(8)).toEqual({ kind: 'absent', reason: 'recorded by core 9.9.9, differs at seq 4', differsAt: 4 });
  });
});

/** An answer, and how many attempts were executed for it. */
async function attemptsOf<Answer>(ask: () => Promise<Answer>): Promise<readonly [Answer, number]> {
  let executed = 0;
  const run = Object.getOwnPropertyDescriptor(Session.prototype, 'run')!.value as (this: Session, ...given: Parameters<Session['run']>) => ReturnType<Session['run']>;
  const spy = vi.spyOn(Session.prototype, 'run').mockImplementation(function counted(this: Session, ...given) {
    const from = this.machine.cpu.attempts;
    const end = run.apply(this, given);
    executed += this.machine.cpu.attempts - from;
    return end;
  });
  try {
    return [await ask(), executed];
  } finally {
    spy.mockRestore();
  }
}
