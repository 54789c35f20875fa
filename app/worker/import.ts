// The importing role of the worker: joins the job with the importer and with main.
import { parentPort } from 'node:worker_threads';
import { startImport } from '../../core/ringscope/import.ts';
import type { ImportTask } from '../contract/worker.ts';
import { importJob } from './import-job.ts';

export function importLog(task: ImportTask): void {
  void importJob(task, { start: startImport, tell: (message) => { parentPort?.postMessage(message); }, now: () => performance.now() });
}
