// Cascades from event data alone: of a double fault that a task caught, and of a triple fault, whichever of their events is asked.

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { cascadeOf } from '../../../../core/replay/explain/cascade.ts';
import { open } from '../../ringscope/recorded.ts';

const trace = (name: string) => open(readFileSync(new URL(`../../../../traces/${name}.rtrace`, import.meta.url))).reader;
const told = (name: string, seq: number): readonly string[] => {
  const reader = trace(name);
  return cascadeOf(reader, reader.event(seq)).map((step) => `${String(step.seq)} ${step.name} ${step.when}${step.pair === null ? '' : ` (${step.pair.first} + ${step.pair.second} = ${step.pair.outcome})`}`);
};

describe('the cascade', () => {
  const triple = [
    '12 #GP(0x0) at 001b:00400000 in ring 3',
    '13 #GP(0x6b) while #GP (event 12) was delivered (contributory + contributory = double fault)',
    '14 #DF(0x0) instead of events 12 and 13',
    '15 #GP(0x43) while #DF (event 14) was delivered (double fault + contributory = shutdown)',
    '16 shutdown the double fault could not be delivered; real machines are reset now',
  ];
  it('of a triple fault is the same from every one of its events', () => {
    for (let seq = 12; seq <= 16; seq += 1) expect(told('triple-fault', seq), String(seq)).toEqual(triple);
  });

  it('ends with the delivery that succeeded', () => {
    const double = told('double-fault', 37);
    expect(double).toEqual([
      '35 #PF(0x2) at 0008:001002b8 in ring 0', '36 #PF(0x2) while #PF (event 35) was delivered (page fault + page fault = double fault)', '37 #DF(0x0) instead of events 35 and 36',
      expect.stringMatching(/^38 delivered by a task switch to /),
    ]);
    expect(told('double-fault', 38)).toEqual(double);
  });

  it('of a trap whose delivery fails goes serially to the next fault', () => {
    expect(told('tour32', 265).slice(0, 2)).toEqual(['260 #BP at 0008:00008297 in ring 0', '261 #GP(0x1a) while INT 0x3 (event 260) was delivered (benign + contributory = serial)']);
  });

  it('is empty for what stands alone', () => {
    expect(told('gate-dpl', 7)).toEqual([]);
    expect(told('triple-fault', 6)).toEqual([]);
    expect(told('double-fault', 0)).toEqual([]);
  });
});
