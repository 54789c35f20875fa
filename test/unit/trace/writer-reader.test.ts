// What surrounds the rows: filters, positions, checkpoints, images, imports, older headers, files without their heavy parts.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { registerOffset } from '../../../core/arch/register-file.ts';
import { BadInput } from '../../../core/base/bad-input.ts';
import type { Checkpoint } from '../../../core/event/checkpoint.ts';
import { EventDraft } from '../../../core/event/draft.ts';
import type { EventWalk, TraceEvent } from '../../../core/event/event.ts';
import { EVENT_KINDS, TIME_UNITS, VIAS, codeOf } from '../../../core/event/kinds.ts';
import { RULE_IDS } from '../../../core/event/rules.ts';
import { commonHandle, handleOf } from '../../../core/event/schema.ts';
import { hashBytes } from '../../../core/trace/content-hash.ts';
import { removeParts } from '../../../core/trace/remove-parts.ts';
import { NO_VECTOR } from '../../../core/trace/timeline-columns.ts';
import { TraceWriter } from '../../../core/trace/writer.ts';
import { anySynthetic, Collector, copyRow, deflate, FACTS, FakeMachine, IMPORT_FACTS, inflate, open, record, withHeader } from './support.ts';

const FAULT = codeOf(EVENT_KINDS, 'fault'), TRANSITION = codeOf(EVENT_KINDS, 'transition'), CONSOLE = codeOf(EVENT_KINDS, 'console');
const checkpointAt = (seq: number, icount: number): Checkpoint => ({
  position: { icount, iteration: 0, seq }, clock: icount + 2, processor: Uint8Array.of(1, 2, 3), devices: Uint8Array.of(9),
  pages: [{ index: 7, bytes: new Uint8Array(4096).fill(seq) }, { index: 300, bytes: new Uint8Array(4096).fill(1) }], stateHash: 'abc123',
});

function emitAt(writer: TraceWriter, draft: EventDraft, seq: number, kind: number, icount: number, cpl = 3): void {
  writer.before();
  draft.begin(kind);
  draft.setNumber(commonHandle('icount'), icount);
  draft.set(commonHandle('cpl'), cpl);
  writer.emit(seq, draft);
}

describe('a record filter', () => {
  it('drops rows, leaves counts and sequence numbers, and passes register changes on to the next kept row', () => {
    const sink = new Collector();
    const machine = new FakeMachine();
    const writer = new TraceWriter({ machine, facts: { ...FACTS, filter: 'fault' }, sink, deflate, keep: (seq, row) => seq % 3 === 0 && row.kind === FAULT });
    const draft = new EventDraft();
    for (let seq = 0; seq < 10; seq += 1) {
      machine.registers[0] = seq;
      emitAt(writer, draft, seq, seq < 8 ? FAULT : CONSOLE, 100 + seq, seq & 1 ? 3 : 0);
      if (seq === 4) writer.flush();
    }
    const { contentHash } = writer.finish();
    const reader = open(sink.bytes());
    expect([reader.eventCount, reader.rowCount]).toEqual([10, 3]);
    expect([reader.totals.kinds[FAULT], reader.totals.kinds[CONSOLE], reader.totals.rings]).toEqual([8, 2, [5, 0, 0, 5, 0]]);
    expect(Array.from({ length: 10 }, (_, seq) => reader.kindAt(seq))).toEqual([FAULT, -1, -1, FAULT, -1, -1, FAULT, -1, -1, -1]);
    expect(() => reader.row(4)).toThrow(BadInput);
    expect([reader.stateBefore(3)[0], reader.stateBefore(6)[0]]).toEqual([3, 6]);
    expect([reader.icountAt(3), reader.icountAt(4), reader.seqAtIcount(104), reader.seqAtIcount(107)]).toEqual([103, 103, 6, 10]);
    expect([...reader.columns().seq]).toEqual([0, 3, 6]);
    expect(reader.recomputeHash()).toBe(contentHash);
  });
});

describe('positions', () => {
  it('are found by icount in both directions', () => {
    const sink = new Collector();
    const writer = new TraceWriter({ machine: new FakeMachine(), facts: FACTS, sink, deflate });
    const draft = new EventDraft();
    [5, 5, 9, 20, 20, 2 ** 40].forEach((icount, seq) => {
      emitAt(writer, draft, seq, TRANSITION, icount);
      if (seq % 2 === 1) writer.flush();
    });
    writer.finish();
    const reader = open(sink.bytes());
    expect([0, 5, 6, 20, 21, 2 ** 40, 2 ** 41].map((icount) => reader.seqAtIcount(icount))).toEqual([0, 0, 2, 3, 5, 5, 6]);
    expect([0, 1, 2, 3, 4, 5].map((seq) => reader.icountAt(seq))).toEqual([5, 5, 9, 20, 20, 2 ** 40]);
    expect(() => reader.row(6)).toThrow('there is no event 6; the trace has 0 to 5');
  });
});

