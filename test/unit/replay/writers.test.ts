// Last writers, histories, walks and table entries as of any event, of the samples and of a guest that forgets an INVLPG; and what is left of
// them when nothing can be executed again.

import { describe, expect, it, vi } from 'vitest';
import { openRecording } from '../../../core/ringscope/open.ts';
import { describeWriter } from '../../../core/replay/last-writer.ts';
import { positionOfEvent } from '../../../core/replay/source.ts';
import { tableEntryAt, type TableEntry } from '../../../core/replay/walk/table-entry.ts';
import { lostLetters, walkAt, type WalkAt } from '../../../core/replay/walk/walk-at.ts';
import { historyOfPlace, historyOfRegister } from '../../../core/replay/writers/history.ts';
import { isAbsent, placeLinear, placePageEntry, placePhysical, type Absent, type WriterReplay } from '../../../core/replay/writers/place.ts';
import { parseAddress, parseQuestion } from '../../../core/replay/writers/question.ts';
import { findNamedRegister, lastWriterOfRegister } from '../../../core/replay/writers/register.ts';
import { lastWriterOfPlace, lastWriterOfTableEntry, NEVER_WRITTEN } from '../../../core/replay/writers/written.ts';
import { symbolTable } from '../../../core/symbols/symbol-table.ts';
import { removeParts } from '../../../core/trace/remove-parts.ts';
import { exits } from '../machine/guests.ts';
import { deflate, inflate, type open, record, scenario } from '../ringscope/recorded.ts';
import { word } from '../ringscope/writing-guest.ts';

vi.setConfig({ testTimeout: 60_000 });

type Opened = WriterReplay & { readonly trace: ReturnType<typeof open>['reader'] };
function replayOf(bytes: Uint8Array): Opened {
  const { reader, reexecutor, absent, symbols } = openRecording(bytes, { inflate });
  return { trace: reader, reexecutor, absent, symbols };
}
const paging = record(scenario('demand-paging')).bytes;
const bare = (bytes: Uint8Array): Opened => replayOf(removeParts(bytes, ['image', 'checkpoint'], { inflate, deflate }));
const faultsOf = ({ trace }: Opened): number[] => Array.from({ length: trace.eventCount }, (_, seq) => seq).filter((seq) => trace.event(seq).kind === 'fault');
function there<Result extends object>(result: Result | Absent): Result {
  if (isAbsent(result)) throw new Error(`absent: ${result.absent}`);
  return result;
}
const words = (replay: Opened, walk: WalkAt): string[] => walk.levels.map((one) => describeWriter(one.lastWriter, replay));

describe('the walk of a page fault', () => {
  it('is the recorded one, with writers from before paging and after', async () => {
    const replay = replayOf(paging);
    const [first, second] = faultsOf(replay);
    const fault = replay.trace.event(first!);
    if (fault.kind !== 'fault') throw new Error('expected a fault');
    const walk = there(await walkAt(replay, positionOfEvent(replay.trace, first!), Number(fault.cr2)));
    expect([walk.basis.kind, walk.verdict.rule, walk.physical, walk.tlb?.outcome]).toEqual(['record', 'page-table-present', null, 'miss']);
    expect(walk.levels.map((one) => [one.level, one.rightsSoFar, one.took, one.written.basis.kind])).toEqual([[2, 'urwx', '', 're-execution'], [1, 's---', 'urwx', 're-execution']]);
    expect(words(replay, walk)).toEqual([
      expect.stringMatching(/^written by ring 0 at build_page_tables\+0x[0-9a-f]+ \(0x[0-9a-f]+\), before event 3: 0x0 -> 0x104007$/),
      expect.stringMatching(/^written by ring 0 at write_lazy_entry_0 \(0x[0-9a-f]+\), before event 3: 0x0 -> 0x200206$/),
    ]);
    const later = there(await walkAt(replay, positionOfEvent(replay.trace, second!), Number(fault.cr2)));
    expect([later.basis.kind, later.physical, later.verdict.rule]).toEqual(['re-execution', 0x20_0123n, null]);
    expect(words(replay, later)[1]).toMatch(/^written at event 9 by ring 0 at kernel_entry_page_fault\+0x/);
  });

  it('names what the access sets, and stays when nothing can be executed again', async () => {
    const replay = bare(paging);
    const [first] = faultsOf(replay);
    const fault = replay.trace.event(first!);
    if (fault.kind !== 'fault') throw new Error('expected a fault');
    const walk = there(await walkAt(replay, positionOfEvent(replay.trace, first!), Number(fault.cr2)));
    expect(walk.levels.map((one) => one.entry)).toEqual(fault.walk!.levels.map((one) => one.entry));
    expect(walk.levels.map((one) => one.written.basis.kind)).toEqual(['absent', 'absent']);
    expect(await walkAt(replay, positionOfEvent(replay.trace, first!), 0x40_0000)).toMatchObject({ absent: expect.stringMatching(/cannot be executed again/) as string });
  });

  it('counts the letters a level takes away', () => {
    expect([lostLetters('urwx', { rightsSoFar: 'sr-x', present: true }), lostLetters('urwx', { rightsSoFar: 'urwx', present: true }), lostLetters('sr-x', { rightsSoFar: 's---', present: false })]).toEqual(['uw', '', 'rx']);
  });
});

