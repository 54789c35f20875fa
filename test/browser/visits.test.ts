// The table of kernel visits: nesting, sorting, filters, keys, what never returned, exits without an entry, ten thousand rows.
import { render } from 'vitest-browser-svelte';
import { expect, test } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import Visits from '../../renderer/visits/visits.svelte';
import Inspector from '../../renderer/inspector/inspector.svelte';
import Transport from '../../renderer/transport/transport.svelte';
import { runCommand } from '../../renderer/session/commands.ts';
import { openSession, stage, violations } from './fixtures/session.ts';
import { traceBytes } from './fixtures/trace.ts';
import { CALL, CALLS, MISSED } from './fixtures/visits.ts';

const rows = (): readonly string[] => page.getByRole('row').elements().slice(1).map((row) => (row as HTMLElement).innerText.replace(/\s+/g, ' ').trim());
const names = (): readonly string[] => page.getByRole('row').elements().slice(1).map((row) => row.querySelector('b')?.textContent ?? '');
const grid = () => page.getByRole('treegrid', { name: 'Kernel visits' });

test('visits stand in the order of entry, nested ones below the one around them; the summary counts kinds with their median', async () => {
  const session = await openSession(traceBytes(CALLS));
  const target = stage(720, 420);
  await render(Visits, { target, props: { session } });
  await expect.element(grid()).toBeVisible();
  expect(names()).toEqual(['int 0x80', 'vector 0x20', 'int 0x80', 'int 0x81']);
  expect(page.getByRole('row').elements().slice(1).map((row) => row.getAttribute('aria-level'))).toEqual(['1', '2', '1', '1']);
  expect(rows()[0]).toMatch(/int 0x80 1 20.* 0 #4/);
  await expect.element(page.getByRole('button', { name: 'int 0x80: 2 visits, median 20 instructions' })).toBeVisible();
  expect(await violations(target)).toEqual([]);
});

test('arrows go from visit to visit, Enter to its other end, Left to the one around it, Right into it', async () => {
  const session = await openSession(traceBytes(CALLS));
  await render(Visits, { target: stage(720, 420), props: { session } });
  (grid().element() as HTMLElement).focus();
  await userEvent.keyboard('{Home}');
  expect(session.event).toBe(1);
  await expect.element(page.getByRole('row', { selected: true })).toHaveTextContent('int 0x80');
  await userEvent.keyboard('{Enter}');
  expect(session.event).toBe(4);
  await userEvent.keyboard('{Enter}');
  expect(session.event).toBe(1);
  await userEvent.keyboard('{ArrowRight}');
  expect(session.event).toBe(2);
  await userEvent.keyboard('{ArrowLeft}');
  expect(session.event).toBe(1);
  await userEvent.keyboard('{ArrowDown}{ArrowDown}{ArrowDown}');
  expect(session.event).toBe(7);
  await userEvent.keyboard('{Enter}');
  expect(session.announcement).toBe('This visit has no exit in this recording.');
});

test('a visit pointed at is told to the timeline, and forgotten when the pointer leaves', async () => {
  const session = await openSession(traceBytes(CALLS));
  await render(Visits, { target: stage(720, 420), props: { session } });
  await userEvent.hover(page.getByRole('row', { name: /vector 0x20/ }));
  expect(session.panes.pointedVisit).toBe(1);
  await userEvent.hover(page.getByRole('columnheader', { name: 'Faults' }));
  expect(session.panes.pointedVisit).toBeNull();
});

test('the longest come first when asked; a kind and findings filter; what is left out can be had back', async () => {
  const session = await openSession(traceBytes(CALLS));
  const target = stage(720, 420);
  await render(Visits, { target, props: { session } });
  await userEvent.click(page.getByRole('button', { name: 'Duration in instructions: sort' }));
  await expect.element(page.getByRole('columnheader', { name: /Duration/ })).toHaveAttribute('aria-sort', 'descending');
  expect(rows()[0]).toMatch(/int 0x80 5 1,000/);
  await userEvent.click(page.getByRole('button', { name: 'int 0x81: 1 visit' }));
  expect(names()).toEqual(['int 0x81']);
  await userEvent.click(page.getByText(/^With findings/));
  await expect.element(page.getByText('Nothing remarkable')).toBeVisible();
  expect(await violations(target)).toEqual([]);
  await userEvent.click(page.getByRole('button', { name: 'Show every visit' }));
  expect(names()).toHaveLength(4);
});

test('an exit that belongs to no visit is listed with its reason and leads to its event', async () => {
  const session = await openSession(traceBytes(CALLS));
  const target = stage(720, 420);
  await render(Visits, { target, props: { session } });
  await userEvent.click(page.getByRole('button', { name: '1 exit without entry' }));
  const stray = page.getByRole('list', { name: 'Exits without an entry' }).getByRole('button');
  await expect.element(stray).toHaveTextContent(/#0 IRET no entry/);
  session.goTo(5);
  await userEvent.click(stray);
  expect(session.event).toBe(0);
  expect(await violations(target)).toEqual([]);
});

test('ten thousand visits scroll with a few rows drawn, and the one we are in stays in sight', async () => {
  const session = await openSession(traceBytes(CALL, 10_000));
  const target = stage(720, 420);
  await render(Visits, { target, props: { session } });
  await expect.element(grid()).toHaveAttribute('aria-rowcount', '10001');
  session.goTo(12_345);
  await expect.element(page.getByRole('row', { selected: true })).toHaveTextContent(/int 0x80.*12344/);
  await expect.element(page.getByRole('row', { selected: true })).toBeVisible();
  expect(target.querySelectorAll('[role=row]').length).toBeLessThan(40);
  await userEvent.click(page.getByRole('button', { name: 'Duration in instructions: sort' }));
  await userEvent.click(page.getByRole('button', { name: 'Entry: sort' }));
  (grid().element() as HTMLElement).focus();
  await userEvent.keyboard('{End}');
  expect(session.event).toBe(19_998);
});

test('a trace without visits says what a visit is', async () => {
  const session = await openSession(traceBytes([{ kind: 'exit', values: { icount: 4, mode: 'protected', cpl: 0, cs: 8, ip: 0n, value: 0 } }]));
  const target = stage(400, 300);
  await render(Visits, { target, props: { session } });
  await expect.element(page.getByText('No kernel visits in this trace')).toBeVisible();
  expect(await violations(target)).toEqual([]);
});

for (const width of [280, 420, 560]) {
  test(`at ${String(width)} pixels nothing is cut off, and axe finds nothing`, async () => {
    const session = await openSession(traceBytes(CALLS));
    const target = stage(width, 240);
    await render(Visits, { target, props: { session } });
    await expect.element(grid()).toBeVisible();
    const table = grid().element();
    expect(table.scrollWidth).toBeLessThanOrEqual(table.clientWidth + 1);
    expect(await violations(target)).toEqual([]);
  });
}

test('stepping over leads from an entry to its exit and back; out of a visit to the exit of the one around; edges are said', async () => {
  const session = await openSession(traceBytes(CALLS));
  session.goTo(1);
  runCommand(session, 'step-over');
  expect(session.event).toBe(4);
  expect(session.announcement).toMatch(/^Over kernel visit int 0x80, 20 instructions\. Event 4 of 9: /);
  runCommand(session, 'step-over-back');
  expect(session.event).toBe(1);
  runCommand(session, 'step-event');
  runCommand(session, 'step-out');
  expect(session.event).toBe(4);
  session.goTo(2);
  runCommand(session, 'step-out-back');
  expect(session.event).toBe(1);
  session.goTo(7);
  runCommand(session, 'step-over');
  expect(session.event).toBe(7);
  expect(session.notice).toMatchObject({ tone: 'warn', message: 'Kernel visit int 0x81 of event 7 has no exit: the recording ends before it returns.' });
  runCommand(session, 'step-over-back');
  expect(session.notice).toBeNull();
  expect(session.event).toBe(6);
  session.goTo(8);
  runCommand(session, 'step-over');
  expect(session.at.seq).toBe(9);
  runCommand(session, 'step-over');
  expect(session.announcement).toBe('This is the end of the recording.');
});

test('the transport has a button for each step, with its key in words', async () => {
  const session = await openSession(traceBytes(CALLS));
  const target = stage(1200, 120);
  await render(Transport, { target, props: { session } });
  session.goTo(1);
  const over = page.getByRole('button', { name: 'Step over a kernel visit' });
  await expect.element(over).toHaveAttribute('aria-keyshortcuts', 'F10');
  await userEvent.click(over);
  expect(session.event).toBe(4);
  await userEvent.click(page.getByRole('button', { name: 'Step back over a kernel visit' }));
  expect(session.event).toBe(1);
  expect(await violations(target)).toEqual([]);
});

test('the card of a visit tells its findings, each with the way to the event that shows it, and the stack at both ends', async () => {
  const session = await openSession(traceBytes(MISSED));
  session.goTo(1);
  const target = stage(460, 800);
  await render(Inspector, { target, props: { session } });
  const findings = page.getByRole('list', { name: 'Findings of this visit' });
  await expect.element(findings).toHaveTextContent(/error code not popped.*The return at event 2 took another frame/s);
  await userEvent.click(findings.getByRole('button', { name: 'Go to event 2' }));
  expect(session.event).toBe(2);
  session.goTo(1);
  expect(await violations(target)).toEqual([]);
});
