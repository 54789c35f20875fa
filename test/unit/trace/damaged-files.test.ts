// Files that are cut, damaged or hostile: what is whole is read, the rest is said, nothing throws but BadInput, nothing grows wild.

import { deflateRawSync, inflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BadInput } from '../../../core/base/bad-input.ts';
import { ByteWriter } from '../../../core/base/byte-writer.ts';
import { crc32 } from '../../../core/base/crc32.ts';
import { inflateRaw } from '../../../core/base/inflate.ts';
import { EVENT_KINDS } from '../../../core/event/kinds.ts';
import { COMMON_FIELDS, SCHEMA } from '../../../core/event/schema.ts';
import { encodeColumn } from '../../../core/trace/columns.ts';
import { writeEventChunk } from '../../../core/trace/event-chunk.ts';
import { writeChunk } from '../../../core/trace/frames.ts';
import { openTrace, type TraceReader } from '../../../core/trace/reader.ts';
import { anySynthetic, copyRow, open, record, type Written } from './support.ts';

/** Milliseconds for tests that open a file hundreds of times on a busy machine. */
const PATIENT = 40_000;
const sample = (count: number, flushEvery: number): Written => record(fc.sample(anySynthetic, { numRuns: count, seed: 11 }), { flushEvery });

function readAll(reader: TraceReader): void {
  for (let seq = 0; seq < Math.min(reader.eventCount, 200); seq += 1) {
    if (!reader.has(seq)) continue;
    reader.event(seq);
    if (reader.hasState) reader.stateAfter(seq);
    reader.icountAt(seq);
  }
  reader.columns();
  reader.image();
  reader.inputs();
  reader.checkpoints.positions.forEach((_, index) => reader.checkpoints.load(index));
  reader.recomputeHash();
}

/** Runs `read` and lets only BadInput pass, with one line that is not empty. */
function refusedOrRead(read: () => void): void {
  try {
    read();
  } catch (error) {
    expect(error).toBeInstanceOf(BadInput);
    expect((error as BadInput).message).toMatch(/^[^\n]+; [^\n]+$/);
  }
}

describe('the last bytes of a file', () => {
  it('are missed when they are cut, changed, or not the last', () => {
    const { bytes } = sample(6, 2);
    expect(open(bytes).damaged).toBe(false);
    const changed = [1, 4, 8].map((back) => { const copy = bytes.slice(); copy[copy.length - back]! ^= 1; return copy; });
    for (const other of [bytes.subarray(0, bytes.length - 1), bytes.subarray(0, bytes.length - 8), ...changed, Uint8Array.of(...bytes, 0)]) {
      const reader = open(other);
      expect([reader.damaged, reader.truncated, reader.rowCount, reader.notes.length]).toEqual([true, false, 6, 1]);
    }
  });
});

describe('a cut file', () => {
  it('opens up to its last whole chunk and says so, at every byte', () => {
    const { bytes, rows } = sample(6, 2);
    const header = new DataView(bytes.buffer, bytes.byteOffset).getUint32(12, true) + 24;
    for (let length = 0; length < bytes.length; length += 1) {
      const cut = bytes.subarray(0, length);
      if (length < header) {
        expect(() => open(cut)).toThrow(BadInput);
        continue;
      }
      const reader = open(cut);
      const isClosed = length >= bytes.length - 8;
      expect(reader.truncated).toBe(!isClosed);
      expect(reader.eventCount % 2 === 0 && reader.eventCount <= 6).toBe(true);
      if (!isClosed) expect(reader.notes.join()).toContain(`cut off after ${String(reader.eventCount)} events`);
      for (let seq = 0; seq < reader.eventCount; seq += 1) expect(reader.kindAt(seq)).toBe(rows[seq]!.kind);
    }
    expect(open(bytes.subarray(0, bytes.length - 9)).eventCount).toBe(6);
  }, PATIENT);

  it('counts the bytes it ignores', () => {
    const { bytes } = sample(12, 3);
    const whole = open(bytes.subarray(0, bytes.length - 30));
    expect(whole.ignoredBytes).toBeGreaterThan(0);
    expect(whole.notes[0]).toContain(`the last ${String(whole.ignoredBytes)} bytes`);
  });
});

