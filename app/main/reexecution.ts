// One re-executing worker thread per open trace, started at the first question and ended with the trace.
import { Worker } from 'node:worker_threads';
import type { ReexecuteReply, ReexecuteRequest } from '../../core/event/reexecutor.ts';
import type { TraceId } from '../contract/api.ts';
import { LIMITS } from '../contract/limits.ts';
import type { Answer, Ask, ReexecuteTask } from '../contract/worker.ts';
import { messageOf } from './outcome.ts';

type Waiting = { readonly resolve: (reply: ReexecuteReply) => void; readonly reject: (error: Error) => void };
type Line = { readonly worker: Worker; readonly waiting: Map<number, Waiting>; asked: number };

export class Reexecution {
  readonly #lines = new Map<TraceId, Line>();
  readonly #script: string;

  constructor(script: string) {
    this.#script = script;
  }

  /** `file`: the trace on disk. Rejects when the request itself is malformed. */
  ask({ trace, file, request }: { readonly trace: TraceId; readonly file: string; readonly request: ReexecuteRequest }): Promise<ReexecuteReply> {
    const line = this.#lines.get(trace) ?? this.#start(trace, file);
    if (line.waiting.size >= LIMITS.pendingRequests) return Promise.resolve(absent('too many questions at once: wait for the answers'));
    return new Promise((resolve, reject) => {
      const ask: Ask = { ask: line.asked++, request };
      line.waiting.set(ask.ask, { resolve, reject });
      line.worker.postMessage(ask);
    });
  }

  async close(trace: TraceId): Promise<void> {
    const line = this.#lines.get(trace);
    this.#end(trace, 'the trace was closed');
    await line?.worker.terminate();
  }

  async closeAll(): Promise<void> {
    await Promise.all([...this.#lines.keys()].map((trace) => this.close(trace)));
  }

  #start(trace: TraceId, file: string): Line {
    const task: ReexecuteTask = { role: 'reexecute', trace: file };
    const line: Line = { worker: new Worker(this.#script, { workerData: task }), waiting: new Map(), asked: 0 };
    this.#lines.set(trace, line);
    line.worker.on('message', (answer: Answer) => {
      const waiting = line.waiting.get(answer.ask);
      line.waiting.delete(answer.ask);
      if ('reply' in answer) waiting?.resolve(answer.reply);
      else waiting?.reject(new Error(answer.message));
    });
    line.worker.on('error', (error) => { this.#end(trace, `re-execution stopped: ${messageOf(error)}`); });
    line.worker.on('exit', () => { this.#end(trace, 're-execution stopped'); });
    return line;
  }

  #end(trace: TraceId, reason: string): void {
    const line = this.#lines.get(trace);
    this.#lines.delete(trace);
    for (const waiting of line?.waiting.values() ?? []) waiting.resolve(absent(reason));
  }
}

const absent = (reason: string): ReexecuteReply => ({ kind: 'absent', reason, differsAt: null });
