// What-if on a recording: the trial says what happened instead, and leaves the machine as it was.

import { describe, expect, it, vi } from 'vitest';
import { BadInput } from '../../../core/base/bad-input.ts';
import type { TraceEvent } from '../../../core/event/event.ts';
import { TRY_EVENTS_MAX, type Reexecutor, type ReexecuteReply } from '../../../core/event/reexecutor.ts';
import { tryChange } from '../../../core/machine/reexecution/try-change.ts';
import { REGISTER_TARGETS } from '../../../core/event/change-targets.ts';
import { faultsForEver, prints } from '../machine/guests.ts';
import { open, record, scenario } from './recorded.ts';
import { hashOf, rewinderOf } from '../machine/stop-at.ts';

// seconds on an idle machine; checks run beside other work
vi.setConfig({ testTimeout: 60_000 });

type Opened = ReturnType<typeof open> & { readonly reexecutor: Reexecutor };
function opened(image: Uint8Array, maxInstructions = 15_000): Opened {
  const one = open(record(image, { maxInstructions, tick: 5 }).bytes);
  if (one.reexecutor === null) throw new Error(one.absent ?? 'no re-executor');
  return { ...one, reexecutor: one.reexecutor };
}
const positionOf = ({ reader }: Opened, seq: number): { readonly icount: number; readonly iteration: number; readonly seq: number } => {
  const { icount, iteration } = reader.event(seq);
  return { icount: icount ?? 0, iteration: iteration ?? 0, seq };
};
type Tried = Extract<ReexecuteReply, { kind: 'tried' }>;
async function tryAt(one: Opened, seq: number, change: string, attempts = 1): Promise<Tried> {
  const reply = await one.reexecutor.ask({ kind: 'try', at: positionOf(one, seq), change, attempts });
  if (reply.kind !== 'tried') throw new Error(`expected a trial, not ${JSON.stringify(reply)}`);
  return reply;
}
const kinds = (events: readonly TraceEvent[]): readonly string[] => events.map((event) => (event.kind === 'fault' ? event.mnemonic : event.kind === 'transition' ? `${event.via} ${String(event.from.cpl)}->${String(event.to.cpl)}` : event.kind));

describe('a trial', () => {
  it('of a gate\'s DPL: the INT that was refused is delivered', async () => {
    const one = opened(scenario('gate-dpl'));
    const nothing = await tryAt(one, 7, 'eax=0');
    expect(kinds(nothing.events)).toEqual(['#GP', 'exception 3->0']);
    expect(nothing.events[0]).toEqual(one.reader.event(7));
    const delivered = await tryAt(one, 7, 'idt[0x20].dpl=3');
    expect(delivered.changed).toMatch(/^IDT entry 0x20 DPL: 0 -> 3 \(byte at physical 0x[0-9a-f]+\)$/);
    expect(kinds(delivered.events)).toEqual(['int 3->0']);
    expect(delivered.events[0]).toMatchObject({ seq: 7, kind: 'transition', vector: 0x20 });
    expect(delivered.stopped).toBeNull();
    expect(delivered.boundary).toBe(positionOf(one, 7).icount);
  });

  it('of several changes: made in order, both said', async () => {
    const one = opened(scenario('gate-dpl'));
    const tried = await tryAt(one, 7, 'idt[0x20].dpl=3; idt[0x20].P=0');
    expect(tried.changed).toMatch(/DPL: 0 -> 3 .*; IDT entry 0x20 P: 1 -> 0/);
    expect(kinds(tried.events)).toEqual(['#NP', 'exception 3->0']);
  });

  it('of a page entry: the page is there', async () => {
    const one = opened(scenario('demand-paging'));
    const seq = Array.from({ length: one.reader.eventCount }, (_, at) => at).find((at) => one.reader.event(at).kind === 'fault')!;
    const fault = one.reader.event(seq);
    const linear = fault.kind === 'fault' ? fault.cr2 : null;
    const tried = await tryAt(one, seq, `pte[0x${linear!.toString(16)}]=0x8007`);
    expect(tried.events).toEqual([]);
    expect(tried.stopped).toBeNull();
  });

  it('goes on where the recording ends, and says why it stops', async () => {
    const one = opened(prints('ab'));
    const last = one.reader.eventCount - 1;
    expect(one.reader.event(last).kind).toBe('exit');
    const ended = await tryAt(one, last, 'eax=7', 10);
    expect(ended.stopped).toBe('the guest exited with 0x7');
    const short = opened(faultsForEver(), 50);
    const more = await tryAt(short, 10, 'eax=1', 1000);
    expect(more.stopped).toBe('the bound --max-instructions was reached');
  });

  it('collects a bounded number of events', async () => {
    const one = opened(faultsForEver(), 5000);
    const tried = await tryAt(one, 10, 'eax=1', 4000);
    expect(tried.events.length).toBe(TRY_EVENTS_MAX);
    expect(tried.stopped).toBe('1000 events were made: more are not collected');
  });

  it('leaves the answers to other questions as they were', async () => {
    const one = opened(scenario('demand-paging')), fresh = opened(scenario('demand-paging'));
    for (let seq = 0; seq < one.reader.eventCount; seq += 1) {
      await tryAt(one, seq, 'eip=0x100000; phys:0x101000:4=0', 2000);
      const at = positionOf(one, seq);
      expect(await one.reexecutor.ask({ kind: 'moment', at })).toEqual(await fresh.reexecutor.ask({ kind: 'moment', at }));
    }
    expect(await one.reexecutor.ask({ kind: 'verify' })).toMatchObject({ kind: 'verified', events: one.reader.eventCount });
  });

  it('is refused in one sentence when it cannot be made', async () => {
    const one = opened(scenario('gate-dpl'));
    const ask = (change: unknown, attempts = 1): Promise<unknown> => one.reexecutor.ask({ kind: 'try', at: positionOf(one, 0), change: change as string, attempts });
    await expect(ask('pte[0].P=1')).rejects.toThrow(BadInput);
    await expect(ask('pte[0].P=1')).rejects.toThrow('the change pte[0x0].P=0x1 cannot be made here: paging is off');
    await expect(ask('cr9=1')).rejects.toThrow(/is refused at column 1/);
    await expect(ask(7)).rejects.toThrow('a request to try something needs the change as text');
    await expect(ask('eax=1', 1e9)).rejects.toThrow(/attempts of a request must be a whole number/);
    expect((await tryAt(one, 0, 'eax=1', 0)).events).toEqual([]);
  });
});

