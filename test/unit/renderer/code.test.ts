// Names and lines beside events, visits and instructions of a recorded trace, as the window words them.

import { describe, expect, it } from 'vitest';
import { addSymbols } from '../../../renderer/session/add-symbols.ts';
import { briefPlace, codeAt, codeText, handlerOf, visitCodeText } from '../../../renderer/session/code.ts';
import { listingOf } from '../../../renderer/inspector/listing.ts';
import { readRecording, type Recording } from '../../../renderer/session/recording.ts';
import type { Session } from '../../../renderer/session/session.svelte.ts';
import { rowFor } from '../../../renderer/table/rows.ts';
import { encodeUtf8 } from '../../../core/base/utf8.ts';
import { symbolTable } from '../../../core/symbols/symbol-table.ts';
import { LineTable } from '../../../core/symbols/line-table.ts';
import { record, scenario } from '../ringscope/recorded.ts';

const opened = { id: '1', name: 'a', path: null, sample: null, bytes: 0, url: '' };
const recording = await readRecording(opened, record(scenario('int80-syscall')).bytes);
const entry = recording.spans.visits.entry[0] ?? 0;

describe('names of a trace with symbols', () => {
  it('say where an event stands and where it led', () => {
    expect(codeText(codeAt(recording, entry))).toBe('user_program+0xa → kernel_entry_int80');
    expect(rowFor(recording, entry)).toMatchObject({ where: 'user_program+0xa', place: 'user_program+0xa → kernel_entry_int80, 1b:0040000a' });
    expect([handlerOf(recording, 0), visitCodeText(recording, 0)]).toEqual(['kernel_entry_int80', 'in kernel_entry_int80, from user_program+0xa']);
    expect(briefPlace({ symbol: { name: 'main', offset: 18 }, source: { file: 'k/trap.c', line: 131 } })).toBe('main (trap.c:131)');
  });

  it('are absent without symbols, and CS:IP stands in their place', () => {
    const bare: Recording = { ...recording, symbols: null };
    expect([codeText(codeAt(bare, entry)), handlerOf(bare, 0), visitCodeText(bare, 0), rowFor(bare, entry).where]).toEqual(['', '', '', '1b:0040000a']);
  });

  it('tell a source line once for the instructions made from it', () => {
    const lines = new LineTable([{ addresses: Float64Array.of(0x1000, 0x1002, 0x1004), fileOf: Uint32Array.of(0, 0, 0), lineOf: Uint32Array.of(7, 8, 0), files: ['k/trap.c'] }]);
    const listing = listingOf({ linear: 0x1000, bytes: Uint8Array.of(0x90, 0x90, 0x90, 0x90, 0x90) }, null, { bits: 32, symbols: symbolTable([], { lines }), before: 0, after: 5 });
    expect(listing.map(({ source }) => source?.line ?? null)).toEqual([7, null, 8, null, null]);
  });
});

describe('adding symbols to the open trace', () => {
  const session = (): { -readonly [Key in 'recording' | 'notice']: Session[Key] } & { failed: string } => {
    const one = { recording: recording as Recording | null, notice: null, failed: '', at: null, execution: { moment: null }, breakpoints: { refresh: () => undefined }, moveTo: () => undefined, fail: (_: string, message: string) => { one.failed = message; } };
    return one;
  };

  it('asks them before those it has', async () => {
    const one = session();
    await addSymbols(one as unknown as Session, () => Promise.resolve({ kind: 'symbols', name: 'System.map', bytes: encodeUtf8('00400000 T my_program\n') }));
    expect(codeText(codeAt(one.recording!, entry))).toBe('my_program+0xa → kernel_entry_int80');
    expect(one.notice).toMatchObject({ title: 'Symbols of System.map', message: '1 name and no source lines, asked before others' });
  });

  it('leaves the trace alone when the file has no names, or nobody chose one', async () => {
    const one = session();
    await addSymbols(one as unknown as Session, () => Promise.resolve({ kind: 'symbols', name: 'note', bytes: encodeUtf8('hello\n') }));
    expect([one.failed, one.recording]).toEqual([expect.stringMatching(/^note holds no symbols/), recording]);
    await addSymbols(one as unknown as Session, () => Promise.resolve({ kind: 'cancelled' }));
    expect(one.recording).toBe(recording);
  });
});
