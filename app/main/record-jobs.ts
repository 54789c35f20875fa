// Recording in a worker, an image or the guest of a trace with a change: it can be thrown away, or stopped and kept.
import { basename, extname } from 'node:path';
import type { CancelRecord, Cancelled, Failed, RecordChangeRequest, RecordProgress, RecordRequest, SteerRecord } from '../contract/api.ts';
import { newControlMemory, RecordControl, type ControlMemory } from '../contract/record-control.ts';
import type { RecordMessage, RecordTask, WorkerTask } from '../contract/worker.ts';
import { Jobs } from './jobs.ts';

export type RecordOutcome = { readonly kind: 'recorded'; readonly path: string } | Cancelled | Failed;

type Report = (progress: RecordProgress) => void;
type Work = { readonly stem: string; readonly report: Report; readonly taskFor: (output: string, control: ControlMemory) => WorkerTask };

export class RecordJobs {
  readonly #jobs: Jobs;
  readonly #controls = new Map<string, RecordControl>();

  /** `script`: the worker bundle; `folder`: where recordings go. */
  constructor(script: string, folder: string) {
    this.#jobs = new Jobs(script, folder, { work: 'recording', worker: 'the recorder', advice: 'record again, with less memory or fewer instructions' });
  }

  /** Records `image` with `files` given beside it; resolves when the guest ended, was stopped, or could not be run. */
  record({ image, files }: Pick<RecordTask, 'image' | 'files'>, { jobId, options }: RecordRequest, report: Report): Promise<RecordOutcome> {
    return this.#run(jobId, { stem: basename(image, extname(image)), report, taskFor: (output, control) => ({ role: 'record', image, files, output, options, control }) });
  }

  /** Records the guest of the trace in the file `trace` again, with a change. */
  recordChange(trace: string, { jobId, seq, change }: RecordChangeRequest, report: Report): Promise<RecordOutcome> {
    return this.#run(jobId, { stem: `${basename(trace, extname(trace))}-what-if`, report, taskFor: (output, control) => ({ role: 'record-change', trace, output, seq, change, control }) });
  }

  async #run(jobId: string, { stem, report, taskFor }: Work): Promise<RecordOutcome> {
    const memory = newControlMemory(), control = new RecordControl(memory);
    if (!this.#controls.has(jobId)) this.#controls.set(jobId, control);
    const outcome = await this.#jobs.run<RecordMessage>({ jobId, stem, taskFor: (output) => taskFor(output, memory) }, (message) => {
      if (message.kind === 'progress') report({ jobId, ...message.progress });
    });
    if (this.#controls.get(jobId) === control) this.#controls.delete(jobId);
    return outcome.kind === 'done' ? { kind: 'recorded', path: outcome.path } : outcome;
  }

  /** An unknown job is no error: it may just have ended. */
  cancel({ jobId, partial }: CancelRecord): void {
    if (partial === 'discard') this.#jobs.discard(jobId);
    else this.#controls.get(jobId)?.stop();
  }

  /** An unknown job is no error. */
  steer(request: SteerRecord): void {
    const control = this.#controls.get(request.jobId);
    if (request.kind === 'input') control?.give({ device: request.device, bytes: Buffer.from(request.text) });
    else control?.pause(request.kind === 'pause');
  }

  cancelAll(): void {
    this.#jobs.cancelAll();
  }
}
