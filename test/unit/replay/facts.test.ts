// What the inspector is told about events and registers: exact values, the manual's names, and marks where something changed.

import { readFileSync } from 'node:fs';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { TraceEvent } from '../../../core/event/event.ts';
import { openRecording } from '../../../core/ringscope/open.ts';
import { startRecording } from '../../../core/ringscope/record.ts';
import { collectHits } from '../../../core/replay/breakpoints.ts';
import { compile, isRefusal } from '../../../core/replay/expression/compile.ts';
import { factsOf } from '../../../core/replay/facts.ts';
import { describeWriter, LastWriters } from '../../../core/replay/last-writer.ts';
import { describeSelector, viewState } from '../../../core/replay/state.ts';
import type { TraceReader } from '../../../core/trace/reader.ts';
import { registers } from './synthetic.ts';

function scenario(name: string): TraceReader {
  const parts: Uint8Array[] = [];
  let clock = 0;
  const recording = startRecording({
    image: readFileSync(new URL(`../../../traces/${name}.img`, import.meta.url)), name, sink: (bytes) => { parts.push(bytes.slice()); }, deflate: (bytes) => deflateRawSync(bytes), now: () => { clock += 1; return clock; },
  });
  while (recording.runSlice().end === null);
  recording.finish();
  return openRecording(Buffer.concat(parts), { inflate: (bytes, most) => inflateRawSync(bytes, { maxOutputLength: most }) }).reader;
}
function first(reader: TraceReader, text: string): TraceEvent {
  const compiled = compile(text);
  if (isRefusal(compiled)) throw new Error(compiled.error);
  const seq = collectHits(reader, compiled)[0];
  if (seq === undefined) throw new Error(`${text} is not in the trace`);
  return reader.event(seq);
}
const paging = scenario('demand-paging'), fastCalls = scenario('sysenter-sysexit'), triple = scenario('triple-fault');

describe('facts of a page fault', () => {
  const event = first(paging, 'fault #PF if (error.write)');
  const facts = factsOf(event);

  it('take the error code apart', () => {
    expect(facts.errorCode).toMatchObject({ value: '0x6' });
    expect(facts.errorCode?.bits.filter((bit) => bit.isSet).map((bit) => bit.name)).toEqual(['W/R', 'U/S']);
    expect(facts.rule).toMatchObject({ id: 'page-table-present', cite: expect.stringContaining('SDM') as string });
    expect(facts.basics).toContainEqual({ label: 'CR2', value: '0x409010', meaning: 'the linear address that faulted' });
  });

  it('show the walk level by level', () => {
    expect(facts.walk?.levels.map((level) => [level.title, level.physical, level.present])).toEqual([['page directory entry', '0x102004', true], ['page table entry', '0x104024', false]]);
    expect(facts.walk?.levels[0]?.bits.find((bit) => bit.name === 'P')).toMatchObject({ isSet: true });
    expect(facts.walk?.rule?.id).toBe('page-table-present');
  });

  it('leave out what the event does not have', () => {
    expect([facts.frame, facts.gate, facts.stackFrom, facts.written, facts.sides]).toEqual([null, null, null, null, []]);
  });
});

describe('facts of transitions', () => {
  it('take an entry of the vector table for what it is in real-address mode, and selectors for paragraphs', () => {
    const side = { cpl: 0, cs: 0x500, ip: 2n, ss: 0x900, sp: 0xfan, flags: 2n, mode: 'real' } as const;
    const facts = factsOf({
      seq: 0, kind: 'transition', icount: 1, mode: 'real', cpl: 0, cs: 0x500, ip: 0n, cpu: 0, via: 'int', source: 'software', vector: 0x21, from: side, to: { ...side, cs: 0x700 },
      frame: { ss: 0x900, linear: 0x90fan, width: 2, slots: [{ name: 'ip', value: 2n }, { name: 'cs', value: 0x500n }] }, gate: { table: 'idt', index: 0x21, physical: 0x84n, raw: 0x0700_0034n },
    });
    expect(facts.gate).toMatchObject({ label: 'vector table entry 0x21', bits: [{ name: 'IP', value: '0x34' }, { name: 'CS', value: '0x700' }] });
    expect(facts.frame?.rows.map((row) => row.meaning)).toEqual([null, 'paragraph at 0x5000']);
    expect(facts.sides.find((row) => row.label === 'CS')?.meaning).toBe('paragraph at 0x7000');
  });

  it('draw the pushed frame with its addresses, the gate and the stack it came from', () => {
    const facts = factsOf(first(paging, 'cpl 3->0 via exception'));
    expect(facts.frame?.pushed).toBe(true);
    expect(facts.frame?.rows.map((row) => [row.name, row.linear])).toEqual([['error code', '0x106fe8'], ['EIP', '0x106fec'], ['CS', '0x106ff0'], ['EFLAGS', '0x106ff4'], ['ESP', '0x106ff8'], ['SS', '0x106ffc']]);
    expect(facts.frame?.rows[2]).toMatchObject({ value: '0x1b', meaning: 'GDT entry 3, RPL 3' });
    expect(facts.gate?.bits.find((bit) => bit.name === 'selector')?.value).toBe('0x8');
    expect(facts.stackFrom).toMatchObject({ value: '0x107000', meaning: expect.stringContaining('esp0') as string });
    expect(facts.sides.find((side) => side.label === 'CPL')).toMatchObject({ from: '3', to: '0', changed: true });
  });

  it('call the frame of an IRET popped', () => {
    expect(factsOf(first(paging, 'cpl 0->3 via iret')).frame?.pushed).toBe(false);
  });

  it('have no frame where nothing was pushed', () => {
    const facts = factsOf(first(fastCalls, 'cpl 3->0 via sysenter'));
    expect(facts.frame).toBeNull();
    expect(facts.sides.find((side) => side.label === 'SS')).toMatchObject({ from: '0x23', to: '0x10', changed: true, meaning: 'GDT entry 2, RPL 0' });
  });
});

