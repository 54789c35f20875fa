// Long work in worker threads, one each, named by the page's job id. Main only forwards progress and opens the result.
import { join } from 'node:path';
import { access, mkdir, rm } from 'node:fs/promises';
import { Worker } from 'node:worker_threads';
import type { Cancelled, Failed } from '../contract/api.ts';
import { LIMITS } from '../contract/limits.ts';
import type { WorkerTask } from '../contract/worker.ts';
import { CANCELLED, failed, messageOf } from './outcome.ts';

/** What a kind of work calls itself in messages: `recording`, `the recorder`, and what to do when it ended without a word. */
export type JobWords = { readonly work: string; readonly worker: string; readonly advice: string };
/** What every job's worker says: any number of `progress`, then one of the other two. */
type JobMessage = { readonly kind: 'progress' | 'finished' | 'failed' };
export type JobOutcome<Message> = { readonly kind: 'done'; readonly path: string; readonly last: Message } | Cancelled | Failed;

type Job = { readonly end: (outcome: Cancelled) => void };

export class Jobs {
  readonly #jobs = new Map<string, Job>();
  readonly #script: string;
  readonly #folder: string;
  readonly #words: JobWords;

  /** `script`: the worker bundle; `folder`: where traces go. */
  constructor(script: string, folder: string, words: JobWords) {
    this.#script = script;
    this.#folder = folder;
    this.#words = words;
  }

  /** Runs one job; resolves when it finished, failed or was cancelled. `stem`: the name of the trace. `hear` is told of everything but the end. */
  async run<Message extends JobMessage>(job: { readonly jobId: string; readonly stem: string; readonly taskFor: (output: string) => WorkerTask }, hear: (message: Message) => void): Promise<JobOutcome<Message>> {
    const { work, worker: doer, advice } = this.#words;
    if (this.#jobs.has(job.jobId)) return failed(`this ${work} runs already: wait for it or cancel it`);
    if (this.#jobs.size >= LIMITS.jobs) return failed(`${String(LIMITS.jobs)} ${work}s run already: wait for one or cancel it`);
    const output = await this.#freeName(job.stem);
    const worker = new Worker(this.#script, { workerData: job.taskFor(output) });
    const outcome = await new Promise<JobOutcome<Message>>((end) => {
      this.#jobs.set(job.jobId, { end });
      worker.on('message', (message: Message) => {
        if (message.kind === 'progress') hear(message);
        else if (message.kind === 'finished') end({ kind: 'done', path: output, last: message });
        else end(failed('message' in message ? String(message.message) : `${doer} failed`));
      });
      worker.on('error', (error) => { end(failed(`${doer} stopped: ${messageOf(error)}`)); });
      worker.on('exit', () => { end(failed(`${doer} ended without a result: ${advice}`)); });
    });
    this.#jobs.delete(job.jobId);
    await worker.terminate();
    if (outcome.kind !== 'done') await rm(output, { force: true });
    return outcome;
  }

  /** Throws the work away. An unknown job is no error: it may just have ended. */
  discard(jobId: string): void {
    this.#jobs.get(jobId)?.end(CANCELLED);
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
