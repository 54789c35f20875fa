// Recording in a worker, an image or the guest of a trace with a change: it can be thrown away, or stopped and kept.
import { basename, extname } from 'node:path';
import type { CancelRecord, Cancelled, Failed, RecordChangeRequest, RecordProgress, RecordRequest } from '../contract/api.ts';
import { STOP, type RecordMessage, type WorkerTask } from '../contract/worker.ts';
import { Jobs } from './jobs.ts';

export type RecordOutcome = { readonly kind: 'recorded'; readonly path: string } | Cancelled | Failed;

type Report = (progress: RecordProgress) => void;
type Work = { readonly stem: string; readonly report: Report; readonly taskFor: (output: string, stop: Int32Array<SharedArrayBuffer>) => WorkerTask };

export class RecordJobs {
  readonly #jobs: Jobs;
  readonly #stops = new Map<string, Int32Array>();

  /** `script`: the worker bundle; `folder`: where recordings go. */
  constructor(script: string, folder: string) {
    this.#jobs = new Jobs(script, folder, { work: 'recording', worker: 'the recorder', advice: 'record again, with less memory or fewer instructions' });
  }

  /** Records `image`; resolves when the guest ended, was stopped, or could not be run. */
  record(image: string, { jobId, options }: RecordRequest, report: Report): Promise<RecordOutcome> {
    return this.#run(jobId, { stem: basename(image, extname(image)), report, taskFor: (output, stop) => ({ role: 'record', image, output, options, stop }) });
  }

  /** Records the guest of the trace in the file `trace` again, with a change. */
  recordChange(trace: string, { jobId, seq, change }: RecordChangeRequest, report: Report): Promise<RecordOutcome> {
    return this.#run(jobId, { stem: `${basename(trace, extname(trace))}-what-if`, report, taskFor: (output, stop) => ({ role: 'record-change', trace, output, seq, change, stop }) });
  }

  async #run(jobId: string, { stem, report, taskFor }: Work): Promise<RecordOutcome> {
    const stop = new Int32Array(new SharedArrayBuffer(4));
    if (!this.#stops.has(jobId)) this.#stops.set(jobId, stop);
    const outcome = await this.#jobs.run<RecordMessage>({ jobId, stem, taskFor: (output) => taskFor(output, stop) }, (message) => {
      if (message.kind === 'progress') report({ jobId, ...message.progress });
    });
    if (this.#stops.get(jobId) === stop) this.#stops.delete(jobId);
    return outcome.kind === 'done' ? { kind: 'recorded', path: outcome.path } : outcome;
  }

  /** An unknown job is no error: it may just have ended. */
  cancel({ jobId, partial }: CancelRecord): void {
    const stop = this.#stops.get(jobId);
    if (partial === 'discard') this.#jobs.discard(jobId);
    else if (stop !== undefined) Atomics.store(stop, 0, STOP.keep);
  }

  cancelAll(): void {
    this.#jobs.cancelAll();
  }
}
