// The app starts, is isolated from the web and from Node, and its bridge answers only what the contract says.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { axe, launch, type Running } from './harness.ts';

let running: Running;
beforeAll(async () => { running = await launch(); });
afterAll(async () => { await running.close(); });

test('shows its window, and axe finds nothing', async () => {
  await running.page.getByRole('heading', { level: 1 }).waitFor();
  const visible = await running.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().map((window) => window.isVisible()));
  expect(visible).toEqual([true]);
  expect(await axe(running.page)).toEqual([]);
  expect(running.errors).toEqual([]);
});

test('the page is cross-origin isolated, has no Node, and cannot evaluate text', async () => {
  const found = await running.page.evaluate(() => ({
    isolated: crossOriginIsolated,
    node: typeof (globalThis as { require?: unknown }).require + typeof (globalThis as { process?: unknown }).process,
  }));
  expect(found).toEqual({ isolated: true, node: 'undefinedundefined' });
  const blocked = await running.page.evaluate(() => new Promise((resolve) => {
    document.addEventListener('securitypolicyviolation', (event) => { resolve(event.effectiveDirective); }, { once: true });
    const script = document.createElement('script');
    script.textContent = 'window.injected = true';
    document.head.append(script);
  }));
  expect(blocked).toMatch(/^script-src/);
});

test('the window neither leaves its origin nor opens another', async () => {
  const answer = await running.page.evaluate(() => {
    const opened = window.open('https://example.invalid/');
    location.href = 'https://example.invalid/';
    return opened;
  });
  expect(answer).toBeNull();
  await expect(running.page.evaluate(() => fetch('https://example.invalid/'))).rejects.toThrow();
  expect(running.page.url()).toBe('app://bundle/');
});

test('settings are checked, kept, and decide the colour scheme', async () => {
  const dark = () => running.page.evaluate(() => matchMedia('(prefers-color-scheme: dark)').matches);
  const save = (change: object) => running.page.evaluate((value) => window.ringscope.saveSettings(value), change);
  await save({ theme: 'dark', panes: { inspector: 320 } });
  await expect.poll(dark).toBe(true);
  await save({ theme: 'light', unknown: 'dropped' });
  await expect.poll(dark).toBe(false);
  await expect(save({ theme: 'pink' })).rejects.toThrow(/saveSettings\.theme: expected system, light, dark/);
  expect(await running.page.evaluate(() => window.ringscope.settings())).toEqual({ theme: 'light', panes: { inspector: 320 }, breakpoints: [] });
});

test('a trace is opened only through main, and its bytes are exactly the file', async () => {
  const gone = await running.page.evaluate(async () => (await fetch('app://bundle/trace/00000000-0000-0000-0000-000000000000')).status);
  const outside = await running.page.evaluate(async () => (await fetch('app://bundle/%2e%2e%2fmain.cjs')).status);
  expect([gone, outside]).toEqual([404, 403]);
  const missing = await running.page.evaluate(() => window.ringscope.openSample('../package'));
  expect(missing).toEqual({ kind: 'failed', message: 'there is no sample named ../package: choose one from the gallery' });
});
