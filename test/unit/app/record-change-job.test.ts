// Recording the guest of a trace with a change: the new trace parts from the old one at the change; what cannot be is one line.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inflateRawSync } from 'node:zlib';
import { afterAll, expect, test } from 'vitest';
import { WHAT_IF_DEVICE } from '../../../core/event/change-plan.ts';
import { openTrace } from '../../../core/trace/reader.ts';
import { startRecording } from '../../../core/ringscope/record.ts';
import { newControlMemory } from '../../../app/contract/record-control.ts';
import type { RecordMessage } from '../../../app/contract/worker.ts';
import { recordChangeJob } from '../../../app/worker/record-change-job.ts';

const folder = mkdtempSync(join(tmpdir(), 'ringscope-change-'));
const output = join(folder, 'out.rtrace');
const gate = new URL('../../../traces/gate-dpl.rtrace', import.meta.url).pathname;
const read = (path: string) => openTrace(readFileSync(path), (bytes, maxBytes) => inflateRawSync(bytes, { maxOutputLength: Math.max(1, maxBytes) }));
afterAll(() => { rmSync(folder, { recursive: true, force: true }); });

async function messagesOf(trace: string, change: string, seq: number): Promise<readonly RecordMessage[]> {
  const messages: RecordMessage[] = [];
  const control = newControlMemory();
  await recordChangeJob({ role: 'record-change', trace, output, seq, change, control }, { start: startRecording, tell: (message) => messages.push(message), now: () => performance.now() });
  return messages;
}

test('a gate that let nobody in lets ring 3 in, from the change on', async () => {
  const old = read(gate);
  const seq = Array.from({ length: old.eventCount }, (_, at) => at).find((at) => old.event(at).kind === 'fault') ?? 0;
  expect((await messagesOf(gate, 'idt[0x20].DPL=3', seq)).at(-1)).toEqual({ kind: 'finished' });
  const made = read(output);
  expect(made.event(seq)).toMatchObject({ kind: 'input', device: WHAT_IF_DEVICE });
  expect(made.event(seq + 1)).toMatchObject({ kind: 'transition', via: 'int', vector: 0x20 });
});

test('a change that cannot be made and a trace without its guest are refused in one line', async () => {
  const refused = await messagesOf(gate, 'idt[0x20].DPLL=3', 7);
  expect(refused).toEqual([{ kind: 'failed', message: expect.stringMatching(/^the change .* is refused at column 11: /) as string }]);
  const none = join(folder, 'none.rtrace');
  writeFileSync(none, 'no trace');
  expect(await messagesOf(none, 'cr0.WP=0', 0)).toEqual([{ kind: 'failed', message: expect.stringMatching(/^[^\n]+$/) as string }]);
});
