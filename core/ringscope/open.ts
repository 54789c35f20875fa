// Opens a recording's bytes: reader, symbols, and what can be executed again.

import { BadInput } from '../base/bad-input.ts';
import type { Row } from '../event/draft.ts';
import type { GuestFile } from '../event/guest-file.ts';
import type { GuestInput } from '../event/input.ts';
import type { Reexecutor } from '../event/reexecutor.ts';
import type { Keeps } from '../machine/reexecution/comparing-probe.ts';
import { createReexecutor } from '../machine/reexecution/reexecutor.ts';
import type { Allocate } from '../machine/machine.ts';
import { symbolsOfGuest } from '../symbols/read-symbols.ts';
import type { SymbolTable } from '../symbols/symbol-table.ts';
import { compile, describeRefusal, isRefusal } from '../replay/expression/compile.ts';
import { hashBytes } from '../trace/content-hash.ts';
import type { Inflate } from '../trace/event-chunk.ts';
import { openTrace, type TraceReader } from '../trace/reader.ts';
import { machineOptionsOf } from './header-options.ts';
import { allocateBuffer } from './platform.ts';

export interface OpenPlatform {
  /** Undoes raw DEFLATE, at most `maxBytes` (Node: inflateRawSync with maxOutputLength; anywhere: core/base/inflate.ts). */
  readonly inflate: Inflate;
  readonly allocate?: Allocate;
  /** Lets others run during long searches, for example by awaiting a timer. */
  readonly pause?: () => Promise<void>;
}

export interface OpenedRecording {
  readonly reader: TraceReader;
  /** Of the embedded image and of files recorded with it; null when there are none or they have no names. */
  readonly symbols: SymbolTable | null;
  /** Null when instruction-level questions cannot be answered; then `absent` says why in one sentence. */
  readonly reexecutor: Reexecutor | null;
  readonly absent: string | null;
}

/** Opens a trace. Throws BadInput when the bytes are none; everything else that is missing is said in the result. */
export function openRecording(bytes: Uint8Array, platform: OpenPlatform): OpenedRecording {
  const reader = openTrace(bytes, platform.inflate);
  let symbols: SymbolTable | null = null;
  try {
    const image = imageOf(reader), files = reader.files();
    symbols = symbolsOfGuest(image, files);
    return { reader, symbols, reexecutor: reexecutorOf(reader, { image, files }, platform), absent: null };
  } catch (error) {
    if (!(error instanceof BadInput)) throw error;
    return { reader, symbols, reexecutor: null, absent: error.message };
  }
}

function imageOf(reader: TraceReader): Uint8Array {
  if (reader.header.kind === 'imported') throw new BadInput('this trace was imported from a log: only what the log says can be shown; `ringscope record` the guest to see its instructions');
  const image = reader.image();
  if (image === null) throw new BadInput('the guest image is not in this trace: its instructions cannot be executed again; record it anew');
  if (reader.header.image !== null && hashBytes(image) !== reader.header.image.hash) throw new BadInput('the guest image inside this trace is not the one that was recorded; record it anew');
  return image;
}

/** Most inputs of one recording. */
const INPUTS_MAX = 1 << 20;

/** The inputs of a recording. Throws BadInput when they are not in the order of their boundaries, or too many. */
export function inputsOf(reader: TraceReader): readonly GuestInput[] {
  const inputs = reader.inputs();
  if (inputs.length > INPUTS_MAX) throw new BadInput(`the trace holds more than ${String(INPUTS_MAX)} inputs: it cannot be executed again`);
  if (inputs.some(({ attempts }, index) => index > 0 && attempts < inputs[index - 1]!.attempts)) throw new BadInput('the inputs inside the trace are not in their order: it cannot be executed again; record anew');
  return inputs;
}

function reexecutorOf(reader: TraceReader, guest: { readonly image: Uint8Array; readonly files: readonly GuestFile[] }, platform: OpenPlatform): Reexecutor {
  return createReexecutor({
    ...guest, inputs: inputsOf(reader), options: machineOptionsOf(reader.header), checkpoints: reader.checkpoints, eventCount: reader.eventCount,
    rowOf: (seq) => storedRow(reader, seq), keeps: () => keepsOf(reader), coreVersion: reader.header.coreVersion,
  }, { allocate: platform.allocate ?? allocateBuffer, ...(platform.pause === undefined ? {} : { pause: platform.pause }) });
}

// what is missing in a damaged file is not the filter's doing
function keepsOf({ header: { filter }, notes }: TraceReader): Keeps | null {
  if (filter === null || notes.length > 0) return null;
  const compiled = compile(filter, { symbols: null });
  if (isRefusal(compiled)) throw new BadInput(`the filter ${JSON.stringify(filter)} of the recording is refused ${describeRefusal(compiled)}`);
  return (seq, row, registersBefore) => compiled.matches(row, registersBefore, seq);
}

// a damaged chunk stores nothing that could be compared; integrity is another question (verify.ts)
function storedRow(reader: TraceReader, seq: number): Row | null {
  try {
    return reader.has(seq) ? reader.row(seq) : null;
  } catch (error) {
    if (error instanceof BadInput) return null;
    throw error;
  }
}
