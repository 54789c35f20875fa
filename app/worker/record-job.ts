// One recording: runs a guest in slices, writes the trace, reports progress. Told by a shared word to stop. Of an image here; of the guest of
// a trace with a change in record-change-job.ts.
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
/** What to record, without what the job itself sees to. */
export type Guest = Omit<RecordRequest, 'sink' | 'deflate' | 'now' | 'onConsole'>;

/** Records an image to the guest's end, or until told to stop; what was recorded so far is a whole trace then, too. */
export function recordJob(task: RecordTask, tools: RecordTools): void {
  try {
    if (statSync(task.image).size > LIMITS.imageBytes) throw new BadInput(`${task.image} is too large: choose a smaller image`);
    recordGuest(guestOf(task), task, tools);
  } catch (error) {
    tools.tell({ kind: 'failed', message: failure(error) });
  }
}

/** Records a guest into a file. Throws what the recorder or the disk throws. */
export function recordGuest(guest: Guest, { output, stop }: Pick<RecordTask, 'output' | 'stop'>, { start, tell, now }: RecordTools): void {
  const target = openSync(output, 'w');
  try {
    const console = new ConsoleTail();
    const recording = start({
      ...guest, now, deflate: (bytes) => deflateRawSync(bytes, { level: 1 }),
      sink: (bytes) => { writeAll(target, bytes); },
      onConsole: (_device, bytes) => { console.add(bytes); },
    });
    let reported = now();
    for (;;) {
      const { instructions, events, end } = recording.runSlice(SLICE);
      if (end !== null) break;
      if (Atomics.load(stop, 0) === STOP.keep) recording.cancel();
      if (now() - reported < REPORT) continue;
      reported = now();
      tell({ kind: 'progress', progress: { instructions, events, console: console.text } });
    }
    const { instructions, events } = recording.finish();
    tell({ kind: 'progress', progress: { instructions, events, console: console.text } });
  } finally {
    closeSync(target);
  }
  tell({ kind: 'finished' });
}

/** What went wrong, in one line. */
export function failure(error: unknown): string {
  return error instanceof BadInput ? error.message : `the recording failed: ${error instanceof Error ? error.message : String(error)}`;
}

/** The recorder's request: the contract's options in the recorder's words. */
function guestOf({ image, options }: RecordTask): Guest {
  const { format, memory, maxInstructions, maxEvents, cpuModel, org, entry } = options;
  return {
    image: readFileSync(image), name: basename(image), format,
    ...(memory === undefined ? {} : { memoryBytes: memory }),
    ...(maxInstructions === undefined ? {} : { maxInstructions }),
    ...(maxEvents === undefined ? {} : { maxEvents }),
    ...(cpuModel === undefined ? {} : { cpuModel }),
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
