// Every kind of recording is reproduced, checkpoints anywhere; what was changed or cut is said.

import { readdirSync } from 'node:fs';
import { describe, expect, it, vi } from 'vitest';
import { codeOf, EVENT_KINDS } from '../../../core/event/kinds.ts';
import { EventDraft, type Row } from '../../../core/event/draft.ts';
import { handleOf } from '../../../core/event/schema.ts';
import { createReexecutor, type Recorded } from '../../../core/machine/reexecution/reexecutor.ts';
import { machineOptionsOf } from '../../../core/ringscope/header-options.ts';
import { verifyRecording } from '../../../core/ringscope/verify.ts';
import { removeParts } from '../../../core/trace/remove-parts.ts';
import { faultsForEver, prints, SPINS, TRIPLE_FAULTS, CLOSES_A20, writesMemory } from '../machine/guests.ts';
import { deflate, inflate, open, record, scenario } from './recorded.ts';

// seconds on an idle machine; checks run beside other work
vi.setConfig({ testTimeout: 60_000 });

const SCENARIOS = readdirSync(new URL('../../../traces/', import.meta.url)).filter((file) => file.endsWith('.img')).map((file) => file.slice(0, -4));

describe('verify', () => {
  it.each(SCENARIOS)('reproduces %s, with checkpoints anywhere', async (name) => {
    for (const tick of [0, 25]) {
      const verification = await verifyRecording(open(record(scenario(name), { tick }).bytes));
      expect(verification).toMatchObject({ ok: true, reexecution: 'same', damage: [], differsAt: null });
    }
  });

  it('reproduces runs that end in every way', async () => {
    const images = [prints('a\nb'), TRIPLE_FAULTS, CLOSES_A20, SPINS, faultsForEver(), writesMemory(5_000)];
    for (const image of images) {
      const { bytes } = record(image, { maxInstructions: 3_000, tick: 25 });
      expect(await verifyRecording(open(bytes))).toMatchObject({ ok: true, reexecution: 'same' });
    }
    expect(await verifyRecording(open(record(SPINS, { cancelAfter: 2 }).bytes))).toMatchObject({ ok: true, reexecution: 'same' });
    expect(await verifyRecording(open(record(faultsForEver(), { maxEvents: 3 }).bytes))).toMatchObject({ ok: true, reexecution: 'same', events: 3 });
    const until = { text: 'fault', matches: (seq: number) => seq === 7 };
    expect(await verifyRecording(open(record(faultsForEver(), { until }).bytes))).toMatchObject({ ok: true, reexecution: 'same' });
    const filter = { text: 'fault', matches: (_seq: number, { kind }: Row) => kind === codeOf(EVENT_KINDS, 'fault') };
    expect(await verifyRecording(open(record(faultsForEver(), { filter, maxInstructions: 300 }).bytes))).toMatchObject({ ok: true, reexecution: 'same' });
  });

  it('reproduces what a killed recorder left, and says that it is cut', async () => {
    const { bytes } = record(scenario('int80-vs-sysenter'), { tick: 25 });
    for (const part of [0.5, 0.8, 0.99]) {
      const verification = await verifyRecording(open(bytes.subarray(0, Math.floor(bytes.length * part))));
      expect(verification.ok).toBe(false);
      expect(verification.sentence).toMatch(/cut off/);
      expect(verification.reexecution).not.toBe('differs');
    }
  });

  it('says at which event a changed row differs, and that instruction views end there', async () => {
    const { reader } = open(record(scenario('int80-syscall')).bytes);
    const field = handleOf('transition', 'vector') & 0x1ff;
    const rows = Array.from({ length: reader.eventCount }, (_, seq) => {
      const draft = new EventDraft();
      reader.readRow(seq, draft);
      return draft;
    });
    const seq = rows.findIndex((row) => EVENT_KINDS[row.kind] === 'transition');
    const recorded: Recorded = {
      image: reader.image() ?? new Uint8Array(0), files: [], inputs: [], options: machineOptionsOf(reader.header), checkpoints: reader.checkpoints,
      eventCount: reader.eventCount, coreVersion: '9.9.9', rowOf: (one) => rows[one]!,
    };
    const reexecutor = createReexecutor(recorded, { allocate: (size) => new ArrayBuffer(size) });
    const absent = { kind: 'absent', reason: `recorded by core 9.9.9, differs at seq ${String(seq)}`, differsAt: seq };
    const before = await reexecutor.ask({ kind: 'moment', at: { icount: reader.icountAt(seq), iteration: 0, seq } });
    expect(before.kind).toBe('moment');
    rows[seq]!.words[field]! ^= 0x100;
    expect(await reexecutor.ask({ kind: 'step', from: { icount: 0, iteration: 0, seq: 0 }, direction: 'forward', count: 100_000 })).toEqual(absent);
    expect((await reexecutor.ask({ kind: 'moment', at: { icount: 0, iteration: 0, seq: 0 } })).kind).toBe('moment');
  });

  it('notices a trace whose bytes were changed', async () => {
    const { bytes } = record(scenario('int80-syscall'));
    const sound = open(bytes).reader;
    const changed = removeParts(bytes, [], { inflate, deflate });
    expect(open(changed).reader.contentHash).toBe(sound.contentHash);
    const damaged = bytes.slice();
    damaged[Math.floor(bytes.length / 2)]! ^= 0x40;
    const verification = await verifyRecording(open(damaged));
    expect(verification.ok).toBe(false);
    expect(verification.damage.length).toBeGreaterThan(0);
  });

  it('is sound without image or checkpoints, and says what is absent', async () => {
    const { bytes } = record(scenario('int80-syscall'), { tick: 25 });
    const bare = open(removeParts(bytes, ['image', 'checkpoint'], { inflate, deflate }));
    expect(bare.reexecutor).toBeNull();
    expect(await verifyRecording(bare)).toMatchObject({ ok: true, reexecution: 'absent' });
    const withImage = await verifyRecording(open(removeParts(bytes, ['checkpoint'], { inflate, deflate })));
    expect(withImage).toMatchObject({ ok: true, reexecution: 'same', checkpoints: 0 });
  });
});
