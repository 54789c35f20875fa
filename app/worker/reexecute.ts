// The re-executing role of the worker: one trace, opened at the start; questions are answered one after the other.
import { readFileSync } from 'node:fs';
import { parentPort } from 'node:worker_threads';
import { inflateRawSync } from 'node:zlib';
import { BadInput } from '../../core/base/bad-input.ts';
import type { Reexecutor, ReexecuteReply, ReexecuteRequest } from '../../core/event/reexecutor.ts';
import { openRecording } from '../../core/ringscope/open.ts';
import type { Answer, Ask, ReexecuteTask } from '../contract/worker.ts';

/** Who answers: the re-executor, or nobody with the reason. */
type Respondent = { readonly reexecutor: Reexecutor } | { readonly absent: string };

export function answerQuestions(task: ReexecuteTask): void {
  const respondent = open(task.trace);
  parentPort?.on('message', (question: Ask) => {
    void answerTo(respondent, question).then((answer) => parentPort?.postMessage(answer));
  });
}

async function answerTo(respondent: Respondent, { ask, request }: Ask): Promise<Answer> {
  try {
    return { ask, reply: await reply(respondent, request) };
  } catch (error) {
    return { ask, message: error instanceof Error ? error.message : String(error) };
  }
}

function open(trace: string): Respondent {
  try {
    const { reexecutor, absent } = openRecording(readFileSync(trace), {
      inflate: (bytes, maxBytes) => inflateRawSync(bytes, { maxOutputLength: Math.max(1, maxBytes) }),
    });
    return reexecutor === null ? { absent: absent ?? 'this trace holds nothing to execute again' } : { reexecutor };
  } catch (error) {
    if (error instanceof BadInput) return { absent: error.message };
    throw error;
  }
}

async function reply(respondent: Respondent, request: ReexecuteRequest): Promise<ReexecuteReply> {
  if ('absent' in respondent) return { kind: 'absent', reason: respondent.absent, differsAt: null };
  return respondent.reexecutor.ask(request);
}
