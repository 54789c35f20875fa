// An open trace as the window holds it: the reader, its columns, and names of addresses when the image is embedded.

import { BadInput } from '../../core/base/bad-input.ts';
import { inflateRaw } from '../../core/base/inflate.ts';
import { isElf, readElf, readElfSymbols } from '../../core/symbols/elf.ts';
import type { SymbolTable } from '../../core/symbols/symbol-table.ts';
import { openTrace, type TraceReader } from '../../core/trace/reader.ts';
import type { OpenedTrace } from '../../app/contract/api.ts';
import { columnsOf, type Columns } from './columns.ts';

export interface Recording {
  readonly opened: OpenedTrace;
  readonly source: TraceReader;
  readonly columns: Columns;
  readonly symbols: SymbolTable | null;
}

/** Fetches and reads a trace main has opened. Throws BadInput with one line when its bytes are no trace. */
export async function loadRecording(opened: OpenedTrace): Promise<Recording> {
  const response = await fetch(opened.url);
  if (!response.ok) throw new BadInput('the file is no longer open: open it again');
  return readRecording(opened, new Uint8Array(await response.arrayBuffer()));
}

/** Reads the bytes of a trace. */
export function readRecording(opened: OpenedTrace, bytes: Uint8Array): Recording {
  const source = openTrace(bytes, inflateRaw);
  return { opened, source, columns: columnsOf(source), symbols: symbolsOf(source) };
}

// names are a help, not a condition: an image whose symbols cannot be read has none
function symbolsOf(source: TraceReader): SymbolTable | null {
  try {
    const image = source.image();
    return image !== null && isElf(image) ? readElfSymbols(readElf(image)) : null;
  } catch (problem) {
    if (problem instanceof BadInput) return null;
    throw problem;
  }
}