describe('a damaged chunk', () => {
  it('is named, and the chunks around it are read', () => {
    const { bytes, rows } = sample(12, 3);
    const offsets = chunkOffsets(bytes);
    const damaged = bytes.slice();
    damaged[offsets[1]! + 30]! ^= 4;
    const reader = open(damaged);
    expect(reader.notes).toEqual([`chunk 1 (events) at byte ${String(offsets[1])} is damaged (its checksum differs)`]);
    expect([0, 2, 3, 5, 6, 11].map((seq) => reader.has(seq))).toEqual([true, true, false, false, true, true]);
    expect(copyRow(reader.row(7))).toEqual(rows[7]);
    expect(() => reader.row(4)).toThrow(/event 4 is not stored/);
    expect(reader.recomputeHash()).not.toBe(reader.contentHash);
  });

  it('with a broken length is stepped over by the index', () => {
    const { bytes } = sample(12, 3);
    const offsets = chunkOffsets(bytes);
    const damaged = bytes.slice();
    damaged[offsets[1]! + 7] = 0x7f;
    const reader = open(damaged);
    expect(reader.truncated).toBe(false);
    expect(reader.notes.join()).toContain(`from ${String(offsets[1])} to ${String(offsets[2])} are damaged`);
    expect([2, 3, 6].map((seq) => reader.has(seq))).toEqual([true, false, true]);
  });
});

describe('a hostile file', () => {
  const { bytes } = sample(40, 20);
  const mutations = fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { minLength: 1, maxLength: 6 });

  it('with any bytes changed throws nothing but BadInput', () => {
    fc.assert(fc.property(mutations, (changes) => {
      const mutated = bytes.slice();
      for (const [at, value] of changes) mutated[at % mutated.length] = value;
      refusedOrRead(() => { readAll(open(mutated)); });
    }), { numRuns: 100 });
  }, PATIENT);

  it('with right checksums and stored sections throws nothing but BadInput either', () => {
    const plain = record(fc.sample(anySynthetic, { numRuns: 40, seed: 3 }), { flushEvery: 20, deflate: (part) => part }).bytes;
    const header = 24 + new DataView(plain.buffer, plain.byteOffset).getUint32(12, true);
    const offsets = chunkOffsets(plain);
    const asIs = (part: Uint8Array, most: number): Uint8Array => part.subarray(0, most);
    fc.assert(fc.property(mutations, (changes) => {
      const mutated = plain.slice();
      for (const [at, value] of changes) {
        const place = header + (at % (mutated.length - header));
        if (!offsets.some((offset) => place >= offset && place < offset + 12)) mutated[place] = value;
      }
      fixChecksums(mutated, offsets);
      refusedOrRead(() => { readAll(openTrace(mutated, asIs)); });
    }), { numRuns: 300 });
  }, PATIENT);

  it('that is random is refused in one line', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (random) => {
      expect(() => open(random)).toThrow(BadInput);
      expect(() => open(new Uint8Array([...bytes.subarray(0, 24), ...random]))).toThrow(BadInput);
    }), { numRuns: 100 });
  });

  it('of a newer version is refused and told so', () => {
    const newer = bytes.slice();
    newer[8] = 3;
    expect(() => open(newer)).toThrow('the trace has format version 3, this Ringscope reads up to 2; install a newer Ringscope');
  });
});

