// The panes on their own: inspector, event table, transport, breakpoints, record dialog.
import { render } from 'vitest-browser-svelte';
import { expect, test } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import Panel from '../../renderer/breakpoints/panel.svelte';
import Inspector from '../../renderer/inspector/inspector.svelte';
import RecordDialog from '../../renderer/record/record-dialog.svelte';
import EventTable from '../../renderer/table/event-table.svelte';
import Transport from '../../renderer/transport/transport.svelte';
import { openSession, stage, startedSession, violations } from './fixtures/session.ts';
import { STEPS, traceBytes } from './fixtures/trace.ts';
import { refaults } from './fixtures/visits.ts';

test('the inspector shows a 64-bit CR2 exactly, the failed check with its citation, the error code and the walk level by level', async () => {
  const session = await openSession();
  session.goTo(2);
  const target = stage(460);
  await render(Inspector, { target, props: { session } });
  await expect.element(page.getByText('0xffff800000000123').first()).toBeVisible();
  await expect.element(page.getByLabelText('Why it faulted')).toHaveTextContent(/user-mode access uses entries with U\/S = 1 at every level.*page-user.*SDM 3A/s);
  const walk = page.getByRole('list').filter({ hasText: 'Page directory entry' });
  await expect.element(walk).toHaveTextContent(/Linear address.*Page directory entry.*0x102000.*0x103007.*user.*Page table entry.*0x103048.*0x9003.*supervisor.*Last writer absent: no write to this entry was recorded.*Failed check: page-user/s);
  await expect.element(page.getByText('protection, write, user', { exact: true })).toBeVisible();
  expect(await violations(target)).toEqual([]);
});

