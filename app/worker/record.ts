// The recording roles of the worker: join the jobs with the recorder and with main.
import { parentPort } from 'node:worker_threads';
import { startRecording } from '../../core/ringscope/record.ts';
import type { RecordChangeTask, RecordTask } from '../contract/worker.ts';
import { recordChangeJob } from './record-change-job.ts';
import { recordJob, type RecordTools } from './record-job.ts';

const TOOLS: RecordTools = { start: startRecording, tell: (message) => { parentPort?.postMessage(message); }, now: () => performance.now() };

export function recordImage(task: RecordTask): void {
  recordJob(task, TOOLS);
}

export function recordChange(task: RecordChangeTask): void {
  void recordChangeJob(task, TOOLS);
}
