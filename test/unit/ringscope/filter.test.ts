// A record filter drops rows and nothing else: counts, inputs and checkpoints stay, and verify holds the rows against the same filter.

import { describe, expect, it, vi } from 'vitest';
import { parseInputScript } from '../../../core/event/input-script.ts';
import { compile, isRefusal } from '../../../core/replay/expression/compile.ts';
import { infoOf } from '../../../core/ringscope/info.ts';
import type { RecordRequest } from '../../../core/ringscope/record.ts';
import { verifyRecording } from '../../../core/ringscope/verify.ts';
import { ECHOES_AND_TICKS } from '../machine/input-guests.ts';
import { open, record, scenario } from './recorded.ts';

vi.setConfig({ testTimeout: 60_000 });

/** A filter by one expression that claims another. */
function filter(text: string, claimed = text): NonNullable<RecordRequest['filter']> {
  const compiled = compile(text, { symbols: null });
  if (isRefusal(compiled)) throw new Error('expected an expression');
  return { text: claimed, matches: (seq, row, registersBefore) => compiled.matches(row, registersBefore, seq) };
}
const verdict = async (bytes: Uint8Array): Promise<string> => (await verifyRecording(open(bytes))).sentence;
const SOUND = /^the file is sound and .* reproduced exactly$/;

describe('a filtered recording', () => {
  it('keeps counts and inputs, and is reproduced', async () => {
    const script = parseInputScript('after "? "\nwait 3ms\nsend "ab"\nat 15ms\nsend "q"');
    const wishes = { format: 'flat', memoryBytes: 0x40_0000, givers: { script } } as const;
    const whole = record(ECHOES_AND_TICKS, wishes), some = record(ECHOES_AND_TICKS, { ...wishes, filter: filter('console') });
    const info = infoOf(open(some.bytes));
    expect(info.rows).toBeLessThan(info.events / 4);
    expect(info.kinds).toEqual(infoOf(open(whole.bytes)).kinds);
    expect(open(some.bytes).reader.inputs()).toEqual(open(whole.bytes).reader.inputs());
    expect(await verdict(some.bytes)).toMatch(SOUND);
  });

  it('may ask for registers: verify looks at those just before each event, too', async () => {
    const { bytes } = record(scenario('int80-syscall'), { filter: filter('cpl if (eax != 0)') });
    expect(infoOf(open(bytes)).rows).toBeGreaterThan(0);
    expect(await verdict(bytes)).toMatch(SOUND);
  });

  it('differs where a row is stored that its filter drops, and where one is missing that it keeps', async () => {
    const { bytes: more } = record(scenario('int80-syscall'), { filter: filter('int or console or cpl', 'int') });
    expect(await verdict(more)).toMatch(/differs at seq/);
    const { bytes: less } = record(scenario('int80-syscall'), { filter: filter('int 0x80', 'int or console') });
    expect(await verdict(less)).toMatch(/differs at seq/);
  });

  it('whose filter cannot be read is not verified', async () => {
    const { bytes } = record(scenario('int80-syscall'), { filter: filter('int', 'nonsense ((') });
    await expect(verdict(bytes)).rejects.toThrow(/the filter "nonsense \(\(" of the recording is refused/);
  });
});
