// A guest that waits is typed to while it is recorded, held and let go on; what was typed is reproduced from the trace. The guest: input-guests.ts.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ECHOES } from '../unit/machine/input-guests.ts';
import { launch, type Running } from './harness.ts';

const folder = mkdtempSync(join(tmpdir(), 'ringscope-typed-'));
const image = join(folder, 'echoes.img');
let running: Running;
beforeAll(async () => {
  writeFileSync(image, ECHOES);
  running = await launch();
});
afterAll(async () => {
  await running.close();
  rmSync(folder, { recursive: true, force: true });
});

test('keys pressed in the record dialog are the guest\'s', async () => {
  const { page, app } = running;
  await app.evaluate(({ dialog }, file) => { dialog.showOpenDialog = () => Promise.resolve({ canceled: false, filePaths: [file] }); }, image);
  await page.getByRole('button', { name: /^Record an image/ }).first().click();
  await page.getByRole('button', { name: 'Choose…' }).click();
  await page.getByRole('button', { name: 'Record', exact: true }).click();
  const guest = page.getByRole('application');
  await guest.getByText('name?').waitFor();
  await page.getByText('COM1', { exact: true }).click();
  await guest.click();
  await page.keyboard.type('hello');
  await guest.getByText('name? hello').waitFor();
  await page.getByRole('button', { name: 'Pause' }).click();
  await page.getByText('The guest stands still.').waitFor();
  await page.getByRole('button', { name: 'Resume' }).click();
  await page.getByText('The guest waits for a key or a byte.').waitFor();
  await guest.click();
  await page.keyboard.type('q');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await expect.poll(() => page.title()).toContain('echoes');
}, 60_000);