describe('image, checkpoints and inputs', () => {
  const image = Uint8Array.from({ length: 2_500_000 }, (_, at) => (at * 7) ^ (at >> 9));
  function withParts(parts: boolean): { readonly bytes: Uint8Array; readonly contentHash: string } {
    const sink = new Collector();
    const machine = new FakeMachine();
    const facts = { ...FACTS, image: { format: 'elf', bytes: image.length, hash: hashBytes(image) } };
    const writer = new TraceWriter({ machine, facts, sink, deflate });
    const draft = new EventDraft();
    if (parts) writer.writeImage(image);
    if (parts) writer.writeCheckpoint(checkpointAt(0, 0));
    for (let seq = 0; seq < 6; seq += 1) {
      emitAt(writer, draft, seq, FAULT, seq * 10);
      if (parts && seq === 3) writer.writeCheckpoint(checkpointAt(4, 40));
    }
    if (parts) writer.writeInputs([{ attempts: 12, device: 'com1', bytes: Uint8Array.of(65, 66) }]);
    return { ...writer.finish(), bytes: sink.bytes() };
  }

  it('come back as they were, and are no part of the content hash', () => {
    const { bytes, contentHash } = withParts(true);
    const reader = open(bytes);
    expect(Buffer.compare(reader.image()!, image)).toBe(0);
    expect(reader.checkpoints.positions).toEqual([{ icount: 0, iteration: 0, seq: 0 }, { icount: 40, iteration: 0, seq: 4 }]);
    expect(reader.checkpoints.load(1)).toEqual(checkpointAt(4, 40));
    expect(reader.inputs()).toEqual([{ attempts: 12, device: 'com1', bytes: Uint8Array.of(65, 66) }]);
    expect(withParts(false).contentHash).toBe(contentHash);
    expect(open(withParts(false).bytes).image()).toBeNull();
  });

  it('can be taken out; events, states and hash stay', () => {
    const { bytes, contentHash } = withParts(true);
    const small = removeParts(bytes, ['image', 'checkpoint'], { inflate, deflate });
    expect(small.length).toBeLessThan(bytes.length / 4);
    const [whole, part] = [open(bytes), open(small)];
    expect([part.image(), part.checkpoints.positions, part.contentHash, part.notes]).toEqual([null, [], contentHash, []]);
    expect(part.recomputeHash()).toBe(contentHash);
    for (let seq = 0; seq < 6; seq += 1) {
      expect(part.event(seq)).toEqual(whole.event(seq));
      expect(part.stateAfter(seq)).toEqual(whole.stateAfter(seq));
    }
    const closed = open(removeParts(bytes.subarray(0, bytes.length - 20), [], { inflate, deflate }));
    expect([closed.truncated, closed.eventCount, closed.contentHash]).toEqual([false, 6, contentHash]);
  });
});

describe('flushing', () => {
  it('happens when 250 ms have passed and makes no difference to the content', () => {
    let time = 0;
    const sink = new Collector();
    const writer = new TraceWriter({ machine: new FakeMachine(), facts: FACTS, sink, deflate, now: () => time });
    const draft = new EventDraft();
    emitAt(writer, draft, 0, FAULT, 1);
    const header = writer.bytesWritten;
    time = 249;
    writer.flushIfDue();
    expect(writer.bytesWritten).toBe(header);
    time = 250;
    writer.flushIfDue();
    expect(open(sink.bytes())).toMatchObject({ eventCount: 1, truncated: true, ignoredBytes: 0, contentHash: null });
  });

  it('happens by itself at 65536 events', () => {
    const sink = new Collector();
    const writer = new TraceWriter({ machine: new FakeMachine(), facts: FACTS, sink, deflate });
    const draft = new EventDraft();
    for (let seq = 0; seq < 65_536 + 10; seq += 1) emitAt(writer, draft, seq, CONSOLE, seq);
    expect(open(sink.bytes()).eventCount).toBe(65_536);
    writer.finish();
    expect(open(sink.bytes())).toMatchObject({ eventCount: 65_546, rowCount: 65_546 });
  });
});

describe('an imported trace', () => {
  it('needs no icount and no registers, and keeps time, line, completeness, inference and context', () => {
    const sink = new Collector();
    const writer = new TraceWriter({ machine: null, facts: IMPORT_FACTS, sink, deflate });
    const draft = new EventDraft();
    draft.begin(TRANSITION);
    draft.set(handleOf('transition', 'via'), codeOf(VIAS, 'interrupt'));
    draft.set(handleOf('transition', 'vector'), 0x20);
    draft.setNumber(commonHandle('time.value'), 123_456_789_012);
    draft.set(commonHandle('time.unit'), codeOf(TIME_UNITS, 'nanoseconds'));
    draft.setNumber(commonHandle('source.line'), 77);
    draft.setNumber(commonHandle('inferred.after'), 0);
    draft.setNumber(commonHandle('inferred.before'), 1);
    draft.setNumber(commonHandle('context.pid'), 42);
    draft.setText(commonHandle('context.comm'), 'sh – ü');
    draft.set(commonHandle('cpu'), 3);
    draft.setList(commonHandle('completeness'));
    for (const word of [1, handleOf('transition', 'to.ss'), 0]) draft.append(word);
    writer.emit(0, draft);
    writer.finish();
    const reader = open(sink.bytes());
    expect(reader.event(0)).toMatchObject({
      kind: 'transition', icount: null, time: { value: 123_456_789_012, unit: 'nanoseconds' }, sourceLine: 77, inferred: { after: 0, before: 1 },
      context: { pid: 42, comm: 'sh – ü' }, cpu: 3, completeness: { 'to.ss': 'reconstructed' }, vector: 0x20,
    });
    expect(reader).toMatchObject({ hasState: false, header: { kind: 'imported', sourceTool: 'qemu -d int' } });
    expect(reader.icountAt(0)).toBe(-1);
    expect(reader.columns().time[0]).toBe(123_456_789_012);
    expect(() => reader.stateBefore(0)).toThrow(/no registers were recorded/);
  });
});

