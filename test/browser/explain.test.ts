// The cards that explain an event, on their own: the why card, the ladder by keyboard, cascade, walk, chain, who wrote this, absences.
import { render } from 'vitest-browser-svelte';
import { expect, test } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import type { ReexecuteReply, ReexecuteRequest } from '../../core/event/reexecutor.ts';
import type { Explanation } from '../../core/replay/explain/explanation.ts';
import Inspector from '../../renderer/inspector/inspector.svelte';
import type { Session } from '../../renderer/session/session.svelte.ts';
import { explanationOf, REFUSED, REFUSED_STEPS, step } from './fixtures/explanation.ts';
import { openSession, stage, violations } from './fixtures/session.ts';
import { importedBytes } from './fixtures/trace.ts';

const NOTHING = (): Promise<ReexecuteReply> => Promise.resolve({ kind: 'not-found' });
/** A session at an event, with an explanation at hand and a re-executor that answers. */
async function explained(more: Partial<Explanation> = REFUSED, reexecute: (request: ReexecuteRequest) => Promise<ReexecuteReply> = NOTHING, seq = 2): Promise<Session> {
  const session: Session = await openSession(undefined, { reexecute: (_trace, request) => reexecute(request) }, (what) => Promise.resolve(explanationOf(session, what.seq, more)));
  session.goTo(seq);
  return session;
}
const checks = (): ReturnType<typeof page.getByRole> => page.getByRole('list', { name: 'Checks' });

test('the why card is prose, then the check with its operands, the value and where it was read, the writer as a jump, one remedy to try, the citation', async () => {
  const session = await explained();
  const target = stage(448);
  const tried: string[] = [];
  await render(Inspector, { target, props: { session, ontry: (change: string) => { tried.push(change); } } });
  const why = page.getByRole('region', { name: 'Why it faulted' });
  await expect.element(why).toHaveTextContent(/INT 0x80 in ring 3 is refused.*CPL\s*3.*gate DPL\s*0.*gate 0x80 of the IDT.*0xffff8e000008fedc.*linear 0xffffffff80105400.*physical 0x105400.*Remedy.*idt\[0x80\]\.dpl=3.*page-user.*SDM 3A/s);
  await userEvent.click(page.getByRole('button', { name: 'Try idt[0x80].dpl=3' }));
  expect(tried).toEqual(['idt[0x80].dpl=3']);
  await userEvent.click(page.getByRole('button', { name: 'build_interrupt_descriptor_table_entry_for_vector+0x12 (go to event 0)' }));
  expect(session.event).toBe(0);
  session.goTo(2);
  await expect.element(why).toBeVisible();
  expect(await violations(target)).toEqual([]);
});

test('the ladder opens at the step that failed; arrows walk its rows, right and left unfold and fold, Enter toggles, and nothing of it moves the playhead', async () => {
  const session = await explained();
  const target = stage(448);
  await render(Inspector, { target, props: { session } });
  const failed = page.getByRole('button', { name: /^failed: For INT n/i });
  await expect.element(failed).toHaveAttribute('aria-expanded', 'true');
  await expect.element(failed).toHaveAttribute('tabindex', '0');
  expect(target.querySelectorAll('[data-row][tabindex="0"]')).toHaveLength(1);
  (failed.element() as HTMLElement).focus();
  await userEvent.keyboard('{ArrowDown}');
  const rest = page.getByRole('button', { name: '17 more checks not reached' });
  await expect.element(rest).toHaveFocus();
  await userEvent.keyboard('{ArrowRight}');
  await expect.element(rest).toHaveAttribute('aria-expanded', 'true');
  await userEvent.keyboard('{ArrowDown}');
  await expect.element(page.getByRole('button', { name: /^not reached: the gate is present/i })).toHaveFocus();
  await userEvent.keyboard('{ArrowLeft}');
  await expect.element(rest).toHaveFocus();
  await userEvent.keyboard('{ArrowLeft}');
  await expect.element(rest).toHaveAttribute('aria-expanded', 'false');
  await userEvent.keyboard('{Home}');
  const fetched = page.getByRole('button', { name: /^Fetch/ });
  await expect.element(fetched).toHaveFocus();
  await expect.element(fetched).toHaveTextContent(/\d passed · 2 skipped/);
  await userEvent.keyboard('{Enter}');
  await expect.element(fetched).toHaveAttribute('aria-expanded', 'true');
  await expect.element(page.getByRole('button', { name: /^skipped: LOCK stands before/i })).toBeVisible();
  expect(session.event).toBe(2);
  expect(await violations(target)).toEqual([]);
});

