// The import dialog in Chromium: progress, cancel, the report, and every refusal in words; and an imported trace in the workspace.
import { render } from 'vitest-browser-svelte';
import { expect, test } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import type { ImportOutcome } from '../../app/contract/api.ts';
import type { ImportProgress, ImportReport } from '../../app/contract/import.ts';
import App from '../../renderer/app.svelte';
import type { Session } from '../../renderer/session/session.svelte.ts';
import { openedTrace, stage, startedSession, violations } from './fixtures/session.ts';
import { importedBytes } from './fixtures/trace.ts';

const LOG = { token: 'token', name: 'boot.log', path: '/logs/boot.log', bytes: 104_857_600 };
const REPORT: ImportReport = {
  tool: 'qemu -d int', lines: 1000, logBytes: 104_857_600, events: 42, contentHash: 'abc', bytes: 900,
  rules: [
    { rule: 'record', title: 'an interrupt or exception', class: 'event', lines: 40 }, { rule: 'general-registers', title: 'register dump', class: 'context', lines: 900 },
    { rule: 'fpu', title: 'FPU registers', class: 'ignored', lines: 58 }, { rule: 'unknown', title: 'a line no rule knows', class: 'unknown', lines: 2 },
  ],
  unknown: [{ line: 17, text: 'audio: no driver' }],
  vectors: [{ vector: 14, name: '#PF', title: 'page fault', records: 30 }, { vector: 128, name: 'vector 0x80', title: null, records: 10 }],
  notes: ['no return is in the log'], advice: ['add cpu_reset to -d'],
};

/** A window whose imports end as told. */
async function importing(): Promise<{ readonly session: Session; readonly target: HTMLElement; readonly closed: string[]; readonly cancelled: string[]; readonly end: (outcome: ImportOutcome) => void; readonly report: (progress: Omit<ImportProgress, 'jobId'>) => void }> {
  const closed: string[] = [], cancelled: string[] = [];
  const hear: ((progress: ImportProgress) => void)[] = [];
  let jobId = '';
  let end: (outcome: ImportOutcome) => void = () => undefined;
  const session = await startedSession({
    importDialog: () => Promise.resolve({ kind: 'log', log: LOG }),
    importLog: (request) => { jobId = request.jobId; return new Promise((resolve) => { end = resolve; }); },
    cancelImport: (id) => { cancelled.push(id); end({ kind: 'cancelled' }); return Promise.resolve(); },
    onImportProgress: (listener) => { hear.push(listener); return () => undefined; },
    closeTrace: (id) => { closed.push(id); return Promise.resolve(); },
  });
  const target = stage();
  await render(App, { target, props: { session } });
  await userEvent.keyboard('{Control>}i{/Control}');
  await userEvent.click(page.getByRole('button', { name: 'Choose a log…' }));
  return { session, target, closed, cancelled, end: (outcome) => { end(outcome); }, report: (progress) => { for (const listener of hear) listener({ jobId, ...progress }); } };
}

test('progress is shown and said; Cancel ends the import and closes the dialog', async () => {
  const { session, cancelled, report } = await importing();
  report({ read: 52_428_800, size: 104_857_600, lines: 12_345, events: 678 });
  await expect.element(page.getByRole('progressbar', { name: 'Importing boot.log' })).toHaveAttribute('aria-valuenow', '50');
  await expect.element(page.getByText('12,345')).toBeVisible();
  expect(await violations(document.body)).toEqual([]);
  await userEvent.click(page.getByRole('button', { name: 'Cancel' }));
  expect(cancelled).toHaveLength(1);
  await expect.poll(() => session.overlay).toBeNull();
  expect(session.log).toBeNull();
});

test('the report shows what became of the lines, the vectors, notes and advice; Open trace opens it', async () => {
  const { session, end } = await importing();
  end({ kind: 'imported', report: REPORT, trace: openedTrace(importedBytes(), null) });
  const dialog = page.getByRole('dialog', { name: 'boot.log is imported' });
  await expect.element(dialog.getByRole('listitem').filter({ hasText: 'became events' })).toHaveTextContent('40 became events');
  await expect.element(dialog.getByRole('listitem').filter({ hasText: 'not understood' })).toHaveTextContent('2 not understood');
  await expect.element(dialog.getByText('audio: no driver')).toBeVisible();
  await expect.element(dialog.getByRole('listitem').filter({ hasText: '#PF' })).toHaveTextContent(/page fault\s*30/);
  await expect.element(dialog.getByText('no return is in the log')).toBeVisible();
  await expect.element(dialog.getByText('add cpu_reset to -d')).toBeVisible();
  expect(await violations(document.body)).toEqual([]);
  await userEvent.click(dialog.getByRole('button', { name: 'Open trace' }));
  await expect.poll(() => session.recording?.imported?.tool).toBe('qemu -d int');
  expect(session.overlay).toBeNull();
});

test('a report closed without opening closes its trace', async () => {
  const { session, closed, end } = await importing();
  const trace = openedTrace(importedBytes(), null);
  end({ kind: 'imported', report: REPORT, trace });
  await expect.element(page.getByRole('button', { name: 'Open trace' })).toBeVisible();
  await userEvent.keyboard('{Escape}');
  expect(closed).toEqual([trace.id]);
  expect(session.recording).toBeNull();
});

test('what is no log is said in words, and another can be chosen', async () => {
  const { end } = await importing();
  end({ kind: 'failed', message: 'boot.log is binary data of no known kind: give a log of qemu -d int' });
  await expect.element(page.getByRole('alert')).toHaveTextContent('boot.log is binary data of no known kind: give a log of qemu -d int.');
  await expect.element(page.getByRole('button', { name: 'Choose another log…' })).toBeVisible();
  expect(await violations(document.body)).toEqual([]);
});

test('an imported trace says what its log does not have, offers no instructions and no instruction axis, and names lines', async () => {
  const session = await startedSession();
  const target = stage();
  await render(App, { target, props: { session } });
  await session.accept({ kind: 'opened', trace: openedTrace(importedBytes(), null) });
  session.goTo(0);
  await expect.element(page.getByText('imported', { exact: true })).toBeVisible();
  await expect.element(page.getByRole('button', { name: 'Completeness', exact: true })).toBeVisible();
  await expect.element(page.getByText(/to\.cs, to\.ip/)).toBeVisible();
  await expect.element(page.getByText(/^From line 96 of the log/)).toBeVisible();
  await expect.poll(() => page.getByRole('radio', { name: 'Instructions' }).elements()).toHaveLength(0);
  await userEvent.keyboard('{F11}');
  await expect.poll(() => page.getByRole('status').elements().map((one) => one.textContent).join(' ')).toContain('imported from a log of qemu -d int, which holds no guest to execute');
  session.goTo(1);
  await expect.element(page.getByText('inferred', { exact: true }).first()).toBeVisible();
  expect(await violations(target)).toEqual([]);
});
