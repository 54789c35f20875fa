// Execution and explanation are one: a check broken in the source of the processor changes both together. A copy of core has one condition
// replaced; guests are recorded, executed again and explained with it, by the same way as ever.

import { cpSync, mkdtempSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, describe, expect, test, vi } from 'vitest';
import type { FaultEvent, TraceEvent, TransitionEvent } from '../../../core/event/event.ts';
import type * as ExplainModule from '../../../core/replay/explain/explain.ts';
import type { Explanation } from '../../../core/replay/explain/explanation.ts';
import type * as OpenModule from '../../../core/ringscope/open.ts';
import type * as RecordModule from '../../../core/ringscope/record.ts';
import { deflate, inflate, scenario } from './recorded.ts';

vi.setConfig({ testTimeout: 60_000 });

const root = fileURLToPath(new URL('../../..', import.meta.url));
const out = path.join(root, 'test/out');
mkdirSync(out, { recursive: true });
const folder = mkdtempSync(path.join(out, 'broken-check-'));
afterAll(() => { rmSync(folder, { recursive: true, force: true }); });

interface Break { readonly file: string; readonly condition: string; readonly by: string }

/** What a core says of a guest: its events, and the explanation of one of them. */
interface Told { readonly events: readonly TraceEvent[]; readonly explain: (seq: number) => Promise<Explanation> }

/** Records with the core in `core`, opens what was recorded with it, and explains with it. */
async function tell(core: string, image: Uint8Array): Promise<Told> {
  const load = (file: string): Promise<unknown> => import(pathToFileURL(path.join(core, file)).href);
  const { startRecording } = await load('ringscope/record.ts') as typeof RecordModule;
  const { openRecording } = await load('ringscope/open.ts') as typeof OpenModule;
  const { explainEvent } = await load('replay/explain/explain.ts') as typeof ExplainModule;
  const chunks: Uint8Array[] = [];
  let time = 0;
  const recording = startRecording({
    image, name: 'test', memoryBytes: 0x80_0000, maxInstructions: 20_000, deflate, sink: (bytes) => { chunks.push(bytes.slice()); }, now: () => (time += 1),
  });
  while (recording.runSlice().end === null);
  recording.finish();
  const { reader, reexecutor, absent, symbols } = openRecording(Buffer.concat(chunks), { inflate });
  return {
    events: Array.from({ length: reader.eventCount }, (_, seq) => reader.event(seq)),
    explain: (seq) => explainEvent({ trace: reader, reexecutor, absent, symbols }, seq),
  };
}

/** A copy of core with one condition replaced. */
function broken({ file, condition, by }: Break): string {
  const core = mkdtempSync(path.join(folder, 'core-'));
  cpSync(path.join(root, 'core'), core, { recursive: true });
  // it stands for the place it was copied from
  rmSync(path.join(core, 'tsconfig.json'));
  const source = readFileSync(path.join(core, file), 'utf8');
  expect(source.split(condition)).toHaveLength(2);
  writeFileSync(path.join(core, file), source.replace(condition, by));
  return core;
}

const isRefusal = (rule: string, ip: bigint | null) => (event: TraceEvent): event is FaultEvent => event.kind === 'fault' && event.rule === rule && (ip === null || event.ip === ip);
const isEntry = (vector: number) => (event: TraceEvent): event is TransitionEvent => event.kind === 'transition' && event.via === 'int' && event.vector === vector;
const stepOf = (explanation: Explanation, rule: string) => explanation.steps.find((one) => one.rule === rule);
const GATE_DPL = { file: 'cpu/interrupt-gate.ts', condition: 'demand(cpu, R_GATE_DPL, cpu.cpl <= gateDpl(gate.high)' };

describe('the DPL of a gate', () => {
  test('as it is: INT 0x20 from ring 3 is refused, and the ladder has it fail', async () => {
    const { events, explain } = await tell(path.join(root, 'core'), scenario('gate-dpl'));
    const fault = events.find(isRefusal('gate-dpl', null))!;
    expect(fault.deliveryOf?.vector).toBe(0x20);
    const explanation = await explain(fault.seq);
    expect(explanation.failed).toMatchObject({ rule: 'gate-dpl', operands: { 'CPL': '3', 'gate DPL': '0' } });
  });

  test('made to pass always: the same INT is delivered, and the ladder has it pass, with the same values', async () => {
    const { events, explain } = await tell(broken({ ...GATE_DPL, by: 'demand(cpu, R_GATE_DPL, true' }), scenario('gate-dpl'));
    expect(events.filter(isRefusal('gate-dpl', null))).toEqual([]);
    const entry = events.find(isEntry(0x20))!;
    expect([entry.from.cpl, entry.to.cpl]).toEqual([3, 0]);
    const explanation = await explain(entry.seq);
    expect(explanation.basis).toEqual({ kind: 're-execution' });
    expect(explanation.failed).toBeNull();
    expect(stepOf(explanation, 'gate-dpl')).toMatchObject({ outcome: 'pass', operands: { 'CPL': '3', 'gate DPL': '0' } });
  });

  test('made to fail always: a gate with DPL 3 is refused, and the ladder has it fail', async () => {
    const whole = await tell(path.join(root, 'core'), scenario('int80-syscall'));
    const entry = whole.events.find(isEntry(0x80))!;
    expect(stepOf(await whole.explain(entry.seq), 'gate-dpl')).toMatchObject({ outcome: 'pass', operands: { 'CPL': '3', 'gate DPL': '3' } });
    const { events, explain } = await tell(broken({ ...GATE_DPL, by: 'demand(cpu, R_GATE_DPL, false' }), scenario('int80-syscall'));
    const fault = events.find(isRefusal('gate-dpl', entry.ip))!;
    expect(fault).toMatchObject({ mnemonic: '#GP', errorCode: 0x402 });
    expect((await explain(fault.seq)).failed).toMatchObject({ rule: 'gate-dpl', outcome: 'fail', operands: { 'CPL': '3', 'gate DPL': '3' } });
  });
});

test('the rights of a page made not to be asked: the read that was refused is done', async () => {
  const whole = await tell(path.join(root, 'core'), scenario('page-rights'));
  const fault = whole.events.find(isRefusal('page-user', null))!;
  expect((await whole.explain(fault.seq)).failed).toMatchObject({ rule: 'page-user', outcome: 'fail' });
  const { events } = await tell(broken({ file: 'cpu/page-rights.ts', condition: 'judge(cpu, R_USER, rights.user,', by: 'judge(cpu, R_USER, true,' }), scenario('page-rights'));
  expect(events.filter(isRefusal('page-user', null))).toEqual([]);
  expect(events.slice(0, fault.seq)).toEqual(whole.events.slice(0, fault.seq));
});
