// What is emitted comes back: every kind with every field, every register word, exactly, through chunks of any size.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FAST_WORDS, registerOffset } from '../../../core/arch/register-file.ts';
import { decodeEvent } from '../../../core/event/decode.ts';
import { EventDraft, type Row } from '../../../core/event/draft.ts';
import { eventLine } from '../../../core/event/json.ts';
import { EVENT_KINDS, codeOf } from '../../../core/event/kinds.ts';
import { commonHandle, handleOf } from '../../../core/event/schema.ts';
import { TraceWriter } from '../../../core/trace/writer.ts';
import { anySynthetic, Collector, copyRow, deflate, FACTS, FakeMachine, inflate, open, record, syntheticOf, type Written } from './support.ts';
import { openTrace } from '../../../core/trace/reader.ts';
import { inflateRaw } from '../../../core/base/inflate.ts';

/** Milliseconds a property may take on a busy machine. */
const PATIENT = 40_000;
const sameWords = (a: Uint32Array, b: Uint32Array): boolean => a.length === b.length && a.every((word, at) => word === b[at]);
const sameRow = (a: Row, b: Row): boolean => {
  const own = copyRow(a);
  return own.kind === b.kind && sameWords(own.words, b.words) && sameWords(own.heap, b.heap);
};

function expectAll(written: Written, reader = open(written.bytes)): void {
  expect(reader.eventCount).toBe(written.rows.length);
  written.rows.forEach((row, seq) => {
    expect(sameRow(reader.row(seq), row)).toBe(true);
    expect(reader.kindAt(seq)).toBe(row.kind);
    expect(sameWords(reader.stateBefore(seq), written.before[seq]!)).toBe(true);
    expect(sameWords(reader.stateAfter(seq), written.after[seq]!)).toBe(true);
  });
  expect(reader.notes).toEqual([]);
  expect(reader.recomputeHash()).toBe(written.contentHash);
  expect(reader.contentHash).toBe(written.contentHash);
}

describe('a trace', () => {
  it.each(EVENT_KINDS.map((kind) => [kind] as const))('keeps every field of %s', (kind) => {
    fc.assert(fc.property(fc.array(syntheticOf(codeOf(EVENT_KINDS, kind), 'all'), { minLength: 1, maxLength: 4 }), (events) => {
      expectAll(record(events));
    }), { numRuns: 8 });
  }, PATIENT);

  it('keeps mixed events through chunks of any size, with one content hash', () => {
    fc.assert(fc.property(fc.array(anySynthetic, { maxLength: 60 }), fc.integer({ min: 1, max: 70 }), (events, flushEvery) => {
      const one = record(events);
      const many = record(events, { flushEvery });
      expectAll(one);
      expectAll(many);
      expect(many.contentHash).toBe(one.contentHash);
    }), { numRuns: 20 });
  }, PATIENT);

  it('reads the same with the inflate of core', () => {
    fc.assert(fc.property(fc.array(anySynthetic, { maxLength: 40 }), (events) => {
      const written = record(events, { flushEvery: 16 });
      expectAll(written, openTrace(written.bytes, inflateRaw));
    }), { numRuns: 8 });
  }, PATIENT);

  it('has another hash when one bit of one value differs, and none of its own for engine and core version', () => {
    const events = fc.sample(syntheticOf(codeOf(EVENT_KINDS, 'transition'), 'all'), { numRuns: 3, seed: 7 });
    const first = events[0]!;
    const changed = [{ ...first, after: [...first.after, [FAST_WORDS + 3, 0x1234_5678] as const] }, ...events.slice(1)];
    const { contentHash } = record(events);
    expect(record(changed).contentHash).not.toBe(contentHash);
    expect(record(events, { facts: { ...FACTS, engine: 'wasm', coreVersion: '9.9.9' } }).contentHash).toBe(contentHash);
    expect(record(events, { facts: { ...FACTS, cpuModel: 'pentium2' } }).contentHash).not.toBe(contentHash);
  });

  it('keeps cr2 = 0xffff800000000123 exactly, from register file to JSON', () => {
    const machine = new FakeMachine(), sink = new Collector(), draft = new EventDraft(), cr2 = registerOffset('cr2');
    const writer = new TraceWriter({ machine, facts: FACTS, sink, deflate });
    writer.before();
    machine.registers.set([0x123, 0xffff_8000], cr2);
    machine.generation += 1;
    draft.begin(codeOf(EVENT_KINDS, 'fault'));
    draft.set64(handleOf('fault', 'cr2'), 0x123, 0xffff_8000);
    draft.setNumber(commonHandle('icount'), 2 ** 52 + 1);
    writer.emit(0, draft);
    writer.finish();
    const bytes = sink.bytes();
    const reader = openTrace(bytes, inflate);
    const event = decodeEvent(reader.row(0), 0, reader.names);
    expect(event).toMatchObject({ kind: 'fault', cr2: 0xffff_8000_0000_0123n, icount: 2 ** 52 + 1 });
    expect(eventLine(event)).toContain('"cr2":"0xffff800000000123"');
    expect(reader.stateAfter(0).slice(cr2, cr2 + 2)).toEqual(Uint32Array.of(0x123, 0xffff_8000));
  });
});
