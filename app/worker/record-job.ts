// One recording: runs a guest in slices, writes the trace, reports progress. Stopped, paused and given keys through shared memory. Of an image here; of the guest of
// a trace with a change in record-change-job.ts.
import { closeSync, openSync, readFileSync, statSync, writeSync } from 'node:fs';
import { basename } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import { BadInput } from '../../core/base/bad-input.ts';
import { givenFiles } from '../../core/ringscope/given-files.ts';
import { ProgressMeter } from '../../core/ringscope/progress-meter.ts';
import type { Recording, RecordProgress, RecordRequest } from '../../core/ringscope/record.ts';
import { readGivenSymbols } from '../../core/ringscope/symbols.ts';
import { LIMITS } from '../contract/limits.ts';
import { RecordControl } from '../contract/record-control.ts';
import type { RecordMessage, RecordTask } from '../contract/worker.ts';

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
export function recordGuest(guest: Guest, { output, control: memory }: Pick<RecordTask, 'output' | 'control'>, { start, tell, now }: RecordTools): void {
  const target = openSync(output, 'w');
  try {
    const console = new ConsoleTail(), control = new RecordControl(memory);
    const recording = start({
      ...guest, now, deflate: (bytes) => deflateRawSync(bytes, { level: 1 }),
      sink: (bytes) => { writeAll(target, bytes); },
      onConsole: (_device, bytes) => { console.add(bytes); },
    });
    const meter = new ProgressMeter(recording.bounds);
    const report = (progress: RecordProgress, state: Reported['state']): void => { tell({ kind: 'progress', progress: reported(progress, meter, { state, console: console.text }) }); };
    let told = now();
    for (;;) {
      const { bell } = control;
      for (const { device, bytes } of control.take()) recording.give(device, bytes);
      const progress = recording.runSlice(SLICE);
      if (progress.end !== null) break;
      if (control.isStopped) recording.cancel();
      else if (control.isPaused) hold(control, () => { report(progress, 'paused'); });
      else if (progress.rest > 0) rest(recording, { control, bell, now, rest: progress.rest });
      if (now() - told < REPORT) continue;
      told = now();
      report(progress, progress.rest === 0 ? 'runs' : progress.rest === Infinity ? 'waits' : 'sleeps');
    }
    report(recording.finish(), 'runs');
  } finally {
    closeSync(target);
  }
  tell({ kind: 'finished' });
}

type Reported = Extract<RecordMessage, { readonly kind: 'progress' }>['progress'];

function reported(progress: RecordProgress, meter: ProgressMeter, { state, console }: Pick<Reported, 'state' | 'console'>): Reported {
  const { instructions, events, bytes } = progress;
  const { part, instructionsPerSecond, secondsLeft, bytesAtEnd } = meter.read(progress);
  return { instructions, events, bytes, part, speed: instructionsPerSecond, secondsLeft, bytesAtEnd, state, console };
}

/** Until the person lets it go on, or ends it. */
function hold(control: RecordControl, told: () => void): void {
  told();
  for (let { bell } = control; control.isPaused && !control.isStopped; bell = control.bell) control.sleep(bell, Infinity);
}

/** The guest sleeps: so do we, until it wakes, a key comes, or it is time to report. */
function rest(recording: Recording, { control, bell, now, rest: milliseconds }: { readonly control: RecordControl; readonly bell: number; readonly now: () => number; readonly rest: number }): void {
  const started = now();
  control.sleep(bell, Math.min(milliseconds, REPORT));
  recording.rested(now() - started);
}

/** What went wrong, in one line. */
export function failure(error: unknown): string {
  return error instanceof BadInput ? error.message : `the recording failed: ${error instanceof Error ? error.message : String(error)}`;
}

/** The recorder's request: the contract's options in the recorder's words. */
function guestOf({ image, files, options }: RecordTask): Guest {
  const { format, memory, maxInstructions, maxEvents, cpuModel, org, entry, append, live } = options;
  const bytes = readFileSync(image);
  const named = { initrds: files.filter(({ role }) => role === 'initrd'), disks: files.filter(({ role }) => role === 'disk').map(({ path }) => path) };
  const symbols = readGivenSymbols(files.filter(({ role }) => role === 'symbols').map(({ path }) => ({ name: basename(path), bytes: readFileSync(path) })));
  // a path may hold spaces, which end it on the command line: files go by their number here, and are named afterwards
  const given = givenFiles({ initrds: named.initrds.map(({ argument }, index) => `${String(index)}${argument === '' ? '' : ` ${argument}`}`), disks: named.disks }, { image: bytes, format }, (path) => readFileSync(/^\d/.test(path) ? named.initrds[parseInt(path, 10)]?.path ?? path : path));
  const boot = given.map((file, index) => (file.role === 'disk' ? file : { ...file, name: file.name.replace(/^\d+/, basename(named.initrds[index]?.path ?? '')) }));
  return {
    image: bytes, name: basename(image), format, files: [...boot, ...symbols.files], givers: { isLive: live === true },
    ...(memory === undefined ? {} : { memoryBytes: memory }),
    ...(maxInstructions === undefined ? {} : { maxInstructions }),
    ...(maxEvents === undefined ? {} : { maxEvents }),
    ...(cpuModel === undefined ? {} : { cpuModel }),
    ...(org === undefined ? {} : { org }),
    ...(entry === undefined ? {} : { entry }),
    ...(append === undefined ? {} : { append }),
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
