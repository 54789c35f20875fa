// What a person does with the app: open a scenario, set both kinds of breakpoint, run both ways, step through a fault and read the
// reason; step single instructions; record an image.
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Locator } from 'playwright';
import { axe, launch, root, type Running } from './harness.ts';

let running: Running;
beforeAll(async () => { running = await launch({ theme: 'light' }); });
afterAll(async () => { await running.close(); });

const named = (role: 'button' | 'tab' | 'region', name: string | RegExp): Locator => running.page.getByRole(role, { name, exact: true });
const inspector = (): Locator => named('region', 'Inspector');
/** Number of the event the playhead stands at. */
const at = async (): Promise<number> => Number(await running.page.getByLabel('Go to event number').inputValue());
const selected = (): Locator => running.page.getByRole('row', { selected: true });

async function open(sample: RegExp): Promise<void> {
  await running.page.keyboard.press('Control+h');
  await running.page.getByRole('button', { name: sample }).click();
  await named('region', 'Timeline').waitFor();
}
beforeEach(async () => { await running.page.keyboard.press('Escape'); });

test('a CPL change in two clicks and an MSR write by typing; running forwards and backwards stops at each', async () => {
  await open(/^SYSENTER and SYSEXIT/);
  await named('tab', /Breakpoints/).click();
  await running.page.getByRole('button', { name: 'Add', exact: true }).click();
  await running.page.getByLabel('Or type an expression').fill('msr IA32_SYSENTER_CS changed');
  await running.page.keyboard.press('Enter');
  const list = running.page.getByRole('list', { name: 'Breakpoints' });
  await expect.poll(() => list.innerText()).toMatch(/8 hits[\s\S]*msr IA32_SYSENTER_CS changed[\s\S]*2 hits/);
  const forwards: string[] = [];
  for (let run = 0; run < 4; run += 1) {
    const before = await at();
    await running.page.keyboard.press('F5');
    await expect.poll(at).toBeGreaterThan(before);
    forwards.push(await inspector().getByRole('heading', { level: 2 }).innerText());
  }
  expect(forwards.map((title) => title.toUpperCase())).toEqual(['IA32_SYSENTER_CS', 'IRET', 'SYSENTER', 'SYSEXIT']);
  const last = await at();
  await running.page.keyboard.press('Shift+F5');
  await expect.poll(at).toBeLessThan(last);
  expect((await inspector().getByRole('heading', { level: 2 }).innerText()).toUpperCase()).toBe('SYSENTER');
});

test('stepping through a fault: the reason, CR2, the walk, then the frame that was pushed', async () => {
  await open(/^Demand paging/);
  await running.page.keyboard.press('f');
  await expect.poll(() => inspector().innerText()).toContain('The page-table entry is present.');
  const text = await inspector().innerText();
  expect(text).toContain('page-table-present');
  expect(text).toContain('SDM 3A');
  expect(text).toContain('0x408123');
  expect(text).toMatch(/Page directory entry[\s\S]*Page table entry[\s\S]*Failed check: page-table-present/);
  expect(await inspector().getByRole('heading', { level: 2 }).locator('xpath=ancestor::header').innerText()).not.toMatch(/page-table entry is present/i);
  expect(await axe(running.page)).toEqual([]);
  await running.page.keyboard.press('e');
  await expect.poll(() => inspector().innerText()).toMatch(/Frame pushed[\s\S]*SS[\s\S]*ESP[\s\S]*EFLAGS[\s\S]*CS[\s\S]*EIP[\s\S]*error code/);
  await running.page.keyboard.press('Shift+E');
  await expect.poll(() => selected().innerText()).toContain('#PF');
});

test('single instructions, both ways, lead back to where they began', async () => {
  await open(/^A system call by INT 0x80/);
  await running.page.keyboard.press('c');
  const from = await at();
  const code = inspector().locator('[aria-current=true]');
  await expect.poll(() => code.innerText()).toMatch(/iret/i);
  await running.page.keyboard.press('F11');
  await expect.poll(() => code.innerText()).not.toMatch(/iret/i);
  await running.page.keyboard.press('Control+F11');
  await expect.poll(() => code.innerText()).toMatch(/iret/i);
  expect(await at()).toBe(from);
});

test('an image chosen in the dialog is recorded and its trace opens', async () => {
  const image = join(root, 'traces/invalid-instruction.img');
  await running.app.evaluate(({ dialog }, path) => { dialog.showOpenDialog = () => Promise.resolve({ canceled: false, filePaths: [path] }); }, image);
  await running.page.keyboard.press('Control+r');
  await named('button', 'Choose…').click();
  await running.page.getByText('invalid-instruction.img', { exact: true }).waitFor();
  await named('button', 'Record').click();
  await running.page.getByRole('dialog').waitFor({ state: 'detached' });
  await expect.poll(() => running.page.title()).toContain('invalid-instruction');
  await running.page.keyboard.press('f');
  await expect.poll(() => inspector().innerText()).toContain('#UD');
  expect(running.errors).toEqual([]);
});
