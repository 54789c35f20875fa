// The walk of an address somebody asked for, with the tables as they are where the playhead stands. Gone once the playhead moves.

import type { Position } from '../../core/event/position.ts';
import type { WalkNow } from '../../core/event/reexecutor.ts';
import type { Replay } from '../../core/replay/cursor.ts';
import { walkAt, type WalkAt } from '../../core/replay/walk/walk-at.ts';
import { isAbsent, walkNowAt } from '../../core/replay/writers/place.ts';
import type { Recording } from './recording.ts';
import { writerReplay } from './who.ts';

/** What it needs of the window. */
export interface WalksHost { readonly recording: Recording | null; readonly replay: Replay | null; readonly at: Position; announcement: string }

export type WalkAnswer = { readonly linear: bigint } & (
  | { readonly kind: 'asking' }
  | { readonly kind: 'there'; readonly walk: WalkAt }
  | { readonly kind: 'absent'; readonly reason: string });

export class Walks {
  readonly #host: WalksHost;
  answer = $state.raw<WalkAnswer | null>(null);

  constructor(host: WalksHost) {
    this.#host = host;
  }

  /** The playhead has moved. */
  moved(): void {
    this.answer = null;
  }

  /** Walks a linear address here. */
  async ask(linear: bigint): Promise<void> {
    const { recording, replay, at } = this.#host;
    if (recording === null || replay === null) return;
    const asking: WalkAnswer = { linear, kind: 'asking' };
    this.answer = asking;
    const done = await this.#asked(recording, replay, at, linear);
    if (this.answer !== asking) return;
    this.answer = done;
    this.#host.announcement = spoken(done);
  }

  async #asked(recording: Recording, replay: Replay, at: Position, linear: bigint): Promise<WalkAnswer> {
    try {
      const walk = await walkAt(writerReplay(recording, replay), at, Number(linear));
      return isAbsent(walk) ? { linear, kind: 'absent', reason: walk.absent } : { linear, kind: 'there', walk };
    } catch (error) {
      return { linear, kind: 'absent', reason: error instanceof Error ? error.message : String(error) };
    }
  }

  /** What tables and TLB say of an address here, for a card of its own; null where nobody can tell. */
  async peek(linear: bigint): Promise<WalkNow | null> {
    const { recording, replay, at } = this.#host;
    if (recording === null || replay === null) return null;
    const now = await walkNowAt(writerReplay(recording, replay), at, Number(linear));
    return isAbsent(now) ? null : now;
  }
}

function spoken(answer: WalkAnswer): string {
  if (answer.kind === 'absent') return answer.reason;
  if (answer.kind === 'asking') return '';
  const { physical } = answer.walk;
  return `0x${answer.linear.toString(16)} ${physical === null ? 'is not mapped here' : `is physical 0x${physical.toString(16)} here`}.`;
}