describe('a forgotten INVLPG', () => {
  // page 0x300 is read, its entry changed, and read again: the TLB still has the old translation
  const stale = Uint8Array.from([
    ...[[0x20_0000, 0x20_1007], [0x20_1400, 0x10_0007], [0x20_1804, 0x20_1007], [0x20_1c00, 0x30_0007]].flatMap(([at, entry]) => [0xc7, 0x05, ...word(at!), ...word(entry!)]),
    0xb8, ...word(0x20_0000), 0x0f, 0x22, 0xd8, // mov eax, directory / mov cr3, eax
    0x0f, 0x20, 0xc0, 0x0d, ...word(0x8000_0000), 0x0f, 0x22, 0xc0, // mov eax, cr0 / or eax, PG / mov cr0, eax
    0x8b, 0x1d, ...word(0x30_0000), 0xc7, 0x05, ...word(0x20_1c00), ...word(0x30_2005), // mov ebx, [0x300000] / mov dword [entry], 0x302005
    0x8b, 0x1d, ...word(0x30_0000), ...exits(0),
  ]);

  it('shows the TLB beside the tables and the write that should have been flushed', async () => {
    const replay = replayOf(record(stale).bytes);
    const end = { icount: Number.MAX_SAFE_INTEGER, iteration: 0, seq: replay.trace.eventCount };
    const walk = there(await walkAt(replay, end, 0x30_0000));
    expect([walk.physical, walk.tlb?.outcome, walk.tlb?.held]).toEqual([0x30_2000n, 'stale', { physical: 0x30_0000, user: true, writable: true, nx: false }]);
    expect(describeWriter(walk.tlb!.flushFor!.writer)).toMatch(/^written at event \d+ by ring 0 at 0x10[0-9a-f]+: 0x300027 -> 0x302005$/);
    expect(walk.levels.map((one) => one.took)).toEqual(['', 'w']);
    expect(there(await walkAt(replay, end, 0x10_0000)).tlb).toMatchObject({ outcome: 'hit', held: { physical: 0x10_0000 }, flushFor: null });
    expect(await placePageEntry(replay, end, { level: 1, linear: 0x80_0000 })).toMatchObject({ absent: expect.stringMatching(/is not present/) as string });
  });

  it('shows the history of the entry', async () => {
    const replay = replayOf(record(stale).bytes);
    const end = { icount: Number.MAX_SAFE_INTEGER, iteration: 0, seq: replay.trace.eventCount };
    const history = await historyOfPlace(replay, end, await placePageEntry(replay, end, { level: 1, linear: 0x30_0000 }));
    expect([history.more, history.absent, history.writes.map((one) => describeWriter(one.writer))]).toEqual([false, null, [
      expect.stringMatching(/0x300027 -> 0x302005$/), expect.stringMatching(/^written by ring 0 at 0x10001e, before event 0: 0x0 -> 0x300007$/),
    ]]);
  });

  it('without paging has no entries', async () => {
    const replay = replayOf(record(stale).bytes);
    const start = { icount: 0, iteration: 0, seq: 0 };
    expect(there(await walkAt(replay, start, 0x1234))).toMatchObject({ levels: [], physical: 0x1234n, isPaging: false, tlb: null });
    expect(await placePageEntry(replay, start, { level: 2, linear: 0 })).toMatchObject({ absent: expect.stringMatching(/paging is off/) as string });
  });
});

