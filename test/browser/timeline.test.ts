// The timeline in Chromium: kernel visits by key and by click, the overview by key and by drag, both for who cannot see them.
import { render } from 'vitest-browser-svelte';
import { expect, test } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import type { EventDraft } from '../../core/event/draft.ts';
import { handleOf } from '../../core/event/schema.ts';
import App from '../../renderer/app.svelte';
import type { Session } from '../../renderer/session/session.svelte.ts';
import { openSession, stage, violations } from './fixtures/session.ts';
import { STEPS, traceBytes } from './fixtures/trace.ts';

/** A fault of ring 3, its visit with an exit, and the way into the next one. */
const back = {
  kind: 'transition' as const, values: { ...STEPS[1]?.values, 'frame.ss': 0x10, 'frame.linear': 0x106fecn, 'frame.width': 4 }, change: STEPS[1]?.change ?? {},
  list: (draft: EventDraft): void => { draft.setList(handleOf('transition', 'frame.slots')); draft.append(0); },
};
const ROUNDS = [...STEPS.slice(0, 5), back, ...STEPS.slice(2, 4), ...STEPS.slice(5)];
const overview = (): ReturnType<typeof page.getByRole> => page.getByRole('slider', { name: /^Overview/ });
const said = (): string => page.getByRole('status').elements().map((element) => element.textContent).join(' ');

async function opened(bytes = traceBytes(ROUNDS), width = 1200): Promise<{ readonly session: Session; readonly target: HTMLElement }> {
  const session = await openSession(bytes);
  const target = stage(width);
  await render(App, { target, props: { session } });
  return { session, target };
}

test('V goes from visit to visit, I and O to the two ends; each says what begins or ends', async () => {
  const { session, target } = await opened();
  await userEvent.keyboard('v');
  expect(session.event).toBe(3);
  await expect.poll(said).toMatch(/Kernel visit #PF begins, no fault inside\. It returns at event 5\./);
  await userEvent.keyboard('o');
  expect(session.event).toBe(5);
  await expect.poll(said).toMatch(/Kernel visit #PF of event 3 ends after \d+ instructions/);
  await userEvent.keyboard('i');
  expect(session.event).toBe(3);
  await userEvent.keyboard('v');
  expect(session.event).toBe(7);
  await userEvent.keyboard('o');
  expect(session.event).toBe(7);
  await expect.poll(said).toContain('Kernel visit #PF has no exit in this recording.');
  await userEvent.keyboard('{Shift>}v{/Shift}');
  expect(session.event).toBe(3);
  expect(await violations(target)).toEqual([]);
});

test('the inspector shows the visit around the playhead, and its ends lead there', async () => {
  const { session } = await opened();
  session.goTo(4);
  await expect.element(page.getByRole('button', { name: 'Kernel visit', exact: true })).toBeVisible();
  await userEvent.click(page.getByRole('button', { name: 'Go to the exit, event 5' }));
  expect(session.event).toBe(5);
  session.goTo(1);
  await expect.poll(() => page.getByRole('button', { name: 'Kernel visit', exact: true }).elements()).toHaveLength(0);
});

test('a click on a span goes to its entry; the pointer over it says how long it lasts', async () => {
  const { session } = await opened();
  const canvas = document.querySelector('.timeline .area canvas');
  if (!(canvas instanceof HTMLCanvasElement)) throw new Error('the timeline has a canvas');
  const band = document.querySelector('.timeline .band');
  if (!(band instanceof HTMLElement)) throw new Error('the visits have a band');
  const gutter = band.getBoundingClientRect().right - canvas.getBoundingClientRect().left;
  const { first, last } = session.view;
  const x = gutter + ((4.5 - first) / (last - first)) * (canvas.clientWidth - gutter);
  const position = { x, y: band.offsetTop + band.offsetHeight / 2 };
  await userEvent.hover(canvas, { position });
  await expect.element(page.getByText(/instructions, no fault inside/).first()).toBeVisible();
  await userEvent.click(canvas, { position });
  expect(session.event).toBe(3);
});

test('the overview is a slider: arrows move the window, Shift stretches it, and it says what is shown', async () => {
  const { session, target } = await opened(traceBytes(STEPS, 200));
  session.zoom(0.1, 600);
  const { first, last } = session.view;
  overview().element().focus();
  await userEvent.keyboard('{ArrowRight}');
  expect(session.view.first).toBeGreaterThan(first);
  expect(session.view.last - session.view.first).toBeCloseTo(last - first);
  await userEvent.keyboard('{Shift>}{ArrowRight}{/Shift}');
  expect(session.view.last - session.view.first).toBeGreaterThan(last - first);
  await userEvent.keyboard('{Home}');
  await expect.poll(() => overview().element().getAttribute('aria-valuetext')).toMatch(/^events 0 to \d+ of 1,200$/);
  expect(await violations(target)).toEqual([]);
});

test('dragging draws a window, moves it, and stretches it; a double click shows everything', async () => {
  const { session } = await opened(traceBytes(STEPS, 200));
  const canvas = overview().element();
  if (!(canvas instanceof HTMLCanvasElement)) throw new Error('the overview is a canvas');
  const box = canvas.getBoundingClientRect();
  const drag = (from: number, to: number): void => {
    const at = (x: number): PointerEventInit => ({ clientX: box.left + x, clientY: box.top + 15, pointerId: 1, bubbles: true, button: 0 });
    canvas.setPointerCapture = () => undefined;
    canvas.dispatchEvent(new PointerEvent('pointerdown', at(from)));
    for (let step = 1; step <= 4; step += 1) canvas.dispatchEvent(new PointerEvent('pointermove', at(from + ((to - from) * step) / 4)));
    canvas.dispatchEvent(new PointerEvent('pointerup', at(to)));
  };
  drag(400, 600);
  const drawn = session.view;
  expect(drawn.last - drawn.first).toBeLessThan(300);
  await expect.poll(() => canvas.getAttribute('aria-valuetext')).not.toMatch(/^events 0 to 1,200/);
  drag(500, 700);
  expect(session.view.first).toBeGreaterThan(drawn.first + 100);
  expect(session.view.last - session.view.first).toBeCloseTo(drawn.last - drawn.first);
  const moved = session.view;
  await expect.poll(() => canvas.className).not.toContain('held');
  drag(800, 900);
  expect(session.view.first).toBeCloseTo(moved.first);
  expect(session.view.last).toBeGreaterThan(moved.last + 50);
  await userEvent.dblClick(overview(), { position: { x: 120, y: 15 } });
  expect(session.view.first).toBeLessThanOrEqual(0);
  expect(session.view.last).toBeGreaterThanOrEqual(1200);
});

test('a recording of one event has its overview and its timeline', async () => {
  const { session, target } = await opened(traceBytes(STEPS.slice(0, 1)));
  await expect.element(overview()).toHaveAttribute('aria-valuetext', 'events 0 to 1 of 1');
  overview().element().focus();
  await userEvent.keyboard('{ArrowRight}{Shift>}{ArrowLeft}{/Shift}');
  expect(session.view.last - session.view.first).toBeGreaterThan(0);
  expect(await violations(target)).toEqual([]);
});