test('a step that failed shows the memory it read, with 64 bits, and who wrote that, back to the write before', async () => {
  const asked: ReexecuteRequest[] = [];
  const reexecute = (request: ReexecuteRequest): Promise<ReexecuteReply> => {
    asked.push(request);
    if (request.kind !== 'last-write') return NOTHING();
    const first = request.before.seq === 2;
    return Promise.resolve({ kind: 'written', write: { by: first ? 'cpu' : 'loader', at: first ? { icount: 3, iteration: 0, seq: 0 } : null, event: null, cpl: first ? 0 : null, cs: null, ip: first ? 0x10_0012n : null, physical: 0x10_5400, size: 8, before: 0n, after: 0xffff_8e00_0008_fedcn } });
  };
  const session = await explained(REFUSED, reexecute);
  await render(Inspector, { target: stage(448), props: { session } });
  await userEvent.click(checks().getByRole('button', { name: 'Who wrote gate at 0x105400?' }));
  await expect.element(checks()).toHaveTextContent(/Written by ring 0 at 0x100012.*before event 0.*0x0.*0xffff8e000008fedc/s);
  expect(asked.find((one) => one.kind === 'last-write')).toEqual({ kind: 'last-write', before: { icount: 20, iteration: 0, seq: 2 }, physical: 0x10_5400, length: 8 });
  await userEvent.click(page.getByRole('button', { name: 'Earlier write of gate at 0x105400' }));
  await expect.element(checks()).toHaveTextContent(/Before that written by the loader, before the first instruction/);
  await expect.element(page.getByRole('button', { name: 'Earlier write of gate at 0x105400' })).not.toBeInTheDocument();
  await userEvent.click(page.getByRole('button', { name: '0x100012 (go to before event 0)' }));
  expect(session.at).toEqual({ icount: 3, iteration: 0, seq: 0 });
});

test('a ladder of hundreds of steps is folded to its groups, and is drawn piece by piece when all is unfolded', async () => {
  const steps = Array.from({ length: 150 }, (_, instance) => [step('page-directory-present', 'pass', {}, instance), step('page-table-present', 'pass', {}, instance), step('page-user', 'pass', {}, instance)]).flat();
  const session = await explained({ steps: [...steps, ...REFUSED_STEPS.map((one) => (one.procedure === 'page-walk' ? { ...one, group: { ...one.group, instance: one.group.instance + 200 } } : one))] });
  const target = stage(448);
  await render(Inspector, { target, props: { session } });
  await expect.element(page.getByRole('button', { name: /^failed: For INT n/i })).toBeVisible();
  expect(target.querySelectorAll('[data-row]').length).toBeLessThan(170);
  await userEvent.click(page.getByRole('button', { name: 'Expand all' }));
  expect(target.querySelectorAll('[data-row]')).toHaveLength(400);
  await userEvent.click(page.getByRole('button', { name: /^Show \d+ more of \d+ rows$/ }));
  expect(target.querySelectorAll('[data-row]').length).toBeGreaterThan(600);
  await userEvent.click(page.getByRole('button', { name: 'Fold all' }));
  expect(target.querySelectorAll('[data-row]').length).toBeLessThan(170);
});

test('the cause chain is a path of jumps, to events and between them; where proof ends it says why', async () => {
  const session = await explained();
  const target = stage(448);
  await render(Inspector, { target, props: { session } });
  const chain = page.getByRole('list').filter({ hasText: 'the check that failed' });
  await expect.element(chain).toHaveTextContent(/the check that failed.*gate-dpl compares.*read from memory.*stored by build_idt\+0x12.*here the proof ends.*broken off/s);
  await userEvent.click(chain.getByRole('button', { name: 'before event 0' }));
  expect(session.at).toEqual({ icount: 2, iteration: 0, seq: 0 });
});

