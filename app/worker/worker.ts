// A worker thread of the app: records one image or one change, imports one log, or answers questions about one trace. What to do comes as workerData.
import { workerData } from 'node:worker_threads';
import type { WorkerTask } from '../contract/worker.ts';
import { importLog } from './import.ts';
import { recordChange, recordImage } from './record.ts';
import { answerQuestions } from './reexecute.ts';

const task = workerData as WorkerTask;
switch (task.role) {
  case 'record': recordImage(task); break;
  case 'record-change': recordChange(task); break;
  case 'import': importLog(task); break;
  case 'reexecute': answerQuestions(task); break;
}
