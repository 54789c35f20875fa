// A worker thread of the app: records, imports one log, or answers questions about one trace. What to do comes as workerData.
import { parentPort, workerData } from 'node:worker_threads';
import type { WorkerTask } from '../contract/worker.ts';
import { importLog } from './import.ts';
import { recordImage } from './record.ts';
import { answerQuestions } from './reexecute.ts';

const task = workerData as WorkerTask;
switch (task.role) {
  case 'record': recordImage(task); break;
  case 'record-change': parentPort?.postMessage({ kind: 'failed', message: 'this version tries a change but does not record it yet' }); break;
  case 'import': importLog(task); break;
  case 'reexecute': answerQuestions(task); break;
}
