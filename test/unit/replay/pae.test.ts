// PAE paging seen from a recording: the walk with its PDPTE register, who wrote an entry of 64 bits, the state with the registers, changes of
// entries, on the scenario whose page entries use bit 63.

import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { registerOffset } from '../../../core/arch/register-file.ts';
import { eventJson } from '../../../core/event/json.ts';
import { viewState } from '../../../core/replay/state.ts';
import { placePageEntry, isAbsent } from '../../../core/replay/writers/place.ts';
import { parseQuestion } from '../../../core/replay/writers/question.ts';
import { lastWriterOfPlace } from '../../../core/replay/writers/written.ts';
import { walkAt } from '../../../core/replay/walk/walk-at.ts';
import { open } from '../ringscope/recorded.ts';
import { MemoryIo } from '../cli/memory-io.ts';

const file = new URL('../../../traces/nx-without-nxe.rtrace', import.meta.url);
const recording = () => {
  const { reader, reexecutor } = open(readFileSync(file));
  return { trace: reader, reexecutor, absent: null, symbols: null };
};
const FAULT = 19, RETURN = 12;
const at = (seq: number) => ({ icount: Number.MAX_SAFE_INTEGER, iteration: 0, seq });
async function cli(...words: readonly string[]): Promise<string> {
  const memory = new MemoryIo();
  memory.files.set('t.rtrace', readFileSync(file));
  const { out, err } = await memory.run(...words as [string]);
  return `${out}${err}`;
}

describe('the event', () => {
  test('a PDPTE register has no rights and no marks in JSON, the other levels have nx', () => {
    const event = recording().trace.event(FAULT);
    const walk = eventJson(event)['walk'] as readonly Record<string, unknown>[];
    expect(walk.map((level) => [level['level'], level['register'], level['stale'], 'writable' in level, level['nx'], level['rightsSoFar']])).toEqual([
      [3, 'pdpte0', false, false, undefined, 'urwx'], [2, undefined, undefined, true, false, 'urwx'], [1, undefined, undefined, true, true, 'urw-'],
    ]);
    expect(walk[2]!['entry']).toBe('0x8000000000403067');
  });

  test('the state holds the PDPTE registers from the write of CR0 on', () => {
    const { trace } = recording();
    const first = (seq: number): number => trace.stateAfter(seq)[registerOffset('pdpte0')]!;
    expect([first(5), first(6)]).toEqual([0, 0x10_2001]);
  });
});

test('the state shows the PDPTE registers while they are in use, with their fields', () => {
  const { trace } = recording();
  const rows = (seq: number) => viewState(trace.stateAfter(seq), null).control.filter(({ label }) => label.startsWith('PDPTE'));
  expect(rows(5)).toEqual([]);
  expect(rows(6).map(({ label, hex, bits }) => [label, hex, bits.filter((bit) => bit.isSet).map((bit) => bit.name)])).toEqual([['PDPTE0', '0x102001', ['P', 'base']], ['PDPTE1', '0x0', []], ['PDPTE2', '0x0', []], ['PDPTE3', '0x0', []]]);
});

test('what a log does not show has no row', () => {
  const { trace } = recording();
  expect(viewState(trace.stateAfter(6), null, new Set(['pdpte0', 'pdpte1', 'pdpte2', 'pdpte3'])).control.map(({ label }) => label)).toEqual(['CR0', 'CR2', 'CR3', 'CR4', 'EFER']);
});

describe('walks', () => {
  test('of any address at any point: three levels, their writers, what the TLB holds', async () => {
    const replay = recording();
    const before = { ...at(RETURN + 1), icount: 421 };
    const walk = await walkAt(replay, before, 0x40_3ff8);
    if (isAbsent(walk)) throw new Error(walk.absent);
    expect(walk).toMatchObject({ physical: 0x40_3ff8n, verdict: { rights: 'urw-', rule: null }, tlb: { outcome: 'hit', held: { nx: true } } });
    expect(walk.levels.map((level) => [level.level, level.took, level.reserved])).toEqual([[3, '', []], [2, '', []], [1, 'x', []]]);
    expect(walk.levels[2]!.lastWriter).toMatchObject({ before: 0x40_3007n, after: 0x8000_0000_0040_3007n });
  });

  test('the command names the register, the reserved bit and what refuses', async () => {
    const text = await cli('walk', 't.rtrace', '0x403ffc', '--at', String(FAULT));
    expect(text).toMatch(/PDPTE0 register +0x102001 loaded from 0x101040 {2}P {2}rights so far urwx/);
    expect(text).toMatch(/reserved and set: bit 63/);
    expect(text).toMatch(/refused by page-table-nxe/);
  });
});

describe('writers of page entries', () => {
  test.each([[1, 0x10_4018, 'page table entry'], [2, 0x10_2010, 'page directory entry'], [3, 0x10_1040, 'PDPTE']] as const)('level %i lies at %x and has 8 bytes', async (level, physical, name) => {
    const place = await placePageEntry(recording(), at(FAULT), { level, linear: 0x40_3000 });
    expect(place).toMatchObject({ name: `the ${name} of 0x403000`, length: 8, pieces: [{ physical, length: 8 }] });
  });

  test('the write of the upper half is found', async () => {
    const replay = recording();
    const { writer } = await lastWriterOfPlace(replay, at(FAULT), await placePageEntry(replay, at(FAULT), { level: 1, linear: 0x40_3000 }));
    expect(writer).toMatchObject({ by: 'cpu', after: 0x8000_0000_0040_3007n });
  });

  test('questions name PDPTEs', () => {
    expect(parseQuestion('pdpte[0x403000]', { symbols: null, length: 4 })).toEqual({ kind: 'page-entry', level: 3, linear: 0x40_3000 });
  });
});

describe('what if', () => {
  test.each([['pte[0x403000].XD=0'], ['IA32_EFER.NXE=1']])('%s before the push: no fault', async (change) => {
    const { reexecutor, trace } = recording();
    const reply = await reexecutor!.ask({ kind: 'try', at: { icount: 438, iteration: 0, seq: FAULT }, change, attempts: 1 });
    expect(reply).toMatchObject({ kind: 'tried', events: [] });
    expect(trace.eventCount).toBe(24);
  });

  test('entries of 64 bits may be set whole, and PDPTEs reach their registers', async () => {
    const { reexecutor } = recording();
    const ask = (change: string) => reexecutor!.ask({ kind: 'try', at: { icount: 438, iteration: 0, seq: FAULT }, change, attempts: 1 });
    expect(await ask('pte[0x403000]=0x403067')).toMatchObject({ kind: 'tried', changed: expect.stringMatching(/^PTE of linear 0x403000: 0x8000000000403067 -> 0x403067 .*; the TLB forgets this page$/) as string, events: [] });
    expect(await ask('pdpte[0x403000].P=0')).toMatchObject({ kind: 'tried', changed: expect.stringMatching(/the TLB forgets everything, and the PDPTE registers are loaded$/) as string });
  });
});
