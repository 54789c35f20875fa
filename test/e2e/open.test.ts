// Traces named on the command line and in the recent list, and what opening refuses.
import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { OpenOutcome } from '../../app/contract/api.ts';
import { inflateRaw } from '../../core/base/inflate.ts';
import { removeParts } from '../../core/trace/remove-parts.ts';
import { MAGIC } from '../../core/trace/version.ts';
import { launch, root, type Running } from './harness.ts';

/** Begins as a trace does; the rest is of no use to anybody but this test. */
const BYTES = Uint8Array.from({ length: 300_000 }, (_, index) => MAGIC[index] ?? index % 251);
const folder = mkdtempSync(join(tmpdir(), 'ringscope-open-'));
const file = join(folder, 'named.rtrace');
let running: Running;
beforeAll(async () => {
  writeFileSync(file, BYTES);
  running = await launch({ files: [file] });
});
afterAll(async () => {
  await running.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Bytes of an open trace as the page gets them: their number and their sum. */
const fetched = (url: string) => running.page.evaluate(async (from) => {
  const bytes = new Uint8Array(await (await fetch(from)).arrayBuffer());
  return { length: bytes.length, sum: bytes.reduce((sum, byte) => sum + byte, 0) };
}, url);

test('a file on the command line is among the recent ones and can be read, whole, until it is closed', async () => {
  const recent = () => running.page.evaluate(() => window.ringscope.recents());
  await expect.poll(recent).toHaveLength(1);
  const recents = await recent();
  expect(recents[0]).toMatchObject({ name: 'named.rtrace', path: file, present: true });
  const outcome = await running.page.evaluate((id) => window.ringscope.openRecent(id), recents[0]?.id ?? '');
  if (outcome.kind !== 'opened') throw new Error(`not opened: ${JSON.stringify(outcome)}`);
  expect(outcome.trace).toMatchObject({ name: 'named.rtrace', path: file, sample: null, bytes: 300_000 });
  const expected = { length: 300_000, sum: BYTES.reduce((sum, byte) => sum + byte, 0) };
  expect(await fetched(outcome.trace.url)).toEqual(expected);
  writeFileSync(`${file}.new`, Uint8Array.of(...MAGIC, 1, 2, 3));
  renameSync(`${file}.new`, file);
  expect(await fetched(outcome.trace.url)).toEqual(expected);
  await running.page.evaluate((id) => window.ringscope.closeTrace(id), outcome.trace.id);
  expect(await running.page.evaluate(async (url) => (await fetch(url)).status, outcome.trace.url)).toBe(404);
});

test('a trace that was cut off opens and says so; without image and checkpoints instructions are off with the reason, the walk and the frame show', async () => {
  const whole = readFileSync(join(root, 'traces/demand-paging.rtrace'));
  const deflate = (bytes: Uint8Array): Uint8Array => deflateRawSync(bytes, { level: 1 });
  const bare = join(folder, 'bare.rtrace');
  const cut = join(folder, 'cut.rtrace');
  writeFileSync(bare, removeParts(whole, ['image', 'checkpoint'], { inflate: inflateRaw, deflate }));
  writeFileSync(cut, whole.subarray(0, whole.length - 20));
  const opens = async (path: string): Promise<void> => {
    await running.app.evaluate(({ app }, from) => { app.emit('open-file', { preventDefault: () => undefined }, from); }, path);
    await expect.poll(() => running.page.title()).toContain(basename(path));
  };
  const { page } = running;
  await opens(cut);
  await expect.poll(() => page.getByRole('alert').innerText()).toMatch(/This trace is cut off/);
  await opens(bare);
  await expect.poll(() => page.getByRole('alert').count()).toBe(0);
  await page.keyboard.press('f');
  const inspector = page.getByRole('region', { name: 'Inspector' });
  await expect.poll(() => inspector.innerText()).toMatch(/Page table entry[\s\S]*Failed check/);
  await expect.poll(() => page.getByRole('button', { name: 'Next instruction' }).getAttribute('aria-disabled')).toBe('true');
  await page.keyboard.press('F11');
  await expect.poll(() => page.getByRole('status').allInnerTexts()).toContainEqual(expect.stringContaining('the guest image is not in this trace'));
  await page.keyboard.press('e');
  await expect.poll(() => inspector.innerText()).toMatch(/Frame pushed/);
});

test('a dropped file is opened by its path; what is no file on disk is refused', async () => {
  const outcome = await running.page.evaluate(async () => {
    const input = Object.assign(document.createElement('input'), { type: 'file', id: 'chooser' });
    document.body.append(input);
    return window.ringscope.openFile(new File(['bytes'], 'made.rtrace'));
  });
  expect(outcome).toMatchObject({ kind: 'failed', message: expect.stringContaining('not a file on disk') as string });
  await running.page.locator('#chooser').setInputFiles(file);
  const opened = await running.page.evaluate(() => {
    const chosen = document.querySelector<HTMLInputElement>('#chooser')?.files?.[0];
    if (chosen === undefined) throw new Error('no file chosen');
    return window.ringscope.openFile(chosen);
  });
  expect(opened).toMatchObject({ kind: 'opened', trace: { path: file } });
});

test('a file that is gone, empty or a folder is refused in one line; text is offered for import, and what is no trace is not remembered', async () => {
  const empty = join(folder, 'empty.rtrace');
  writeFileSync(empty, '');
  await running.page.evaluate(() => {
    const told: OpenOutcome[] = [];
    Object.assign(window, { told });
    window.ringscope.onOpenRequest((outcome) => { told.push(outcome); });
  });
  const told = () => running.page.evaluate(() => (window as unknown as { told: OpenOutcome[] }).told);
  const gone = join(folder, 'gone.rtrace');
  const text = join(folder, 'notes.txt');
  writeFileSync(text, 'these are notes');
  for (const path of [gone, empty, folder, text]) {
    const before = (await told()).length;
    await running.app.evaluate(({ app }, from) => { app.emit('open-file', { preventDefault: () => undefined }, from); }, path);
    await expect.poll(told).toHaveLength(before + 1);
  }
  expect((await told()).slice(-4)).toMatchObject([
    { kind: 'failed', message: `cannot open ${gone}: there is no such file; it was moved, renamed or deleted` },
    { kind: 'failed', message: `cannot open ${empty}: it is empty: record it again` },
    { kind: 'failed', message: `cannot open ${folder}: it is not a file: choose an .rtrace file` },
    { kind: 'log', log: { name: 'notes.txt', path: text, bytes: 15 } },
  ]);
  const recents = await running.page.evaluate(() => window.ringscope.recents());
  expect(recents.map(({ path }) => path)).not.toContain(text);
});
