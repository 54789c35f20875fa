// What main and its worker threads say to each other. One bundle, four roles: record an image, record the
// guest of a trace with a change, import a log, or re-execute a trace.
import type { ReexecuteReply, ReexecuteRequest } from '../../core/event/reexecutor.ts';
import type { GivenFileRole, RecordOptions, RecordProgress } from './api.ts';
import type { ImportProgress, ImportReport } from './import.ts';
import type { ControlMemory } from './record-control.ts';

export type RecordTask = {
  readonly role: 'record';
  readonly image: string;
  readonly output: string;
  readonly files: readonly { readonly role: GivenFileRole; readonly path: string; readonly argument: string }[];
  readonly options: RecordOptions;
  readonly control: ControlMemory;
};
/** Records the guest of a trace again, with a change just before event `seq`. */
export type RecordChangeTask = {
  readonly role: 'record-change';
  readonly trace: string;
  readonly output: string;
  readonly seq: number;
  readonly change: string;
  readonly control: ControlMemory;
};
export type ImportTask = { readonly role: 'import'; readonly log: string; readonly output: string };
export type ReexecuteTask = { readonly role: 'reexecute'; readonly trace: string };
export type WorkerTask = RecordTask | RecordChangeTask | ImportTask | ReexecuteTask;

/** From a recording worker: progress, then one `finished` or `failed`. */
export type RecordMessage =
  | { readonly kind: 'progress'; readonly progress: Omit<RecordProgress, 'jobId'> }
  | { readonly kind: 'finished' }
  | { readonly kind: 'failed'; readonly message: string };

/** From an importing worker: progress, then the report or what is wrong with the log. */
export type ImportMessage =
  | { readonly kind: 'progress'; readonly progress: Omit<ImportProgress, 'jobId'> }
  | { readonly kind: 'finished'; readonly report: ImportReport }
  | { readonly kind: 'failed'; readonly message: string };

/** To and from a re-executing worker; replies come in the order of the requests. */
export type Ask = { readonly ask: number; readonly request: ReexecuteRequest };
export type Answer = { readonly ask: number } & ({ readonly reply: ReexecuteReply } | { readonly message: string });
