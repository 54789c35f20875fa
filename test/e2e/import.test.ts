// Importing a log in the real app: named on the command line, through the dialog, cancelled, refused; and the trace it becomes.
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { axe, launch, root, type Running } from './harness.ts';

const LOG = join(root, 'test/fixtures/qemu-int.log');
const folder = mkdtempSync(join(tmpdir(), 'ringscope-logs-'));
let running: Running;
beforeAll(async () => { running = await launch({ files: [LOG] }); });
afterAll(async () => {
  await running.close();
  rmSync(folder, { recursive: true, force: true });
});
const dialog = () => running.page.getByRole('dialog');
const written = (name: string, bytes: Uint8Array): string => { const path = join(folder, name); writeFileSync(path, bytes); return path; };

/** Chooses a file in the dialog that File, Import opens. */
async function choose(path: string): Promise<void> {
  await running.app.evaluate(({ dialog: dialogs }, file) => { dialogs.showOpenDialog = () => Promise.resolve({ canceled: false, filePaths: [file] }); }, path);
  await running.page.keyboard.press('Control+i');
  await running.page.getByRole('button', { name: /^Choose/ }).click();
}

test('a log on the command line is imported at once; its report leads to the trace', async () => {
  await dialog().getByRole('button', { name: 'Open trace' }).waitFor();
  expect(await dialog().innerText()).toMatch(/qemu-int\.log is imported[\s\S]*465[\s\S]*lines of qemu -d int[\s\S]*vector 0x80/);
  expect(await axe(running.page)).toEqual([]);
  await dialog().getByRole('button', { name: 'Open trace' }).click();
  await expect.poll(() => running.page.title()).toContain('qemu-int');
  for (const key of ['c', 'c']) await running.page.keyboard.press(key);
  const inspector = running.page.getByRole('region', { name: 'Inspector' });
  await expect.poll(() => inspector.innerText()).toMatch(/Kernel visit[\s\S]*inferred[\s\S]*Exit #/);
  expect(await inspector.innerText()).toMatch(/Completeness[\s\S]*From line \d+ of the log[\s\S]*absent[\s\S]*frame\.slots/);
  await expect.poll(() => running.page.getByRole('button', { name: 'Next instruction' }).getAttribute('aria-disabled')).toBe('true');
  expect(await axe(running.page)).toEqual([]);
});

test('a packed log chosen in the dialog; closed without opening it is no longer open', async () => {
  await choose(written('packed.log.gz', gzipSync(readFileSync(LOG))));
  await dialog().getByRole('button', { name: 'Open trace' }).waitFor();
  await dialog().getByRole('button', { name: 'Close' }).last().click();
  await dialog().waitFor({ state: 'detached' });
  expect(await running.page.title()).toContain('qemu-int');
});

test('a long import can be cancelled, and leaves nothing behind', async () => {
  const before = readdirSync(join(running.home, 'data/recordings'));
  const part = readFileSync(LOG);
  await choose(written('long.log', Buffer.concat(Array.from({ length: 5000 }, () => part))));
  await dialog().getByRole('progressbar').waitFor();
  await dialog().getByRole('button', { name: 'Cancel' }).click();
  await dialog().waitFor({ state: 'detached' });
  await expect.poll(() => readdirSync(join(running.home, 'data/recordings'))).toEqual(before);
});

test('what is no log is refused in words, and the window stays usable', async () => {
  await choose(written('empty.log', new Uint8Array(0)));
  await expect.poll(() => dialog().innerText()).toMatch(/empty\.log is empty/);
  await dialog().getByRole('button', { name: 'Choose another log…' }).waitFor();
  await running.app.evaluate(({ dialog: dialogs }, file) => { dialogs.showOpenDialog = () => Promise.resolve({ canceled: false, filePaths: [file] }); }, written('binary.log', Uint8Array.from({ length: 9000 }, (_, index) => (index * 31) & 0xff)));
  await dialog().getByRole('button', { name: 'Choose another log…' }).click();
  await expect.poll(() => dialog().innerText()).toMatch(/binary\.log is binary data/);
  await running.page.keyboard.press('Escape');
  await dialog().waitFor({ state: 'detached' });
  expect(running.errors).toEqual([]);
});
