// The statistics: counts and rings from the record at once, the cost of a call once it was counted, what repeats, and what is absent.
import { render } from 'vitest-browser-svelte';
import { expect, test } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import type { Heard } from '../../core/event/heard.ts';
import type { PreflightFinding, ReexecuteReply, ReexecuteRequest } from '../../core/event/reexecutor.ts';
import { CHECK_PASS } from '../../core/event/probe.ts';
import { rule } from '../../core/event/rules.ts';
import Inspector from '../../renderer/inspector/inspector.svelte';
import Stats from '../../renderer/stats/stats.svelte';
import { openSession, openedTrace, stage, violations } from './fixtures/session.ts';
import { traceBytes } from './fixtures/trace.ts';
import { CALL, CALLS, refaults } from './fixtures/visits.ts';

/** A listening re-executor: an entry makes three checks, reads a gate and pushes two values, an exit makes one check. */
function listens(asked: ReexecuteRequest[] = []): (id: string, request: ReexecuteRequest) => Promise<ReexecuteReply> {
  return (_id, request) => {
    asked.push(request);
    if (request.kind !== 'listen') return Promise.resolve({ kind: 'not-found' });
    const { seq } = request.at;
    const check: Heard = { kind: 'check', rule: rule('gate-dpl'), outcome: CHECK_PASS, a: 0, b: 0 };
    const access = (what: 'gate' | 'frame', write: boolean): Heard => ({ kind: 'access', what, part: null, linear: 0, physical: 0, size: 4, value: 0n, write });
    const work = seq % 2 === 0 ? [check, check, check, access('gate', false), access('frame', true), access('frame', true)] : [check];
    return Promise.resolve({ kind: 'heard', heard: [...work, { kind: 'event', seq, event: 'transition' }], cut: false });
  };
}

test('the cost of a call is counted from some calls, drawn thing by thing, and says from how many', async () => {
  const asked: ReexecuteRequest[] = [];
  const session = await openSession(traceBytes(CALL, 1000), { reexecute: listens(asked) });
  const target = stage(720, 700);
  await render(Stats, { target, props: { session } });
  await expect.element(page.getByText('re-executed, 16 of 2,000')).toBeVisible();
  await expect.element(page.getByText(/architectural work, not cycles/)).toBeVisible();
  const row = (name: RegExp) => page.getByRole('row', { name });
  await expect.element(row(/^Checks/)).toHaveTextContent(/4/);
  expect(row(/^Checks/).element().querySelectorAll('i').length).toBe(4);
  await expect.element(row(/^Memory accesses/)).toHaveTextContent(/3/);
  expect(asked.filter((one) => one.kind === 'listen')).toHaveLength(16);
  await userEvent.click(page.getByText('Whole trace'));
  await expect.element(row(/^Checks/)).toHaveTextContent(/4,000/);
  expect(await violations(target)).toEqual([]);
});

test('another recording is counted anew, and only once however often the pane is shown', async () => {
  const asked: ReexecuteRequest[] = [];
  const session = await openSession(traceBytes(CALL, 4), { reexecute: listens(asked) });
  const first = await render(Stats, { target: stage(600, 600), props: { session } });
  await expect.element(page.getByText('re-executed, 8 of 8')).toBeVisible();
  await first.unmount();
  await render(Stats, { target: stage(600, 600), props: { session } });
  await expect.element(page.getByText('re-executed, 8 of 8')).toBeVisible();
  expect(asked.filter((one) => one.kind === 'listen')).toHaveLength(8);
  await session.accept({ kind: 'opened', trace: openedTrace(traceBytes(CALL, 2), null) });
  await expect.element(page.getByText('re-executed, 4 of 4')).toBeVisible();
});

