// Recording again with a change: the new trace keeps it, can be executed again in both directions, verified and changed again.

import { describe, expect, it, vi } from 'vitest';
import { BadInput } from '../../../core/base/bad-input.ts';
import { parseChange } from '../../../core/event/change.ts';
import type { TraceEvent } from '../../../core/event/event.ts';
import type { Position } from '../../../core/event/position.ts';
import { materialiseFlags } from '../../../core/cpu/flags.ts';
import { createMachine } from '../../../core/machine/machine.ts';
import { positionOf } from '../../../core/machine/save-state.ts';
import { Session } from '../../../core/machine/session.ts';
import { infoOf } from '../../../core/ringscope/info.ts';
import type { OpenedRecording } from '../../../core/ringscope/open.ts';
import { isSameEvent } from '../../../core/ringscope/same-event.ts';
import { outcomeOf, planWhatIf, type Outcome, type WhatIf } from '../../../core/ringscope/whatif.ts';
import { verifyRecording } from '../../../core/ringscope/verify.ts';
import { positionOfEvent } from '../../../core/replay/source.ts';
import { BUSY_THEN_SLEEPS } from '../machine/interrupt-guests.ts';
import { prints } from '../machine/guests.ts';
import { open, record, scenario, type Wishes } from './recorded.ts';

// seconds on an idle machine; checks run beside other work
vi.setConfig({ testTimeout: 60_000 });

interface Again { readonly plan: WhatIf; readonly opened: OpenedRecording; readonly outcome: Outcome; readonly ended: string }

/** Records again, with many checkpoints, and holds the new trace to its word. */
async function again(before: OpenedRecording, seq: number, ...sets: readonly string[]): Promise<Again> {
  const plan = await planWhatIf(before, seq, sets);
  const { image, ...request } = plan.request;
  const { bytes, summary } = record(image, { ...request, tick: 5 });
  const opened = open(bytes);
  expect(await verifyRecording(opened)).toMatchObject({ ok: true, reexecution: 'same', events: opened.reader.eventCount });
  return { plan, opened, outcome: outcomeOf(before.reader, opened.reader, plan), ended: summary.ended };
}
const recorded = (image: Uint8Array, wishes: Wishes = {}): OpenedRecording => open(record(image, { tick: 5, ...wishes }).bytes);
const find = ({ reader }: OpenedRecording, wanted: (event: TraceEvent) => boolean): number => {
  for (let seq = 0; seq < reader.eventCount; seq += 1) if (wanted(reader.event(seq))) return seq;
  throw new Error('no such event');
};
const isFault = (mnemonic: string) => (event: TraceEvent): boolean => event.kind === 'fault' && event.mnemonic === mnemonic;

describe('a recording with a change', () => {
  it('gate-dpl: the INT that was refused is delivered', async () => {
    const before = recorded(scenario('gate-dpl'));
    const seq = find(before, isFault('#GP'));
    const { plan, opened, outcome } = await again(before, seq, 'idt[0x20].dpl=3');
    expect(plan.changed).toMatch(/^IDT entry 0x20 DPL: 0 -> 3 \(byte at physical 0x[0-9a-f]+\)$/);
    expect(opened.reader.event(seq)).toMatchObject({ kind: 'input', device: 'what-if', data: 'idt[0x20].DPL=0x3' });
    expect(outcome.asked).toMatchObject({ before: { seq, kind: 'fault', vector: 13 }, after: { seq: seq + 1, kind: 'transition', vector: 0x20, via: 'int' } });
    expect(outcome.first).toEqual(outcome.asked);
    expect(infoOf(opened).changes).toEqual([{ attempts: plan.boundary, set: 'idt[0x20].DPL=0x3' }]);
    expect(infoOf(before).changes).toEqual([]);
  });

  it('demand-paging: with the page supplied beforehand its fault does not happen', async () => {
    const before = recorded(scenario('demand-paging'));
    const seq = find(before, isFault('#PF'));
    const fault = before.reader.event(seq);
    const linear = fault.kind === 'fault' ? String(fault.cr2) : '';
    const { outcome } = await again(before, seq, `pte[${linear}]=0x200007`);
    expect(outcome.asked.before).toMatchObject({ kind: 'fault' });
    expect(outcome.asked.after).not.toMatchObject({ kind: 'fault', cr2: BigInt(linear) });
  });

  it('a change that changes nothing: the rest is the same, numbered one higher', async () => {
    const before = recorded(scenario('double-fault'));
    for (const seq of [0, 7, 8, 9, before.reader.eventCount - 1]) {
      const { opened, outcome } = await again(before, seq, 'phys:0x300000=1');
      expect(outcome.first, String(seq)).toBeNull();
      expect(opened.reader.eventCount).toBe(before.reader.eventCount + 1);
      expect(isSameEvent(outcome.asked.before, outcome.asked.after, 1)).toBe(true);
    }
  });

  it('the registers before and after the change stand in the trace', async () => {
    const before = recorded(prints('ab'));
    const { opened: { reader } } = await again(before, 1, 'eax=0x1234; eip=0x100000');
    const change = find({ reader } as OpenedRecording, (event) => event.kind === 'input');
    expect([reader.stateBefore(change)[0], reader.stateAfter(change)[0]].map((eax) => eax === 0x1234)).toEqual([false, true]);
  });

  it('a halted processor that is never to wake: the run ends there', async () => {
    const before = recorded(BUSY_THEN_SLEEPS);
    const last = before.reader.eventCount - 1;
    let seq = last;
    while (before.reader.event(seq).kind !== 'interrupt-line' || (before.reader.event(seq) as { state?: string }).state !== 'raised') seq -= 1;
    const { ended, opened } = await again(before, seq, 'eflags.IF=0');
    expect(ended).toBe('the processor halted and nothing could wake it');
    expect(opened.reader.event(opened.reader.eventCount - 1)).toMatchObject({ kind: 'input' });
  });

  it('ends by a bound at the change itself', async () => {
    const before = recorded(scenario('gate-dpl'));
    const seq = find(before, isFault('#GP'));
    const plan = await planWhatIf(before, seq, ['eax=1']);
    const { image, ...request } = plan.request;
    const opened = open(record(image, { ...request, maxEvents: seq + 1, tick: 5 }).bytes);
    expect(opened.reader.event(opened.reader.eventCount - 1)).toMatchObject({ kind: 'input' });
    expect(await verifyRecording(opened)).toMatchObject({ ok: true });
  });

  it('of a recording that already has one: both are made', async () => {
    const before = recorded(scenario('gate-dpl'));
    const seq = find(before, isFault('#GP'));
    const first = await again(before, seq, 'idt[0x20].dpl=3');
    const second = await again(first.opened, first.opened.reader.eventCount - 3, 'eax=7');
    const third = await again(second.opened, 3, 'ebx=9');
    expect(infoOf(third.opened).changes.map(({ set }) => set)).toEqual(['ebx=0x9', 'idt[0x20].DPL=0x3', 'eax=0x7']);
    const same = await again(first.opened, seq, 'idt[0x20].dpl=0');
    expect(infoOf(same.opened).changes.map(({ set }) => set)).toEqual(['idt[0x20].DPL=0x3', 'idt[0x20].DPL=0x0']);
    expect(same.opened.reader.event(seq + 2)).toMatchObject({ kind: 'fault', mnemonic: '#GP' });
    const tried = await first.opened.reexecutor!.ask({ kind: 'try', at: positionOfEvent(first.opened.reader, seq), change: 'eax=1', attempts: 1 });
    expect(tried.kind === 'tried' && tried.events.map(({ kind }) => kind)).toEqual(['input', 'transition']);
  });

  it('is refused for what is no recording, and for what cannot be read or made there', async () => {
    const before = recorded(scenario('gate-dpl'));
    await expect(planWhatIf({ ...before, reexecutor: null, absent: 'imported from a log' }, 3, ['eax=1'])).rejects.toThrow(new BadInput('imported from a log'));
    await expect(planWhatIf(before, 3, ['cr0.XX=1'])).rejects.toThrow(/CR0 has no field "XX"/);
    await expect(planWhatIf(before, 0, ['tss.esp0=1'])).rejects.toThrow('the change tss.esp0=0x1 cannot be made here: TR holds no TSS');
  });

  it('without a change costs nothing and says nothing', () => {
    expect(recorded(scenario('gate-dpl')).reader.header.options).not.toHaveProperty('what-if');
  });
});

