// The what-if dialog: typing a change with its refusal under the column, suggestions, the two outcomes, absence, recording it.
import { render } from 'vitest-browser-svelte';
import { expect, test } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import type { Api, OpenOutcome } from '../../app/contract/api.ts';
import type { ConsoleEvent, TraceEvent } from '../../core/event/event.ts';
import type { ReexecuteReply, ReexecuteRequest } from '../../core/event/reexecutor.ts';
import type { Session } from '../../renderer/session/session.svelte.ts';
import WhatIf from '../../renderer/whatif/what-if.svelte';
import { openedTrace, openSession, stage, violations } from './fixtures/session.ts';
import { traceBytes } from './fixtures/trace.ts';

const says = (text: string, seq: number): ConsoleEvent => ({ kind: 'console', seq, cpu: 0, icount: seq, mode: 'protected', cpl: 0, cs: 8, ip: 0x1000n, text, device: 'debug' });
const tried = (events: readonly TraceEvent[], stopped: string | null = null): ReexecuteReply => ({ kind: 'tried', boundary: 20, changed: 'IDT entry 0x80 DPL: 0 -> 3', events, stopped });

async function dialog(answer: (request: ReexecuteRequest) => Promise<ReexecuteReply>, more: Partial<Api> = {}): Promise<Session> {
  const session = await openSession(traceBytes(), { reexecute: (_id, request) => answer(request), ...more });
  session.goTo(2);
  return session;
}
const field = () => page.getByLabelText('Change just before this event');

test('what is no change is refused under its column; what is one is tried at the event, and the outcomes stand side by side', async () => {
  const asked: ReexecuteRequest[] = [];
  const session = await dialog((request) => { if (request.kind === 'try') asked.push(request); return Promise.resolve(request.kind === 'try' ? tried([says('passed', 2)]) : { kind: 'not-found' }); });
  session.whatIf.open(2);
  await render(WhatIf, { target: stage(), props: { session, suggestions: [] } });
  await expect.element(field()).toHaveFocus();
  await userEvent.fill(field(), 'idt[0x80].DPLL=3');
  await expect.element(page.getByRole('alert')).toHaveTextContent(/Column 11: .*no field "DPLL"/);
  await expect.element(field()).toHaveAttribute('aria-invalid', 'true');
  await expect.element(page.getByRole('button', { name: 'Try it' })).toHaveAccessibleDescription('Correct the change first.');
  await userEvent.fill(field(), 'idt[0x80].dpl = 3');
  await userEvent.keyboard('{Enter}');
  await expect.element(page.getByText('first difference')).toBeVisible();
  expect(asked).toMatchObject([{ kind: 'try', change: 'idt[0x80].DPL=0x3', at: { seq: 2, icount: 20 } }]);
  await expect.element(page.getByRole('status')).toHaveTextContent(/Changed: IDT entry 0x80 DPL: 0 -> 3\. re-executed/);
  await expect.element(page.getByRole('row', { name: /#PF.*passed/ })).toBeVisible();
  expect(await violations(document.body)).toEqual([]);
});

test('a suggestion is tried with one click; a change that makes no difference says so', async () => {
  const session = await dialog((request) => Promise.resolve(request.kind === 'try' ? tried([]) : { kind: 'not-found' }));
  session.whatIf.open(2);
  await render(WhatIf, { target: stage(), props: { session, suggestions: ['pte[0x8000].US=1'] } });
  await userEvent.click(page.getByRole('button', { name: 'pte[0x8000].US=1' }));
  expect(session.whatIf.change).toBe('pte[0x8000].US=1');
  await expect.element(page.getByText('It makes no difference.')).toBeVisible();
  await expect.element(page.getByText(/It was followed for 5,000 instructions/)).toBeVisible();
});

test('where nothing can be executed the reason stands in place of an outcome', async () => {
  const session = await openSession();
  session.whatIf.open(2, 'cr0.WP=0');
  await render(WhatIf, { target: stage(), props: { session, suggestions: [] } });
  await expect.element(page.getByText(/the guest image is not in this trace/)).toBeVisible();
  await expect.element(page.getByRole('button', { name: 'Save as a trace…' })).toHaveAccessibleDescription('Try a change first.');
  expect(await violations(document.body)).toEqual([]);
});

test('saving records it with progress, can be stopped, and opens the trace; a mishap is said', async () => {
  let end: (outcome: OpenOutcome) => void = () => undefined;
  const requests: unknown[] = [];
  const stopped: string[] = [];
  const session = await dialog((request) => Promise.resolve(request.kind === 'try' ? tried([says('passed', 2)]) : { kind: 'not-found' }), {
    recordChange: (request) => { requests.push(request); return new Promise((resolve) => { end = resolve; }); },
    cancelRecord: ({ partial }) => { stopped.push(partial); end({ kind: 'cancelled' }); return Promise.resolve(); },
  });
  session.whatIf.open(2, 'cr0.WP=0');
  await render(WhatIf, { target: stage(), props: { session, suggestions: [] } });
  const save = page.getByRole('button', { name: 'Save as a trace…' });
  await userEvent.click(save);
  await expect.element(page.getByText(/Recording the whole guest again with/)).toBeVisible();
  await userEvent.keyboard('{Escape}');
  await expect.element(page.getByRole('alert')).toHaveTextContent('still being recorded');
  expect(await violations(document.body)).toEqual([]);
  await userEvent.click(page.getByRole('button', { name: 'Discard' }));
  expect(stopped).toEqual(['discard']);
  await userEvent.click(save);
  end({ kind: 'failed', message: 'the disk is full' });
  await expect.element(page.getByRole('alert')).toHaveTextContent('the disk is full');
  await userEvent.click(save);
  end({ kind: 'opened', trace: openedTrace(traceBytes(), null) });
  await expect.poll(() => session.overlay).not.toBe('what-if');
  expect(requests).toMatchObject([{ change: 'cr0.WP=0x0', seq: 2 }, {}, {}]);
});