test('a selector error code shows the table entry it names as it was then', async () => {
  const session = await explained();
  await render(Inspector, { target: stage(448), props: { session } });
  await expect.element(page.getByText('Gate 0x80 of the IDT, as it was then')).toBeVisible();
  await expect.element(page.getByText(/32-bit interrupt gate, DPL 0, present, handler 0x8:0xfffffedc/).first()).toBeVisible();
});

test('any address can be walked at this point: typed, refused in words, or sent by a card; a stale TLB entry stands beside the tables', async () => {
  const reexecute = (request: ReexecuteRequest): Promise<ReexecuteReply> => (request.kind !== 'walk' ? NOTHING() : Promise.resolve({
    kind: 'walk', walk: { levels: [{ level: 2, physical: 0x10_2000, entry: 0x10_3007n, flags: 7, pageSize: 0, rights: 15 }, { level: 1, physical: 0x10_3048, entry: 0x9003n, flags: 3, pageSize: 4096, rights: 14 }], physical: 0x9123, tlb: { physical: 0x8123, stale: true, user: true, writable: true, nx: false }, rule: null },
  }));
  const session = await explained(REFUSED, reexecute);
  const target = stage(448);
  await render(Inspector, { target, props: { session } });
  await userEvent.click(page.getByRole('button', { name: 'Walk an address' }));
  const field = page.getByLabelText('Linear address', { exact: true });
  await userEvent.fill(field, 'somewhere');
  await userEvent.keyboard('{Enter}');
  await expect.element(page.getByRole('alert')).toHaveTextContent('Type a 32-bit address');
  await userEvent.fill(field, '0x12123');
  await userEvent.keyboard('{Enter}');
  await expect.element(page.getByText('Stale TLB entry.')).toBeVisible();
  await expect.element(page.getByText('0x8123')).toBeVisible();
  await expect.element(page.getByText('0x9123').first()).toBeVisible();
  await expect.element(page.getByText('The tables say')).toBeVisible();
  expect(await violations(target)).toEqual([]);
  session.goTo(3);
  await expect.element(page.getByText('Stale TLB entry.')).not.toBeInTheDocument();
});

test('a walk of PAE paging begins with a register, and an entry of 64 bits shows that it forbids execution', async () => {
  const reexecute = (request: ReexecuteRequest): Promise<ReexecuteReply> => (request.kind !== 'walk' ? NOTHING() : Promise.resolve({
    kind: 'walk', walk: {
      levels: [
        { level: 3, physical: 0x10_1048, entry: 0x10_2001n, flags: 1 | 64 | 128 | 256, pageSize: 0, rights: 15 },
        { level: 2, physical: 0x10_2000, entry: 0x8000_0000_0020_0087n, flags: 1 | 2 | 4 | 8 | 256, pageSize: 0x20_0000, rights: 11 },
      ],
      physical: 0x21_2123, tlb: null, rule: null,
    },
  }));
  const session = await explained(REFUSED, reexecute);
  const target = stage(448);
  await render(Inspector, { target, props: { session } });
  await userEvent.click(page.getByRole('button', { name: 'Walk an address' }));
  await userEvent.fill(page.getByLabelText('Linear address', { exact: true }), '0x40012123');
  await userEvent.keyboard('{Enter}');
  await expect.element(page.getByText(/PDPTE1 register \(memory has changed since it was loaded\)/)).toBeVisible();
  await expect.element(page.getByText('loaded from')).toBeVisible();
  await expect.element(page.getByText(', maps a 2-MByte page')).toBeVisible();
  await expect.element(page.getByText('0x8000000000200087')).toBeVisible();
  await expect.element(page.getByTitle('nothing may be executed here')).toBeVisible();
  expect(await violations(target)).toEqual([]);
});

