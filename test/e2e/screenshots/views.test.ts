// Pictures of every view, in both themes and all sizes, into test/out/screenshots; and no text may be cut off in any.
import { expect, test } from 'vitest';
import type { Page } from 'playwright';
import { join } from 'node:path';
import { clipped, everyView, root, type Running } from '../harness.ts';

/** A view: how to come to it from the gallery, or from the view before it. */
type View = { readonly name: string; readonly show: (page: Page, running: Running) => Promise<void> };

const open = async (page: Page, sample: string): Promise<void> => {
  await page.keyboard.press('Control+h');
  await page.getByRole('button', { name: new RegExp(`^${sample}`) }).click();
  await page.getByRole('region', { name: 'Timeline' }).waitFor();
};
const tab = (page: Page, name: string): Promise<void> => page.getByRole('tab', { name }).click();
/** The inspector is a tab of its own in a small window. */
const inspect = async (page: Page, text: string | RegExp): Promise<void> => {
  if (await page.getByRole('tab', { name: 'Inspector' }).isVisible()) await tab(page, 'Inspector');
  await page.getByRole('region', { name: 'Inspector' }).getByText(text).first().evaluate((element) => { element.scrollIntoView({ block: 'start' }); });
};
const breakpoint = async (page: Page, text: string): Promise<void> => {
  await page.keyboard.press('b');
  await page.getByLabel('Or type an expression').fill(text);
  await page.keyboard.press('Enter');
};

