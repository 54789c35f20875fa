// Where processors differ, a listening probe hears it, and who does not listen is told nothing.

import { expect, test } from 'vitest';
import { VENDOR_DIFFERENCES } from '../../../core/arch/vendor-differences.ts';
import { SILENT_PROBE } from '../../../core/event/probe.ts';
import { DIFFERENCE_CASES } from './difference-cases.ts';
import { newWorld, type World } from './world.ts';

const heardIn = (world: World): readonly string[] => world.heard.filter((one) => one.kind === 'difference').map((one) => one.id);

test.each(VENDOR_DIFFERENCES.map((one) => one.id))('%s is told where the choice is made', (id) => {
  const world = newWorld();
  DIFFERENCE_CASES[id](world);
  expect(heardIn(world)).toContain(id);
});

test.each(VENDOR_DIFFERENCES.map((one) => one.id))('%s: nobody is told who does not listen', (id) => {
  const world = newWorld();
  let told = 0;
  world.cpu.probe = { ...SILENT_PROBE, differ: () => { told += 1; } };
  const { probe } = world.cpu;
  DIFFERENCE_CASES[id](world);
  // a case that begins a mode listens again by itself
  if (world.cpu.probe === probe) expect(told).toBe(0);
});

test('a difference has an answer here, at least one elsewhere, a source, and words that make a sentence', () => {
  for (const { id, title, here, others, cite } of VENDOR_DIFFERENCES) {
    expect(id).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
    expect(others.length, id).toBeGreaterThan(0);
    expect(cite, id).toMatch(/^(SDM|APM) /);
    for (const text of [title, here, ...others.map((one) => one.does)]) expect(text, id).toMatch(/^[^\s.].*[^\s.]$/);
  }
  expect(new Set(VENDOR_DIFFERENCES.map((one) => one.id)).size).toBe(VENDOR_DIFFERENCES.length);
});