describe('an entry of a table', () => {
  const entry = async (replay: Opened, seq: number, which: Parameters<typeof tableEntryAt>[2]): Promise<TableEntry> => there(await tableEntryAt(replay, positionOfEvent(replay.trace, seq), which));

  it('is decoded as it was, with its writer', async () => {
    const replay = replayOf(paging);
    const seq = faultsOf(replay)[0]!;
    expect(await entry(replay, seq, { table: 'idt', index: 14 })).toMatchObject({ meaning: expect.stringMatching(/^32-bit interrupt gate to 0x8:0x[0-9a-f]+, DPL 0, present$/) as string, written: { writer: { by: 'loader' } } });
    expect((await entry(replay, seq, { table: 'gdt', index: 1 })).meaning).toBe('code, execute/read, accessed, base 0x0, limit 0xffffffff, DPL 0, present');
    expect((await entry(replay, seq, { table: 'gdt', index: 0 })).meaning).toBe('empty');
    expect((await entry(replay, seq, { tssField: 'esp0' })).raw).toBe(0x10_7000n);
    expect((await entry(replay, seq, { table: 'tss', index: 1 })).place).toMatchObject({ name: 'doubleword 1 of the TSS', length: 4 });
    for (const [which, why] of [[{ table: 'gdt', index: 99 }, /^the GDT ends before entry 99/], [{ table: 'ldt', index: 0 }, /^there is no LDT/], [{ tssField: 'esp9' }, /no field "esp9"/]] as const) {
      expect(await tableEntryAt(replay, positionOfEvent(replay.trace, seq), which)).toMatchObject({ absent: expect.stringMatching(why) as string });
    }
    expect(await lastWriterOfTableEntry(replay, positionOfEvent(replay.trace, seq), { table: 'idt', index: 14 })).toMatchObject({ writer: { by: 'loader' }, at: null });
  });

  it('of real-address mode is a vector', async () => {
    const replay = replayOf(record(scenario('tour32'), { format: 'boot', maxInstructions: 2_000 }).bytes);
    expect((await entry(replay, 0, { table: 'idt', index: 0x13 })).meaning).toMatch(/^real-mode vector to 0xf000:0x104c$/);
  });
});

