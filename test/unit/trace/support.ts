// Shared by the trace tests: a sink in memory, Node's zlib, synthetic events of every kind, a machine that is only registers.

import { deflateRawSync, inflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { REGISTER_FILE_WORDS } from '../../../core/arch/register-file.ts';
import { crc32 } from '../../../core/base/crc32.ts';
import { EventDraft, type Row } from '../../../core/event/draft.ts';
import { appendSeq, appendSlot, appendWalkLevel } from '../../../core/event/heap-lists.ts';
import { COMMON_FIELDS, SCHEMA, type Field } from '../../../core/event/schema.ts';
import type { TraceFacts } from '../../../core/trace/header.ts';
import { openTrace, type TraceReader } from '../../../core/trace/reader.ts';
import { TraceWriter, type WriterOptions } from '../../../core/trace/writer.ts';

export const deflate = (bytes: Uint8Array): Uint8Array => new Uint8Array(deflateRawSync(bytes, { level: 6 }));
export const inflate = (bytes: Uint8Array, maxBytes: number): Uint8Array =>
  maxBytes === 0 ? new Uint8Array(0) : new Uint8Array(inflateRawSync(bytes, { maxOutputLength: maxBytes }));

export const FACTS: TraceFacts = {
  kind: 'recorded', coreVersion: '0.1.0', engine: 'interpreter', cpuModel: 'pentium3', devices: ['debug-console', 'exit-port'], memoryBytes: 1 << 26,
  options: { format: 'elf', maxInstructions: 1000 }, filter: null, image: null, files: [], sourceTool: null,
};
export const IMPORT_FACTS: TraceFacts = {
  ...FACTS, kind: 'imported', engine: null, cpuModel: null, devices: [], memoryBytes: null, options: {}, sourceTool: 'qemu -d int',
};

export class Collector {
  private readonly parts: Uint8Array[] = [];
  write(bytes: Uint8Array): void {
    this.parts.push(bytes.slice());
  }
  bytes(): Uint8Array {
    return new Uint8Array(Buffer.concat(this.parts));
  }
}

/** A machine of registers alone. */
export class FakeMachine {
  readonly registers = new Uint32Array(REGISTER_FILE_WORDS);
  generation = 0;
}

/** One field of a synthetic event: a value, or unknown. */
export interface FieldValue { readonly field: Field; readonly unknown: boolean; readonly words: readonly number[]; readonly text: string }
/** What happens before and by an event: register words that change. */
export interface Synthetic {
  readonly kind: number; readonly fields: readonly FieldValue[];
  readonly before: readonly (readonly [number, number])[]; readonly after: readonly (readonly [number, number])[];
}

const word = fc.oneof(fc.integer({ min: 0, max: 0xffff_ffff }), fc.integer({ min: 0, max: 300 }), fc.constantFrom(0, 1, 0xffff_ffff, 0x8000_0000));
const list = ['text', 'seqs', 'slots', 'walk', 'completeness', 'registers'];

function valueOf(field: Field): fc.Arbitrary<FieldValue> {
  const { type } = field;
  const high = word.map((value) => (type === 'number' ? value & 0x1f_ffff : value));
  const codes = typeof type === 'string' ? (type === 'bool' ? fc.integer({ min: 0, max: 1 }) : type === 'rule' ? fc.constant(0) : word) : fc.integer({ min: 0, max: type.oneOf.length - 1 });
  const words = typeof type === 'string' && list.includes(type) ? fc.array(word, { maxLength: 12 }) : fc.tuple(codes, high, word, word);
  return fc.record({ field: fc.constant(field), unknown: fc.boolean().map((one) => one && field.path !== 'iteration'), words, text: fc.string({ maxLength: 12, unit: 'grapheme' }) });
}

const changes = fc.array(fc.tuple(fc.integer({ min: 0, max: REGISTER_FILE_WORDS - 1 }), word), { maxLength: 6 });

/** An event of one kind with a random choice of its fields, or with all of them. */
export function syntheticOf(kind: number, which: 'all' | 'some'): fc.Arbitrary<Synthetic> {
  const all = [...COMMON_FIELDS, ...SCHEMA[kind]!.fields];
  const chosen = which === 'all' ? fc.constant(all) : fc.subarray(all);
  return chosen.chain((fields) => fc.record({
    kind: fc.constant(kind), fields: fc.tuple(...fields.map(valueOf)), before: changes, after: changes,
  }));
}
export const anySynthetic = fc.integer({ min: 0, max: SCHEMA.length - 1 }).chain((kind) => syntheticOf(kind, 'some'));

/** Fills a draft with a synthetic event. */
export function fill(draft: EventDraft, event: Synthetic): void {
  draft.begin(event.kind);
  for (const { field, unknown, words, text } of event.fields) {
    if (unknown) draft.setUnknown(field.handle);
    else if (field.type === 'text') draft.setText(field.handle, text);
    else if (typeof field.type === 'string' && list.includes(field.type)) fillList(draft, field, words);
    else {
      draft.set(field.handle, words[0]!);
      for (let at = 1; at < field.words; at += 1) draft.words[field.offset + at] = words[at]!;
    }
  }
}

function fillList(draft: EventDraft, field: Field, words: readonly number[]): void {
  const stride = field.type === 'seqs' || field.type === 'completeness' ? 2 : field.type === 'walk' ? 4 : 3;
  const count = Math.floor(words.length / stride);
  draft.setList(field.handle);
  draft.append(count);
  for (let item = 0; item < count; item += 1) {
    const [a, b, c, d] = words.slice(item * stride);
    if (field.type === 'seqs') appendSeq(draft, a! * 1000 + b! % 1000);
    else if (field.type === 'slots') appendSlot(draft, a! % 10, b!, c!);
    else if (field.type === 'walk') appendWalkLevel(draft, 2 - (item & 1), a! * 4096, b!, c!, d! & 63, 4096, d! & 15);
    else if (field.type === 'completeness') { draft.append(COMMON_FIELDS[a! % COMMON_FIELDS.length]!.handle); draft.append(b! & 1); }
    else { draft.append(a! % 32); draft.append(b!); draft.append(c!); }
  }
  if (field.type === 'walk') { draft.append(15); draft.append(0); }
}

export interface Written { readonly bytes: Uint8Array; readonly contentHash: string; readonly rows: Row[]; readonly before: Uint32Array[]; readonly after: Uint32Array[] }

/** Records synthetic events. `flushEvery`: rows between flushes; the copies tell what must come back. */
export function record(events: readonly Synthetic[], options: Partial<WriterOptions> & { readonly flushEvery?: number; readonly registers?: boolean } = {}): Written {
  const collector = new Collector();
  const machine = new FakeMachine();
  const writer = new TraceWriter({ machine: options.registers === false ? null : machine, facts: FACTS, sink: collector, deflate, ...options });
  const draft = new EventDraft();
  const rows: Row[] = [], before: Uint32Array[] = [], after: Uint32Array[] = [];
  const apply = (list: Synthetic['before']): void => { for (const [offset, value] of list) { machine.registers[offset] = value; machine.generation += 1; } };
  events.forEach((event, seq) => {
    apply(event.before);
    writer.before();
    before.push(machine.registers.slice());
    apply(event.after);
    fill(draft, event);
    after.push(machine.registers.slice());
    writer.emit(seq, draft);
    rows.push(copyRow(draft));
    if (options.flushEvery !== undefined && (seq + 1) % options.flushEvery === 0) writer.flush();
  });
  const { contentHash } = writer.finish();
  return { bytes: collector.bytes(), contentHash, rows, before, after };
}

/** A row that stays. */
export function copyRow(row: Row): Row {
  return { kind: row.kind, words: row.words.slice(0, SCHEMA[row.kind]!.words), heap: row.heap.slice(0, row.heapLength), heapLength: row.heapLength };
}

export const open = (bytes: Uint8Array): TraceReader => openTrace(bytes, inflate);

/** A trace with the same chunks behind another header JSON, as an older or newer core would have written it. */
export function withHeader(bytes: Uint8Array, change: (json: HeaderJson) => void): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const storedBytes = view.getUint32(12, true);
  const json = JSON.parse(new TextDecoder().decode(inflateRawSync(bytes.subarray(24, 24 + storedBytes)))) as HeaderJson;
  change(json);
  const text = new TextEncoder().encode(JSON.stringify(json));
  const stored = deflate(text);
  const out = new Uint8Array(24 + stored.length + bytes.length - 24 - storedBytes);
  out.set(bytes.subarray(0, 12));
  const words = new DataView(out.buffer);
  [stored.length, text.length, crc32(stored)].forEach((word, index) => { words.setUint32(12 + 4 * index, word, true); });
  out.set(stored, 24);
  out.set(bytes.subarray(24 + storedBytes), 24 + stored.length);
  return out;
}
export interface HeaderJson {
  kind: string; options: unknown;
  schema: { common: [string, unknown][]; kinds: [string, [string, unknown][]][]; rules: string[]; slotNames: string[]; registers: [string, number][] };
}
