// The packaged app (electron-builder --dir) starts from its archive and shows the gallery. APP_EXECUTABLE names it.
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { axe, launch, root, type Running } from '../harness.ts';
import { recordThroughBridge } from '../record-through-bridge.ts';

let running: Running;
beforeAll(async () => {
  if (process.env['APP_EXECUTABLE'] === undefined) throw new Error('APP_EXECUTABLE is not set: run npm run acceptance');
  running = await launch();
});
afterAll(async () => { await running.close(); });

test('starts packaged, isolated, with its samples', async () => {
  await running.page.getByRole('heading', { level: 1 }).waitFor();
  expect(await running.app.evaluate(({ app }) => app.isPackaged)).toBe(true);
  expect(await running.page.evaluate(() => crossOriginIsolated)).toBe(true);
  expect((await running.page.evaluate(() => window.ringscope.samples())).length).toBeGreaterThan(0);
  expect(await axe(running.page)).toEqual([]);
  expect(running.errors).toEqual([]);
});

test('records and executes again, its workers running from the archive', async () => {
  const found = await recordThroughBridge(running, join(root, 'traces/int80-syscall.img'));
  expect(found).toMatchObject({ name: 'int80-syscall.rtrace', fetched: true, kind: 'moment' });
});