describe('the inflate of core', () => {
  it('agrees with zlib and refuses more than it may give', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 3000 }), fc.integer({ min: 0, max: 40 }), fc.integer({ min: 0, max: 9 }), (some, times, level) => {
      const input = new Uint8Array(Array.from({ length: times }, () => [...some]).flat());
      const packed = deflateAt(input, level);
      expect(Buffer.compare(inflateRaw(packed, input.length), input)).toBe(0);
      if (input.length > 0) expect(() => inflateRaw(packed, input.length - 1)).toThrow(BadInput);
    }), { numRuns: 60 });
  });

  it('throws nothing but BadInput on damage, where zlib throws too or gives the same', () => {
    const packed = deflateAt(Buffer.from('ring zero, ring three, ring zero, ring three'.repeat(9)), 9);
    fc.assert(fc.property(fc.nat(), fc.integer({ min: 1, max: 255 }), (at, flip) => {
      const damaged = packed.slice();
      damaged[at % damaged.length]! ^= flip;
      let ours: Uint8Array | null = null;
      try {
        ours = inflateRaw(damaged, 4096);
      } catch (error) {
        expect(error).toBeInstanceOf(BadInput);
      }
      if (ours !== null) expect(Buffer.compare(ours, inflateRawSync(damaged, { maxOutputLength: 4096 }))).toBe(0);
    }), { numRuns: 300 });
  });
});

function deflateAt(bytes: Uint8Array, level: number): Uint8Array {
  return new Uint8Array(deflateRawSync(bytes, { level }));
}

function chunkOffsets(bytes: Uint8Array): number[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const offsets: number[] = [];
  for (let at = 24 + view.getUint32(12, true); at < bytes.length - 8; at += 12 + view.getUint32(at + 4, true)) offsets.push(at);
  return offsets;
}

function fixChecksums(bytes: Uint8Array, offsets: readonly number[]): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  for (const at of offsets) {
    const end = at + 12 + view.getUint32(at + 4, true);
    view.setUint32(at + 8, crc32(bytes.subarray(at + 12, end), crc32(bytes.subarray(at, at + 8))), true);
  }
}


describe('a chunk that claims more than a chunk may hold', () => {
  const events = (write: (rows: ByteWriter, heap: ByteWriter) => void): Uint8Array => {
    const { bytes } = record([]);
    const [rows, heap, payload] = [new ByteWriter(), new ByteWriter(), new ByteWriter()];
    write(rows, heap);
    const summary = { seqFirst: 0, seqEnd: 65_536, rows: 65_536, icountFirst: null, icountLast: null, kinds: [], rings: [0, 0, 0, 0, 0] };
    writeEventChunk(payload, summary, [rows.view(), heap.view(), new Uint8Array(0)], (part) => part);
    return new Uint8Array([...bytes.subarray(0, 24 + new DataView(bytes.buffer, bytes.byteOffset).getUint32(12, true)), ...writeChunk('events', payload.view())]);
  };
  const series = Uint32Array.from({ length: 65_536 }, (_, row) => row);
  const zeros = new Uint32Array(65_536);
  const head = (rows: ByteWriter, masks: readonly number[]): void => {
    for (const number of [1, EVENT_KINDS.indexOf('transition'), ...masks, 65_536]) rows.varint(number);
    encodeColumn(rows, zeros, 65_536);
    encodeColumn(rows, series, 65_536);
    encodeColumn(rows, zeros, 65_536);
  };

  it('in heap words is refused before anything is allocated', () => {
    const bomb = events((rows, heap) => {
      head(rows, [0, 0, 0, 0]);
      encodeColumn(heap, zeros.fill(1 << 20), 65_536);
      zeros.fill(0);
    });
    expect(bomb.length).toBeLessThan(4000);
    expect(() => open(bomb).row(0)).toThrow(/unfolds to more than a chunk may hold/);
  });

  it('in columns of runs is read when it keeps the bound, however small its bytes', () => {
    const full = (fields: readonly { readonly words: number }[]): number => fields.reduce((mask, _, bit) => mask | (1 << bit), 0);
    const bytes = events((rows, heap) => {
      head(rows, [full(COMMON_FIELDS), 0, full(SCHEMA[EVENT_KINDS.indexOf('transition')]!.fields), 0]);
      for (let word = 4; word < SCHEMA[EVENT_KINDS.indexOf('transition')]!.words; word += 1) encodeColumn(rows, series, 65_536);
      encodeColumn(heap, zeros, 65_536);
    });
    expect(bytes.length).toBeLessThan(4000);
    expect(open(bytes).event(65_535)).toMatchObject({ seq: 65_535, from: { cs: 65_535 } });
  });
});
