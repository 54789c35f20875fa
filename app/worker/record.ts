// The recording role of the worker: joins the job with the recorder and with main.
import { parentPort } from 'node:worker_threads';
import { startRecording } from '../../core/ringscope/record.ts';
import type { RecordTask } from '../contract/worker.ts';
import { recordJob } from './record-job.ts';

export function recordImage(task: RecordTask): void {
  recordJob(task, { start: startRecording, tell: (message) => { parentPort?.postMessage(message); }, now: () => performance.now() });
}
