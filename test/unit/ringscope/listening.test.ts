// A listening probe changes nothing: every sample trace, executed again wholly while somebody listens, gives the recorded events and the
// same machine at the end. And what it hears is complete: each fault has exactly one failing check, its own rule; a transition has none.

import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test, vi } from 'vitest';
import { watchedPages } from '../../../core/cpu/page-flags.ts';
import type { EventDraft } from '../../../core/event/draft.ts';
import { CHECK_FAIL } from '../../../core/event/probe.ts';
import { decodeEvent } from '../../../core/event/decode.ts';
import { ruleOf } from '../../../core/event/rules.ts';
import { ComparingProbe } from '../../../core/machine/reexecution/comparing-probe.ts';
import { createMachine, type Machine } from '../../../core/machine/machine.ts';
import { requestOf } from '../../../core/machine/options.ts';
import { boundsOf } from '../../../core/machine/reexecution/recorded-bounds.ts';
import { Session } from '../../../core/machine/session.ts';
import { machineOptionsOf } from '../../../core/ringscope/header-options.ts';
import type { TraceReader } from '../../../core/trace/reader.ts';
import { open } from './recorded.ts';

vi.setConfig({ testTimeout: 120_000 });

const traces = new URL('../../../traces/', import.meta.url);
const names = readdirSync(traces).filter((file) => file.endsWith('.rtrace')).map((file) => file.slice(0, -7)).sort();

function machineOf(reader: TraceReader): { readonly machine: Machine; readonly session: Session; readonly probe: ComparingProbe } {
  const options = machineOptionsOf(reader.header);
  const machine = createMachine({ image: reader.image()!, request: requestOf(options), allocate: (size) => new ArrayBuffer(size) });
  const probe = new ComparingProbe(machine.cpu, { rowOf: (seq) => (reader.has(seq) ? reader.row(seq) : null), eventCount: reader.eventCount });
  machine.cpu.probe = probe;
  return { machine, session: new Session(machine, boundsOf(machine.cpu, { checkpoints: reader.checkpoints, eventCount: reader.eventCount })), probe };
}

/** Counts what it hears and passes events on; `odd` are events whose failing checks are not what they should be. */
class CountingProbe {
  readonly listening = true;
  checks = 0;
  accesses = 0;
  readonly odd: string[] = [];
  failed: string[] = [];
  readonly events: ComparingProbe;
  constructor(events: ComparingProbe) { this.events = events; }

  before(): void { this.events.before(); }
  check(rule: number, outcome: number): void {
    this.checks += 1;
    if (outcome === CHECK_FAIL) this.failed.push(ruleOf(rule)?.id ?? '?');
  }
  access(): void { this.accesses += 1; }
  differ(): void { /* what others do is no check */ }
  emit(seq: number, draft: EventDraft): void {
    this.events.emit(seq, draft);
    const event = decodeEvent(draft, seq);
    const expected = event.kind === 'fault' ? [event.rule] : event.kind === 'transition' ? [] : event.kind === 'shutdown' ? ['double-fault-delivered'] : null;
    if (expected === null) return;
    if (JSON.stringify(this.failed) !== JSON.stringify(expected)) this.odd.push(`${String(seq)} ${event.kind}: ${this.failed.join(' ')}, not ${expected.join(' ')}`);
    this.failed = [];
  }
}

describe.each(names)('%s', (name) => {
  const { reader } = open(readFileSync(new URL(`${name}.rtrace`, traces)));

  test('listened to, it gives the recorded events, the same machine, and one failing check for each fault', () => {
    const silent = machineOf(reader), heard = machineOf(reader);
    const probe = new CountingProbe(heard.probe);
    heard.machine.cpu.probe = probe;
    silent.session.run(Infinity);
    heard.session.run(Infinity);
    expect(silent.probe.differsAt).toBeNull();
    expect(heard.probe.differsAt).toBeNull();
    expect(heard.session.end).toEqual(silent.session.end);
    expect(heard.machine.cpu.seq).toBe(reader.eventCount);
    expect(Buffer.compare(heard.machine.cpu.processorBytes, silent.machine.cpu.processorBytes)).toBe(0);
    expect(Buffer.compare(heard.machine.cpu.ram, silent.machine.cpu.ram)).toBe(0);
    expect(watchedPages(heard.machine.cpu)).toEqual(watchedPages(silent.machine.cpu));
    expect(probe.checks).toBeGreaterThan(100);
    expect(probe.accesses).toBeGreaterThan(10);
    expect(probe.odd).toEqual([]);
  });
});
