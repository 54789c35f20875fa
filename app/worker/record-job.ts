// One recording: reads the image, runs the guest in slices, writes the trace, reports progress. Told by a shared word to stop.
import { closeSync, openSync, readFileSync, statSync, writeSync } from 'node:fs';
import { basename } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import { BadInput } from '../../core/base/bad-input.ts';
import type { Recording, RecordRequest } from '../../core/ringscope/record.ts';
import { LIMITS } from '../contract/limits.ts';
import { STOP, type RecordMessage, type RecordTask } from '../contract/worker.ts';

/** Milliseconds the guest runs before we look up, and between two reports. */
const SLICE = 20;
const REPORT = 100;

export type RecordTools = {
  readonly start: (request: RecordRequest) => Recording;
  readonly tell: (message: RecordMessage) => void;
  /** Milliseconds from any fixed point. */
  readonly now: () => number;
};

/** Runs to the guest's end, or until told to stop; what was recorded so far is a whole trace then, too. */
export function recordJob(task: RecordTask, { start, tell, now }: RecordTools): void {
  let file: number | null = null;
  try {
    if (statSync(task.image).size > LIMITS.imageBytes) throw new BadInput(`${task.image} is too large: choose a smaller image`);
    const target = openSync(task.output, 'w');
    file = target;
    const console = new ConsoleTail();
    const recording = start({
      ...requestOf(task), now, deflate: (bytes) => deflateRawSync(bytes, { level: 1 }),
      sink: (bytes) => { writeAll(target, bytes); },
      onConsole: (_device, bytes) => { console.add(bytes); },
    });
    let reported = now();
    for (;;) {
      const { instructions, events, end } = recording.runSlice(SLICE);
      if (end !== null) break;
      if (Atomics.load(task.stop, 0) === STOP.keep) recording.cancel();
      if (now() - reported < REPORT) continue;
      reported = now();
      tell({ kind: 'progress', progress: { instructions, events, console: console.text } });
    }
    const { instructions, events } = recording.finish();
    tell({ kind: 'progress', progress: { instructions, events, console: console.text } });
    closeSync(target);
    file = null;
    tell({ kind: 'finished' });
  } catch (error) {
    tell({ kind: 'failed', message: error instanceof BadInput ? error.message : `the recording failed: ${error instanceof Error ? error.message : String(error)}` });
  } finally {
    if (file !== null) closeSync(file);
  }
}

/** The recorder's request: the contract's options in the recorder's words. */
function requestOf({ image, options }: RecordTask): Omit<RecordRequest, 'sink' | 'deflate' | 'now'> {
  const { format, memory, maxInstructions, maxEvents, org, entry } = options;
  return {
    image: readFileSync(image), name: basename(image), format,
    ...(memory === undefined ? {} : { memoryBytes: memory }),
    ...(maxInstructions === undefined ? {} : { maxInstructions }),
    ...(maxEvents === undefined ? {} : { maxEvents }),
    ...(org === undefined ? {} : { org }),
    ...(entry === undefined ? {} : { entry }),
  };
}

function writeAll(file: number, bytes: Uint8Array): void {
  for (let written = 0; written < bytes.length;) written += writeSync(file, bytes, written);
}

/** The end of what the guest printed, as Latin-1: a byte may be half of a character, and none may be lost. */
class ConsoleTail {
  text = '';

  add(bytes: Uint8Array): void {
    this.text = (this.text + Buffer.from(bytes).toString('latin1')).slice(-LIMITS.consoleCharacters);
  }
}