describe('a last writer', () => {
  it('of a frame slot is the delivery; of bytes in several pieces the latest of them', async () => {
    const replay = replayOf(record(scenario('int80-syscall')).bytes);
    const { trace } = replay;
    const seq = Array.from({ length: trace.eventCount }, (_, one) => one).find((one) => { const event = trace.event(one); return event.kind === 'transition' && event.via === 'int'; })!;
    const event = trace.event(seq);
    if (event.kind !== 'transition') throw new Error('expected a transition');
    const after = positionOfEvent(trace, seq + 1);
    const frame = there(await placeLinear(replay, after, { linear: Number(event.frame!.linear), length: 20 }));
    expect(frame.pieces.map((one) => one.length)).toEqual([8, 8, 4]);
    const { writer } = await lastWriterOfPlace(replay, { ...after, seq: seq + 1 }, frame);
    expect(describeWriter(writer)).toMatch(new RegExp(`^pushed by the delivery at event ${String(seq)}, which left ring 3 at 0x[0-9a-f]+: 0x`));
    const slots = event.frame!.slots.reduceRight((sum, one) => (sum << 32n) | one.value, 0n);
    expect('after' in writer ? writer.after : null).toBe(slots);
    expect((await lastWriterOfPlace(replay, after, placePhysical(0x70_0000, 4))).writer).toEqual({ absent: NEVER_WRITTEN });
  });

  it('stands on the record where nothing can be executed again, or is absent and says what to do', async () => {
    const replay = bare(paging);
    const { trace } = replay;
    const seq = Array.from({ length: trace.eventCount }, (_, one) => one).find((one) => trace.event(one).kind === 'table-write')!;
    const write = trace.event(seq);
    if (write.kind !== 'table-write') throw new Error('expected a table write');
    const place = placePhysical(Number(write.physical), 4);
    expect(await lastWriterOfPlace(replay, positionOfEvent(trace, seq + 1), place)).toMatchObject({ basis: { kind: 'record' }, writer: { seq, before: write.before, after: write.after }, at: { seq } });
    const none = await lastWriterOfPlace(replay, positionOfEvent(trace, seq), place);
    expect(none).toMatchObject({ basis: { kind: 'absent', reason: expect.stringMatching(/cannot be executed again: .*record it anew/) as string } });
    expect(describeWriter(none.writer)).toMatch(/^last writer absent: /);
  });

  it('is described in one line, with the names of the image', () => {
    const { trace } = replayOf(paging);
    const symbols = symbolTable([{ name: 'kernel_start', address: 0x10_0200, size: 0x100 }]);
    const cpu = { by: 'cpu', icount: 5, seq: null, cpl: 0, cs: 8, ip: 0x10_0245n, before: 0n, after: 0x9007n } as const;
    expect([
      describeWriter({ ...cpu, nextSeq: 3 }, { trace, symbols }), describeWriter({ ...cpu, seq: 12 }), describeWriter({ ...cpu, seq: 12, how: 'pushed' }), describeWriter({ ...cpu, seq: 12, how: 'called' }), describeWriter({ ...cpu, seq: 12, how: 'saved' }),
      describeWriter({ ...cpu, by: 'device', nextSeq: 3 }), describeWriter({ ...cpu, by: 'loader', icount: null, cpl: null, cs: null, ip: null }),
    ]).toEqual([
      'written by ring 0 at kernel_start+0x45 (0x100245), before event 3: 0x0 -> 0x9007', 'written at event 12 by ring 0 at 0x100245: 0x0 -> 0x9007', 'pushed by the delivery at event 12, which left ring 0 at 0x100245: 0x0 -> 0x9007',
      'pushed by the call at event 12: 0x0 -> 0x9007', 'saved by the task switch at event 12: 0x0 -> 0x9007', 'written by a device, asked by ring 0 at 0x100245, before event 3: 0x0 -> 0x9007', 'set by the image\'s loader: 0x9007',
    ]);
  });
});

