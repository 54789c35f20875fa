// The packaged app (electron-builder --dir) starts from its archive and shows the gallery. APP_EXECUTABLE names it.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { axe, launch, type Running } from '../harness.ts';

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
