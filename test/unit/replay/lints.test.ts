// Lints of the scenarios: the mistakes they are made of are told when they are set up, and a correct kernel hears nothing untrue.

import { describe, expect, it, vi } from 'vitest';
import { describeEvent } from '../../../core/event/describe.ts';
import { isSetUp, lintsOf, lintsOfTrace, type StandingLint } from '../../../core/replay/lints.ts';
import type { ExplainSource } from '../../../core/replay/explain/inquiry.ts';
import { TRIPLE_FAULTS } from '../machine/guests.ts';
import { open, record, scenario } from '../ringscope/recorded.ts';

// seconds on an idle machine; checks run beside other work
vi.setConfig({ testTimeout: 120_000 });

function sourceOf(image: Uint8Array): ExplainSource {
  const { reader, reexecutor, absent, symbols } = open(record(image, { tick: 5 }).bytes);
  return { trace: reader, reexecutor, absent, symbols };
}
async function lintsOfScenario(name: string): Promise<{ readonly source: ExplainSource; readonly lints: readonly StandingLint[] }> {
  const source = sourceOf(scenario(name));
  const result = await lintsOfTrace(source);
  if (result.kind !== 'lints') throw new Error(result.reason);
  expect(result.cut).toBe(false);
  return { source, lints: result.lints };
}

const CORRECT = [
  'int80-syscall', 'sysenter-sysexit', 'int80-vs-sysenter', 'invalid-instruction', 'segmentation-violation', 'demand-paging', 'gate-dpl', 'stack-fault', 'iret-bad-frame', 'two-threads',
  'call-gate', 'nested-interrupt', 'stale-ss', 'error-code-left', 'missing-invlpg', 'page-rights', 'smap-refault', 'corrupted-page-table', 'selector-error-code', 'kernel-stack-overflow',
  'unremapped-pic', 'tiny-kernel',
];

describe('lints of a trace', () => {
  it.each(CORRECT)('%s: nothing was set up wrong, and nothing is said', async (name) => {
    expect((await lintsOfScenario(name)).lints).toEqual([]);
  });

  it('nx-without-nxe: at the WRMSR that clears EFER.NXE', async () => {
    const { lints } = await lintsOfScenario('nx-without-nxe');
    expect(lints).toHaveLength(1);
    expect(lints[0]).toMatchObject({ seq: 14, severity: 'warning', trial: 'page-entry', rule: 'page-table-nxe', fault: '#PF(0x9)', linear: 0x40_1000n, cameTrue: 19 });
    expect(lints[0]!.sentence).toBe('an access to a page that may not be executed fails: #PF(0x9) at linear 0x401000, because bit 63 (XD) is set, and EFER 0x0 has NXE = 0 (page entry 0x8000000000401027 at physical 0x104008)');
  });

  it('triple-fault: the IDT limit, at LIDT', async () => {
    const { source, lints } = await lintsOfScenario('triple-fault');
    expect(lints).toHaveLength(1);
    expect(lints[0]).toMatchObject({ seq: 1, lastSeq: 11, severity: 'warning', vectors: [8, 13, 14], rule: 'idt-limit', fault: '#GP(0x43)', cameTrue: 13 });
    expect(lints[0]!.sentence).toBe('#DF, #GP and #PF cannot be delivered: #GP(0x43), because the gate ends at byte 0x47, beyond the IDT limit 0x1f');
    expect(describeEvent(source.trace.event(1))).toMatch(/^IDTR is loaded/);
  });

  it('double-fault: an absent gate, and an IDT in a page that is not mapped; the loads of the task switch are not the guest\'s', async () => {
    const { lints } = await lintsOfScenario('double-fault');
    expect(lints.map(({ seq, severity, vectors, rule, cameTrue }) => ({ seq, severity, first: vectors[0], rule, cameTrue }))).toEqual([
      { seq: 1, severity: 'warning', first: 13, rule: 'gate-present', cameTrue: 8 },
      { seq: 14, severity: 'warning', first: 14, rule: 'page-table-present', cameTrue: 17 },
    ]);
    expect(lints[1]!.sentence).toMatch(/^vectors 0xe to 0x81 cannot be delivered: #PF\(0x0\) at linear 0x109000, because .* \(page entry 0x0 at physical 0x103424\)$/);
    expect(lints[1]!.linear).toBe(0x10_9000n);
    expect(lints[1]!.read).toMatchObject({ what: 'page-entry', physical: 0x10_3424n });
  });

  it('not-present: the gate that is absent until it is repaired', async () => {
    const { lints } = await lintsOfScenario('not-present');
    expect(lints).toHaveLength(1);
    expect(lints[0]).toMatchObject({ vectors: [0x81], rule: 'gate-present', cameTrue: 13 });
  });

  it.each([
    ['idt-not-mapped', 'page-table-present', '#PF(0x0)', 'warning'], ['tss-not-ready', 'inner-ss-not-null', '#TS(0x1)', 'warning'], ['sysenter-msrs', 'sysenter-cs-set', '#GP(0x0)', 'warning'],
  ])('%s: the mistake is told before it comes true', async (name, rule, fault, severity) => {
    const { source, lints } = await lintsOfScenario(name);
    expect(lints).toHaveLength(1);
    const [lint] = lints;
    expect(lint).toMatchObject({ rule, fault, severity });
    expect(lint!.cameTrue).toBeGreaterThan(lint!.lastSeq);
    expect(source.trace.event(lint!.cameTrue!)).toMatchObject({ kind: 'fault', rule });
  });

  it('tour32: only the IDT that is emptied to end the run', async () => {
    const { lints } = await lintsOfScenario('tour32');
    expect(lints).toHaveLength(1);
    expect(lints[0]).toMatchObject({ vectors: [8, 13, 14], rule: 'idt-limit', fault: '#GP(0x43)' });
    expect(lints[0]!.cameTrue).toBeGreaterThan(lints[0]!.seq);
  });

  it('nothing set up, nothing said', async () => {
    expect(await lintsOfTrace(sourceOf(TRIPLE_FAULTS))).toEqual({ kind: 'lints', lints: [], setUps: 0, cut: false });
  });
});

describe('lints of one event', () => {
  it('are those behind it; none for an event that sets nothing up', async () => {
    const source = sourceOf(scenario('triple-fault'));
    expect([0, 1, 2, 3, 4, 5, 6, 11].map((seq) => isSetUp(source, seq))).toEqual([true, true, true, false, true, false, false, true]);
    expect(await lintsOf(source, 0)).toEqual({ kind: 'lints', lints: [] });
    expect(await lintsOf(source, 6)).toEqual({ kind: 'lints', lints: [] });
    const behind = await lintsOf(source, 11);
    expect(behind.kind === 'lints' && behind.lints.map(({ trial, seq }) => ({ trial, seq }))).toEqual([{ trial: 'delivery-from-ring-3', seq: 11 }]);
  });

  it('are absent with the reason where nothing can be executed again', async () => {
    const source = { ...sourceOf(scenario('triple-fault')), reexecutor: null, absent: 'there is no image' };
    expect(await lintsOf(source, 1)).toEqual({ kind: 'absent', reason: expect.stringContaining('there is no image') as string });
    expect((await lintsOfTrace(source)).kind).toBe('absent');
  });
});