test('where implementations differ, the ladder says so: what is done here, and what others do', async () => {
  const session = await explained(REFUSED);
  const target = stage(448);
  await render(Inspector, { target, props: { session } });
  const list = page.getByRole('list', { name: 'Implementations differ here' });
  await expect.element(list).toHaveTextContent(/implementations differ here.*BSF and BSR.*Ringscope.*unchanged.*Intel manual.*undefined/is);
  expect(await violations(target)).toEqual([]);
});

test('without re-execution the recorded reason stays, and the ladder says what is missing and why', async () => {
  const reason = 'this trace was imported from a log of qemu -d int, which holds no guest to execute; record the guest with ringscope record';
  const session = await explained({ basis: { kind: 'absent', reason } });
  const target = stage(448);
  await render(Inspector, { target, props: { session } });
  await expect.element(page.getByRole('region', { name: 'Why it faulted' })).toHaveTextContent(/recorded.*page-user/is);
  await userEvent.click(page.getByRole('button', { name: 'Check ladder', exact: true }));
  await expect.element(page.getByText(/The checks come from executing this event again.*ringscope record/)).toBeVisible();
  expect(await violations(target)).toEqual([]);
});

test('on an imported trace the ladder is absent, and names the command that records it', async () => {
  const reason = 'this trace was imported from a log of qemu -d int, which holds no guest to execute';
  const session: Session = await openSession(importedBytes(), {}, (what) => Promise.resolve(explanationOf(session, what.seq, { basis: { kind: 'absent', reason } })));
  session.goTo(2);
  const target = stage(448);
  await render(Inspector, { target, props: { session } });
  await userEvent.click(page.getByRole('button', { name: 'Check ladder', exact: true }));
  await expect.element(page.getByText('ringscope record IMAGE -o run.rtrace')).toBeVisible();
  await expect.element(page.getByText(/The checks come from executing this event again.*imported from a log of qemu/)).toBeVisible();
  expect(await violations(target)).toEqual([]);
});

test('an explanation left behind asks no more: the next one does not wait for it', async () => {
  const asked: string[] = [];
  let goOn: () => void = () => undefined;
  const session: Session = await openSession(undefined, { reexecute: NOTHING }, async ({ seq, replay }) => {
    const ask = async (): Promise<void> => { await replay.reexecutor?.ask({ kind: 'walk', at: session.at, linear: 0 }); asked.push(`event ${String(seq)}`); };
    await ask();
    if (seq === 0) await new Promise<void>((resolve) => { goOn = resolve; });
    await ask();
    return explanationOf(session, seq);
  });
  session.goTo(0);
  await expect.poll(() => asked).toEqual(['event 0']);
  session.goTo(3);
  goOn();
  await expect.poll(() => session.explanation.of(3)?.event.seq).toBe(3);
  expect(asked).toEqual(['event 0', 'event 3', 'event 3']);
  // it was broken off, not kept
  session.goTo(0);
  expect(session.explanation.state.kind).toBe('asking');
});

test('answers that come late are dropped, what is known is kept, and a mishap is said', async () => {
  const asked: number[] = [];
  const answers = new Map<number, (answer: Explanation) => void>();
  const session: Session = await openSession(undefined, { reexecute: NOTHING }, ({ seq }) => {
    asked.push(seq);
    if (seq === 4) return Promise.reject(new Error('the worker ended'));
    return new Promise((resolve) => { answers.set(seq, resolve); });
  });
  session.goTo(0);
  await expect.poll(() => asked).toEqual([0]);
  // a held key: only the last event is asked for, once the first answer is there
  for (const seq of [1, 2, 3]) session.goTo(seq);
  answers.get(0)?.(explanationOf(session, 0));
  await expect.poll(() => asked).toEqual([0, 3]);
  expect(session.explanation.state).toEqual({ kind: 'asking', seq: 3 });
  answers.get(3)?.(explanationOf(session, 3));
  await expect.poll(() => session.explanation.of(3)?.event.seq).toBe(3);
  session.goTo(0);
  expect(session.explanation.of(0)?.event.seq).toBe(0);
  session.goTo(4);
  await expect.poll(() => session.explanation.state).toEqual({ kind: 'failed', seq: 4, reason: 'the worker ended' });
  expect(asked).toEqual([0, 3, 4]);
});
