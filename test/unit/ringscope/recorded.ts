// Records guests for tests and opens what was recorded: bytes in memory, Node's zlib, no clock.

import { readFileSync } from 'node:fs';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { openRecording, type OpenedRecording } from '../../../core/ringscope/open.ts';
import { startRecording, type RecordRequest, type RecordSummary } from '../../../core/ringscope/record.ts';

export const deflate = (bytes: Uint8Array): Uint8Array => deflateRawSync(bytes, { level: 1 });
export const inflate = (bytes: Uint8Array, maxBytes: number): Uint8Array => inflateRawSync(bytes, { maxOutputLength: Math.max(1, maxBytes) });

export interface Recorded { readonly bytes: Uint8Array; readonly summary: RecordSummary; readonly console: string }
export type Wishes = Partial<Omit<RecordRequest, 'image' | 'sink' | 'deflate'>> & {
  /** Simulated milliseconds that pass at each look at the clock. */
  readonly tick?: number;
  /** Cancel after so many slices. */
  readonly cancelAfter?: number;
};

export function record(image: Uint8Array, wishes: Wishes = {}): Recorded {
  const chunks: Uint8Array[] = [];
  const { tick = 1, cancelAfter = Infinity, ...request } = wishes;
  let time = 0;
  let console = '';
  const recording = startRecording({
    image, name: 'test', memoryBytes: 0x80_0000, deflate, sink: (bytes) => { chunks.push(bytes.slice()); }, now: () => (time += tick),
    onConsole: (_device, bytes) => { console += Buffer.from(bytes).toString('latin1'); }, ...request,
  });
  for (let slices = 0; slices < cancelAfter && recording.runSlice().end === null; slices += 1);
  const summary = recording.finish();
  return { bytes: Buffer.concat(chunks), summary, console };
}

export const open = (bytes: Uint8Array): OpenedRecording => openRecording(bytes, { inflate });
export const scenario = (name: string): Uint8Array => readFileSync(new URL(`../../../traces/${name}.img`, import.meta.url));
