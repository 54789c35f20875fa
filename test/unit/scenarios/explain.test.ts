// What `ringscope explain TRACE --at last-fault` prints for each sample that comes with its expected text (traces/NAME.explain.txt), and what every
// one of them promises: one failing check, 60 words, and a writer that stands at a label of the image.

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { MemoryIo } from '../cli/memory-io.ts';
import { open } from '../ringscope/recorded.ts';

const traces = new URL('../../../traces/', import.meta.url);
const names = readdirSync(traces).filter((file) => file.endsWith('.explain.txt')).map((file) => file.slice(0, -'.explain.txt'.length)).sort();
const WORDS_MAX = 60;

interface Answer {
  readonly steps: readonly { readonly rule: string; readonly outcome: string }[];
  readonly consequence: string;
  readonly value: { readonly value: string } | null;
  readonly lastWriter: { readonly ip?: string; readonly absent?: string } | null;
  readonly remedy: string | null;
}

const bytesOf = (name: string): Uint8Array => readFileSync(new URL(`${name}.rtrace`, traces));
function io(name: string): MemoryIo {
  const memory = new MemoryIo();
  memory.files.set(`traces/${name}.rtrace`, bytesOf(name));
  return memory;
}

it('samples with an expected explanation are found', () => { expect(names.every((name) => name !== '')).toBe(true); });

for (const name of names) {
  describe(name, () => {
    const command = ['explain', `traces/${name}.rtrace`, '--at', 'last-fault'];

    it('prints what is expected', async () => {
      const { code, out, err } = await io(name).run(...command);
      expect([code, err]).toEqual([0, '']);
      const expected = new URL(`${name}.explain.txt`, traces);
      if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(expected, out);
      expect(out).toBe(readFileSync(expected, 'utf8'));
    });

    it('has one failing check, its value, one remedy, and says so in 60 words', async () => {
      const { out } = await io(name).run(...command, '--json');
      const answer = JSON.parse(out) as Answer;
      const failed = answer.steps.filter((step) => step.outcome === 'fail');
      expect(failed).toHaveLength(1);
      expect(answer.consequence).toContain(failed[0]!.rule);
      expect(answer.consequence.split(/\s+/).length).toBeLessThanOrEqual(WORDS_MAX);
      expect(answer.consequence).toContain(answer.value?.value);
      expect(answer.consequence.toLowerCase()).toContain(answer.remedy?.toLowerCase());
    });

    it('names a writer that stands at a label of the image', async () => {
      const { out } = await io(name).run(...command, '--json');
      const answer = JSON.parse(out) as Answer;
      const symbol = open(bytesOf(name)).symbols?.symbolAt(Number(answer.lastWriter?.ip)) ?? null;
      expect(symbol?.offset, JSON.stringify(answer.lastWriter)).toBe(0);
      expect(answer.consequence).toContain(symbol?.name);
    });
  });
}
