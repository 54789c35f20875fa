// Keeps what a listening probe is to be told until it is known where it belongs: the late checks of a task switch are made before its event
// leaves the processor, but when one fails, it fails in the new task, behind that event. Only where somebody listens.

import { assert } from '../base/assert.ts';
import type { Probe } from '../event/probe.ts';
import type { Cpu } from './state.ts';

class HeldProbe implements Probe {
  readonly listening = true;
  readonly told: ((to: Probe) => void)[] = [];

  before(): void { assert(false, 'no event while checks are held back'); }
  emit(): void { assert(false, 'no event while checks are held back'); }
  check(rule: number, outcome: number, a: number, b: number): void {
    this.told.push((to) => { to.check(rule, outcome, a, b); });
  }
  access(what: number, part: number, linear: number, physical: number, size: number, lo: number, hi: number, write: number): void {
    this.told.push((to) => { to.access(what, part, linear, physical, size, lo, hi, write); });
  }
  differ(difference: number): void {
    this.told.push((to) => { to.differ(difference); });
  }
}

const NOTHING = (): void => { /* nobody listens */ };

/** Makes checks and accesses with a probe that keeps them. Returns what tells them to the probe of before, to be called once. */
export function holdBack(cpu: Cpu, checks: () => void): () => void {
  const { probe } = cpu;
  if (!probe.listening) {
    checks();
    return NOTHING;
  }
  const held = new HeldProbe();
  cpu.probe = held;
  try {
    checks();
  } finally {
    cpu.probe = probe;
  }
  return () => { for (const one of held.told) one(probe); };
}
