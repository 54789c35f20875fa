// What main and its worker threads say to each other. One bundle, two roles: record an image, or re-execute a trace.
import type { ReexecuteReply, ReexecuteRequest } from '../../core/event/reexecutor.ts';
import type { RecordOptions, RecordProgress } from './api.ts';

/** `stop` is one shared word main may set at any time: a busy worker reads it between slices. */
export const STOP = { run: 0, keep: 1 } as const;

export type RecordTask = {
  readonly role: 'record';
  readonly image: string;
  readonly output: string;
  readonly options: RecordOptions;
  readonly stop: Int32Array<SharedArrayBuffer>;
};
export type ReexecuteTask = { readonly role: 'reexecute'; readonly trace: string };
export type WorkerTask = RecordTask | ReexecuteTask;

/** From a recording worker: progress, then one `finished` or `failed`. */
export type RecordMessage =
  | { readonly kind: 'progress'; readonly progress: Omit<RecordProgress, 'jobId'> }
  | { readonly kind: 'finished' }
  | { readonly kind: 'failed'; readonly message: string };

/** To and from a re-executing worker; replies come in the order of the requests. */
export type Ask = { readonly ask: number; readonly request: ReexecuteRequest };
export type Answer = { readonly ask: number } & ({ readonly reply: ReexecuteReply } | { readonly message: string });