describe('a file of another core', () => {
  const events = fc.sample(anySynthetic, { numRuns: 60, seed: 5 }).map((event) => ({
    ...event, fields: event.fields.filter(({ field }) => field.path !== 'context.comm' && field.type !== 'completeness' && field.type !== 'registers'),
  }));

  it('with fewer fields, other rule codes and registers in another order is read by name', () => {
    const { bytes } = record(events);
    const now = open(bytes);
    const old = open(withHeader(bytes, ({ schema }) => {
      schema.common.pop();
      schema.rules.splice(0, 2, schema.rules[1]!, 'rule-of-old');
      const swap = schema.registers[0]!;
      schema.registers[0] = schema.registers[3]!;
      schema.registers[3] = swap;
    }));
    const [rax, rbx] = [registerOffset('rax'), registerOffset('rbx')];
    for (let seq = 0; seq < events.length; seq += 1) {
      expect(old.event(seq)).toEqual(withRule(now.event(seq), RULE_IDS[1]!));
      expect(old.stateAfter(seq)[rax]).toBe(now.stateAfter(seq)[rbx]);
      expect(old.stateAfter(seq)[rbx]).toBe(now.stateAfter(seq)[rax]);
    }
    expect(old.names.rules.at(-1)).toBe('rule-of-old');
    expect(old.notes).toEqual([]);
  });

  it('with fields and registers this core does not know shows the rest and says so', () => {
    const { bytes } = record(events);
    const newer = open(withHeader(bytes, ({ schema }) => {
      schema.common.push(['weather', 'hex64']);
      schema.registers[1] = ['rzz', 2];
    }));
    expect(newer.notes).toEqual(['field weather is not known to this version and is not shown', 'register rzz is not known to this version and is not shown']);
    for (let seq = 0; seq < events.length; seq += 1) expect(copyRow(newer.row(seq))).toEqual(copyRow(open(bytes).row(seq)));
  });

  it('with kinds or values this core does not know is refused and told so', () => {
    const { bytes } = record(events);
    expect(() => open(withHeader(bytes, ({ schema }) => { schema.kinds[0]![0] = 'eclipse'; }))).toThrow(/events of kind "eclipse"; open it with that version/);
    expect(() => open(withHeader(bytes, ({ schema }) => { schema.kinds[1]![1][0]![1] = ['int', 'teleport']; }))).toThrow(/knows the via "teleport"/);
    expect(() => open(withHeader(bytes, (json) => { json.kind = 'dreamt'; }))).toThrow(BadInput);
  });
});

// the synthetic events name the first rule of their file wherever they name one
function withRule(event: TraceEvent, rule: string): TraceEvent {
  if (event.kind !== 'fault') return event;
  const walk = event.walk as EventWalk | null | undefined;
  return {
    ...event, rule: event.rule === null ? null : rule, ...(walk === undefined ? {} : { walk: walk === null ? null : { ...walk, verdict: { ...walk.verdict, rule } } }),
  } as TraceEvent;
}

describe('the timeline columns', () => {
  it('say kind, rings, vector and mechanism of every row', () => {
    const sink = new Collector();
    const writer = new TraceWriter({ machine: new FakeMachine(), facts: FACTS, sink, deflate });
    const draft = new EventDraft();
    emitAt(writer, draft, 0, CONSOLE, 4, 3);
    draft.begin(TRANSITION);
    draft.setNumber(commonHandle('icount'), 6);
    draft.set(handleOf('transition', 'via'), codeOf(VIAS, 'sysenter'));
    draft.set(handleOf('transition', 'from.cpl'), 3);
    draft.set(handleOf('transition', 'to.cpl'), 0);
    writer.emit(1, draft);
    writer.finish();
    const columns = open(sink.bytes()).columns();
    expect({ kind: [...columns.kind], from: [...columns.fromCpl], to: [...columns.toCpl], vector: [...columns.vector], via: [...columns.via], time: [...columns.time] })
      .toEqual({ kind: [CONSOLE, TRANSITION], from: [3, 3], to: [3, 0], vector: [NO_VECTOR, NO_VECTOR], via: [0xff, codeOf(VIAS, 'sysenter')], time: [4, 6] });
  });
});