describe('a register', () => {
  it('is found by the names people use', () => {
    expect(['eax', 'RIP', 'eflags', 'IA32_SYSENTER_CS', 'sysenter_cs', 'idtr', 'cs', 'gdtr.limit', 'tr', 'nothing', '0x10'].map((name) => findNamedRegister(name)?.parts.map((one) => one.name) ?? null)).toEqual([
      ['rax'], ['rip'], ['rflags'], ['sysenter_cs'], ['sysenter_cs'], ['idtr.base', 'idtr.limit'], ['cs.selector', 'cs.base', 'cs.limit', 'cs.rights'], ['gdtr.limit'], ['tr.selector', 'tr.base', 'tr.limit'], null, null,
    ]);
  });

  it('changed by events alone stands on the record; others on re-execution; both agree', async () => {
    const replay = replayOf(record(scenario('sysenter-sysexit')).bytes);
    const end = positionOfEvent(replay.trace, replay.trace.eventCount);
    for (const name of ['IA32_SYSENTER_EIP', 'cr3', 'cr0', 'idtr.base', 'tr.base']) {
      const told = await lastWriterOfRegister(replay, end, name);
      const { offset, words } = findNamedRegister(name)!.parts[0]!;
      const reply = await replay.reexecutor!.ask({ kind: 'last-register-write', before: end, offset, words, mask: null });
      if (reply.kind !== 'register-written' || 'absent' in told.writer) throw new Error(`expected a writer of ${name}`);
      expect([told.basis.kind, told.writer.seq, told.writer.after]).toEqual(['record', reply.write!.event, reply.write!.after]);
    }
    // CR0 was written last to set PG and WP; PE was set by the loader, and nothing has changed it since
    expect(await lastWriterOfRegister(replay, end, 'cr0.PE')).toMatchObject({ basis: { kind: 'record' }, writer: { absent: expect.stringContaining('as the machine started') as string } });
    expect(await lastWriterOfRegister(replay, end, 'CR0.pg')).toMatchObject({ part: 'CR0.pg', writer: { before: 0x11n, after: 0x8001_0011n } });
    expect(findNamedRegister('eflags.XX')).toBeNull();
    expect(await lastWriterOfRegister(replay, end, 'esp')).toMatchObject({ basis: { kind: 're-execution' }, part: 'rsp' });
    expect((await lastWriterOfRegister(replay, end, 'dr0')).writer).toHaveProperty('absent');
    expect((await historyOfRegister(replay, end, 'esp')).more).toBe(true);
  });

  it('without re-execution is told as far as the record goes', async () => {
    const replay = bare(record(scenario('sysenter-sysexit')).bytes);
    const { trace } = replay;
    const sysenter = Array.from({ length: trace.eventCount }, (_, one) => one).find((one) => { const event = trace.event(one); return event.kind === 'transition' && event.via === 'sysenter'; })!;
    expect(await lastWriterOfRegister(replay, positionOfEvent(trace, sysenter + 1), 'cpl')).toMatchObject({ basis: { kind: 'record' }, writer: { seq: sysenter, before: 3n, after: 0n } });
    expect((await lastWriterOfRegister(replay, positionOfEvent(trace, sysenter), 'eax')).writer).toMatchObject({ absent: expect.stringMatching(/behind event \d+, by an instruction that is not in the record/) as string });
  });
});

describe('a question', () => {
  const symbols = symbolTable([{ name: 'start', address: 0x1000, size: 16 }, { name: 'a+1', address: 0x2000, size: 1 }]);
  it('is read as people write it', () => {
    const read = (text: string): unknown => parseQuestion(text, { symbols, length: 4 });
    expect(['0x401000', 'start', 'start+0x8', 'phys:4096', 'gdt[2]', 'IDT[0x80]', 'tss.esp0', 'tss[1]', 'pte[start]', 'pde[0x7ff000]', 'cr0'].map(read)).toEqual([
      { kind: 'linear', address: 0x40_1000, length: 4 }, { kind: 'linear', address: 0x1000, length: 4 }, { kind: 'linear', address: 0x1008, length: 4 }, { kind: 'physical', address: 4096, length: 4 },
      { kind: 'entry', table: 'gdt', index: 2 }, { kind: 'entry', table: 'idt', index: 0x80 }, { kind: 'tss-field', field: 'esp0' }, { kind: 'entry', table: 'tss', index: 1 },
      { kind: 'page-entry', level: 1, linear: 0x1000 }, { kind: 'page-entry', level: 2, linear: 0x7f_f000 }, { kind: 'register', name: 'cr0' },
    ]);
    for (const text of ['', 'nobody', 'gdt[x]', 'pte[nobody]', 'phys:x', '0x100000000', 'start+']) expect(read(text)).toHaveProperty('refused');
    expect(parseQuestion('start', { symbols, length: 65 })).toHaveProperty('refused');
    expect([parseAddress('a+1', symbols), parseAddress('start+4', null), parseAddress('4_096', null)]).toEqual([0x2000, null, 4096]);
  });
});
