// npm run bench:stepping: how long a step back by one instruction takes in the app, from the key to the picture, on every sample.
// Figures only; nothing is asserted. Started by scripts/bench-stepping.mjs, which finds Electron and a screen.

import type { Page } from 'playwright';
import { launch } from '../e2e/harness.ts';

const STEPS = 200;
/** Milliseconds between two key presses of a key held down, and how long it is held. */
const REPEAT = 33, HELD = 2000;

interface Figures { readonly steps: number; readonly p50: number; readonly p95: number; readonly worst: number; /** Pictures while the key was held, and milliseconds until the window stood still after it. */ readonly pictures: number; readonly after: number }

/** Steps back from the end of the open recording, in the page: each is over when it is painted. */
async function stepBack(page: Page): Promise<Figures> {
  await page.keyboard.press('End');
  await page.waitForTimeout(400);
  return page.evaluate(async ({ steps, repeat, held }) => {
    const press = (): void => { window.dispatchEvent(new KeyboardEvent('keydown', { key: 'F11', ctrlKey: true, bubbles: true, cancelable: true })); };
    const isBusy = (): boolean => document.querySelector('.busy') !== null;
    const where = (): string => `${document.querySelector<HTMLInputElement>('.position input')?.value ?? ''} ${document.querySelector('.position .icount')?.textContent ?? ''}`;
    const still = (): Promise<void> => new Promise((resolve) => {
      const watch = new MutationObserver(() => { if (!isBusy()) { watch.disconnect(); resolve(); } });
      watch.observe(document.body, { childList: true, subtree: true });
      if (!isBusy()) { watch.disconnect(); resolve(); }
    });
    const turn = (ms: number): Promise<void> => new Promise((resolve) => { setTimeout(resolve, ms); });
    const times: number[] = [];
    for (let step = 0; step < steps; step += 1) {
      const started = performance.now();
      press();
      await turn(0);
      await still();
      times.push(performance.now() - started);
    }
    let pictures = 0, last = '';
    const look = setInterval(() => { const now = where(); if (now !== last) pictures += 1; last = now; }, 4);
    for (const until = performance.now() + held; performance.now() < until;) { press(); await turn(repeat); }
    clearInterval(look);
    const released = performance.now();
    await still();
    const after = performance.now() - released;
    times.sort((a, b) => a - b);
    const at = (share: number): number => times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? NaN;
    return { steps: times.length, p50: at(0.5), p95: at(0.95), worst: at(1), pictures, after };
  }, { steps: STEPS, repeat: REPEAT, held: HELD });
}

const running = await launch();
try {
  const { page } = running;
  // functions sent to the page carry a helper of the compiler's
  await page.evaluate('globalThis.__name ??= (value) => value');
  const samples = await page.evaluate(async () => (await window.ringscope.samples()).filter((sample) => sample.hasTrace).map((sample) => sample.title));
  console.log(`${'sample'.padEnd(44)}  p50 ms  p95 ms  worst  pictures/s held  still after ms`);
  for (const title of samples) {
    await page.keyboard.press('Control+h');
    await page.getByRole('button', { name: new RegExp(`^${title.replaceAll(/[^\w ]/g, '.')}`) }).click();
    await page.getByRole('region', { name: 'Timeline' }).waitFor();
    const one = await stepBack(page);
    const cell = (value: number): string => value.toFixed(1).padStart(6);
    console.log(`${title.slice(0, 44).padEnd(44)}  ${cell(one.p50)}  ${cell(one.p95)} ${cell(one.worst)}  ${cell(one.pictures / (HELD / 1000)).padStart(15)}  ${cell(one.after).padStart(14)}`);
  }
} finally {
  await running.close();
}