describe('moments of a recording with changes', () => {
  // made without the re-executor: every boundary of a run that makes the changes
  function straight(image: Uint8Array, changes: WhatIf['request']['changes']): { readonly position: Position; readonly registers: readonly number[] }[] {
    const machine = createMachine({ image, request: { memoryBytes: 0x80_0000, changes: changes ?? [] }, allocate: (size) => new ArrayBuffer(size) });
    const session = new Session(machine);
    const boundaries = [];
    for (;;) {
      materialiseFlags(machine.cpu);
      boundaries.push({ position: positionOf(machine.cpu), registers: [...machine.cpu.registerFile] });
      if (session.end !== null) return boundaries;
      session.run(1);
    }
  }

  it('agree with a straight run, forwards and backwards over the changes', async () => {
    const before = recorded(BUSY_THEN_SLEEPS);
    const { opened, plan } = await again(before, 6, 'ecx=0x20; eflags.CF=1');
    const { reexecutor } = opened;
    const boundaries = straight(BUSY_THEN_SLEEPS, plan.request.changes);
    const near = boundaries.slice(Math.max(0, plan.boundary - 12), plan.boundary + 12);
    for (const { position, registers } of [...near, ...[...near].reverse()]) {
      const reply = await reexecutor!.ask({ kind: 'moment', at: position });
      if (reply.kind !== 'moment') throw new Error(JSON.stringify(reply));
      expect(reply.moment.position).toEqual(position);
      expect([...reply.moment.registers]).toEqual(registers);
    }
    const forward = await reexecutor!.ask({ kind: 'step', from: near[0]!.position, direction: 'forward', count: 20 });
    expect(forward.kind === 'moment' && [...forward.moment.registers]).toEqual(near[20]!.registers);
    const back = await reexecutor!.ask({ kind: 'step', from: near[20]!.position, direction: 'backward', count: 20 });
    expect(back.kind === 'moment' && [...back.moment.registers]).toEqual(near[0]!.registers);
  });

  it('any change, at any event: the new trace is reproduced exactly', async () => {
    let state = 0x0bad_cafe;
    const below = (end: number): number => {
      state ^= state << 13; state ^= state >>> 17; state ^= state << 5;
      return (state >>> 0) % end;
    };
    const sets = ['eflags.IF=0', 'eflags.TF=1', 'eax=0', 'ecx=1', 'eip=0x100000', 'idt[0x20].P=0', 'idtr.limit=0x7', 'phys:0x100050:4=0x90909090', 'gdt[1].P=0', 'esp=0x1000'];
    for (const image of [BUSY_THEN_SLEEPS, scenario('nested-interrupt'), scenario('two-threads')]) {
      const before = recorded(image, { maxInstructions: 12_000 });
      for (let round = 0; round < 12; round += 1) {
        const seq = below(before.reader.eventCount);
        const set = sets[below(sets.length)]!;
        try {
          parseChange(set);
          await again(before, seq, set);
        } catch (problem) {
          if (!(problem instanceof BadInput)) throw problem;
        }
      }
    }
  });
});
