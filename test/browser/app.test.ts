// The whole window in Chromium: gallery states, opening, keys, dialogs, and axe on each screen.
import { render } from 'vitest-browser-svelte';
import { expect, test } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import App from '../../renderer/app.svelte';
import { fakeApi, openSession, stage, startedSession, violations } from './fixtures/session.ts';
import { traceBytes } from './fixtures/trace.ts';
import { Session } from '../../renderer/session/session.svelte.ts';

test('the gallery shows the samples, marks the one without a recording, and axe finds nothing', async () => {
  const session = await startedSession();
  const target = stage();
  await render(App, { target, props: { session } });
  await expect.element(page.getByRole('button', { name: /Demand paging/ })).toBeVisible();
  await expect.element(page.getByText('not recorded yet')).toBeVisible();
  expect(await violations(target)).toEqual([]);
});

test('a gallery without samples and one still loading say so', async () => {
  const session = new Session(fakeApi({ samples: () => Promise.resolve([]) }));
  await render(App, { target: stage(), props: { session } });
  await expect.element(page.getByLabelText('Loading samples')).toBeInTheDocument();
  await session.start();
  await expect.element(page.getByText('No samples are installed')).toBeVisible();
});

test('what cannot be opened is said in words and the gallery stays', async () => {
  const session = await startedSession({ openDialog: () => Promise.resolve({ kind: 'failed', message: 'notes.txt is no trace; choose an .rtrace file' }) });
  await render(App, { target: stage(), props: { session } });
  await userEvent.click(page.getByRole('button', { name: /Open a trace/ }));
  await expect.element(page.getByRole('alert')).toHaveTextContent('notes.txt is no trace; choose an .rtrace file');
  await expect.element(page.getByRole('heading', { name: 'Samples' })).toBeVisible();
});

test('bytes that are no trace are refused in one line', async () => {
  const url = URL.createObjectURL(new Blob(['this is no trace at all']));
  const session = await startedSession();
  await render(App, { target: stage(), props: { session } });
  await session.accept({ kind: 'opened', trace: { id: 'x', name: 'x.rtrace', path: null, sample: null, bytes: 23, url } });
  await expect.element(page.getByRole('alert')).toHaveTextContent('x.rtrace could not be read');
});

test('a trace that was cut off opens, says what is missing and keeps saying so', async () => {
  const bytes = traceBytes();
  const session = await openSession(bytes.subarray(0, bytes.length - 20));
  await render(App, { target: stage(), props: { session } });
  await expect.element(page.getByRole('alert')).toHaveTextContent(/This trace is cut off\. .*What could be read is shown/);
  await userEvent.click(page.getByRole('button', { name: 'Dismiss' }));
  await expect.element(page.getByText('cut off', { exact: true })).toBeVisible();
  session.seek('fault', 'forward');
  expect(session.event).toBe(2);
});

test('Home and a step back from event 0 lead to the start, where nothing has run', async () => {
  const session = await openSession();
  await render(App, { target: stage(), props: { session } });
  for (const key of ['{Home}', '{Shift>}{F10}{/Shift}']) {
    session.goTo(0);
    expect(session.at).toMatchObject({ seq: 0, icount: 5 });
    await userEvent.keyboard(key);
    expect(session.at).toMatchObject({ seq: 0, icount: 0 });
    await expect.element(page.getByRole('heading', { name: 'Start of the recording' })).toBeVisible();
  }
});

test('a step says where it led, for who cannot see the timeline', async () => {
  const session = await openSession();
  await render(App, { target: stage(), props: { session } });
  await userEvent.keyboard('f');
  await expect.element(page.getByRole('status').filter({ hasText: 'Event' })).toHaveTextContent(/^Event 2 of 6: #PF \(page fault\)/);
});

test('a sample opens on its guide; its expression becomes a breakpoint; axe finds nothing', async () => {
  const session = await startedSession();
  const target = stage();
  await render(App, { target, props: { session } });
  await userEvent.click(page.getByRole('button', { name: /Demand paging/ }));
  await expect.element(page.getByRole('tab', { name: 'Guide' })).toHaveAttribute('aria-selected', 'true');
  await userEvent.click(page.getByRole('button', { name: 'Add breakpoint fault #PF' }));
  expect(session.breakpoints.set.map((one) => one.text)).toEqual(['fault #PF']);
  expect([...session.breakpoints.hits]).toEqual([2]);
  expect(await violations(target)).toEqual([]);
});

test('keys move the playhead; the palette goes to an event; ? lists the keys', async () => {
  const session = await openSession();
  await render(App, { target: stage(), props: { session } });
  await userEvent.keyboard('f');
  expect(session.event).toBe(2);
  await userEvent.keyboard('{Shift>}c{/Shift}');
  expect(session.event).toBe(1);
  await userEvent.keyboard('{End}');
  expect(session.at.seq).toBe(6);
  await userEvent.keyboard('{Control>}k{/Control}');
  await userEvent.fill(page.getByRole('combobox', { name: /Command/ }), '3');
  await userEvent.keyboard('{Enter}');
  expect(session.event).toBe(3);
  await userEvent.keyboard('?');
  await expect.element(page.getByRole('dialog', { name: 'Keys' })).toBeVisible();
  expect(await violations(document.body)).toEqual([]);
  await userEvent.keyboard('{Escape}');
  expect(session.overlay).toBeNull();
});

for (const [width, height] of [[900, 560], [450, 300]] as const) {
  test(`at ${String(width)} by ${String(height)} everything can still be reached, and axe finds nothing`, async () => {
    const session = await openSession();
    const target = stage(width, height);
    await render(App, { target, props: { session } });
    session.goTo(2);
    for (const name of ['Events', 'Breakpoints']) {
      await userEvent.click(page.getByRole('tab', { name }));
      expect(await violations(target)).toEqual([]);
    }
  });
}

test('a wide window shows a main pane and one beside it; K, L and M change the main one and leave the other', async () => {
  const session = await openSession();
  const target = stage(1400, 800);
  await render(App, { target, props: { session } });
  await userEvent.click(page.getByRole('tab', { name: 'Console' }));
  await userEvent.keyboard('k');
  await expect.element(page.getByRole('region', { name: 'Kernel visits' })).toBeVisible();
  await expect.element(page.getByRole('tab', { name: 'Console' })).toHaveAttribute('aria-selected', 'true');
  await userEvent.keyboard('m');
  await expect.element(page.getByRole('region', { name: 'Statistics' })).toBeVisible();
  await userEvent.keyboard('l');
  await expect.element(page.getByRole('grid', { name: 'Events' })).toBeVisible();
  expect(await violations(target)).toEqual([]);
});
