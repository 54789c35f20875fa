// Asks the re-executor on behalf of one explanation: counts what was asked, so that a chain of causes stays bounded, and turns what cannot be
// answered into a reason.

import { BadInput } from '../../base/bad-input.ts';
import type { LastWriter } from '../../event/json.ts';
import type { Position } from '../../event/position.ts';
import type { ReexecuteReply, ReexecuteRequest } from '../../event/reexecutor.ts';
import { writerName, type WriterSource } from '../last-writer.ts';
import { noExecution } from '../search.ts';
import { positionOfEvent } from '../source.ts';
import type { WriterReplay } from '../writers/place.ts';

/** What an explanation is made from: the trace, what may answer between its events (`absent`: why nothing does), the names of its image. */
export type ExplainSource = WriterReplay;

/** One explanation asks no more often than this. */
export const QUESTIONS_MAX = 64;

export type Answer<Kind extends ReexecuteReply['kind']> = Extract<ReexecuteReply, { readonly kind: Kind }> | { readonly kind: 'unknown'; readonly reason: string };

export class Inquiry {
  readonly source: ExplainSource;
  private asked = 0;

  constructor(source: ExplainSource) { this.source = source; }

  get trace(): WriterSource { return this.source.trace; }

  readonly exhausted = 'the search was broken off: it would take too many re-executions';

  /** True while questions are left; counts one. */
  mayAsk(): boolean {
    this.asked += 1;
    return this.asked <= QUESTIONS_MAX;
  }

  /** The answer of the kind wanted, or why there is none. */
  async ask<Kind extends ReexecuteReply['kind']>(request: ReexecuteRequest, wanted: Kind): Promise<Answer<Kind>> {
    const { reexecutor, absent } = this.source;
    if (reexecutor === null) return { kind: 'unknown', reason: noExecution('this', absent) };
    if (!this.mayAsk()) return { kind: 'unknown', reason: this.exhausted };
    try {
      const reply = await reexecutor.ask(request);
      if (reply.kind === wanted) return reply as Extract<ReexecuteReply, { readonly kind: Kind }>;
      return { kind: 'unknown', reason: reply.kind === 'absent' ? reply.reason : 'the re-execution does not reach this point' };
    } catch (problem) {
      if (!(problem instanceof BadInput)) throw problem;
      return { kind: 'unknown', reason: problem.message };
    }
  }

  /** The point just before event `seq`. */
  before(seq: number): Position { return positionOfEvent(this.trace, seq); }

  /** `label+0x12 (boot.c:31)`: the instruction that wrote; null without a name. */
  writerName(writer: LastWriter): string | null {
    return writerName(writer, this.source);
  }
}
