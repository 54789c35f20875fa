// What a recording says about its speed, its end and its size.

import { describe, expect, it } from 'vitest';
import { ProgressMeter } from '../../../core/ringscope/progress-meter.ts';
import type { RecordProgress } from '../../../core/ringscope/record.ts';

const at = (worked: number, instructions: number, events: number, bytes: number): RecordProgress => ({ worked, instructions, attempts: instructions, events, bytes, rest: 0, end: null });

describe('a progress meter', () => {
  it('says nothing before it has seen enough', () => {
    const meter = new ProgressMeter({ maxInstructions: 1000, maxEvents: 1_000_000 });
    expect(meter.read(at(100, 10, 0, 0))).toEqual({ instructionsPerSecond: null, secondsLeft: null, bytesAtEnd: null, part: 0.01 });
  });

  it('counts to the nearer bound, with the size of the trace there', () => {
    const byInstructions = new ProgressMeter({ maxInstructions: 4000, maxEvents: 1000 }).read(at(1000, 1000, 1, 500));
    expect(byInstructions).toEqual({ instructionsPerSecond: 1000, secondsLeft: 3, bytesAtEnd: 2000, part: 0.25 });
    const byEvents = new ProgressMeter({ maxInstructions: 4000, maxEvents: 1000 }).read(at(1000, 1000, 500, 500));
    expect(byEvents).toMatchObject({ secondsLeft: 1, bytesAtEnd: 1000, part: 0.5 });
  });

  it('goes by the last seconds', () => {
    const meter = new ProgressMeter({ maxInstructions: 1_000_000, maxEvents: 1_000_000 });
    let speed: number | null = null;
    for (let second = 1; second <= 30; second += 1) speed = meter.read(at(second * 1000, second <= 20 ? second * 1000 : 20_000 + (second - 20) * 100, 0, 0)).instructionsPerSecond;
    expect(speed).toBeCloseTo(100);
  });

  it('does not count time in which the guest did not run', () => {
    const meter = new ProgressMeter({ maxInstructions: 4000, maxEvents: 1_000_000 });
    meter.read(at(1000, 1000, 0, 0));
    expect(meter.read(at(1000, 1000, 0, 0)).instructionsPerSecond).toBe(1000);
  });
});
