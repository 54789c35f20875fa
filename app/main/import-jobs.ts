// Importing a log in a worker.
import { basename } from 'node:path';
import type { Cancelled, Failed } from '../contract/api.ts';
import type { ImportProgress, ImportReport } from '../contract/import.ts';
import type { ImportMessage } from '../contract/worker.ts';
import { Jobs } from './jobs.ts';

export type ImportedFile = { readonly kind: 'imported'; readonly path: string; readonly report: ImportReport } | Cancelled | Failed;

export class ImportJobs {
  readonly #jobs: Jobs;

  /** `script`: the worker bundle; `folder`: where traces go. */
  constructor(script: string, folder: string) {
    this.#jobs = new Jobs(script, folder, { work: 'import', worker: 'the importer', advice: 'import it again' });
  }

  /** Imports `log`; resolves with the report, or with what is wrong. */
  async import(log: string, jobId: string, report: (progress: ImportProgress) => void): Promise<ImportedFile> {
    const stem = basename(log).replace(/\.gz$/i, '').replace(/\.(log|txt)$/i, '');
    const outcome = await this.#jobs.run<ImportMessage>({ jobId, stem, taskFor: (output) => ({ role: 'import', log, output }) }, (message) => {
      if (message.kind === 'progress') report({ jobId, ...message.progress });
    });
    if (outcome.kind !== 'done') return outcome;
    const { last } = outcome;
    return last.kind === 'finished' ? { kind: 'imported', path: outcome.path, report: last.report } : { kind: 'failed', message: 'the import ended without a report: import it again' };
  }

  cancel(jobId: string): void {
    this.#jobs.discard(jobId);
  }

  cancelAll(): void {
    this.#jobs.cancelAll();
  }
}
