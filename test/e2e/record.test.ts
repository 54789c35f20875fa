// Recording an image from the app, through the bridge: progress, the trace's bytes, and questions to its re-executor.
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launch, root, type Running } from './harness.ts';
import { recordThroughBridge } from './record-through-bridge.ts';

let running: Running;
beforeAll(async () => { running = await launch(); });
afterAll(async () => { await running.close(); });

test('an image is recorded in a worker, its trace is opened and can be executed again', async () => {
  const found = await recordThroughBridge(running, join(root, 'traces/int80-syscall.img'));
  expect(found).toMatchObject({ name: 'int80-syscall.rtrace', fetched: true, kind: 'moment', closed: { kind: 'absent', reason: 'the trace is closed' } });
  expect(found.progress).toBeGreaterThan(100);
});

test('an unknown image token is refused', async () => {
  const outcome = await running.page.evaluate(() => window.ringscope.record({ jobId: 'other', imageToken: 'guess', options: { format: 'flat' } }));
  expect(outcome).toEqual({ kind: 'failed', message: 'the image is no longer known: choose it again' });
});
