// Every fault of the committed samples in its one paragraph: goldens are prose, UPDATE_GOLDEN=1 rewrites them. And for every event of every
// sample: one failing check where a fault was raised, none elsewhere.

import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it, test } from 'vitest';
import { wordsIn, WORDS_MAX } from '../../../../core/replay/explain/consequence.ts';
import { explainEvent, explainLadder } from '../../../../core/replay/explain/explain.ts';
import type { ExplainSource } from '../../../../core/replay/explain/inquiry.ts';
import { open } from '../../ringscope/recorded.ts';

const traces = new URL('../../../../traces/', import.meta.url);
const goldens = new URL('golden/', import.meta.url);
const names = readdirSync(traces).filter((file) => file.endsWith('.rtrace')).map((file) => file.slice(0, -7)).sort();
/** Looking at every event of a long trace takes long: so many are looked at, evenly spread, faults always. */
const LOOKED_AT = 20;

type Source = ExplainSource & { readonly faults: readonly number[] };

function sourceOf(name: string): Source {
  const { reader, reexecutor, absent, symbols } = open(readFileSync(new URL(`${name}.rtrace`, traces)));
  const faults = Array.from({ length: reader.eventCount }, (_, seq) => seq).filter((seq) => ['fault', 'shutdown'].includes(reader.event(seq).kind));
  return { trace: reader, reexecutor, absent, symbols, faults };
}

describe.each(names)('%s', (name) => {
  const source = sourceOf(name);

  it('has the consequences of its golden', { timeout: 60_000 }, async () => {
    const golden = new URL(`${name}.txt`, goldens);
    if (source.faults.length === 0) { expect(existsSync(golden)).toBe(false); return; }
    const lines: string[] = [];
    for (const seq of source.faults) {
      const { consequence } = await explainEvent(source, seq);
      expect(wordsIn(consequence), consequence).toBeLessThanOrEqual(WORDS_MAX);
      lines.push(`${String(seq)}: ${consequence}\n`);
    }
    if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(golden, lines.join(''));
    expect(lines.join('')).toBe(readFileSync(golden, 'utf8'));
  });

  it('has one failing check at each fault, and none elsewhere', { timeout: 60_000 }, async () => {
    const { trace, faults } = source;
    const stride = Math.max(1, Math.floor(trace.eventCount / LOOKED_AT));
    for (let seq = 0; seq < trace.eventCount; seq += 1) {
      if (seq % stride !== 0 && !faults.includes(seq)) continue;
      const event = trace.event(seq);
      const { steps, basis } = await explainLadder(source, seq);
      const failed = steps.filter((step) => step.outcome === 'fail').map((step) => step.rule);
      expect(basis.kind, String(seq)).toBe('re-execution');
      if (event.kind === 'fault' && event.class !== 'trap') expect(failed, String(seq)).toEqual([event.rule]);
      else if (event.kind !== 'fault') expect(failed, String(seq)).toEqual(event.kind === 'shutdown' ? ['double-fault-delivered'] : event.kind === 'msr-write' && event.refused ? failed : []);
    }
  });
});

test('goldens are of samples that exist', () => {
  expect(readdirSync(goldens).map((file) => file.replace('.txt', '')).filter((name) => !names.includes(name))).toEqual([]);
});
