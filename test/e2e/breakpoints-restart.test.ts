// Breakpoints outlive the app: text, switch and order are there again after a restart, and hit in the next trace.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { axe, launch } from './harness.ts';

const home = mkdtempSync(join(tmpdir(), 'ringscope-restart-'));
afterAll(() => { rmSync(home, { recursive: true, force: true }); });

test('breakpoints are there again after a restart, the switched-off one still off', async () => {
  const first = await launch({ home });
  await first.page.getByRole('button', { name: /^SYSENTER and SYSEXIT/ }).click();
  await first.page.getByRole('tab', { name: /Breakpoints/ }).click();
  const builder = first.page.getByRole('region', { name: 'New breakpoint' });
  await builder.getByRole('button', { name: 'Add', exact: true }).click();
  await builder.getByText('MSR write').click();
  await builder.getByRole('button', { name: 'Add', exact: true }).click();
  await first.page.getByRole('checkbox', { name: 'Enable cpl' }).click();
  await expect.poll(() => first.page.evaluate(async () => (await window.ringscope.settings()).breakpoints)).toEqual([{ expression: 'cpl', name: null, enabled: false }, { expression: 'msr', name: null, enabled: true }]);
  await first.close();
  const second = await launch({ home });
  await second.page.getByRole('button', { name: /^SYSENTER and SYSEXIT/ }).click();
  await second.page.getByRole('region', { name: 'Timeline' }).waitFor();
  expect(await axe(second.page)).toEqual([]);
  await second.page.getByRole('tab', { name: /Breakpoints/ }).click();
  const list = second.page.getByRole('list', { name: 'Breakpoints' });
  await expect.poll(() => list.innerText()).toMatch(/cpl\s+8 hits[\s\S]*msr\s+4 hits/);
  expect(await list.getByRole('checkbox').evaluateAll((boxes) => boxes.map((box) => (box as HTMLInputElement).checked))).toEqual([false, true]);
  await second.page.keyboard.press('F5');
  await expect.poll(() => second.page.getByRole('region', { name: 'Inspector' }).getByRole('heading', { level: 2 }).innerText()).toMatch(/IA32_SYSENTER_CS/i);
  await second.close();
});
