// Recording an image from the app, through the bridge: progress, the trace's bytes, and questions to its re-executor.
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launch, root, type Running } from './harness.ts';

let running: Running;
beforeAll(async () => { running = await launch(); });
afterAll(async () => { await running.close(); });

test('an image is recorded in a worker, its trace is opened and can be executed again', async () => {
  await running.page.evaluate(() => { document.body.append(Object.assign(document.createElement('input'), { type: 'file', id: 'image' })); });
  await running.page.locator('#image').setInputFiles(join(root, 'traces/int80-syscall.img'));
  const found = await running.page.evaluate(async () => {
    const { ringscope } = window;
    const file = document.querySelector<HTMLInputElement>('#image')?.files?.[0];
    const chosen = await ringscope.imageFile(file ?? new File([], 'none'));
    if (chosen.kind !== 'chosen') throw new Error(JSON.stringify(chosen));
    let progress = 0;
    ringscope.onRecordProgress(({ jobId, instructions }) => { if (jobId === 'job') progress = instructions; });
    const opened = await ringscope.record({ jobId: 'job', imageToken: chosen.image.token, options: { format: 'auto' } });
    if (opened.kind !== 'opened') throw new Error(JSON.stringify(opened));
    const bytes = await (await fetch(opened.trace.url)).arrayBuffer();
    const reply = await ringscope.reexecute(opened.trace.id, { kind: 'moment', at: { icount: 10, iteration: 0, seq: 0 } });
    await ringscope.closeTrace(opened.trace.id);
    const closed = await ringscope.reexecute(opened.trace.id, { kind: 'verify' });
    return { progress, name: opened.trace.name, fetched: bytes.byteLength === opened.trace.bytes, kind: reply.kind, closed };
  });
  expect(found).toMatchObject({ name: 'int80-syscall.rtrace', fetched: true, kind: 'moment', closed: { kind: 'absent', reason: 'the trace is closed' } });
  expect(found.progress).toBeGreaterThan(100);
});

test('an unknown image token is refused', async () => {
  const outcome = await running.page.evaluate(() => window.ringscope.record({ jobId: 'other', imageToken: 'guess', options: { format: 'flat' } }));
  expect(outcome).toEqual({ kind: 'failed', message: 'the image is no longer known: choose it again' });
});