describe('any change, anywhere', () => {
  it('leaves the machine\'s state exactly as it was', () => {
    let state = 0x1234_5678;
    const below = (end: number): number => {
      state ^= state << 13; state ^= state >>> 17; state ^= state << 5;
      return (state >>> 0) % end;
    };
    const pick = <Item>(items: readonly Item[]): Item => items[below(items.length)]!;
    const makers: readonly (() => string)[] = [
      () => `${pick(REGISTER_TARGETS).spelled}=${String(below(0x1_0000))}`,
      () => { const target = pick(REGISTER_TARGETS.filter(({ fields }) => fields.length > 0)); return `${target.spelled}.${pick(target.fields.filter(({ width }) => width === 1)).name}=${String(below(2))}`; },
      () => `idt[${String(below(256))}].${pick(['P', 'DPL', 'type', 'selector'])}=${String(below(2))}`,
      () => `gdt[${String(below(7))}].${pick(['P', 'DPL', 'type', 'limit', 'base'])}=${String(below(2))}`,
      () => `tss.${pick(['esp0', 'ss0'])}=${String(below(0x1_0000))}`,
      () => `pte[${String(pick([0x10_0000, 0x40_0000, 0x40_3000]) + below(8) * 0x1000)}].${pick(['P', 'US', 'RW', 'base'])}=${String(below(2))}`,
      () => `pde[${String(below(2) * 0x40_0000)}].${pick(['P', 'US', 'RW', 'PS'])}=${String(below(2))}`,
      () => `phys:${String(0x10_0000 + below(0x8000))}:4=${String(below(0x7fff_ffff))}`,
    ];
    let made = 0;
    for (const name of ['gate-dpl', 'demand-paging', 'double-fault', 'tour32', 'two-threads']) {
      const rewinder = rewinderOf(name);
      for (let round = 0; round < 30; round += 1) {
        rewinder.goToAttempts(below(8000));
        if (rewinder.session.end !== null) continue;
        const before = hashOf(rewinder);
        const change = pick(makers)();
        try {
          tryChange(rewinder, change, 1 + below(300));
          made += 1;
        } catch (problem) {
          if (!(problem instanceof BadInput)) throw problem;
        }
        expect(hashOf(rewinder), `${name}: ${change}`).toBe(before);
      }
    }
    expect(made).toBeGreaterThan(60);
  });
});
