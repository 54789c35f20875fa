// The guest of a trace recorded again, from the start, with a change made just before one event.
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { inflateRawSync } from 'node:zlib';
import { openRecording } from '../../core/ringscope/open.ts';
import { planWhatIf } from '../../core/ringscope/whatif.ts';
import type { RecordChangeTask } from '../contract/worker.ts';
import { failure, recordGuest, type RecordTools } from './record-job.ts';

/** Plans the change at its event, then records as for an image. */
export async function recordChangeJob({ trace, seq, change, output, control }: RecordChangeTask, tools: RecordTools): Promise<void> {
  try {
    const opened = openRecording(readFileSync(trace), { inflate: (bytes, maxBytes) => inflateRawSync(bytes, { maxOutputLength: Math.max(1, maxBytes) }) });
    const { request } = await planWhatIf(opened, seq, [change]);
    recordGuest({ ...request, name: basename(trace) }, { output, control }, tools);
  } catch (error) {
    tools.tell({ kind: 'failed', message: failure(error) });
  }
}
