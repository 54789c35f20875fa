// Kernel visits, what calls cost, and what if: by keyboard, in the real app.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Locator } from 'playwright';
import { axe, launch, type Running } from './harness.ts';

let running: Running;
beforeAll(async () => { running = await launch({ theme: 'dark' }); });
afterAll(async () => { await running.close(); });
beforeEach(async () => { await running.page.keyboard.press('Escape'); });

const at = async (): Promise<number> => Number(await running.page.getByLabel('Go to event number').inputValue());
const press = async (...keys: readonly string[]): Promise<void> => { for (const key of keys) await running.page.keyboard.press(key); };
const selected = (): Locator => running.page.getByRole('row', { selected: true });
async function open(sample: RegExp): Promise<void> {
  await press('Control+h');
  await running.page.getByRole('button', { name: sample }).click();
  await running.page.getByRole('region', { name: 'Timeline' }).waitFor();
}

test('the visits tab by keyboard: nested visits, their other ends, and the way into and out of them', async () => {
  const { page } = running;
  await open(/^A nested interrupt/);
  await page.getByRole('tab', { name: 'Events' }).focus();
  await press('ArrowRight');
  await expect.poll(() => page.getByRole('tab', { name: 'Visits' }).getAttribute('aria-selected')).toBe('true');
  await page.getByRole('treegrid', { name: 'Kernel visits' }).focus();
  await press('Home');
  await expect.poll(() => selected().innerText()).toMatch(/int 0x80/);
  const entry = await at();
  await press('ArrowRight');
  await expect.poll(() => selected().innerText()).toMatch(/IRQ0/);
  await press('ArrowRight');
  await expect.poll(() => selected().innerText()).toMatch(/#PF/);
  await press('ArrowLeft', 'ArrowLeft', 'Enter');
  await expect.poll(at).toBeGreaterThan(entry);
  await press('Enter');
  await expect.poll(at).toBe(entry);
  expect(await axe(page)).toEqual([]);
});

test('stepping over a visit and back, into it, and out of it both ways', async () => {
  await open(/^A nested interrupt/);
  await press('v');
  const entry = await at();
  await press('F10');
  await expect.poll(at).toBeGreaterThan(entry + 1);
  const exit = await at();
  await press('Control+F10');
  await expect.poll(at).toBe(entry);
  await press('e', 'Shift+F11');
  await expect.poll(at).toBe(exit);
  await press('Control+F10', 'e', 'Control+Shift+F11');
  await expect.poll(at).toBe(entry);
});

test('what if the gate had DPL 3: the refusal becomes a delivery, beside each other', async () => {
  const { page } = running;
  await open(/^Who may use a gate/);
  await press('l', 'f', 'h');
  const dialog = page.getByRole('dialog', { name: 'What if…' });
  await page.keyboard.type('idt[0x20].DPLL=3');
  await expect.poll(() => dialog.getByRole('alert').innerText()).toMatch(/^Column 11: .*no field "DPLL"/);
  await dialog.getByLabel('Change just before this event').fill('idt[0x20].DPL=3');
  await press('Enter');
  await expect.poll(() => dialog.innerText()).toMatch(/Changed: IDT entry 0x20 DPL: 0 -> 3[\s\S]*first difference[\s\S]*#GP[\s\S]*INT 0x20/);
  expect(await axe(page)).toEqual([]);
  await dialog.getByRole('button', { name: 'Save as a trace…' }).click();
  await expect.poll(() => page.title(), { timeout: 20_000 }).toContain('gate-dpl-what-if');
  await expect.poll(() => dialog.count()).toBe(0);
  await expect.poll(() => selected().innerText()).toMatch(/idt\[0x20\]\.DPL/i);
  await press('e');
  await expect.poll(() => selected().innerText()).toMatch(/INT 0x20/);
});

test('what int 0x80 costs against sysenter, counted by executing some calls again', async () => {
  const { page } = running;
  await open(/^INT 0x80 against SYSENTER/);
  await press('m');
  const stats = page.getByRole('region', { name: 'Statistics' });
  await expect.poll(() => stats.innerText(), { timeout: 20_000 }).toMatch(/re-executed, \d+ of 4,002/);
  const checks = await stats.getByRole('row', { name: /^Checks \d/ }).innerText();
  const [, int, sysenter] = /(\d+)\s+(\d+)\s+[\d.]+ ×/.exec(checks) ?? [];
  expect(Number(int)).toBeGreaterThan(3 * Number(sysenter));
  expect(await stats.innerText()).toMatch(/architectural work, not cycles[\s\S]*Pentium 4/);
  expect(await axe(page)).toEqual([]);
  expect(running.errors).toEqual([]);
});
