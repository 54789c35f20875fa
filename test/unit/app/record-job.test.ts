// The recording job around the recorder: what it asks for, what it reports, and that every failure is one line.
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { BadInput } from '../../../core/base/bad-input.ts';
import type { RecordRequest } from '../../../core/ringscope/record.ts';
import { newControlMemory, RecordControl, STOP } from '../../../app/contract/record-control.ts';
import type { RecordMessage, RecordTask } from '../../../app/contract/worker.ts';
import { recordJob, type RecordTools } from '../../../app/worker/record-job.ts';

const folder = mkdtempSync(join(tmpdir(), 'ringscope-job-'));
const image = join(folder, 'guest.img');
writeFileSync(image, Uint8Array.of(0xf4));
afterAll(() => { rmSync(folder, { recursive: true, force: true }); });

const task = (stop: number): RecordTask => {
  const control = newControlMemory();
  if (stop === STOP.keep) new RecordControl(control).stop();
  return { role: 'record', image, files: [], output: join(folder, 'out.rtrace'), options: { format: 'flat', org: 0x7c00, memory: 1 << 20 }, control };
};

/** A recorder that ends after `slices` slices or when cancelled, and notes what it was asked. */
function recorder(slices: number) {
  const seen: { requests: RecordRequest[]; cancelled: boolean } = { requests: [], cancelled: false };
  const start: RecordTools['start'] = (request) => {
    seen.requests.push(request);
    let left = slices;
    const progress = () => ({ instructions: slices - left, attempts: slices - left, events: 1, bytes: 3, worked: 0, rest: 0, end: left <= 0 ? { kind: 'halt' } as const : null });
    return {
      bounds: { maxInstructions: 1_000_000_000, maxEvents: 10_000_000 },
      runSlice: () => { left--; request.onConsole?.('com1', Uint8Array.of(0x68, 0x69)); return progress(); },
      give: () => undefined, rested: () => undefined,
      cancel: () => { seen.cancelled = true; left = 0; },
      finish: () => { request.sink(Uint8Array.of(1, 2, 3)); return { ...progress(), end: { kind: 'halt' }, ended: '', contentHash: '', notes: [] }; },
    };
  };
  return { seen, start };
}

function messagesOf(start: RecordTools['start'], of: RecordTask): readonly RecordMessage[] {
  const messages: RecordMessage[] = [];
  let time = 0;
  recordJob(of, { start, tell: (message) => messages.push(message), now: () => (time += 60) });
  return messages;
}

test('passes the options on, writes what comes, reports now and then and at the end', () => {
  const { seen, start } = recorder(5);
  const messages = messagesOf(start, task(STOP.run));
  expect(seen.requests[0]).toMatchObject({ name: 'guest.img', format: 'flat', org: 0x7c00, memoryBytes: 1 << 20 });
  expect(seen.requests[0]).not.toHaveProperty('maxInstructions');
  expect(messages.at(-1)).toEqual({ kind: 'finished' });
  expect(messages.at(-2)).toMatchObject({ kind: 'progress', progress: { instructions: 5, events: 1, bytes: 3, state: 'runs', console: 'hihihihihi' } });
  expect(messages.length).toBeGreaterThan(2);
  expect([...readFileSync(join(folder, 'out.rtrace'))]).toEqual([1, 2, 3]);
});

test('told to stop, it ends the run and keeps what there is', () => {
  const { seen, start } = recorder(1000);
  expect(messagesOf(start, task(STOP.keep)).at(-1)).toEqual({ kind: 'finished' });
  expect(seen.cancelled).toBe(true);
});

test('a refused image, a missing one, and a fault of the recorder each give one line', () => {
  const refuse = (error: Error) => messagesOf(() => { throw error; }, task(STOP.run));
  expect(refuse(new BadInput('no ELF: give --format flat'))).toEqual([{ kind: 'failed', message: 'no ELF: give --format flat' }]);
  expect(refuse(new Error('boom'))).toEqual([{ kind: 'failed', message: 'the recording failed: boom' }]);
  const missing = messagesOf(recorder(1).start, { ...task(STOP.run), image: join(folder, 'gone.img') });
  expect(missing).toEqual([{ kind: 'failed', message: expect.stringContaining('gone.img') as string }]);
  expect(existsSync(join(folder, 'gone.img'))).toBe(false);
});