test('without re-execution the cost is absent with its reason; rings, repeats and counts stand on the record', async () => {
  const session = await openSession(traceBytes(CALLS));
  const target = stage(600, 900);
  await render(Stats, { target, props: { session } });
  await expect.element(page.getByText(/The work of a call is counted by executing it again: .*the guest image is not in this trace/)).toBeVisible();
  await expect.element(page.getByRole('list', { name: 'Instructions in each ring' })).toHaveTextContent(/Ring 0.*Ring 3/s);
  await expect.element(page.getByText('No fault and no interrupt came again and again without progress.')).toBeVisible();
  await expect.element(page.getByRole('list', { name: 'Events by kind' })).toHaveTextContent(/transition.*8.*exit.*1/s);
  expect(await violations(target)).toEqual([]);
});

test('a refault loop is listed first, with the way to its first and last round', async () => {
  const session = await openSession(traceBytes(refaults(412)));
  const target = stage(420, 600);
  await render(Stats, { target, props: { session } });
  const repeats = page.getByRole('list', { name: 'Repeats without progress' });
  await expect.element(repeats).toHaveTextContent(/Refault loop × 412.*the same #PF at 0x400000 on 0x408123/s);
  await userEvent.click(page.getByRole('button', { name: 'Go to the last round, event 1233' }));
  expect(session.event).toBe(1233);
  await userEvent.click(page.getByRole('button', { name: 'Go to the first, event 0' }));
  expect(session.event).toBe(0);
  expect(await violations(target)).toEqual([]);
});

/** A re-executor whose pre-flight of every set-up finds these. */
const finds = (findings: readonly PreflightFinding[]): { reexecute: (id: string, request: ReexecuteRequest) => Promise<ReexecuteReply> } => ({
  reexecute: (_id, request) => Promise.resolve(request.kind === 'preflight' ? { kind: 'preflight', findings } : { kind: 'not-found' }),
});
const FINDING: PreflightFinding = { trial: 'sysenter', vectors: [], heard: [], rule: rule('page-user'), fault: '#PF(0x5)', linear: 0x123, isUnset: false };

test('a set-up that will fail is said at its event, with the way to where it came true, and in the list of the recording', async () => {
  const session = await openSession(traceBytes(), finds([{ ...FINDING, linear: 0xffff800000000123 }]));
  const target = stage(460, 900);
  await render(Inspector, { target, props: { session } });
  session.goTo(0);
  const card = page.getByRole('list', { name: 'Found by the set-up check' });
  await expect.element(card).toHaveTextContent(/SYSENTER fails: #PF\(0x5\) at linear .*\[page-user\], SDM 3A/s);
  expect(await violations(target)).toEqual([]);
  session.goTo(4);
  await expect.poll(() => card.elements()).toHaveLength(0);
  const other = stage(460, 900);
  await render(Stats, { target: other, props: { session } });
  const list = page.getByRole('list', { name: 'Set up wrong' });
  await expect.element(list).toHaveTextContent(/SYSENTER fails/);
  await userEvent.click(list.getByRole('button', { name: 'Go to the set-up, event 0' }));
  expect(session.event).toBe(0);
  expect(await violations(other)).toEqual([]);
});

test('a set-up that holds is said to hold; a note is no warning; without re-execution the reason stands there', async () => {
  const session = await openSession(traceBytes(), finds([]));
  await render(Inspector, { target: stage(460, 900), props: { session } });
  session.goTo(0);
  await expect.element(page.getByText(/What this is for was tried on the machine of this moment, and every check passed/)).toBeVisible();
  const noted = await openSession(traceBytes(), finds([{ ...FINDING, isUnset: true }]));
  await render(Inspector, { target: stage(460, 900), props: { session: noted } });
  noted.goTo(0);
  await expect.element(page.getByText('A note is about what is not there yet: it may be set up later.')).toBeVisible();
  const bare = await openSession();
  await render(Inspector, { target: stage(460, 900), props: { session: bare } });
  bare.goTo(0);
  await expect.element(page.getByText(/What this sets up can be tried only by executing the recording again: .*the guest image is not in this trace/)).toBeVisible();
});
