// Recording jobs: one worker thread each, named by the page's job id. Main only forwards progress and opens the result.
import { basename, extname, join } from 'node:path';
import { access, mkdir, rm } from 'node:fs/promises';
import { Worker } from 'node:worker_threads';
import type { CancelRecord, Cancelled, Failed, RecordProgress, RecordRequest } from '../contract/api.ts';
import { LIMITS } from '../contract/limits.ts';
import { STOP, type RecordMessage, type RecordTask } from '../contract/worker.ts';
import { CANCELLED, failed, messageOf } from './outcome.ts';

type Job = { readonly worker: Worker; readonly stop: Int32Array; readonly end: (outcome: JobOutcome) => void };
export type JobOutcome = { readonly kind: 'recorded'; readonly path: string } | Cancelled | Failed;

export class RecordJobs {
  readonly #jobs = new Map<string, Job>();
  readonly #script: string;
  readonly #folder: string;

  /** `script`: the worker bundle; `folder`: where recordings go. */
  constructor(script: string, folder: string) {
    this.#script = script;
    this.#folder = folder;
  }

  /** Records `image`; resolves when the guest ended, was stopped, or could not be run. */
  async record(image: string, { jobId, options }: RecordRequest, report: (progress: RecordProgress) => void): Promise<JobOutcome> {
    if (this.#jobs.has(jobId)) return failed('this recording runs already: wait for it or cancel it');
    if (this.#jobs.size >= LIMITS.jobs) return failed(`${String(LIMITS.jobs)} recordings run already: wait for one or cancel it`);
    const output = await this.#freeName(basename(image, extname(image)));
    const stop = new Int32Array(new SharedArrayBuffer(4));
    const task: RecordTask = { role: 'record', image, output, options, stop };
    const worker = new Worker(this.#script, { workerData: task });
    const outcome = await new Promise<JobOutcome>((end) => {
      this.#jobs.set(jobId, { worker, stop, end });
      worker.on('message', (message: RecordMessage) => {
        switch (message.kind) {
          case 'progress': report({ jobId, ...message.progress }); break;
          case 'finished': end({ kind: 'recorded', path: output }); break;
          case 'failed': end(failed(message.message)); break;
        }
      });
      worker.on('error', (error) => { end(failed(`the recorder stopped: ${messageOf(error)}`)); });
      worker.on('exit', () => { end(failed('the recorder ended without a result: record again, with less memory or fewer instructions')); });
    });
    this.#jobs.delete(jobId);
    await worker.terminate();
    if (outcome.kind !== 'recorded') await rm(output, { force: true });
    return outcome;
  }

  /** An unknown job is no error: it may just have ended. */
  cancel({ jobId, partial }: CancelRecord): void {
    const job = this.#jobs.get(jobId);
    if (job === undefined) return;
    if (partial === 'keep') Atomics.store(job.stop, 0, STOP.keep);
    else job.end(CANCELLED);
  }

  cancelAll(): void {
    for (const job of this.#jobs.values()) job.end(CANCELLED);
  }

  async #freeName(stem: string): Promise<string> {
    await mkdir(this.#folder, { recursive: true });
    for (let number = 1; ; number++) {
      const path = join(this.#folder, `${stem}${number === 1 ? '' : `-${String(number)}`}.rtrace`);
      if (await access(path).then(() => false, () => true)) return path;
    }
  }
}
