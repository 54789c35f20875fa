// An open trace as the window holds it: the reader, its columns, and names of addresses when the image is embedded.

import { BadInput } from '../../core/base/bad-input.ts';
import { inflateRaw } from '../../core/base/inflate.ts';
import { symbolsOfGuest } from '../../core/symbols/read-symbols.ts';
import type { SymbolTable } from '../../core/symbols/symbol-table.ts';
import { openTrace, type TraceReader } from '../../core/trace/reader.ts';
import type { OpenedTrace } from '../../app/contract/api.ts';
import { LastWriters } from '../../core/replay/last-writer.ts';
import { systemIn } from '../../core/replay/os/system-call.ts';
import { SystemView } from '../../core/replay/os/system-view.ts';
import { notLogged } from '../../core/replay/state.ts';
import { VisitScan } from '../../core/replay/visits/scan.ts';
import { repeatsOf, type Repeats } from './repeats.ts';
import { ColumnsReading, type Columns } from './columns.ts';
import { workSlice, yieldToWindow } from './slices.ts';
import { laySpans, type Spans } from './spans.ts';

export interface Recording {
  readonly opened: OpenedTrace;
  readonly source: TraceReader;
  readonly columns: Columns;
  /** Kernel visits, laid out in rows. */
  readonly spans: Spans;
  readonly symbols: SymbolTable | null;
  /** Set when it was imported: the tool whose log it was, and the registers no dump of it shows. */
  readonly imported: { readonly tool: string; readonly notLogged: ReadonlySet<string> } | null;
  /** Storms and refault loops. */
  readonly repeats: Repeats;
  /** Who wrote the entries of a page walk. */
  readonly writers: LastWriters;
  /** What its operating system makes of the events; null where no known one was started. */
  readonly system: SystemView | null;
}

/** Fetches and reads a trace main has opened. Throws BadInput with one line when its bytes are no trace. */
export async function loadRecording(opened: OpenedTrace): Promise<Recording> {
  const response = await fetch(opened.url);
  if (!response.ok) throw new BadInput('the file is no longer open: open it again');
  return readRecording(opened, new Uint8Array(await response.arrayBuffer()));
}

/** Reads the bytes of a trace, in slices: the window stays responsive however long it is. */
export async function readRecording(opened: OpenedTrace, bytes: Uint8Array): Promise<Recording> {
  await yieldToWindow();
  const source = openTrace(bytes, inflateRaw);
  const reading = new ColumnsReading(source);
  while (!workSlice((budget) => reading.advance(budget))) await yieldToWindow();
  const system = systemIn(source.header);
  const pairing = new VisitScan(source, { system });
  while (!workSlice((budget) => pairing.advance(budget))) await yieldToWindow();
  const visits = pairing.visits();
  const repeats = await repeatsOf(source, visits);
  return { opened, source, columns: reading.columns(), spans: laySpans(visits), repeats, symbols: symbolsOf(source), imported: importedFrom(source), writers: new LastWriters(source), system: system === null ? null : new SystemView(source, system) };
}

function importedFrom({ header }: TraceReader): Recording['imported'] {
  if (header.kind !== 'imported') return null;
  return { tool: header.sourceTool ?? 'another tool', notLogged: notLogged(header) };
}

/** Why instructions of an imported trace cannot be executed, as it follows a colon; null for a recorded one. */
export function whyNotExecutable({ imported }: Recording): string | null {
  return imported === null ? null : `this trace was imported from a log of ${imported.tool}, which holds no guest to execute; record the guest to step through its instructions`;
}

// names are a help, not a condition: an image whose symbols cannot be read has none
function symbolsOf(source: TraceReader): SymbolTable | null {
  try {
    return symbolsOfGuest(source.image(), source.files());
  } catch (problem) {
    if (problem instanceof BadInput) return null;
    throw problem;
  }
}
