// Names given to the open trace: read, put before those it has, and told of. Breakpoints are compiled again, for they may use them.

import { BadInput } from '../../core/base/bad-input.ts';
import { readSymbolFile } from '../../core/symbols/read-symbols.ts';
import { mergeSymbols } from '../../core/symbols/symbol-table.ts';
import type { SymbolsOutcome } from '../../app/contract/api.ts';
import type { Session } from './session.svelte.ts';
import { yieldToWindow } from './slices.ts';

/** Takes a chosen or dropped file of names; a refusal becomes a notice. */
export async function addSymbols(session: Session, ask: () => Promise<SymbolsOutcome>): Promise<void> {
  const before = session.recording;
  const outcome = await ask();
  if (outcome.kind === 'failed') session.fail('These symbols cannot be read', outcome.message);
  if (outcome.kind !== 'symbols') return;
  await yieldToWindow();
  try {
    const { table, problems } = readSymbolFile(outcome.bytes, outcome.name);
    const { recording } = session;
    if (recording === null || recording.source !== before?.source) return;
    session.recording = { ...recording, symbols: mergeSymbols([table, recording.symbols]) };
    session.breakpoints.refresh();
    session.moveTo(session.at, session.execution.moment);
    const lines = table.lineCount === 0 ? 'no source lines' : 'source lines';
    session.notice = { title: `Symbols of ${outcome.name}`, message: [`${table.count.toLocaleString('en')} ${table.count === 1 ? 'name' : 'names'} and ${lines}, asked before others`, ...problems].join('; '), tone: problems.length === 0 ? 'good' : 'warn' };
  } catch (problem) {
    if (!(problem instanceof BadInput)) throw problem;
    session.fail('These symbols cannot be read', problem.message);
  }
}