test('the headline leaves the failed check to its card, which says it once', async () => {
  const session = await openSession();
  session.goTo(2);
  const target = stage(460);
  await render(Inspector, { target, props: { session } });
  await expect.element(page.getByText(/^#PF \(page fault\) on user write at 0xffff800000000123; error code 0x7/)).toBeVisible();
  expect(target.innerText.match(/entries with U\/S = 1 at every level/g)).toHaveLength(1);
});

test('the walk leads to the event that last wrote an entry', async () => {
  const write = { kind: 'table-write' as const, values: { icount: 15, mode: 'protected', cpl: 0, cs: 8, ip: 0x100200n, table: 'page-table', index: 18, physical: 0x103048n, before: 0n, after: 0x9003n } };
  const session = await openSession(traceBytes([...STEPS.slice(0, 2), write, ...STEPS.slice(2)]));
  session.goTo(3);
  await render(Inspector, { target: stage(460), props: { session } });
  await expect.element(page.getByRole('list').filter({ hasText: 'Page directory entry' })).toHaveTextContent(/Written by ring 0 at 0x100200.*event 2.*0x0.*0x9003/s);
  await userEvent.click(page.getByRole('button', { name: '0x100200 (go to event 2)' }));
  expect(session.event).toBe(2);
});

test('the frame is drawn slot by slot from the top, and both sides of the step with changes', async () => {
  const session = await openSession();
  session.goTo(3);
  await render(Inspector, { target: stage(460), props: { session } });
  const slots = page.getByRole('list').filter({ hasText: 'ESP' });
  await expect.element(slots).toHaveTextContent(/0x106ffc.*SS.*0x23.*GDT entry 4, RPL 3.*ESP.*0x404000.*EFLAGS.*CS.*0x1b.*EIP.*0x400000.*0x106fe8.*error code.*0x7/s);
  await expect.element(page.getByRole('row', { name: /^CPL/ })).toHaveTextContent(/3.*→.*0/s);
});

test('without the image, events, frames, walks and registers still show; code says what is missing and why', async () => {
  const session = await openSession();
  session.goTo(3);
  await render(Inspector, { target: stage(460), props: { session } });
  await expect.element(page.getByText(/instructions come from executing the recording again.*the guest image is not in this trace/)).toBeVisible();
  await expect.element(page.getByText('0x106fe8').first()).toBeVisible();
  await expect.element(page.getByRole('button', { name: 'Copy Registers' })).toBeVisible();
});

test('the event table keeps in step with the playhead and is driven by arrows, Home, End and Page keys', async () => {
  const session = await openSession(traceBytes(STEPS, 500));
  const target = stage(800, 400);
  await render(EventTable, { target, props: { session } });
  const grid = page.getByRole('grid', { name: 'Events' });
  await expect.element(grid).toHaveAttribute('aria-rowcount', '3001');
  (grid.element() as HTMLElement).focus();
  await userEvent.keyboard('{ArrowDown}{ArrowDown}');
  expect(session.at.seq).toBe(2);
  await expect.element(page.getByRole('row', { selected: true })).toHaveTextContent('#PF');
  await userEvent.keyboard('{End}');
  expect(session.at.seq).toBe(2999);
  await expect.element(page.getByRole('row', { selected: true })).toHaveTextContent('2999');
  await expect.element(page.getByRole('row', { selected: true })).toBeVisible();
  await userEvent.keyboard('{PageUp}');
  expect(session.at.seq).toBeLessThan(2995);
  session.goTo(1500);
  await expect.element(page.getByRole('row', { selected: true })).toHaveTextContent('1500');
  expect(target.querySelectorAll('[role=row]').length).toBeLessThan(60);
  expect(await violations(target)).toEqual([]);
});

test('controls that cannot be used say why, and stay silent when pressed', async () => {
  const session = await openSession();
  const target = stage(1200, 120);
  await render(Transport, { target, props: { session } });
  const run = page.getByRole('button', { name: 'Run to next breakpoint' });
  await expect.element(run).toHaveAttribute('aria-disabled', 'true');
  await expect.element(run).toHaveAccessibleDescription('Add a breakpoint first (B).');
  const step = page.getByRole('button', { name: 'Next instruction' });
  await expect.element(step).toHaveAccessibleDescription(/Instructions need re-execution: .*the guest image is not in this trace/);
  await userEvent.click(step, { force: true });
  expect(session.at.seq).toBe(0);
  session.breakpoints.add('fault');
  await expect.element(run).not.toHaveAttribute('aria-disabled');
  await userEvent.click(run);
  await expect.poll(() => session.event).toBe(2);
  expect(await violations(target)).toEqual([]);
});

test('a breakpoint runs forwards and backwards, for a CPL change and an MSR write', async () => {
  const session = await openSession(traceBytes(STEPS, 3));
  session.breakpoints.add('cpl 3->0');
  session.breakpoints.add('msr IA32_SYSENTER_CS');
  expect([...session.breakpoints.hits]).toEqual([0, 3, 6, 9, 12, 15]);
  session.goTo(7);
  await session.breakpoints.run('forward');
  expect(session.event).toBe(9);
  await session.breakpoints.run('backward');
  expect(session.event).toBe(6);
  await session.breakpoints.run('backward');
  expect(session.event).toBe(3);
});

test('two clicks make a breakpoint; typing one shows a refusal under its column; it can be switched off and removed', async () => {
  const session = await openSession();
  const target = stage(360, 700);
  await render(Panel, { target, props: { session } });
  await userEvent.click(page.getByText('MSR write'));
  await userEvent.click(page.getByRole('button', { name: 'Add', exact: true }));
  expect(session.breakpoints.set.map((one) => one.text)).toEqual(['msr']);
  const field = page.getByLabelText('Or type an expression');
  await userEvent.fill(field, 'cpl 3->9');
  await expect.element(page.getByRole('alert')).toHaveTextContent(/Column 8/);
  await expect.element(field).toHaveAttribute('aria-invalid', 'true');
  await userEvent.fill(field, 'fault #PF');
  await userEvent.keyboard('{Enter}');
  await expect.element(page.getByText('1 hit', { exact: true }).first()).toBeVisible();
  await userEvent.click(page.getByRole('checkbox', { name: 'Enable fault #PF' }));
  expect([...session.breakpoints.hits]).toEqual([0]);
  await userEvent.click(page.getByRole('button', { name: 'Remove fault #PF' }));
  expect(session.breakpoints.set).toHaveLength(1);
  expect(await violations(target)).toEqual([]);
});

test('hits of a long trace are counted in slices, and a run waits for them', async () => {
  const session = await openSession(traceBytes(STEPS, 6000));
  let longest = 0;
  let last = performance.now();
  const watch = setInterval(() => { longest = Math.max(longest, performance.now() - last); last = performance.now(); }, 1);
  for (const text of ['fault if (cr2 == 0x5)', 'cpl 3->0', 'eax == 1']) session.breakpoints.add(text);
  session.goTo(5);
  await session.breakpoints.run('forward');
  clearInterval(watch);
  expect(session.event).toBe(9);
  expect(Object.values(session.breakpoints.hitsOf).map((hits) => hits.length)).toEqual([0, 6000, 0]);
  expect(session.breakpoints.progressOf).toEqual({});
  expect(longest).toBeLessThan(1000);
});

test('Escape while recording asks instead of throwing the recording away; the focus goes along', async () => {
  const ended: string[] = [];
  let end: (outcome: { kind: 'cancelled' }) => void = () => undefined;
  const session = await startedSession({
    recordDialog: () => Promise.resolve({ kind: 'chosen', image: { token: 't', name: 'kernel.elf', path: '/k/kernel.elf', bytes: 4096 } }),
    record: () => new Promise((resolve) => { end = resolve; }),
    cancelRecord: ({ partial }) => { ended.push(partial); end({ kind: 'cancelled' }); return Promise.resolve(); },
  });
  session.overlay = 'record';
  await render(RecordDialog, { target: stage(), props: { session } });
  await userEvent.click(page.getByRole('button', { name: 'Choose…' }));
  await userEvent.click(page.getByRole('button', { name: 'Record', exact: true }));
  await expect.element(page.getByRole('button', { name: 'Stop and open what there is' })).toHaveFocus();
  await userEvent.keyboard('{Escape}');
  await expect.element(page.getByRole('alert')).toHaveTextContent('still being recorded');
  expect([session.overlay, ended]).toEqual(['record', []]);
  await userEvent.click(page.getByRole('button', { name: 'Discard' }));
  expect(ended).toEqual(['discard']);
  await userEvent.keyboard('{Escape}');
  await expect.poll(() => session.overlay).toBeNull();
});

test('the record dialog asks for an image first, names a wrong field, shows a refusal, and opens what was recorded', async () => {
  let outcome: 'refused' | 'recorded' = 'refused';
  const opened = await openSession();
  const trace = opened.recording?.opened;
  if (trace === undefined) throw new Error('no trace');
  const session = await startedSession({
    recordDialog: () => Promise.resolve({ kind: 'chosen', image: { token: 't', name: 'kernel.elf', path: '/k/kernel.elf', bytes: 4096 } }),
    record: () => Promise.resolve(outcome === 'refused' ? { kind: 'failed', message: 'kernel.elf is a 64-bit ELF; build it for 32 bits' } : { kind: 'opened', trace }),
  });
  session.overlay = 'record';
  await render(RecordDialog, { target: stage(), props: { session } });
  const record = page.getByRole('button', { name: 'Record', exact: true });
  await expect.element(record).toHaveAccessibleDescription('Choose an image first.');
  await userEvent.click(page.getByRole('button', { name: 'Choose…' }));
  await expect.element(page.getByText('kernel.elf', { exact: true })).toBeVisible();
  await userEvent.fill(page.getByLabelText('Memory, MiB'), 'lots');
  await expect.element(page.getByRole('alert')).toHaveTextContent('Memory is a whole number');
  await userEvent.fill(page.getByLabelText('Memory, MiB'), '16');
  await userEvent.click(record);
  await expect.element(page.getByRole('alert')).toHaveTextContent('build it for 32 bits');
  expect(await violations(document.body)).toEqual([]);
  outcome = 'recorded';
  await userEvent.click(record);
  await expect.poll(() => session.recording?.columns.count).toBe(6);
});

test('a fault that comes again and again is folded into one row with a count; it opens and closes by keys and by its button', async () => {
  const session = await openSession(traceBytes(refaults(412)));
  const target = stage(800, 400);
  await render(EventTable, { target, props: { session } });
  const grid = page.getByRole('grid', { name: 'Events' });
  // the first round and the last stay: 410 rounds of 3 events are one row
  await expect.element(grid).toHaveAttribute('aria-rowcount', '9');
  await expect.element(page.getByText('× 410')).toBeVisible();
  await expect.element(page.getByText(/412 times the same #PF at 0x400000 on 0x408123/)).toBeVisible();
  (grid.element() as HTMLElement).focus();
  await userEvent.keyboard('{Home}{ArrowDown}{ArrowDown}{ArrowDown}');
  expect(session.at.seq).toBe(3);
  await expect.element(page.getByRole('row', { selected: true })).toHaveTextContent('playhead at 3');
  await userEvent.keyboard('{ArrowDown}');
  expect(session.at.seq).toBe(1233);
  session.goTo(600);
  await expect.element(page.getByRole('row', { selected: true })).toHaveTextContent('playhead at 600');
  await userEvent.keyboard('{ArrowRight}');
  await expect.element(grid).toHaveAttribute('aria-rowcount', '1239');
  await expect.element(page.getByRole('row', { selected: true })).toHaveTextContent('600');
  await expect.element(page.getByRole('row', { selected: true })).toBeVisible();
  expect(session.announcement).toBe('1,230 events are shown.');
  await userEvent.keyboard('{ArrowLeft}');
  await expect.element(grid).toHaveAttribute('aria-rowcount', '9');
  await userEvent.click(page.getByRole('button', { name: 'Show 1,230 events' }));
  await expect.element(grid).toHaveAttribute('aria-rowcount', '1239');
  expect(await violations(target)).toEqual([]);
});