const VIEWS: readonly View[] = [
  { name: 'gallery', show: (page) => page.getByRole('button', { name: /^A system call.*/ }).getByText('events').waitFor() },
  // the picture in the README
  { name: 'workspace', show: async (page) => {
    await open(page, 'A system call');
    await breakpoint(page, 'cpl 3->0 via int');
    await page.keyboard.press('F5');
  } },
  { name: 'guide', show: (page) => open(page, 'SYSENTER and SYSEXIT') },
  { name: 'fault', show: async (page) => {
    await open(page, 'Demand paging');
    await breakpoint(page, 'fault #PF');
    await page.keyboard.press('F5');
    await inspect(page, 'Why it faulted');
  } },
  { name: 'ladder', show: (page) => inspect(page, 'Check ladder') },
  { name: 'walk', show: (page) => inspect(page, /^Page walk$/) },
  { name: 'walk-any', show: async (page) => {
    await page.getByRole('button', { name: 'Walk an address' }).click();
    await page.getByLabel('Linear address', { exact: true }).fill('0x400000');
    await page.keyboard.press('Enter');
    await inspect(page, 'Physical address');
    await page.evaluate(() => { (document.activeElement as HTMLElement | null)?.blur(); });
  } },
  { name: 'frame', show: async (page) => { await page.keyboard.press('e'); await inspect(page, 'the handler starts here'); } },
  { name: 'events', show: async (page) => { if (await page.getByRole('tab', { name: 'Events' }).isVisible()) await tab(page, 'Events'); } },
  { name: 'refused-breakpoint', show: (page) => breakpoint(page, 'msr IA32_NOTHING changed') },
  { name: 'console', show: (page) => tab(page, 'Console') },
  { name: 'shutdown', show: async (page) => { await open(page, 'A triple fault'); await page.keyboard.press('End'); await page.keyboard.press('Shift+E'); await inspect(page, 'Fault cascade'); } },
  { name: 'cascade', show: async (page) => { for (const key of ['Shift+E', 'Shift+E']) await page.keyboard.press(key); await inspect(page, 'you are here'); } },
  { name: 'refused', show: async (page) => { await open(page, 'Who may use a gate'); await page.keyboard.press('f'); await inspect(page, 'Why it faulted'); } },
  { name: 'expanded', show: async (page) => { await inspect(page, 'Check ladder'); await page.getByRole('button', { name: 'Expand all' }).click(); } },
  { name: 'stale', show: async (page) => { await open(page, 'The tables changed'); await page.keyboard.press('f'); await inspect(page, 'Stale TLB entry'); } },
  { name: 'selector', show: async (page) => { await open(page, 'An error code that is a selector'); await page.keyboard.press('f'); await inspect(page, 'Error code'); } },
  { name: 'debug-status', show: async (page) => { await open(page, 'Six debug exceptions'); await page.keyboard.press('f'); await inspect(page, 'Debug status'); } },
  { name: 'float', show: async (page) => { await page.getByRole('button', { name: 'x87 and SSE', exact: true }).click(); await inspect(page, 'x87 and SSE'); } },
  { name: 'walk-pae', show: async (page) => { await open(page, 'Reserved bit, but which'); await page.keyboard.press('f'); await inspect(page, /^Page walk$/); } },
  { name: 'smap', show: async (page) => { await open(page, 'A fault that comes back'); await page.keyboard.press('f'); await inspect(page, 'Why it faulted'); } },
  { name: 'differences', show: async (page) => { await open(page, 'A triple fault'); await page.keyboard.press('End'); for (const key of ['Shift+E', 'Shift+E']) await page.keyboard.press(key); await inspect(page, 'implementations differ here'); } },
  { name: 'set-up', show: async (page) => {
    await open(page, 'A triple fault');
    for (const key of ['Home', 'ArrowRight', 'ArrowRight', 'm']) await page.keyboard.press(key);
    await page.getByText(/^Came true at/).first().waitFor();
  } },
  { name: 'findings', show: async (page) => {
    await open(page, 'The error code stays on the stack');
    for (const key of ['f', 'f', 'e', 'e', 'k']) await page.keyboard.press(key);
    await page.getByText('error code not popped').first().waitFor();
  } },
  { name: 'dense', show: (page) => open(page, 'INT 0x80 against SYSENTER') },
  { name: 'overview', show: async (page) => { for (const key of ['v', 'w', 'w', 'w', 'w']) await page.keyboard.press(key); } },
  { name: 'threads', show: async (page) => { await open(page, 'Two threads'); for (const key of ['v', 'v', 'v']) await page.keyboard.press(key); } },
  { name: 'visit', show: (page) => inspect(page, 'Kernel visit') },
  { name: 'nested', show: async (page) => { await open(page, 'A nested interrupt'); await page.keyboard.press('v'); } },
  { name: 'visits', show: (page) => page.keyboard.press('k') },
  { name: 'cost', show: async (page) => {
    await open(page, 'INT 0x80 against SYSENTER');
    await page.keyboard.press('m');
    await page.getByText(/re-executed, .* of 4,002/).waitFor();
  } },
  { name: 'what-if', show: async (page) => {
    await open(page, 'Who may use a gate');
    for (const key of ['f', 'h']) await page.keyboard.press(key);
    await page.keyboard.type('idt[0x20].DPL=3');
    await page.keyboard.press('Enter');
    await page.getByText('first difference').waitFor();
  } },
  { name: 'what-if-refused', show: (page) => page.getByLabel('Change just before this event').fill('idt[0x20].DPLL=3') },
  { name: 'tour', show: async (page) => { await page.keyboard.press('Escape'); await open(page, 'A tour from the boot sector'); await page.keyboard.press('End'); } },
  { name: 'import-report', show: async (page, { app }) => {
    await app.evaluate(({ dialog }, file) => { dialog.showOpenDialog = () => Promise.resolve({ canceled: false, filePaths: [file] }); }, join(root, 'test/fixtures/qemu-int.log'));
    await page.keyboard.press('Control+i');
    await page.getByRole('button', { name: 'Choose a log…' }).click();
    await page.getByRole('button', { name: 'Open trace' }).waitFor();
  } },
  { name: 'imported', show: async (page) => {
    await page.getByRole('button', { name: 'Open trace' }).click();
    await page.getByText('imported', { exact: true }).waitFor({ state: 'attached' });
    // closing the dialog gives the focus back to where it was: a text field would take the keys
    await page.evaluate(() => { (document.activeElement as HTMLElement | null)?.blur(); });
    for (const key of ['c', 'c']) await page.keyboard.press(key);
  } },
  { name: 'import', show: (page) => page.keyboard.press('Control+i') },
  { name: 'keys', show: async (page) => { await page.keyboard.press('Escape'); await page.keyboard.press('?'); } },
  { name: 'palette', show: async (page) => { await page.keyboard.press('Escape'); await page.keyboard.press('Control+k'); await page.keyboard.type('fault'); } },
  { name: 'record', show: async (page) => { await page.keyboard.press('Escape'); await page.keyboard.press('Control+r'); } },
];

test('the views', async () => {
  const cut: string[] = [];
  await everyView(async (running, picture) => {
    const { page } = running;
    await page.getByRole('heading', { level: 1 }).waitFor();
    for (const { name, show } of VIEWS) {
      await show(page, running);
      await page.waitForTimeout(350);
      await picture(name);
      cut.push(...(await clipped(page)).map((text) => `${name}: ${text}`));
    }
  });
  expect([...new Set(cut)]).toEqual([]);
});