describe('facts of writes and of chains', () => {
  it('compare an MSR or control register with what it was', () => {
    expect(factsOf(first(fastCalls, 'msr IA32_SYSENTER_EIP')).written).toMatchObject({ label: 'IA32_SYSENTER_EIP', before: '0x0', refused: false });
    const cr0 = factsOf(first(fastCalls, 'cr cr0')).written;
    expect(cr0?.bits.filter((bit) => bit.changed).map((bit) => bit.name)).toEqual(['WP', 'PG']);
  });

  it('name the events that led to a double fault and a shutdown', () => {
    const double = first(triple, 'fault #DF'), end = first(triple, 'kind == shutdown');
    expect(factsOf(double).related.filter((one) => one.label === 'cause').map((one) => one.seq)).toEqual([double.seq - 2, double.seq - 1]);
    expect(factsOf(end).related.map((one) => one.seq)).toEqual([end.seq - 4, end.seq - 3, end.seq - 2, end.seq - 1]);
  });

  it('exist for every event of every scenario', () => {
    for (const reader of [paging, fastCalls, triple]) {
      for (let seq = 0; seq < reader.eventCount; seq += 1) expect(factsOf(reader.event(seq)).basics.length).toBeGreaterThan(3);
    }
  });
});

describe('last writers', () => {
  it('come from recorded table writes before the event, in any order of asking', () => {
    const write = first(paging, 'table page-table');
    if (write.kind !== 'table-write') throw new Error('not a table write');
    const writers = new LastWriters(paging);
    const fault = first(paging, 'fault #PF');
    if (fault.kind !== 'fault' || fault.walk === undefined) throw new Error('no walk');
    const level = fault.walk.levels[1]!;
    expect(level.physical).toBe(Number(write.physical));
    expect(writers.of({ ...fault, seq: write.seq + 1 }, level)).toMatchObject({ by: 'cpu', seq: write.seq, before: write.before, after: write.after, cpl: 0 });
    expect(writers.of(fault, level)).toHaveProperty('absent');
    expect(writers.of({ ...fault, seq: write.seq + 1 }, level)).toMatchObject({ seq: write.seq });
    expect(describeWriter(writers.of({ ...fault, seq: write.seq + 1 }, level))).toMatch(new RegExp(`^written at event ${String(write.seq)} by ring 0 at 0x[0-9a-f]+: 0x[0-9a-f]+ -> 0x[0-9a-f]+$`));
    expect(describeWriter(writers.of(fault, level))).toMatch(/^last writer absent: /);
    expect(factsOf(fault, (of, one) => writers.of(of, one)).walk?.levels[1]?.lastWriter).toEqual(writers.of(fault, level));
  });
});

describe('register states', () => {
  it('are the same whatever was asked before', () => {
    const last = paging.eventCount - 1;
    const backward = Array.from({ length: last + 1 }, (_, index) => paging.stateAfter(last - index)).reverse();
    const forward = Array.from({ length: last + 1 }, (_, seq) => paging.stateAfter(seq));
    expect(forward).toEqual(backward);
    expect(paging.stateBefore(3)).toEqual(paging.stateBefore(3));
    expect(paging.stateBefore(last)).not.toEqual(paging.stateBefore(3));
  });
});

describe('register views', () => {
  it('mark what an event changed and name the bits', () => {
    const seq = first(fastCalls, 'cpl 3->0 via sysenter').seq;
    const view = viewState(fastCalls.stateBefore(seq), fastCalls.stateAfter(seq));
    expect([view.mode, view.cpl]).toEqual(['protected', 3]);
    expect(view.general.find((row) => row.label === 'ESP')).toMatchObject({ changed: true, other: '0x107000' });
    expect(view.general.find((row) => row.label === 'EAX')).toMatchObject({ changed: false, other: null });
    expect(view.segments.find((row) => row.name === 'CS')).toMatchObject({ selector: '0x1b', changed: true, usable: true });
    expect(view.control.find((row) => row.name === 'cr0')?.bits.filter((bit) => bit.isSet).map((bit) => bit.name)).toEqual(['PE', 'ET', 'WP', 'PG']);
    expect(view.msrs.find((row) => row.label === 'IA32_SYSENTER_CS')?.hex).toBe('0x8');
  });

  it('widen names and digits in long mode', () => {
    const view = viewState(registers({ cr0: 0x8000_0001, efer: 0x500, 'cs.rights': 0x2000, r9: 5 }), null);
    expect(view.mode).toBe('long');
    expect(view.general.find((row) => row.label === 'R9')?.digits).toBe('0000000000000005');
    expect(view.pointer.map((row) => row.label)).toEqual(['RIP', 'RFLAGS']);
  });

  it('describe selectors', () => {
    expect([describeSelector(0x900, 'real'), describeSelector(3, 'v86'), describeSelector(3, 'protected')]).toEqual(['paragraph at 0x9000', 'paragraph at 0x30', 'null selector, RPL 3']);
    expect([describeSelector(0x1b), describeSelector(0x0f), describeSelector(0), describeSelector(3)]).toEqual(['GDT entry 3, RPL 3', 'LDT entry 1, RPL 3', 'null selector', 'null selector, RPL 3']);
  });
});
